"""Promising: promises in parts, one kept so far and one behind, one that a foundation kept, and an employer's match."""

from collections.abc import Mapping

from campaigns.models import Campaign
from donations import keeping_pledges, pledging
from donations.models import Donation, Pledge
from donations.pledging import NewPledge
from donors.models import Donor
from ledger.models import LegalEntity
from ledger.money import Money
from staff.models import User
from web.demo.years import charging, people
from web.demo.years.calendar import LAST, Years
from web.demo.years.counting import id_of


def promise(*, years: Years, donors: Mapping[str, Donor], entity: LegalEntity, actor: User) -> None:
    """This function will write the promises down when they were made, and let what came since keep them."""
    family = Campaign.objects.select_related("fund").get(slug=people.FAMILY)
    own = _written(
        years, family, entity, donors["Ruth Calder"], 14, count=12, months=1, minor=6_000_00, actor=actor
    )
    grant = _written(
        years,
        family,
        entity,
        donors[people.FOUNDATION],
        9,
        count=3,
        months=6,
        minor=9_000_00,
        actor=actor,
        booked=True,
    )
    for pledge in (own, grant):
        _keep(pledge, years=years, actor=actor)
    doubled = charging.gift_of(name="Clara Dune", month=LAST - 3)
    pledging.promise(
        pledge=NewPledge(
            id=id_of("match"),
            entity=entity,
            donor_id=donors[people.EMPLOYER].pk,
            campaign=family,
            fund=family.fund,
            amount=doubled.amount,
            promised_on=years.first(LAST - 2),
            parts=[(years.last(LAST), doubled.amount)],
            kind=Pledge.Kind.MATCH,
            matches_id=doubled.pk,
            wants_reminders=False,
        ),
        actor=actor,
        now=years.at(years.first(LAST - 2)),
    )


def _written(
    years: Years,
    family: Campaign,
    entity: LegalEntity,
    donor: Donor,
    month: int,
    *,
    count: int,
    months: int,
    minor: int,
    actor: User,
    booked: bool = False,
) -> Pledge:
    amount, first = Money(minor, "USD"), years.first(month)
    parts = pledging.schedule(amount=amount, count=count, first_on=years.sunday(month), months=months)
    pledge = NewPledge(
        id=id_of(f"pledge:{donor.name}"),
        entity=entity,
        donor_id=donor.pk,
        campaign=family,
        fund=family.fund,
        amount=amount,
        promised_on=first,
        parts=parts,
        is_booked=booked,
        wants_reminders=False,
    )
    return pledging.promise(pledge=pledge, actor=actor, now=years.at(first))


def _keep(pledge: Pledge, *, years: Years, actor: User) -> None:
    came = Donation.objects.filter(donor_id=pledge.donor_id, given_on__gte=pledge.promised_on)
    for gift in came.order_by("given_on", "id"):
        if keeping_pledges.unused(donation=gift).minor > 0:
            now = years.at(gift.given_on, 20)
            keeping_pledges.keep(pledge_id=pledge.pk, donation_id=gift.pk, amount=None, actor=actor, now=now)
