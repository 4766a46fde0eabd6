"""The reports of funds tie, whatever happened: restricted funds, activities by class, the bridge of years (B17, C8)."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from books import measuring, releasing, transferring
from books.models import Release
from books.releasing import UnableToRelease
from books.transferring import UnableToTransfer
from donations import entering
from donations.dating import Basis
from donations.models import Donation
from ledger.models import Fund
from ledger.money import Money
from receipts.models import Issuer
from reports import activities, bridging_years, exporting, narrowing, restricted_funds, selfchecking
from reports.narrowing import Narrow
from reports.restricted_funds import Report, Row
from tests import facts
from tests.books import holding
from tests.books.holding import PAPER, TODAY, center, moved, opened, released, usd
from tests.campaigns import making
from tests.donations import desk
from tests.facts import NOW

NOVEMBER = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}


def report(**days: date) -> Report:
    return restricted_funds.report(entity=making.entity(), language="en", **{**NOVEMBER, **days})


def row(found: Report, code: str = "CTR", currency: str = "USD") -> Row:
    return next(one for one in found.rows if one.fund and one.fund.code == code and one.currency == currency)


def cents(one: Row) -> tuple[int, ...]:
    return tuple(amount.minor for amount in (one.opening, one.received, one.released, one.moved, one.closing))


def check_at(day: date, minor: int, fund: Fund) -> Donation:
    made = desk.check(amount=usd(minor), parts=[(fund, usd(minor))], came_on=day, days={Basis.RECEIVED: day})
    return entering.enter(gift=made, actor=facts.staff_member(), now=NOW)


@pytest.mark.django_db
def test_b17_closing_is_opening_plus_received_less_released_more_or_less_what_was_moved() -> None:
    annex = making.fund("ANX")
    check_at(date(2026, 10, 5), 100_000, center())
    released(20_000, released_on=date(2026, 10, 20))
    check_at(date(2026, 11, 3), 50_000, center())
    released(30_000)
    moved(10_000, fund_from=center(), fund_to=annex, is_restricted=True)
    found = report()
    assert cents(row(found)) == (80_000, 50_000, 30_000, -10_000, 90_000)
    assert cents(row(found, "ANX")) == (0, 0, 0, 10_000, 10_000)
    assert cents(found.totals[0]) == (80_000, 50_000, 30_000, 0, 100_000)
    assert (found.ties, found.untied, found.ledger) == (True, [], {"USD": usd(100_000)})
    assert [one.restriction for one in found.by_restriction] == ["purpose"]
    october = report(first=date(2026, 10, 1), last=date(2026, 10, 31))
    assert cents(row(october)) == (0, 100_000, 20_000, 0, 80_000)


@pytest.mark.django_db
def test_b17_by_restriction_and_currency() -> None:
    later, ever = making.fund("NEXT", restriction="time"), making.fund("EVER", restriction="perpetual")
    for fund, minor in ((center(), 100), (later, 200), (ever, 300)):
        check_at(TODAY, minor, fund)
    desk.enter(desk.check(amount=Money(5_000, "KRW"), parts=[(center(), Money(5_000, "KRW"))]))
    found = report()
    assert {(one.restriction, one.currency): one.closing.minor for one in found.by_restriction} == {
        ("purpose", "KRW"): 5_000,
        ("purpose", "USD"): 100,
        ("time", "USD"): 200,
        ("perpetual", "USD"): 300,
    }
    assert [(one.currency, one.closing.minor) for one in found.totals] == [("KRW", 5_000), ("USD", 600)]
    assert found.ties


@pytest.mark.django_db
def test_b17_what_the_books_hold_and_nobody_released_is_shown_as_a_difference(
    check_laws: Callable[[], None],
) -> None:
    check_at(TODAY, 100_000, center())
    made = released(30_000)
    check_laws()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE books_release SET amount_minor = 29000 WHERE id = %s", [made.pk])
    found = report()
    assert not found.ties
    assert [difference for _, difference in found.untied] == [usd(-1_000)]
    assert row(found).difference == usd(-1_000)


@pytest.mark.django_db
def test_b17_the_total_ties_to_the_journal_that_leaves_the_house() -> None:
    check_at(date(2026, 10, 5), 100_000, center())
    check_at(date(2026, 11, 3), 50_000, center())
    opened(30_000)
    found = row(report())
    file = b"".join(exporting.journal(booked_from=NOVEMBER["first"], booked_to=NOVEMBER["last"]))
    lines = csv.DictReader(io.StringIO(file.decode()))
    change = sum(
        Decimal(line["credit"] or 0) - Decimal(line["debit"] or 0)
        for line in lines
        if line["account_code"] in ("4100", "4910", "4960") and line["fund_code"] == "CTR"
    )
    assert Decimal((found.closing - found.opening).plain) == change == Decimal("200.00")


@pytest.mark.django_db
def test_a_narrowed_file_holds_the_lines_of_the_narrowed_page() -> None:
    coats = desk.enter(desk.thing(parts=[(center(), usd(200_000))]))
    check_at(TODAY, 100, center())
    asked = Narrow(account="contributions", what=narrowing.IN_KIND, entity=making.entity().code)
    file = b"".join(
        exporting.journal(booked_from=None, booked_to=None, narrowed=narrowing.as_condition(asked))
    )
    rows = list(csv.DictReader(io.StringIO(file.decode())))
    assert [(one["source_id"], one["credit"]) for one in rows] == [(f"hand:{coats.pk}", "2000.00")]
    assert narrowing.turnover(asked) == [(usd(0), usd(200_000))]
    money = narrowing.turnover(replace(asked, what=narrowing.MONEY))
    assert money == [(usd(0), usd(100))]


@pytest.mark.django_db
def test_the_statement_of_a_year_without_anything_is_empty() -> None:
    assert activities.statements(entity=making.entity(), **NOVEMBER) == []


@pytest.mark.django_db
def test_fees_are_borne_without_restrictions_and_exchange_stays_in_its_class() -> None:
    facts.donation({center(): 50_000}, currency="KRW", entity=making.entity())
    told = {one.currency: one for one in activities.statements(entity=making.entity(), **NOVEMBER)}
    assert told["USD"].ties
    assert told["KRW"].ties
    exchange = next(line for line in told["USD"].expenses if line.code == "7900")
    assert (exchange.without, exchange.with_) == (usd(0), usd(50_000))
    fees = next(line for line in told["USD"].expenses if line.code == "5100")
    assert (fees.without, fees.with_) == (usd(-320), usd(0))
    assert told["KRW"].closing.with_ == Money(0, "KRW")


@pytest.mark.django_db
def test_c8_the_fiscal_year_and_the_receipts_of_the_calendar_year_are_bridged_row_by_row() -> None:
    entity, fund = making.entity(), center()
    Issuer.objects.update_or_create(
        entity=entity, defaults={"law": "US", "fiscal_year_end_month": 6, "changed_at": NOW}
    )
    late = datetime(2026, 7, 1, tzinfo=UTC)
    for day, minor in (
        (date(2025, 3, 1), 10_000),
        (date(2025, 8, 1), 20_000),
        (date(2026, 2, 1), 40_000),
    ):
        check_at(day, minor, fund)
    desk.enter(
        desk.thing(
            came_on=date(2025, 9, 1), days={Basis.HAND: date(2025, 9, 1)}, parts=[(fund, usd(200_000))]
        )
    )
    crossing = desk.check(
        amount=usd(5_000), parts=[(fund, usd(5_000))], came_on=date(2026, 1, 3),
        days={Basis.POSTMARK: date(2025, 12, 31), Basis.RECEIVED: date(2026, 1, 3)},
    )  # fmt: skip
    desk.enter(crossing)
    facts.paperwork()
    [one] = bridging_years.bridge(entity=entity, tax_year=2025, ends_in_month=6)
    assert late > datetime(one.fiscal_to.year, 6, 30, tzinfo=UTC)
    assert (one.fiscal_from, one.fiscal_to) == (date(2025, 7, 1), date(2026, 6, 30))
    books = {found.code: found.amount.minor for found in one.books}
    assert books == {"booked": 265_000, "after": -45_000, "before": 10_000, "moved": 5_000}
    assert one.given == usd(235_000)
    papers = {found.code: (found.amount.minor, found.count) for found in one.papers}
    assert papers == {"described": (-200_000, 1)}
    assert (one.receipted, one.difference) == (usd(35_000), usd(0))


Deed = tuple[str, int, int]
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["gift", "refund", "release", "reverse", "move", "free"]),
        st.integers(min_value=1, max_value=50_000),
        st.integers(min_value=0, max_value=3),
    ),
    max_size=14,
)


class AnyHistory(TestCase):
    """Gifts, refunds, releases, reversals and transfers in any order: the report ties, and no law is broken."""

    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(deeds=DEEDS)
    def test_the_report_ties_after_any_history(self, deeds: list[Deed]) -> None:
        funds = [center(), making.fund("ANX"), making.fund("NEXT", restriction="time"), facts.general()]
        for deed, minor, place in deeds:
            _do(deed, minor, funds[place], funds[(place + 1) % 2])
        found = report()
        assert found.ties
        assert all(not one.difference for one in found.rows)
        for one in found.rows:
            assert one.fund is not None
            held = measuring.restricted(fund_id=one.fund.pk, currency=one.currency)
            assert one.closing == held
        assert all(told.ties for told in activities.statements(entity=making.entity(), **NOVEMBER))
        broken = [told for told in selfchecking.run(now=NOW) if not told.holds]
        assert [told.rows for told in broken if told.code in {"I3", "I60", "I61", "I62", "I63"}] == []


def _do(deed: str, minor: int, fund: Fund, other: Fund) -> None:
    """One deed as somebody might do it; what is refused changes nothing."""
    if deed == "gift":
        facts.donation({fund: minor}, entity=making.entity())
    elif deed == "refund":
        gift = Donation.objects.filter(designations__fund=fund).order_by("recorded_at", "id").first()
        if gift is not None and not gift.refunds.exists():
            facts.refund(gift, min(minor, gift.amount_minor))
    elif deed == "reverse":
        made = Release.objects.filter(reverses__isnull=True).order_by("recorded_at", "id").first()
        if made is not None:
            releasing.reverse(release_id=made.pk, reason="Wrong", actor=facts.staff_member(), now=NOW)
    else:
        _use(deed, minor, fund, other)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _use(deed: str, minor: int, fund: Fund, other: Fund) -> None:
    left = measuring.restricted(fund_id=fund.pk, currency="USD").minor
    kind = Release.Kind.TIME if fund.restriction == "time" else Release.Kind.PURPOSE
    try:
        if deed == "release":
            wanted = holding.wanted(minor, fund=fund, kind=kind)
            releasing.release(wanted=wanted, paper=PAPER, actor=facts.staff_member(), now=NOW)
            assert minor <= left
            return
        move = holding.move(
            minor, fund_from=fund, fund_to=other, is_restricted=deed == "move", id=uuid.uuid4()
        )
        asked = transferring.ask(move=move, paper=PAPER, actor=facts.staff_member(), now=NOW)
        transferring.approve(request_id=asked.pk, actor=holding.second(), now=NOW + timedelta(minutes=1))
    except (UnableToRelease, UnableToTransfer) as error:
        if error.code not in {"above", "same", "class", "unrestricted"}:
            raise
