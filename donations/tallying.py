"""Tallying: what the guard of the giving form counts, in the unlogged table that every server process shares.

A count begins with its first event and is forgotten at its end. A full count stays as it is: then no row comes back.
Every question is one statement, because each costs a begun gift a walk to the database: the counts of a start hang on
each other inside it, and one that is full keeps those behind it from being counted. All statements lock rows in one
order (network, everybody, mail, attempt, processor), so none can wait for another that waits for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ENDLESS = 1000
"""So many calls a second are no limit, and nobody remembers their moments."""
REMEMBERS = timedelta(days=1)
"""How long it is known from which network a gift was begun, so that its declined cards count there."""

_ON = """ON CONFLICT (scope, who) DO UPDATE SET
  count = CASE WHEN tally.ends_at <= %(now)s THEN 1 ELSE tally.count + 1 END,
  ends_at = CASE WHEN tally.ends_at <= %(now)s THEN excluded.ends_at ELSE tally.ends_at END
WHERE tally.ends_at <= %(now)s OR tally.count < """
_COUNT = f"""
INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
VALUES (%(scope)s, %(who)s, 1, %(ends_at)s) {_ON} %(most)s
RETURNING count
"""  # noqa: S608 - of constants
# The last column is the end of the window that is full: a row that came back has none to wait for.
_PRESS = f"""
WITH pressed AS (
  INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
  VALUES ('posts', %(who)s, 1, %(minute_ends)s) {_ON} %(most)s
  RETURNING count)
SELECT (SELECT count FROM pressed), coalesce(sum(count) FILTER (WHERE scope = 'failures'), 0),
       max(ends_at) FILTER (WHERE scope = 'failures'), max(ends_at) FILTER (WHERE scope = 'posts')
  FROM donations_tally WHERE scope IN ('failures', 'posts') AND who = %(who)s AND ends_at > %(now)s
"""  # noqa: S608 - of constants
# A failure counts until some minutes after the last one.
_FAILURE = """
INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
VALUES ('failures', %(who)s, 1, %(ends_at)s)
ON CONFLICT (scope, who) DO UPDATE SET
  count = CASE WHEN tally.ends_at <= %(now)s THEN 1 ELSE tally.count + 1 END, ends_at = excluded.ends_at
"""
# The moments of the last calls, oldest first, so that no second, wherever it begins, sees more than it may.
_CALL = """
INSERT INTO donations_tally AS tally (scope, who, count, ends_at, network)
SELECT 'processor', '', 1, %(minute_ends)s, ARRAY[%(at)s::float8]::text {when}
ON CONFLICT (scope, who) DO UPDATE SET ends_at = excluded.ends_at,
  network = ((tally.network::float8[] || %(at)s::float8)[
    greatest(1, cardinality(tally.network::float8[]) + 2 - %(calls_per_second)s):])::text
WHERE cardinality(tally.network::float8[]) < %(calls_per_second)s
   OR (tally.network::float8[])[cardinality(tally.network::float8[]) + 1 - %(calls_per_second)s] <= %(at)s - 1
RETURNING 1
"""
_START = f"""
WITH minute AS (
  INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
  VALUES ('minute', %(network)s, 1, %(minute_ends)s) {_ON} %(most_a_minute)s
  RETURNING 1),
hour AS (
  INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
  SELECT 'hour', %(network)s, 1, %(hour_ends)s FROM minute {_ON} %(most_an_hour)s
  RETURNING 1),
everybody AS (
  INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
  SELECT 'all', '', 1, %(minute_ends)s FROM hour WHERE NOT %(is_proven)s {_ON} %(most_of_all)s
  RETURNING 1),
mail AS (
  INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
  SELECT 'mail', %(mail)s, 1, %(hour_ends)s FROM hour WHERE %(is_proven)s OR EXISTS (SELECT FROM everybody)
  {_ON} %(most_of_mail)s
  RETURNING 1),
began AS (
  INSERT INTO donations_tally (scope, who, count, ends_at, network)
  SELECT 'began', %(checkout)s, 1, %(remembered_until)s, %(network)s FROM mail
  ON CONFLICT (scope, who) DO UPDATE SET ends_at = excluded.ends_at
  RETURNING 1),
call AS ({_CALL.format(when="FROM began WHERE %(needs_turn)s")})
SELECT EXISTS (SELECT FROM minute), EXISTS (SELECT FROM hour), EXISTS (SELECT FROM everybody),
       EXISTS (SELECT FROM mail), EXISTS (SELECT FROM call)
