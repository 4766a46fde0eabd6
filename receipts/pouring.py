"""Pouring: many new rows by COPY, whose triggers and constraints are those of an INSERT.

Django writes many rows as arrays of columns. That is quick for the database, but each quotation mark of a snapshot is
then escaped by itself, which was a sixth of numbering, and ids are asked back that nobody needs.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import AutoField, Model


def pour(rows: Sequence[Model]) -> None:
    """This function will insert rows of one table; ids that the database gives stay unknown."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, AutoField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    names = [field.attname for field in fields]
    with (
        connection.wrap_database_errors,  # COPY goes past the part of Django that does it otherwise
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([getattr(row, name) for name in names])
            row._state.adding, row._state.db = False, connection.alias
