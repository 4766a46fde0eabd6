"""Merges, changes of a profile and bounces are only ever added."""

from django.db import migrations

FACTS = ("donormerge", "profilechange", "bounce")
FORWARD = "\n".join(f"SELECT make_append_only('donors_{name}');" for name in FACTS)
BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donors_{name}; DROP TRIGGER a_table_stays ON donors_{name};" for name in FACTS
)


class Migration(migrations.Migration):
    dependencies = [("donors", "0005_profiles_sessions_and_merges"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
