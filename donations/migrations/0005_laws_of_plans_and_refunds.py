"""The law of plan changes, second persons and warnings: facts stay, and an intent takes only allowed steps."""

from django.db import migrations

FACTS = ("planfailure", "fraudwarning", "refundrequestpart")

REFUND_STEPS = """
CREATE OR REPLACE FUNCTION refund_request_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN ({steps}) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a refund request cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_takes_allowed_step';
END $$;
"""
OLD_STEPS = ["requested>sent", "requested>done", "requested>refused", "requested>failed",
             "sent>done", "sent>failed", "done>failed"]
NEW_STEPS = ["proposed>requested", "proposed>declined", *OLD_STEPS]


def _steps(steps: list[str]) -> str:
    return REFUND_STEPS.replace("{steps}", ", ".join(f"'{step}'" for step in steps))


FORWARD = _steps(NEW_STEPS) + """
CREATE FUNCTION plan_change_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN ('requested>done', 'requested>refused')
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a plan change cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_change_takes_allowed_step';
END $$;
CREATE TRIGGER plan_change_takes_allowed_step BEFORE UPDATE OF status ON donations_planchange
  FOR EACH ROW EXECUTE FUNCTION plan_change_must_take_allowed_step();

CREATE FUNCTION transfer_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Money decides: a transfer that comes after its promise lapsed is received all the same.
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN
    ('open>received', 'open>lapsed', 'lapsed>received') THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a promised transfer cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_takes_allowed_step';
END $$;
CREATE TRIGGER transfer_takes_allowed_step BEFORE UPDATE OF status ON donations_transferpromise
  FOR EACH ROW EXECUTE FUNCTION transfer_must_take_allowed_step();
""" + "\n".join(f"SELECT make_append_only('donations_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donations_{name}; DROP TRIGGER a_table_stays ON donations_{name};" for name in FACTS
) + """
DROP TRIGGER transfer_takes_allowed_step ON donations_transferpromise;
DROP FUNCTION transfer_must_take_allowed_step();
DROP TRIGGER plan_change_takes_allowed_step ON donations_planchange;
DROP FUNCTION plan_change_must_take_allowed_step();
""" + _steps(OLD_STEPS)


class Migration(migrations.Migration):
    dependencies = [("donations", "0004_schedules_and_second_persons"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
