"""What does not fit our story is given to a person; what failed is told to its giver once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from donations import depositing, disputing, paying_out, recording, recurring, settling, telling
from donations.models import Checkout, Donation, RecurringPlan
from donations.models.intents import Frequency
from donors.models import Consent, Message
from ledger import balances
from ledger.money import Money
from payments.gateway import ChargeState, PlanState, ProcessorUnsure, SessionState
from payments.models import Payout, PayoutFailure
from tests import facts
from tests.donations.giving import Supporter, notices, only_donation, selfcheck, settle_all
from tests.facts import NOW


def session(**given: Any) -> SessionState:
    values: dict[str, Any] = {
        "ref": "cs_1",
        "reference": str(uuid.uuid4()),
        "status": "open",
        "payment_status": "unpaid",
        "is_recurring": False,
        "amount": Money(10_000, "USD"),
        "url": "https://pay.example.org/cs_1",
        "expires_at": NOW + timedelta(hours=23),
        "customer_ref": "",
        "plan_ref": "",
        "charge": None,
        "is_live": False,
        **given,
    }
    return SessionState(**values)


def charge(**given: Any) -> ChargeState:
    values: dict[str, Any] = {
        "ref": "ch_1",
        "payment_ref": "pi_1",
        "amount": Money(10_000, "USD"),
        "status": "failed",
        "created_at": NOW,
        "method": "us_bank_account",
        "last4": "6789",
        "reference": "",
        "customer_ref": "",
        "refunded_minor": 0,
        "failure_code": "insufficient_funds",
        "is_live": False,
        "balance": None,
        **given,
    }
    return ChargeState(**values)


@pytest.mark.parametrize("reference", ["", "not an id", str(uuid.uuid4())])
def test_T34_a_session_of_nobody_needs_a_person(db: None, reference: str) -> None:
    with pytest.raises(settling.NeedsAPerson, match="no attempt of ours"):
        settling.apply_session(state=session(reference=reference), now=NOW)


@pytest.mark.parametrize("amount", [Money(9_999, "USD"), Money(10_000, "KRW")])
def test_T34_a_session_over_another_amount_needs_a_person(db: None, amount: Money) -> None:
    checkout = facts.checkout()
    with pytest.raises(settling.NeedsAPerson, match="is over"):
        settling.apply_session(state=session(reference=str(checkout.pk), amount=amount), now=NOW)
    checkout.refresh_from_db()
    assert checkout.status == "begun"


@pytest.mark.parametrize(("told", "status"), [("open", "open"), ("expired", "expired")])
def test_an_attempt_follows_its_page(db: None, told: str, status: str) -> None:
    checkout = facts.checkout()
    settling.apply_session(state=session(reference=str(checkout.pk), status=told), now=NOW)
    checkout.refresh_from_db()
    assert (checkout.status, checkout.session_ref) == (status, "cs_1")


def test_a_complete_page_without_a_charge_is_looked_at_again(db: None) -> None:
    checkout = facts.checkout()
    with pytest.raises(ProcessorUnsure, match="without a charge"):
        settling.apply_session(state=session(reference=str(checkout.pk), status="complete"), now=NOW)


def test_a_bank_debit_is_confirming_and_its_failure_told_once(db: None) -> None:
    checkout = facts.checkout(status="open", session_ref="cs_1")
    settling.apply_charge(charge=charge(status="pending", reference=str(checkout.pk)), now=NOW)
    checkout.refresh_from_db()
    assert checkout.status == "confirming"
    for _ in range(2):
        settling.apply_charge(charge=charge(reference=str(checkout.pk)), now=NOW)
    checkout.refresh_from_db()
    assert (checkout.status, checkout.ended_at) == ("failed", NOW)
    message = Message.objects.get()
    assert (message.kind, message.to_email) == ("payment_failed", "grace@example.org")
    assert "$100.00" in message.text
    assert f"again={checkout.pk}" in message.text


def test_a_declined_card_on_an_open_page_is_not_the_end(db: None) -> None:
    checkout = facts.checkout(status="open", session_ref="cs_1")
    settling.apply_charge(charge=charge(reference=str(checkout.pk)), now=NOW)
    settling.apply_charge(charge=charge(reference="nobody's"), now=NOW)
    settling.apply_charge(charge=charge(reference="nobody's", status="pending"), now=NOW)
    checkout.refresh_from_db()
    assert checkout.status == "open"
    assert not Message.objects.exists()


def test_a_page_whose_payment_failed_ends_the_attempt(db: None) -> None:
    checkout = facts.checkout(status="confirming", session_ref="cs_1")
    failed = charge(reference=str(checkout.pk))
    settling.apply_session(
        state=session(reference=str(checkout.pk), status="complete", charge=failed), now=NOW
    )
    checkout.refresh_from_db()
    assert checkout.status == "failed"


def test_a_charge_is_recorded_once_and_a_second_one_needs_a_person(db: None) -> None:
    checkout = facts.checkout()
    asked = facts.received(checkout=checkout)
    first, is_new = recording.record(received=asked, now=NOW)
    again, is_new_again = recording.record(received=asked, now=NOW)
    assert (first.pk, is_new, is_new_again) == (again.pk, True, False)
    with pytest.raises(recording.SecondCharge), transaction.atomic():
        recording.record(received=facts.received(checkout=checkout), now=NOW)
    assert Donation.objects.count() == 1


def test_T34_a_charge_over_another_amount_than_asked_is_parked(supporter: Supporter) -> None:
    begun = supporter.begin()
    supporter.pay(begun)
    Checkout.objects.update(amount_minor=9_000)
    from payments import inbox
    from payments.models import ProcessorEvent

    for notice in notices(supporter.processor):
        pk, _ = inbox.keep(notice=notice, now=supporter.now)
        settling.settle(event_id=pk, now=supporter.now)
    parked = ProcessorEvent.objects.filter(status="parked").values_list("reason", flat=True)
    assert parked
    assert all("is over 100.00 USD" in reason for reason in parked)
    assert not Donation.objects.exists()


def plan_state(**given: Any) -> PlanState:
    values: dict[str, Any] = {
        "ref": "sub_1",
        "reference": "",
        "customer_ref": "cus_1",
        "status": "active",
        "amount": Money(10_000, "USD"),
        "interval": "month",
        "started_at": NOW,
        "next_charge_at": NOW + timedelta(days=30),
        "ended_at": None,
        "latest_invoice_ref": "",
        "is_live": False,
        **given,
    }
    return PlanState(**values)


def mirror(state: PlanState, *, minutes: int = 0) -> RecurringPlan:
    return recurring.mirror(state=state, fetched_at=NOW + timedelta(minutes=minutes), now=NOW)


def test_a_plan_is_mirrored_and_an_older_answer_never_wins(db: None) -> None:
    checkout = facts.checkout(frequency="monthly")
    state = plan_state(reference=str(checkout.pk))
    assert mirror(state, minutes=5).status == "active"
    assert mirror(replace(state, status="past_due"), minutes=4).status == "active"
    assert mirror(replace(state, status="unpaid"), minutes=6).status == "past_due"
    assert mirror(replace(state, status="unheard of"), minutes=7).status == "past_due"
    ended = mirror(replace(state, status="canceled"), minutes=8)
    assert (ended.status, ended.ended_at, ended.next_charge_at) == ("ended", NOW + timedelta(minutes=8), None)
    assert RecurringPlan.objects.count() == 1


@pytest.mark.parametrize("reference", ["", "nobody's", str(uuid.uuid4())])
def test_a_plan_of_nobody_needs_a_person(db: None, reference: str) -> None:
    with pytest.raises(recurring.UnknownPlan):
        mirror(plan_state(reference=reference))


def test_a_giver_is_told_once_of_a_failed_month_and_of_the_end(db: None) -> None:
    checkout = facts.checkout(frequency="monthly", language="ko")
    plan = mirror(plan_state(reference=str(checkout.pk)))
    for _ in range(2):
        telling.payment_failed(plan=plan, invoice_ref="in_1", next_at=None, now=NOW)
        telling.ended(plan=plan, now=NOW)
    telling.payment_failed(plan=plan, invoice_ref="in_2", next_at=NOW, now=NOW)
    causes = sorted(Message.objects.values_list("kind", "cause"))
    assert causes == [
        ("plan_ended", f"plan:{plan.processor_ref}"),
        ("plan_failed", "invoice:in_1"),
        ("plan_failed", "invoice:in_2"),
    ]
    assert set(Message.objects.values_list("language", flat=True)) == {"ko"}


def test_a_monthly_gift_is_a_plan_and_a_donation(
    supporter: Supporter, check_laws: Callable[[], None]
) -> None:
    checkout = supporter.give(frequency=Frequency.MONTHLY, wants_letter=True, letter_wording="Yes, send it")
    settle_all(supporter.processor, now=supporter.now)
    donation, plan = only_donation(), RecurringPlan.objects.get()
    assert (donation.plan, donation.checkout, plan.status) == (plan, checkout, "active")
    assert Consent.objects.get().wording == "Yes, send it"
    supporter.processor.v1.subscriptions.cancel(plan.processor_ref)
    settle_all(supporter.processor, now=supporter.now + timedelta(seconds=1))
    plan.refresh_from_db()
    assert plan.status == "ended"
    assert Message.objects.filter(kind="plan_ended").count() == 1
    check_laws()
    selfcheck(now=supporter.now)


def test_a_dispute_of_an_unknown_charge_needs_a_person(db: None) -> None:
    gift = facts.donation()
    state = replace(facts.dispute_state(gift), charge_ref="ch_unknown")
    with pytest.raises(disputing.NoSuchDonation):
        disputing.apply(state=state, now=NOW)


def test_a_dispute_lost_in_another_currency_balances(db: None, check_laws: Callable[[], None]) -> None:
    gift = facts.donation(currency="KRW")
    taken = facts.line("adjustment", -725, source="du_1", fee=1_500)
    facts.dispute(gift, "lost", balances=(taken,))
    check_laws()
    assert balances.of_account(code="1150", currency="USD") == Money(0, "USD")
    assert balances.of_account(code="1150", currency="KRW") == Money(0, "KRW")
    assert balances.received(segments=["family"]) == {"family": [Money(0, "KRW")]}


def test_a_payout_is_posted_and_one_that_came_back_is_undone(
    supporter: Supporter, check_laws: Callable[[], None]
) -> None:
    supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    made = supporter.processor.operate("POST", "payouts", {"currency": "usd"})
    settle_all(supporter.processor, now=supporter.now)
    posted = Payout.objects.get()
    assert balances.of_account(code="1000", currency="USD") == Money(posted.amount_minor, "USD")
    assert not balances.of_account(code="1100", currency="USD")
    supporter.processor.operate("POST", f"payouts/{made['id']}/fail")
    settle_all(supporter.processor, now=supporter.now)
    assert PayoutFailure.objects.get().payout == posted
    assert not balances.of_account(code="1000", currency="USD")
    check_laws()
    selfcheck(now=supporter.now)


def test_a_fee_of_the_processor_alone_is_borne_by_the_general_fund(db: None) -> None:
    with pytest.raises(paying_out.DoesNotAddUp, match="no unrestricted fund"):
        depositing.post_fee(line=facts.line("stripe_fee", -250, source=""), now=NOW)
    facts.general()
    line = facts.line("stripe_fee", -250, source="")
    for _ in range(2):
        depositing.explain(lines=[line], settle_source=lambda kind, ref, now: None, now=NOW)
    assert balances.of_account(code="5100", currency="USD") == Money(250, "USD")


def test_an_unknown_kind_of_source_is_left_alone(db: None) -> None:
    settling.settle_source("adjustment", "xx_1", NOW)
    assert not Donation.objects.exists()
