"""Spending: what an appeal cost, written down for its return. The money itself is booked by the house's accounting."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, F, QuerySet, Sum, When

from campaigns.models import AppealCost, SourceCode
from ledger.money import LARGEST_BY_HAND, Money
from staff import auditing
from staff.models import User

LONGEST = 120


class UnableToSpend(ValueError):
    """The cost cannot be written down so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TakenBackAlready(Exception):
    """This cost was taken back before, or takes another one back itself."""


@dataclass(frozen=True, slots=True)
class Spent:
    """One cost as it is written down; `id` is of the form, so that pressing twice writes one row."""

    id: uuid.UUID
    source: SourceCode
    amount: Money
    spent_on: date
    words: str


def spend(*, cost: Spent, today: date, actor: User, now: datetime) -> AppealCost:
    """Write down what was spent on the appeal of a code.

    Raises UnableToSpend for nothing or too much, for a day to come, and when nothing says what it was for.
    This function will return the stored cost; pressed twice, the same.
    """
    words = cost.words.strip()
    if not 0 < cost.amount.minor <= LARGEST_BY_HAND:
        raise UnableToSpend("amount")
    if cost.spent_on > today:
        raise UnableToSpend("day")
    if not 0 < len(words) <= LONGEST:
        raise UnableToSpend("words")
    with transaction.atomic():
        made, is_new = AppealCost.objects.get_or_create(
            id=cost.id,
            defaults={
                "source": cost.source,
                "amount_minor": cost.amount.minor,
                "currency": cost.amount.currency,
                "spent_on": cost.spent_on,
                "words": words,
                "recorded_by": actor,
                "recorded_at": now,
            },
        )
        if is_new:
            _note(made, action="appeal.spent", actor=actor, now=now)
    return made


def take_back(*, cost_id: uuid.UUID, actor: User, now: datetime) -> AppealCost:
    """Take a cost back that was written down by mistake: a row of the same amount that stands against it.

    Raises TakenBackAlready. This function will return the row that takes it back.
    """
    cost = AppealCost.objects.get(pk=cost_id)
    if cost.reverses_id is not None:
        raise TakenBackAlready(str(cost_id))
    try:
        with transaction.atomic():
            made = AppealCost.objects.create(
                source_id=cost.source_id,
                amount_minor=cost.amount_minor,
                currency=cost.currency,
                spent_on=cost.spent_on,
                words=cost.words,
                reverses=cost,
                recorded_by=actor,
                recorded_at=now,
            )
            _note(made, action="appeal.cost_taken_back", actor=actor, now=now)
    except IntegrityError as error:  # somebody took it back before
        raise TakenBackAlready(str(cost_id)) from error
    return made


def _note(cost: AppealCost, *, action: str, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"source:{cost.source_id}",
        now=now,
        details={
            "cost": str(cost.pk),
            "amount_minor": cost.amount_minor,
            "currency": cost.currency,
            "spent_on": cost.spent_on.isoformat(),
        },
    )


_SIGNED = Case(When(reverses__isnull=True, then=F("amount_minor")), default=-F("amount_minor"))


def spent(*, currency: str, campaign: str = "", entity: str = "") -> dict[SourceCode, Money]:
    """What is left of costs by code, in one currency, of one campaign or body when these are named.

    This function will return the codes anything was spent on, by code; one whose costs were all taken back is none.
    """
    rows = AppealCost.objects.filter(currency=currency)
    if campaign:
        rows = rows.filter(source__campaign__slug=campaign)
    if entity:
        rows = rows.filter(source__campaign__fund__entity__code=entity)
    sums = dict(rows.values_list("source").annotate(sum=Sum(_SIGNED)).filter(sum__gt=0).order_by("source"))
    codes = SourceCode.objects.filter(pk__in=sums).select_related("campaign").order_by("code")
    return {code: Money(sums[code.pk], currency) for code in codes}


def written_down(*, code: str = "") -> QuerySet[AppealCost]:
    """This function will return every cost, or those of one code, the newest first."""
    rows = AppealCost.objects.select_related("source__campaign", "recorded_by", "reversal", "reverses")
    if code:
        rows = rows.filter(source__code=code)
    return rows.order_by("-spent_on", "-recorded_at", "id")
