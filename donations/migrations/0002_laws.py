"""The law of gifts: facts stay, designations and parts sum, nothing is refunded above what was given,
and an intent takes only the steps its table allows."""

from django.db import migrations

FACTS = (
    "donation", "designation", "refund", "refundpart", "refundfailure",
    "dispute", "disputemovement", "disputeclosing",
)

FORWARD = """
CREATE FUNCTION designations_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; given bigint; told bigint;
BEGIN
  IF TG_TABLE_NAME = 'donations_donation' THEN target := NEW.id; ELSE target := NEW.donation_id; END IF;
  SELECT amount_minor INTO given FROM donations_donation WHERE id = target;
  SELECT coalesce(sum(amount_minor), 0) INTO told FROM donations_designation WHERE donation_id = target;
  IF given <> told THEN
    RAISE EXCEPTION 'donation % of % is designated %', target, given, told
      USING ERRCODE = 'check_violation', CONSTRAINT = 'designations_sum_to_donation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER designations_sum_to_donation AFTER INSERT ON donations_donation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION designations_must_sum();
CREATE CONSTRAINT TRIGGER designation_keeps_donation_whole AFTER INSERT ON donations_designation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION designations_must_sum();

CREATE FUNCTION refund_parts_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; given bigint; told bigint;
BEGIN
  IF TG_TABLE_NAME = 'donations_refund' THEN target := NEW.id; ELSE target := NEW.refund_id; END IF;
  SELECT amount_minor INTO given FROM donations_refund WHERE id = target;
  SELECT coalesce(sum(amount_minor), 0) INTO told FROM donations_refundpart WHERE refund_id = target;
  IF given <> told THEN
    RAISE EXCEPTION 'refund % of % has parts of %', target, given, told
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_parts_sum_to_refund';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refund_parts_sum_to_refund AFTER INSERT ON donations_refund
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refund_parts_must_sum();
CREATE CONSTRAINT TRIGGER refund_part_keeps_refund_whole AFTER INSERT ON donations_refundpart
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refund_parts_must_sum();

-- The lock on the donation makes two refunds of it take turns, so together they cannot pass the sum.
CREATE FUNCTION refund_must_not_pass_donation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given bigint; back bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.donation_id::text, 7210002));
  SELECT amount_minor INTO given FROM donations_donation WHERE id = NEW.donation_id;
  SELECT coalesce(sum(r.amount_minor), 0) INTO back FROM donations_refund r
    LEFT JOIN donations_refundfailure f ON f.refund_id = r.id
   WHERE r.donation_id = NEW.donation_id AND f.id IS NULL;
  IF back + NEW.amount_minor > given THEN
    RAISE EXCEPTION 'refunds of % would pass the donation of %', back + NEW.amount_minor, given
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_not_above_donation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_not_above_donation BEFORE INSERT ON donations_refund
  FOR EACH ROW EXECUTE FUNCTION refund_must_not_pass_donation();

CREATE FUNCTION checkout_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN (
    'begun>open', 'begun>confirming', 'begun>paid', 'begun>failed', 'begun>expired', 'begun>abandoned',
    'open>confirming', 'open>paid', 'open>failed', 'open>expired',
    'confirming>paid', 'confirming>failed', 'failed>paid', 'expired>paid',
    'abandoned>open', 'abandoned>confirming', 'abandoned>paid', 'abandoned>failed', 'abandoned>expired'
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a checkout cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'checkout_takes_allowed_step';
END $$;
CREATE TRIGGER checkout_takes_allowed_step BEFORE UPDATE OF status ON donations_checkout
  FOR EACH ROW EXECUTE FUNCTION checkout_must_take_allowed_step();

CREATE FUNCTION refund_request_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN (
    'requested>sent', 'requested>done', 'requested>refused', 'requested>failed',
    'sent>done', 'sent>failed', 'done>failed'
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a refund request cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_request_takes_allowed_step';
END $$;
CREATE TRIGGER refund_request_takes_allowed_step BEFORE UPDATE OF status ON donations_refundrequest
  FOR EACH ROW EXECUTE FUNCTION refund_request_must_take_allowed_step();
""" + "\n".join(f"SELECT make_append_only('donations_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donations_{name}; DROP TRIGGER a_table_stays ON donations_{name};" for name in FACTS
) + """
DROP TRIGGER refund_request_takes_allowed_step ON donations_refundrequest;
DROP FUNCTION refund_request_must_take_allowed_step();
DROP TRIGGER checkout_takes_allowed_step ON donations_checkout;
DROP FUNCTION checkout_must_take_allowed_step();
DROP TRIGGER refund_not_above_donation ON donations_refund;
DROP FUNCTION refund_must_not_pass_donation();
DROP TRIGGER refund_part_keeps_refund_whole ON donations_refundpart;
DROP TRIGGER refund_parts_sum_to_refund ON donations_refund;
DROP FUNCTION refund_parts_must_sum();
DROP TRIGGER designation_keeps_donation_whole ON donations_designation;
DROP TRIGGER designations_sum_to_donation ON donations_donation;
DROP FUNCTION designations_must_sum();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_intents_and_facts"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
