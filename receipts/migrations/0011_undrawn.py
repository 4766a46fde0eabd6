"""Receipts that have a number and no file yet, in a list of their own.

Whoever draws takes its next ones from it, so that a house with a hundred thousand papers looks through those that wait
and no others. A row comes with its receipt and goes with the file, in their transactions; the list is no fact.
"""

from django.db import migrations

TABLE = """
CREATE TABLE receipts_undrawn (
  receipt_id uuid PRIMARY KEY, issued_at timestamptz NOT NULL, series_id bigint NOT NULL, number integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX receipts_undrawn_in_order ON receipts_undrawn (issued_at, series_id, number);
"""
TRIGGERS = """
CREATE FUNCTION receipt_waits_for_its_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO receipts_undrawn SELECT id, issued_at, series_id, number FROM came;
  RETURN NULL;
END $$;
CREATE FUNCTION receipt_has_its_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM receipts_undrawn u USING came WHERE u.receipt_id = came.receipt_id;
  RETURN NULL;
END $$;
CREATE FUNCTION receipt_lost_its_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO receipts_undrawn
  SELECT r.id, r.issued_at, r.series_id, r.number FROM went JOIN receipts_receipt r ON r.id = went.receipt_id;
  RETURN NULL;
END $$;
CREATE FUNCTION receipt_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM receipts_undrawn u USING went WHERE u.receipt_id = went.id;
  RETURN NULL;
END $$;
CREATE TRIGGER waits_for_its_file AFTER INSERT ON receipts_receipt
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION receipt_waits_for_its_file();
CREATE TRIGGER has_its_file AFTER INSERT ON receipts_rendering
  REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION receipt_has_its_file();
CREATE TRIGGER lost_its_file AFTER DELETE ON receipts_rendering
  REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION receipt_lost_its_file();
CREATE TRIGGER is_gone AFTER DELETE ON receipts_receipt
  REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION receipt_is_gone();
"""
# Also where a session is asked to pass over triggers: without its row nobody would ever draw a paper.
ALWAYS = """
ALTER TABLE receipts_receipt ENABLE ALWAYS TRIGGER waits_for_its_file, ENABLE ALWAYS TRIGGER is_gone;
ALTER TABLE receipts_rendering ENABLE ALWAYS TRIGGER has_its_file, ENABLE ALWAYS TRIGGER lost_its_file;
"""
FILL = """
LOCK TABLE receipts_receipt, receipts_rendering IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO receipts_undrawn
SELECT id, issued_at, series_id, number FROM receipts_receipt r
 WHERE NOT EXISTS (SELECT 1 FROM receipts_rendering f WHERE f.receipt_id = r.id);
"""
BACKWARD = """
DROP TRIGGER waits_for_its_file ON receipts_receipt; DROP TRIGGER is_gone ON receipts_receipt;
DROP TRIGGER has_its_file ON receipts_rendering; DROP TRIGGER lost_its_file ON receipts_rendering;
DROP FUNCTION receipt_waits_for_its_file(), receipt_has_its_file(), receipt_lost_its_file(), receipt_is_gone();
DROP TABLE receipts_undrawn;
"""


class Migration(migrations.Migration):
    dependencies = [("receipts", "0010_sums_of_decisions")]
    operations = [migrations.RunSQL(TABLE + TRIGGERS + ALWAYS + FILL, BACKWARD)]
