"""A spoiled number knows the mark of its lost paper's seal, so that the paper stands on the list of void ones."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('receipts', '0007_ways_under_way'),
    ]

    operations = [
        migrations.AddField(
            model_name='spoilednumber',
            name='seal_mark',
            field=models.CharField(blank=True, db_default='', max_length=32),
        ),
        migrations.AddConstraint(
            model_name='spoilednumber',
            constraint=models.UniqueConstraint(condition=models.Q(('seal_mark', ''), _negated=True), fields=('seal_mark',), name='spoiled_paper_has_one_number'),
        ),
    ]
