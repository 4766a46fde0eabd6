"""Naming: somebody says who gave the money whose giver a file did not name; then it is a gift like every other."""

from django.db import transaction

from books import taking_in
from books.desks import Desk
from books.models import ProcessorReportRow
from books.opening_tables import Unread
from books.reading_rows import Giver, Line, Role
from donations import collecting, entering, pausing
from donations.models import Donation
from donors import matching
from staff import auditing


class UnableToName(ValueError):
    """`code` is `known` (somebody was faster), `name`, `resident_number` or what forbids the gift."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def name(*, row: ProcessorReportRow, giver: Giver, desk: Desk) -> Donation:
    """Enter the gift of a row whose giver was not known, and take back what stood there for nobody.

    Raises UnableToName. This function will return the gift; no receipt is made of it before somebody says so.
    """
    if not matching.clean_name(giver.name):
        raise UnableToName("name")
    with transaction.atomic():
        if collecting.unknown(row.ref) is None:
            raise UnableToName("known")
        try:
            gift = taking_in.entered(_line(row), giver, desk)
        except Unread as error:
            raise UnableToName(error.code) from error
        except entering.UnableToEnter as error:
            raise UnableToName(error.code) from error
        pausing.pause(donations=[gift], now=desk.now)
        auditing.record(
            actor=desk.actor, action="giver.named", target=f"donation:{gift.pk}", details={}, now=desk.now
        )
    return gift


def _line(row: ProcessorReportRow) -> Line:
    return Line(
        number=row.position,
        ref=row.ref,
        kind=row.kind,
        role=Role.GIFT,
        gross=row.gross_minor,
        fee=row.fee_minor,
        net=row.net_minor,
        currency=row.currency,
        at=row.happened_at,
    )
