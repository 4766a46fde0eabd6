"""How the office and the portal write money, days and names of things, in the reader's language."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ledger.models import LegalEntity
from ledger.money import Money
from web import wording

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """ "$1,250.00" or "₩50,000"; a dash when nobody knows yet."""
    return amount.shown(get_language() or "en") if amount is not None else "–"


@register.filter
def minor(amount_minor: int, currency: str) -> str:
    return money(Money(amount_minor, currency))


@register.filter
def owed(amount: Money) -> str:
    """What is short, without its sign: the words beside it say so."""
    return money(-amount)


@register.filter
def rated(rate: Decimal | None) -> str:
    """An exchange rate without its last zeros."""
    return "" if rate is None else f"{rate.normalize():f}"


@register.filter
def debit(amount_minor: int, currency: str) -> str:
    return minor(amount_minor, currency) if amount_minor > 0 else ""


@register.filter
def credit(amount_minor: int, currency: str) -> str:
    return minor(-amount_minor, currency) if amount_minor < 0 else ""


@register.filter
def day(value: date | datetime | None, zone: str = "") -> str:
    """ "1 July 2025" or "2025년 7월 1일"."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or "UTC")).date()
    language = get_language() or "en"
    return format_date(value, "d MMMM y" if language == "en" else "y년 M월 d일", locale=language)


@register.filter
def month(value: date) -> str:
    """ "July 2025" or "2025년 7월"."""
    language = get_language() or "en"
    return format_date(value, "MMMM y" if language == "en" else "y년 M월", locale=language)


@register.filter
def short_day(value: date) -> SafeString:
    """A day in a dense table: the same width in every row, readable by machines."""
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat())


@register.filter
def moment(value: datetime | None, entity: LegalEntity | None) -> str | SafeString:
    """A day and a minute in the entity's zone."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(entity.zone if entity else "UTC"))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{local:%Y-%m-%d %H:%M}")


@register.filter
def worded(key: str, table: str) -> str:
    """The words for a key of one of the tables in `web.wording`; an unknown key shows itself."""
    return str(wording.TABLES[table].get(key, key))


@register.filter
def address(target: tuple[str, object] | None) -> str:
    """Where the thing behind a moment of a history is shown; an empty text when it is nowhere."""
    if target is None:
        return ""
    kind, key = target
    if kind == "entry":
        return f"#entry-{key}"
    if kind == "elsewhere":
        return str(key)
    return reverse(f"office:{_PAGES[kind]}", args=[key])


@register.filter
def placed(place: tuple[str, object]) -> str:
    """The address of a page of the office and the thing it shows."""
    name, key = place
    return reverse(f"office:{name}", args=[key])


_PAGES = {"receipt": "receipt_file", "payout": "payout", "proposal": "proposal"}


@register.filter
def titled(campaign: object) -> str:
    """A campaign's title in the reader's language; its texts must have been fetched with it."""
    language = get_language() or "en"
    titles = {text.language: text.title for text in campaign.texts.all()}  # type: ignore[attr-defined]
    return titles.get(language) or titles.get("en") or str(campaign)


@register.filter
def named(fund: object) -> str:
    """A fund's name in the reader's language; its texts must have been fetched with it."""
    language = get_language() or "en"
    names = {text.language: text.name for text in fund.texts.all()}  # type: ignore[attr-defined]
    return names.get(language) or names.get("en") or str(fund)
