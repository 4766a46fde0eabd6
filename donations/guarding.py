"""Guarding: the giving form must not serve to try out stolen cards.

Whoever tests cards needs many payment pages in a short time. So presses, begun gifts and failures are counted for each
network, address of mail and for all together, in one unlogged table that every server process shares (`tallying`); a
crash of the database forgets the counts and nothing else. The table holds no address, only keyed hashes. Counts are
made under the locks of their rows, so a thousand presses at once are counted as exactly as one after the other.

Above a limit people wait, or their browser shows by a small sum that it is no cheap machine (`is_proven`).
"""

import functools
import hashlib
import math
import uuid
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from donations import tallying
from donors import matching, signing_in
from jobs import beating

MINUTE, HOUR = tallying.MINUTE, tallying.HOUR
MOST_UNMATCHED = 20
ALARM = "card_testing"
BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Every number of the guard. `GIVING_LIMITS` changes single ones, for a day with hundreds of givers in one hall."""

    posts_per_minute: int = 60
    """Presses of any kind from one network (/24 or /64); above it a bare page answers."""
    starts_per_minute: int = 10
    starts_per_hour: int = 60
    """Begun gifts from one network."""
    presses_a_second: int = 20
    """Presses from everywhere that one server process takes; above it there is a crowd."""
    presses_in_crowd: int = 1
    """Presses a minute of one network in a crowd; a browser that has done its sum may press on."""
    forms_in_crowd: int = 20
    """Forms a second that one server process draws in a crowd for those who have not done the sum."""
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
    return _limits(tuple(settings.GIVING_LIMITS))


@functools.cache
def _limits(exceptions: tuple[str, ...]) -> Limits:
    known = {field.name for field in fields(Limits)}
    changed: dict[str, int] = {}
    for exception in exceptions:
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
    CROWD = "crowd"
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
CROWD = Verdict(Answer.CROWD, seconds=math.ceil(MINUTE.total_seconds()), proof_helps=True)


def arrive(*, ip: str, is_crowd: bool = False, now: datetime) -> Verdict:
    """Count one press of the form, of any kind, before anything else is done for it.

    `is_crowd` says that many press at once everywhere: then a network has few presses until its browser has done
    the sum. This function will return GO, WAIT while the network pauses after failures, CROWD when only the sum
    helps, or ABUSE far above any human pace.
    """
    known = limits()
    pressed = tallying.press(who=_network(ip), most=known.posts_per_minute, now=now)
    if pressed.number is None:
        return _verdict(Answer.ABUSE, ends_at=pressed.minute_ends, now=now)
    if pressed.failures >= known.failures:
        return _verdict(Answer.WAIT, ends_at=pressed.failures_end, now=now)
    if is_crowd and pressed.number > known.presses_in_crowd:
        return CROWD
    return GO


def admit(*, checkout_id: uuid.UUID, ip: str, email: str, is_proven: bool, now: datetime) -> Verdict:
    """Decide whether a payment page may be opened for a form that is in order. A repeated press is not counted anew.

    This function will return GO, WAIT (above a limit), PROVE (a sum is asked for) or BUSY (too many at once).
    """
    known, network = limits(), _network(ip)
    found = tallying.outcomes(checkout=str(checkout_id), last=known.outcomes, now=now)
    if found.is_known:
        if is_proven or tallying.call(per_second=known.processor_per_second, now=now):
            return GO
        return Verdict(Answer.BUSY, seconds=BUSY_SECONDS)
    level = _level(found, now=now)
    if level is not Level.CALM:
        raise_alarm(now=now)
    if level is Level.CLOSED and (paused := tallying.standing(scope="failures", who=network, now=now))[0]:
        return _verdict(Answer.WAIT, ends_at=paused[1], now=now)
    if level is not Level.CALM and not is_proven:
        return Verdict(Answer.PROVE, proof_helps=True)
    return _count_start(checkout_id=checkout_id, network=network, email=email, is_proven=is_proven, now=now)


def _count_start(
    *, checkout_id: uuid.UUID, network: str, email: str, is_proven: bool, now: datetime
) -> Verdict:
    known = limits()
    times = known.proven_times if is_proven else 1
    mail = _hashed(matching.email_key(email))
    asked = tallying.Start(
        checkout=str(checkout_id),
        network=network,
        mail=mail,
        most_a_minute=known.starts_per_minute * times,
        most_an_hour=known.starts_per_hour * times,
        most_of_all=known.starts_per_minute_of_all,
        most_of_mail=known.starts_per_email_hour,
        calls_per_second=known.processor_per_second,
        is_proven=is_proven,
    )
    full = tallying.start(asked, now=now)
    if full in {"minute", "hour", "mail"}:
        who = mail if full == "mail" else network
        ends_at = tallying.standing(scope=full, who=who, now=now)[1]
        seconds = _verdict(Answer.WAIT, ends_at=ends_at, now=now).seconds
        return Verdict(Answer.WAIT, seconds, proof_helps=not is_proven and full != "mail")
    if full == "all":
        return Verdict(Answer.PROVE, proof_helps=True)
    return Verdict(Answer.BUSY, seconds=BUSY_SECONDS) if full == "processor" else GO


def admit_promise(*, ip: str, now: datetime) -> Verdict:
    """This function will count a transfer code for a network, and return WAIT when it took too many of them."""
    network = _network(ip)
    if tallying.count(scope="promises", who=network, most=limits().promises_per_hour, lasts=HOUR, now=now):
        return GO
    ends_at = tallying.standing(scope="promises", who=network, now=now)[1]
    return _verdict(Answer.WAIT, ends_at=ends_at, now=now)


def may_mail_promise(*, email: str, now: datetime) -> bool:
    """Whether a code may be mailed to an address nobody has proved to be their own.

    Whoever types strangers' addresses gets few letters to each of them, and few in all.
    """
    known, who = limits(), _hashed(matching.email_key(email))
    day, most_of_all = timedelta(days=1), known.promise_mails_per_hour_of_all
    return tallying.count(
        scope="promise_mail", who=who, most=known.promise_mails_per_day, lasts=day, now=now
    ) and tallying.count(scope="promise_all", who="", most=most_of_all, lasts=HOUR, now=now)


def unmatched(*, ip: str, now: datetime) -> Verdict:
    """Count a receipt somebody asked about that we do not know: twenty an hour from one network (T66).

    This function will return WAIT when there were too many of them.
    """
    network = _network(ip)
    if tallying.count(scope="unmatched", who=network, most=MOST_UNMATCHED, lasts=HOUR, now=now):
        return GO
    ends_at = tallying.standing(scope="unmatched", who=network, now=now)[1]
    return _verdict(Answer.WAIT, ends_at=ends_at, now=now)


def has_guessed_too_often(*, ip: str, now: datetime) -> bool:
    """This function will return whether a network has asked about too many receipts that we do not know."""
    count, ends_at = tallying.standing(scope="unmatched", who=_network(ip), now=now)
    return count >= MOST_UNMATCHED and ends_at > now


def failed(*, ip: str, now: datetime) -> None:
    """This function will count a refused try of a network; after some it must pause."""
    _count_failure(_network(ip), now=now)


def mistaken(*, ip: str, now: datetime) -> Verdict:
    """This function will count a form with wrong fields, and return WAIT when there were too many of them."""
    known, network = limits(), _network(ip)
    pause = timedelta(minutes=known.pause_minutes)
    if tallying.count(scope="mistakes", who=network, most=known.mistakes, lasts=pause, now=now):
        return GO
    ends_at = tallying.standing(scope="mistakes", who=network, now=now)[1]
    return _verdict(Answer.WAIT, ends_at=ends_at, now=now)


def payment_failed(*, checkout_id: uuid.UUID, charge_ref: str, now: datetime) -> None:
    """A card was declined on the payment page. Repeated notices of one charge count once.

    This function will count a failure of the network the gift was begun from, if that is still known.
    """
    network = tallying.began_from(checkout=str(checkout_id))
    charge = _hashed(charge_ref)
    is_new = tallying.count(scope="charge", who=charge, most=1, lasts=tallying.REMEMBERS, now=now)
    if network and is_new:
        _count_failure(network, now=now)
    if suspicion(now=now) is not Level.CALM:
        raise_alarm(now=now)


def suspicion(*, now: datetime) -> Level:
    """How the last payments went, as the processor told us; it lasts for some minutes after the last failed one.

    This function will return CALM, WATCHFUL or CLOSED.
    """
    return _level(tallying.outcomes(checkout="", last=limits().outcomes, now=now), now=now)


def _level(found: tallying.Outcomes, *, now: datetime) -> Level:
    known, last = limits(), found.last_failed_at
    if last is None or last <= now - timedelta(minutes=known.suspicion_minutes):
        return Level.CALM
    if found.failed * 100 > known.outcomes * known.closed_percent:
        return Level.CLOSED
    return Level.WATCHFUL if found.failed * 100 > known.outcomes * known.watchful_percent else Level.CALM


def raise_alarm(*, now: datetime) -> None:
    """This function will tell the staff once that cards seem to be tested; the same attack is not told twice."""
    beating.tell_once(name=ALARM, now=now, again_after=HOUR)


def forget(*, now: datetime) -> int:
    """This function will delete counts that have ended, and return how many."""
    return tallying.forget(now=now)


def _count_failure(network: str, *, now: datetime) -> None:
    ends_at = now + timedelta(minutes=limits().pause_minutes)
    tallying.count_failure(who=network, ends_at=ends_at, now=now)


def _verdict(answer: Answer, *, ends_at: datetime, now: datetime) -> Verdict:
    return Verdict(answer, seconds=max(1, math.ceil((ends_at - now).total_seconds())))


def _network(ip: str) -> str:
    """Whoever has no readable address shares one count."""
    return _hashed(signing_in.address_block(ip))


def _hashed(text: str) -> str:
    key = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    return hashlib.blake2b(text.encode(), key=key, digest_size=16, person=b"giving-tally").hexdigest()
