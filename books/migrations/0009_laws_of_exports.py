"""The law of lists that leave the house: a request takes its steps and stays what was asked for."""

from django.db import migrations

STEPS = """
CREATE FUNCTION export_request_must_take_allowed_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = OLD.status OR (OLD.status || '>' || NEW.status) IN (
    'asked>approved', 'asked>declined', 'asked>expired', 'approved>taken', 'approved>expired'
  ) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a request for an export cannot go from % to %', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'export_request_takes_allowed_step';
END $$;
CREATE TRIGGER export_request_takes_allowed_step BEFORE UPDATE OF status ON books_exportrequest
  FOR EACH ROW EXECUTE FUNCTION export_request_must_take_allowed_step();

-- What a second person said yes to is what leaves; who decided stays, and no request vanishes.
CREATE FUNCTION export_request_must_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND
     (NEW.id, NEW.listing, NEW.format, NEW.filters, NEW.columns, NEW.language, NEW.row_count, NEW.reason,
      NEW.asked_by_id, NEW.asked_at)
     IS NOT DISTINCT FROM
     (OLD.id, OLD.listing, OLD.format, OLD.filters, OLD.columns, OLD.language, OLD.row_count, OLD.reason,
      OLD.asked_by_id, OLD.asked_at)
     AND (OLD.decided_by_id IS NULL OR
          (NEW.decided_by_id, NEW.decided_at) IS NOT DISTINCT FROM (OLD.decided_by_id, OLD.decided_at))
     AND (OLD.job_id IS NULL OR NEW.job_id IS NOT DISTINCT FROM OLD.job_id)
     AND (OLD.link_ends_at IS NULL OR NEW.link_ends_at IS NOT DISTINCT FROM OLD.link_ends_at)
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a request for an export stays what was asked for'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'export_request_stays_as_asked';
END $$;
CREATE TRIGGER export_request_stays_as_asked BEFORE UPDATE OR DELETE ON books_exportrequest
  FOR EACH ROW EXECUTE FUNCTION export_request_must_stay();
"""
NO_STEPS = """
DROP TRIGGER export_request_stays_as_asked ON books_exportrequest;
DROP FUNCTION export_request_must_stay();
DROP TRIGGER export_request_takes_allowed_step ON books_exportrequest;
DROP FUNCTION export_request_must_take_allowed_step();
"""


class Migration(migrations.Migration):
    dependencies = [("books", "0008_laws_of_banking")]
    operations = [migrations.RunSQL(STEPS, NO_STEPS)]
