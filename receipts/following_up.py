"""Following up: everything receipts do after money moved, in turns that are short.

Numbering is one lane: two workers would take the same gifts and wait for each other's rows. Drawing is shared. A turn
numbers at most some hundreds (when the first have theirs it rings for whoever is free to draw), rings for whoever is
free to number the next ones, and draws a little: so there is always something to draw for the one who may not number,
nobody waits for another, and what else stands in the queue (notices to settle) never waits for the end of a rush.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from jobs import ringing
from receipts import correcting, finishing, issuing, marking

logger = logging.getLogger(__name__)

_LOCK = 7210004
TASK, DRAWING = "receipts.follow_up", "receipts.finish"
LITTLE = 100
"""What a turn draws that gave numbers to many: with it, two workers have as much to do as each other."""


def follow_up(*, since: datetime, now: datetime) -> bool:
    """Correct, issue and draw one turn of what is due; the mail leaves with the next look at the outbox.

    This function will return False when another worker gives numbers; it draws beside that one.
    """
    with _alone() as is_alone:
        is_full = is_alone and _number(since=since, now=now)
    if is_full:
        ringing.ring(TASK)  # whoever is free numbers the next ones while these are drawn
        finishing.finish_some(now=now, limit=LITTLE)  # most of them are left to whoever was rung for
    else:
        draw(now=now)
    return is_alone


def draw(*, now: datetime) -> None:
    """This function will draw a share of what has its number, and ring for another one while more may wait."""
    # Drawing needs nobody to be alone: each worker takes its own receipts.
    if finishing.finish_share(now=now):
        ringing.ring(DRAWING)


def _number(*, since: datetime, now: datetime) -> bool:
    """While numbers are lost none is given, but what has its number already still gets its file.

    This function will return whether so many were issued that more may wait.
    """
    try:
        correcting.correct_due(now=now)
        issued = issuing.issue_due(now=now, since=since, call=lambda: ringing.ring(DRAWING))
    except (marking.NumbersLost, marking.MarksUnusable) as error:
        logger.error("no receipt is issued: %s", error)
        return False
    return issued >= issuing.BATCH


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
