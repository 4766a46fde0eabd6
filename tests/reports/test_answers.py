"""What reports say equals a naive count of random histories: by year and fiscal year, body, campaign and both (F8)."""

from __future__ import annotations

import uuid
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import pytest

from donations import folding, rebuilding
from ledger.money import Money
from reports.answers import asking, banding, campaigning, comparing, grouping, retaining, returning
from reports.answers.asking import Asked, Span
from tests.facts import NOW
from tests.reports import naive
from tests.reports.history import History

DAY = NOW.date()
Years = dict[uuid.UUID, dict[int, int]]


def asked(year: int = 2025, **given: object) -> Asked:
    return Asked(**{"today": DAY, "currency": "USD", "year": year, **given})  # type: ignore[arg-type]


SCOPES = [
    asked(),
    asked(2026),
    asked(2024, currency="KRW"),
    asked(entity="KR"),
    asked(2026, campaign="family"),
    asked(entity="US", campaign="well"),
    asked(2026, ends_in_month=6),
    asked(2025, entity="US", ends_in_month=3),
]


def history(seed: int) -> list[naive.Gift]:
    """A random history, half of it folded, and its gifts."""
    made = History(seed)
    made.run(50)
    folding.fold_gifts(most=20)
    made.run(10)
    return naive.gifts()


def within(one: Asked, gifts: Iterable[naive.Gift], span: Span | None = None) -> list[naive.Gift]:
    return [
        gift
        for gift in gifts
        if gift.currency == one.currency
        and one.entity in ("", gift.entity)
        and one.campaign in ("", gift.campaign)
        and (span is None or gift.on in span)
    ]


def year_of(one: Asked, day: date) -> int:
    return day.year + (day.month > one.ends_in_month)


def years(one: Asked, gifts: Iterable[naive.Gift]) -> Years:
    """What is kept of each giver's gifts by the years that report means; years of which nothing stayed are none."""
    sums: Years = defaultdict(lambda: defaultdict(int))
    for gift in within(one, gifts):
        if gift.stays:
            sums[gift.donor][year_of(one, gift.on)] += gift.amount - gift.back
    return {donor: dict(found) for donor, found in sums.items()}


def group_of(given: dict[int, int], group: str, year: int, first: int) -> int | None:
    """The newest year a group speaks of, for a giver who is in it."""
    earlier = [each for each in given if each < year]
    now, last = given.get(year), given.get(year - 1)
    newest = max(earlier, default=None)
    if group == "ever":
        return max(given)
    if group in {"lybunt", "sybunt", "lapsed"}:
        if now is not None or newest is None:
            return None
        return {"lybunt": newest if last else None, "sybunt": newest, "lapsed": None if last else newest}[
            group
        ]
    if now is None:
        return None
    is_in = {
        "gave": True,
        "new": not earlier,
        "regained": bool(earlier) and last is None,
        "stayed": last is not None,
        "more": last is not None and now > last,
        "same": last is not None and now == last,
        "less": last is not None and now < last,
        "cohort": min(given) == first,
    }
    return year if is_in[group] else None


def everybody(one: Asked, group: str, first: int) -> list[grouping.Giver]:
    rows: list[grouping.Giver] = []
    after = ""
    while True:
        page = grouping.page(one, group=group, first=first, after=after, size=2)
        rows, after = [*rows, *page.rows], page.older
        if not after:
            return rows


def check_groups_hold_who_belongs_in_them(history: list[naive.Gift], one: Asked) -> None:
    given = years(one, history)
    first = one.year - 1
    for group in grouping.GROUPS:
        expected = {}
        for donor, sums in given.items():
            year = group_of(sums, group, one.year, first)
            if year is not None:
                until = sum(kept for each, kept in sums.items() if each <= year)
                expected[donor] = (year, sums[year], until, min(sums))
        rows = everybody(one, group, first)
        found = {row.id: (row.latest_year, row.latest.minor, row.ever.minor, row.first_year) for row in rows}
        assert found == expected, group
        assert len(rows) == len(expected)
        if group == "ever":
            assert rows == sorted(rows, key=lambda row: (-row.ever.minor, row.id))
        else:
            assert rows == sorted(rows, key=lambda row: (-row.latest_year, -row.latest.minor, row.id))
        assert grouping.page(one, group=group, first=first, size=None) == grouping.Page(rows, "")
        told = grouping.sums(one, group=group, first=first)
        assert told.donors == len(rows)
        of_all = [sum(sums.values()) for sums in given.values()]
        assert told.latest.minor == (
            sum(of_all) if group == "ever" else sum(row.latest.minor for row in rows)
        )
        assert told.now.minor == sum(given[row.id].get(one.year, 0) for row in rows)
        if group != "ever":
            assert told.now.minor == sum(row.now.minor for row in rows)
            assert told.last.minor == sum(row.last.minor for row in rows)
            assert told.last.minor == sum(given[row.id].get(one.year - 1, 0) for row in rows)


