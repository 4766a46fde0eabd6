"""A payout knows its processor; one the books cannot take waits for a person. Bodies may owe each other."""

from django.db import migrations, models


def add(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.get_or_create(
        code="1910", defaults={"name": "Due between bodies", "kind": "asset"}
    )


def remove(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.filter(code="1910").delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_laws_of_reopening"), ("payments", "0004_bank_accounts")]
    operations = [
        migrations.RunPython(add, remove),
        migrations.AddField(
            "payout",
            "processor",
            models.CharField(
                choices=[("stripe", "Stripe"), ("paypal", "Paypal"), ("chariot", "Chariot")],
                db_default="stripe",
                default="stripe",
                max_length=8,
            ),
        ),
        migrations.AddField("payout", "is_by_hand", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="PayoutTrouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=80, unique=True)),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("by_hand", "By Hand"),
                            ("lines", "Lines"),
                            ("books", "Books"),
                            ("bodies", "Bodies"),
                            ("nobody", "Nobody"),
                            ("general", "General"),
                            ("returned", "Returned"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("lines_minor", models.BigIntegerField(null=True)),
                ("books_minor", models.BigIntegerField(null=True)),
                ("unexplained", models.JSONField(default=list)),
                ("words", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("arrives_on", models.DateField()),
                ("seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("mended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mended_at__isnull", True)),
                        fields=["seen_at"],
                        name="payout_trouble_open",
                    )
                ],
            },
        ),
    ]
