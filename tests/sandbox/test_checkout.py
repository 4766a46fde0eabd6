"""One-off Checkout, as a supporter and as the application see it."""

from __future__ import annotations

import time

import pytest
import stripe

from tests.sandbox.driving import Browser, Receiver, Sandbox, one_off, paid


def test_a_supporter_gives_by_card(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = one_off(sandbox, customer_email="grace@example.org")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    page = browser.open(session.url or "")
    assert page.status == 200
    assert "Sandbox" in page.html
    assert "USD 25.00" in page.html
    assert 'value="grace@example.org"' in page.html

    page = browser.pay(session.url or "")
    assert (page.status, page.url) == (303, f"https://give.example.org/thanks?session={session.id}")
    done = sandbox.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction", "customer", "line_items"]}
    )
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.line_items
    assert done.line_items.data[0].description == "Rescue fund"
    assert isinstance(done.customer, stripe.Customer)
    assert done.customer.email == "grace@example.org"
    intent = done.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert intent.metadata.to_dict() == {"donation": "d-1"}
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    line = charge.balance_transaction
    assert isinstance(line, stripe.BalanceTransaction)
    assert (line.amount, line.fee, line.net, line.currency) == (2500, 103, 2397, "usd")
    assert (line.status, line.type, line.reporting_category) == ("pending", "charge", "charge")

    sandbox.drain()
    assert receiver.types() == [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert receiver.events[-1].data.object["id"] == session.id


@pytest.mark.parametrize(
    "declined",
    [
        ("4000 0000 0000 0002", "Your card was declined.", "generic_decline"),
        ("4000000000009995", "Your card has insufficient funds.", "insufficient_funds"),
        ("4000000000009979", "Your card was declined.", "stolen_card"),
        ("4000000000000069", "Your card has expired.", "expired_card"),
    ],
)
def test_a_declined_card_leaves_the_session_open(
    sandbox: Sandbox, browser: Browser, receiver: Receiver, declined: tuple[str, str, str]
) -> None:
    card, words, decline_code = declined
    session = one_off(sandbox)
    page = browser.pay(session.url or "", card)
    assert (page.status, page.alert) == (402, words)
    again = sandbox.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert again.status == "open"
    assert isinstance(again.payment_intent, stripe.PaymentIntent)
    assert again.payment_intent.status == "requires_payment_method"
    assert again.payment_intent.last_payment_error
    assert again.payment_intent.last_payment_error.decline_code == decline_code

    assert browser.pay(session.url or "").status == 303  # the second card works: same intent, second charge
    charges = sandbox.v1.charges.list({"payment_intent": again.payment_intent.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]
    sandbox.drain()
    assert receiver.types().count("payment_intent.payment_failed") == 1


def test_an_impossible_card_number_makes_no_charge(sandbox: Sandbox, browser: Browser) -> None:
    session = one_off(sandbox)
    page = browser.pay(session.url or "", "4242424242424241")
    assert (page.status, page.alert) == (402, "Your card number is incorrect.")
    assert sandbox.v1.charges.list().data == []


def test_three_d_secure_asks_and_completes(sandbox: Sandbox, browser: Browser) -> None:
    session = one_off(sandbox)
    page = browser.pay(session.url or "", "4000002760003184")
    assert page.status == 303
    assert "/c/3ds/pi_" in page.url
    assert "Confirm this payment" in browser.open(page.url).html
    assert sandbox.v1.charges.list().data == []
    done = browser.open(page.url, result="complete")
    assert done.url.endswith(session.id)
    assert sandbox.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    details = sandbox.v1.charges.list().data[0].payment_method_details
    assert details
    assert details.card
    assert details.card.three_d_secure


def test_three_d_secure_refused_returns_to_the_page(sandbox: Sandbox, browser: Browser) -> None:
    session = one_off(sandbox)
    page = browser.pay(session.url or "", "4000002500003155")
    refused = browser.open(page.url, result="fail")
    assert refused.status == 402
    assert "unable to authenticate" in refused.alert
    assert sandbox.v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize("method", ["kakao_pay", "naver_pay", "kr_card", "payco", "samsung_pay"])
def test_korean_methods_on_won(sandbox: Sandbox, browser: Browser, method: str) -> None:
    session = one_off(sandbox, 50_000, "krw", locale="ko")
    page = browser.open(session.url or "")
    assert 'lang="ko"' in page.html
    assert "샌드박스" in page.html
    assert "KRW 50,000" in page.html
    page = browser.open(session.url or "", email="seung@example.org", method=method)
    assert "/c/3ds/pi_" in page.url
    assert browser.open(page.url, result="complete").status == 303
    charge = sandbox.v1.charges.list({"expand": ["data.balance_transaction"]}).data[0]
    assert (charge.amount, charge.currency) == (50_000, "krw")
    assert charge.payment_method_details
    assert charge.payment_method_details.type == method
    line = charge.balance_transaction
    assert isinstance(line, stripe.BalanceTransaction)
    assert (line.type, line.fee) == ("payment", 1850)


def test_only_the_methods_that_fit_are_offered(sandbox: Sandbox, browser: Browser) -> None:
    assert one_off(sandbox).payment_method_types == ["card", "us_bank_account"]
    assert one_off(sandbox, allowed_payment_method_types=["card"]).payment_method_types == ["card"]
    assert one_off(sandbox, excluded_payment_method_types=["us_bank_account"]).payment_method_types == [
        "card"
    ]
    assert "samsung_pay" not in one_off(sandbox, 2_000_001, "krw").payment_method_types
    session = one_off(sandbox, allowed_payment_method_types=["card"])
    assert browser.open(session.url or "", email="a@example.org", method="kakao_pay").status == 402


def test_a_bank_debit_that_succeeds_later(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = one_off(sandbox, 10_000)
    page = browser.pay(session.url or "", method="us_bank_account", account="000123456789")
    assert page.status == 303
    done = sandbox.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    charge = done.payment_intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (done.payment_intent.status, charge.status, charge.balance_transaction) == (
        "processing",
        "pending",
        None,
    )

    sandbox.operate("POST", f"bank_debits/{charge.id}/settle")
    assert sandbox.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    line = sandbox.v1.balance_transactions.list({"source": charge.id}).data[0]
    assert (line.type, line.fee, line.net) == ("payment", 80, 9_920)
    sandbox.drain()
    assert receiver.types()[-5:] == [
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_a_bank_debit_that_fails_later(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = one_off(sandbox, 10_000)
    browser.pay(session.url or "", method="us_bank_account", account="000222222227")
    charge = sandbox.v1.charges.list().data[0]
    sandbox.operate("POST", f"bank_debits/{charge.id}/fail")
    charge = sandbox.v1.charges.retrieve(charge.id)
    assert (charge.status, charge.failure_code) == ("failed", "insufficient_funds")
    assert sandbox.v1.balance_transactions.list().data == []
    sandbox.drain()
    assert receiver.types()[-1] == "checkout.session.async_payment_failed"


def test_a_bank_debit_settles_by_itself_after_the_configured_time(
    receiver: Receiver, browser: Browser
) -> None:
    receiver.forget()
    with Sandbox(webhook_url=receiver.url, options=["--bank-debit-seconds", "0.05"]) as quick:
        good, bad = one_off(quick, 10_000), one_off(quick, 10_000)
        browser.pay(good.url or "", method="us_bank_account", account="000123456789")
        receiver.wait_for("checkout.session.async_payment_succeeded")
        browser.pay(bad.url or "", method="us_bank_account", account="000111111113")
        event = receiver.wait_for("checkout.session.async_payment_failed")
        assert event.data.object["id"] == bad.id
        assert quick.v1.charges.list().data[0].failure_code == "account_closed"


def test_a_bank_debit_may_be_disputed_or_wait(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = one_off(sandbox, 10_000)
    browser.pay(session.url or "", method="us_bank_account", account="000555555559")
    charge = sandbox.v1.charges.list().data[0]
    sandbox.operate("POST", f"bank_debits/{charge.id}/settle")
    assert receiver.wait_for("charge.dispute.created").data.object["charge"] == charge.id
    waiting = one_off(sandbox, 10_000)
    browser.pay(waiting.url or "", method="us_bank_account", account="000000000009")
    sandbox.operate("POST", "clock", {"seconds": 10 * 86_400})
    assert sandbox.v1.checkout.sessions.retrieve(waiting.id).payment_status == "unpaid"


def test_abandoned_and_expired(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = one_off(sandbox)
    assert 'href="https://give.example.org/back"' in browser.open(session.url or "").html
    browser.pay(session.url or "", "4000000000000002")
    expired = sandbox.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert browser.open(session.url or "").status == 410
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.v1.checkout.sessions.expire(session.id)
    sandbox.drain()
    assert receiver.types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


def test_a_session_expires_by_the_clock(sandbox: Sandbox, receiver: Receiver) -> None:
    session = one_off(sandbox, expires_at=int(time.time()) + 1800)
    sandbox.operate("POST", "clock", {"seconds": 1801})
    assert sandbox.v1.checkout.sessions.retrieve(session.id).status == "expired"
    sandbox.drain()
    assert receiver.types() == ["checkout.session.expired"]


def test_a_second_submit_charges_nothing(sandbox: Sandbox, browser: Browser) -> None:
    session = one_off(sandbox)
    url = session.url or ""
    browser.pay(url)
    assert browser.pay(url).url.endswith(session.id)
    assert "complete" in browser.open(url).html
    assert len(sandbox.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("amount", "currency"), [(49, "usd"), (99, "krw"), (100_000_000, "usd"), (149, "kwd")]
)
def test_too_small_and_too_large(sandbox: Sandbox, amount: int, currency: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        one_off(sandbox, amount, currency)
    assert refusal.value.code in ("amount_too_small", "amount_too_large")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (50_000, "krw", "KRW 50,000"),
        (5000, "jpy", "JPY 5,000"),
        (1230, "kwd", "KWD 1.230"),
        (99_999_999, "usd", "USD 999,999.99"),
    ],
)
def test_amounts_are_minor_units(
    sandbox: Sandbox, browser: Browser, amount: int, currency: str, shown: str
) -> None:
    session = one_off(sandbox, amount, currency)
    assert session.amount_total == amount
    assert shown in browser.open(session.url or "").html


def test_won_may_settle_in_dollars(browser: Browser) -> None:
    with Sandbox(options=["--settle", "krw=usd:0.00068"]) as abroad:
        intent = paid(abroad, browser, 50_000, "krw")
        charge = intent.latest_charge
        assert isinstance(charge, stripe.Charge)
        line = charge.balance_transaction
        assert isinstance(line, stripe.BalanceTransaction)
        assert (charge.currency, charge.amount) == ("krw", 50_000)
        assert (line.currency, line.amount, line.exchange_rate, line.fee) == ("usd", 3400, 0.00068, 129)
        abroad.v1.refunds.create({"charge": charge.id, "amount": 25_000})
        refund = (
            abroad.v1.balance_transactions.list({"type": "payment_refund"}).data
            + abroad.v1.balance_transactions.list({"type": "refund"}).data
        )
        assert [row.amount for row in refund] == [-1700]


def test_sessions_are_listed_by_what_they_lead_to(sandbox: Sandbox, browser: Browser) -> None:
    intent = paid(sandbox, browser)
    other = one_off(sandbox)
    found = sandbox.v1.checkout.sessions.list({"payment_intent": intent.id}).data
    assert len(found) == 1
    assert found[0].id != other.id
    assert isinstance(intent.customer, str)
    assert [s.id for s in sandbox.v1.checkout.sessions.list({"customer": intent.customer}).data] == [
        found[0].id
    ]
    assert [s.id for s in sandbox.v1.checkout.sessions.list({"status": "open"}).data] == [other.id]
    since = sandbox.v1.checkout.sessions.list({"created": {"gte": int(time.time()) + 60}})
    assert since.data == []