def check_retention_and_cohorts(history: list[naive.Gift], one: Asked) -> None:
    given = years(one, history)
    for row in retaining.retention(one):
        gave = [sums for sums in given.values() if row.year in sums]
        assert row.donors == len(gave)
        assert row.before == sum(row.year - 1 in sums for sums in given.values())
        assert row.stayed == sum(row.year - 1 in sums for sums in gave)
        assert row.new == sum(min(sums) == row.year for sums in gave)
    for cohort in retaining.cohorts(one, years=20):
        began = [sums for sums in given.values() if min(sums) == cohort.first]
        assert cohort.size == len(began)
        for year in range(cohort.first, one.year + 1):
            assert cohort.donors.get(year, 0) == sum(year in sums for sums in began)
            kept = cohort.kept.get(year, Money(0, one.currency))
            assert kept.minor == sum(sums.get(year, 0) for sums in began)


def check_changes_explain_the_whole_difference(history: list[naive.Gift], one: Asked) -> None:
    given = years(one, history)
    found = retaining.changes(one)
    for change in found:
        group = change.kind
        mine = [sums for sums in given.values() if group_of(sums, group, one.year, 0) is not None]
        assert change.donors == len(mine), group
        assert change.now.minor == sum(sums.get(one.year, 0) for sums in mine)
        assert change.last.minor == sum(sums.get(one.year - 1, 0) for sums in mine)
    everything = sum(sums.get(one.year, 0) - sums.get(one.year - 1, 0) for sums in given.values())
    assert sum(change.difference.minor for change in found) == everything


def check_sums(found: comparing.Sums, gifts: list[naive.Gift], of_the_year: list[naive.Gift]) -> None:
    recorded, undone, given, back = naive.figures(gifts)
    assert (found.gifts, found.given.minor, found.back.minor) == (recorded - undone, given, back)
    assert found.donors == len({gift.donor for gift in of_the_year if gift.stays})


def check_a_year_beside_the_same_days_of_the_year_before(history: list[naive.Gift], one: Asked) -> None:
    found = comparing.sums(one)
    former = asking.year_of(one.year - 1, ends_in_month=one.ends_in_month)
    check_sums(found.now, within(one, history, one.so_far), within(one, history, one.span))
    check_sums(found.before, within(one, history, one.before), within(one, history, former))
    for month in comparing.by_month(one):
        now = within(one, history, asking.month_of(month.first))
        before = within(one, history, asking.month_of(asking.year_earlier(month.first)))
        if month.now is not None:
            assert month.now.minor == sum(gift.amount - gift.back for gift in now)
        assert month.before.minor == sum(gift.amount - gift.back for gift in before)
        assert (month.now is None) == (month.first > one.today)
    parts = {part.key: part for part in comparing.by_campaign(one)}
    for slug in {gift.campaign for gift in history}:
        mine = [gift for gift in within(one, history, one.so_far) if gift.campaign == slug]
        kept = sum(gift.amount - gift.back for gift in mine)
        assert (parts[slug].now.minor if slug in parts else 0) == kept


def check_bands_hold_every_gift_once(history: list[naive.Gift], one: Asked) -> None:
    gifts = within(one, history, one.span)
    found = banding.bands(one)
    assert sum(band.gifts for band in found) == len(gifts)
    for band in found:
        mine = [
            gift
            for gift in gifts
            if band.least.minor <= gift.amount and (band.below is None or gift.amount < band.below.minor)
        ]
        assert band.gifts == len(mine)
        assert band.given.minor == sum(gift.amount for gift in mine)
        assert band.kept.minor == sum(gift.amount - gift.back for gift in mine)


