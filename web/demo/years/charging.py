"""Charging: what was given by card in these years, and what the processor paid out of it.

The processor stands across the street: whoever calls hands in a `Street` that turns its clock, pays on its pages and
lets it pay out. Everything else goes the way of every gift: begun, fetched again, settled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from campaigns.models import Campaign
from donations import changing_plans, depositing, following, giving, settling
from donations.models import Donation, RecurringPlan
from donations.models.intents import Frequency
from donations.wishing import Kind, Wish
from donors import corresponding
from donors.models import Donor
from ledger.money import Money
from payments import gateway
from payments.models import Payout
from web.demo.years import people
from web.demo.years.calendar import LAST, Years
from web.demo.years.counting import id_of

PAYS_OUT_IN, PAYS_OUT_ON = (*range(3, 18, 3), *range(18, LAST + 1)), 3
"""Each quarter while little came, each month since; on the third."""
STEP, LOOKS_BACK = timedelta(minutes=5), timedelta(days=95)


class Street(Protocol):
    """What the outside world does to the processor."""

    def turn_back(self, *, to: datetime) -> None: ...
    def go_on(self, *, to: datetime) -> None: ...
    def pay(self, *, url: str, name: str, email: str) -> None: ...
    def break_card(self, *, customer_ref: str) -> None: ...
    def pay_out(self, *, currency: str) -> str | None: ...


@dataclass
class Charged:
    """Where the years stand while they are lived through."""

    years: Years
    street: Street
    donors: Mapping[str, Donor]
    efforts: Mapping[str, Campaign]
    known: set[str] = field(default_factory=set)


Deed = Callable[[Charged, datetime], None]


def charge(*, years: Years, donors: Mapping[str, Donor], street: Street) -> None:
    """This function will live through the months at the processor, and leave its clock at now."""
    efforts = {
        effort.slug: effort for effort in Campaign.objects.select_related("giving_page__campaign", "fund")
    }
    at = Charged(years, street, donors, efforts)
    street.turn_back(to=years.at(years.first(0), 8))
    for moment, deed in sorted(_moments(years), key=lambda each: each[0]):
        if moment < years.now - STEP:
            street.go_on(to=moment)
            deed(at, moment)
    street.go_on(to=years.now)
    _settle_renewals(at, years.now)
    _follow_plans(years.now)


def _moments(years: Years) -> list[tuple[datetime, Deed]]:
    made: list[tuple[datetime, Deed]] = []
    for standing in people.STANDING:
        made.append((_on(years, standing.first, standing.day or _recent(years).day), _begins(standing)))
        if standing.stops is not None:
            made.append((_on(years, standing.stops, standing.day + 2), _stops(standing)))
        if standing.fails is not None:
            made.append((_on(years, standing.fails, standing.day - 4), _fails(standing)))
        if not standing.day:
            made.append((years.at(_recent(years) - timedelta(days=5)), _fails(standing)))
    for once in people.ONCE:
        made.append((_on(years, once.month, once.day), _gives(once)))
    for month in PAYS_OUT_IN:
        made.append((years.at(years.first(month) + timedelta(days=PAYS_OUT_ON - 1), 9), _pays_out))
    return made


def _recent(years: Years) -> date:
    """A week ago, on a day that every month has."""
    day = years.today - timedelta(days=7)
    return day.replace(day=min(day.day, 28))


def _on(years: Years, month: int, day: int) -> datetime:
    return years.at(years.first(month) + timedelta(days=day - 1), 18)


def _begins(standing: people.Standing) -> Deed:
    return lambda at, now: _gift(
        at,
        f"standing:{standing.name}",
        Frequency.MONTHLY,
        name=standing.name,
        minor=standing.minor,
        slug=standing.campaign,
        now=now,
    )


def _gives(once: people.Once) -> Deed:
    return lambda at, now: _gift(
        at,
        f"once:{once.name}:{once.month}",
        Frequency.ONCE,
        name=once.name,
        minor=once.minor,
        slug=once.campaign,
        now=now,
    )


def _gift(
    at: Charged, key: str, frequency: Frequency, *, name: str, minor: int, slug: str, now: datetime
) -> None:
    """One gift as a supporter makes it: the form, the payment page, and what the processor says of it."""
    donor, page = at.donors[name], at.efforts[slug].giving_page
    gift = giving.Gift(
        page=page,
        fund=at.efforts[slug].fund,
        frequency=frequency,
        amount=Money(minor, "USD"),
        cover=None,
        donor_name=donor.name,
        email=donor.email,
        language=donor.language,
        is_anonymous=False,
        wants_letter=False,
        letter_wording="",
        note="",
        source="",
    )
    begun = giving.begin(checkout_id=id_of(key), gift=gift, now=now)
    if begun.payment_url is not None:
        at.street.pay(url=begun.payment_url, name=donor.name, email=donor.email)
    found = giving.find(checkout_id=begun.checkout.pk)
    if found is not None and found.session_ref:
        settling.session(found.session_ref, now)


def _stops(standing: people.Standing) -> Deed:
    def stop(at: Charged, now: datetime) -> None:
        plan = _plan(at, standing)
        changing_plans.ask(
            plan_id=plan.pk,
            change_id=id_of(f"stop:{standing.name}"),
            wish=Wish(kind=Kind.STOP),
            asker=changing_plans.HOUSE,
            reason=RecurringPlan.EndReason.DONOR,
            now=now,
        )
        following.plan(plan.processor_ref, now)

    return stop


def _fails(standing: people.Standing) -> Deed:
    def fail(at: Charged, now: datetime) -> None:
        at.street.break_card(customer_ref=_plan(at, standing).customer_ref)

    return fail


def _plan(at: Charged, standing: people.Standing) -> RecurringPlan:
    return RecurringPlan.objects.get(checkout_id=id_of(f"standing:{standing.name}"))


def _pays_out(at: Charged, now: datetime) -> None:
    """What came goes to the bank; before that every renewal is in the books, and what was written is mailed."""
    _settle_renewals(at, now)
    ref = at.street.pay_out(currency="usd")
    if ref is not None and not Payout.objects.filter(ref=ref).exists():
        settling.payout(ref, now)
    corresponding.send_due(now=now)


def _settle_renewals(at: Charged, now: datetime) -> None:
    """What the processor's balance holds and we have not heard of."""
    lines = gateway.connect().balance_lines(since=now - LOOKS_BACK)
    fresh = [line for line in lines if line.ref not in at.known]
    at.known.update(line.ref for line in fresh)
    for line in sorted(fresh, key=lambda line: (line.created_at, line.ref)):
        depositing.explain(lines=[line], settle_source=settling.settle_source, now=line.created_at)


def _follow_plans(now: datetime) -> None:
    """How each standing gift stands today, with what could not be collected of it."""
    for plan in RecurringPlan.objects.filter(ended_at__isnull=True).order_by("id"):
        for invoice in list(gateway.connect().unpaid_invoices(plan.processor_ref)):
            settling.apply_invoice(state=invoice, now=now)
        following.plan(plan.processor_ref, now)
    corresponding.send_due(now=now)


def paid_out(*, before: date) -> list[Payout]:
    """This function will return the payouts that arrived before a day, the oldest first."""
    return list(Payout.objects.filter(arrives_on__lt=before).order_by("arrives_on", "id"))


def gift_of(*, name: str, month: int) -> Donation:
    """This function will return what somebody gave once by card in a month."""
    return Donation.objects.get(checkout_id=id_of(f"once:{name}:{month}"))
