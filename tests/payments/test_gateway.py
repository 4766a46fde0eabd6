"""The gateway against the sandbox's real HTTP, well and in every way in which it can go wrong."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.money import Money
from payments import gateway
from payments.gateway import (
    ObjectMissing,
    ProcessorBusy,
    ProcessorRefused,
    ProcessorUnsure,
    SessionRequest,
    SessionState,
    StoredFailure,
)
from payments.stripe_gateway import StripeGateway
from tests.sandbox.driving import SECRET, Browser, Sandbox


@pytest.fixture
def stripe(processor: Sandbox) -> StripeGateway:
    return connected(processor)


def connected(processor: Sandbox, **given: Any) -> StripeGateway:
    values: dict[str, Any] = {
        "api_key": "sk_test_sandbox",
        "api_base": processor.url,
        "webhook_secrets": [SECRET],
        "timeout": (1.0, 0.5),
        **given,
    }
    return StripeGateway(**values)


def asked(reference: str = "", *, attempt: int = 0, months: int = 0, **given: Any) -> SessionRequest:
    values: dict[str, Any] = {
        "reference": reference or str(uuid.uuid4()),
        "attempt": attempt,
        "amount": Money(10_000, "USD"),
        "months": months,
        "charge_day": None,
        "label": "RSC",
        "language": "en",
        "email": "grace@example.org",
        "success_url": "https://give.example.org/thanks",
        "cancel_url": "https://give.example.org/again",
        "expires_at": datetime.now(UTC) + timedelta(hours=23),
        **given,
    }
    return SessionRequest(**values)


def since() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def paid(stripe: StripeGateway) -> SessionState:
    opened = stripe.open_session(asked())
    assert Browser().pay(opened.url).status == 303
    return stripe.session(opened.ref)


def fail(processor: Sandbox, mode: str, **given: Any) -> None:
    processor.operate("POST", "faults", {"mode": mode, **given})


@pytest.fixture
def faults(processor: Sandbox) -> Iterator[Callable[..., None]]:
    yield lambda mode, **given: fail(processor, mode, **given)
    processor.operate("POST", "faults/clear")


def test_a_session_is_opened_paid_and_found_again(stripe: StripeGateway) -> None:
    request = asked()
    opened = stripe.open_session(request)
    assert (opened.status, opened.amount, opened.reference) == (
        "open",
        Money(10_000, "USD"),
        request.reference,
    )
    again = stripe.open_session(request)
    assert again.ref == opened.ref
    found = stripe.find_session(reference=request.reference, since=since())
    assert found is not None
    assert found.ref == opened.ref
    assert stripe.find_session(reference="unknown", since=since()) is None
    Browser().pay(opened.url)
    done = stripe.session(opened.ref)
    assert done.charge is not None
    assert (done.status, done.payment_status, done.charge.status) == ("complete", "paid", "succeeded")
    assert stripe.charge(done.charge.ref).balance == done.charge.balance
    assert stripe.charge_of_payment(done.charge.payment_ref) == done.charge
    assert [charge.ref for charge in stripe.charges(since=since())] == [done.charge.ref]
    assert [line.source_ref for line in stripe.balance_lines(since=since())] == [done.charge.ref]
    assert done.charge.balance is not None
    assert stripe.balance() == [Money(done.charge.balance.net_minor, "USD")]
    assert stripe.invoice_of_payment(done.charge.payment_ref) is None


def test_a_payment_without_a_charge_is_none_yet(stripe: StripeGateway, processor: Sandbox) -> None:
    opened = stripe.open_session(asked())
    payments = processor.v1.payment_intents.list().data
    refs = [payment.id for payment in payments] or [
        processor.v1.payment_intents.create({"amount": 500, "currency": "usd"}).id
    ]
    assert opened.charge is None
    assert stripe.charge_of_payment(refs[0]) is None


def test_lists_are_read_to_their_end(stripe: StripeGateway) -> None:
    made = {stripe.open_session(asked()).ref for _ in range(3)}
    pages = stripe._each(lambda raw: raw["id"], _small_pages(stripe), {})
    assert set(pages) == made


def _small_pages(stripe: StripeGateway) -> Callable[[Any], Any]:
    def page(filters: Any) -> Any:
        small: Any = {**filters, "limit": 1}
        return stripe._client.checkout.sessions.list(small)

    return page


def test_a_refund_is_sent_once(stripe: StripeGateway) -> None:
    charge = paid(stripe).charge
    assert charge is not None
    reference = str(uuid.uuid4())
    first, second = (
        stripe.send_refund(reference=reference, attempt=0, charge_ref=charge.ref, amount=Money(2_500, "USD"))
        for _ in range(2)
    )
    assert first.ref == second.ref
    assert (first.amount, first.reference, first.charge_ref) == (Money(2_500, "USD"), reference, charge.ref)
    assert [state.ref for state in stripe.refunds_of(charge.ref)] == [first.ref]
    assert stripe.refund(first.ref).balance is not None
    with pytest.raises(ProcessorRefused):
        stripe.send_refund(
            reference=str(uuid.uuid4()), attempt=0, charge_ref=charge.ref, amount=Money(9_000, "USD")
        )


def test_monthly_giving_is_read(stripe: StripeGateway) -> None:
    opened = stripe.open_session(asked(months=1))
    Browser().pay(opened.url)
    agreed = stripe.session(opened.ref)
    plan = stripe.plan(agreed.plan_ref)
    assert (plan.status, plan.amount, plan.interval) == ("active", Money(10_000, "USD"), "month")
    invoice = stripe.invoice(plan.latest_invoice_ref)
    assert invoice.plan_ref == plan.ref
    assert stripe.invoice_of_payment(invoice.payment_refs[0]) == invoice
    address = stripe.card_page_url(
        customer_ref=plan.customer_ref, return_url="https://give.example.org/portal", language="en"
    )
    assert address.startswith("http")


def test_what_does_not_exist_is_missing(stripe: StripeGateway) -> None:
    for ask in (
        stripe.charge,
        stripe.session,
        stripe.refund,
        stripe.plan,
        stripe.invoice,
        stripe.payout,
        stripe.dispute,
    ):
        with pytest.raises(ObjectMissing):
            ask("xx_unknown")


def test_a_wrong_key_is_refused(processor: Sandbox) -> None:
    with pytest.raises(ProcessorRefused, match="AuthenticationError"):
        connected(processor, api_key="sk_live_not_for_the_sandbox").balance()


def test_a_key_used_for_another_content_is_refused(stripe: StripeGateway) -> None:
    request = asked("same")
    stripe.open_session(request)
    with pytest.raises(ProcessorRefused, match="IdempotencyError"):
        stripe.open_session(asked("same", amount=Money(777, "USD"), expires_at=request.expires_at))


# What each fault is in our words, and whether the session came to exist all the same.
FAULTS = [
    ("500_before", StoredFailure, False),
    ("500_before_sticky", StoredFailure, False),
    ("500_after", StoredFailure, True),
    ("429", ProcessorBusy, False),
    ("409", ProcessorUnsure, False),
    ("html_error", ProcessorUnsure, False),
    ("hang_before", ProcessorUnsure, False),
    ("hang_after", ProcessorUnsure, True),
    ("reset", ProcessorUnsure, True),
    ("half_json", ProcessorUnsure, True),
    ("empty_200", ProcessorUnsure, True),
]


@pytest.mark.parametrize(("mode", "kind", "exists"), FAULTS)
def test_a_fault_is_told_by_what_it_leaves_unknown(
    stripe: StripeGateway, faults: Callable[..., None], mode: str, kind: type[Exception], exists: bool
) -> None:
    request = asked()
    faults(mode, method="POST", seconds=1.0)
    with pytest.raises(ProcessorUnsure) as unsure:
        stripe.open_session(request)
    assert type(unsure.value) is kind
    found = stripe.find_session(reference=request.reference, since=since())
    assert (found is not None) is exists


@pytest.mark.parametrize(
    "mode", ["reset", "half_json", "empty_200", "hang_after", "409", "429", "500_before", "html_error"]
)
def test_after_a_fault_the_same_key_makes_one_session(
    stripe: StripeGateway, faults: Callable[..., None], mode: str
) -> None:
    request = asked()
    faults(mode, method="POST", seconds=1.0)
    with pytest.raises(ProcessorUnsure):
        stripe.open_session(request)
    opened = stripe.open_session(request)
    assert [
        row for row in stripe._each(lambda raw: raw["id"], stripe._client.checkout.sessions.list, {})
    ] == [opened.ref]


def test_a_kept_failure_stays_under_its_key_and_a_new_attempt_gets_through(
    stripe: StripeGateway, faults: Callable[..., None]
) -> None:
    faults("500_before_sticky", method="POST")
    request = asked("kept")
    for _ in range(2):
        with pytest.raises(StoredFailure):
            stripe.open_session(request)
    assert stripe.open_session(asked("kept", attempt=1)).status == "open"


READS: dict[str, Callable[[StripeGateway, SessionState], object]] = {
    "session": lambda it, done: it.session(done.ref),
    "find_session": lambda it, done: it.find_session(reference=done.reference, since=since()),
    "charge": lambda it, done: it.charge(done.charge.ref if done.charge else ""),
    "charge_of_payment": lambda it, done: it.charge_of_payment(
        done.charge.payment_ref if done.charge else ""
    ),
    "charges": lambda it, done: list(it.charges(since=since())),
    "refunds_of": lambda it, done: list(it.refunds_of(done.charge.ref if done.charge else "")),
    "invoice_of_payment": lambda it, done: it.invoice_of_payment(
        done.charge.payment_ref if done.charge else ""
    ),
    "balance_lines": lambda it, done: list(it.balance_lines(since=since())),
    "balance": lambda it, done: it.balance(),
    "notices": lambda it, done: list(it.notices(since=since())),
}


@pytest.mark.parametrize("mode", ["500_before", "429", "html_error", "reset", "half_json", "empty_200"])
def test_no_question_answered_badly_raises_anything_but_unsure(
    stripe: StripeGateway, faults: Callable[..., None], mode: str
) -> None:
    done = paid(stripe)
    for ask in READS.values():
        faults(mode, method="GET")
        with pytest.raises(ProcessorUnsure):
            ask(stripe, done)
    assert stripe.session(done.ref) == done


def test_calls_under_way_are_limited(processor: Sandbox, faults: Callable[..., None]) -> None:
    narrow = connected(processor, most_under_way=1, timeout=(1.0, 6.0))
    faults("hang_after", method="GET", seconds=4.0, path="/v1/balance")
    struck = threading.Event()

    def hang() -> None:
        struck.set()
        narrow.balance()

    slow = threading.Thread(target=hang)
    with narrow._places:
        with pytest.raises(ProcessorBusy, match="too many"):
            narrow.balance()
        slow.start()
    slow.join(timeout=20)
    assert struck.is_set()
    assert not slow.is_alive()


def test_nobody_there_is_unsure() -> None:
    away = StripeGateway(
        api_key="sk_test_x", api_base="http://127.0.0.1:9", webhook_secrets=[], timeout=(0.5, 0.5)
    )
    with pytest.raises(ProcessorUnsure, match="APIConnectionError"):
        away.balance()


def test_settings_make_the_one_gateway_of_the_process(processor: Sandbox) -> None:
    first = gateway.connect()
    assert gateway.connect() is first
    assert first.balance() == [Money(0, "USD")]
