"""Closing a month when its list is done, and opening it again when two people agree (B23, E10)."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.db import transaction

from books import checking_months
from books.checking_months import Found
from books.models import MonthEnd, Reopening
from donors import refusing
from ledger import closing
from ledger.models import LegalEntity, PeriodClose
from staff import auditing
from staff.models import User

Look = Callable[[LegalEntity, date, datetime], Mapping[str, Found]]
"""Counts what can be counted of a month, of the database as it is then: the body, the month's first day, and now."""


class UnableToCloseMonth(Exception):
    """`code` is `unknown`, `closed`, `not_over`, `order` or `open`; `open` names the checks that are."""

    def __init__(self, code: str, checks: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code} {', '.join(checks)}".strip())
        self.code, self.checks = code, checks


class UnableToReopenMonth(Exception):
    """`code` is `reason`, `resident_number`, `asked`, `decided`, `own`, `later` or `again`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def close(*, month_end_id: uuid.UUID, look: Look, actor: User, now: datetime) -> MonthEnd:
    """Close the books of a month whose checks are all done. Everything is counted again under the lock that closes.

    Raises UnableToCloseMonth. This function will return the closed month with its close.
    """
    with transaction.atomic():
        month_end = MonthEnd.objects.select_for_update().filter(pk=month_end_id).first()
        if month_end is None:
            raise UnableToCloseMonth("unknown")
        if month_end.status == MonthEnd.Status.CLOSED:
            raise UnableToCloseMonth("closed")
        # Entries under way wait for this row, and what they would book is counted here or booked later (posting).
        entity = LegalEntity.objects.select_for_update().get(pk=month_end.entity_id)
        _check_turn(month_end, entity, now)
        found = look(entity, month_end.month, now)
        open_checks = tuple(
            line.check.code
            for line in checking_months.lines(month_end=month_end, found=found)
            if not line.is_done
        )
        if open_checks:
            raise UnableToCloseMonth("open", open_checks)
        made = closing.close(
            entity=entity, through_on=checking_months.last_of(month_end.month), closed_by=actor.email, now=now
        )
        month_end.status, month_end.close = MonthEnd.Status.CLOSED, made
        month_end.save(update_fields=["status", "close"])
        auditing.record(
            actor=actor,
            action="month.closed",
            target=f"month:{month_end.pk}",
            details={"through": str(made.through_on), "checksum": made.checksum},
            now=now,
        )
    return month_end


def _check_turn(month_end: MonthEnd, entity: LegalEntity, now: datetime) -> None:
    if checking_months.last_of(month_end.month) >= entity.day_of(now):
        raise UnableToCloseMonth("not_over")
    due = checking_months.next_month(entity=entity)
    if due is None or month_end.month != due:
        raise UnableToCloseMonth("order")


def ask_to_reopen(*, close_id: int, reason: str, actor: User, now: datetime) -> Reopening:
    """Ask that the latest closed period be opened again; somebody else decides. Raises UnableToReopenMonth.

    This function will return the question.
    """
    words = " ".join(reason.split())[: checking_months.REASON_LENGTH]
    if code := refusing.wrong_reason(words):
        raise UnableToReopenMonth(code)
    with transaction.atomic():
        close = PeriodClose.objects.get(pk=close_id)
        LegalEntity.objects.select_for_update().get(pk=close.entity_id)
        if close.reopened_at is not None:
            raise UnableToReopenMonth("again")
        if closing.closed_through(entity_id=close.entity_id) != close.through_on:
            raise UnableToReopenMonth("later")
        if Reopening.objects.filter(close_id=close_id, status=Reopening.Status.ASKED).exists():
            raise UnableToReopenMonth("asked")
        asked = Reopening.objects.create(close=close, reason=words, asked_by=actor, asked_at=now)
        auditing.record(
            actor=actor,
            action="period.reopening_asked",
            target=f"close:{close_id}",
            details={"reason": words},
            now=now,
        )
    return asked


def decide(*, reopening_id: uuid.UUID, is_agreed: bool, actor: User, now: datetime) -> Reopening:
    """Agree that a period is opened again, or decline. Nobody decides about their own question.

    Raises UnableToReopenMonth. This function will return the question with its answer; agreed, the books take entries
    there until the month is closed anew.
    """
    with transaction.atomic():
        asked = (
            Reopening.objects.select_for_update(of=("self",))
            .select_related("close", "asked_by")
            .get(pk=reopening_id)
        )
        if asked.status != Reopening.Status.ASKED:
            raise UnableToReopenMonth("decided")
        if asked.asked_by_id == actor.pk:
            raise UnableToReopenMonth("own")
        asked.status = Reopening.Status.APPROVED if is_agreed else Reopening.Status.DECLINED
        asked.decided_by, asked.decided_at = actor, now
        asked.save(update_fields=["status", "decided_by", "decided_at"])
        if is_agreed:
            _open(asked, actor, now)
        auditing.record(
            actor=actor,
            action=f"period.reopening_{asked.status}",
            target=f"close:{asked.close_id}",
            details={"reason": asked.reason, "asked_by": asked.asked_by.email},
            now=now,
        )
    return asked


def _open(asked: Reopening, actor: User, now: datetime) -> None:
    try:
        closing.reopen(
            close=asked.close,
            asked_by=asked.asked_by.email,
            approved_by=actor.email,
            reason=asked.reason,
            now=now,
        )
    except closing.UnableToReopen as error:
        raise UnableToReopenMonth(error.code) from error
    MonthEnd.objects.filter(close=asked.close).update(status=MonthEnd.Status.OPEN, close=None)
