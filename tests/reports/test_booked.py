"""Funds, accounts and loose cash by the books: the sums are the lines, before and after a fold."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Sum

from donations import folding
from ledger import balances, posting
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from ledger.posting import Posting
from reports import booked
from reports.rollups import Scope
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

DAY = NOW.date()


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def post(
    kind: Entry.Kind, source: str, minor: int, *, reverses: str | None = None, segment: str = ""
) -> None:
    fund = facts.general()
    posting.post(
        entity=making.entity(),
        kind=kind,
        source=source,
        happened_at=NOW,
        postings=[Posting("1050", fund.pk, usd(minor)), Posting("4000", fund.pk, usd(-minor), segment)],
        now=NOW,
        reverses=reverses,
    )


@pytest.fixture(params=["deltas", "sums"])
def booked_facts(request: pytest.FixtureRequest, db: None) -> Fund:
    gift = facts.donation()
    facts.refund(gift, 2_500)
    facts.dispute(facts.donation(), "lost")
    post(Entry.Kind.OFFERING, "offering:1", 4_000, segment="family")
    post(Entry.Kind.UNIDENTIFIED, "unidentified:1", 700)
    post(Entry.Kind.UNIDENTIFIED, "unidentified:2", 900)
    post(Entry.Kind.IDENTIFIED, "identified:2", -900, reverses="unidentified:2")
    if request.param == "sums":
        folding.fold_all()
    return gift.campaign.fund


def test_fund_balances_are_the_lines(booked_facts: Fund) -> None:
    lines = (
        Line.objects.values_list("fund_id", "account__code", "currency")
        .annotate(sum=Sum("amount_minor"))
        .exclude(sum=0)
    )
    expected = {(fund, account, currency): minor for fund, account, currency, minor in lines}
    found = booked.fund_balances(entity="US")
    assert {(row.fund_id, row.account, row.amount.currency): row.amount.minor for row in found} == expected
    assert booked.fund_balances() == found
    assert booked.fund_balances(entity="XX") == []
    assert booked.fund_balances(through=date(2020, 1, 31)) == []
    for code in ("1100", "4100", "4000"):
        of_code = sum(row.amount.minor for row in found if row.account == code)
        assert balances.of_account(code=code, currency="USD") == usd(of_code)


def test_fund_income_is_what_came_less_what_went_back(booked_facts: Fund) -> None:
    month = DAY.replace(day=1)
    general = facts.general().pk
    rows = booked.fund_income(first=DAY, last=DAY)
    assert {(row.fund_id, row.month, row.amount) for row in rows} == {
        (booked_facts.pk, month, usd(7_500)),
        (general, month, usd(4_700)),
    }
    of_campaign = booked.fund_income(scope=Scope(campaign="family"), first=DAY, last=DAY)
    assert {(row.fund_id, row.amount) for row in of_campaign} == {
        (booked_facts.pk, usd(7_500)),
        (general, usd(4_000)),
    }
    assert booked.fund_income(first=date(2020, 1, 1), last=date(2020, 12, 31)) == []


def test_loose_cash_and_unknown_givers_stand_apart_until_somebody_says_whose(booked_facts: Fund) -> None:
    assert booked.loose(first=DAY, last=DAY) == [usd(4_700)]
    assert booked.loose(scope=Scope(campaign="family"), first=DAY, last=DAY) == [usd(4_000)]
    assert booked.loose(scope=Scope(entity="XX"), first=DAY, last=DAY) == []
    assert booked.loose(first=date(2020, 1, 1), last=date(2020, 12, 31)) == []