def check_codes(gifts: list[naive.Gift], found: list[returning.Return], begun: dict[uuid.UUID, date]) -> None:
    """What came by each code and by none; a person is new by a code that a gift of their first day came by."""
    assert {one.code for one in found} == {gift.source for gift in gifts}
    for one in found:
        mine = [gift for gift in gifts if gift.source == one.code]
        recorded, undone, given, back = naive.figures(mine)
        assert (one.gifts, one.given.minor, one.back.minor) == (recorded - undone, given, back)
        kept = [gift for gift in mine if gift.stays]
        people = len({gift.donor for gift in kept})
        new = len({gift.donor for gift in kept if gift.on == begun[gift.donor]})
        assert (one.donors, one.new) == ((people, new) if one.code else (None, None)), one.code
    assert found == sorted(found, key=lambda one: (one.code == "", -one.kept.minor, one.code))


def check_what_came_by_each_code(history: list[naive.Gift], one: Asked) -> None:
    begun: dict[uuid.UUID, date] = {}
    for gift in within(one, history):
        if gift.stays:
            begun[gift.donor] = min(gift.on, begun.get(gift.donor, gift.on))
    check_codes(within(one, history, one.span), returning.by_code(one), begun)
    check_codes(within(one, history), returning.ever_by_code(one), begun)


def check_campaigns(history: list[naive.Gift]) -> None:
    one = asked()
    for row in campaigning.all_raised(one):
        mine = [gift for gift in within(one, history) if gift.campaign == row.campaign.slug]
        recorded, undone, given, back = naive.figures(mine)
        assert (row.gifts, row.given.minor, row.back.minor) == (recorded - undone, given, back)
        assert row.donors == len({gift.donor for gift in mine if gift.stays})


CHECKS = (
    check_groups_hold_who_belongs_in_them,
    check_retention_and_cohorts,
    check_changes_explain_the_whole_difference,
    check_a_year_beside_the_same_days_of_the_year_before,
    check_bands_hold_every_gift_once,
    check_what_came_by_each_code,
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "seed",
    [11, *(pytest.param(seed, marks=[pytest.mark.slow, pytest.mark.no_cover]) for seed in range(12, 17))],
)
def test_reports_equal_a_naive_count(seed: int) -> None:
    gifts = history(seed)
    for one in SCOPES:
        for check in CHECKS:
            check(gifts, one)
    check_campaigns(gifts)


def test_reports_say_the_same_after_a_fold_and_after_a_rebuild(db: None) -> None:
    gifts = history(7)
    for settle in (folding.fold_all, rebuilding.rebuild):
        settle()
        for check in CHECKS:
            check(gifts, asked(2026))
        check_campaigns(gifts)


def test_a_cursor_that_nobody_made_is_refused(db: None) -> None:
    huge = urlsafe_b64encode(f"2025|{10**30}|{uuid.uuid4()}".encode()).decode().rstrip("=")
    for wrong in ("x", "ä", "MTIz", "fA", huge):
        with pytest.raises(grouping.NoSuchCursor):
            grouping.page(asked(), group="gave", after=wrong)


def test_years_and_days() -> None:
    assert asked(2026, ends_in_month=6).span == Span(date(2025, 7, 1), date(2026, 6, 30))
    assert asked(2026).so_far == Span(date(2026, 1, 1), DAY)
    assert asked(2026).before == Span(date(2025, 1, 1), date(2025, 11, 20))
    assert asked(2025).before == Span(date(2024, 1, 1), date(2024, 12, 31))
    assert asked(2027).so_far == Span(date(2027, 1, 1), date(2027, 1, 1))
    leap = Asked(today=date(2024, 2, 29), currency="USD", year=2024)
    assert leap.before.last == date(2023, 2, 28)
    assert asking.current_year(today=date(2026, 7, 1), ends_in_month=6) == 2027
    assert asking.month_after(date(2026, 11, 1), 2) == date(2027, 1, 1)
    assert asking.month_after(date(2026, 1, 1), -1) == date(2025, 12, 1)
    assert asking.month_of(date(2024, 2, 1)).last == date(2024, 2, 29)
    assert len(asking.months(asked(2026, ends_in_month=6).span)) == 12
