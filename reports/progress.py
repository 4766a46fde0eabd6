"""Progress: what has been given to each campaign, as the public may see it. Totals only, never a person."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Sum

from campaigns.models import Campaign
from donations.models import RecurringPlan
from ledger import balances
from ledger.money import Money
from reports import keeping

KEY = "progress:campaigns:v1"


@dataclass(frozen=True)
class Standing:
    """Where a campaign stands: `raised` and `monthly` hold one amount for each currency that was given in."""

    raised: tuple[Money, ...] = ()
    monthly: tuple[Money, ...] = ()
    monthly_givers: int = 0

    def raised_in(self, currency: str) -> Money:
        return _one(self.raised, currency)

    def monthly_in(self, currency: str) -> Money:
        return _one(self.monthly, currency)


def standings() -> Mapping[str, Standing]:
    """Read the books and the running agreements, at most once in 30 seconds for each server.

    This function will return the standing of every public campaign by its slug.
    """
    return keeping.kept(KEY, counted)


def counted() -> dict[str, Standing]:
    """This function will return the same, counted now."""
    slugs = list(Campaign.objects.public().in_order().values_list("slug", flat=True))
    raised = balances.received(segments=slugs)
    plans = (
        RecurringPlan.objects.filter(status=RecurringPlan.Status.ACTIVE, campaign__slug__in=slugs)
        .values_list("campaign__slug", "currency")
        .annotate(sum=Sum("amount_minor"), givers=Count("donor", distinct=True))
        .order_by("campaign__slug", "currency")
    )
    monthly: dict[str, list[Money]] = {}
    givers: dict[str, int] = {}
    for slug, currency, minor, count in plans:
        monthly.setdefault(slug, []).append(Money(minor, currency))
        givers[slug] = givers.get(slug, 0) + count
    return {
        slug: Standing(
            raised=tuple(raised.get(slug, ())),
            monthly=tuple(monthly.get(slug, ())),
            monthly_givers=givers.get(slug, 0),
        )
        for slug in slugs
    }


def _one(amounts: tuple[Money, ...], currency: str) -> Money:
    return next((amount for amount in amounts if amount.currency == currency), Money(0, currency))
