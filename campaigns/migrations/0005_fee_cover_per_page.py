"""The offer to cover the card fee can be switched off for one giving page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_groups_keep_what_they_took")]
    operations = [
        migrations.AddField(
            model_name="givingpage",
            name="has_fee_cover",
            # The database's own default keeps the release before this one working while both run.
            field=models.BooleanField(default=True, db_default=True),
        )
    ]
