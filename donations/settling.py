"""Settling: a notice of the processor becomes facts, whatever the order or repetition.

Each deed here fetches first, outside any transaction, and then writes in one transaction in which unique
constraints decide what is new. Whatever a notice is about, the whole story of its charge is applied, so every
order of the same notices ends in the same books.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from donations import (
    depositing,
    disputing,
    dunning,
    failing,
    following,
    guarding,
    honoring,
    introducing,
    paying_out,
    recognizing,
    recording,
    recurring,
    refunding,
    retrying,
    returning,
)
from donations.dating import Basis
from donations.models import Checkout, Donation, RecurringPlan
from donations.postings import Share
from donors import consenting
from payments import gateway, inbox
from payments.gateway import (
    ChargeState,
    InvoiceState,
    PlanState,
    ProcessorRefused,
    ProcessorUnsure,
    RefundState,
    SessionState,
)
from payments.models import ProcessorEvent

logger = logging.getLogger(__name__)
Deed = Callable[[str, datetime], None]


class NeedsAPerson(Exception):
    """The processor's story does not fit ours; nothing is posted and the notice is parked with the words."""


@dataclass(frozen=True, slots=True)
class Story:
    """A charge with all that belongs to it, as fetched at one moment; `known` is the donation it is already."""

    charge: ChargeState
    known: Donation | None
    refunds: tuple[RefundState, ...]
    plan: PlanState | None
    fetched_at: datetime


def settle(*, event_id: int, now: datetime) -> ProcessorEvent.Status:
    """Settle one notice. Safe to repeat; an unreadable answer is tried again later, a story that does not fit parks it.

    This function will return the notice's state afterwards.
    """
    event = ProcessorEvent.objects.get(pk=event_id)
    if event.status != ProcessorEvent.Status.RECEIVED:
        return ProcessorEvent.Status(event.status)
    handler = _handler(event.kind)
    if handler is None:
        return inbox.close(pk=event.pk, status=ProcessorEvent.Status.IGNORED, now=now)
    try:
        if not recognizing.is_in_the_books(kind=event.kind, ref=event.object_ref):
            retrying.again(lambda: handler(event.object_ref, now))
    except ProcessorUnsure as error:
        return inbox.postpone(event=event, reason=str(error), now=now)
    except (ProcessorRefused, *PARKING) as error:
        logger.warning("event %s is parked: %s", event.ref, type(error).__name__)
        words = f"{type(error).__name__}: {error}"
        return inbox.close(pk=event.pk, status=ProcessorEvent.Status.PARKED, reason=words, now=now)
    except Exception as error:
        # A mistake of ours: told with its trace, tried again, parked in the end; it must not stop the others.
        logger.exception("event %s could not be settled", event.ref)
        return inbox.postpone(event=event, reason=f"{type(error).__name__}: {error}", now=now)
    return inbox.close(pk=event.pk, status=ProcessorEvent.Status.SETTLED, now=now)


PARKING = (
    NeedsAPerson,
    recording.SecondCharge,
    recurring.UnknownPlan,
    dunning.NeedsAPerson,
    disputing.NoSuchDonation,
    disputing.DisputeDoesNotFit,
    returning.DoesNotMatch,
    refunding.RefundDoesNotFit,
    paying_out.DoesNotAddUp,
)


# Sessions


def session(ref: str, now: datetime) -> None:
    """This function will bring an attempt to where its payment page is."""
    apply_session(state=gateway.connect().session(ref), now=now)


def apply_session(*, state: SessionState, now: datetime) -> None:
    """Write down what a payment page came to; a paid one becomes a donation."""
    checkout = _checkout(state.reference)
    if checkout is None:
        raise NeedsAPerson(f"session {state.ref} has no attempt of ours")
    if not _is_agreed(state, checkout):
        raise NeedsAPerson(f"session {state.ref} is over {state.amount.plain} {state.amount.currency}")
    if state.status == "open":
        Checkout.advance(
            pk=checkout.pk, to=Checkout.Status.OPEN, now=now, session_ref=state.ref, session_url=state.url
        )
    elif state.status == "expired":
        Checkout.advance(pk=checkout.pk, to=Checkout.Status.EXPIRED, now=now, session_ref=state.ref)
    elif state.is_recurring:
        _monthly_agreed(checkout=checkout, state=state, now=now)
    else:
        _paid_once(checkout=checkout, state=state, now=now)


def _is_agreed(state: SessionState, checkout: Checkout) -> bool:
    """Whether the page is over what was asked; with a day of its own a plan costs nothing before that day."""
    told = (state.amount.minor, state.amount.currency)
    return told == (checkout.amount_minor, checkout.currency) or (
        state.is_recurring and checkout.charge_day is not None and told == (0, checkout.currency)
    )


def _monthly_agreed(*, checkout: Checkout, state: SessionState, now: datetime) -> None:
    connected = gateway.connect()
    plan = connected.plan(state.plan_ref)
    dunning.begun(plan=recurring.mirror(state=plan, fetched_at=now, now=now), now=now)
    Checkout.advance(pk=checkout.pk, to=Checkout.Status.CONFIRMING, now=now, session_ref=state.ref)
    if plan.latest_invoice_ref:
        apply_invoice(state=connected.invoice(plan.latest_invoice_ref), now=now)


