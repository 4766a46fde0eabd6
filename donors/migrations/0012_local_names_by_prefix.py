"""Names in the giver's own script are found by how they begin, in the order of an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donors", "0011_search_by_prefix")]
    operations = [
        migrations.AddIndex(
            "donor",
            models.Index(
                fields=["local_name"],
                name="donor_by_local_name",
                opclasses=["text_pattern_ops"],
                condition=~models.Q(local_name=""),
            ),
        ),
    ]
