"""Following up: everything receipts do after money moved, in order, by one worker at a time.

Two workers would take the same gifts and wait for each other's rows. While one writes receipts the other one settles
what comes in, so that a rush of gifts is in the books at once and has its papers soon after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from receipts import correcting, finishing, issuing

_LOCK = 7210004


def follow_up(*, since: datetime, now: datetime) -> bool:
    """Correct, issue and draw what is due; the mail leaves with the next look at the outbox.

    This function will return False when another worker is at it.
    """
    with _alone() as is_alone:
        if is_alone:
            correcting.correct_due(now=now)
            issuing.issue_due(now=now, since=since)
            finishing.finish_due(now=now)
    return is_alone


@contextmanager
def _alone() -> Iterator[bool]:
    """The lock belongs to the connection, so it ends with a worker that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