def _paid_once(*, checkout: Checkout, state: SessionState, now: datetime) -> None:
    charge = state.charge
    if charge is None:
        raise ProcessorUnsure(f"session {state.ref} is complete without a charge")
    Checkout.objects.filter(pk=checkout.pk, session_ref__isnull=True).update(session_ref=state.ref)
    if charge.status == "failed":
        failing.payment_failed(checkout=checkout, now=now)
    else:
        apply_charge(charge=charge, now=now)


# Charges


def charge(ref: str, now: datetime) -> None:
    """This function will apply the whole story of a charge."""
    apply_charge(charge=gateway.connect().charge(ref), now=now)


def payment(ref: str, now: datetime) -> None:
    """This function will apply the story of a payment's latest charge, if there is one."""
    found = gateway.connect().charge_of_payment(ref)
    if found is not None:
        apply_charge(charge=found, now=now)


def apply_charge(*, charge: ChargeState, now: datetime, plan_ref: str = "") -> None:
    """Write down a charge: confirming while pending, a donation with its fee and refunds once succeeded.

    `plan_ref` names the plan it was made for where the caller knows it from the invoice.
    """
    if charge.status == "failed":
        _failed_charge(charge=charge, now=now)
        return
    if charge.status == "pending":
        checkout = _checkout(charge.reference)
        if checkout is not None:
            Checkout.advance(pk=checkout.pk, to=Checkout.Status.CONFIRMING, now=now)
        return
    story = _fetch_story(charge=charge, plan_ref=plan_ref, now=now)
    with transaction.atomic():
        donation, shares = _donation(story=story, now=now)
        if charge.balance is not None:
            recording.post_settlement(
                entity=donation.entity,
                line=charge.balance,
                gross=charge.amount,
                shares=shares,
                now=now,
            )
        # The processor lists the newest first; parts of funds are taken in the order of the refunds.
        for state in sorted(story.refunds, key=lambda state: (state.created_at, state.ref)):
            refunding.apply(donation=donation, state=state, now=now)
    if story.plan is not None:
        dunning.begun(plan=recurring.mirror(state=story.plan, fetched_at=now, now=now), now=now)


def _fetch_story(*, charge: ChargeState, plan_ref: str, now: datetime) -> Story:
    connected = gateway.connect()
    known = Donation.objects.filter(processor_ref=charge.ref).first()  # seldom: so nothing is joined
    plan = None
    if not charge.reference and charge.payment_ref and known is None:
        if not plan_ref:
            invoice = connected.invoice_of_payment(charge.payment_ref)
            plan_ref = invoice.plan_ref if invoice is not None else ""
        if plan_ref:
            plan = connected.plan(plan_ref)
    # A refund that failed is no longer counted by the charge, but it is in our books.
    had_refunds = charge.refunded_minor or (known is not None and known.refunds.exists())
    refunds = tuple(connected.refunds_of(charge.ref)) if had_refunds else ()
    return Story(charge=charge, known=known, refunds=refunds, plan=plan, fetched_at=now)


def _failed_charge(*, charge: ChargeState, now: datetime) -> None:
    checkout = _checkout(charge.reference)
    if checkout is not None:
        guarding.payment_failed(checkout_id=checkout.pk, charge_ref=charge.ref, now=now)
    # While the payment page is open a declined card is not the end: another one may follow on the same page.
    if checkout is not None and checkout.status == Checkout.Status.CONFIRMING:
        failing.payment_failed(checkout=checkout, now=now)


def _donation(*, story: Story, now: datetime) -> tuple[Donation, list[Share]]:
    """The donation of a charge, recorded now if it is new, and how it is divided over funds."""
    if story.known is not None:
        return story.known, recording.shares_of(story.known)
    plan = None
    if story.plan is not None:
        plan = recurring.mirror(state=story.plan, fetched_at=story.fetched_at, now=now)
    checkout = plan.checkout if plan else _checkout(story.charge.reference)
    if checkout is None:
        raise NeedsAPerson(f"charge {story.charge.ref} belongs to no attempt or plan of ours")
    _refuse_other_amount(charge=story.charge, checkout=checkout, plan=plan)
    donor_id = plan.donor_id if plan else introducing.introduce(checkout=checkout, now=now)
    received = _received(charge=story.charge, checkout=checkout, plan=plan, donor_id=donor_id)
    donation, is_new = recording.record(received=received, now=now)
    if is_new:
        honoring.tell_family(checkout=checkout, donation=donation, now=now)
    if checkout.wants_letter:
        consenting.record(
            donor_id=donor_id,
            wording=checkout.letter_wording,
            source=f"checkout:{checkout.pk}",
            answered_at=checkout.began_at,
        )
    Checkout.advance(pk=checkout.pk, to=Checkout.Status.PAID, now=now)
    return donation, recording.shares(received)


