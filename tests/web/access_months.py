"""What stands in the addresses of month's end."""

from __future__ import annotations

from datetime import date, datetime

from books.models import MonthEnd, Reopening
from ledger.models import LegalEntity, PeriodClose
from tests import making


def keys(entity: LegalEntity, today: datetime) -> dict[str, list[object]]:
    """This function will return the keys of a closed month and of a question to open it."""
    person = making.user(email="closer@example.org", now=today)
    close = PeriodClose.objects.create(
        entity=entity, through_on=date(2019, 1, 31), checksum="0" * 64, closed_at=today, closed_by="somebody"
    )
    month = MonthEnd.objects.create(
        entity=entity, month=date(2019, 1, 1), status="closed", close=close, begun_by=person, begun_at=today
    )
    asked = Reopening.objects.create(close=close, reason="why", asked_by=person, asked_at=today)
    names = ("", "_say", "_close", "_reopen")
    found: dict[str, list[object]] = {f"office:month{name}": [month.pk] for name in names}
    return found | {"office:month_decide": [asked.pk]}
