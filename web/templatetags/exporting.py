"""The panel below every list of the office: take what you see as a file."""

import uuid

from django import template
from django.template.context import Context

from reports.lists import registering_lists, selecting
from staff.models import User
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
