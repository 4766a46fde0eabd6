"""Rows of a batch without a giver can be put right, givers may stay unknown, and two people give money back by hand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
PROTECT = django.db.models.deletion.PROTECT
FACTS = ("rowreversal", "rowtruth", "leftunknown")

FORWARD = """
-- Only what has no giver goes back by its row, out of a batch that is posted; a bounced check was no other money.
CREATE FUNCTION row_reversal_must_be_of_no_gift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM donations_batchrow w JOIN donations_batch b ON b.id = w.batch_id
                  WHERE w.id = NEW.row_id AND w.giver <> 'donor' AND b.status = 'posted') THEN
    RAISE EXCEPTION 'row % has a giver or is not posted', NEW.row_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'row_reversal_is_of_no_gift';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER row_reversal_is_of_no_gift BEFORE INSERT ON donations_rowreversal
  FOR EACH ROW EXECUTE FUNCTION row_reversal_must_be_of_no_gift();

CREATE FUNCTION row_truth_must_be_of_a_mistake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM donations_rowreversal v WHERE v.id = NEW.reversal_id AND v.kind = 'mistake') THEN
    RAISE EXCEPTION 'only a mistake has a true amount'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'row_truth_is_of_a_mistake';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER row_truth_is_of_a_mistake BEFORE INSERT ON donations_rowtruth
  FOR EACH ROW EXECUTE FUNCTION row_truth_must_be_of_a_mistake();

CREATE FUNCTION left_unknown_must_be_unidentified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.entry_id AND e.kind = 'unidentified'
                  AND NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses_id = e.id)) THEN
    RAISE EXCEPTION 'entry % waits for no giver', NEW.entry_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'left_unknown_is_unidentified';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER left_unknown_is_unidentified BEFORE INSERT ON donations_leftunknown
  FOR EACH ROW EXECUTE FUNCTION left_unknown_must_be_unidentified();

-- Money goes back over the desk when somebody else than the one who asked has agreed.
CREATE FUNCTION return_must_be_of_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kind = 'returned' AND NOT EXISTS (
       SELECT 1 FROM donations_refund r JOIN donations_refundrequest q ON q.id = r.request_id
        WHERE r.id = NEW.refund_id AND q.decided_by_id IS NOT NULL AND q.decided_by_id <> q.requested_by_id) THEN
    RAISE EXCEPTION 'money is given back over the desk by two people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_is_of_two_people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER return_is_of_two_people BEFORE INSERT ON donations_reversal
  FOR EACH ROW EXECUTE FUNCTION return_must_be_of_two();
""" + "\n".join(f"SELECT make_append_only('donations_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donations_{name}; DROP TRIGGER a_table_stays ON donations_{name};" for name in FACTS
) + """
DROP TRIGGER return_is_of_two_people ON donations_reversal; DROP FUNCTION return_must_be_of_two();
DROP TRIGGER left_unknown_is_unidentified ON donations_leftunknown;
DROP FUNCTION left_unknown_must_be_unidentified();
DROP TRIGGER row_truth_is_of_a_mistake ON donations_rowtruth; DROP FUNCTION row_truth_must_be_of_a_mistake();
DROP TRIGGER row_reversal_is_of_no_gift ON donations_rowreversal; DROP FUNCTION row_reversal_must_be_of_no_gift();
"""


def somebody() -> models.ForeignKey:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("donations", "0017_rollups"),
        ("ledger", "0008_rollups"),
    ]
    operations = [
        migrations.AddField("refundrequest", "happened_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="RowReversal",
            fields=[
                ID,
                (
                    "kind",
                    models.CharField(
                        choices=[("mistake", "Mistake"), ("bounced", "Bounced")], max_length=8
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("recorded_at", models.DateTimeField()),
                ("reversed_by", somebody()),
                (
                    "row",
                    models.OneToOneField(
                        on_delete=PROTECT, related_name="reversal", to="donations.batchrow"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(("reason", "")), name="row_reversal_has_a_reason"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="RowTruth",
            fields=[
                ID,
                ("amount_minor", models.BigIntegerField()),
                ("fund", models.ForeignKey(on_delete=PROTECT, related_name="+", to="ledger.fund")),
                (
                    "reversal",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="truth", to="donations.rowreversal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reversal", "fund"), name="row_truth_once_per_fund"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="row_truth_is_positive"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="LeftUnknown",
            fields=[
                ID,
                ("reason", models.CharField(max_length=300)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", somebody()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=PROTECT, related_name="left_unknown", to="ledger.entry"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "left unknown",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(("reason", "")), name="left_unknown_for_a_reason"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
