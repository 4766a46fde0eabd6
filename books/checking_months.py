"""Checking a month: what is looked at before the books are closed, and who looked at it.

What the program can count itself it counts each time (`reports.month_checks`) and hands in as `Found`; a check that
finds something is either mended or left aside by a person for a reason. Some can only be mended.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from books.models import CheckItem, MonthEnd
from donors import refusing
from ledger import closing
from ledger.models import Entry, LegalEntity
from staff import auditing
from staff.models import User


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. A counted one is done when nothing is found; the others somebody ticks."""

    code: str
    is_counted: bool
    may_be_waived: bool


CHECKS = (
    Check("laws", True, False),
    Check("notices", True, False),
    Check("payouts", True, False),
    Check("funds", True, False),
    Check("bank_balance", True, True),
    Check("bank_lines", True, True),
    Check("deposits", True, True),
    Check("batches", True, True),
    Check("unknown_givers", True, True),
    Check("refunds", True, True),
    Check("disputes", False, True),
    Check("reports_read", False, True),
    Check("journal", True, True),
)
BY_CODE = {check.code: check for check in CHECKS}
REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Found:
    """What a counted check sees: how many things are open, the differences as words, and where to mend them."""

    count: int
    words: str = ""
    page: str = ""

    @property
    def is_fine(self) -> bool:
        return self.count == 0


@dataclass(frozen=True, slots=True)
class Line:
    """One check as it stands: what is found now, the last word of a person, and whether the month may close on it."""

    check: Check
    found: Found | None
    said: CheckItem | None

    @property
    def is_waived(self) -> bool:
        return self.said is not None and self.said.state == CheckItem.State.WAIVED

    @property
    def is_done(self) -> bool:
        if self.is_waived:
            return True
        if self.check.is_counted:
            return self.found is not None and self.found.is_fine
        return self.said is not None and self.said.state == CheckItem.State.DONE


class UnableToCheck(Exception):
    """`code` is `unknown`, `closed`, `counted` (nobody ticks what is counted), `stays` (it cannot be left aside),
    `reason` or `resident_number`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnableToBegin(Exception):
    """`code` is `not_over` or `order`; `next_month` is the one whose turn it is, where there is one."""

    def __init__(self, code: str, next_month: date | None = None) -> None:
        super().__init__(code)
        self.code, self.next_month = code, next_month


def first_of_next(month: date) -> date:
    """This function will return the first day of the month after the one `month` lies in."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def last_of(month: date) -> date:
    """This function will return the last day of the month that begins with `month`."""
    return first_of_next(month) - timedelta(days=1)


def next_month(*, entity: LegalEntity) -> date | None:
    """This function will return the first month of an entity that is not closed, None while nothing is booked."""
    closed = closing.closed_through(entity_id=entity.pk)
    if closed is not None:
        return (closed + timedelta(days=1)).replace(day=1)
    first = (
        Entry.objects.filter(entity=entity).order_by("booked_on").values_list("booked_on", flat=True).first()
    )
    return first.replace(day=1) if first else None


def begin(*, entity: LegalEntity, month: date, today: date, actor: User, now: datetime) -> MonthEnd:
    """Take up the list of a month. Months are closed one after the other; the list may be begun before a month is over.

    Raises UnableToBegin. This function will return the list, the one that was begun before if there is one.
    """
    first = month.replace(day=1)
    if first > today:
        raise UnableToBegin("not_over")
    due = next_month(entity=entity)
    if due is None or first < due:
        raise UnableToBegin("order", due)
    with transaction.atomic():
        taken, is_new = MonthEnd.objects.get_or_create(
            entity=entity, month=first, defaults={"begun_by": actor, "begun_at": now}
        )
        if is_new:
            auditing.record(
                actor=actor,
                action="month.begun",
                target=f"month:{taken.pk}",
                details={"month": str(first)},
                now=now,
            )
    return taken


def lines(*, month_end: MonthEnd, found: Mapping[str, Found]) -> list[Line]:
    """This function will return every check in the order of the list; `found` holds one for each counted check."""
    said: dict[str, CheckItem] = {}
    for item in CheckItem.objects.filter(month_end=month_end).select_related("done_by").order_by("id"):
        said[item.code] = item
    return [Line(check, found.get(check.code), said.get(check.code)) for check in CHECKS]


def tick(*, month_end_id: uuid.UUID, code: str, actor: User, now: datetime) -> CheckItem:
    """Somebody has looked at what cannot be counted. Raises UnableToCheck.

    This function will return what was written down.
    """
    check = _known(code)
    if check.is_counted:
        raise UnableToCheck("counted")
    return _say(month_end_id, check, CheckItem.State.DONE, reason="", found=None, actor=actor, now=now)


def waive(
    *, month_end_id: uuid.UUID, code: str, reason: str, found: Found | None, actor: User, now: datetime
) -> CheckItem:
    """Leave a check aside, with the reason and what was found at that moment. Raises UnableToCheck.

    This function will return what was written down.
    """
    check, words = _known(code), " ".join(reason.split())[:REASON_LENGTH]
    if not check.may_be_waived:
        raise UnableToCheck("stays")
    if wrong := refusing.wrong_reason(words):
        raise UnableToCheck(wrong)
    return _say(month_end_id, check, CheckItem.State.WAIVED, reason=words, found=found, actor=actor, now=now)


def take_back(*, month_end_id: uuid.UUID, code: str, actor: User, now: datetime) -> CheckItem:
    """This function will open a check again that somebody ticked or left aside. Raises UnableToCheck."""
    return _say(month_end_id, _known(code), CheckItem.State.OPEN, reason="", found=None, actor=actor, now=now)


def _known(code: str) -> Check:
    if code not in BY_CODE:
        raise UnableToCheck("unknown")
    return BY_CODE[code]


def _say(
    month_end_id: uuid.UUID,
    check: Check,
    state: CheckItem.State,
    *,
    reason: str,
    found: Found | None,
    actor: User,
    now: datetime,
) -> CheckItem:
    with transaction.atomic():
        month_end = MonthEnd.objects.select_for_update().filter(pk=month_end_id).first()
        if month_end is None:
            raise UnableToCheck("unknown")
        if month_end.status == MonthEnd.Status.CLOSED:
            raise UnableToCheck("closed")
        said = CheckItem.objects.create(
            month_end=month_end,
            code=check.code,
            state=state,
            reason=reason,
            found={"count": found.count, "words": found.words} if found else {},
            done_by=actor,
            done_at=now,
        )
        auditing.record(
            actor=actor,
            action=f"month.{state.value}",
            target=f"month:{month_end.pk}",
            details={"check": check.code, "reason": reason},
            now=now,
        )
    return said
