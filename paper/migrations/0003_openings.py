"""What many documents begin with is kept once: receipts of one kind share their letters, more than half of each file."""

import django.db.models.deletion
from django.db import migrations, models

# The guard of documents, now for both tables: it tells the name of the table it stands on.
FORWARD = """
CREATE OR REPLACE FUNCTION paper_document_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A finished document is kept as it is: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only', TABLE = TG_TABLE_NAME;
END;
$$;

CREATE TRIGGER paper_opening_is_append_only
    BEFORE UPDATE OR DELETE ON paper_opening
    FOR EACH ROW EXECUTE FUNCTION paper_document_is_append_only();

CREATE TRIGGER paper_opening_is_never_emptied
    BEFORE TRUNCATE ON paper_opening
    FOR EACH STATEMENT EXECUTE FUNCTION paper_document_is_append_only();

ALTER TABLE paper_opening ALTER COLUMN content SET STORAGE EXTERNAL;
"""

BACKWARD = """
DROP TRIGGER paper_opening_is_never_emptied ON paper_opening;
DROP TRIGGER paper_opening_is_append_only ON paper_opening;
"""


def _own_size():
    return models.Func("content", function="OCTET_LENGTH", output_field=models.IntegerField())


class Migration(migrations.Migration):
    dependencies = [("paper", "0002_documents_are_append_only")]

    operations = [
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(sha256__regex="^[0-9a-f]{64}$"),
                        name="opening_sha256_is_lower_hexadecimal",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint("document", "document_size_is_of_its_content"),
        migrations.AddField(
            "document",
            "opening",
            models.ForeignKey(
                to="paper.opening",
                null=True,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
            ),
        ),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=models.Q(opening=None, size=_own_size())
                | models.Q(opening__isnull=False, size__gt=_own_size()),
                name="document_size_is_of_its_content",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
