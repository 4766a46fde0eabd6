"""How many gifts stand on a receipt, get none and why, or are held up, counted ahead by month.

Each row of coverage, exclusion and obstacle leaves a delta in its own transaction; a sweep folds them into months. A
gift has at most one of the three, so what has none waits: all gifts less these. None of the two tables is a fact.
"""

from django.db import migrations

TABLES = """
CREATE TABLE receipts_decisiondelta (
  entity_id bigint NOT NULL, campaign_id bigint NOT NULL, currency varchar(3) NOT NULL, given_on date NOT NULL,
  kind varchar(10) NOT NULL, code varchar(30) NOT NULL, gifts bigint NOT NULL, given_minor bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE TABLE receipts_decisionmonth (
  entity_id bigint, campaign_id bigint, currency varchar(3), month date, kind varchar(10), code varchar(30),
  gifts bigint NOT NULL, given_minor bigint NOT NULL,
  PRIMARY KEY (month, kind, code, entity_id, campaign_id, currency)
);
"""

# `code` is SQL for the reason a row `r` has; a change that keeps gift and reason leaves nothing.
_TRIGGER = """
CREATE FUNCTION {table}_leaves_deltas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO receipts_decisiondelta
    SELECT d.entity_id, d.campaign_id, d.currency, d.given_on, '{kind}', {code}, 1, d.amount_minor
      FROM came r JOIN donations_donation d ON d.id = r.donation_id;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO receipts_decisiondelta
    SELECT d.entity_id, d.campaign_id, d.currency, d.given_on, '{kind}', {code}, -1, -d.amount_minor
      FROM went r JOIN donations_donation d ON d.id = r.donation_id;
  ELSE
    INSERT INTO receipts_decisiondelta
    SELECT d.entity_id, d.campaign_id, d.currency, d.given_on, '{kind}', r.code, r.sign, r.sign * d.amount_minor
      FROM (SELECT -1 AS sign, r.id, r.donation_id, {code} AS code FROM went r
            UNION ALL SELECT 1, r.id, r.donation_id, {code} FROM came r) r
      JOIN donations_donation d ON d.id = r.donation_id
     WHERE NOT EXISTS (
       SELECT 1 FROM (SELECT r.id, r.donation_id, {code} AS code FROM went r) w
         JOIN (SELECT r.id, r.donation_id, {code} AS code FROM came r) c USING (id, donation_id, code)
        WHERE w.id = r.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER comes_leave_deltas AFTER INSERT ON receipts_{table}
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION {table}_leaves_deltas();
CREATE TRIGGER goes_leave_deltas AFTER DELETE ON receipts_{table}
  REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION {table}_leaves_deltas();
CREATE TRIGGER changes_leave_deltas AFTER UPDATE ON receipts_{table}
  REFERENCING OLD TABLE AS went NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION {table}_leaves_deltas();
"""
TRIGGERS = "".join(
    _TRIGGER.format(table=table, kind=kind, code=code)
    for table, kind, code in (
        ("coverage", "covered", "''"),
        ("exclusion", "excluded", "r.reason"),
        ("obstacle", "hindered", "r.code"),
    )
)

# Another day of a gift: what is decided of it moves along. Who corrects a gift and who decides of it hold its lock.
MOVES = """
CREATE FUNCTION decisions_move_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO receipts_decisiondelta
  SELECT s.entity_id, s.campaign_id, s.currency, s.given_on, k.kind, k.code, s.sign, s.sign * s.amount_minor
    FROM (SELECT -1 AS sign, was.* FROM was UNION ALL SELECT 1, will.* FROM will) s
    JOIN (
      SELECT donation_id, 'covered' AS kind, '' AS code FROM receipts_coverage
      UNION ALL SELECT donation_id, 'excluded', reason FROM receipts_exclusion
      UNION ALL SELECT donation_id, 'hindered', code FROM receipts_obstacle
    ) k ON k.donation_id = s.id
   WHERE EXISTS (SELECT 1 FROM was JOIN will USING (id) WHERE was.id = s.id AND was.given_on <> will.given_on);
  RETURN NULL;
END $$;
CREATE TRIGGER decisions_move_along AFTER UPDATE ON donations_donation
  REFERENCING OLD TABLE AS was NEW TABLE AS will FOR EACH STATEMENT EXECUTE FUNCTION decisions_move_along();
"""

# What there is already, in months at once: whoever decides at this moment ends first.
LOCK = """
LOCK TABLE donations_donation, receipts_coverage, receipts_exclusion, receipts_obstacle IN SHARE ROW EXCLUSIVE MODE;
"""
FILL = """
INSERT INTO receipts_decisionmonth (entity_id, campaign_id, currency, month, kind, code, gifts, given_minor)
SELECT d.entity_id, d.campaign_id, d.currency, date_trunc('month', d.given_on)::date, k.kind, k.code, count(*),
  sum(d.amount_minor)
FROM (
  SELECT donation_id, 'covered' AS kind, '' AS code FROM receipts_coverage
  UNION ALL SELECT donation_id, 'excluded', reason FROM receipts_exclusion
  UNION ALL SELECT donation_id, 'hindered', code FROM receipts_obstacle
) k JOIN donations_donation d ON d.id = k.donation_id GROUP BY 1, 2, 3, 4, 5, 6;
"""

BACKWARD = "DROP TRIGGER decisions_move_along ON donations_donation; DROP FUNCTION decisions_move_along();" + "".join(
    f"""
DROP TRIGGER comes_leave_deltas ON receipts_{table}; DROP TRIGGER goes_leave_deltas ON receipts_{table};
DROP TRIGGER changes_leave_deltas ON receipts_{table}; DROP FUNCTION {table}_leaves_deltas();
"""
    for table in ("coverage", "exclusion", "obstacle")
) + "DROP TABLE receipts_decisionmonth, receipts_decisiondelta;"


class Migration(migrations.Migration):
    dependencies = [("receipts", "0009_laws_of_filings"), ("donations", "0019_sums_by_code")]
    operations = [migrations.RunSQL(LOCK + TABLES + TRIGGERS + MOVES + FILL, BACKWARD)]
