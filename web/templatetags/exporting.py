"""The panel below every list of the office: take what you see as a file."""

import uuid

from django import template
from django.template.context import Context
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.lists import registering_lists, selecting
from staff.models import User
from web.tax_wording import Words

register = template.Library()

LISTS: Words = {
    "donations": _("Donations"),
    "donors": _("Donors"),
    "plans": _("Regular gifts"),
    "pledges": _("Pledges"),
    "receipts": pgettext_lazy("menu", "All receipts"),
    "register": _("Numbers"),
    "journal": _("Journal"),
    "funds": _("Funds"),
    "payouts": _("Payouts"),
    "bank_lines": _("Bank lines"),
    "batches": _("Batches"),
}
FORMATS: Words = {"csv": "CSV", "xlsx": _("Excel (XLSX)"), "parquet": "Parquet"}
CADENCES: Words = {
    "daily": _("Every morning"),
    "weekly": _("Every Monday"),
    "monthly": _("On the first of every month"),
}
REQUESTS: Words = {
    "asked": _("Waits for a second person"),
    "approved": _("Approved"),
    "declined": _("Declined"),
    "expired": _("Over"),
    "taken": _("Taken"),
}
JOBS: Words = {
    "queued": _("Waits"),
    "running": _("Is being made"),
    "succeeded": _("Ready"),
    "failed": _("Failed"),
    "canceled": _("Called off"),
}
LAST: Words = {
    "": "",
    "no right": _("You may not take this list any more."),
    "owner left": _("Rests: its owner left."),
}
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
