"""The table in which limits on sign-in and on the API are counted, for all server processes together."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_audit_is_append_only")]
    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE shared_counts (
              cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX shared_counts_by_expiry ON shared_counts (expires);
            """,
            "DROP TABLE shared_counts",
        )
    ]
