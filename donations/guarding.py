"""Guarding: the giving form must not serve to try out stolen cards.

Whoever tests cards needs many payment pages in a short time. So presses, begun gifts and failures are counted for each
network, address of mail and for all together, in one unlogged table that every server process shares; a crash of the
database forgets the counts and nothing else. The table holds no address, only keyed hashes. Each count is one
statement under the lock of its row, so a thousand presses at once are counted as exactly as one after the other.

Above a limit people wait, or their browser shows by a small sum that it is no cheap machine (`is_proven`).
"""

import hashlib
import math
import uuid
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from donors import matching, signing_in
from jobs import beating

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ALARM = "card_testing"
REMEMBERS = timedelta(days=1)
"""How long it is known from which network a gift was begun, so that its declined cards count there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number of the guard. `GIVING_LIMITS` changes single ones, for a day with hundreds of givers in one hall."""

    posts_per_minute: int = 60
    """Presses of any kind from one network (/24 or /64); above it a bare page answers."""
    starts_per_minute: int = 10
    starts_per_hour: int = 60
    """Begun gifts from one network."""
    proven_times: int = 5
    """How many times as much a network may begin when each browser has done its sum."""
    starts_per_email_hour: int = 10
    starts_per_minute_of_all: int = 120
    """Begun gifts from everywhere; above it each browser has to do its sum."""
    failures: int = 5
    """Refused or failed tries of one network until it must pause."""
    mistakes: int = 5
    """Forms of one network with wrong fields; a corrected one is taken all the same."""
    pause_minutes: int = 10
    youngest_form_seconds: int = 2
    """A form sent sooner, without its page's script, was not filled in by a person."""
    processor_per_second: int = 10
    """Payment pages opened a second, for everybody who has not done the sum."""
    outcomes: int = 50
    watchful_percent: int = 40
    closed_percent: int = 70
    """Of the last payments: above these shares of failed ones each browser has to do its sum, and networks with a
    failure must wait. Fewer payments than that count as if the missing ones had succeeded."""
    suspicion_minutes: int = 10
    promises_per_hour: int = 20
    """Transfer codes handed to one network."""
    promise_mails_per_day: int = 2
    promise_mails_per_hour_of_all: int = 60
    """Mails with a transfer code to one address, and to everybody. Above it the code stands on the page alone."""


def limits() -> Limits:
    """Raises ImproperlyConfigured when GIVING_LIMITS names something unknown or no number.

    This function will return the limits in force.
    """
    known = {field.name for field in fields(Limits)}
    changed: dict[str, int] = {}
    for exception in settings.GIVING_LIMITS:
        name, _, number = exception.partition("=")
        if name.strip() not in known or not number.strip().isdecimal():
            raise ImproperlyConfigured(f"GIVING_LIMITS: {exception!r} is not a limit with a whole number.")
        changed[name.strip()] = int(number)
    return Limits(**changed)


class Answer(Enum):
    """What the door shall say."""

    GO = "go"
    WAIT = "wait"
    PROVE = "prove"
    BUSY = "busy"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, after how many seconds it may be another one, and whether a solved sum changes it at once."""

    answer: Answer
    seconds: int = 0
    proof_helps: bool = False

    @property
    def minutes(self) -> int:
        return max(1, math.ceil(self.seconds / 60))


class Level(Enum):
    CALM = 0
    WATCHFUL = 1
    CLOSED = 2


GO = Verdict(Answer.GO)

# A count begins with its first event and is forgotten at its end. A full count stays as it is: then no row comes back.
_COUNT = """
INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
VALUES (%(scope)s, %(who)s, 1, %(ends_at)s)
ON CONFLICT (scope, who) DO UPDATE SET
  count = CASE WHEN tally.ends_at <= %(now)s THEN 1 ELSE tally.count + 1 END,
  ends_at = CASE WHEN tally.ends_at <= %(now)s THEN excluded.ends_at ELSE tally.ends_at END
WHERE tally.ends_at <= %(now)s OR tally.count < %(most)s
RETURNING count
"""
# A failure counts until some minutes after the last one.
_FAILURE = """
INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
VALUES ('failures', %(who)s, 1, %(ends_at)s)
ON CONFLICT (scope, who) DO UPDATE SET
  count = CASE WHEN tally.ends_at <= %(now)s THEN 1 ELSE tally.count + 1 END, ends_at = excluded.ends_at
