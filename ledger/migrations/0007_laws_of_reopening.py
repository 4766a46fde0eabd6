"""Accounts of finance; a close changes only by being reopened, the latest first, and binds no more from then on."""

from django.db import migrations

ACCOUNTS = (
    ("1120", "PayPal clearing", "asset"),
    ("1200", "Pledges receivable", "asset"),
    ("1900", "Due between funds", "asset"),
    ("4200", "Event income", "income"),
    ("4400", "Interest income", "income"),
    ("4450", "Gain or loss on securities", "income"),
    ("4900", "Net assets released: without donor restrictions", "net_assets"),
    ("4910", "Net assets released: with donor restrictions", "net_assets"),
    ("4950", "Transfers between funds: without donor restrictions", "net_assets"),
    ("4960", "Transfers between funds: with donor restrictions", "net_assets"),
    ("5160", "Bank charges", "expense"),
    ("5170", "Broker fees", "expense"),
    ("5180", "Rounding differences", "expense"),
    ("5190", "Pledges written off", "expense"),
)


def add(apps, schema_editor):
    account = apps.get_model("ledger", "Account")
    for code, name, kind in ACCOUNTS:
        account.objects.create(code=code, name=name, kind=kind)


def remove(apps, schema_editor):
    apps.get_model("ledger", "Account").objects.filter(code__in=[code for code, _, _ in ACCOUNTS]).delete()


FORWARD = """
CREATE OR REPLACE FUNCTION entry_must_be_in_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A close holds this row FOR UPDATE: entries under way and a close take turns, or an entry that is not yet
  -- committed would slip into a period whose checksum does not know it. (The foreign key looks only at commit.)
  PERFORM 1 FROM ledger_legalentity WHERE id = NEW.entity_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM ledger_periodclose
              WHERE entity_id = NEW.entity_id AND through_on >= NEW.booked_on AND reopened_at IS NULL) THEN
    RAISE EXCEPTION 'the books are closed on %', NEW.booked_on
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_in_open_period';
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER a_row_stays ON ledger_periodclose;
CREATE FUNCTION period_close_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL
     OR (NEW.id, NEW.entity_id, NEW.through_on, NEW.checksum, NEW.closed_at, NEW.closed_by)
        IS DISTINCT FROM (OLD.id, OLD.entity_id, OLD.through_on, OLD.checksum, OLD.closed_at, OLD.closed_by) THEN
    RAISE EXCEPTION 'a close is only reopened, once'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_periodclose_is_append_only';
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_periodclose
              WHERE entity_id = OLD.entity_id AND through_on > OLD.through_on AND reopened_at IS NULL) THEN
    RAISE EXCEPTION 'a later period is closed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'period_reopened_latest_first';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_row_stays BEFORE UPDATE OR DELETE ON ledger_periodclose
  FOR EACH ROW EXECUTE FUNCTION period_close_is_append_only();
"""
BACKWARD = """
DROP TRIGGER a_row_stays ON ledger_periodclose; DROP FUNCTION period_close_is_append_only();
CREATE TRIGGER a_row_stays BEFORE UPDATE OR DELETE ON ledger_periodclose
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE FUNCTION entry_must_be_in_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM ledger_legalentity WHERE id = NEW.entity_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM ledger_periodclose WHERE entity_id = NEW.entity_id AND through_on >= NEW.booked_on) THEN
    RAISE EXCEPTION 'the books are closed on %', NEW.booked_on
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_in_open_period';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_periods_reopen_more_entries")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(add, remove)]
