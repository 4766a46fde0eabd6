"""Finished documents are only ever added: the database refuses to change, remove or empty them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION paper_document_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A finished document is kept as it is: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'paper_document_is_append_only', TABLE = TG_TABLE_NAME;
END;
$$;

CREATE TRIGGER paper_document_is_append_only
    BEFORE UPDATE OR DELETE ON paper_document
    FOR EACH ROW EXECUTE FUNCTION paper_document_is_append_only();

CREATE TRIGGER paper_document_is_never_emptied
    BEFORE TRUNCATE ON paper_document
    FOR EACH STATEMENT EXECUTE FUNCTION paper_document_is_append_only();

-- A PDF is compressed already: pressing it again at every insert only costs time.
ALTER TABLE paper_document ALTER COLUMN content SET STORAGE EXTERNAL;
"""

BACKWARD = """
ALTER TABLE paper_document ALTER COLUMN content SET STORAGE EXTENDED;
DROP TRIGGER paper_document_is_never_emptied ON paper_document;
DROP TRIGGER paper_document_is_append_only ON paper_document;
DROP FUNCTION paper_document_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("paper", "0001_keep_documents")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
