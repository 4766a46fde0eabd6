from django.db import migrations

FACTS = ("balancetransaction", "payout", "payoutline", "payoutfailure")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_events_balance_payouts"), ("ledger", "0002_laws")]
    operations = [
        migrations.RunSQL(
            f"SELECT make_append_only('payments_{name}')",
            f"DROP TRIGGER a_row_stays ON payments_{name}; DROP TRIGGER a_table_stays ON payments_{name}",
        )
        for name in FACTS
    ]
