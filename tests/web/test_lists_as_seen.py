"""Every list leaves as it is seen (B21): a file is narrowed by every word its page is narrowed by, to the same rows."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from ledger.models import LegalEntity
from ledger.money import Money
from reports import books, deposits
from reports.lists import registering_lists
from tests import making
from tests.books import banks, holding
from tests.campaigns import making as campaigns
from tests.laws import broken_numbers
from tests.web import access_pledges, batch_facts, exporting
from web.office import (
    batching,
    depositing,
    filtering,
    knowing,
    matching_lines,
    narrowing,
    numbering,
    promising,
    receipting,
    standing,
)

pytestmark = pytest.mark.django_db
USD = "USD"
FORMS: dict[str, type[forms.Form]] = {
    "donations": filtering.FilterForm,
    "donors": knowing.DonorFilterForm,
    "plans": standing.PlanFilterForm,
    "pledges": promising.PledgeFilterForm,
    "receipts": receipting.ReceiptFilterForm,
    "register": numbering.RegisterForm,
    "journal": narrowing.JournalForm,
    "payouts": depositing.DepositForm,
    "bank_lines": matching_lines.LineFilterForm,
    "batches": batching.FilterForm,
}


@pytest.mark.parametrize("listing", sorted(registering_lists.ALL))
def test_a_file_knows_every_word_its_page_is_narrowed_by(listing: str) -> None:
    words = set(FORMS[listing](QueryDict()).fields) if listing in FORMS else set()
    assert words <= registering_lists.named(listing).filters


@pytest.fixture
def world(today: datetime) -> dict[str, Any]:
    """A house with two of everything that can be narrowed."""
    ada = making.donor(name="Ada Ames", email="ada@example.org", now=today)
    ben = making.donor(name="Ben Bold", email="ben@example.org", now=today)
    small = making.donation(by=ada, amount=Money(2_500, USD), at=today)
    large = making.donation(by=ben, amount=Money(90_000, USD), at=today - timedelta(days=400))
    making.receipt(of=large, is_drawn=False, now=today)
    making.plan(of=ada, now=today)
    making.plan(of=ben, status="ended", now=today)
    access_pledges.keys(small, today)
    batch_facts.facts(ada, today=today)
    account, other = banks.account(), banks.account(name="Other account")
    banks.line(account, 7_500, payer="Ada Ames", reference="HM-1")
    banks.line(account, -1_200, payer="SERVICE CHARGE")
    made = banks.line(other, 7_500, payer="Cy Cole")
    type(made).objects.filter(pk=made.pk).update(state="discarded", settled_at=today, reason="not ours")
    return {"account": account.pk}


def taken(finance: Client, listing: str, query: str) -> tuple[int, list[dict[str, str]]]:
    """This function will return how many rows a page shows, and the rows of the file of its own panel."""
    page = finance.get(reverse(f"office:{listing}") + query)
    assert page.status_code == 200
    shown = page.content.decode()
    typed = dict(re.findall(r'<input type="hidden" name="(f-[\w-]+)" value="([^"]*)">', shown))
    if 'name="f-period"' in shown:
        typed["f-period"] = "previous"  # what a browser sends from the part of the panel that is closed
    typed |= {"name": "", "cadence": "daily"}
    answer = exporting.take(finance, listing, **{name: html.unescape(value) for name, value in typed.items()})
    assert answer.status_code == 200, answer.content.decode()
    return len(re.findall(r"<(?:tr|li) data-row", shown)), exporting.table(exporting.body(answer))


@pytest.mark.parametrize(
    ("listing", "query", "rows"),
    [
        ("donations", "", 3),
        ("donations", "?least=100&currency=USD", 1),
        ("donations", "?most=30&currency=USD", 2),
        ("donations", "?receipt=none", 2),
        ("donations", "?receipt=waiting&stays=on", 2),
        ("donations", "?receipt=excluded&reason=other", 0),
        ("donations", "?source=-", 3),
        ("donations", "?source=SPRING", 0),
        ("donations", "?q=ada", 2),
        ("plans", "", 2),
        ("plans", "?state=ended", 1),
        ("plans", "?campaign=general&currency=USD&entity=HM", 2),
        ("plans", "?campaign=other", 0),
        ("plans", "?ended_from=2000-01-01", 1),
        ("plans", "?card_from=2000-01-01&card_before=2100-01-01", 0),
        ("pledges", "", 1),
        ("pledges", "?state=late", 0),
        ("pledges", "?state=open&kind=pledge&q=ada", 1),
        ("pledges", "?kind=grant", 0),
        ("batches", "", 2),
        ("batches", "?status=posted", 1),
        ("batches", "?status=open&entity=HM", 1),
        ("bank_lines", "", 2),
        ("bank_lines", "?state=all", 3),
        ("bank_lines", "?state=discarded", 1),
        ("bank_lines", "?state=all&amount=75", 2),
        ("bank_lines", "?state=all&amount=-75.00&account={account}", 1),
        ("bank_lines", "?q=ames", 1),
        ("bank_lines", "?booked_from=2000-01-01&booked_to=2000-01-31", 0),
        ("bank_lines", "?statement=00000000-0000-4000-8000-000000000000", 0),
        ("receipts", "?donor=ben&state=valid", 1),
        ("register", "", 1),
        ("donors", "?q=ben", 1),
        ("payouts", "?month=2026-11&state=adds_up&processor=stripe&currency=USD", 0),
    ],
)
def test_the_file_of_a_panel_has_the_rows_of_its_page(
    finance: Client, world: dict[str, Any], listing: str, query: str, rows: int
) -> None:
    shown, file = taken(finance, listing, query.format(**world))
    assert (shown, len(file)) == (rows, rows)


def test_the_quick_link_of_donations_knows_every_word_too(finance: Client, world: dict[str, Any]) -> None:
    answer = finance.get(
        reverse("office:donations_export"), {"receipt": "none", "least": "20", "currency": "USD"}
    )
    assert answer.status_code == 200
    assert [row["gross"] for row in exporting.table(exporting.body(answer))] == ["25.00", "25.00"]


@pytest.mark.parametrize(
    ("listing", "asked"),
    [
        ("donations", {"f-receipt": "odd"}),
        ("donations", {"f-least": "100"}),
        ("donations", {"f-least": "1e3", "f-currency": "USD"}),
        ("donations", {"f-most": "5", "f-currency": "XXX"}),
        ("plans", {"f-reason": "odd"}),
        ("plans", {"f-ended_from": "soon"}),
        ("pledges", {"f-kind": "odd"}),
        ("batches", {"f-status": "odd"}),
        ("batches", {"f-entity": "NOBODY"}),
        ("bank_lines", {"f-state": "odd"}),
        ("bank_lines", {"f-account": "1; DROP"}),
        ("bank_lines", {"f-amount": "1e3"}),
        ("bank_lines", {"f-statement": "x"}),
        ("payouts", {"f-month": "2026-13"}),
        ("payouts", {"f-processor": "odd"}),
    ],
)
def test_a_word_that_means_nothing_is_refused_and_never_widens_a_file(
    finance: Client, listing: str, asked: dict[str, str]
) -> None:
    answer = exporting.take(finance, listing, **asked)
    assert answer.status_code == 422
    assert "cannot be narrowed like this" in answer.content.decode()


def test_the_file_of_bank_lines_says_what_each_is_and_whose_words_are_forgotten(
    finance: Client, today: datetime
) -> None:
    account = banks.account()
    banks.line(account, 7_500, payer="=Ada", reference="HM-1")
    [row] = taken(finance, "bank_lines", "")[1]
    assert (row["payer"], row["amount"], row["state"], row["matched_as"]) == ("'=Ada", "75.00", "new", "")


def test_the_file_of_payouts_has_the_sums_of_its_page(finance: Client, today: datetime) -> None:
    from payments.models import BalanceTransaction

    gift = making.donation(by=making.donor(now=today), fee=Money(320, USD), at=today)
    making.refund(of=gift, amount=Money(2_500, USD), at=today)
    making.payout(of=list(BalanceTransaction.objects.order_by("id")), arrives_on=today.date(), at=today)
    shown, [row] = taken(finance, "payouts", f"?month={today:%Y-%m}")
    [one] = [deposits.shown(payout) for payout in deposits.deposits()]
    assert shown == 1
    for name in ("gross", "fees", "refunds", "disputes", "other", "net"):
        assert Decimal(row[name]) == Decimal(getattr(one, name).plain), name
    assert (row["state"], row["fees"], row["refunds"]) == (one.state, "3.20", "-25.00")


def test_the_file_of_funds_has_the_sums_of_its_page(finance: Client) -> None:
    general = campaigns.fund("OPEN", restriction="none")
    holding.given(50_000)
    holding.given(20_000, fund=general)
    holding.released(15_000)
    holding.moved(5_000, fund_from=general, fund_to=holding.center())
    _shown, rows = taken(finance, "funds", "")
    balances = {(one.fund.code, one.left.currency): one for one in books.balances(language="en")}
    assert len(rows) == len(balances) == 2
    names = {
        "received": "received",
        "earned": "earned",
        "costs": "fees",
        "exchanged": "exchanged",
        "moved": "moved",
        "without_restrictions": "unrestricted",
        "with_restrictions": "restricted",
        "left": "left",
    }
    for row in rows:
        one = balances[row["fund"], row["currency"]]
        for column, name in names.items():
            assert Decimal(row[column]) == Decimal(getattr(one, name).plain), (row["fund"], column)
    assert {row["with_restrictions"] for row in rows} == {"350.00", "0.00"}
    assert {row["moved"] for row in rows} == {"50.00", "-50.00"}


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_a_promise_is_late_by_the_day_it_is_at_its_body(finance: Client, today: datetime, zone: str) -> None:
    """At every hour one of these two places has another day than the clock of the computer."""
    LegalEntity.objects.filter(pk=making.entity().pk).update(zone=zone)
    day = making.entity().day_of(today)
    gift = making.donation(by=making.donor(now=today), at=today)
    parts = [(day - timedelta(days=1), Money(6_000, USD)), (day, Money(4_000, USD))]
    access_pledges.promise(gift, today, parts=parts)
    shown, file = taken(finance, "pledges", "?state=late")
    assert (shown, [row["late"] for row in file]) == (1, ["60.00"])


def test_a_spoiled_number_has_the_day_it_was_at_its_body(finance: Client) -> None:
    lost = [broken_numbers.spoiled(number=number) for number in (1, 2)]
    LegalEntity.objects.update(zone="Pacific/Kiritimati")
    _, file = taken(finance, "register", "?year=2019")
    assert {one.spoiled_at.date().isoformat() for one in lost} == {"2026-11-20"}
    assert [(row["state"], row["void_on"]) for row in file] == [("spoiled", "2026-11-21")] * 2