def _refuse_other_amount(*, charge: ChargeState, checkout: Checkout, plan: RecurringPlan | None) -> None:
    expected = checkout.amount if plan is None else None
    if expected is not None and charge.amount != expected:
        raise NeedsAPerson(f"charge {charge.ref} is over {charge.amount.plain} {charge.amount.currency}")
    if charge.amount.currency != checkout.currency:
        raise NeedsAPerson(f"charge {charge.ref} is in {charge.amount.currency}")


def _received(
    *, charge: ChargeState, checkout: Checkout, plan: RecurringPlan | None, donor_id: uuid.UUID
) -> recording.Received:
    agreed: Checkout | RecurringPlan = plan or checkout
    return recording.Received(
        entity=agreed.entity,
        donor_id=donor_id,
        campaign=agreed.campaign,
        parts=[(agreed.fund, charge.amount)],
        amount=charge.amount,
        given_at=_paid_at(charge),
        basis=Basis.SETTLEMENT if charge.method in BANK_DEBITS else Basis.CHARGE,
        giver_zone=checkout.giver_zone,
        processor_ref=charge.ref,
        payment_ref=charge.payment_ref,
        method=charge.method,
        last4=charge.last4,
        is_live=charge.is_live,
        is_anonymous=checkout.is_anonymous,
        language=checkout.language,
        note="" if plan else checkout.note,
        source=checkout.source,
        checkout=checkout,
        plan=plan,
    )


BANK_DEBITS = frozenset(
    {"us_bank_account", "acss_debit", "au_becs_debit", "bacs_debit", "nz_bank_account", "sepa_debit"}
)
"""Ways in which the giver's bank pays days after the giver agreed: the day it pays counts (US-12, C7)."""


def _paid_at(charge: ChargeState) -> datetime:
    if charge.method in BANK_DEBITS and charge.balance is not None:
        return max(charge.created_at, charge.balance.created_at)
    return charge.created_at


def _checkout(reference: str) -> Checkout | None:
    try:
        pk = uuid.UUID(reference)
    except ValueError:
        return None
    known = Checkout.objects.select_related("campaign", "entity", "fund", "tribute", "giver")
    return known.filter(pk=pk).first()


# Plans and invoices


def invoice(ref: str, now: datetime) -> None:
    """This function will turn a paid invoice into a donation, and a failed one into a mail."""
    apply_invoice(state=gateway.connect().invoice(ref), now=now)


def apply_invoice(*, state: InvoiceState, now: datetime) -> None:
    connected = gateway.connect()
    for payment_ref in state.payment_refs:
        found = connected.charge_of_payment(payment_ref)
        if found is not None:
            apply_charge(charge=found, now=now, plan_ref=state.plan_ref)
    # Paid at the first try it has no failed attempt to tell of.
    if state.plan_ref and (state.attempts > 1 or (state.attempts and state.status != "paid")):
        dunning.failed(state=state, now=now)


# Refunds, disputes, payouts


def _after_its_charge(deed: Callable[..., None]) -> Deed:
    """A deed of `returning` as a handler of notices."""
    return lambda ref, now: deed(ref=ref, settle_charge=charge, now=now)


refund, dispute = _after_its_charge(returning.refund), _after_its_charge(returning.dispute)


def payout(ref: str, now: datetime) -> None:
    """This function will post a payout once its lines are known and all of them are in our books."""
    depositing.apply(ref=ref, settle_source=settle_source, now=now)


def settle_source(kind: str, source_ref: str, now: datetime) -> None:
    """This function will settle the object behind a line of the balance, so that nothing is paid out unexplained."""
    prefixes: dict[str, Callable[[str, datetime], None]] = {
        "ch_": charge,
        "py_": charge,
        "re_": refund,
        "pyr_": refund,
        "du_": dispute,
        "dp_": dispute,
    }
    for prefix, deed in prefixes.items():
        if source_ref.startswith(prefix):
            deed(source_ref, now)
            return


# Which notice is about which kind of object; longest beginning wins. Any other notice is stored and ignored.
HANDLERS: dict[str, Deed] = {
    "checkout.session.": session,
    "payment_intent.succeeded": payment,
    "payment_intent.payment_failed": payment,
    "payment_intent.processing": payment,
    "charge.succeeded": charge,
    "charge.pending": charge,
    "charge.failed": charge,
    "charge.updated": charge,
    "charge.refunded": _after_its_charge(returning.refunded_charge),
    "charge.refund.": refund,
    "charge.dispute.": dispute,
    "refund.": refund,
    "radar.early_fraud_warning.": _after_its_charge(returning.fraud_warning),
    "review.": _after_its_charge(returning.review),
    "invoice.paid": invoice,
    "invoice.payment_succeeded": invoice,
    "invoice.payment_failed": invoice,
    "invoice.payment_action_required": invoice,
    "invoice.voided": invoice,
    "invoice.marked_uncollectible": invoice,
    "customer.updated": following.customer,
    "payment_method.automatically_updated": following.card,
    "customer.subscription.": following.plan,
    "payout.": payout,
}


def _handler(kind: str) -> Deed | None:
    fitting = [start for start in HANDLERS if kind.startswith(start)]
    return HANDLERS[max(fitting, key=len)] if fitting else None
