"""Tables of finance: the bank, funds, months, journals, lists that leave the house."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0007_laws_of_reopening'),
        ('payments', '0004_bank_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankMatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('payout', 'Payout'), ('payout_returned', 'Payout Returned'), ('deposit', 'Deposit'), ('gift', 'Gift'), ('returned', 'Returned'), ('charge', 'Charge'), ('interest', 'Interest'), ('other', 'Other')], max_length=15)),
                ('amount_minor', models.BigIntegerField()),
                ('score', models.PositiveSmallIntegerField()),
                ('is_automatic', models.BooleanField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('matched_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CheckItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('waived', 'Waived')], max_length=6)),
                ('found', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('done_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ExportedEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(choices=[('generic', 'Generic'), ('qbo', 'Quickbooks Online'), ('iif', 'Quickbooks Desktop'), ('xero', 'Xero'), ('sage50', 'Sage 50'), ('intacct', 'Intacct'), ('civicrm', 'Civicrm'), ('beancount', 'Beancount')], max_length=10)),
            ],
            options={
                'verbose_name_plural': 'exported entries',
            },
        ),
        migrations.CreateModel(
            name='ExportRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('listing', models.CharField(max_length=30)),
                ('format', models.CharField(max_length=8)),
                ('filters', models.JSONField(default=dict)),
                ('columns', models.JSONField(default=list)),
                ('language', models.CharField(max_length=2)),
                ('row_count', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('declined', 'Declined'), ('expired', 'Expired'), ('taken', 'Taken')], default='asked', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('link_ends_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ExportSchedule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('listing', models.CharField(max_length=30)),
                ('format', models.CharField(max_length=8)),
                ('filters', models.JSONField(default=dict)),
                ('columns', models.JSONField(default=list)),
                ('language', models.CharField(max_length=2)),
                ('cadence', models.CharField(choices=[('daily', 'Daily'), ('weekly', 'Weekly'), ('monthly', 'Monthly')], max_length=7)),
                ('next_at', models.DateTimeField()),
                ('last_words', models.CharField(blank=True, max_length=300)),
                ('is_active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='FundTransfer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('is_restricted', models.BooleanField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('moved_on', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('document_name', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='JournalExport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('target', models.CharField(choices=[('generic', 'Generic'), ('qbo', 'Quickbooks Online'), ('iif', 'Quickbooks Desktop'), ('xero', 'Xero'), ('sage50', 'Sage 50'), ('intacct', 'Intacct'), ('civicrm', 'Civicrm'), ('beancount', 'Beancount')], max_length=10)),
                ('number', models.PositiveIntegerField()),
                ('booked_from', models.DateField()),
                ('booked_to', models.DateField()),
                ('grouping', models.CharField(max_length=7)),
                ('with_names', models.BooleanField(default=False)),
                ('map_used', models.JSONField(default=dict)),
                ('format_version', models.PositiveSmallIntegerField(default=1)),
                ('entry_count', models.PositiveIntegerField()),
                ('line_count', models.PositiveIntegerField()),
                ('sums', models.JSONField(default=dict)),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('file_size', models.BigIntegerField()),
                ('exported_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MonthEnd',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('status', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=6)),
                ('begun_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ProcessorReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('source', models.CharField(choices=[('stripe', 'Stripe'), ('paypal', 'Paypal'), ('donorbox', 'Donorbox'), ('chariot', 'Chariot')], max_length=8)),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('row_count', models.PositiveIntegerField()),
                ('skipped_count', models.PositiveIntegerField(default=0)),
                ('rejects', models.JSONField(default=list)),
                ('imported_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ProcessorReportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('ref', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=60)),
                ('gross_minor', models.BigIntegerField()),
                ('fee_minor', models.BigIntegerField(default=0)),
                ('net_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('happened_at', models.DateTimeField()),
                ('source_ref', models.CharField(blank=True, max_length=80)),
                ('payout_ref', models.CharField(blank=True, max_length=80)),
                ('settled_minor', models.BigIntegerField(null=True)),
                ('settled_currency', models.CharField(blank=True, max_length=3)),
                ('rate', models.DecimalField(decimal_places=10, max_digits=20, null=True)),
                ('verdict', models.CharField(choices=[('agrees', 'Agrees'), ('differs', 'Differs'), ('missing', 'Missing'), ('gift', 'Gift'), ('fee', 'Fee'), ('conversion', 'Conversion'), ('refund', 'Refund'), ('dispute', 'Dispute'), ('payout', 'Payout'), ('rounding', 'Rounding'), ('skipped', 'Skipped')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('words', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('purpose', 'Purpose'), ('time', 'Time'), ('placed_in_service', 'Placed In Service')], max_length=17)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('released_on', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('document_name', models.CharField(max_length=200)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Reopening',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('declined', 'Declined')], default='asked', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SecuritySale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sold_on', models.DateField()),
                ('price_minor', models.BigIntegerField()),
                ('fee_minor', models.BigIntegerField(default=0)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('format', models.CharField(max_length=8)),
                ('row_count', models.PositiveIntegerField()),
                ('new_count', models.PositiveIntegerField()),
                ('known_count', models.PositiveIntegerField()),
                ('rejects', models.JSONField(default=list)),
                ('opening_minor', models.BigIntegerField(null=True)),
                ('closing_minor', models.BigIntegerField(null=True)),
                ('imported_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AccountMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(choices=[('generic', 'Generic'), ('qbo', 'Quickbooks Online'), ('iif', 'Quickbooks Desktop'), ('xero', 'Xero'), ('sage50', 'Sage 50'), ('intacct', 'Intacct'), ('civicrm', 'Civicrm'), ('beancount', 'Beancount')], max_length=10)),
                ('code', models.CharField(max_length=60)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('class_name', models.CharField(blank=True, max_length=120)),
                ('location', models.CharField(blank=True, max_length=120)),
                ('tax', models.CharField(blank=True, max_length=60)),
                ('changed_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='account_maps', to='ledger.legalentity')),
                ('fund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund')),
            ],
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('booked_on', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('payer', models.CharField(blank=True, max_length=200)),
                ('reference', models.CharField(blank=True, max_length=300)),
                ('bank_ref', models.CharField(blank=True, max_length=80)),
                ('checksum', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('new', 'New'), ('no_match', 'No Match'), ('matched', 'Matched'), ('discarded', 'Discarded')], default='new', max_length=9)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('settled_at', models.DateTimeField(null=True)),
                ('bank_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.bankaccount')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
