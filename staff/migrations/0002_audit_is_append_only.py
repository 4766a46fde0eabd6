from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_people_and_audit"), ("ledger", "0002_laws")]
    operations = [
        migrations.RunSQL(
            "SELECT make_append_only('staff_auditevent')",
            "DROP TRIGGER a_row_stays ON staff_auditevent; DROP TRIGGER a_table_stays ON staff_auditevent",
        )
    ]
