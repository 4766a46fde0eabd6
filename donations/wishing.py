"""Wishing: what somebody wants of a plan, and whether it can be had. Reads only."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from donations import scheduling
from donations.models import PlanChange, RecurringPlan
from ledger.models import Fund
from ledger.money import LARGEST_MINOR, Money

Kind = PlanChange.Kind
SOON = timedelta(hours=24)
"""So close to a charge its date is left alone: it may be under way."""
LONGEST_PAUSE = 12
LATEST_END_YEARS = 20
FREQUENCIES = (1, 3, 12)


class UnableToChange(Exception):
    """The change cannot be had; `words` say why to the person who pressed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted. `months` is a frequency or how long a pause lasts; `day` a last day, or the first one again."""

    kind: Kind
    amount: Money | None = None
    months: int | None = None
    charge_day: int | None = None
    day: date | None = None
    fund: Fund | None = None
    invoice_ref: str = ""
    before: str = ""


def considered(*, plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    """Raises UnableToChange. This function will return the wish with its dates reckoned and what was before it."""
    is_ended = plan.status == RecurringPlan.Status.ENDED
    if is_ended and plan.end_reason == RecurringPlan.EndReason.DEATH:
        raise UnableToChange("ended", _("This gift has ended."))
    if is_ended and wish.kind not in {Kind.RESTART, Kind.MISSED, Kind.CARD}:
        raise UnableToChange("ended", _("This gift has ended."))
    return CONSIDERED[wish.kind](plan, wish, now)


def months_of(plan: RecurringPlan) -> int:
    """This function will return the months from one charge of a plan to the next."""
    return plan.interval_count * (12 if plan.interval == "year" else 1)


def next_day(*, plan: RecurringPlan, now: datetime) -> date:
    """When a plan that has ended would be charged first, were it begun again.

    This function will return the next day of its old schedule that lies at least a day ahead.
    """
    last = plan.donations.order_by("-given_at", "-id").values_list("given_at", flat=True).first()
    due = scheduling.following(
        anchored_at=scheduling.moment((last or plan.started_at).astimezone(UTC).date()),
        charge_day=plan.charge_day,
        months=months_of(plan),
        after=now + SOON,
    )
    return due.date()


def _amount(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    amount = wish.amount
    if amount is None or amount.currency != plan.currency:
        raise UnableToChange("currency", _("The gift is in %(currency)s.") % {"currency": plan.currency})
    row = plan.checkout.page.currencies.filter(currency=plan.currency).first()
    least = row.minimum if row else Money(1, plan.currency)
    if amount.minor <= 0 or amount < least:
        raise UnableToChange("amount", _("The smallest gift is %(least)s.") % {"least": least.shown()})
    if amount.minor > LARGEST_MINOR:
        raise UnableToChange("amount", _("This amount is too large for a card. Please write to us."))
    return replace(wish, before=f"{plan.amount.plain} {plan.currency}")


def _frequency(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    if wish.months not in FREQUENCIES:
        raise UnableToChange("months", _("Choose every month, every quarter or every year."))
    next_at = _settled_next(plan, now)
    day = next_at.date()
    if plan.charge_day and plan.charge_day != day.day:
        day = scheduling.first_on(charge_day=plan.charge_day, near=day, not_before=day)
    return replace(wish, day=day, before=str(months_of(plan)))


def _day(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    if wish.charge_day is None or not 1 <= wish.charge_day <= 31:
        raise UnableToChange("charge_day", _("Choose a day from 1 to 31."))
    next_at = _settled_next(plan, now)
    day = scheduling.first_on(
        charge_day=wish.charge_day, near=next_at.date(), not_before=(now + SOON).astimezone(UTC).date()
    )
    if scheduling.moment(day) - now < SOON:
        day = scheduling.first_on(charge_day=wish.charge_day, near=day, not_before=day + timedelta(days=1))
    return replace(wish, day=day, before=str(plan.charge_day or ""))


def _settled_next(plan: RecurringPlan, now: datetime) -> datetime:
    if plan.status != RecurringPlan.Status.ACTIVE or plan.next_charge_at is None:
        raise UnableToChange(
            "state", _("This can be changed once the gift is running again and nothing is owed.")
        )
    if plan.next_charge_at - now < SOON:
        raise UnableToChange(
            "soon", _("A gift is being collected in these hours. Please change this tomorrow.")
        )
    return plan.next_charge_at.astimezone(UTC)


def _fund(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    fund, page = wish.fund, plan.checkout.page
    is_offered = fund is not None and (
        fund.pk in {plan.fund_id, page.campaign.fund_id} or page.funds.filter(fund=fund).exists()
    )
    if fund is None or not is_offered or not fund.is_open:
        raise UnableToChange("fund", _("Choose one of the purposes."))
    return replace(wish, before=plan.fund.code)


def _end(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    today = now.astimezone(UTC).date()
    is_near = wish.day is None or today <= wish.day <= scheduling.months_later(today, 12 * LATEST_END_YEARS)
    if not is_near:
        raise UnableToChange("day", _("The last day lies in the past or too far ahead."))
    if plan.next_charge_at is None:
        raise UnableToChange("state", _("This gift has no next date."))
    return replace(wish, before=plan.ends_on.isoformat() if plan.ends_on else "")


def _pause(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    step = months_of(plan)
    if wish.months is None or not 1 <= wish.months <= LONGEST_PAUSE or wish.months % step:
        raise UnableToChange("months", _("A pause lasts from one to twelve months."))
    if plan.next_charge_at is None:
        raise UnableToChange("state", _("This gift has no next date."))
    day = scheduling.resumption(next_at=plan.next_charge_at, charge_day=plan.charge_day, months=wish.months)
    return replace(wish, day=day, before=plan.status)


def _resume(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    if plan.status != RecurringPlan.Status.PAUSED:
        raise UnableToChange("state", _("This gift is not paused."))
    return replace(wish, before=plan.resumes_on.isoformat() if plan.resumes_on else "")


def _as_it_is(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    return replace(wish, before=wish.before or plan.status)


def _missed(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    if not plan.failures.filter(invoice_ref=wish.invoice_ref).exists():
        raise UnableToChange("invoice", _("This month was not missed."))
    return wish


def _restart(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    if plan.status != RecurringPlan.Status.ENDED:
        raise UnableToChange("state", _("This gift is running."))
    return replace(wish, day=next_day(plan=plan, now=now), before=plan.processor_ref)


def _card(plan: RecurringPlan, wish: Wish, now: datetime) -> Wish:
    is_ended = plan.status == RecurringPlan.Status.ENDED
    return replace(wish, day=next_day(plan=plan, now=now) if is_ended else None)


CONSIDERED: dict[str, Callable[[RecurringPlan, Wish, datetime], Wish]] = {
    Kind.AMOUNT: _amount,
    Kind.FREQUENCY: _frequency,
    Kind.DAY: _day,
    Kind.FUND: _fund,
    Kind.CARD: _card,
    Kind.END: _end,
    Kind.PAUSE: _pause,
    Kind.RESUME: _resume,
    Kind.STOP: _as_it_is,
    Kind.MISSED: _missed,
    Kind.RESTART: _restart,
}
