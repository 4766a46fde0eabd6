"""The law of details: they stay; a donation changes only to what its newest correction says."""

from django.db import migrations

FACTS = ("benefit", "giftdetail", "giftevent", "softcredit", "correction")
CORRECTABLE = "donor_id, given_on, date_rule, kind, payer, description, is_person_directed"

FORWARD = """
CREATE FUNCTION donation_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  correctable text[] := ARRAY['donor_id', 'given_on', 'date_rule', 'kind', 'payer', 'description', 'is_person_directed'];
  was jsonb; will jsonb; said donations_correction%ROWTYPE;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was := to_jsonb(OLD); will := to_jsonb(NEW);
    SELECT * INTO said FROM donations_correction WHERE donation_id = OLD.id ORDER BY id DESC LIMIT 1;
    IF FOUND AND was - correctable = will - correctable
       AND said.before = (SELECT jsonb_object_agg(field, was -> field) FROM unnest(correctable) field)
       AND said.after = (SELECT jsonb_object_agg(field, will -> field) FROM unnest(correctable) field)
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'a donation stays as it was recorded; correct it by a correction'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only', TABLE = TG_TABLE_NAME;
END $$;
DROP TRIGGER a_row_stays ON donations_donation;
CREATE TRIGGER a_row_stays BEFORE UPDATE OR DELETE ON donations_donation
  FOR EACH ROW EXECUTE FUNCTION donation_is_append_only();
""" + "\n".join(f"SELECT make_append_only('donations_{name}');" for name in FACTS)

BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON donations_{name}; DROP TRIGGER a_table_stays ON donations_{name};" for name in FACTS
) + """
DROP TRIGGER a_row_stays ON donations_donation;
CREATE TRIGGER a_row_stays BEFORE UPDATE OR DELETE ON donations_donation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION donation_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0010_details_credits_and_corrections"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
