"""Mails under way are found at once, and thanks that go on paper wait to be printed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0011_laws_of_details'),
        ('donors', '0008_scope_of_link_requests'),
        ('receipts', '0006_laws_of_runs_and_numbers'),
    ]

    operations = [
        migrations.AddField(
            model_name='acknowledgment',
            name='is_on_paper',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='acknowledgment',
            name='printed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='acknowledgment',
            index=models.Index(condition=models.Q(('is_on_paper', True), ('printed_at__isnull', True)), fields=['made_at'], name='acknowledgment_to_print'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', 'email'), ('status', 'waiting')), fields=['message'], name='delivery_under_way'),
        ),
        migrations.AddConstraint(
            model_name='acknowledgment',
            constraint=models.CheckConstraint(condition=models.Q(('printed_at__isnull', True), ('is_on_paper', True), _connector='OR'), name='acknowledgment_printed_only_on_paper'),
        ),
    ]
