"""Giving back: asked once, never too much, and whatever the wire does, one refund."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from donations import refunding, settling, sweeping
from donations.models import Donation, Refund, RefundRequest
from ledger import balances
from ledger.money import Money
from payments.models import ProcessorEvent
from staff.models import AuditEvent, User
from tests import facts
from tests.donations.giving import Supporter, only_donation, selfcheck, settle_all


@pytest.fixture
def given(supporter: Supporter) -> Donation:
    supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    return only_donation()


def ask(
    supporter: Supporter, minor: int = 2_500, *, request_id: uuid.UUID | None = None, currency: str = "USD"
) -> RefundRequest:
    return refunding.request(
        donation_id=only_donation().pk,
        amount=Money(minor, currency),
        reason="asked for",
        actor=User.objects.get(email="finance@example.org"),
        request_id=request_id or uuid.uuid4(),
        now=supporter.now,
    )


def refunds(supporter: Supporter) -> int:
    return len(supporter.processor.v1.refunds.list().data)


def arm(supporter: Supporter, mode: str, method: str = "POST") -> None:
    supporter.processor.operate("POST", "faults", {"mode": mode, "method": method})


def test_the_same_request_is_one_refund(supporter: Supporter, given: Donation) -> None:
    pk = uuid.uuid4()
    first, second = ask(supporter, request_id=pk), ask(supporter, request_id=pk)
    assert (first.pk, first.status, second.status) == (second.pk, "done", "done")
    assert refunds(supporter) == Refund.objects.count() == 1
    assert AuditEvent.objects.filter(action="request refund").count() == 1
    with pytest.raises(refunding.UnableToRefund) as other:
        ask(supporter, 100, request_id=pk)
    assert other.value.code == "other"


@pytest.mark.parametrize(("minor", "currency", "code"), [
    (0, "USD", "amount"), (-1, "USD", "amount"), (10_001, "USD", "amount"), (100, "KRW", "currency"),
])  # fmt: skip
def test_what_cannot_go_back_is_refused_in_words(
    supporter: Supporter, given: Donation, minor: int, currency: str, code: str
) -> None:
    with pytest.raises(refunding.UnableToRefund) as refusal:
        ask(supporter, minor, currency=currency)
    assert refusal.value.code == code
    assert refusal.value.words
    assert not RefundRequest.objects.exists()


def test_what_was_asked_for_cannot_be_asked_for_again(supporter: Supporter, given: Donation) -> None:
    arm(supporter, "429")
    assert ask(supporter, 8_000).status == "requested"
    assert refunding.refundable(donation=given) == Money(2_000, "USD")
    with pytest.raises(refunding.UnableToRefund, match=r"At most \$20\.00"):
        ask(supporter, 2_001)
    assert ask(supporter, 2_000).status == "done"


@pytest.mark.parametrize(
    "mode", ["reset", "half_json", "empty_200", "429", "500_before", "500_after", "html_error"]
)
def test_an_unknown_answer_becomes_one_refund(
    supporter: Supporter, given: Donation, mode: str, check_laws: Callable[[], None]
) -> None:
    arm(supporter, mode)
    asked = ask(supporter)
    assert asked.status in {"requested", "done"}
    for minutes in (3, 9):
        sweeping.run(now=supporter.now + timedelta(minutes=minutes))
    settle_all(supporter.processor, now=supporter.now)
    asked.refresh_from_db()
    assert (asked.status, refunds(supporter), Refund.objects.count()) == ("done", 1, 1)
    assert Refund.objects.get().request == asked
    check_laws()
    selfcheck(now=supporter.now)


def test_a_kept_failure_takes_a_new_attempt(supporter: Supporter, given: Donation) -> None:
    arm(supporter, "500_before_sticky")
    asked = ask(supporter)
    assert (asked.status, asked.attempt) == ("requested", 1)
    sweeping.run(now=supporter.now + timedelta(minutes=3))
    asked.refresh_from_db()
    assert (asked.status, refunds(supporter)) == ("done", 1)


def test_a_refusal_of_the_processor_is_told_and_kept(supporter: Supporter, given: Donation) -> None:
    supporter.processor.v1.refunds.create({"charge": str(given.processor_ref), "amount": 9_000})
    pk = uuid.uuid4()
    for _ in range(2):
        with pytest.raises(refunding.UnableToRefund) as refusal:
            ask(supporter, 5_000, request_id=pk)
        assert refusal.value.code == "processor"
    kept = RefundRequest.objects.get()
    assert (kept.status, bool(kept.answer)) == ("refused", True)


def test_a_request_nobody_confirms_is_given_to_a_person(supporter: Supporter, given: Donation) -> None:
    arm(supporter, "429")
    asked = ask(supporter)
    refunding.resume(refund_request=asked, now=supporter.now + timedelta(hours=49))
    asked.refresh_from_db()
    assert (asked.status, refunds(supporter)) == ("failed", 0)
    assert "look there" in asked.answer


def test_a_refund_made_at_the_processor_is_recorded_too(supporter: Supporter, given: Donation) -> None:
    supporter.processor.v1.refunds.create({"charge": str(given.processor_ref), "amount": 500})
    settle_all(supporter.processor, now=supporter.now)
    assert (Refund.objects.get().amount_minor, Refund.objects.get().request) == (500, None)
    selfcheck(now=supporter.now)


def test_a_pending_refund_is_sent_then_done(supporter: Supporter, given: Donation) -> None:
    supporter.processor.operate("POST", "settings", {"refund_status": "pending"})
    asked = ask(supporter)
    assert asked.status in {"sent", "done"}
    ref = str(asked.processor_ref)
    supporter.processor.operate("POST", f"refunds/{ref}/settle")
    settle_all(supporter.processor, now=supporter.now)
    asked.refresh_from_db()
    assert asked.status == "done"
    selfcheck(now=supporter.now)


def test_a_refund_the_bank_returned_comes_back_into_the_books(supporter: Supporter, given: Donation) -> None:
    asked = ask(supporter, 10_000)
    supporter.processor.operate("POST", f"refunds/{asked.processor_ref}/fail")
    settle_all(supporter.processor, now=supporter.now)
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert balances.received(segments=["family"]) == {"family": [Money(10_000, "USD")]}
    assert refunding.refundable(donation=given) == Money(10_000, "USD")
    selfcheck(now=supporter.now)
    assert ask(supporter, 10_000).status == "done"


def test_nothing_goes_back_while_a_dispute_holds_it(db: None) -> None:
    gift = facts.donation()
    facts.dispute(gift)
    assert refunding.refundable(donation=gift) == Money(0, "USD")
    facts.dispute(gift, "won")
    assert refunding.refundable(donation=gift) == gift.amount
    lost = facts.donation()
    facts.dispute(lost, "lost")
    assert refunding.refundable(donation=lost) == Money(0, "USD")


def test_a_mistake_of_ours_waits_and_stops_no_other_notice(
    supporter: Supporter, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake(ref: str, now: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setitem(settling.HANDLERS, "charge.succeeded", mistake)
    bad = facts.event(object_ref="ch_x", settle_after=supporter.now - timedelta(hours=1))
    unknown = facts.event(kind="moon.landed", settle_after=supporter.now)
    missing = facts.event(kind="charge.updated", object_ref="ch_missing", settle_after=supporter.now)
    sweeping.run(now=supporter.now)
    kept = {event.pk: event for event in ProcessorEvent.objects.all()}
    assert (kept[bad.pk].status, kept[bad.pk].attempts) == ("received", 1)
    assert kept[bad.pk].reason == "RuntimeError: a mistake"
    assert kept[unknown.pk].status == "ignored"
    assert kept[missing.pk].status == "parked"
    assert "could not be settled" in caplog.text
    assert settling.settle(event_id=unknown.pk, now=supporter.now) == "ignored"
