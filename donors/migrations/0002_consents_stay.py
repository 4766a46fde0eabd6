from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donors", "0001_donors_and_outbox"), ("ledger", "0002_laws")]
    operations = [
        migrations.RunSQL(
            "SELECT make_append_only('donors_consent')",
            "DROP TRIGGER a_row_stays ON donors_consent; DROP TRIGGER a_table_stays ON donors_consent",
        )
    ]
