"""Seals, public keys and certificates are only ever added."""

from django.db import migrations

FACTS = ("seal", "sealkey", "signingcertificate")
FORWARD = "\n".join(f"SELECT make_append_only('receipts_{name}');" for name in FACTS)
BACKWARD = "\n".join(
    f"DROP TRIGGER a_row_stays ON receipts_{name}; DROP TRIGGER a_table_stays ON receipts_{name};" for name in FACTS
)


class Migration(migrations.Migration):
    dependencies = [("receipts", "0003_seals_and_keys"), ("ledger", "0002_laws")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
