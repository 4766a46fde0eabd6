"""A request for a link says what the link is to open; so far all were for signing in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donors', '0007_joint_members_leave'),
    ]

    operations = [
        migrations.AddField(
            model_name='linkrequest',
            name='scope',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
    ]
