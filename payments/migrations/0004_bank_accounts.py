"""Accounts at banks, where deposits arrive."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_laws_of_reopening'),
        ('payments', '0003_payment_outcomes'),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=3)),
                ('last4', models.CharField(blank=True, max_length=4)),
                ('format', models.CharField(choices=[('csv', 'Csv'), ('camt053', 'Camt'), ('mt940', 'Mt940')], default='csv', max_length=8)),
                ('mapping', models.JSONField(default=dict)),
                ('is_open', models.BooleanField(default=True)),
                ('added_at', models.DateTimeField()),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_accounts', to='ledger.legalentity')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entity', 'name'), name='bank_account_name_once'), models.CheckConstraint(condition=models.Q(('last4', ''), ('last4__regex', '^[0-9A-Z]{2,4}$'), _connector='OR'), name='bank_account_shows_last_digits')],
            },
        ),
    ]
