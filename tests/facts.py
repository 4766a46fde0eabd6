"""Facts for tests, made by the real deeds from states as the processor would tell them; no network."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from campaigns.models import Campaign
from donations import disputing, recording, refunding
from donations.models import (
    Checkout,
    Dispute,
    Donation,
    FraudWarning,
    PlanChange,
    PlanFailure,
    RecurringPlan,
    Refund,
    RefundRequest,
    Review,
    TransferPromise,
)
from donors import matching
from donors.models import Bounce, Donor, Message
from ledger.models import Fund, FundText
from ledger.money import Money
from payments.gateway import BalanceLine, DisputeState, RefundState
from payments.models import BalanceTransaction, Payout, PayoutLine, ProcessorEvent
from receipts import correcting, finishing, issuing
from staff.models import User
from tests.campaigns import making

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def number() -> int:
    return next(_numbers)


def campaign() -> Campaign:
    """One open campaign with a page in dollars and two funds, made once."""
    found = Campaign.objects.filter(slug="family").first()
    if found is None:
        found = making.campaign()
        making.words(of=found)
        making.currency(making.page(found))
        for fund in (found.fund, making.fund("GEN", restriction="none")):
            FundText.objects.create(fund=fund, language="en", name=f"Fund {fund.code}")
    return found


def general() -> Fund:
    campaign()
    return Fund.objects.get(code="GEN")


def donor(name: str = "Grace Kim", email: str = "grace@example.org") -> Donor:
    return Donor.objects.get(pk=matching.match(name=name, email=email, language="en", now=NOW))


def staff_member(email: str = "finance@example.org") -> User:
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email=email, name="Anna Finance")


def plan(**given: Any) -> RecurringPlan:
    """A monthly agreement of $50.00."""
    begun = checkout(frequency="monthly")
    values: dict[str, Any] = {
        "checkout": begun,
        "donor": donor(),
        "entity": begun.entity,
        "campaign": begun.campaign,
        "fund": begun.fund,
        "amount_minor": 5_000,
        "currency": "USD",
        "interval": "month",
        "processor_ref": f"sub_{number()}",
        "customer_ref": "cus_1",
        "status": "active",
        "started_at": NOW,
        "mirrored_at": NOW,
        **given,
    }
    return RecurringPlan.objects.create(**values)


def plan_change(**given: Any) -> PlanChange:
    values: dict[str, Any] = {
        "kind": "stop",
        "asker": "donor",
        "asked_at": NOW,
        "look_after": NOW,
        **given,
    }
    return PlanChange.objects.create(**{"plan": values.pop("plan", None) or plan(), **values})


def plan_failure(**given: Any) -> PlanFailure:
    values: dict[str, Any] = {
        "invoice_ref": "in_1",
        "attempt": 1,
        "code": "insufficient_funds",
        "amount_minor": 5_000,
        "currency": "USD",
        "failed_at": NOW,
        "recorded_at": NOW,
        **given,
    }
    return PlanFailure.objects.create(**{"plan": values.pop("plan", None) or plan(), **values})


def fraud_warning(of: Donation) -> FraudWarning:
    return FraudWarning.objects.create(
        donation=of,
        processor_ref=f"issfr_{number()}",
        kind="made_with_stolen_card",
        warned_at=NOW,
        recorded_at=NOW,
    )


def review(of: Donation) -> Review:
    return Review.objects.create(
        donation=of, processor_ref=f"prv_{number()}", reason="rule", opened_at=NOW, recorded_at=NOW
    )


def promise(**given: Any) -> TransferPromise:
    asked = campaign()
    values: dict[str, Any] = {
        "code": "RSC-000001",
        "entity": making.entity(),
        "campaign": asked,
        "fund": asked.fund,
        "currency": "USD",
        "language": "en",
        "promised_at": NOW,
        **given,
    }
    return TransferPromise.objects.create(**values)


def checkout(**given: Any) -> Checkout:
    asked = campaign()
    values: dict[str, Any] = {
        "page": asked.giving_page,
        "campaign": asked,
        "entity": making.entity(),
        "fund": asked.fund,
        "frequency": "once",
        "amount_minor": 10_000,
        "currency": "USD",
        "donor_name": "Grace Kim",
        "email": "grace@example.org",
        "language": "en",
        "began_at": NOW,
        "look_after": NOW,
        **given,
    }
    return Checkout.objects.create(**values)


def line(kind: str, amount: int, *, source: str, fee: int = 0, **given: Any) -> BalanceLine:
    made = BalanceLine(
        ref=f"txn_{number()}",
        kind=kind,
        amount_minor=amount,
        fee_minor=fee,
        net_minor=amount - fee,
        currency="USD",
        source_ref=source,
        created_at=NOW,
        available_on=date(2026, 11, 22),
        exchange_rate=None,
    )
    return replace(made, **given)


def received(parts: dict[Fund, int] | None = None, **given: Any) -> recording.Received:
    asked = campaign()
    shares = parts or {asked.fund: 10_000}
    currency = given.pop("currency", "USD")
    values: dict[str, Any] = {
        "entity": making.entity(),
        "campaign": asked,
        "parts": [(fund, Money(minor, currency)) for fund, minor in shares.items()],
        "amount": Money(sum(shares.values()), currency),
        "given_at": NOW,
        "processor_ref": f"ch_{number()}",
        "payment_ref": f"pi_{number()}",
        "method": "card",
        "last4": "4242",
        "is_live": False,
        "is_anonymous": False,
        "language": "en",
        "note": "",
        "source": "",
        "checkout": None,
        "plan": None,
        **given,
    }
    if "donor_id" not in values:
        values["donor_id"] = donor().pk
    return recording.Received(**values)


def donation(parts: dict[Fund, int] | None = None, **given: Any) -> Donation:
    """A gift of $100.00 for the campaign's fund, settled for a fee of $3.20."""
    asked = received(parts, **given)
    with transaction.atomic():
        made, _ = recording.record(received=asked, now=NOW)
        recording.post_settlement(
            entity=made.entity,
            line=line("charge", asked.amount.minor, source=asked.processor_ref, fee=320),
            gross=asked.amount,
            shares=recording.shares_of(made),
            now=NOW,
        )
    return Donation.objects.select_related("entity", "donor", "campaign").get(pk=made.pk)


