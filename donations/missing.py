"""Missing: which months of a plan failed and are still to be had, as the processor says now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from donations.models import RecurringPlan
from ledger.money import Money
from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure

MOST = 6
LOOKS_BACK = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Missed:
    """One month that was not collected."""

    invoice_ref: str
    amount: Money
    failed_at: datetime


def months(*, plan: RecurringPlan, now: datetime) -> list[Missed]:
    """Asks the processor only about months that failed with us; what it does not answer is left out.

    This function will return what a giver may still give for, oldest first.
    """
    failed = (
        plan.failures.filter(failed_at__gte=now - LOOKS_BACK)
        .values("invoice_ref", "amount_minor", "currency")
        .annotate(at=Min("failed_at"))
        .order_by("-at")[:MOST]
    )
    found = []
    for row in failed:
        try:
            state = gateway.connect().invoice(row["invoice_ref"])
        except (ProcessorUnsure, ProcessorRefused):
            continue
        if state.status in {"open", "uncollectible"}:
            found.append(Missed(row["invoice_ref"], Money(row["amount_minor"], row["currency"]), row["at"]))
    return found[::-1]
