"""Every way to pay, the whole way: the unmodified package, the hosted page, the books, the receipt."""

from __future__ import annotations

import pytest

from donations.models import Checkout, Donation, RecurringPlan
from donations.models.intents import Frequency
from donors.models import Message
from ledger.models import Entry
from ledger.money import Money
from receipts.models import Receipt
from tests.donations.giving import Supporter, only_donation, paperwork, selfcheck, settle_all
from tests.sandbox.driving import Browser, Page

KOREAN = ("kr_card", "kakao_pay", "naver_pay", "payco", "samsung_pay")
RECURRING = ("kr_card", "kakao_pay")


def choose(begun_url: str | None, method: str) -> Page:
    """This function will choose a redirect method and return the wallet's page."""
    assert begun_url
    page = Browser().open(begun_url, email="grace@example.org", name="Grace Kim", method=method)
    assert page.status == 303, page.html
    return page


def finish(supporter: Supporter) -> None:
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)


@pytest.mark.parametrize("method", KOREAN)
def test_a_korean_method_pays_once(supporter: Supporter, method: str) -> None:
    begun = supporter.begin(amount=Money(50_000, "KRW"), language="ko")
    wallet = choose(begun.payment_url, method)
    finish(supporter)
    assert not Donation.objects.exists()
    assert Browser().open(wallet.url, result="complete").status == 303
    finish(supporter)
    donation = only_donation()
    assert (donation.method, donation.amount) == (method, Money(50_000, "KRW"))
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.PAID
    assert Receipt.objects.count() == 1
    selfcheck(now=supporter.now)


@pytest.mark.parametrize("method", KOREAN)
def test_a_wallet_that_refuses_costs_nothing_and_leaves_the_page_open(
    supporter: Supporter, method: str
) -> None:
    begun = supporter.begin(amount=Money(50_000, "KRW"))
    wallet = choose(begun.payment_url, method)
    refused = Browser().open(wallet.url, result="fail")
    assert refused.alert
    finish(supporter)
    assert not Donation.objects.exists()
    assert not Entry.objects.exists()
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.OPEN
    assert Browser().pay(begun.payment_url or "").status == 303
    finish(supporter)
    assert only_donation().method == "card"


@pytest.mark.parametrize("method", RECURRING)
def test_what_can_come_again_does(supporter: Supporter, method: str) -> None:
    monthly = {"frequency": Frequency.MONTHLY, "amount": Money(30_000, "KRW")}
    begun = supporter.begin("safe-house", **monthly)
    assert Browser().open(choose(begun.payment_url, method).url, result="complete").status == 303
    finish(supporter)
    supporter.processor.operate("POST", "clock", {"seconds": 32 * 86400})
    finish(supporter)
    assert {gift.method for gift in Donation.objects.all()} == {method}
    assert Donation.objects.count() == 2
    assert RecurringPlan.objects.get().status == RecurringPlan.Status.ACTIVE
    selfcheck(now=supporter.now)


@pytest.mark.parametrize("method", sorted(set(KOREAN) - set(RECURRING)))
def test_what_cannot_come_again_is_not_taken_monthly(supporter: Supporter, method: str) -> None:
    begun = supporter.begin("safe-house", frequency=Frequency.MONTHLY, amount=Money(30_000, "KRW"))
    assert begun.payment_url
    shown = Browser().open(begun.payment_url)
    assert f'value="{method}"' not in shown.html
    forced = Browser().open(begun.payment_url, email="grace@example.org", name="Grace", method=method)
    assert forced.status == 402
    assert forced.alert


@pytest.mark.parametrize("outcome", ["settle", "fail"])
def test_a_monthly_bank_debit_waits_for_the_bank(supporter: Supporter, outcome: str) -> None:
    begun = supporter.begin("safe-house", frequency=Frequency.MONTHLY, amount=Money(3_000, "USD"))
    supporter.pay(begun, method="us_bank_account", routing="110000000", account="000123456789")
    finish(supporter)
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.CONFIRMING
    assert not Donation.objects.exists()
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", f"bank_debits/{charge.id}/{outcome}")
    finish(supporter)
    assert Donation.objects.count() == (1 if outcome == "settle" else 0)
    if outcome == "fail":
        assert not Entry.objects.exists()
        assert not Message.objects.filter(kind="receipt").exists()
    selfcheck(now=supporter.now)
