"""The accounts every organization starts with. Codes never change; names may be mapped when exported."""

from django.db import migrations

ACCOUNTS = (
    ("1000", "Bank", "asset"),
    ("1100", "Processor clearing", "asset"),
    ("1150", "Disputed payments", "asset"),
    ("4000", "Contributions without donor restrictions", "income"),
    ("4100", "Contributions with donor restrictions", "income"),
    ("5100", "Processing fees", "expense"),
    ("5150", "Dispute fees", "expense"),
    ("7900", "Currency exchange", "exchange"),
)


def add(apps, schema_editor):
    account = apps.get_model("ledger", "Account")
    for code, name, kind in ACCOUNTS:
        account.objects.create(code=code, name=name, kind=kind)


def remove(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.filter(code__in=[code for code, _, _ in ACCOUNTS]).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_laws")]
    operations = [migrations.RunPython(add, remove)]
