"""Following up: everything receipts do after money moved, in turns that are short.

A turn numbers some gifts that nobody else holds and draws as many receipts. Before it begins it rings for the next
turn, if more wait: so whoever is free joins in, until nobody is, and one bell waits. It is void after some seconds,
for then all are busy and others ring too: what else stands in the queue (notices to settle) never waits for the end of
a rush.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection

from jobs import ringing
from receipts import correcting, finishing, issuing, marking, restoring

logger = logging.getLogger(__name__)

_LOCK, _EPOCH = 7210004, datetime(1970, 1, 1, tzinfo=UTC)
TASK, DRAWING = "receipts.follow_up", "receipts.finish"
HEARD = 5.0
"""Seconds after which a bell is void. Should none be left while gifts wait, the timetable rings."""


def follow_up(*, since: datetime, now: datetime, given_from: datetime | None = None) -> None:
    """Correct, issue and draw one turn of what is due; the mail leaves with the next look at the outbox.

    This function will begin, in a rush, `given_from` where the turn before ended.
    """
    if given_from is None:
        _correct(now=now)
    if _number(since=since, given_from=given_from, now=now):
        finishing.finish_some(now=now)
    else:
        draw(now=now)


def microseconds(at: datetime) -> int:
    """This function will return a moment as the queue carries it, a number: microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(number: int) -> datetime:
    """This function will return the moment that `microseconds` made a number of."""
    return _EPOCH + timedelta(microseconds=number)


def draw(*, now: datetime) -> None:
    """This function will draw a share of what has its number, and ring for another one while more may wait."""
    # Drawing needs nobody to be alone: each worker takes its own receipts.
    if finishing.finish_share(now=now):
        ringing.ring(DRAWING, within=HEARD)


def _correct(*, now: datetime) -> None:
    with _alone() as is_alone:
        if is_alone:
            correcting.correct_due(now=now)


def _number(*, since: datetime, given_from: datetime | None, now: datetime) -> bool:
    """While numbers are lost none is given, but what has its number already still gets its file.

    This function will return whether it left gifts to the next turn, for which it has rung.
    """

    def call(rest_from: datetime) -> None:
        if not restoring.lost():  # or each turn would only find out again that none may be given
            ringing.ring(TASK, first=(microseconds(rest_from),), within=HEARD)

    try:
        turn = issuing.issue_turn(now=now, since=since, given_from=given_from, call=call)
    except (marking.NumbersLost, marking.MarksUnusable) as error:
        logger.error("no receipt is issued: %s", error)
        return False
    return turn.rest_from is not None


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
