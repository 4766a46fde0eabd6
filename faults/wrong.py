"""Wrong builds: three ways to do it that look right. The programme must catch each, or it proves nothing.

* charge_first: asks the processor first, with a fresh key each time, and writes afterwards.
* key_only: trusts the idempotency key alone: never looks, never takes a new key.
* no_attempt: looks first, but keeps one key for ever, even when it answers a stored failure for ever.

They are made in the process that does a deed, by replacing functions of the product there; the product knows nothing,
and under settings that are not those of a local stand-in they are refused.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from donations import giving, refunding, sweeping
from donations.models import Checkout, Donation, RefundRequest
from faults import deeds, papers, unusual
from ledger.money import Money
from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure, StoredFailure
from staff.models import User

Deed = Callable[..., Any]
RIGHT: dict[str, Deed] = deeds.RIGHT | unusual.DEEDS | papers.DEEDS


def _naive_refund(*, checkout_id: str, amount_minor: int, request_id: str, now: datetime) -> str:
    donation = Donation.objects.get(checkout_id=checkout_id)
    known = RefundRequest.objects.filter(pk=request_id).first()
    if known is not None:
        return str(known.status)
    state = gateway.connect().send_refund(
        reference=request_id,
        attempt=uuid.uuid4().int,  # a fresh key each time
        charge_ref=donation.processor_ref or "",
        amount=Money(amount_minor, donation.currency),
    )
    RefundRequest.objects.create(
        id=uuid.UUID(request_id),
        donation=donation,
        amount_minor=amount_minor,
        currency=donation.currency,
        reason="",
        requested_by=User.objects.order_by("pk")[0],
        requested_at=now,
        look_after=now,
    )
    refunding.take_in(donation=donation, state=state, now=now)
    return "done"


def _send_and_forget(*, refund_request: RefundRequest, now: datetime) -> None:
    """Sends with the key the request began with, and takes every failure for a passing one."""
    donation = refund_request.donation
    try:
        state = gateway.connect().send_refund(
            reference=str(refund_request.pk),
            attempt=0,
            charge_ref=donation.processor_ref or "",
            amount=refund_request.amount,
        )
    except ProcessorUnsure:
        return
    except ProcessorRefused as error:
        RefundRequest.advance(
            pk=refund_request.pk, to=RefundRequest.Status.REFUSED, now=now, answer=str(error)[:200]
        )
        return
    refunding.take_in(donation=donation, state=state, now=now)


def _never_look(refund_request: RefundRequest) -> None:
    return None


def _open_once(*, checkout: Checkout, now: datetime) -> giving.Begun:
    try:
        state = gateway.connect().open_session(giving._request(checkout))
    except (StoredFailure, ProcessorUnsure):
        return giving.Begun(checkout, None)
    giving.adopt_session(checkout_id=checkout.pk, state=state, now=now)
    return giving.Begun(checkout, state.url or None)


def _ask_again(checkout: Checkout, now: datetime) -> None:
    _open_once(checkout=checkout, now=now)


def _replacing(deed: Deed, *replacements: tuple[object, str, Deed]) -> Deed:
    """This function will return the deed, done after replacing functions of the product in its process."""

    def replaced(**arguments: Any) -> Any:
        for module, name, function in replacements:
            setattr(module, name, function)
        return deed(**arguments)

    return replaced


def _all(*replacements: tuple[object, str, Deed]) -> dict[str, Deed]:
    return {name: _replacing(deed, *replacements) for name, deed in RIGHT.items()}


CATCHING = (
    "X01 refund killed before",
    "X02 refund killed when",
    "X17 refund",
    "X18 refund: 500 before",
    "X20 answer to a refund cut at once",
    "X23 refund: done",
)
"""What is run to catch one of them, unless other cases are asked for."""


class NotHere(Exception):
    """A build that is wrong on purpose was asked for where real money could move."""


def build(name: str) -> dict[str, Deed]:
    """Raises NotHere for a wrong build outside a local installation with a stand-in processor.

    This function will return the deeds of a build.
    """
    is_stand_in = settings.INSECURE_LOCAL and settings.STRIPE_API_BASE
    if name != "right" and (not is_stand_in or not settings.STRIPE_API_KEY.startswith("sk_test_")):
        raise NotHere(name)
    return BUILDS[name]


BUILDS: dict[str, dict[str, Deed]] = {
    "right": RIGHT,
    "charge_first": RIGHT | {"refund": _naive_refund},
    "key_only": _all(
        (refunding, "_send", _send_and_forget),
        (refunding, "_find", _never_look),
        (giving, "_open", _open_once),
        (sweeping, "_look_at_checkout", _ask_again),
    ),
    "no_attempt": _all((refunding, "_send", _send_and_forget), (giving, "_open", _open_once)),
}
