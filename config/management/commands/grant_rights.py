"""Gives the application's role what it needs and no more; facts may only be added to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

_FACTS = """
SELECT DISTINCT c.oid::regclass::text FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname = 'refuse_change' OR p.proname LIKE '%append\\_only'
"""

# The queues themselves are made by the application's role: they are its own already, and not the owner's to give.
QUEUES = """
SELECT c.oid::regclass::text, c.relkind = 'S' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'pgmq' AND c.relkind IN ('r', 'p', 'v', 'S') AND pg_has_role(c.relowner, 'USAGE')
"""


class Command(BaseCommand):
    help = "Grants the application's role its rights on every table; run after each migration, as the owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", default="almoner_app")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            role = connection.ops.quote_name(options["role"])
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
            if cursor.fetchone():
                cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA pgmq TO {role}")
                cursor.execute(QUEUES)
                for name, is_sequence in cursor.fetchall():
                    right = (
                        "USAGE, SELECT ON SEQUENCE" if is_sequence else "SELECT, INSERT, UPDATE, DELETE ON"
                    )
                    cursor.execute(f"GRANT {right} {name} TO {role}")
            cursor.execute(_FACTS)
            facts = [row[0] for row in cursor.fetchall()]
            for table in [*facts, "django_migrations"]:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
            # Who gave, the day and what it was: changed only by a correction, which a trigger compares.
            columns = "donor_id, given_on, date_rule, kind, payer, description, is_person_directed"
            cursor.execute(f"GRANT UPDATE ({columns}) ON donations_donation TO {role}")
            # A close is only ever reopened, once, by two people.
            columns = "reopened_at, reopened_by, reopening_approved_by, reopening_reason"
            cursor.execute(f"GRANT UPDATE ({columns}) ON ledger_periodclose TO {role}")
        self.stdout.write(f"{options['role']}: all tables, {len(facts)} of them to be added to only.")
