"""The law of months: what was said stays said, a list closes only with a close that holds, a question is decided once."""

from django.db import migrations

FORWARD = """
SELECT make_append_only('books_checkitem');

CREATE FUNCTION month_end_must_follow_its_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.entity_id, NEW.month) IS DISTINCT FROM (OLD.id, OLD.entity_id, OLD.month)
     OR (NEW.status = 'closed' AND NOT EXISTS (
           SELECT 1 FROM ledger_periodclose
            WHERE id = NEW.close_id AND entity_id = NEW.entity_id AND reopened_at IS NULL
              AND through_on = (NEW.month + interval '1 month' - interval '1 day')::date))
     OR (NEW.status = 'open' AND OLD.status = 'closed' AND NOT EXISTS (
           SELECT 1 FROM ledger_periodclose WHERE id = OLD.close_id AND reopened_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'a month is closed and opened with its books'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'month_end_follows_its_close';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER month_end_follows_its_close BEFORE UPDATE OR DELETE ON books_monthend
  FOR EACH ROW EXECUTE FUNCTION month_end_must_follow_its_close();

CREATE FUNCTION reopening_must_be_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'asked' OR NEW.status = 'asked'
     OR (NEW.id, NEW.close_id, NEW.reason, NEW.asked_by_id, NEW.asked_at)
        IS DISTINCT FROM (OLD.id, OLD.close_id, OLD.reason, OLD.asked_by_id, OLD.asked_at) THEN
    RAISE EXCEPTION 'a question to open a period is decided once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reopening_decided_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reopening_decided_once BEFORE UPDATE OR DELETE ON books_reopening
  FOR EACH ROW EXECUTE FUNCTION reopening_must_be_decided_once();
"""
BACKWARD = """
DROP TRIGGER reopening_decided_once ON books_reopening; DROP FUNCTION reopening_must_be_decided_once();
DROP TRIGGER month_end_follows_its_close ON books_monthend; DROP FUNCTION month_end_must_follow_its_close();
DROP TRIGGER a_row_stays ON books_checkitem; DROP TRIGGER a_table_stays ON books_checkitem;
"""


class Migration(migrations.Migration):
    dependencies = [("books", "0002_of_gifts_and_people")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
