"""Asking: statements become COPY on the connection of this thread."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg
from django.db import connection

from reports.files import copying
from reports.files.copying import CSV, Block


def blocks(*, statements: Iterable[str], params: Mapping[str, Any], form: str = CSV) -> Iterator[Block]:
    """The rows of statements, one after the other, without a heading.

    Several statements are one snapshot only inside a transaction that is REPEATABLE READ. This function will yield
    them block by block.
    """
    for statement in statements:
        text = asked(statement, params, form)
        yield from copying.read(connection.connection, asked=text)


def asked(statement: str, params: Mapping[str, Any], form: str = CSV) -> str:
    """This function will return the COPY of a statement, its parameters filled in."""
    connection.ensure_connection()
    text: str = psycopg.ClientCursor(connection.connection).mogrify(
        f"COPY ({statement}) TO STDOUT WITH ({form})", params
    )
    return text