"""
# A bucket of tokens needs one moment only: when it will be full again. Each call moves it on by its own time.
_CALL = """
INSERT INTO donations_tally AS tally (scope, who, count, ends_at)
VALUES ('processor', '', 1, %(now)s::timestamptz + %(each)s::float8 * interval '1 second')
ON CONFLICT (scope, who) DO UPDATE SET
  ends_at = greatest(tally.ends_at, %(now)s) + %(each)s::float8 * interval '1 second'
WHERE tally.ends_at <= %(now)s::timestamptz + (1 - %(each)s::float8) * interval '1 second'
RETURNING 1
"""
_BEGAN_FROM = """
INSERT INTO donations_tally (scope, who, count, ends_at, network) VALUES ('began', %s, 1, %s, %s)
ON CONFLICT (scope, who) DO UPDATE SET ends_at = excluded.ends_at
"""
_OUTCOMES = """
SELECT count(*) FILTER (WHERE kind = 'charge.failed'), max(received_at) FILTER (WHERE kind = 'charge.failed')
  FROM (SELECT kind, received_at FROM payments_processorevent
         WHERE kind IN ('charge.failed', 'charge.succeeded') AND received_at > %s AND received_at <= %s
         ORDER BY received_at DESC LIMIT %s) AS latest
"""


def arrive(*, ip: str, now: datetime) -> Verdict:
    """Count one press of the form, of any kind, before anything else is done for it.

    This function will return GO, WAIT while the network pauses after failures, or ABUSE far above any human pace.
    """
    known, network = limits(), _network(ip)
    if not _counted(scope="posts", who=network, most=known.posts_per_minute, lasts=MINUTE, now=now):
        return _until("posts", network, answer=Answer.ABUSE, now=now)
    failures, ends_at = _standing("failures", network, now=now)
    return _verdict(Answer.WAIT, ends_at=ends_at, now=now) if failures >= known.failures else GO


def admit(*, checkout_id: uuid.UUID, ip: str, email: str, is_proven: bool, now: datetime) -> Verdict:
    """Decide whether a payment page may be opened for a form that is in order. A repeated press is not counted anew.

    This function will return GO, WAIT (above a limit), PROVE (a sum is asked for) or BUSY (too many at once).
    """
    known, network = limits(), _network(ip)
    if not _standing("began", str(checkout_id), now=now)[0]:
        level = suspicion(now=now)
        if level is not Level.CALM:
            raise_alarm(now=now)
        if level is Level.CLOSED and (failed := _standing("failures", network, now=now))[0]:
            return _verdict(Answer.WAIT, ends_at=failed[1], now=now)
        if level is not Level.CALM and not is_proven:
            return Verdict(Answer.PROVE, proof_helps=True)
        refused = _count_start(network=network, email=email, is_proven=is_proven, now=now)
        if refused is not None:
            return refused
        # Before the processor's turn: whoever must press once more because many give at once is not counted twice.
        with connection.cursor() as cursor:
            cursor.execute(_BEGAN_FROM, [str(checkout_id), now + REMEMBERS, network])
    if not is_proven and not _may_call(per_second=known.processor_per_second, now=now):
        return Verdict(Answer.BUSY, seconds=5)
    return GO


def _count_start(*, network: str, email: str, is_proven: bool, now: datetime) -> Verdict | None:
    known = limits()
    times = known.proven_times if is_proven else 1
    mail = _hashed(matching.email_key(email))
    counts = (
        ("minute", network, known.starts_per_minute * times, MINUTE),
        ("hour", network, known.starts_per_hour * times, HOUR),
        ("mail", mail, known.starts_per_email_hour, HOUR),
    )
    for scope, who, most, lasts in counts:
        if not _counted(scope=scope, who=who, most=most, lasts=lasts, now=now):
            seconds = _until(scope, who, answer=Answer.WAIT, now=now).seconds
            return Verdict(Answer.WAIT, seconds, proof_helps=not is_proven and scope != "mail")
    if is_proven or _counted(scope="all", who="", most=known.starts_per_minute_of_all, lasts=MINUTE, now=now):
        return None
    return Verdict(Answer.PROVE, proof_helps=True)


def admit_promise(*, ip: str, now: datetime) -> Verdict:
    """This function will count a transfer code for a network, and return WAIT when it took too many of them."""
    network = _network(ip)
    if _counted(scope="promises", who=network, most=limits().promises_per_hour, lasts=HOUR, now=now):
        return GO
    return _until("promises", network, answer=Answer.WAIT, now=now)


def may_mail_promise(*, email: str, now: datetime) -> bool:
    """Whether a code may be mailed to an address nobody has proved to be their own.

    Whoever types strangers' addresses gets few letters to each of them, and few in all.
    """
    known, who = limits(), _hashed(matching.email_key(email))
    day = timedelta(days=1)
    return _counted(
        scope="promise_mail", who=who, most=known.promise_mails_per_day, lasts=day, now=now
    ) and _counted(scope="promise_all", who="", most=known.promise_mails_per_hour_of_all, lasts=HOUR, now=now)


def failed(*, ip: str, now: datetime) -> None:
    """This function will count a refused try of a network; after some it must pause."""
    _count_failure(_network(ip), now=now)


def mistaken(*, ip: str, now: datetime) -> Verdict:
    """This function will count a form with wrong fields, and return WAIT when there were too many of them."""
    known, network = limits(), _network(ip)
    pause = timedelta(minutes=known.pause_minutes)
    if _counted(scope="mistakes", who=network, most=known.mistakes, lasts=pause, now=now):
        return GO
    return _until("mistakes", network, answer=Answer.WAIT, now=now)


def payment_failed(*, checkout_id: uuid.UUID, charge_ref: str, now: datetime) -> None:
    """A card was declined on the payment page. Repeated notices of one charge count once.

    This function will count a failure of the network the gift was begun from, if that is still known.
    """
    network = _began_from(checkout_id)
    is_new = _counted(scope="charge", who=_hashed(charge_ref), most=1, lasts=REMEMBERS, now=now)
    if network and is_new:
        _count_failure(network, now=now)
    if suspicion(now=now) is not Level.CALM:
        raise_alarm(now=now)


def suspicion(*, now: datetime) -> Level:
    """How the last payments went, as the processor told us; it lasts for some minutes after the last failed one.

    This function will return CALM, WATCHFUL or CLOSED.
    """
    known = limits()
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, [now - HOUR, now, known.outcomes])
        count, last = cursor.fetchone()
    if last is None or last <= now - timedelta(minutes=known.suspicion_minutes):
        return Level.CALM
    if count * 100 > known.outcomes * known.closed_percent:
        return Level.CLOSED
    return Level.WATCHFUL if count * 100 > known.outcomes * known.watchful_percent else Level.CALM


def raise_alarm(*, now: datetime) -> None:
    """This function will tell the staff once that cards seem to be tested; the same attack is not told twice."""
    beating.tell_once(name=ALARM, now=now, again_after=HOUR)


def forget(*, now: datetime) -> int:
    """This function will delete counts that have ended, and return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM donations_tally WHERE ends_at < %s", [now])
        return int(cursor.rowcount)


