"""The clock that dates a gift, and accounts for what comes over the desk."""

from django.db import migrations, models


ACCOUNTS = (
    ("1050", "Undeposited funds", "asset"),
    ("1300", "Securities held for sale", "asset"),
    ("1350", "Donated goods", "asset"),
)


def add(apps, schema_editor):
    account = apps.get_model("ledger", "Account")
    for code, name, kind in ACCOUNTS:
        account.objects.create(code=code, name=name, kind=kind)


def remove(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.filter(code__in=[code for code, _, _ in ACCOUNTS]).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_chart_of_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='legalentity',
            name='date_rule',
            field=models.CharField(choices=[('org_zone', 'Organization'), ('latest_us_zone', 'Latest Us')], db_default='org_zone', default='org_zone', max_length=14),
        ),
        migrations.RunPython(add, remove),
    ]
