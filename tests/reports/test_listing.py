"""The list of donations: every filter, pages without gaps, totals that tie to the rows, and few queries."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from donations.models import Donation
from ledger.models import Fund
from ledger.money import Money, total
from reports import listing
from reports.filtering import Filters, State
from tests import making

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
USD = "USD"


@pytest.fixture
def gifts(db: None) -> dict[str, Donation]:
    """Six gifts that differ in everything one may filter by."""
    grace = making.donor(now=NOON)
    chulsoo = making.donor(name="김철수", email="chulsoo@example.org", now=NOON)
    centre = making.fund(code="CTR", restriction=Fund.Restriction.PURPOSE, name="Center")
    build = making.campaign(slug="center", in_fund=centre, title="Community center")
    plan = making.plan(of=chulsoo, now=NOON)
    made = {
        "plain": making.donation(by=grace, fee=Money(320, USD), at=NOON),
        "split": making.donation(
            by=grace,
            amount=Money(10001, USD),
            fee=Money(321, USD),
            for_campaign=build,
            parts=[(centre, Money(6001, USD)), (making.fund(), Money(4000, USD))],
            at=NOON - timedelta(days=1),
        ),
        "won": making.donation(
            by=chulsoo,
            amount=Money(50000, "KRW"),
            fee=Money(140, USD),
            settled=Money(3600, USD),
            method="kr_card",
            last4="0001",
            at=NOON - timedelta(days=2),
        ),
        "monthly": making.donation(
            by=chulsoo, amount=Money(5000, USD), of_plan=plan, at=NOON - timedelta(days=3)
        ),
        "back": making.donation(
            by=grace, amount=Money(2500, USD), fee=Money(103, USD), at=NOON - timedelta(days=4)
        ),
        "fought": making.donation(
            by=grace, amount=Money(7500, USD), fee=Money(248, USD), at=NOON - timedelta(days=5)
        ),
    }
    making.refund(of=made["split"], amount=Money(3000, USD), at=NOON)
    making.refund(of=made["back"], amount=Money(2500, USD), at=NOON)
    making.dispute(of=made["fought"], fee=Money(1500, USD), at=NOON)
    return made


ALL = ["plain", "split", "won", "monthly", "back", "fought"]


def found(gifts: dict[str, Donation], filters: Filters) -> list[str]:
    names = {gift.pk: name for name, gift in gifts.items()}
    return [names[row.id] for row in listing.page(filters=filters, language="en").rows]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), ALL),
        (Filters(given_from=date(2026, 3, 9)), ["plain", "split"]),
        (Filters(given_to=date(2026, 3, 6)), ["back", "fought"]),
        (Filters(given_from=date(2026, 3, 8), given_to=date(2026, 3, 8)), ["won"]),
        (Filters(campaign="center"), ["split"]),
        (Filters(method="kr_card"), ["won"]),
        (Filters(frequency="monthly"), ["monthly"]),
        (Filters(frequency="once"), [name for name in ALL if name != "monthly"]),
        (Filters(state=State.PAID), ["plain", "won", "monthly"]),
        (Filters(state=State.PARTLY_REFUNDED), ["split"]),
        (Filters(state=State.REFUNDED), ["back"]),
        (Filters(state=State.DISPUTED), ["fought"]),
        (Filters(currency="KRW"), ["won"]),
        (Filters(amount="50,000"), ["won"]),
        (Filters(amount="50"), ["monthly"]),
        (Filters(amount="100.01"), ["split"]),
        (Filters(amount="50000", currency="USD"), []),
        (Filters(search="0001"), ["won"]),
        (Filters(search="kim"), ["plain", "split", "back", "fought"]),
        (Filters(search="철수"), ["won", "monthly"]),
        (Filters(search="CHULSOO@example"), ["won", "monthly"]),
        (Filters(search="100%"), []),
        (Filters(search="k_m"), []),
        (Filters(search="grace", currency="USD", state=State.PAID), ["plain"]),
    ],
)
def test_each_filter_finds_what_it_names(
    gifts: dict[str, Donation], filters: Filters, names: list[str]
) -> None:
    assert found(gifts, filters) == names


def test_fund_donor_and_references(gifts: dict[str, Donation]) -> None:
    center = Fund.objects.get(code="CTR")
    assert found(gifts, Filters(fund=center.pk)) == ["split"]
    assert found(gifts, Filters(fund=making.fund().pk)) == ALL
    assert found(gifts, Filters(donor=gifts["won"].donor_id)) == ["won", "monthly"]
    assert found(gifts, Filters(donor=uuid.uuid4())) == []
    assert found(gifts, Filters(search=gifts["won"].processor_ref or "")) == ["won"]
    assert found(gifts, Filters(search=gifts["won"].payment_ref or "")) == ["won"]
    assert found(gifts, Filters(search=gifts["back"].refunds.get().processor_ref)) == ["back"]
    assert found(gifts, Filters(search=gifts["fought"].disputes.get().processor_ref)) == ["fought"]
    assert found(gifts, Filters(search=str(gifts["plain"].pk))) == ["plain"]
    receipt = making.receipt(of=gifts["plain"], is_drawn=False, now=NOON)
    assert found(gifts, Filters(search=receipt.serial)) == ["plain"]


def test_a_merged_giver_is_found_and_shown_as_the_survivor(gifts: dict[str, Donation]) -> None:
    survivor = making.donor(name="Grace Kim Lee", email="lee@example.org", now=NOON)
    former = making.donor(name="Grace K", email="old@example.org", merged_into=survivor, now=NOON)
    gift = making.donation(by=former, at=NOON + timedelta(days=1))
    rows = listing.page(filters=Filters(donor=survivor.pk), language="en").rows
    assert [(row.id, row.donor, row.donor_id) for row in rows] == [(gift.pk, "Grace Kim Lee", survivor.pk)]
    assert listing.page(filters=Filters(search="lee@example.org"), language="en").rows == rows


def test_a_row_tells_its_money(gifts: dict[str, Donation]) -> None:
    rows = {row.id: row for row in listing.page(filters=Filters(), language="en").rows}
    split, won, fought = (rows[gifts[name].pk] for name in ("split", "won", "fought"))
    assert (split.amount, split.refunded) == (Money(10001, USD), Money(3000, USD))
    assert (split.fee, split.net, split.funds) == (Money(321, USD), Money(6680, USD), "CTR + GEN")
    assert (won.amount, won.fee, won.net) == (Money(50000, "KRW"), Money(140, USD), Money(3460, USD))
    assert (fought.fee, fought.net) == (Money(1748, USD), Money(-1748, USD))
    assert rows[gifts["monthly"].pk].fee is None


def test_a_refund_that_came_back_does_not_count(
    gifts: dict[str, Donation], check_laws: Callable[[], None]
) -> None:
    from donations.models import RefundFailure

    refund = gifts["back"].refunds.get()
    RefundFailure.objects.create(refund=refund, balance_ref="txn_back", failed_at=NOON, recorded_at=NOON)
    assert "back" in found(gifts, Filters(state=State.PAID))
    check_laws()


def test_totals_are_of_the_whole_filter_and_tie_to_the_rows(gifts: dict[str, Donation]) -> None:
    sums = {
        (one.currency, one.net.currency if one.net else ""): one for one in listing.totals(filters=Filters())
    }
    dollars, won = sums["USD", "USD"], sums["KRW", "USD"]
    rows = [row for row in listing.page(filters=Filters(), language="en").rows if row.amount.currency == USD]
    assert dollars.count == len(rows) == 5
    assert dollars.unsettled == 1
    assert dollars.gross == total((row.amount for row in rows), currency=USD)
    assert dollars.refunded == Money(5500, USD)
    assert dollars.fees == total((row.fee for row in rows if row.fee), currency=USD)
    assert dollars.net == total((row.net for row in rows if row.net), currency=USD)
    assert (won.count, won.gross, won.fees, won.net) == (
        1, Money(50000, "KRW"), Money(140, USD), Money(3460, USD),
    )  # fmt: skip
    assert listing.totals(filters=Filters(search="nobody at all")) == []


def test_the_tax_day_of_the_entity_decides_and_the_last_day_is_included(db: None) -> None:
    late = datetime(2026, 1, 1, 4, 30, tzinfo=UTC)  # 23:30 on 31 December in New York
    gift = making.donation(by=making.donor(now=late), at=late)
    last_day = date(2025, 12, 31)
    page = listing.page(filters=Filters(given_from=last_day, given_to=last_day), language="en")
    assert [row.id for row in page.rows] == [gift.pk]
    assert listing.page(filters=Filters(given_from=date(2026, 1, 1)), language="en").rows == []


def test_pages_hold_every_gift_once_even_at_the_same_instant(db: None) -> None:
    giver = making.donor(now=NOON)
    made = {making.donation(by=giver, at=NOON - timedelta(minutes=number // 3)).pk for number in range(11)}
    seen: list[uuid.UUID] = []
    after = ""
    while True:
        page = listing.page(filters=Filters(), language="en", after=after, size=4)
        seen += [row.id for row in page.rows]
        after = page.older
        if not after:
            break
    assert len(seen) == 11
    assert set(seen) == made


@pytest.mark.parametrize("cursor", ["x", "!!!!", "MjAyNnx4", "é", "2026-01-01|", "A" * 500])
def test_a_cursor_nobody_made_is_refused(db: None, cursor: str) -> None:
    with pytest.raises(listing.NoSuchCursor):
        listing.page(filters=Filters(), language="en", after=cursor)


def test_a_page_is_one_query_and_its_totals_one(
    gifts: dict[str, Donation], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        listing.page(filters=Filters(search="kim"), language="en")
        listing.totals(filters=Filters(search="kim"))
