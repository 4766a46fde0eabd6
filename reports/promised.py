"""Promised: the list of pledges with what of each was given, and sums of everything a filter holds, by currency."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from donations.models import Instalment, Pledge, PledgePayment
from ledger.money import Money

STATES = ("late", *Pledge.Status.values)


@dataclass(frozen=True, slots=True)
class Promised:
    """Pledges of a filter in one currency: what was promised, what of it was given, is to come, and is late."""

    count: int
    promised: Money
    given: Money
    to_come: Money
    late: Money


def pledges(*, state: str, search: str, kind: str, now: datetime | Combinable) -> QuerySet[Pledge]:
    """Pledges, newest first, each with `given` and `late` (minor units) and `next_on`, the day its next part falls due.

    `state` is one of STATES or empty for all; `late` are open ones with a part that was due before the day it is at the
    place of their body.
    """
    found = Pledge.objects.annotate(
        given=Coalesce(Subquery(_given()), Value(0)),
        due=Coalesce(Subquery(_due(now)), Value(0)),
        next_on=Subquery(_next_day(), output_field=DateField()),
    ).annotate(
        late=Case(When(status="open", due__gt=F("given"), then=F("due") - F("given")), default=Value(0))
    )
    if state == "late":
        found = found.filter(late__gt=0)
    elif state:
        found = found.filter(status=state)
    if kind:
        found = found.filter(kind=kind)
    if search:
        found = found.filter(
            Q(donor__name__icontains=search)
            | Q(donor__local_name__icontains=search)
            | Q(donor__email_key=search.casefold())
        )
    return found.select_related("donor", "entity", "campaign").order_by("-promised_on", "-pk")


def _given() -> QuerySet[PledgePayment, Any]:
    rows = PledgePayment.objects.filter(instalment__pledge=OuterRef("pk")).order_by()
    return rows.values("instalment__pledge").annotate(sum=Sum("amount_minor")).values("sum")


def _due(now: datetime | Combinable) -> QuerySet[Instalment, Any]:
    moment = Value(now, DateTimeField()) if isinstance(now, datetime) else now
    today = Cast(Func(F("pledge__entity__zone"), moment, function="timezone"), DateField())
    rows = Instalment.objects.filter(pledge=OuterRef("pk"), due_on__lt=today).order_by()
    return rows.values("pledge").annotate(sum=Sum("amount_minor")).values("sum")


def _next_day() -> QuerySet[Instalment, Any]:
    rows = Instalment.objects.filter(pledge=OuterRef("pk")).annotate(
        paid=Coalesce(Sum("payments__amount_minor"), 0)
    )
    return rows.filter(paid__lt=F("amount_minor")).order_by("due_on").values("due_on")[:1]


def totals(found: QuerySet[Pledge]) -> list[Promised]:
    """This function will return the sums of everything a filter holds, one row for each currency."""
    rows: dict[str, list[int]] = {}
    columns = found.order_by().values_list("currency", "status", "amount_minor", "given", "late")  # type: ignore[misc]
    for currency, status, promised, given, late in columns.iterator():
        sums = rows.setdefault(currency, [0, 0, 0, 0, 0])
        to_come = promised - given if status == Pledge.Status.OPEN else 0
        for place, minor in enumerate((1, promised, given, to_come, late)):
            sums[place] += minor
    return [
        Promised(count, *(Money(minor, currency) for minor in minors))
        for currency, (count, *minors) in sorted(rows.items())
    ]


def of_donors(*, donor_ids: Iterable[uuid.UUID]) -> QuerySet[Pledge]:
    """This function will return what some donors promised, newest first."""
    return Pledge.objects.filter(donor_id__in=donor_ids).order_by("-promised_on", "-pk")
