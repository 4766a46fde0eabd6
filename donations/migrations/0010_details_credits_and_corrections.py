"""Returns, things, soft credits and corrections; what a gift was and whose clock it had."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0005_fee_cover_per_page'),
        ('donations', '0009_tally_moments'),
        ('donors', '0005_profiles_sessions_and_merges'),
        ('ledger', '0004_date_rule_and_desk_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Benefit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(max_length=120)),
                ('fair_value_minor', models.BigIntegerField(null=True)),
                ('cost_minor', models.BigIntegerField(null=True)),
                ('is_token', models.BooleanField(default=False)),
                ('is_intangible_religious', models.BooleanField(default=False)),
                ('is_sold_commercially', models.BooleanField(default=False)),
                ('is_cash_like', models.BooleanField(default=False)),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('reason', models.CharField(max_length=200)),
                ('corrected_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='GiftDetail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField(default=1)),
                ('unit_value_minor', models.BigIntegerField(null=True)),
                ('fair_value_minor', models.BigIntegerField(null=True)),
                ('claimed_minor', models.BigIntegerField(null=True)),
                ('appraiser_name', models.CharField(blank=True, max_length=120)),
                ('appraiser_address', models.CharField(blank=True, max_length=300)),
                ('equivalent_minor', models.BigIntegerField(null=True)),
                ('equivalent_currency', models.CharField(blank=True, max_length=3)),
                ('rate_on', models.DateField(null=True)),
                ('rate_source', models.CharField(blank=True, max_length=80)),
                ('is_day_known', models.BooleanField(default=True)),
                ('staff_note', models.CharField(blank=True, max_length=300)),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='GiftEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('postmark', 'Postmark'), ('hand', 'Hand'), ('received', 'Received'), ('settlement', 'Settlement'), ('transfer', 'Transfer'), ('sent', 'Sent'), ('written', 'Written')], max_length=10)),
                ('on', models.DateField()),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SoftCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('adviser', 'Adviser'), ('match', 'Match'), ('household', 'Household'), ('other', 'Other')], max_length=9)),
                ('amount_minor', models.BigIntegerField()),
                ('entered_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='checkout',
            name='giver_zone',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='donation',
            name='description',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='donation',
            name='giver_zone',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='donation',
            name='is_person_directed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='donation',
            name='kind',
            field=models.CharField(choices=[('cash', 'Cash'), ('ticket', 'Ticket'), ('property', 'Property'), ('stock', 'Stock'), ('vehicle', 'Vehicle'), ('volunteer_expenses', 'Volunteer Expenses')], db_default='cash', default='cash', max_length=18),
        ),
        migrations.AddField(
            model_name='donation',
            name='payer',
            field=models.CharField(choices=[('donor', 'Donor'), ('daf', 'Daf'), ('charity', 'Charity'), ('employer', 'Employer'), ('ira_qcd', 'Ira Qcd')], db_default='donor', default='donor', max_length=8),
        ),
        migrations.AlterField(
            model_name='donation',
            name='date_rule',
            field=models.CharField(choices=[('charge_in_entity_zone', 'Charge In Entity Zone'), ('charge_in_latest_us_zone', 'Charge In Latest Zone'), ('postmark', 'Postmark'), ('hand', 'Hand'), ('received', 'Received'), ('settlement', 'Settlement'), ('transfer', 'Transfer'), ('sent', 'Sent'), ('staff', 'Staff')], max_length=24),
        ),
        migrations.AlterField(
            model_name='donation',
            name='rail',
            field=models.CharField(choices=[('processor', 'Processor'), ('desk', 'Desk')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='donation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['property', 'stock', 'vehicle', 'volunteer_expenses']), _negated=True), models.Q(('description', ''), _negated=True), _connector='OR'), name='donation_of_a_thing_is_described'),
        ),
        migrations.AddField(
            model_name='benefit',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='benefits', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='benefit',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='benefit',
            name='withdraws',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='donations.benefit'),
        ),
        migrations.AddField(
            model_name='correction',
            name='corrected_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='giftdetail',
            name='donation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='detail', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='giftevent',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='softcredit',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='soft_credits', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='softcredit',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='soft_credits', to='donors.donor'),
        ),
        migrations.AddField(
            model_name='softcredit',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='softcredit',
            name='matches',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matched_by', to='donations.donation'),
        ),
        migrations.AddConstraint(
            model_name='benefit',
            constraint=models.CheckConstraint(condition=models.Q(('fair_value_minor__isnull', True), ('fair_value_minor__gte', 0), _connector='OR'), name='benefit_value_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='benefit',
            constraint=models.CheckConstraint(condition=models.Q(('cost_minor__isnull', True), ('cost_minor__gte', 0), _connector='OR'), name='benefit_cost_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='benefit',
            constraint=models.CheckConstraint(condition=models.Q(('withdraws__isnull', True), models.Q(('withdraws', models.F('id')), _negated=True), _connector='OR'), name='benefit_does_not_withdraw_itself'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='correction_changes_something'),
        ),
        migrations.AddConstraint(
            model_name='giftdetail',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='gift_detail_counts_something'),
        ),
        migrations.AddConstraint(
            model_name='giftdetail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('equivalent_currency', ''), ('equivalent_minor__isnull', True)), models.Q(('equivalent_minor__isnull', False), ('rate_on__isnull', False), models.Q(('equivalent_currency', ''), _negated=True)), _connector='OR'), name='gift_detail_equivalent_has_its_rate'),
        ),
        migrations.AddConstraint(
            model_name='giftevent',
            constraint=models.UniqueConstraint(fields=('donation', 'basis'), name='gift_event_once_per_basis'),
        ),
        migrations.AddConstraint(
            model_name='softcredit',
            constraint=models.UniqueConstraint(fields=('donation', 'donor'), name='soft_credit_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='softcredit',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='soft_credit_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='softcredit',
            constraint=models.CheckConstraint(condition=models.Q(('matches__isnull', True), models.Q(('matches', models.F('donation')), _negated=True), _connector='OR'), name='soft_credit_matches_another_gift'),
        ),
    ]