"""  # noqa: S608 - of constants
_OUTCOMES = """
SELECT (SELECT count(*) FROM donations_tally WHERE scope = 'began' AND who = %s AND ends_at > %s),
       count(*) FILTER (WHERE kind = 'charge.failed'), max(received_at) FILTER (WHERE kind = 'charge.failed')
  FROM (SELECT kind, received_at FROM payments_processorevent
         WHERE kind IN ('charge.failed', 'charge.succeeded') AND received_at > %s AND received_at <= %s
         ORDER BY received_at DESC LIMIT %s) AS latest
"""


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press: its number within the minute (None: more than may be), the failures that still count."""

    number: int | None
    minute_ends: datetime
    failures: int
    failures_end: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """What a start is counted for, and how many there may be."""

    checkout: str
    network: str
    mail: str
    most_a_minute: int
    most_an_hour: int
    most_of_all: int
    most_of_mail: int
    calls_per_second: int
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Whether an attempt was counted before, and how many of the last payments failed, the last one when."""

    is_known: bool
    failed: int
    last_failed_at: datetime | None


def press(*, who: str, most: int, now: datetime) -> Pressed:
    """This function will count one press of a network and return how it stands."""
    row = _row(_PRESS, {"who": who, "most": most, "minute_ends": now + MINUTE, "now": now})
    number, failures, failures_end, minute_ends = row
    return Pressed(number, minute_ends or now, int(failures), failures_end or now)


def start(asked: Start, *, now: datetime) -> str:
    """Count one start for its network, for everybody, for its mail and for the processor, each if those before it
    had room. Whoever has done the sum is not counted for everybody and needs no turn at the processor.

    This function will return "" or the first that was full: "minute", "hour", "all", "mail", "processor".
    """
    given: dict[str, Any] = {
        **{name: getattr(asked, name) for name in Start.__slots__},
        "at": now.timestamp(),
        "needs_turn": not asked.is_proven and asked.calls_per_second < ENDLESS,
        "minute_ends": now + MINUTE,
        "hour_ends": now + HOUR,
        "remembered_until": now + REMEMBERS,
        "now": now,
    }
    minute, hour, everybody, mail, called = _row(_START, given)
    steps = (
        ("minute", minute),
        ("hour", hour),
        ("all", everybody or asked.is_proven),
        ("mail", mail),
        ("processor", called or not given["needs_turn"]),
    )
    return next((name for name, had_room in steps if not had_room), "")


def call(*, per_second: int, now: datetime) -> bool:
    """This function will take a turn at the processor, and return whether there was one."""
    if per_second >= ENDLESS:
        return True
    given: dict[str, Any] = {
        "minute_ends": now + MINUTE,
        "at": now.timestamp(),
        "calls_per_second": per_second,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CALL.format(when=""), given)
        return cursor.fetchone() is not None


def count(*, scope: str, who: str, most: int, lasts: timedelta, now: datetime) -> bool:
    """This function will count one more, and return whether it was within the limit."""
    given: dict[str, Any] = {"scope": scope, "who": who, "most": most, "ends_at": now + lasts, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        return cursor.fetchone() is not None


def count_failure(*, who: str, ends_at: datetime, now: datetime) -> None:
    """This function will count a failure; the count ends some minutes after the last one."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILURE, {"who": who, "ends_at": ends_at, "now": now})


def standing(*, scope: str, who: str, now: datetime) -> tuple[int, datetime]:
    """This function will return how far a count is and when it ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count, ends_at FROM donations_tally WHERE scope = %s AND who = %s AND ends_at > %s",
            [scope, who, now],
        )
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, now)


def outcomes(*, checkout: str, last: int, now: datetime) -> Outcomes:
    """This function will return how the `last` payments of an hour went and whether this attempt was counted."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, [checkout, now, now - HOUR, now, last])
        known, failed, last_failed_at = cursor.fetchone()
    return Outcomes(bool(known), failed, last_failed_at)


def began_from(*, checkout: str) -> str:
    """This function will return from which network an attempt was begun, empty when nobody knows any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT network FROM donations_tally WHERE scope = 'began' AND who = %s", [checkout])
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def forget(*, now: datetime) -> int:
    """This function will delete counts that have ended, and return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM donations_tally WHERE ends_at < %s", [now])
        return int(cursor.rowcount)


def _row(statement: str, given: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
