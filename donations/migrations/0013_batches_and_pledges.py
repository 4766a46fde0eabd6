"""Checks and cash counted together, gifts taken back, promises in parts."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0005_fee_cover_per_page'),
        ('donations', '0012_givers_details'),
        ('donors', '0009_no_resident_numbers'),
        ('ledger', '0007_laws_of_reopening'),
        ('payments', '0004_bank_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('method', models.CharField(max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('expected_count', models.PositiveIntegerField()),
                ('expected_minor', models.BigIntegerField()),
                ('came_on', models.DateField()),
                ('deposit_on', models.DateField()),
                ('event', models.CharField(blank=True, max_length=120)),
                ('counter_one', models.CharField(blank=True, max_length=120)),
                ('counter_two', models.CharField(blank=True, max_length=120)),
                ('status', models.CharField(choices=[('open', 'Open'), ('posted', 'Posted'), ('discarded', 'Discarded')], default='open', max_length=9)),
                ('override_reason', models.CharField(blank=True, max_length=300)),
                ('override_asked_at', models.DateTimeField(null=True)),
                ('override_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('bank_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankaccount')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='ledger.legalentity')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('override_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('override_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'batches',
            },
        ),
        migrations.CreateModel(
            name='BatchRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('giver', models.CharField(choices=[('donor', 'Donor'), ('unknown', 'Unknown'), ('nobody', 'Nobody')], max_length=7)),
                ('hint', models.CharField(blank=True, max_length=200)),
                ('method', models.CharField(max_length=40)),
                ('kind', models.CharField(default='cash', max_length=18)),
                ('payer', models.CharField(default='donor', max_length=8)),
                ('amount_minor', models.BigIntegerField()),
                ('check_number', models.CharField(blank=True, max_length=20)),
                ('account_last4', models.CharField(blank=True, max_length=4)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('memo', models.CharField(blank=True, max_length=300)),
                ('days', models.JSONField(default=dict)),
                ('is_anonymous', models.BooleanField(default=False)),
                ('accepts_twin', models.BooleanField(default=False)),
                ('entered_at', models.DateTimeField()),
                ('identified_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='donations.batch')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('credited', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donors.donor')),
                ('donor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donors.donor')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('identified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BatchedGift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('donation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='batched', to='donations.donation')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='donations.batchrow')),
            ],
        ),
        migrations.CreateModel(
            name='BatchRowPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('donor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donors.donor')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund')),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='donations.batchrow')),
            ],
        ),
        migrations.CreateModel(
            name='CashCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('denomination_minor', models.BigIntegerField()),
                ('pieces', models.PositiveIntegerField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_counts', to='donations.batch')),
            ],
        ),
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('pledge', 'Pledge'), ('match', 'Match'), ('grant', 'Grant')], default='pledge', max_length=6)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('promised_on', models.DateField()),
                ('is_conditional', models.BooleanField(default=False)),
                ('condition', models.CharField(blank=True, max_length=300)),
                ('is_booked', models.BooleanField(default=False)),
                ('wants_reminders', models.BooleanField(default=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('status', models.CharField(choices=[('open', 'Open'), ('fulfilled', 'Fulfilled'), ('written_off', 'Written Off'), ('canceled', 'Canceled')], default='open', max_length=11)),
                ('entered_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to='campaigns.campaign')),
                ('donor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to='donors.donor')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to='ledger.legalentity')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.fund')),
                ('matches', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='match_claims', to='donations.donation')),
            ],
        ),
        migrations.CreateModel(
            name='Instalment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('due_on', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('pledge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='donations.pledge')),
            ],
        ),
        migrations.CreateModel(
            name='PledgePayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('applied_at', models.DateTimeField()),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('donation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledge_payments', to='donations.donation')),
                ('instalment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='donations.instalment')),
            ],
        ),
        migrations.CreateModel(
            name='PledgeReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasion', models.CharField(choices=[('soon', 'Soon'), ('due', 'Due'), ('late', 'Late')], max_length=4)),
                ('reminded_at', models.DateTimeField()),
                ('instalment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='donations.instalment')),
            ],
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mistake', 'Mistake'), ('bounced', 'Bounced'), ('returned', 'Returned')], max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('refund', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='donations.refund')),
                ('replaced_by', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='donations.donation')),
                ('reversed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('written_off_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pledge', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='write_off', to='donations.pledge')),
            ],
        ),
        migrations.CreateModel(
            name='WriteOffRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('asked', 'Asked'), ('approved', 'Approved'), ('declined', 'Declined')], default='asked', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pledge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_off_requests', to='donations.pledge')),
            ],
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['entity', 'status', '-number'], name='batch_by_status'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('entity', 'number'), name='batch_number_once'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('expected_count__gt', 0), ('expected_minor__gt', 0)), name='batch_expects_something'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='batch_ended_at_only_when_ended'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('counter_one', ''), models.Q(('counter_one', models.F('counter_two')), _negated=True), _connector='OR'), name='batch_counted_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'posted'), _negated=True), models.Q(models.Q(('counter_one', ''), _negated=True), models.Q(('counter_two', ''), _negated=True)), _connector='OR'), name='batch_posted_was_counted'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('override_asked_by__isnull', True), ('override_reason', '')), models.Q(('override_asked_at__isnull', False), ('override_asked_by__isnull', False), models.Q(('override_reason', ''), _negated=True)), _connector='OR'), name='batch_override_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('override_by__isnull', True), models.Q(('override_asked_by__isnull', False), ('override_at__isnull', False), models.Q(('override_by', models.F('override_asked_by')), _negated=True)), _connector='OR'), name='batch_override_by_another'),
        ),
        migrations.AddIndex(
            model_name='batchrow',
            index=models.Index(condition=models.Q(('giver', 'unknown')), fields=['batch', 'position'], name='batch_row_to_identify'),
        ),
        migrations.AddIndex(
            model_name='batchrow',
            index=models.Index(fields=['check_number', 'amount_minor'], name='batch_row_by_check'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.UniqueConstraint(fields=('batch', 'position'), name='batch_row_once_per_position'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='batch_row_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('donor__isnull', False), ('giver', 'donor')), models.Q(('donor__isnull', True), ('giver', 'unknown')), models.Q(('donor__isnull', True), ('giver', 'nobody')), _connector='OR'), name='batch_row_names_its_giver'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('identified_at__isnull', True), ('identified_by__isnull', True)), models.Q(('giver', 'donor'), ('identified_at__isnull', False), ('identified_by__isnull', False)), _connector='OR'), name='batch_row_identified_has_a_giver'),
        ),
        migrations.AddConstraint(
            model_name='batchrowpart',
            constraint=models.UniqueConstraint(fields=('row', 'fund', 'donor'), name='batch_row_part_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='batchrowpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='batch_row_part_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.UniqueConstraint(fields=('batch', 'denomination_minor'), name='cash_count_once'),
        ),
        migrations.AddConstraint(
            model_name='cashcount',
            constraint=models.CheckConstraint(condition=models.Q(('denomination_minor__gt', 0), ('pieces__gt', 0)), name='cash_count_is_of_something'),
        ),
        migrations.AddIndex(
            model_name='pledge',
            index=models.Index(fields=['donor', '-promised_on'], name='pledge_by_donor'),
        ),
        migrations.AddIndex(
            model_name='pledge',
            index=models.Index(fields=['entity', 'status', '-promised_on'], name='pledge_by_status'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='pledge_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(('is_conditional', False), models.Q(('is_booked', False), models.Q(('condition', ''), _negated=True)), _connector='OR'), name='pledge_with_a_condition_is_not_booked'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'match'), ('matches__isnull', False)), models.Q(models.Q(('kind', 'match'), _negated=True), ('matches__isnull', True)), _connector='OR'), name='pledge_match_names_the_gift'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='pledge_ended_at_only_when_ended'),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'match'), models.Q(('status', 'canceled'), _negated=True)), fields=('matches', 'donor'), name='pledge_matches_a_gift_once'),
        ),
        migrations.AddIndex(
            model_name='instalment',
            index=models.Index(fields=['due_on'], name='instalment_by_day'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(fields=('pledge', 'number'), name='instalment_number_once'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='instalment_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='pledgepayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='pledge_payment_is_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='pledgereminder',
            constraint=models.UniqueConstraint(fields=('instalment', 'occasion'), name='pledge_reminded_once_per_occasion'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reversal_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='write_off_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='write_off_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by', models.F('approved_by')), _negated=True), name='write_off_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='writeoffrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'asked')), fields=('pledge',), name='write_off_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='writeoffrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ['approved', 'declined']), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='write_off_request_decided_by_another'),
        ),
    ]
