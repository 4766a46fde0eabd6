"""A funded group keeps the sum it took, so that a later cost does not change what the next one is short of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_sites_and_other_ways")]

    operations = [
        migrations.AddField("needgroup", "funded_minor", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "needgroup",
            models.CheckConstraint(
                condition=models.Q(funded_minor__isnull=True)
                | models.Q(funded_minor__gt=0, funded_minor__isnull=False, funded_on__isnull=False),
                name="need_group_took_money_when_funded",
            ),
        ),
    ]
