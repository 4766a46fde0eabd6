"""The database's own word: no text of a donor holds a resident number (KR-13). The number is in no message of it."""

from django.db import migrations

FIELDS = ("name", "local_name", "email", "address", "phone", "first_name", "last_name", "business_number", "shown_as")

FORWARD = r"""
CREATE FUNCTION refuse_resident_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE typed jsonb := to_jsonb(NEW); field text;
BEGIN
  FOREACH field IN ARRAY TG_ARGV LOOP
    IF typed ->> field ~ '(^|[^0-9])[0-9]{6}[-[:space:]]?[1-8][0-9]{6}([^0-9]|$)' THEN
      RAISE EXCEPTION 'a resident number is never kept: % of %', field, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'no_resident_number_is_kept';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
""" + f"""
CREATE TRIGGER no_resident_number_is_kept BEFORE INSERT OR UPDATE ON donors_donor
  FOR EACH ROW EXECUTE FUNCTION refuse_resident_number({", ".join(repr(field) for field in FIELDS)});
"""
BACKWARD = """
DROP TRIGGER no_resident_number_is_kept ON donors_donor;
DROP FUNCTION refuse_resident_number();
"""


class Migration(migrations.Migration):
    dependencies = [("donors", "0008_scope_of_link_requests")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
