"""What opens a building, what a body decided about it, and requests to move money between funds."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("books", "0004_laws_of_journals"),
        ('ledger', '0007_laws_of_reopening'),
        ('paper', '0002_documents_are_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlacedAsset',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('opened_on', models.DateField()),
                ('spent_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('document_name', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ReleasePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('opening_day', 'Opening Day'), ('useful_life', 'Useful Life')], default='opening_day', max_length=11)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'release policies',
            },
        ),
        migrations.CreateModel(
            name='TransferRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('is_restricted', models.BooleanField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('moved_on', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('document_name', models.CharField(blank=True, max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='asked', max_length=9)),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='fundtransfer',
            name='fund_transfer_approved_by_another',
        ),
        migrations.AlterField(
            model_name='fundtransfer',
            name='approved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='fundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', models.F('asked_by')), _negated=True), name='fund_transfer_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='fundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('is_restricted', False), ('document__isnull', False), _connector='OR'), name='fund_transfer_of_restricted_money_is_shown'),
        ),
        migrations.AddField(
            model_name='placedasset',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='paper.document'),
        ),
        migrations.AddField(
            model_name='placedasset',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='placedasset',
            name='fund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placed_assets', to='ledger.fund'),
        ),
        migrations.AddField(
            model_name='release',
            name='asset',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='books.placedasset'),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(fields=['fund', '-released_on'], name='release_by_fund'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asset__isnull', False), ('kind', 'placed_in_service')), models.Q(models.Q(('kind', 'placed_in_service'), _negated=True), ('asset__isnull', True)), _connector='OR'), name='release_placed_in_service_names_what'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('reverses__isnull', True), models.Q(('reverses', models.F('id')), _negated=True), _connector='OR'), name='release_does_not_reverse_itself'),
        ),
        migrations.AddField(
            model_name='releasepolicy',
            name='changed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='releasepolicy',
            name='entity',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='release_policy', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='transferrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transferrequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transferrequest',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='paper.document'),
        ),
        migrations.AddField(
            model_name='transferrequest',
            name='fund_from',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund'),
        ),
        migrations.AddField(
            model_name='transferrequest',
            name='fund_to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund'),
        ),
        migrations.AddConstraint(
            model_name='placedasset',
            constraint=models.CheckConstraint(condition=models.Q(('spent_minor__gt', 0)), name='placed_asset_cost_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='placedasset',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='placed_asset_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='releasepolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('months', 0), ('rule', 'opening_day')), models.Q(('months__gt', 0), ('months__lte', 1200), ('rule', 'useful_life')), _connector='OR'), name='release_policy_has_months_only_of_use'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='transfer_request_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(('fund_from', models.F('fund_to')), _negated=True), name='transfer_request_between_two_funds'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='transfer_request_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(('is_restricted', False), ('document__isnull', False), _connector='OR'), name='transfer_request_of_restricted_money_is_shown'),
        ),
        migrations.AddConstraint(
            model_name='transferrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by', models.F('asked_by')), ('status', 'withdrawn')), models.Q(('decided_at__isnull', False), ('status__in', ['approved', 'declined']), ('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='transfer_request_decided_by_another'),
        ),
    ]
