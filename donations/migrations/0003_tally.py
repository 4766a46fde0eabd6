"""The table in which tries at the giving form are counted, for all server processes together. It may be lost."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_laws"), ("payments", "0003_payment_outcomes")]
    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE donations_tally (
              scope varchar(12) NOT NULL, who varchar(40) NOT NULL, count integer NOT NULL,
              ends_at timestamptz NOT NULL, network varchar(40) NOT NULL DEFAULT '',
              PRIMARY KEY (scope, who)
            );
            CREATE INDEX donations_tally_by_end ON donations_tally (ends_at);
            """,
            "DROP TABLE donations_tally",
        )
    ]
