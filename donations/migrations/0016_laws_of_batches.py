"""The law of batches: only an open one changes, its rows sum, it is posted when it agrees or a second person says so."""

from django.db import migrations

FACTS = ("batchedgift", "reversal")

FORWARD = """
CREATE FUNCTION batch_must_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counted int; total bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a batch stays; discard it'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'batch_stays_when_ended';
  END IF;
  IF OLD.status <> 'open' THEN
    RAISE EXCEPTION 'batch % is %', OLD.number, OLD.status
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'batch_stays_when_ended';
  END IF;
  IF NEW.status = 'posted' AND NEW.override_by_id IS NULL THEN
    SELECT count(*), coalesce(sum(amount_minor), 0) INTO counted, total FROM donations_batchrow WHERE batch_id = NEW.id;
    IF counted <> NEW.expected_count OR total <> NEW.expected_minor THEN
      RAISE EXCEPTION 'batch % has % rows of %, counted were % of %', NEW.number, counted, total,
        NEW.expected_count, NEW.expected_minor
        USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_posted_only_when_it_agrees';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batch_stays_when_ended BEFORE UPDATE OR DELETE ON donations_batch
  FOR EACH ROW EXECUTE FUNCTION batch_must_stay();

-- Whoever writes a row holds its batch, so that nobody posts it meanwhile.
CREATE FUNCTION batch_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; standing text;
BEGIN
  IF TG_TABLE_NAME = 'donations_batchrowpart' THEN
    SELECT batch_id INTO target FROM donations_batchrow
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.row_id ELSE NEW.row_id END;
  ELSIF TG_OP = 'DELETE' THEN target := OLD.batch_id;
  ELSE target := NEW.batch_id; END IF;
  IF TG_TABLE_NAME = 'donations_batchrow' AND TG_OP = 'UPDATE' THEN
    -- The one change that a posted row knows: somebody says who gave it.
    IF OLD.giver = 'unknown' AND NEW.giver = 'donor' AND NEW.identified_at IS NOT NULL
       AND to_jsonb(OLD) - ARRAY['giver', 'donor_id', 'hint', 'identified_by_id', 'identified_at']
         = to_jsonb(NEW) - ARRAY['giver', 'donor_id', 'hint', 'identified_by_id', 'identified_at']
    THEN RETURN NEW; END IF;
  END IF;
  SELECT status INTO standing FROM donations_batch WHERE id = target FOR SHARE;
  IF standing IS DISTINCT FROM 'open' AND target IS NOT NULL THEN
    RAISE EXCEPTION 'rows of a batch that is % stay', standing
      USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_stays_when_posted';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batch_row_stays_when_posted BEFORE INSERT OR UPDATE OR DELETE ON donations_batchrow
  FOR EACH ROW EXECUTE FUNCTION batch_must_be_open();
CREATE TRIGGER batch_row_part_stays_when_posted BEFORE INSERT OR UPDATE OR DELETE ON donations_batchrowpart
  FOR EACH ROW EXECUTE FUNCTION batch_must_be_open();
CREATE TRIGGER cash_count_stays_when_posted BEFORE INSERT OR UPDATE OR DELETE ON donations_cashcount
  FOR EACH ROW EXECUTE FUNCTION batch_must_be_open();

CREATE FUNCTION batch_row_parts_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; given bigint; told bigint;
BEGIN
  IF TG_TABLE_NAME = 'donations_batchrow' THEN target := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN target := OLD.row_id;
  ELSE target := NEW.row_id; END IF;
  SELECT amount_minor INTO given FROM donations_batchrow WHERE id = target;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(sum(amount_minor), 0) INTO told FROM donations_batchrowpart WHERE row_id = target;
  IF given <> told THEN
    RAISE EXCEPTION 'row % of % has parts of %', target, given, told
      USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_row_parts_sum_to_row';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER batch_row_parts_sum_to_row AFTER INSERT OR UPDATE ON donations_batchrow
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION batch_row_parts_must_sum();
CREATE CONSTRAINT TRIGGER batch_row_part_keeps_row_whole AFTER INSERT OR UPDATE OR DELETE ON donations_batchrowpart
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION batch_row_parts_must_sum();

-- A reversal takes the whole of a gift over the desk back, and a true gift is another one.
CREATE FUNCTION reversal_must_be_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong donations_donation%ROWTYPE; back bigint;
BEGIN
  SELECT d.* INTO wrong FROM donations_donation d JOIN donations_refund r ON r.donation_id = d.id WHERE r.id = NEW.refund_id;
  SELECT amount_minor INTO back FROM donations_refund WHERE id = NEW.refund_id;
  IF wrong.rail <> 'desk' OR wrong.amount_minor <> back OR wrong.id = NEW.replaced_by_id
     OR (NEW.kind <> 'mistake' AND NEW.replaced_by_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a reversal takes back the whole of a gift over the desk'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_is_of_a_whole_gift';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reversal_is_of_a_whole_gift BEFORE INSERT ON donations_reversal
  FOR EACH ROW EXECUTE FUNCTION reversal_must_be_whole();
""" + "\n".join(f"SELECT make_append_only('donations_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donations_{name}; DROP TRIGGER a_table_stays ON donations_{name};" for name in FACTS
) + """
DROP TRIGGER reversal_is_of_a_whole_gift ON donations_reversal;
DROP FUNCTION reversal_must_be_whole();
DROP TRIGGER batch_row_part_keeps_row_whole ON donations_batchrowpart;
DROP TRIGGER batch_row_parts_sum_to_row ON donations_batchrow;
DROP FUNCTION batch_row_parts_must_sum();
DROP TRIGGER cash_count_stays_when_posted ON donations_cashcount;
DROP TRIGGER batch_row_part_stays_when_posted ON donations_batchrowpart;
DROP TRIGGER batch_row_stays_when_posted ON donations_batchrow;
DROP FUNCTION batch_must_be_open();
DROP TRIGGER batch_stays_when_ended ON donations_batch;
DROP FUNCTION batch_must_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0015_rows_with_returns"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
