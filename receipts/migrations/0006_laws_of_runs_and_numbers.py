"""The law of runs and numbers: a spoiled number is accounted for, a run and its filings take only allowed steps."""

from django.db import migrations

FACTS = ("receipttotal", "spoilednumber", "figureconfirmation")

FOLLOWS = """
CREATE OR REPLACE FUNCTION receipt_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE upcoming int;
BEGIN
  SELECT next_number INTO upcoming FROM receipts_series WHERE id = NEW.series_id;
  IF NEW.number >= upcoming OR (NEW.number > 1 AND NOT EXISTS (
       SELECT 1 FROM receipts_receipt WHERE series_id = NEW.series_id AND number = NEW.number - 1
       UNION ALL
       SELECT 1 FROM receipts_spoilednumber WHERE series_id = NEW.series_id AND number = NEW.number - 1))
     OR EXISTS (SELECT 1 FROM receipts_spoilednumber WHERE series_id = NEW.series_id AND number = NEW.number) THEN
    RAISE EXCEPTION 'receipt number % does not follow in its series', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_number_follows';
  END IF;
  RETURN NULL;
END $$;
"""
FOLLOWED = """
CREATE OR REPLACE FUNCTION receipt_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE upcoming int;
BEGIN
  SELECT next_number INTO upcoming FROM receipts_series WHERE id = NEW.series_id;
  IF NEW.number >= upcoming OR (NEW.number > 1 AND NOT EXISTS (
       SELECT 1 FROM receipts_receipt WHERE series_id = NEW.series_id AND number = NEW.number - 1)) THEN
    RAISE EXCEPTION 'receipt number % does not follow in its series', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_number_follows';
  END IF;
  RETURN NULL;
END $$;
"""
USED = """
CREATE OR REPLACE FUNCTION series_must_be_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE highest int; upcoming int;
BEGIN
  SELECT next_number INTO upcoming FROM receipts_series WHERE id = NEW.id;
  SELECT greatest((SELECT max(number) FROM receipts_receipt WHERE series_id = NEW.id),
                  (SELECT max(number) FROM receipts_spoilednumber WHERE series_id = NEW.id), 0) INTO highest;
  IF upcoming <> highest + 1 THEN
    RAISE EXCEPTION 'series % would stand at % after receipt %', NEW.id, upcoming, highest
      USING ERRCODE = 'check_violation', CONSTRAINT = 'series_has_no_gap';
  END IF;
  RETURN NULL;
END $$;
"""
USED_BEFORE = """
CREATE OR REPLACE FUNCTION series_must_be_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE highest int; upcoming int;
BEGIN
  SELECT next_number INTO upcoming FROM receipts_series WHERE id = NEW.id;
  SELECT coalesce(max(number), 0) INTO highest FROM receipts_receipt WHERE series_id = NEW.id;
  IF upcoming <> highest + 1 THEN
    RAISE EXCEPTION 'series % would stand at % after receipt %', NEW.id, upcoming, highest
      USING ERRCODE = 'check_violation', CONSTRAINT = 'series_has_no_gap';
  END IF;
  RETURN NULL;
END $$;
"""

STEPS = """
CREATE FUNCTION annual_run_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN (
    'rehearsing>rehearsed', 'rehearsing>canceled', 'rehearsed>rehearsing', 'rehearsed>approved', 'rehearsed>canceled',
    'approved>issuing', 'approved>canceled', 'issuing>paused', 'paused>issuing', 'issuing>issued', 'issued>delivered'
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'an annual run cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'annual_run_takes_allowed_step';
END $$;
CREATE TRIGGER annual_run_takes_allowed_step BEFORE UPDATE OF status ON receipts_annualrun
  FOR EACH ROW EXECUTE FUNCTION annual_run_must_take_allowed_step();

CREATE FUNCTION hometax_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN (
    'waiting>filed', 'waiting>canceled', 'filed>to_cancel', 'to_cancel>canceled', 'to_cancel>filed'
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a filing cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'hometax_takes_allowed_step';
END $$;
CREATE TRIGGER hometax_takes_allowed_step BEFORE UPDATE OF status ON receipts_hometaxfiling
  FOR EACH ROW EXECUTE FUNCTION hometax_must_take_allowed_step();

-- Receipts of a kind of gift claim back what was claimed only once, and a filed claim keeps its lines.
CREATE FUNCTION claim_lines_must_stay_when_filed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE target uuid; stands text;
BEGIN
  IF TG_OP = 'INSERT' THEN target := NEW.claim_id; ELSE target := OLD.claim_id; END IF;
  SELECT status INTO stands FROM receipts_giftaidclaim WHERE id = target;
  IF TG_OP = 'UPDATE' OR stands <> 'draft' THEN
    RAISE EXCEPTION 'the lines of a % claim stay', stands
      USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_lines_stay_when_filed';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claim_lines_stay_when_filed BEFORE INSERT OR UPDATE OR DELETE ON receipts_giftaidclaimline
  FOR EACH ROW EXECUTE FUNCTION claim_lines_must_stay_when_filed();
"""
NO_STEPS = """
DROP TRIGGER claim_lines_stay_when_filed ON receipts_giftaidclaimline;
DROP FUNCTION claim_lines_must_stay_when_filed();
DROP TRIGGER hometax_takes_allowed_step ON receipts_hometaxfiling; DROP FUNCTION hometax_must_take_allowed_step();
DROP TRIGGER annual_run_takes_allowed_step ON receipts_annualrun; DROP FUNCTION annual_run_must_take_allowed_step();
"""

# What stands on issued receipts is told in their own columns too; this is the one time their rows are touched.
TOLD = """
ALTER TABLE receipts_receipt DISABLE TRIGGER a_row_stays;
UPDATE receipts_receipt SET eligible_minor = total_minor, law = e.country, rules_version = '',
       tax_year = coalesce(extract(year FROM (snapshot::json -> 'lines' -> 0 ->> 'given_on')::date)::int, s.year)
  FROM receipts_series s JOIN ledger_legalentity e ON e.id = s.entity_id WHERE s.id = series_id;
ALTER TABLE receipts_receipt ENABLE TRIGGER a_row_stays;
INSERT INTO receipts_receipttotal (receipt_id, currency, total_minor, eligible_minor)
  SELECT id, currency, total_minor, eligible_minor FROM receipts_receipt;
INSERT INTO receipts_issuer (entity_id, law, prefix, is_tax_exempt, is_exclusively_religious, registered_name,
    registered_address, place, legal_basis, legal_basis_code, gift_code, form, facsimile_conditions,
    fiscal_year_end_month, default_rhythm, is_open, changed_at)
  SELECT id, CASE WHEN country = 'GB' THEN 'UK' ELSE country END, '', true, is_religious, legal_name, address, '', '',
         '', '', '', '[]', 12, 'each', true, now()
    FROM ledger_legalentity WHERE country IN ('US', 'CA', 'KR', 'UK', 'GB', 'AU');
"""
FORWARD = TOLD + FOLLOWS + USED + STEPS + "\n".join(f"SELECT make_append_only('receipts_{name}');" for name in FACTS)
BACKWARD = (
    "\n".join(
        f"DROP TRIGGER a_row_stays ON receipts_{name}; DROP TRIGGER a_table_stays ON receipts_{name};" for name in FACTS
    )
    + NO_STEPS
    + FOLLOWED
    + USED_BEFORE
)


class Migration(migrations.Migration):
    dependencies = [("receipts", "0005_issuers_runs_and_filings"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
