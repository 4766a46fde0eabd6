"""The table in which it is counted how many different people somebody looks at within an hour."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_shared_counts")]
    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE staff_look (
              who varchar(60) NOT NULL, subject varchar(60) NOT NULL, at timestamptz NOT NULL,
              PRIMARY KEY (who, subject)
            );
            """,
            "DROP TABLE staff_look",
        )
    ]