def refund_state(of: Donation, amount: int, **given: Any) -> RefundState:
    ref = f"re_{number()}"
    made = RefundState(
        ref=ref,
        charge_ref=of.processor_ref or "",
        amount=Money(amount, of.currency),
        status="succeeded",
        created_at=NOW + timedelta(minutes=number()),
        reason="",
        reference="",
        balance=line("refund", -amount, source=ref),
        failure_balance=None,
    )
    return replace(made, **given)


def refund(of: Donation, amount: int, **given: Any) -> Refund:
    state = refund_state(of, amount, **given)
    refunding.take_in(donation=of, state=state, now=NOW)
    return Refund.objects.get(processor_ref=state.ref)


def returned(fact: Refund) -> None:
    """The donor's bank did not take the refund."""
    state = refund_state(
        fact.donation,
        fact.amount_minor,
        ref=fact.processor_ref,
        status="failed",
        balance=None,
        failure_balance=line("refund_failure", fact.amount_minor, source=fact.processor_ref),
    )
    refunding.take_in(donation=fact.donation, state=state, now=NOW)


def request(of: Donation, **given: Any) -> RefundRequest:
    values: dict[str, Any] = {
        "donation": of,
        "amount_minor": 1_000,
        "currency": of.currency,
        "reason": "asked for",
        "requested_by": staff_member(),
        "requested_at": NOW,
        "look_after": NOW,
        **given,
    }
    return RefundRequest.objects.create(**values)


def dispute_state(of: Donation, status: str = "needs_response", **given: Any) -> DisputeState:
    made = DisputeState(
        ref=f"du_{of.processor_ref}",
        charge_ref=of.processor_ref or "",
        amount=of.amount,
        status=status,
        reason="fraudulent",
        created_at=NOW,
        due_at=None,
        balances=(
            line(
                "adjustment",
                -of.amount_minor,
                source=f"du_{of.processor_ref}",
                fee=1500,
                ref=f"txn_du_{of.processor_ref}",
            ),
        ),
    )
    return replace(made, **given)


def dispute(of: Donation, status: str = "needs_response", **given: Any) -> Dispute:
    state = dispute_state(of, status, **given)
    disputing.apply(state=state, now=NOW)
    return Dispute.objects.get(processor_ref=state.ref)


def payout(of: Donation) -> Payout:
    """The payout that carried a donation; its entry is left to the test."""
    carried = BalanceTransaction.objects.get(source_ref=of.processor_ref)
    made = Payout.objects.create(
        ref=f"po_{number()}",
        amount_minor=carried.net_minor,
        currency=carried.currency,
        created_at=NOW,
        arrives_on=date(2026, 11, 23),
        recorded_at=NOW,
    )
    PayoutLine.objects.create(payout=made, balance_transaction=carried)
    return made


def event(**given: Any) -> ProcessorEvent:
    values: dict[str, Any] = {
        "ref": f"evt_{number()}",
        "kind": "charge.succeeded",
        "object_ref": "ch_1",
        "created_at": NOW,
        "api_version": "2025-09-30",
        "received_at": NOW,
        "settle_after": NOW,
        **given,
    }
    return ProcessorEvent.objects.create(**values)


def message(**given: Any) -> Message:
    values: dict[str, Any] = {
        "kind": "receipt",
        "cause": f"test:{number()}",
        "to_email": "grace@example.org",
        "sender": "Harbour Mission <give@example.org>",
        "language": "en",
        "subject": "Hello",
        "text": "Thank you.",
        "send_after": NOW,
        "queued_at": NOW,
        **given,
    }
    return Message.objects.create(**values)


def bounce(**given: Any) -> Bounce:
    values: dict[str, Any] = {"is_final": True, "status": "5.1.1", "received_at": NOW, **given}
    return Bounce.objects.create(**{"message": values.pop("message", None) or message(), **values})


def paperwork(*, now: datetime = NOW) -> None:
    correcting.correct_due(now=now)
    issuing.issue_due(now=now)
    finishing.finish_due(now=now)


def balance_row(**given: Any) -> BalanceTransaction:
    values: dict[str, Any] = {
        "ref": f"txn_{number()}",
        "kind": "stripe_fee",
        "amount_minor": -100,
        "fee_minor": 0,
        "net_minor": -100,
        "currency": "USD",
        "exchange_rate": Decimal("1"),
        "created_at": NOW,
        "available_on": date(2026, 11, 22),
        "recorded_at": NOW,
        **given,
    }
    return BalanceTransaction.objects.create(**values)


def fresh_id() -> uuid.UUID:
    return uuid.uuid4()
