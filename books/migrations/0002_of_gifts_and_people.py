"""What the tables of finance know of gifts and people, and their laws."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('books', '0001_books'),
        ('donations', '0013_batches_and_pledges'),
        ('jobs', '0002_queue_in_the_database'),
        ('ledger', '0007_laws_of_reopening'),
        ('paper', '0002_documents_are_append_only'),
        ('payments', '0004_bank_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='bankmatch',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_matches', to='donations.batch'),
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='donation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_matches', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='books.bankline'),
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='matched_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='payout',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bank_matches', to='payments.payout'),
        ),
        migrations.AddField(
            model_name='bankmatch',
            name='undoes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undoing', to='books.bankmatch'),
        ),
        migrations.AddField(
            model_name='checkitem',
            name='done_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exportedentry',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry'),
        ),
        migrations.AddField(
            model_name='exportrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exportrequest',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exportrequest',
            name='job',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='export_request', to='jobs.job'),
        ),
        migrations.AddField(
            model_name='exportschedule',
            name='last_job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job'),
        ),
        migrations.AddField(
            model_name='exportschedule',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='export_schedules', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fundtransfer',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fundtransfer',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='fundtransfer',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='paper.document'),
        ),
        migrations.AddField(
            model_name='fundtransfer',
            name='fund_from',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_out', to='ledger.fund'),
        ),
        migrations.AddField(
            model_name='fundtransfer',
            name='fund_to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_in', to='ledger.fund'),
        ),
        migrations.AddField(
            model_name='journalexport',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='journal_exports', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='journalexport',
            name='exported_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exportedentry',
            name='export',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='books.journalexport'),
        ),
        migrations.AddField(
            model_name='monthend',
            name='begun_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='monthend',
            name='close',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='month_end', to='ledger.periodclose'),
        ),
        migrations.AddField(
            model_name='monthend',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='month_ends', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='checkitem',
            name='month_end',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='books.monthend'),
        ),
        migrations.AddField(
            model_name='processorreport',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.legalentity'),
        ),
        migrations.AddField(
            model_name='processorreport',
            name='imported_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='processorreportrow',
            name='donation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='report_rows', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='processorreportrow',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='books.processorreport'),
        ),
        migrations.AddField(
            model_name='release',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='paper.document'),
        ),
        migrations.AddField(
            model_name='release',
            name='fund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='ledger.fund'),
        ),
        migrations.AddField(
            model_name='release',
            name='released_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='release',
            name='reverses',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='books.release'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reopening',
            name='close',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='ledger.periodclose'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='securitysale',
            name='bank_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankaccount'),
        ),
        migrations.AddField(
            model_name='securitysale',
            name='donation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sale', to='donations.donation'),
        ),
        migrations.AddField(
            model_name='securitysale',
            name='sold_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statement',
            name='bank_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='payments.bankaccount'),
        ),
        migrations.AddField(
            model_name='statement',
            name='imported_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankline',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='books.statement'),
        ),
        migrations.AddConstraint(
            model_name='accountmap',
            constraint=models.UniqueConstraint(fields=('entity', 'target', 'account', 'fund'), name='account_map_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='accountmap',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='account_map_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='bankmatch',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='bank_match_is_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='bankmatch',
            constraint=models.CheckConstraint(condition=models.Q(('score__lte', 100)), name='bank_match_score_up_to_100'),
        ),
        migrations.AddConstraint(
            model_name='bankmatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', True), ('donation__isnull', True), ('kind__in', ['payout', 'payout_returned']), ('payout__isnull', False)), models.Q(('batch__isnull', False), ('donation__isnull', True), ('kind', 'deposit'), ('payout__isnull', True)), models.Q(('batch__isnull', True), ('donation__isnull', False), ('kind__in', ['gift', 'returned']), ('payout__isnull', True)), models.Q(('batch__isnull', True), ('donation__isnull', True), ('kind__in', ['charge', 'interest', 'other']), ('payout__isnull', True)), _connector='OR'), name='bank_match_names_what_it_is'),
        ),
        migrations.AddConstraint(
            model_name='bankmatch',
            constraint=models.CheckConstraint(condition=models.Q(('is_automatic', True), ('matched_by__isnull', False), _connector='OR'), name='bank_match_by_somebody_or_by_itself'),
        ),
        migrations.AddIndex(
            model_name='exportrequest',
            index=models.Index(condition=models.Q(('status', 'asked')), fields=['asked_at'], name='export_request_waiting'),
        ),
        migrations.AddConstraint(
            model_name='exportrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='export_request_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='exportrequest',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_request_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='exportrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['approved', 'declined', 'taken']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='export_request_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='exportrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'taken'), ('taken_at__isnull', False)), models.Q(models.Q(('status', 'taken'), _negated=True), ('taken_at__isnull', True)), _connector='OR'), name='export_request_taken_once'),
        ),
        migrations.AddIndex(
            model_name='exportschedule',
            index=models.Index(condition=models.Q(('is_active', True)), fields=['next_at'], name='export_schedule_due'),
        ),
        migrations.AddConstraint(
            model_name='fundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='fund_transfer_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='fundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('fund_from', models.F('fund_to')), _negated=True), name='fund_transfer_between_two_funds'),
        ),
        migrations.AddConstraint(
            model_name='fundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='fund_transfer_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='fundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='fund_transfer_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='journalexport',
            constraint=models.UniqueConstraint(fields=('entity', 'target', 'number'), name='journal_export_number_once'),
        ),
        migrations.AddConstraint(
            model_name='journalexport',
            constraint=models.CheckConstraint(condition=models.Q(('booked_to__gte', models.F('booked_from'))), name='journal_export_runs_forward'),
        ),
        migrations.AddConstraint(
            model_name='journalexport',
            constraint=models.CheckConstraint(condition=models.Q(('grouping__in', ['entry', 'day', 'payout'])), name='journal_export_groups_by_a_known_unit'),
        ),
        migrations.AddConstraint(
            model_name='journalexport',
            constraint=models.CheckConstraint(condition=models.Q(('file_sha256__regex', '^[0-9a-f]{64}$')), name='journal_export_hash_is_hexadecimal'),
        ),
        migrations.AddConstraint(
            model_name='exportedentry',
            constraint=models.UniqueConstraint(fields=('target', 'entry'), name='entry_exported_once_per_target'),
        ),
        migrations.AddConstraint(
            model_name='monthend',
            constraint=models.UniqueConstraint(fields=('entity', 'month'), name='month_end_once'),
        ),
        migrations.AddConstraint(
            model_name='monthend',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='month_end_names_the_first_day'),
        ),
        migrations.AddConstraint(
            model_name='monthend',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('close__isnull', False), ('status', 'closed')), models.Q(('close__isnull', True), ('status', 'open')), _connector='OR'), name='month_end_closed_by_a_close'),
        ),
        migrations.AddIndex(
            model_name='checkitem',
            index=models.Index(fields=['month_end', 'code', '-id'], name='check_item_last'),
        ),
        migrations.AddConstraint(
            model_name='checkitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waived'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='check_item_waived_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='processorreport',
            constraint=models.UniqueConstraint(fields=('entity', 'source', 'file_sha256'), name='processor_report_read_once'),
        ),
        migrations.AddIndex(
            model_name='processorreportrow',
            index=models.Index(fields=['ref'], name='report_row_by_ref'),
        ),
        migrations.AddConstraint(
            model_name='processorreportrow',
            constraint=models.UniqueConstraint(fields=('report', 'position'), name='report_row_once_per_position'),
        ),
        migrations.AddConstraint(
            model_name='processorreportrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_currency', ''), ('settled_minor__isnull', True)), models.Q(('settled_minor__isnull', False), models.Q(('settled_currency', ''), _negated=True)), _connector='OR'), name='report_row_settled_in_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='release_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='release_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'asked')), fields=('close',), name='reopening_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reopening_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'asked')), models.Q(('decided_at__isnull', False), ('status__in', ['approved', 'declined']), models.Q(('decided_by', models.F('asked_by')), _negated=True), ('decided_by__isnull', False)), _connector='OR'), name='reopening_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='securitysale',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0), ('fee_minor__lte', models.F('price_minor')), ('price_minor__gt', 0)), name='security_sale_brings_something'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('bank_account', 'file_sha256'), name='statement_read_once'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('file_sha256__regex', '^[0-9a-f]{64}$')), name='statement_hash_is_hexadecimal'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(condition=models.Q(('state__in', ['new', 'no_match'])), fields=['bank_account', 'booked_on', 'id'], name='bank_line_open'),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['bank_account', '-booked_on', '-id'], name='bank_line_by_day'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.UniqueConstraint(fields=('bank_account', 'checksum'), name='bank_line_comes_once'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.UniqueConstraint(fields=('statement', 'position'), name='bank_line_once_per_position'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='bank_line_is_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state__in', ['new', 'no_match'])), models.Q(('settled_at__isnull', False), ('state__in', ['matched', 'discarded'])), _connector='OR'), name='bank_line_settled_at_only_when_settled'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'matched'), _negated=True), models.Q(('payer', ''), ('reference', '')), _connector='OR'), name='bank_line_forgets_its_words_when_matched'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'discarded'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='bank_line_discarded_for_a_reason'),
        ),
    ]
