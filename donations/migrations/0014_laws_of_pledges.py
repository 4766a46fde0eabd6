"""The law of promises: parts sum to the promise, are given for once and no more, and steps are the allowed ones."""

from django.db import migrations

FORWARD = """
SELECT make_append_only('donations_instalment'), make_append_only('donations_pledgepayment'),
       make_append_only('donations_writeoff'), make_append_only('donations_pledgereminder');

CREATE FUNCTION pledge_parts_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; promised bigint; parts bigint;
BEGIN
  IF TG_TABLE_NAME = 'donations_pledge' THEN target := NEW.id; ELSE target := NEW.pledge_id; END IF;
  SELECT amount_minor INTO promised FROM donations_pledge WHERE id = target;
  SELECT coalesce(sum(amount_minor), 0) INTO parts FROM donations_instalment WHERE pledge_id = target;
  IF parts <> promised THEN
    RAISE EXCEPTION 'the parts of pledge % sum to %, not to %', target, parts, promised
      USING ERRCODE = 'check_violation', CONSTRAINT = 'pledge_parts_sum_to_pledge';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pledge_has_its_parts AFTER INSERT ON donations_pledge
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_parts_must_sum();
CREATE CONSTRAINT TRIGGER pledge_parts_sum_to_pledge AFTER INSERT ON donations_instalment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pledge_parts_must_sum();

CREATE FUNCTION pledge_payment_must_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE due bigint; given bigint; least_given bigint; gift bigint; used bigint;
BEGIN
  SELECT amount_minor INTO due FROM donations_instalment WHERE id = NEW.instalment_id;
  SELECT coalesce(sum(amount_minor), 0) INTO given
    FROM donations_pledgepayment WHERE instalment_id = NEW.instalment_id;
  SELECT coalesce(sum(amount_minor), 0) INTO least_given
    FROM donations_pledgepayment WHERE instalment_id = NEW.instalment_id AND donation_id = NEW.donation_id;
  SELECT amount_minor INTO gift FROM donations_donation WHERE id = NEW.donation_id;
  SELECT coalesce(sum(amount_minor), 0) INTO used
    FROM donations_pledgepayment WHERE donation_id = NEW.donation_id;
  IF given > due OR least_given < 0 OR used > gift THEN
    RAISE EXCEPTION 'a gift keeps no more of a promise than there is of either'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'pledge_payment_fits';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER pledge_payment_fits AFTER INSERT ON donations_pledgepayment
  FOR EACH ROW EXECUTE FUNCTION pledge_payment_must_fit();

CREATE FUNCTION pledge_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' AND (NEW.id, NEW.entity_id, NEW.donor_id, NEW.fund_id, NEW.kind, NEW.matches_id, NEW.amount_minor,
      NEW.currency, NEW.promised_on, NEW.is_booked)
     IS NOT DISTINCT FROM (OLD.id, OLD.entity_id, OLD.donor_id, OLD.fund_id, OLD.kind, OLD.matches_id,
      OLD.amount_minor, OLD.currency, OLD.promised_on, OLD.is_booked)
     AND (NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN (
       'open>fulfilled', 'open>written_off', 'open>canceled', 'fulfilled>open'))
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a pledge cannot become that'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'pledge_takes_allowed_step';
END $$;
CREATE TRIGGER pledge_takes_allowed_step BEFORE UPDATE OR DELETE ON donations_pledge
  FOR EACH ROW EXECUTE FUNCTION pledge_must_take_allowed_step();

CREATE FUNCTION write_off_request_must_be_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'asked' OR NEW.status = 'asked' OR NEW.pledge_id <> OLD.pledge_id
     OR NEW.asked_by_id <> OLD.asked_by_id OR NEW.reason <> OLD.reason THEN
    RAISE EXCEPTION 'a question to give up a pledge is decided once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'write_off_request_decided_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER write_off_request_decided_once BEFORE UPDATE OR DELETE ON donations_writeoffrequest
  FOR EACH ROW EXECUTE FUNCTION write_off_request_must_be_decided_once();
"""
BACKWARD = """
DROP TRIGGER write_off_request_decided_once ON donations_writeoffrequest;
DROP FUNCTION write_off_request_must_be_decided_once();
DROP TRIGGER pledge_takes_allowed_step ON donations_pledge; DROP FUNCTION pledge_must_take_allowed_step();
DROP TRIGGER pledge_payment_fits ON donations_pledgepayment; DROP FUNCTION pledge_payment_must_fit();
DROP TRIGGER pledge_parts_sum_to_pledge ON donations_instalment;
DROP TRIGGER pledge_has_its_parts ON donations_pledge; DROP FUNCTION pledge_parts_must_sum();
DROP TRIGGER a_row_stays ON donations_pledgereminder; DROP TRIGGER a_table_stays ON donations_pledgereminder;
DROP TRIGGER a_row_stays ON donations_writeoff; DROP TRIGGER a_table_stays ON donations_writeoff;
DROP TRIGGER a_row_stays ON donations_pledgepayment; DROP TRIGGER a_table_stays ON donations_pledgepayment;
DROP TRIGGER a_row_stays ON donations_instalment; DROP TRIGGER a_table_stays ON donations_instalment;
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0013_batches_and_pledges")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
