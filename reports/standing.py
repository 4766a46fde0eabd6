"""Standing gifts for the office: the list, what fails, and what was given up."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from donations.models import RecurringPlan

GIVEN_UP = (RecurringPlan.EndReason.RETRIES_EXHAUSTED, RecurringPlan.EndReason.HARD_DECLINE)
STAYS = timedelta(days=30)
"""How long a plan that was given up waits on Today for a person."""
STATES = ("active", "past_due", "paused", "ended")


def plans(*, state: str = "", search: str = "") -> QuerySet[RecurringPlan]:
    """This function will return standing gifts, newest first, of one state and of givers of this name or address."""
    found = RecurringPlan.objects.exclude(status=RecurringPlan.Status.INCOMPLETE).order_by(
        "-started_at", "-id"
    )
    if state:
        found = found.filter(status=state)
    if search:
        found = found.filter(donor__name__icontains=search) | found.filter(
            donor__email_key=search.strip().lower()
        )
    return found.select_related("donor", "campaign", "entity").prefetch_related("campaign__texts")


def failing() -> QuerySet[RecurringPlan]:
    """This function will return the plans of which money is owed, the longest first."""
    return RecurringPlan.objects.filter(status=RecurringPlan.Status.PAST_DUE).order_by("mirrored_at", "id")


def given_up(*, now: datetime) -> QuerySet[RecurringPlan]:
    """This function will return the plans that ended of a failing card not long ago, newest first."""
    return RecurringPlan.objects.filter(end_reason__in=GIVEN_UP, ended_at__gte=now - STAYS).order_by(
        "-ended_at", "-id"
    )
