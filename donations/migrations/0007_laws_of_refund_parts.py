"""The law of refunds by fund and of second persons: no part passes its designation, parts of a request sum to it,
and what was proposed is sent only when somebody else approved it. Steps of disputes and reviews stay."""

from django.db import migrations

FACTS = ("disputestep", "review", "reviewclosing")

STEPS = """
CREATE OR REPLACE FUNCTION refund_request_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status AND (OLD.status || '>' || NEW.status) NOT IN ({steps}) THEN
    RAISE EXCEPTION 'a refund request cannot go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_takes_allowed_step';
  END IF;
  {approval}
  RETURN NEW;
END $$;
"""
APPROVAL = """IF OLD.status = 'proposed' AND NEW.status = 'requested' AND NEW.decided_by_id IS NULL THEN
    RAISE EXCEPTION 'a proposed refund is approved by somebody'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_approved_by_somebody';
  END IF;"""
OLD_STEPS = ["proposed>requested", "proposed>declined",
             "requested>sent", "requested>done", "requested>refused", "requested>failed",
             "sent>done", "sent>failed", "done>failed"]
NEW_STEPS = [*OLD_STEPS, "proposed>withdrawn", "proposed>expired"]


def _steps(steps: list[str], approval: str) -> str:
    named = ", ".join(f"'{step}'" for step in steps)
    return STEPS.replace("{steps}", named).replace("{approval}", approval)


FORWARD = _steps(NEW_STEPS, APPROVAL) + """
-- The same lock as of refunds: two parts of one gift take turns, so together they cannot pass its designation.
CREATE FUNCTION refund_part_must_not_pass_designation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; given bigint; back bigint;
BEGIN
  SELECT donation_id INTO target FROM donations_refund WHERE id = NEW.refund_id;
  PERFORM pg_advisory_xact_lock(hashtextextended(target::text, 7210002));
  SELECT coalesce(sum(amount_minor), 0) INTO given FROM donations_designation
   WHERE donation_id = target AND fund_id = NEW.fund_id;
  SELECT coalesce(sum(p.amount_minor), 0) INTO back FROM donations_refundpart p
    JOIN donations_refund r ON r.id = p.refund_id
    LEFT JOIN donations_refundfailure f ON f.refund_id = r.id
   WHERE r.donation_id = target AND p.fund_id = NEW.fund_id AND f.id IS NULL;
  IF back + NEW.amount_minor > given THEN
    RAISE EXCEPTION 'refunds of % would pass the designation of %', back + NEW.amount_minor, given
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_part_not_above_designation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_part_not_above_designation BEFORE INSERT ON donations_refundpart
  FOR EACH ROW EXECUTE FUNCTION refund_part_must_not_pass_designation();

CREATE FUNCTION refund_request_parts_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked bigint; told bigint;
BEGIN
  SELECT amount_minor INTO asked FROM donations_refundrequest WHERE id = NEW.refund_request_id;
  SELECT coalesce(sum(amount_minor), 0) INTO told FROM donations_refundrequestpart
   WHERE refund_request_id = NEW.refund_request_id;
  IF asked <> told THEN
    RAISE EXCEPTION 'refund request % of % has parts of %', NEW.refund_request_id, asked, told
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_parts_sum_to_request';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refund_request_parts_sum_to_request AFTER INSERT ON donations_refundrequestpart
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refund_request_parts_must_sum();
""" + "\n".join(f"SELECT make_append_only('donations_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donations_{name}; DROP TRIGGER a_table_stays ON donations_{name};" for name in FACTS
) + """
DROP TRIGGER refund_request_parts_sum_to_request ON donations_refundrequestpart;
DROP FUNCTION refund_request_parts_must_sum();
DROP TRIGGER refund_part_not_above_designation ON donations_refundpart;
DROP FUNCTION refund_part_must_not_pass_designation();
""" + _steps(OLD_STEPS, "")


class Migration(migrations.Migration):
    dependencies = [("donations", "0006_proposals_end_and_reviews")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
