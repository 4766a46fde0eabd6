"""Joint donors who part keep what they gave together: a member leaves on a day, and the row stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donors", "0006_merges_and_bounces_stay")]
    operations = [
        migrations.AddField("jointmember", "left_at", models.DateTimeField(null=True)),
    ]
