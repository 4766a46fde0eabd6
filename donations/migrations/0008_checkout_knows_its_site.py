"""A gift begun from an embed remembers the registered site it came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_sites_and_other_ways"), ("donations", "0007_laws_of_refund_parts")]
    operations = [
        migrations.AddField(
            model_name="checkout",
            name="site",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="campaigns.site"
            ),
        )
    ]
