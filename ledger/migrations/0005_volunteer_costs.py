"""The account for what volunteers spent out of their own pocket: given and used in one moment."""

from django.db import migrations

CODE, NAME, KIND = "5200", "Costs borne by volunteers", "expense"


def add(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.create(code=CODE, name=NAME, kind=KIND)


def remove(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_date_rule_and_desk_accounts")]
    operations = [migrations.RunPython(add, remove)]
