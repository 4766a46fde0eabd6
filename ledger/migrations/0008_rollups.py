"""Lines of the books, counted ahead by month: each line leaves a delta in its own transaction, a sweep folds them.

Neither table is a fact: `rebuild_rollups` makes them anew from the lines, and `selfcheck` compares.
"""

from django.db import migrations

FORWARD = """
CREATE TABLE ledger_linedelta (
  fund_id bigint NOT NULL, account_id bigint NOT NULL, currency varchar(3) NOT NULL, segment varchar(60) NOT NULL,
  month date NOT NULL, amount_minor bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE ledger_linemonth (
  fund_id bigint, account_id bigint, currency varchar(3), segment varchar(60), month date,
  debit_minor bigint NOT NULL, credit_minor bigint NOT NULL, lines bigint NOT NULL,
  PRIMARY KEY (account_id, fund_id, currency, segment, month)
);
CREATE INDEX ledger_linemonth_by_segment ON ledger_linemonth (segment, account_id);

CREATE FUNCTION lines_leave_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_linedelta (fund_id, account_id, currency, segment, month, amount_minor)
  SELECT l.fund_id, l.account_id, l.currency, l.segment, date_trunc('month', e.booked_on)::date, l.amount_minor
    FROM fresh l JOIN ledger_entry e ON e.id = l.entry_id;
  RETURN NULL;
END $$;
CREATE TRIGGER lines_leave_deltas AFTER INSERT ON ledger_line
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION lines_leave_deltas();

-- Money without a giver's name is told from the books themselves: it is little, and this finds it.
CREATE INDEX entry_without_a_giver ON ledger_entry (booked_on)
  WHERE kind IN ('offering', 'unidentified') OR reverses_id IS NOT NULL;
"""

# What there is already: the first sweep folds it.
FILL = """
INSERT INTO ledger_linedelta (fund_id, account_id, currency, segment, month, amount_minor)
SELECT l.fund_id, l.account_id, l.currency, l.segment, date_trunc('month', e.booked_on)::date, l.amount_minor
  FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id;
"""

BACKWARD = """
DROP INDEX entry_without_a_giver;
DROP TRIGGER lines_leave_deltas ON ledger_line; DROP FUNCTION lines_leave_deltas();
DROP TABLE ledger_linemonth, ledger_linedelta;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_laws_of_reopening")]
    operations = [migrations.RunSQL(FORWARD + FILL, BACKWARD)]
