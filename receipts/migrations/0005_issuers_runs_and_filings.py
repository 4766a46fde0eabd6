"""Issuers and their law, the annual run, deliveries, filings; receipts over several currencies."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0010_details_credits_and_corrections'),
        ('donors', '0005_profiles_sessions_and_merges'),
        ('jobs', '0002_queue_in_the_database'),
        ('ledger', '0004_date_rule_and_desk_accounts'),
        ('receipts', '0004_seals_stay'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Acknowledgment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('adviser', 'Adviser'), ('sponsor', 'Sponsor'), ('soft_credit', 'Soft Credit'), ('match', 'Match'), ('memorial', 'Memorial'), ('gift', 'Gift')], max_length=12)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AnnualRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('tax_year', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('rehearsing', 'Rehearsing'), ('rehearsed', 'Rehearsed'), ('approved', 'Approved'), ('issuing', 'Issuing'), ('paused', 'Paused'), ('issued', 'Issued'), ('delivered', 'Delivered'), ('canceled', 'Canceled')], default='rehearsing', max_length=10)),
                ('figures', models.JSONField(default=dict)),
                ('requested_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('issue_on', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'Email'), ('post', 'Post'), ('none', 'None')], max_length=5)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('bounced', 'Bounced')], default='waiting', max_length=7)),
                ('planned_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='FigureConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=40)),
                ('year', models.PositiveSmallIntegerField()),
                ('confirmed_by', models.CharField(max_length=120)),
                ('confirmed_on', models.DateField()),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='GiftAidClaim',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('filed', 'Filed'), ('paid', 'Paid')], default='draft', max_length=5)),
                ('content', models.BinaryField(null=True)),
                ('total_minor', models.BigIntegerField(default=0)),
                ('reference', models.CharField(blank=True, max_length=40)),
                ('made_at', models.DateTimeField()),
                ('filed_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='GiftAidClaimLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('is_adjustment', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='GiftAidDeclaration',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('title', models.CharField(blank=True, max_length=4)),
                ('first_name', models.CharField(max_length=35)),
                ('last_name', models.CharField(max_length=35)),
                ('home_address', models.TextField(max_length=400)),
                ('house', models.CharField(max_length=40)),
                ('postcode', models.CharField(blank=True, max_length=8)),
                ('scopes', models.JSONField(default=list)),
                ('form', models.CharField(choices=[('written', 'Written'), ('online', 'Online'), ('oral', 'Oral')], max_length=7)),
                ('wants_gift_aid', models.BooleanField()),
                ('explanation_version', models.PositiveSmallIntegerField(null=True)),
                ('made_on', models.DateField()),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('record_sent_on', models.DateField(null=True)),
                ('cancelled_from', models.DateField(null=True)),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='HometaxFiling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('filed', 'Filed'), ('to_cancel', 'To Cancel'), ('canceled', 'Canceled')], default='waiting', max_length=9)),
                ('approval', models.CharField(blank=True, max_length=40)),
                ('filed_on', models.DateField(null=True)),
                ('canceled_on', models.DateField(null=True)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Issuer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('law', models.CharField(choices=[('US', 'United States'), ('CA', 'Canada'), ('KR', 'Korea'), ('UK', 'United Kingdom'), ('AU', 'Australia')], max_length=2)),
                ('prefix', models.CharField(blank=True, max_length=4)),
                ('is_tax_exempt', models.BooleanField(default=True)),
                ('is_exclusively_religious', models.BooleanField(default=False)),
                ('registered_name', models.CharField(blank=True, max_length=200)),
                ('registered_address', models.TextField(blank=True, max_length=600)),
                ('place', models.CharField(blank=True, max_length=80)),
                ('legal_basis', models.CharField(blank=True, max_length=120)),
                ('legal_basis_code', models.CharField(blank=True, max_length=12)),
                ('gift_code', models.CharField(blank=True, max_length=2)),
                ('form', models.CharField(blank=True, max_length=8)),
                ('facsimile_conditions', models.JSONField(default=list)),
                ('fiscal_year_end_month', models.PositiveSmallIntegerField(default=12)),
                ('default_rhythm', models.CharField(choices=[('each', 'Each'), ('annual', 'Annual')], default='each', max_length=6)),
                ('is_open', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Obstacle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30)),
                ('words', models.CharField(max_length=300)),
                ('noticed_at', models.DateTimeField()),
                ('try_after', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PrintFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('receipts_file', models.CharField(blank=True, max_length=80)),
                ('labels_file', models.CharField(blank=True, max_length=80)),
                ('receipts_sha256', models.CharField(blank=True, max_length=64)),
                ('page_count', models.PositiveIntegerField(default=0)),
                ('receipt_count', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('printed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PriorTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('total_minor', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ReceiptTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('total_minor', models.BigIntegerField()),
                ('eligible_minor', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='RunException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30)),
                ('words', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('open', 'Open'), ('solved', 'Solved'), ('left_out', 'Left Out'), ('noted', 'Noted')], default='open', max_length=8)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RunItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('ready', 'Ready'), ('blocked', 'Blocked'), ('left_out', 'Left Out'), ('nothing', 'Nothing'), ('issued', 'Issued')], max_length=8)),
                ('channel', models.CharField(choices=[('email', 'Email'), ('post', 'Post'), ('none', 'None')], max_length=5)),
                ('line_count', models.PositiveIntegerField()),
                ('figures', models.JSONField(default=dict)),
                ('words', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='SpoiledNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('words', models.CharField(max_length=200)),
                ('spoiled_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='receipt',
            name='receipt_total_is_positive',
        ),
        migrations.AddField(
            model_name='exclusion',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='words',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='receipt',
            name='eligible_minor',
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='receipt',
            name='kind',
            field=models.CharField(choices=[('single', 'Single'), ('annual', 'Annual')], db_default='single', default='single', max_length=6),
        ),
        migrations.AddField(
            model_name='receipt',
            name='law',
            field=models.CharField(default='US', max_length=2),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='receipt',
            name='rules_version',
            field=models.CharField(default='US/2026.1', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='receipt',
            name='tax_year',
            field=models.PositiveSmallIntegerField(default=2026),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='receiptline',
            name='facts_hash',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='receiptline',
            name='is_valued',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name='series',
            name='prefix',
            field=models.CharField(blank=True, db_default='', max_length=4),
        ),
        migrations.AddField(
            model_name='voiding',
            name='voided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='voiding',
            name='words',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='exclusion',
            name='reason',
            field=models.CharField(choices=[('refunded', 'Refunded'), ('dispute_lost', 'Dispute Lost'), ('daf', 'Sponsor Is Donor'), ('services', 'Services'), ('pledge', 'Pledge'), ('purchase', 'Purchase'), ('vehicle_1098c', 'Vehicle'), ('not_501c3', 'Not Tax Exempt'), ('not_registered', 'Not Registered'), ('entity_not_designated', 'Not Designated'), ('advantage_over_80pct', 'Advantage Too Large'), ('already_in_hometax', 'In Hometax'), ('no_receipt_in_law', 'No Paper In This Law'), ('unknown_giver', 'Unknown Giver'), ('by_staff', 'By Staff')], max_length=30),
        ),
        migrations.AlterField(
            model_name='voiding',
            name='reason',
            field=models.CharField(choices=[('refunded', 'Refunded'), ('refund_returned', 'Refund Returned'), ('dispute_lost', 'Dispute Lost'), ('corrected', 'Corrected'), ('in_error', 'In Error')], max_length=20),
        ),
        migrations.AddField(
            model_name='acknowledgment',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgments', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='acknowledgment',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgments', to='donors.donor'),
        ),
        migrations.AddField(
            model_name='acknowledgment',
            name='message',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donors.message'),
        ),
        migrations.AddField(
            model_name='annualrun',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='annualrun',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='annual_runs', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='annualrun',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jobs.job'),
        ),
        migrations.AddField(
            model_name='annualrun',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='receipt',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='receipts.annualrun'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor__gte', 0)), name='receipt_total_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('eligible_minor__gte', 0), ('eligible_minor__lte', models.F('total_minor'))), name='receipt_eligible_within_total'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='message',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donors.message'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='receipt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='receipts.receipt'),
        ),
        migrations.AddField(
            model_name='figureconfirmation',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='giftaidclaim',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='giftaidclaim',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='giftaidclaimline',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='receipts.giftaidclaim'),
        ),
        migrations.AddField(
            model_name='giftaidclaimline',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claim_lines', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='giftaiddeclaration',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='donors.donor'),
        ),
        migrations.AddField(
            model_name='giftaiddeclaration',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='giftaiddeclaration',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declarations', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='giftaidclaimline',
            name='declaration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='receipts.giftaiddeclaration'),
        ),
        migrations.AddField(
            model_name='hometaxfiling',
            name='changed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hometaxfiling',
            name='receipt',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hometax', to='receipts.receipt'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='entity',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='issuer', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='figureconfirmation',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='receipts.issuer'),
        ),
        migrations.AddField(
            model_name='obstacle',
            name='donation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='obstacle', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='printfile',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='printfile',
            name='requested_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='printfile',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='print_files', to='receipts.annualrun'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='print_file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='receipts.printfile'),
        ),
        migrations.AddField(
            model_name='priortotal',
            name='issuer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prior_totals', to='receipts.issuer'),
        ),
        migrations.AddField(
            model_name='receipttotal',
            name='receipt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='totals', to='receipts.receipt'),
        ),
        migrations.AddField(
            model_name='runexception',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='runexception',
            name='donation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='runitem',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donors.donor'),
        ),
        migrations.AddField(
            model_name='runitem',
            name='receipt',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='run_item', to='receipts.receipt'),
        ),
        migrations.AddField(
            model_name='runitem',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='receipts.annualrun'),
        ),
        migrations.AddField(
            model_name='runexception',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exceptions', to='receipts.runitem'),
        ),
        migrations.AddField(
            model_name='spoilednumber',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spoiled', to='receipts.series'),
        ),
        migrations.AddConstraint(
            model_name='acknowledgment',
            constraint=models.UniqueConstraint(fields=('donation', 'donor', 'kind'), name='acknowledgment_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='annualrun',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['delivered', 'canceled']), _negated=True), fields=('entity', 'tax_year'), name='annual_run_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='annualrun',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('requested_by')), _negated=True), _connector='OR'), name='annual_run_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='annualrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['approved', 'issuing', 'paused', 'issued', 'delivered']), _negated=True), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('issue_on__isnull', False)), _connector='OR'), name='annual_run_issues_only_approved'),
        ),
        migrations.AddConstraint(
            model_name='giftaidclaim',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), ('filed_on__isnull', False), _connector='OR'), name='claim_filed_on_a_day'),
        ),
        migrations.AddIndex(
            model_name='giftaiddeclaration',
            index=models.Index(fields=['donor', 'entity'], name='declaration_by_donor'),
        ),
        migrations.AddConstraint(
            model_name='giftaiddeclaration',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='declaration_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='giftaidclaimline',
            constraint=models.UniqueConstraint(fields=('donation', 'is_adjustment'), name='claim_line_once_per_donation'),
        ),
        migrations.AddConstraint(
            model_name='giftaidclaimline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('is_adjustment', False)), models.Q(('amount_minor__lt', 0), ('is_adjustment', True)), _connector='OR'), name='claim_line_adjusts_downward'),
        ),
        migrations.AddConstraint(
            model_name='hometaxfiling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['filed', 'to_cancel', 'canceled']), _negated=True), ('filed_on__isnull', False), _connector='OR'), name='hometax_filed_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='issuer',
            constraint=models.UniqueConstraint(condition=models.Q(('prefix', ''), _negated=True), fields=('prefix',), name='issuer_prefix_belongs_to_one'),
        ),
        migrations.AddConstraint(
            model_name='issuer',
            constraint=models.CheckConstraint(condition=models.Q(('prefix__regex', '^[A-Z]{0,4}$')), name='issuer_prefix_is_letters'),
        ),
        migrations.AddConstraint(
            model_name='issuer',
            constraint=models.CheckConstraint(condition=models.Q(('fiscal_year_end_month__gte', 1), ('fiscal_year_end_month__lte', 12)), name='issuer_fiscal_year_ends_in_a_month'),
        ),
        migrations.AddConstraint(
            model_name='figureconfirmation',
            constraint=models.UniqueConstraint(fields=('issuer', 'figure', 'year'), name='figure_confirmed_once_per_year'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('channel', 'post'), ('status', 'waiting')), fields=['planned_at'], name='delivery_to_print'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('receipt', 'channel'), name='delivery_once_per_channel'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('done_at__isnull', False), _connector='OR'), name='delivery_done_when_sent'),
        ),
        migrations.AddConstraint(
            model_name='priortotal',
            constraint=models.UniqueConstraint(fields=('issuer', 'year', 'currency'), name='prior_total_once_per_year'),
        ),
        migrations.AddConstraint(
            model_name='priortotal',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor__gte', 0)), name='prior_total_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='receipttotal',
            constraint=models.UniqueConstraint(fields=('receipt', 'currency'), name='receipt_total_once_per_currency'),
        ),
        migrations.AddConstraint(
            model_name='receipttotal',
            constraint=models.CheckConstraint(condition=models.Q(('eligible_minor__gte', 0), ('eligible_minor__lte', models.F('total_minor')), ('total_minor__gte', 0)), name='receipt_total_holds_its_eligible_part'),
        ),
        migrations.AddIndex(
            model_name='runitem',
            index=models.Index(fields=['run', 'status', 'position'], name='run_item_by_status'),
        ),
        migrations.AddConstraint(
            model_name='runitem',
            constraint=models.UniqueConstraint(fields=('run', 'donor'), name='run_item_once_per_donor'),
        ),
        migrations.AddConstraint(
            model_name='runitem',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='run_item_once_per_position'),
        ),
        migrations.AddConstraint(
            model_name='runitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('receipt__isnull', False), ('status', 'issued')), models.Q(models.Q(('status', 'issued'), _negated=True), ('receipt__isnull', True)), _connector='OR'), name='run_item_has_a_receipt_when_issued'),
        ),
        migrations.AddConstraint(
            model_name='runexception',
            constraint=models.UniqueConstraint(fields=('item', 'code', 'donation'), name='run_exception_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='runexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'left_out'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='run_exception_left_out_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='spoilednumber',
            constraint=models.UniqueConstraint(fields=('series', 'number'), name='spoiled_number_once_per_series'),
        ),
    ]
