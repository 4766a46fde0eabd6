"""The main job, deed by deed, on a real database and the sandbox's real HTTP."""

from __future__ import annotations

from collections.abc import Callable

from donations import refunding
from donations.models import Checkout, Donation
from donors.models import Message
from ledger import balances
from ledger.models import Line
from ledger.money import Money
from paper import storing
from receipts.models import Coverage, Receipt
from staff.models import User
from tests.donations.giving import Supporter, only_donation, paperwork, selfcheck, settle_all


def test_a_gift_becomes_a_fact_an_entry_a_receipt_and_a_mail(
    supporter: Supporter, check_laws: Callable[[], None]
) -> None:
    checkout = supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)
    check_laws()
    selfcheck(now=supporter.now)
    checkout.refresh_from_db()
    donation = only_donation()
    assert checkout.status == Checkout.Status.PAID
    assert donation.amount == Money(10000, "USD")
    assert donation.donor.name == "Grace Kim"
    fee = Line.objects.get(account__code="5100", amount_minor__gt=0).amount
    assert balances.of_account(code="1100", currency="USD") == Money(10000, "USD") - fee
    assert balances.received(segments=["family"]) == {"family": [Money(10000, "USD")]}
    receipt = Receipt.objects.get()
    assert receipt.total == Money(10000, "USD")
    assert storing.load(sha256=receipt.rendering.document_id)[:5] == b"%PDF-"
    message = Message.objects.get()
    assert message.to_email == "grace@example.org"
    assert message.attachments.count() == 1


def test_a_full_refund_walks_the_same_way_back(supporter: Supporter, check_laws: Callable[[], None]) -> None:
    supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)
    donation = only_donation()
    finance = User.objects.get(email="finance@example.org")
    import uuid

    asked = refunding.request(
        donation_id=donation.pk,
        amount=Money(10000, "USD"),
        reason="asked for by the giver",
        actor=finance,
        request_id=uuid.uuid4(),
        now=supporter.now,
    )
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)
    check_laws()
    selfcheck(now=supporter.now)
    assert asked.status == asked.Status.DONE
    assert balances.received(segments=["family"]) == {"family": [Money(0, "USD")]}
    assert not Coverage.objects.exists()
    assert Receipt.objects.get().voiding.reason == "refunded"
    assert set(Message.objects.values_list("kind", flat=True)) == {"receipt", "receipt_voided"}
    assert Donation.objects.count() == 1
