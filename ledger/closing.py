"""Closing a period: from then on its entries are counted, hashed and never joined by another, until two reopen it."""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from ledger.models import LegalEntity, PeriodClose

_CHECKSUM = """
SELECT encode(sha256(convert_to(coalesce(string_agg(
         concat_ws('|', e.id, e.kind, e.source, e.booked_on, l.id, l.account_id, l.fund_id,
                   l.amount_minor, l.currency, l.segment), E'\\n' ORDER BY e.id, l.id), ''), 'UTF8')), 'hex')
FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id
WHERE e.entity_id = %s AND e.booked_on <= %s
"""


class UnableToClose(Exception):
    """The period cannot be closed; the message says why, in words for the person who asked."""


class UnableToReopen(Exception):
    """`code` is `again` (it is open already), `later` (a later close holds) or `alone` (one person is not two)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checksum(*, entity_id: int, through_on: date) -> str:
    """SHA-256 over every line booked up to and including a day, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECKSUM, [entity_id, through_on])
        return str(cursor.fetchone()[0])


def binding(*, entity_id: int) -> QuerySet[PeriodClose]:
    """The closes of an entity that hold: those nobody reopened."""
    return PeriodClose.objects.filter(entity_id=entity_id, reopened_at__isnull=True)


def closed_through(*, entity_id: int) -> date | None:
    """This function will return the last day the books of an entity are closed on, None while all of them are open."""
    last: date | None = binding(entity_id=entity_id).aggregate(last=Max("through_on"))["last"]
    return last


def close(*, entity: LegalEntity, through_on: date, closed_by: str, now: datetime) -> PeriodClose:
    """Close the books of `entity` up to and including `through_on`.

    Raises UnableToClose when that day is not over in the entity's zone or lies before an earlier close.
    This function will store the checksum of the closed lines; the database then refuses entries booked there.
    """
    if through_on >= entity.day_of(now):
        raise UnableToClose(f"{through_on} is not over yet.")
    with transaction.atomic():
        LegalEntity.objects.select_for_update().get(pk=entity.pk)
        if binding(entity_id=entity.pk).filter(through_on__gte=through_on).exists():
            raise UnableToClose(f"The books are closed through {through_on} or later already.")
        return PeriodClose.objects.create(
            entity=entity,
            through_on=through_on,
            checksum=checksum(entity_id=entity.pk, through_on=through_on),
            closed_at=now,
            closed_by=closed_by,
        )


def reopen(*, close: PeriodClose, asked_by: str, approved_by: str, reason: str, now: datetime) -> PeriodClose:
    """Open the books of a closed period again: entries may be booked there until it is closed anew.

    Raises UnableToReopen. This function will keep the close with who opened it, who agreed and why.
    """
    if asked_by == approved_by:
        raise UnableToReopen("alone")
    with transaction.atomic():
        LegalEntity.objects.select_for_update().get(pk=close.entity_id)
        if binding(entity_id=close.entity_id).filter(through_on__gt=close.through_on).exists():
            raise UnableToReopen("later")
        opened = PeriodClose.objects.filter(pk=close.pk, reopened_at__isnull=True).update(
            reopened_at=now, reopened_by=asked_by, reopening_approved_by=approved_by, reopening_reason=reason
        )
        if not opened:
            raise UnableToReopen("again")
        return PeriodClose.objects.get(pk=close.pk)
