"""Returning: notices about money after it came: given back, disputed, doubted, looked at.

Each deed fetches the object and lets `settle_charge` apply the whole story of its charge first, so that every order
of the same notices ends in the same books.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from donations import disputing, doubting, refunding
from donations.models import Donation
from payments import gateway
from payments.gateway import ProcessorUnsure

SettleCharge = Callable[[str, datetime], None]


class DoesNotMatch(Exception):
    """What the processor says went back is not what our books say; nothing was posted."""


def _donation(charge_ref: str, *, of: str) -> Donation:
    found = Donation.objects.select_related("entity", "campaign").filter(processor_ref=charge_ref).first()
    if found is None:
        raise DoesNotMatch(f"{of} is about charge {charge_ref}, which is no gift of ours")
    return found


def refund(*, ref: str, settle_charge: SettleCharge, now: datetime) -> None:
    """This function will apply the whole story of the refunded charge."""
    state = gateway.connect().refund(ref)
    settle_charge(state.charge_ref, now)
    donation = _donation(state.charge_ref, of=f"refund {ref}")
    with transaction.atomic():
        refunding.apply(donation=donation, state=state, now=now)


def refunded_charge(*, ref: str, settle_charge: SettleCharge, now: datetime) -> None:
    """A check only: what the processor says went back must be the sum of our refunds, or a person must look.

    This function will apply the charge's story first, so that nothing is compared that could be known.
    """
    settle_charge(ref, now)
    connected = gateway.connect()
    told = connected.charge(ref).refunded_minor
    ours = refunding.refunded(donation=_donation(ref, of="a refund")).minor
    if ours == told:
        return
    if any(state.status == "pending" and state.balance is None for state in connected.refunds_of(ref)):
        raise ProcessorUnsure(f"a refund of {ref} has no line of the balance yet")
    raise DoesNotMatch(f"charge {ref}: {told} went back there, {ours} in our books")


def dispute(*, ref: str, settle_charge: SettleCharge, now: datetime) -> None:
    """This function will apply a dispute after the charge it is about."""
    state = gateway.connect().dispute(ref)
    settle_charge(state.charge_ref, now)
    disputing.apply(state=state, now=now)


def fraud_warning(*, ref: str, settle_charge: SettleCharge, now: datetime) -> None:
    """This function will write down an early fraud warning after the charge it is about."""
    state = gateway.connect().fraud_warning(ref)
    settle_charge(state.charge_ref, now)
    donation = _donation(state.charge_ref, of=f"warning {ref}")
    doubting.warn(state=state, donation=donation, now=now)


def review(*, ref: str, settle_charge: SettleCharge, now: datetime) -> None:
    """This function will write down how a review stands after the charge it is about."""
    state = gateway.connect().review(ref)
    settle_charge(state.charge_ref, now)
    donation = _donation(state.charge_ref, of=f"review {ref}")
    doubting.review(state=state, donation=donation, now=now)
