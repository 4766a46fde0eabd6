"""What a report file said stays as it was read: its rows are only ever added."""

from django.db import migrations, models

FACTS = ("processorreport", "processorreportrow")
VERDICTS = (
    ("agrees", "Agrees"),
    ("differs", "Differs"),
    ("missing", "Missing"),
    ("gift", "Gift"),
    ("unknown", "Unknown"),
    ("fee", "Fee"),
    ("conversion", "Conversion"),
    ("refund", "Refund"),
    ("dispute", "Dispute"),
    ("payout", "Payout"),
    ("rounding", "Rounding"),
    ("skipped", "Skipped"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0009_laws_of_exports"),
        ("payments", "0005_payout_sources_and_troubles"),
    ]
    operations = [
        migrations.AddField(
            "processorreport", "format", models.CharField(default="", max_length=20), preserve_default=False
        ),
        migrations.AddField("processorreport", "ties", models.JSONField(default=list)),
        migrations.AddConstraint(
            "processorreport",
            models.CheckConstraint(
                condition=models.Q(("file_sha256__regex", "^[0-9a-f]{64}$")),
                name="processor_report_hash_is_hexadecimal",
            ),
        ),
        migrations.AddField("processorreportrow", "books_gross_minor", models.BigIntegerField(null=True)),
        migrations.AddField("processorreportrow", "books_fee_minor", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "processorreportrow", "verdict", models.CharField(choices=list(VERDICTS), max_length=10)
        ),
        *(
            migrations.RunSQL(
                f"SELECT make_append_only('books_{name}')",
                f"DROP TRIGGER a_row_stays ON books_{name}; DROP TRIGGER a_table_stays ON books_{name}",
            )
            for name in FACTS
        ),
    ]
