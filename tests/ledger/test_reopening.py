"""A closed period is opened again by two people, the latest first, and then it takes entries and another close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from ledger import closing, posting
from ledger.closing import UnableToReopen
from ledger.models import Entry, LegalEntity, PeriodClose
from ledger.money import Money
from ledger.posting import Posting
from tests.campaigns import making
from tests.refusing import refused_by

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
JANUARY = datetime(2026, 1, 20, 17, tzinfo=UTC)
END_OF_JANUARY, END_OF_FEBRUARY = NOW.date().replace(month=1, day=31), NOW.date().replace(month=2, day=28)

pytestmark = pytest.mark.django_db


def close(entity: LegalEntity, *, february: bool = False) -> PeriodClose:
    day = END_OF_FEBRUARY if february else END_OF_JANUARY
    return closing.close(entity=entity, through_on=day, closed_by="anna@example.org", now=NOW)


def reopen(closed: PeriodClose, *, approved_by: str = "ben@example.org") -> PeriodClose:
    return closing.reopen(
        close=closed,
        asked_by="anna@example.org",
        approved_by=approved_by,
        reason="A refund was forgotten",
        now=NOW + timedelta(hours=1),
    )


def booked(entity: LegalEntity, source: str) -> Entry:
    fund = making.any_fund()
    posting.post(
        entity=entity,
        kind=Entry.Kind.ADJUSTMENT,
        source=source,
        happened_at=JANUARY,
        postings=[Posting("1000", fund.pk, Money(5, "USD")), Posting("4000", fund.pk, Money(-5, "USD"))],
        now=NOW,
    )
    return Entry.objects.get(source=source)


def test_what_happened_in_a_closed_month_is_booked_on_the_next_open_day_until_two_reopen_it() -> None:
    entity = making.entity()
    closed = close(entity)
    assert closing.closed_through(entity_id=entity.pk) == END_OF_JANUARY
    assert booked(entity, "first").booked_on == END_OF_JANUARY + timedelta(days=1)
    opened = reopen(closed)
    assert (opened.reopened_by, opened.reopening_approved_by) == ("anna@example.org", "ben@example.org")
    assert closing.closed_through(entity_id=entity.pk) is None
    assert booked(entity, "second").booked_on == JANUARY.date()


def test_a_reopened_month_is_closed_anew_and_its_first_close_stays_to_be_seen() -> None:
    entity = making.entity()
    first = reopen(close(entity))
    booked(entity, "late")
    second = close(entity)
    assert PeriodClose.objects.count() == 2
    assert second.checksum != first.checksum
    assert closing.closed_through(entity_id=entity.pk) == END_OF_JANUARY


def test_one_person_is_not_two() -> None:
    with pytest.raises(UnableToReopen) as refused:
        reopen(close(making.entity()), approved_by="anna@example.org")
    assert refused.value.code == "alone"


def test_the_latest_close_goes_first() -> None:
    entity = making.entity()
    january, february = close(entity), close(entity, february=True)
    with pytest.raises(UnableToReopen) as refused:
        reopen(january)
    assert refused.value.code == "later"
    with refused_by("period_reopened_latest_first"):
        PeriodClose.objects.filter(pk=january.pk).update(
            reopened_at=NOW, reopened_by="a", reopening_approved_by="b", reopening_reason="c"
        )
    reopen(february)
    assert reopen(january).reopened_at is not None


def test_a_close_is_reopened_once_and_is_otherwise_never_changed() -> None:
    closed = close(making.entity())
    reopen(closed)
    with pytest.raises(UnableToReopen) as refused:
        reopen(closed)
    assert refused.value.code == "again"
    for changed in ({"reopened_at": None}, {"checksum": "0" * 64}):
        with pytest.raises(DatabaseError, match="only reopened, once"), transaction.atomic():
            PeriodClose.objects.filter(pk=closed.pk).update(**changed)
