"""What was handed over stays: exports and their entries are only ever added; what may change is kept with an entry."""

from django.db import migrations, models

FACTS = ("journalexport", "exportedentry")
FORWARD = "\n".join(f"SELECT make_append_only('books_{name}');" for name in FACTS)
BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON books_{name}; DROP TRIGGER a_table_stays ON books_{name};" for name in FACTS
)


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0003_laws_of_months"),
        ("ledger", "0007_laws_of_reopening"),
        ("payments", "0004_bank_accounts"),
    ]
    operations = [
        migrations.AddField(
            "exportedentry", "payout_ref", models.CharField(blank=True, db_default="", default="", max_length=80)
        ),
        migrations.AddField("exportedentry", "counterparty", models.UUIDField(null=True)),
        migrations.AddField(
            "exportedentry", "rate", models.DecimalField(decimal_places=10, max_digits=20, null=True)
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
