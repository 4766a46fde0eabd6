"""A year of receipts is not a year of the books, and the difference is told to the cent (C3, C8)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from donations import entering
from donations.dating import Basis
from donations.models import Donation
from ledger.money import Money
from reports import crossing_years, listing, timelines
from reports.filtering import Filters
from tests import facts
from tests.campaigns import making
from tests.donations import desk
from tests.donations.test_restating import restate

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 12, 30, 15, tzinfo=UTC)


def check(minor: int, *, came_on: date, mailed_on: date | None = None) -> Donation:
    days = {Basis.RECEIVED: came_on} | ({Basis.POSTMARK: mailed_on} if mailed_on else {})
    gift = desk.check(amount=Money(minor, "USD"), came_on=came_on, days=days)
    return entering.enter(gift=gift, actor=facts.staff_member(), now=LATER)


def test_c3_gifts_between_the_years_are_listed_in_both() -> None:
    between = check(100_00, came_on=date(2026, 1, 3), mailed_on=date(2025, 12, 31))
    check(50_00, came_on=date(2026, 1, 3), mailed_on=date(2026, 1, 2))
    for year in (2025, 2026):
        [row] = crossing_years.crossings(entity=making.entity(), year=year)
        assert (row.donation_id, row.given_on, row.booked_on) == (
            between.pk,
            date(2025, 12, 31),
            date(2026, 1, 3),
        )
        assert (row.donor, row.date_rule, row.amount) == ("Grace Kim", "postmark", Money(100_00, "USD"))
    assert crossing_years.crossings(entity=making.entity(), year=2024) == []


def test_c8_a_fiscal_year_that_ends_in_june_is_bridged_to_the_donors_year() -> None:
    check(1_00, came_on=date(2025, 3, 1))
    check(20_00, came_on=date(2025, 8, 1))
    check(300_00, came_on=date(2026, 4, 1))
    check(4_000_00, came_on=date(2026, 1, 3), mailed_on=date(2025, 12, 31))
    check(50_000_00, came_on=date(2026, 9, 1))
    [bridge] = crossing_years.bridge(entity=making.entity(), tax_year=2025, ends_in_month=6)
    assert (bridge.fiscal_from, bridge.fiscal_to) == (date(2025, 7, 1), date(2026, 6, 30))
    told = [sum.minor for sum in (bridge.fiscal, bridge.after, bridge.before, bridge.moved, bridge.tax)]
    assert told == [4_320_00, 4_300_00, 1_00, 4_000_00, 4_021_00]
    assert bridge.ties


@pytest.mark.parametrize(
    ("month", "last"), [(12, date(2025, 12, 31)), (2, date(2026, 2, 28)), (11, date(2026, 11, 30))]
)
def test_the_last_day_of_a_fiscal_year(month: int, last: date) -> None:
    first, end = crossing_years.fiscal_year(ends_in_month=month, tax_year=2025)
    assert end == last
    assert first.day == 1


def test_without_a_difference_the_two_years_are_one() -> None:
    check(20_00, came_on=date(2025, 8, 1))
    [bridge] = crossing_years.bridge(entity=making.entity(), tax_year=2025, ends_in_month=12)
    assert bridge.ties
    assert bridge.fiscal == bridge.tax == Money(20_00, "USD")


def test_a_gift_of_the_desk_has_no_fee_and_waits_for_no_settlement() -> None:
    gift = check(20_00, came_on=date(2026, 8, 1))
    facts.donation()
    [total] = listing.totals(filters=Filters())
    assert (total.count, total.unsettled, total.net) == (2, 0, Money(20_00 + 100_00 - 3_20, "USD"))
    row = next(row for row in listing.page(filters=Filters(), language="en").rows if row.id == gift.pk)
    assert (row.fee, row.net) == (Money(0, "USD"), Money(20_00, "USD"))


def test_a_corrected_day_is_found_where_it_lies_now() -> None:
    gift = check(20_00, came_on=date(2026, 8, 1))
    restate(gift, given_on=date(2026, 2, 1))
    for wanted, found in [((2, 1), {gift.pk}), ((8, 1), set())]:
        day = date(2026, *wanted)
        page = listing.page(filters=Filters(given_from=day, given_to=day), language="en")
        assert {row.id for row in page.rows} == found


def test_the_history_of_a_gift_of_the_desk() -> None:
    gift = desk.enter(desk.check())
    restate(gift, kind="property", description="Coats")
    gift = Donation.objects.select_related("entity", "plan", "checkout").get(pk=gift.pk)
    entries = timelines.entries(donation=gift)
    assert [entry.kind for entry in entries] == ["donation", "adjustment"]
    told = {moment.kind: moment for moment in timelines.of(donation=gift, entries=entries)}
    assert set(told) == {"given", "entered", "corrected"}
    assert told["corrected"].target == ("entry", entries[1].pk)
