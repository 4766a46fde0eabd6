"""The menu of the office: a calm row of seven, and below it the pages of the one that is open.

An address belongs to the page whose address it begins with, so that one gift stands below the gifts. What somebody may
not open is not offered to them.
"""

from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff import roles
from staff.models import Role

register = template.Library()

Words = str | Promise
GROUPS: tuple[tuple[Words, tuple[tuple[str, Words], ...]], ...] = (
    (_("Today"), (("today", _("Today")),)),
    (
        pgettext_lazy("menu", "Gifts"),
        (
            ("donations", _("Donations")),
            ("batches", _("Batches")),
            ("plans", _("Regular gifts")),
            ("pledges", _("Pledges")),
            ("transfers", _("Transfer codes")),
        ),
    ),
    (_("Donors"), (("donors", _("Donors")),)),
    (
        _("Receipts"),
        (
            ("receipts", pgettext_lazy("menu", "All receipts")),
            ("runs", _("Annual receipts")),
            ("print_queue", _("Letters to print")),
            ("register", _("Numbers")),
            ("issuers", _("Issuers")),
        ),
    ),
    (
        pgettext_lazy("menu", "Books"),
        (
            ("journal", _("Journal")),
            ("payouts", _("Payouts")),
            ("bank_lines", _("Bank lines")),
            ("funds", _("Funds")),
            ("restricted", pgettext_lazy("menu", "Restricted")),
            ("activities", pgettext_lazy("menu", "Activities")),
            ("years", pgettext_lazy("menu", "By year")),
            ("months", _("Month end")),
            ("journals", pgettext_lazy("menu", "To the accountant")),
        ),
    ),
    (
        _("Reports"),
        (
            ("reports", _("All reports")),
            ("report_year", _("The year")),
            ("report_campaigns", _("Campaigns")),
            ("report_lybunt", _("Last year, not this year")),
            ("report_retention", _("Retention")),
            ("report_monthly", _("Recurring health")),
            ("exports", _("Exports")),
        ),
    ),
    (
        pgettext_lazy("menu", "Pages"),
        (
            ("pages", _("Giving pages")),
            ("ways", _("Other ways")),
            ("links", _("Links and QR")),
            ("websites", _("Websites")),
        ),
    ),
)
ELSEWHERE = {"proposals/": "donations", "refund-policy/": "today"}
"""Pages that stand below another one, by how their addresses begin."""


@dataclass(frozen=True, slots=True)
class Item:
    """`current` is what `aria-current` says: the page itself, or that one of its pages is open."""

    words: Words
    address: str
    current: str


@dataclass(frozen=True, slots=True)
class Menu:
    """The row of groups, and the pages of the open one if it has several."""

    groups: list[Item]
    open: Words
    pages: list[Item]


@lru_cache(maxsize=64)
def _admitted(name: str) -> frozenset[Role]:
    """The roles that open a page, as its view names them."""
    admits: frozenset[Role] = resolve(reverse(f"office:{name}")).func.admits  # type: ignore[attr-defined]
    return admits


@register.simple_tag(takes_context=True)
def menu(context: Context) -> Menu:
    """This function will return the menu as it is for the reader of this page."""
    request = context.get("request")
    path = request.path if isinstance(request, HttpRequest) else ""
    here = place_of(path)
    groups: list[Item] = []
    below: list[Item] = []
    opened: Words = _("Office")
    for words, pages in GROUPS:
        mine = [(name, said) for name, said in pages if _may(context, name)]
        if not mine:
            continue
        is_open = here in dict(mine)
        groups.append(_item(mine[0][0], words, path, is_open=is_open))
        if is_open and len(mine) > 1:
            opened = words
            below = [_item(name, said, path, is_open=name == here) for name, said in mine]
    return Menu(groups, opened, below)


def _may(context: Context, name: str) -> bool:
    return roles.may(context.get("user"), roles=_admitted(name))


def _item(name: str, words: Words, path: str, *, is_open: bool) -> Item:
    address = reverse(f"office:{name}")
    return Item(words, address, ("page" if path == address else "true") if is_open else "")


def place_of(path: str) -> str:
    """Of several pages the one with the longest address counts.

    This function will return the name of the page of the menu that an address stands below, or nothing.
    """
    root = reverse("office:today")
    for begin, name in ELSEWHERE.items():
        if path.startswith(root + begin):
            return name
    names = [name for _words, pages in GROUPS for name, _said in pages if name != "today"]
    found = [name for name in names if path.startswith(reverse(f"office:{name}"))]
    if found:
        return max(found, key=lambda name: len(reverse(f"office:{name}")))
    return "today" if path == root else ""
