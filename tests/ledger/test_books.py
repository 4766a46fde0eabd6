"""Posting, closing and balances on the real database, two at once where two may come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import balances, closing, posting
from ledger.models import Entry, Line, PeriodClose
from ledger.money import Money
from ledger.posting import Posting
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW
from tests.refusing import refused_by

TEN = Money(1_000, "USD")


def post(
    source: str = "test:1", *, happened_at: datetime = NOW, amount: Money = TEN, **given: object
) -> int | None:
    fund = making.any_fund()
    lines = [Posting("1100", fund.pk, amount), Posting("4100", fund.pk, -amount, "family")]
    values: dict[str, object] = {"postings": lines, "kind": Entry.Kind.DONATION, **given}
    return posting.post(entity=making.entity(), source=source, happened_at=happened_at, now=NOW, **values)  # type: ignore[arg-type]


def booked(number: int | None) -> date:
    return Entry.objects.get(id=number or 0).booked_on


def test_an_entry_is_written_with_its_lines(db: None, check_laws: Callable[[], None]) -> None:
    number = post(memo="m" * 300)
    check_laws()
    entry = Entry.objects.get(id=number or 0)
    assert (entry.line_count, len(entry.memo), entry.booked_on) == (2, 200, date(2026, 11, 20))
    assert [line.amount for line in entry.lines.order_by("id")] == [TEN, -TEN]
    assert str(entry) == "donation test:1"


def test_a_fact_is_posted_once(db: None) -> None:
    first = post()
    assert first is not None
    assert post(amount=Money(7, "USD")) is None
    assert Line.objects.count() == 2


def test_zero_lines_are_left_out_and_nothing_is_not_posted(db: None) -> None:
    fund = making.any_fund()
    zero = [Posting("1100", fund.pk, Money(0, "USD")), Posting("4100", fund.pk, Money(0, "USD"))]
    assert post("zero", postings=zero) is None
    number = post("some", postings=[*zero, Posting("1100", fund.pk, TEN), Posting("4000", fund.pk, -TEN)])
    assert Entry.objects.get(id=number or 0).line_count == 2
    assert not Entry.objects.filter(source="zero").exists()


def test_a_reversal_names_what_it_reverses(db: None) -> None:
    first = post("charge:1")
    second = post("refund:1", amount=-TEN, reverses="charge:1")
    assert Entry.objects.get(id=second or 0).reverses_id == first
    assert Entry.objects.get(id=first or 0).reverses_id is None


def test_the_same_fact_from_many_workers_is_one_entry(committed_db: None) -> None:
    making.any_fund()
    numbers = threads.results(threads.at_once([lambda: post("charge:same")] * 6))
    assert len([number for number in numbers if number is not None]) == 1
    assert Entry.objects.count() == 1
    assert Line.objects.count() == 2


def test_the_second_worker_waits_and_posts_when_the_first_is_rolled_back(committed_db: None) -> None:
    making.any_fund()
    posted, may_end = Event(), Event()

    def first() -> None:
        with transaction.atomic():
            post("charge:same")
            posted.set()
            may_end.wait(20)
            transaction.set_rollback(True)

    def second() -> int | None:
        posted.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        may_end.set()
        return post("charge:same")

    outcomes = threads.results(threads.at_once([first, second]))
    assert outcomes[1] is not None
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("happened_at", "day"),
    [
        (datetime(2026, 11, 20, 4, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2027, 1, 1, 4, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_the_booking_day_is_the_entitys_own(db: None, happened_at: datetime, day: date) -> None:
    assert booked(post(happened_at=happened_at)) == day


def test_after_a_close_the_books_get_it_on_the_first_open_day(db: None) -> None:
    entity = making.entity()
    closing.close(entity=entity, through_on=date(2026, 11, 15), closed_by="user:1", now=NOW)
    closing.close(entity=entity, through_on=date(2026, 11, 17), closed_by="user:1", now=NOW)
    number = post(happened_at=NOW - timedelta(days=9))
    entry = Entry.objects.get(id=number or 0)
    assert (entry.booked_on, entry.happened_at) == (date(2026, 11, 18), NOW - timedelta(days=9))
    assert entry.memo == "Of 2026-11-11, a period that is closed."
    assert booked(post("now", happened_at=NOW)) == date(2026, 11, 20)


def test_the_checksum_of_a_closed_period_stays(db: None) -> None:
    entity = making.entity()
    post("before", happened_at=NOW - timedelta(days=5))
    closed = closing.close(entity=entity, through_on=date(2026, 11, 17), closed_by="user:1", now=NOW)
    for source, days in (("late", 6), ("now", 0), ("next", 1)):
        post(source, happened_at=NOW - timedelta(days=days))
    assert closing.checksum(entity_id=entity.pk, through_on=closed.through_on) == closed.checksum
    assert closing.checksum(entity_id=entity.pk, through_on=date(2026, 11, 20)) != closed.checksum
    assert str(closed).endswith("closed through 2026-11-17")


def test_an_empty_period_can_be_closed(db: None) -> None:
    closed = closing.close(entity=making.entity(), through_on=date(2020, 1, 1), closed_by="user:1", now=NOW)
    assert len(closed.checksum) == 64


@pytest.mark.parametrize("through_on", [date(2026, 11, 20), date(2026, 11, 21)])
def test_a_day_that_is_not_over_cannot_be_closed(db: None, through_on: date) -> None:
    with pytest.raises(closing.UnableToClose, match="not over"):
        closing.close(entity=making.entity(), through_on=through_on, closed_by="user:1", now=NOW)


def test_a_day_ends_where_the_entity_is(db: None) -> None:
    evening_in_new_york = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    with pytest.raises(closing.UnableToClose, match="not over"):
        closing.close(
            entity=making.entity(), through_on=date(2026, 11, 20), closed_by="u", now=evening_in_new_york
        )
    later = evening_in_new_york + timedelta(hours=3)
    assert closing.close(entity=making.entity(), through_on=date(2026, 11, 20), closed_by="u", now=later).pk


def test_periods_are_closed_in_order_and_once(db: None) -> None:
    entity = making.entity()
    closing.close(entity=entity, through_on=date(2026, 11, 17), closed_by="user:1", now=NOW)
    for day in (16, 17):
        with pytest.raises(closing.UnableToClose, match="closed through"):
            closing.close(entity=entity, through_on=date(2026, 11, day), closed_by="user:1", now=NOW)


def test_no_entry_is_booked_into_a_closed_period(db: None) -> None:
    entity = making.entity()
    closing.close(entity=entity, through_on=date(2026, 11, 17), closed_by="user:1", now=NOW)
    for day in (17, 1):
        with refused_by("entry_in_open_period"):
            Entry.objects.create(
                entity=entity,
                kind="adjustment",
                source=f"sneaked in {day}",
                happened_at=NOW,
                booked_on=date(2026, 11, day),
                line_count=2,
                recorded_at=NOW,
            )


def somebody_waits() -> bool:
    """Whether, before long, another session waits for a lock of this one."""
    with connection.cursor() as cursor:
        for _ in range(50_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the first look is kept
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return True
    return False


def test_an_entry_under_way_and_a_close_take_turns(committed_db: None) -> None:
    """Without turns the close would hash the lines it can see, and the entry would slip in afterwards."""
    entity, day = making.entity(), date(2026, 11, 17)
    making.any_fund()
    written = Event()

    def post_slowly() -> bool:
        with transaction.atomic():
            post("slow", happened_at=NOW - timedelta(days=3))
            written.set()
            return somebody_waits()

    def close() -> bool:
        written.wait(20)
        closing.close(entity=entity, through_on=day, closed_by="user:1", now=NOW)
        return True

    assert threads.results(threads.at_once([post_slowly, close])) == [True, True]
    assert Entry.objects.get().booked_on == day
    assert closing.checksum(entity_id=entity.pk, through_on=day) == PeriodClose.objects.get().checksum


def test_an_entry_that_waited_for_a_close_is_refused_and_comes_again_on_an_open_day(
    committed_db: None,
) -> None:
    entity, day = making.entity(), date(2026, 11, 17)
    making.any_fund()
    closed = Event()

    def close_slowly() -> bool:
        with transaction.atomic():
            closing.close(entity=entity, through_on=day, closed_by="user:1", now=NOW)
            closed.set()
            return somebody_waits()

    def post_late() -> bool:
        closed.wait(20)
        with pytest.raises(IntegrityError, match="the books are closed on 2026-11-17"):
            post("late", happened_at=NOW - timedelta(days=3))
        return True

    assert threads.results(threads.at_once([close_slowly, post_late])) == [True, True]
    assert booked(post("late", happened_at=NOW - timedelta(days=3))) == date(2026, 11, 18)


def test_balances_are_sums_of_lines(db: None) -> None:
    gift = facts.donation()
    facts.refund(gift, 2_500)
    assert balances.of_account(code="1100", currency="USD") == Money(10_000 - 320 - 2_500, "USD")
    assert balances.of_account(code="5100", currency="USD") == Money(320, "USD")
    assert balances.of_account(code="1000", currency="KRW") == Money(0, "KRW")
    assert balances.received(segments=["family", "unknown"]) == {"family": [Money(7_500, "USD")]}
    facts.donation(currency="KRW")
    assert balances.received(segments=["family"]) == {"family": [Money(10_000, "KRW"), Money(7_500, "USD")]}
