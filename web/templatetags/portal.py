"""What only the giver's pages say: their sections, bars of years, clocks, devices, and when a session ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone, get_timezone_location
from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donations import telling, wishing
from donations.models import PlanChange, RecurringPlan
from donors import staying
from donors.models import PortalSession
from ledger.models import LegalEntity
from ledger.money import Money
from reports.histories import Year

register = template.Library()


@dataclass(frozen=True, slots=True)
class Bar:
    year: int
    kept: Money
    width: int


@register.filter
def barred(years: Sequence[Year]) -> list[Bar]:
    """Each year with its share, in hundredths, of the largest in the same currency."""
    largest: dict[str, int] = {}
    for one in years:
        largest[one.kept.currency] = max(largest.get(one.kept.currency, 0), one.kept.minor)
    return [
        Bar(one.year, one.kept, max(one.kept.minor, 0) * 100 // (largest[one.kept.currency] or 1))
        for one in years
    ]


@register.filter
def often(plan: RecurringPlan) -> str:
    """ "every month", "every quarter", "every year"."""
    return telling.every(wishing.months_of(plan))


@register.filter
def wanted(change: PlanChange) -> str:
    """What was asked for, in a word or two, for the history of a plan."""
    if change.amount is not None:
        return change.amount.shown(get_language() or "en")
    if change.kind == PlanChange.Kind.FREQUENCY and change.months:
        return telling.every(change.months)
    if change.kind == PlanChange.Kind.FUND and change.fund is not None:
        return change.fund.code
    if change.kind == PlanChange.Kind.DAY:
        return str(change.charge_day)
    return ""


@dataclass(frozen=True, slots=True)
class Section:
    url: str
    words: str
    is_here: bool


@register.simple_tag
def sections(request: HttpRequest) -> list[Section]:
    """The giver's pages, as the head of each of them lists them."""
    named = [
        ("home", _("Overview")),
        ("gifts", _("Gifts")),
        ("receipts", _("Receipts")),
        ("profile", _("Profile")),
        ("choices", _("Mail")),
        ("copies", _("My data")),
    ]
    match = request.resolver_match
    here = match.url_name if match else ""
    return [Section(reverse(f"portal:{name}"), words, name == here) for name, words in named]


@dataclass(frozen=True, slots=True)
class Closing:
    """When an idle session ends: the time on our clock, whose clock that is, and in how many minutes."""

    words: str
    city: str
    minutes: int


@register.simple_tag
def closing(entity: LegalEntity | None) -> Closing:
    zone = entity.zone if entity else "UTC"
    ends = timezone.now() + staying.IDLE
    return Closing(
        f"{ends.astimezone(ZoneInfo(zone)):%H:%M}", _city(zone), int(staying.IDLE.total_seconds()) // 60
    )


@register.filter
def clock(moment: datetime) -> str:
    """ "1 January 2026, 08:00 (Seoul)": a moment on the clock it was told with."""
    language = get_language() or "en"
    day = format_date(moment.date(), "d MMMM y" if language == "en" else "y년 M월 d일", locale=language)
    return f"{day}, {moment:%H:%M} ({_city(str(moment.tzinfo))})"


def _city(zone: str) -> str:
    language = get_language() or "en"
    return str(get_timezone_location(get_timezone(zone), locale=language, return_city=True))


@register.filter
def device(session: PortalSession) -> str:
    """ "Firefox on Windows"; what is unknown is said to be so."""
    browser, _on, system = session.device.partition(" on ")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or _("A browser we do not know")
