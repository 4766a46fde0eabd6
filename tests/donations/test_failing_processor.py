"""What nobody knows is neither believed nor tried blindly with another key."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from donations import refunding
from donations.models import Checkout, Donation, RefundRequest
from ledger.money import Money
from staff.models import User
from tests.donations.giving import Supporter, only_donation, settle_all
from tests.sandbox.driving import Sandbox

REFUNDS = {"path": "/v1/refunds", "method": "POST"}


def fail(processor: Sandbox, mode: str, **options: object) -> None:
    processor.operate("POST", "faults", {"mode": mode, **options})


def given(supporter: Supporter, processor: Sandbox) -> Donation:
    supporter.give()
    settle_all(processor, now=supporter.now)
    return only_donation()


def ask(donation: Donation, *, now: datetime) -> RefundRequest:
    return refunding.request(
        donation_id=donation.pk,
        amount=Money(2500, "USD"),
        reason="asked for",
        actor=User.objects.order_by("pk")[0],
        request_id=uuid.uuid4(),
        now=now,
    )


def test_a_stored_failure_that_cannot_be_looked_up_keeps_its_key(
    supporter: Supporter, processor: Sandbox
) -> None:
    donation = given(supporter, processor)
    fail(processor, "500_before_sticky", **REFUNDS)
    fail(processor, "html_error", path="/v1/refunds", method="GET")

    made = ask(donation, now=supporter.now)

    assert (made.status, made.attempt) == ("requested", 0)
    refunding.resume(refund_request=made, now=supporter.now + timedelta(minutes=3))
    made.refresh_from_db()
    assert (made.status, made.attempt) == (
        "requested",
        1,
    )  # looked, found nothing: now another key may be taken
    refunding.resume(refund_request=made, now=supporter.now + timedelta(minutes=6))
    made.refresh_from_db()
    assert made.status == "done"


def test_a_stored_failure_after_which_the_refund_is_found_is_done_at_once(
    supporter: Supporter, processor: Sandbox
) -> None:
    donation = given(supporter, processor)
    fail(processor, "500_after", **REFUNDS)

    made = ask(donation, now=supporter.now)

    assert (made.status, made.attempt) == ("done", 0)
    assert donation.refunds.count() == 1


def test_a_refusal_in_words_nobody_documented_is_looked_up_not_believed(
    supporter: Supporter, processor: Sandbox
) -> None:
    donation = given(supporter, processor)
    fail(processor, "odd_error", **REFUNDS)
    made = ask(donation, now=supporter.now)
    assert made.status == "requested"
    refunding.resume(refund_request=made, now=supporter.now + timedelta(minutes=3))
    made.refresh_from_db()
    assert made.status == "done"

    fail(processor, "odd_error", path="/v1/checkout/sessions", method="POST")
    begun = supporter.begin()
    assert begun.payment_url is None
    assert Checkout.objects.get(pk=begun.checkout.pk).status == "begun"


def test_a_refusal_in_known_words_is_believed(supporter: Supporter, processor: Sandbox) -> None:
    donation = given(supporter, processor)
    fail(processor, "idempotency_error", **REFUNDS)
    with pytest.raises(refunding.UnableToRefund, match="same parameters"):
        ask(donation, now=supporter.now)
    assert RefundRequest.objects.get().status == "refused"
