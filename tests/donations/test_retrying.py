"""What PostgreSQL ends for a passing reason is done again, three times at most, never inside another transaction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from donations import retrying

CODES = {"serialization failure": "40001", "deadlock": "40P01", "a lock not given in time": "55P03"}


def failing(code: str, *, times: int) -> tuple[Callable[[], str], list[str]]:
    """A deed that PostgreSQL itself ends so often with this code, and the list of its tries."""
    tries: list[str] = []

    def deed() -> str:
        tries.append(code)
        with connection.cursor() as cursor:
            if len(tries) <= times:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'passing' USING ERRCODE = '{code}'; END $$")
            cursor.execute("SELECT 'done'")
            return str(cursor.fetchone()[0])

    return deed, tries


@pytest.mark.parametrize("code", CODES.values(), ids=list(CODES))
def test_a_passing_failure_is_tried_again(committed_db: None, code: str) -> None:
    deed, tries = failing(code, times=2)

    assert retrying.again(deed) == "done"
    assert len(tries) == 3


def test_the_third_failure_is_raised(committed_db: None) -> None:
    deed, tries = failing("40P01", times=3)

    with pytest.raises(DatabaseError):
        retrying.again(deed)
    assert len(tries) == retrying.MOST_TRIES


def test_another_failure_is_raised_at_once(committed_db: None) -> None:
    deed, tries = failing("53100", times=1)

    with pytest.raises(DatabaseError):
        retrying.again(deed)
    assert len(tries) == 1


def test_inside_a_transaction_the_failure_goes_on_to_whoever_began_it(committed_db: None) -> None:
    deed, tries = failing("40001", times=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        retrying.again(deed)
    assert len(tries) == 1
