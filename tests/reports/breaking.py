"""Breaking a law behind the triggers' back, and asking the self-check about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from reports import selfchecking
from tests.facts import NOW

LATER = NOW + timedelta(hours=1)


def broken(code: str) -> list[str]:
    """The rows the check names for one law."""
    findings = {finding.code: finding for finding in selfchecking.run(now=LATER)}
    return list(findings[code].rows)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
