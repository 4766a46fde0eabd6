"""The row of the processor holds the moments of the last calls, which are longer than a hashed network."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_checkout_knows_its_site")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE donations_tally ALTER COLUMN network TYPE text",
            "DELETE FROM donations_tally; ALTER TABLE donations_tally ALTER COLUMN network TYPE varchar(40)",
        )
    ]
