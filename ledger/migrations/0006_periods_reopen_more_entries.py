"""A closed period can be reopened by two people; more kinds of entries."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_volunteer_costs'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='periodclose',
            name='period_closed_once',
        ),
        migrations.AddField(
            model_name='periodclose',
            name='reopened_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='periodclose',
            name='reopened_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='periodclose',
            name='reopening_approved_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='periodclose',
            name='reopening_reason',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('donation', 'Donation'), ('processor_fee', 'Processor Fee'), ('refund', 'Refund'), ('refund_returned', 'Refund Returned'), ('dispute_movement', 'Dispute Movement'), ('dispute_lost', 'Dispute Lost'), ('payout', 'Payout'), ('payout_returned', 'Payout Returned'), ('adjustment', 'Adjustment'), ('offering', 'Offering'), ('unidentified', 'Unidentified'), ('identified', 'Identified'), ('deposit', 'Deposit'), ('reversal', 'Reversal'), ('sale', 'Sale'), ('pledge', 'Pledge'), ('pledge_payment', 'Pledge Payment'), ('write_off', 'Write Off'), ('release', 'Release'), ('fund_transfer', 'Fund Transfer'), ('bank_charge', 'Bank Charge'), ('bank_interest', 'Bank Interest'), ('rounding', 'Rounding'), ('conversion', 'Conversion')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.UniqueConstraint(condition=models.Q(('reopened_at__isnull', True)), fields=('entity', 'through_on'), name='period_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='periodclose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reopened_at__isnull', True), ('reopened_by', ''), ('reopening_approved_by', ''), ('reopening_reason', '')), models.Q(('reopened_at__isnull', False), models.Q(('reopened_by', ''), _negated=True), models.Q(('reopening_approved_by', ''), _negated=True), models.Q(('reopening_reason', ''), _negated=True), models.Q(('reopened_by', models.F('reopening_approved_by')), _negated=True)), _connector='OR'), name='period_reopened_by_two_people'),
        ),
    ]
