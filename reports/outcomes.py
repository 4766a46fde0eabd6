"""Outcomes: what became of one attempt or one gift, as its giver may know it. Nothing here says who gave."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from donations.models import Checkout, Donation, RecurringPlan, Refund, RefundFailure, RefundRequest
from ledger.money import Money
from receipts.models import Coverage
from reports import groups
from reports.groups import Arrival

STATES = {
    Checkout.Status.BEGUN: "unknown",
    Checkout.Status.OPEN: "waiting",
    Checkout.Status.CONFIRMING: "confirming",
    Checkout.Status.PAID: "paid",
    Checkout.Status.FAILED: "failed",
    Checkout.Status.EXPIRED: "expired",
    Checkout.Status.ABANDONED: "expired",
}
DISPUTED_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is one of unknown, waiting, confirming, paid, returned, taken_back, failed, expired.

    `returning` was asked for and has not gone yet; `lost` says that a refund did not reach the giver; `dispute` is
    empty, "open", "won", "lost" or "withdrawn". `next_at` is the next charge of a standing gift, `plan` its state.
    """

    state: str
    returned: Money
    returning: Money
    lost: bool
    dispute: str
    serial: str
    given_on: date | None
    plan: str
    next_at: datetime | None
    arrival: Arrival | None


def of_checkout(*, checkout: Checkout, day: date) -> Outcome:
    """This function will return what became of an attempt; of a standing one its first gift speaks."""
    donation = (
        Donation.objects.filter(checkout=checkout)
        .select_related("campaign")
        .order_by("given_at", "id")
        .first()
    )
    return _outcome(checkout=checkout, donation=donation, day=day)


def of_donation(*, donation: Donation, day: date) -> Outcome:
    """This function will return what became of one gift, also of a later one of a standing agreement."""
    return _outcome(checkout=donation.checkout, donation=donation, day=day)


def _outcome(*, checkout: Checkout | None, donation: Donation | None, day: date) -> Outcome:
    plan = RecurringPlan.objects.filter(checkout=checkout).first() if checkout else None
    currency = donation.currency if donation else checkout.currency if checkout else "USD"
    nothing = Money(0, currency)
    returned = _returned(donation) if donation else nothing
    dispute = _dispute(donation) if donation else ""
    arrival = None
    if donation and checkout and donation.plan_id is None:
        arrival = groups.arrival(donation=donation, began_at=checkout.began_at, day=day)
    return Outcome(
        state=_state(checkout, donation=donation, returned=returned, dispute=dispute),
        returned=returned,
        returning=_returning(donation) if donation else nothing,
        lost=bool(donation) and _refund_lost(donation),
        dispute=dispute,
        serial=_serial(donation) if donation else "",
        given_on=donation.given_on if donation else None,
        plan=plan.status if plan else "",
        next_at=plan.next_charge_at if plan and plan.status == RecurringPlan.Status.ACTIVE else None,
        arrival=arrival,
    )


def _state(checkout: Checkout | None, *, donation: Donation | None, returned: Money, dispute: str) -> str:
    # Money decides: with a donation in the books it was paid, whatever the attempt says.
    if donation is None:
        return STATES[Checkout.Status(checkout.status)] if checkout else "paid"
    if returned.minor >= donation.amount_minor:
        return "returned"
    return "taken_back" if dispute == "lost" else "paid"


def _returned(donation: Donation) -> Money:
    gone = Refund.objects.filter(donation=donation, failure__isnull=True).aggregate(sum=Sum("amount_minor"))
    return Money(gone["sum"] or 0, donation.currency)


def _returning(donation: Donation) -> Money:
    """Asked for and on its way. What waits for a second person here is not a promise yet."""
    asked = RefundRequest.objects.filter(
        donation=donation,
        status__in=[RefundRequest.Status.REQUESTED, RefundRequest.Status.SENT],
        refund__isnull=True,
    )
    return Money(asked.aggregate(sum=Sum("amount_minor"))["sum"] or 0, donation.currency)


def _refund_lost(donation: Donation | None) -> bool:
    """Whether a refund came back to us and no later one went."""
    last = Refund.objects.filter(donation=donation).order_by("-refunded_at", "-recorded_at", "id").first()
    return last is not None and RefundFailure.objects.filter(refund=last).exists()


def _dispute(donation: Donation) -> str:
    last = donation.disputes.select_related("closing").order_by("-opened_at", "id").first()
    if last is None:
        return ""
    closing = getattr(last, "closing", None)
    return str(closing.outcome) if closing else DISPUTED_OPEN


def _serial(donation: Donation) -> str:
    covering = Coverage.objects.filter(donation=donation).select_related("receipt").first()
    return covering.receipt.serial if covering else ""
