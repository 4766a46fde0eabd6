from django.db import migrations

FORWARD = """
ALTER TABLE paper_document ADD CONSTRAINT document_size_is_its_length CHECK (size = octet_length(content));
ALTER TABLE paper_document ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT make_append_only('paper_document');
"""
BACKWARD = """
DROP TRIGGER a_row_stays ON paper_document; DROP TRIGGER a_table_stays ON paper_document;
ALTER TABLE paper_document ALTER COLUMN content SET STORAGE EXTENDED;
ALTER TABLE paper_document DROP CONSTRAINT document_size_is_its_length;
"""


class Migration(migrations.Migration):
    dependencies = [("paper", "0001_documents"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
