"""Standing gifts for the office: the list, what fails, and what was given up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from donations.models import RecurringPlan
from ledger.money import Money

GIVEN_UP = (RecurringPlan.EndReason.RETRIES_EXHAUSTED, RecurringPlan.EndReason.HARD_DECLINE)
STAYS = timedelta(days=30)
"""How long a plan that was given up waits on Today for a person."""
STATES = ("active", "past_due", "paused", "ended")


@dataclass(frozen=True, slots=True)
class Asked:
    """What standing gifts are asked for. `card_from` is inclusive, `card_before` not; both are days a card ends on."""

    state: str = ""
    search: str = ""
    entity: str = ""
    campaign: str = ""
    currency: str = ""
    reason: str = ""
    ended_from: date | None = None
    card_from: date | None = None
    card_before: date | None = None


_CONDITIONS = {
    "state": "status",
    "entity": "entity__code",
    "campaign": "campaign__slug",
    "currency": "currency",
    "reason": "end_reason",
    "ended_from": "ended_at__date__gte",
    "card_from": "card_expires_on__gte",
    "card_before": "card_expires_on__lt",
}


def plans(asked: Asked) -> QuerySet[RecurringPlan]:
    """This function will return standing gifts, newest first; `search` is a giver's name or address."""
    found = RecurringPlan.objects.exclude(status=RecurringPlan.Status.INCOMPLETE).order_by(
        "-started_at", "-id"
    )
    for name, condition in _CONDITIONS.items():
        if getattr(asked, name):
            found = found.filter(**{condition: getattr(asked, name)})
    if asked.card_before:
        # A card that ends concerns only what is still collected with it.
        found = found.filter(status__in=[RecurringPlan.Status.ACTIVE, RecurringPlan.Status.PAST_DUE])
    if asked.search:
        named = Q(donor__name__icontains=asked.search) | Q(donor__email_key=asked.search.strip().lower())
        found = found.filter(named)
    return found.select_related("donor", "campaign", "entity").prefetch_related("campaign__texts")


def totals(asked: Asked) -> list[tuple[int, Money]]:
    """This function will return how many standing gifts fit and what each charge of them comes to, by currency."""
    rows = (
        plans(asked).order_by().values_list("currency").annotate(count=Count("id"), sum=Sum("amount_minor"))
    )
    return [(count, Money(minor, currency)) for currency, count, minor in rows.order_by("currency")]


def failing() -> QuerySet[RecurringPlan]:
    """This function will return the plans of which money is owed, the longest first."""
    return RecurringPlan.objects.filter(status=RecurringPlan.Status.PAST_DUE).order_by("mirrored_at", "id")


def given_up(*, now: datetime) -> QuerySet[RecurringPlan]:
    """This function will return the plans that ended of a failing card not long ago, newest first."""
    return RecurringPlan.objects.filter(end_reason__in=GIVEN_UP, ended_at__gte=now - STAYS).order_by(
        "-ended_at", "-id"
    )
