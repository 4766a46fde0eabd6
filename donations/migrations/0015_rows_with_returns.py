"""What is given in return for a row of a batch (a ticket's dinner), and where rows are found by the account of a check."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0014_laws_of_pledges")]
    operations = [
        migrations.AddField("batchrow", "benefit", models.CharField(blank=True, default="", max_length=120)),
        migrations.AddField("batchrow", "benefit_minor", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "batchrow",
            models.CheckConstraint(
                condition=models.Q(benefit_minor__isnull=True)
                | (models.Q(benefit_minor__gte=0) & ~models.Q(benefit="")),
                name="batch_row_return_is_described",
            ),
        ),
        migrations.AddIndex(
            "batchrow",
            models.Index(
                fields=["account_last4"], name="batch_row_by_account", condition=~models.Q(account_last4="")
            ),
        ),
    ]
