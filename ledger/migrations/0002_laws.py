"""The law of the books, in the database: balanced entries, append-only facts, closed periods.

`refuse_change()` is the one trigger function that makes a table append-only; rooms above use it for their facts.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only', TABLE = TG_TABLE_NAME;
END $$;

CREATE FUNCTION make_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER a_row_stays BEFORE UPDATE OR DELETE ON %s
                  FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
  EXECUTE format('CREATE TRIGGER a_table_stays BEFORE TRUNCATE ON %s
                  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
END $$;

CREATE FUNCTION entry_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record; held int; promised int; target bigint;
BEGIN
  IF TG_TABLE_NAME = 'ledger_entry' THEN target := NEW.id; ELSE target := NEW.entry_id; END IF;
  SELECT line_count INTO promised FROM ledger_entry WHERE id = target;
  SELECT count(*) INTO held FROM ledger_line WHERE entry_id = target;
  IF held <> promised THEN
    RAISE EXCEPTION 'entry % has % lines, not %', target, held, promised
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_complete';
  END IF;
  SELECT fund_id, currency, sum(amount_minor) AS off INTO wrong FROM ledger_line
   WHERE entry_id = target GROUP BY fund_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % is off by % % in fund %', target, wrong.off, wrong.currency, wrong.fund_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance();
CREATE CONSTRAINT TRIGGER line_keeps_entry_balanced AFTER INSERT ON ledger_line
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_must_balance();

CREATE FUNCTION entry_must_be_in_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A close holds this row FOR UPDATE: entries under way and a close take turns, or an entry that is not yet
  -- committed would slip into a period whose checksum does not know it. (The foreign key looks only at commit.)
  PERFORM 1 FROM ledger_legalentity WHERE id = NEW.entity_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM ledger_periodclose WHERE entity_id = NEW.entity_id AND through_on >= NEW.booked_on) THEN
    RAISE EXCEPTION 'the books are closed on %', NEW.booked_on
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_in_open_period';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_in_open_period BEFORE INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION entry_must_be_in_open_period();

SELECT make_append_only('ledger_entry'), make_append_only('ledger_line'), make_append_only('ledger_periodclose');
"""

BACKWARD = """
DROP TRIGGER a_row_stays ON ledger_periodclose; DROP TRIGGER a_table_stays ON ledger_periodclose;
DROP TRIGGER a_row_stays ON ledger_line; DROP TRIGGER a_table_stays ON ledger_line;
DROP TRIGGER a_row_stays ON ledger_entry; DROP TRIGGER a_table_stays ON ledger_entry;
DROP TRIGGER entry_in_open_period ON ledger_entry;
DROP TRIGGER line_keeps_entry_balanced ON ledger_line;
DROP TRIGGER entry_balances ON ledger_entry;
DROP FUNCTION entry_must_be_in_open_period(); DROP FUNCTION entry_must_balance();
DROP FUNCTION make_append_only(regclass); DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_books")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
