"""The embedded queue: pgmq's SQL, installed unless the database has it. Unused when BROKER_URL names a broker."""

from django.db import migrations


def install(apps, schema_editor):
    from pgmq.install import get_embedded_install_sql

    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        if cursor.fetchone() is None:
            cursor.execute(get_embedded_install_sql(), None)


def remove(apps, schema_editor):
    schema_editor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_jobs")]
    operations = [migrations.RunPython(install, remove)]
