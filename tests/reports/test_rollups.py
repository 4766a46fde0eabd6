"""Figures of dashboards equal a naive count of random histories, folded, half folded or not (F8)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date

import pytest

from donations import folding, rebuilding
from ledger.money import Money
from reports import givers, rollups
from reports.givers import Giver, Kind
from reports.rollups import Given, Scope
from tests import facts
from tests.facts import NOW
from tests.reports import naive
from tests.reports.history import History

DAY = NOW.date()
SCOPES = [Scope(), Scope(entity="US"), Scope(entity="KR"), Scope(campaign="family"), Scope(campaign="seoul")]
CURRENCIES = ("KRW", "USD")
ASKED = (2022, 2024, 2025, 2026, 2027)


def within(scope: Scope, gifts: Iterable[naive.Gift]) -> list[naive.Gift]:
    return [
        gift for gift in gifts if scope.entity in ("", gift.entity) and scope.campaign in ("", gift.campaign)
    ]


def told(given: Given) -> tuple[int, int, int, int]:
    return given.recorded, given.undone, given.given.minor, given.back.minor


def days(gifts: Iterable[naive.Gift], first: date, last: date) -> dict[str, tuple[int, int, int, int]]:
    chosen = [gift for gift in gifts if first <= gift.on <= last]
    return {
        currency: naive.figures(gift for gift in chosen if gift.currency == currency)
        for currency in sorted({gift.currency for gift in chosen})
    }


def unless_nothing(found: dict[str, tuple[int, int, int, int]]) -> dict[str, tuple[int, int, int, int]]:
    return {currency: figures for currency, figures in found.items() if any(figures)}


def check_sums(gifts: list[naive.Gift], scope: Scope) -> None:
    for first, last in (
        (date(2024, 2, 10), date(2024, 2, 20)),
        (date(2023, 12, 31), date(2024, 1, 1)),
        (date(2024, 1, 1), date(2025, 3, 1)),
        (date(2022, 5, 17), date(2026, 11, 19)),
        (DAY, DAY),
    ):
        found = {each.currency: told(each) for each in rollups.between(scope=scope, first=first, last=last)}
        assert unless_nothing(found) == days(gifts, first, last), (first, last)
    for day in (DAY, date(2024, 2, 29), date(2025, 1, 1), date(2025, 12, 31)):
        former = rollups.year_before(day)
        compared = rollups.year_to_date(scope=scope, day=day)
        this = {each.currency: told(each.this) for each in compared}
        last_year = {each.currency: told(each.last) for each in compared}
        assert unless_nothing(this) == days(gifts, date(day.year, 1, 1), day)
        assert unless_nothing(last_year) == days(gifts, date(former.year, 1, 1), former)
    for month in rollups.by_month(scope=scope, day=DAY):
        chosen = [
            gift
            for gift in gifts
            if gift.on.replace(day=1) == month.month and gift.currency == month.given.currency
        ]
        assert told(month.given) == naive.figures(chosen)


def check_sizes(gifts: list[naive.Gift], scope: Scope) -> None:
    edges = [Money(minor, "USD") for minor in (0, 10_00, 25_00, 250_00, 500_00)]
    for year in (2024, 2026):
        chosen = [gift for gift in gifts if gift.on.year == year and gift.currency == "USD"]
        for band in rollups.size_bands(scope=scope, year=year, currency="USD", edges=edges):
            above = [gift for gift in chosen if gift.amount >= band.start.minor]
            assert told(band.given) == naive.figures(
                gift for gift in above if band.below is None or gift.amount < band.below.minor
            )


def check_people(gifts: list[naive.Gift], scope: Scope, currency: str) -> None:
    given = naive.years(gift for gift in gifts if gift.currency == currency)
    for kind in Kind:
        for year in [0] if kind is Kind.EVER else ASKED:
            expected = naive.of_kind(kind, given, year)
            pages: list[Giver] = []
            after = ""
            while not pages or after:
                page = givers.page(kind=kind, currency=currency, year=year, scope=scope, after=after, size=3)
                pages, after = [*pages, *page.rows], page.more
                if not page.rows:
                    break
            assert {row.donor_id: (row.year, row.net.minor) for row in pages} == expected, (kind, year)
            assert len(pages) == len(expected)
            assert pages == sorted(pages, key=lambda row: (-row.year, -row.net.minor, row.donor_id))
            assert pages == list(givers.everyone(kind=kind, currency=currency, year=year, scope=scope))
            check_totals(kind, year, scope, currency, expected)
            for row in pages:
                assert row.lifetime.minor == sum(given[row.donor_id].values())
                assert row.first_year == min(given[row.donor_id])


def check_totals(
    kind: Kind, year: int, scope: Scope, currency: str, expected: dict[uuid.UUID, tuple[int, int]]
) -> None:
    counted = givers.total(kind=kind, currency=currency, year=year, scope=scope)
    assert (counted.donors, counted.net.minor) == (len(expected), sum(net for _, net in expected.values()))
    least = Money(2_500, currency)
    above = [net for _, net in expected.values() if net >= least.minor]
    counted = givers.total(kind=kind, currency=currency, year=year, scope=scope, minimum=least)
    assert (counted.donors, counted.net.minor) == (len(above), sum(above))


def check_cohorts(gifts: list[naive.Gift], scope: Scope, currency: str) -> None:
    given = naive.years(gift for gift in gifts if gift.currency == currency)
    expected: dict[tuple[int, int], tuple[int, int]] = {}
    for sums in given.values():
        for year, net in sums.items():
            donors, before = expected.get((min(sums), year), (0, 0))
            expected[min(sums), year] = (donors + 1, before + net)
    found = givers.cohorts(currency=currency, scope=scope)
    assert {(row.first_year, row.year): (row.donors, row.net.minor) for row in found} == expected


def check_campaigns(gifts: list[naive.Gift]) -> None:
    found = {(row.slug, row.ever.currency): row for row in rollups.by_campaign(day=DAY)}
    assert {key for key, row in found.items() if row.ever.recorded} == {
        (gift.campaign, gift.currency) for gift in gifts
    }
    for (slug, currency), row in found.items():
        chosen = [gift for gift in gifts if (gift.campaign, gift.currency) == (slug, currency)]
        assert told(row.ever) == naive.figures(chosen)
        assert row.donors == len(naive.years(chosen))
        assert told(row.this) == naive.figures(gift for gift in chosen if gift.on.year == DAY.year)


def check_all() -> None:
    gifts = naive.gifts()
    check_campaigns(gifts)
    for scope in SCOPES:
        chosen = within(scope, gifts)
        check_sums(chosen, scope)
        if not scope.campaign:
            check_sizes(chosen, scope)
        for currency in CURRENCIES:
            check_people(chosen, scope, currency)
            check_cohorts(chosen, scope, currency)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.slow
@pytest.mark.no_cover
def test_figures_of_a_random_history_equal_a_naive_count(db: None, seed: int) -> None:
    history = History(seed)
    history.run(120)
    check_all()
    folding.fold_all()
    check_all()
    rebuilding.rebuild()
    check_all()


def test_figures_of_a_short_history_equal_a_naive_count(db: None) -> None:
    history = History(7)
    history.run(40)
    gifts = within(Scope(), naive.gifts())
    for settle in (lambda: None, folding.fold_all, rebuilding.rebuild):
        settle()
        check_campaigns(gifts)
        check_sums(gifts, Scope())
        check_sizes(gifts, Scope())
        check_cohorts(gifts, Scope(), "USD")
        for kind, year in ((Kind.LYBUNT, 2026), (Kind.SYBUNT, 2025), (Kind.UPGRADED, 2024)):
            expected = naive.of_kind(
                kind, naive.years(gift for gift in gifts if gift.currency == "USD"), year
            )
            rows = givers.page(kind=kind, currency="USD", year=year).rows
            assert {row.donor_id: (row.year, row.net.minor) for row in rows} == expected
            check_totals(kind, year, Scope(), "USD", expected)


def test_an_unknown_body_or_campaign_is_said_to_be_unknown(db: None) -> None:
    for scope in (Scope(entity="XX"), Scope(campaign="nothing")):
        with pytest.raises(rollups.NoSuchScope):
            rollups.year_to_date(scope=scope, day=DAY)


def test_a_band_begins_at_a_round_amount(db: None) -> None:
    with pytest.raises(ValueError, match="round"):
        rollups.size_bands(year=2026, currency="USD", edges=[Money(12_34, "USD")])
    facts.campaign()
    with pytest.raises(rollups.NoSuchScope):
        rollups.size_bands(scope=Scope(campaign="family"), year=2026, currency="USD", edges=[])


@pytest.mark.parametrize("cursor", ["?", "bm90aGluZw", "MXwyfDM"])
def test_a_cursor_of_nobody_is_refused(db: None, cursor: str) -> None:
    with pytest.raises(givers.NoSuchCursor):
        givers.page(kind=Kind.GAVE, currency="USD", year=2026, after=cursor)


def test_a_year_is_asked_of_every_kind_but_one(db: None) -> None:
    for kind, year in ((Kind.GAVE, 0), (Kind.EVER, 2026)):
        with pytest.raises(ValueError, match="of a year"):
            givers.page(kind=kind, currency="USD", year=year)
    with pytest.raises(ValueError, match="another currency"):
        givers.total(kind=Kind.GAVE, currency="USD", year=2026, minimum=Money(1, "KRW"))


def test_derived_figures(db: None) -> None:
    usd = Callable[[int], Money]
    money: usd = lambda minor: Money(minor, "USD")  # noqa: E731
    three = Given(4, 1, money(100), money(30))
    assert (three.gifts, three.net, three.average, three.currency) == (3, money(70), money(23), "USD")
    assert Given(1, 1, money(5), money(5)).average is None
    nothing = Given(0, 0, money(0), money(0))
    assert rollups.Comparison(three, nothing).change is None
    assert rollups.Comparison(three, Given(1, 0, money(35), money(0))).change == 1000
    assert rollups.months_until(date(2026, 1, 9), 3) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]
    none = givers.movement(currency="USD", year=2026)
    assert none.retention is None
    assert none.of(Kind.SAME).donors == 0
