"""The law of receipts: issued rows stay, numbers have no gaps, the counter never goes back."""

from django.db import migrations

FACTS = ("receipt", "receiptline", "voiding", "rendering")

FORWARD = """
-- A number is the counter's last one and follows its neighbor: with both, gaps cannot be inserted.
CREATE FUNCTION receipt_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER receipt_number_follows AFTER INSERT ON receipts_receipt
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION receipt_must_follow();

CREATE FUNCTION series_must_be_used() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER series_has_no_gap AFTER INSERT OR UPDATE ON receipts_series
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION series_must_be_used();
""" + "\n".join(f"SELECT make_append_only('receipts_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON receipts_{name}; DROP TRIGGER a_table_stays ON receipts_{name};" for name in FACTS
) + """
DROP TRIGGER series_has_no_gap ON receipts_series; DROP FUNCTION series_must_be_used();
DROP TRIGGER receipt_number_follows ON receipts_receipt; DROP FUNCTION receipt_must_follow();
"""


class Migration(migrations.Migration):
    dependencies = [("receipts", "0001_series_and_receipts"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
