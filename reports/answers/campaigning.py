"""Campaigning: what one campaign brought: what the public page says of it, its gifts, months, and the units it pays.

`raised` is what the public page tells, by the same accounts of the books. Gifts and givers are counted from gifts.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from campaigns import costing, filling
from campaigns.models import Campaign, UnitCost
from donations import folding
from donations.models import RecurringPlan
from ledger import folding as books
from ledger.balances import INCOME
from ledger.money import Money
from reports.answers import weighing
from reports.answers.asking import Asked
from reports.answers.comparing import Sums


@dataclass(frozen=True, slots=True)
class Raised(Sums):
    """One campaign in one currency: what the books hold for it, and the gifts made to it."""

    campaign: Campaign
    raised: Money

    @property
    def percent(self) -> int | None:
        """Of a hundred of its goal how many are raised; None without a goal in this currency."""
        goal = self.campaign.goal
        if goal is None or goal.currency != self.raised.currency:
            return None
        return self.raised.minor * 100 // goal.minor


@dataclass(frozen=True, slots=True)
class Units:
    """People who come together or not at all: groups and people that wait and that are funded, and what that took."""

    groups_open: int
    people_open: int
    groups_funded: int
    people_funded: int
    taken: Money
    needed: Money | None
    costs: list[UnitCost]


def known() -> QuerySet[Campaign]:
    """This function will return every campaign with its words, in order."""
    return Campaign.objects.prefetch_related("texts").in_order()


def all_raised(asked: Asked) -> list[Raised]:
    """This function will return every campaign that was given to in the currency, or asks in it, in order."""
    campaigns = list(known())
    found = _gifts(asked)
    held = _held([one.slug for one in campaigns])
    nothing = Money(0, asked.currency)
    made = []
    for campaign in campaigns:
        raised = next((one for one in held.get(campaign.slug, []) if one.currency == asked.currency), nothing)
        told = found.get(campaign.slug)
        if told is None and not raised and campaign.currency != asked.currency:
            continue
        made.append(_raised(campaign, raised, told, asked.currency))
    return made


def raised(asked: Asked, *, campaign: Campaign) -> list[Raised]:
    """This function will return what one campaign brought, in each currency it was given in, its own first."""
    made = []
    for amount in _held([campaign.slug]).get(campaign.slug, []):
        scope = Asked(asked.today, amount.currency, asked.year, "", campaign.slug)
        made.append(_raised(campaign, amount, _gifts(scope).get(campaign.slug), amount.currency))
    return sorted(made, key=lambda one: (one.raised.currency != campaign.currency, one.raised.currency))


def _held(slugs: list[str]) -> dict[str, list[Money]]:
    """What `ledger.balances.received` tells, from the months counted ahead: `selfcheck` knows that they are equal."""
    found = weighing.rows(
        f"""SELECT t.segment, t.currency, sum(credit_minor - debit_minor)::bigint AS minor
        FROM ({books.SUMS}) t JOIN ledger_account a ON a.id = t.account_id
        WHERE a.code = ANY(%(income)s) AND t.segment = ANY(%(slugs)s) GROUP BY 1, 2 ORDER BY 1, 2""",
        {"income": list(INCOME), "slugs": slugs},
    )
    held: dict[str, list[Money]] = {}
    for row in found:
        held.setdefault(row["segment"], []).append(Money(row["minor"], row["currency"]))
    return held


def _raised(campaign: Campaign, raised: Money, told: dict[str, Any] | None, currency: str) -> Raised:
    row = told or {"gifts": 0, "donors": 0, "given": 0, "back": 0}
    return Raised(
        campaign=campaign,
        raised=raised,
        gifts=row["gifts"],
        donors=row["donors"],
        given=Money(row["given"], currency),
        back=Money(row["back"], currency),
    )


def _gifts(asked: Asked) -> dict[str, dict[str, Any]]:
    """Gifts and givers of each campaign, in the currency and of the body asked for."""
    conditions, params = weighing.told_where(asked)
    found = weighing.rows(
        f"""SELECT c.slug, sum(gifts - undone)::int AS gifts, sum(given_minor)::bigint AS given,
          sum(back_minor)::bigint AS back
        FROM ({folding.MONTHS}) t JOIN campaigns_campaign c ON c.id = t.campaign_id WHERE {conditions} GROUP BY 1""",
        params,
    )
    people = weighing.rows(
        f"""WITH {weighing.quoted(folding.UNFOLDED)} SELECT c.slug, sum(told.donors)::int AS donors
        FROM ({weighing.quoted(folding.COHORTS)}) told JOIN campaigns_campaign c ON c.id = -told.scope
        WHERE told.after_year = {weighing.NEVER} AND told.currency = %(currency)s GROUP BY 1""",
        {"currency": asked.currency},
    )
    donors = {row["slug"]: row["donors"] for row in people}
    return {row["slug"]: {**row, "donors": donors.get(row["slug"], 0)} for row in found}


def booked_by_month(*, slug: str, currency: str) -> dict[date, Money]:
    """This function will return what the books got for a campaign, less what left it, by month."""
    found = weighing.rows(
        f"""SELECT t.month, sum(credit_minor - debit_minor)::bigint AS kept
        FROM ({books.SUMS}) t JOIN ledger_account a ON a.id = t.account_id
        WHERE t.segment = %(slug)s AND t.currency = %(currency)s AND a.code = ANY(%(income)s)
        GROUP BY 1 ORDER BY 1""",
        {"slug": slug, "currency": currency, "income": list(INCOME)},
    )
    return {row["month"]: Money(row["kept"], currency) for row in found}


def standing(*, campaign: Campaign) -> list[tuple[int, Money]]:
    """This function will return how many people give to a campaign each month and how much, by currency."""
    found = (
        RecurringPlan.objects.filter(campaign=campaign, status=RecurringPlan.Status.ACTIVE)
        .values_list("currency")
        .annotate(sum=Sum("amount_minor"), givers=Count("donor", distinct=True))
        .order_by("currency")
    )
    return [(givers, Money(minor, currency)) for currency, minor, givers in found]


def units(*, campaign: Campaign, day: date) -> Units | None:
    """This function will return the groups of a campaign; None for one without groups."""
    groups = list(campaign.need_groups.in_order())
    if campaign.kind != Campaign.Kind.UNITS or not groups:
        return None
    costs = list(campaign.unit_costs.order_by("effective_from"))
    cost = costing.in_force(costs, day=day)
    waiting = [one for one in groups if one.funded_on is None]
    funded = [one for one in groups if one.funded_on is not None]
    people = sum(one.size for one in waiting)
    return Units(
        groups_open=len(waiting),
        people_open=people,
        groups_funded=len(funded),
        people_funded=sum(one.size for one in funded),
        taken=Money(sum(filling.taken_minor(one, costs=costs) for one in funded), campaign.currency),
        needed=Money(people * cost.amount_minor, cost.currency) if cost else None,
        costs=costs,
    )
