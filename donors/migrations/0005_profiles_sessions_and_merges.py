"""Profiles the laws ask for, joint donors, merges, another e-mail, sessions, one's own data, bounces."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donors', '0004_mail_by_the_minute'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Bounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_final', models.BooleanField()),
                ('status', models.CharField(blank=True, max_length=12)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('received_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('email_key', models.CharField(max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('content', models.BinaryField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('ready_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DonorMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deed', models.CharField(choices=[('merge', 'Merge'), ('unmerge', 'Unmerge')], max_length=7)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('done_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='EmailChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('old_key', models.CharField(max_length=254)),
                ('old_email', models.EmailField(max_length=254)),
                ('new_key', models.CharField(max_length=254)),
                ('new_email', models.EmailField(max_length=254)),
                ('status', models.CharField(choices=[('asked', 'Asked'), ('done', 'Done'), ('expired', 'Expired'), ('undone', 'Undone')], default='asked', max_length=7)),
                ('old_hash', models.CharField(max_length=64, unique=True)),
                ('new_hash', models.CharField(max_length=64, unique=True)),
                ('undo_hash', models.CharField(max_length=64, unique=True)),
                ('old_proven_at', models.DateTimeField(null=True)),
                ('new_proven_at', models.DateTimeField(null=True)),
                ('donor_ids', models.JSONField(default=list)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='JointMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PortalSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('email_key', models.CharField(max_length=254)),
                ('device', models.CharField(max_length=80)),
                ('began_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ProfileChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField()),
                ('changer', models.CharField(choices=[('donor', 'Donor'), ('staff', 'Staff'), ('system', 'System')], max_length=6)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='donor',
            name='business_number',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='donor',
            name='country',
            field=models.CharField(blank=True, db_default='', default='', max_length=2),
        ),
        migrations.AddField(
            model_name='donor',
            name='died_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='donor',
            name='do_not_contact',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='donor',
            name='email_failed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='donor',
            name='first_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='donor',
            name='initial',
            field=models.CharField(blank=True, db_default='', default='', max_length=4),
        ),
        migrations.AddField(
            model_name='donor',
            name='last_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='donor',
            name='phone',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='donor',
            name='postcode',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='donor',
            name='receipt_rhythm',
            field=models.CharField(blank=True, choices=[('each', 'Each'), ('annual', 'Annual'), ('none', 'None')], db_default='', default='', max_length=6),
        ),
        migrations.AddField(
            model_name='donor',
            name='shown_as',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='donor',
            name='title',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='donor',
            name='wants_post',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='linkrequest',
            name='browser_hash',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='signinlink',
            name='browser_hash',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='signinlink',
            name='code_hash',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='signinlink',
            name='wrong_codes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='consent',
            name='kind',
            field=models.CharField(choices=[('letter', 'Letter'), ('prayer', 'Prayer'), ('tour', 'Tour'), ('yearly_report', 'Yearly Report'), ('post', 'Post')], max_length=13),
        ),
        migrations.AlterField(
            model_name='donor',
            name='kind',
            field=models.CharField(choices=[('person', 'Person'), ('organization', 'Organization'), ('joint', 'Joint')], default='person', max_length=12),
        ),
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('receipt', 'Receipt'), ('receipt_corrected', 'Receipt Corrected'), ('receipt_voided', 'Receipt Voided'), ('payment_failed', 'Payment Failed'), ('plan_failed', 'Plan Failed'), ('plan_ended', 'Plan Ended'), ('plan_started', 'Plan Started'), ('plan_changed', 'Plan Changed'), ('plan_card_expiring', 'Plan Card Expiring'), ('plan_needs_bank', 'Plan Needs Bank'), ('tribute', 'Tribute'), ('transfer_code', 'Transfer Code'), ('refund_made', 'Refund Made'), ('staff_notice', 'Staff Notice'), ('sign_in', 'Sign In'), ('yearly_summary', 'Yearly Summary'), ('acknowledgment', 'Acknowledgment'), ('email_change', 'Email Change'), ('profile_notice', 'Profile Notice'), ('data_ready', 'Data Ready'), ('gift_aid_record', 'Gift Aid Record')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='donor',
            constraint=models.CheckConstraint(condition=models.Q(('business_number', ''), ('kind', 'organization'), _connector='OR'), name='donor_number_only_of_an_organization'),
        ),
        migrations.AddField(
            model_name='bounce',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bounces', to='donors.message'),
        ),
        migrations.AddIndex(
            model_name='datarequest',
            index=models.Index(fields=['email_key', '-asked_at'], name='data_request_by_email'),
        ),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.CheckConstraint(condition=models.Q(('ready_at__isnull', True), models.Q(('expires_at__gt', models.F('ready_at')), ('expires_at__isnull', False)), _connector='OR'), name='data_request_ready_until_a_time'),
        ),
        migrations.AddField(
            model_name='donormerge',
            name='done_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='donormerge',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='donors.donor'),
        ),
        migrations.AddField(
            model_name='donormerge',
            name='into',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='donors.donor'),
        ),
        migrations.AddConstraint(
            model_name='emailchange',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'asked')), fields=('old_key',), name='email_change_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='emailchange',
            constraint=models.CheckConstraint(condition=models.Q(('old_key', models.F('new_key')), _negated=True), name='email_change_to_another'),
        ),
        migrations.AddField(
            model_name='jointmember',
            name='joint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='donors.donor'),
        ),
        migrations.AddField(
            model_name='jointmember',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='donors.donor'),
        ),
        migrations.AddIndex(
            model_name='portalsession',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['email_key', '-seen_at'], name='portal_session_open'),
        ),
        migrations.AddField(
            model_name='profilechange',
            name='donor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='profile_changes', to='donors.donor'),
        ),
        migrations.AddConstraint(
            model_name='bounce',
            constraint=models.UniqueConstraint(fields=('message', 'status'), name='bounce_once_per_status'),
        ),
        migrations.AddConstraint(
            model_name='donormerge',
            constraint=models.CheckConstraint(condition=models.Q(('donor', models.F('into')), _negated=True), name='donor_merge_of_two'),
        ),
        migrations.AddConstraint(
            model_name='jointmember',
            constraint=models.UniqueConstraint(fields=('joint', 'member'), name='joint_member_once'),
        ),
        migrations.AddConstraint(
            model_name='jointmember',
            constraint=models.CheckConstraint(condition=models.Q(('joint', models.F('member')), _negated=True), name='joint_member_is_another'),
        ),
    ]