# Counts


def _counted(*, scope: str, who: str, most: int, lasts: timedelta, now: datetime) -> bool:
    """Whether one more was within the limit."""
    given: dict[str, str | int | datetime] = {
        "scope": scope,
        "who": who,
        "most": most,
        "ends_at": now + lasts,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        return cursor.fetchone() is not None


def _count_failure(network: str, *, now: datetime) -> None:
    ends_at = now + timedelta(minutes=limits().pause_minutes)
    with connection.cursor() as cursor:
        cursor.execute(_FAILURE, {"who": network, "ends_at": ends_at, "now": now})


def _may_call(*, per_second: int, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CALL, {"now": now, "each": 1 / max(1, per_second)})
        return cursor.fetchone() is not None


def _standing(scope: str, who: str, *, now: datetime) -> tuple[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count, ends_at FROM donations_tally WHERE scope = %s AND who = %s AND ends_at > %s",
            [scope, who, now],
        )
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, now)


def _began_from(checkout_id: uuid.UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT network FROM donations_tally WHERE scope = 'began' AND who = %s", [str(checkout_id)]
        )
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def _until(scope: str, who: str, *, answer: Answer, now: datetime) -> Verdict:
    return _verdict(answer, ends_at=_standing(scope, who, now=now)[1], now=now)


def _verdict(answer: Answer, *, ends_at: datetime, now: datetime) -> Verdict:
    return Verdict(answer, seconds=max(1, math.ceil((ends_at - now).total_seconds())))


def _network(ip: str) -> str:
    """Whoever has no readable address shares one count."""
    return _hashed(signing_in.address_block(ip))


def _hashed(text: str) -> str:
    key = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return hashlib.blake2b(text.encode(), key=key, digest_size=16, person=b"giving-tally").hexdigest()
