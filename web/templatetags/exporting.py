"""The panel below every list of the office: take what you see as a file."""

import uuid
from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.template.context import Context
from django.utils.translation import get_language

from ledger.money import Money, exponent
from reports.lists import registering_lists, selecting
from staff import roles
from staff.models import Role, User
from web.export_wording import CADENCES, FORMATS, JOBS, LAST, LISTS, REQUESTS

register = template.Library()

_TABLES = {
    "list": LISTS,
    "format": FORMATS,
    "cadence": CADENCES,
    "request": REQUESTS,
    "job": JOBS,
    "last": LAST,
}


@register.filter
def said(key: str, table: str) -> str:
    """The words for a key; an unknown one shows itself."""
    return str(_TABLES[table].get(key, key))


@register.filter
def whole(number: int | None) -> str:
    """A number as people read it: 25,000; nothing for one that is not known."""
    return "" if number is None else f"{number:,}"


@register.filter
def money_told(told: Mapping[str, str]) -> str:
    """A sum as a manifest tells it, as people read it."""
    currency = told["currency"]
    amount = Money(int(Decimal(told["amount"]).scaleb(exponent(currency))), currency)
    return amount.shown(get_language() or "en")


@register.simple_tag(takes_context=True)
def sees_requests(context: Context) -> bool:
    """Whether the reader has a page of requests that need two people."""
    return roles.may(context["request"].user, roles=[Role.FINANCE, Role.APPROVER])


@register.inclusion_tag("office/_export.html", takes_context=True)
def export_panel(context: Context, key: str, **shown: object) -> dict[str, object]:
    """`shown` are words the page narrows itself by when its address does not say them.

    This function will return what the panel of a list shows: nothing for somebody who may not take the list.
    """
    request, listing = context["request"], registering_lists.named(key)
    reader = request.user
    columns = selecting.visible(listing=listing, reader=reader) if isinstance(reader, User) else ()
    by_itself = {name: str(value) for name, value in shown.items() if value not in (None, "")}
    told = {name: request.GET[name] for name in listing.filters if request.GET.get(name)}
    asked = dict(sorted((by_itself | told).items()))
    return {
        "key": key,
        "columns": columns,
        "hidden": [(f"f-{name}", value) for name, value in asked.items()],
        "has_period": not listing.filters.isdisjoint({"given_from", "booked_from"}),
        "formats": FORMATS.items(),
        "cadences": CADENCES.items(),
        "mark": uuid.uuid4().hex[:8],
        "csrf_token": context.get("csrf_token"),
    }
