"""Counting who is safe: how many in a quarter, said by one person and approved by another, and only then shown.

Privacy is safety. A count is of a whole quarter that has been over for thirty days, of a campaign and not of a group,
and carries no words: nobody can tell from it who came, from where, by which way or on which day.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from campaigns.models import Campaign, SafeCount
from campaigns.models.safety import MOST
from staff import auditing
from staff.models import User

DELAY = timedelta(days=30)
"""How long a quarter must be over before anybody counts it."""
Status = SafeCount.Status


class UnableToCount(Exception):
    """The count cannot be proposed or decided so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Quarter:
    """What counts for one quarter."""

    first: date
    people: int
    count: SafeCount

    @property
    def last(self) -> date:
        return last_of(self.first)


def quarter_of(day: date) -> date:
    """This function will return the first day of the quarter a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def last_of(quarter: date) -> date:
    """This function will return the last day of a quarter."""
    month = quarter.month + 3
    return date(quarter.year + month // 13, (month - 1) % 12 + 1, 1) - timedelta(days=1)


def open_from(quarter: date) -> date:
    """This function will return the first day on which a quarter may be counted."""
    return last_of(quarter) + timedelta(days=1) + DELAY


def countable(*, today: date, many: int = 8) -> list[date]:
    """This function will return the newest quarters that may be counted, the newest first."""
    quarter = quarter_of(today)
    found: list[date] = []
    while len(found) < many:
        quarter = quarter_of(quarter - timedelta(days=1))
        if open_from(quarter) <= today:
            found.append(quarter)
    return found


def propose(
    *, campaign: Campaign, quarter: date, people: int, today: date, actor: User, now: datetime
) -> SafeCount:
    """Say how many people became safe in a quarter. Nothing is shown before another person approves it.

    Raises UnableToCount: `quarter` when it is none, `early` when it has not been over for thirty days, `people` for a
    number nobody believes, `waits` while another count of it waits, `same` when this number counts already.
    This function will return the proposal.
    """
    if quarter != quarter_of(quarter):
        raise UnableToCount("quarter")
    if open_from(quarter) > today:
        raise UnableToCount("early")
    if not 0 <= people <= MOST:
        raise UnableToCount("people")
    known = next((one for one in counted(campaign.safe_counts.all()) if one.first == quarter), None)
    if people == (known.people if known else None):
        raise UnableToCount("same")
    try:
        with transaction.atomic():
            made = SafeCount.objects.create(
                campaign=campaign, quarter=quarter, people=people, proposed_by=actor, proposed_at=now
            )
            _note(made, action="safe_count.proposed", actor=actor, now=now)
    except IntegrityError as error:
        raise UnableToCount("waits") from error
    return made


def decide(*, count_id: uuid.UUID, to: Status, actor: User, now: datetime) -> SafeCount:
    """Approve or decline what another person counted, or withdraw one's own count.

    Raises UnableToCount: `self` when somebody would approve or decline their own, `other` when somebody would withdraw
    another's, `decided` when it is decided otherwise. This function will return the count as it stands; pressed twice
    by the same person, the same.
    """
    with transaction.atomic():
        found = SafeCount.objects.select_for_update().get(pk=count_id)
        if found.status == to and found.decided_by_id == actor.pk:
            return found
        if found.status != Status.PROPOSED:
            raise UnableToCount("decided")
        is_own = found.proposed_by_id == actor.pk
        if is_own != (to == Status.WITHDRAWN):
            raise UnableToCount("self" if is_own else "other")
        found.status, found.decided_by, found.decided_at = to, actor, now
        found.save(update_fields=["status", "decided_by", "decided_at"])
        _note(found, action=f"safe_count.{to}", actor=actor, now=now)
    return found


def _note(count: SafeCount, *, action: str, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"campaign:{count.campaign_id}",
        now=now,
        details={"count": str(count.pk), "quarter": count.quarter.isoformat(), "people": count.people},
    )


def counted(counts: Iterable[SafeCount]) -> list[Quarter]:
    """What counts of one campaign's rows (for example a prefetched `campaign.safe_counts.all()`).

    This function will return one approved count for each quarter, the newest quarter first.
    """
    newest: dict[date, SafeCount] = {}
    for one in sorted(_approved(counts), key=lambda one: (one.decided_at, one.proposed_at)):
        newest[one.quarter] = one
    return [Quarter(first, newest[first].people, newest[first]) for first in sorted(newest, reverse=True)]


def _approved(counts: Iterable[SafeCount]) -> list[SafeCount]:
    return [one for one in counts if one.status == Status.APPROVED]


def totals() -> dict[int, int]:
    """This function will return how many people are safe, by campaign (its key), of those with an approved count."""
    of_each: dict[int, list[SafeCount]] = {}
    for one in SafeCount.objects.filter(status=Status.APPROVED).order_by("decided_at", "id"):
        of_each.setdefault(one.campaign_id, []).append(one)
    return {campaign_id: total(counts) for campaign_id, counts in of_each.items()}


def total(counts: Iterable[SafeCount]) -> int:
    """This function will return how many people are safe by all that was approved of one campaign."""
    return sum(one.people for one in counted(counts))
