"""Wanting a list: what a panel says becomes words that `reports.ordering` understands, and a file gets its name."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from reports import ordering
from reports.files.making import Format
from reports.lists import registering_lists, selecting
from reports.lists.declaring import Listing, UnreadableFilter

PREFIX = "f-"
"""Filters stand in a panel beside its own fields, under names that cannot be theirs."""
LONGEST = 120


class Refused(Exception):
    """The list cannot be made so; `words` say why to the person who pressed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def listing_of(key: str) -> Listing:
    """This function will return the list of an address, or answer 404."""
    try:
        return registering_lists.named(key)
    except registering_lists.NoSuchList as error:
        raise Http404("no such list") from error


def read(request: HttpRequest, key: str, *, is_plan: bool = False) -> ordering.Wanted:
    """The panel's field for a period that moves with the days is for a timetable and says nothing of a file now.

    Raises Refused. This function will return what a panel asks for.
    """
    listing, typed = listing_of(key), request.POST
    try:
        form = Format(typed.get("format", Format.CSV))
    except ValueError as error:
        raise Refused(_("Please choose a format.")) from error
    columns = typed.getlist("column")
    if not columns:
        raise Refused(_("Please choose at least one column."))
    return ordering.Wanted(
        listing=key,
        form=form,
        filters=filters_of(typed, [*sorted(listing.filters), *(["period"] if is_plan else [])]),
        columns=columns,
        language=get_language() or "en",
        with_mark="mark" in typed,
    )


def filters_of(typed: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """This function will return the filters a panel carries, without those that say nothing."""
    return {name: str(typed[PREFIX + name])[:200] for name in names if typed.get(PREFIX + name)}


def refusal(error: Exception) -> Refused:
    """This function will say in words what `reports.ordering` refused."""
    if isinstance(error, UnreadableFilter):
        return Refused(_("The list cannot be narrowed like this. Please open it again and choose."))
    if isinstance(error, selecting.NothingChosen):
        return Refused(_("This list is not yours to take."))
    return Refused(_("You may not take one of these columns."))


UNABLE = (UnreadableFilter, selecting.NothingChosen, selecting.UnknownColumn)


def name_of(wanted: ordering.Wanted) -> str:
    """This function will return what a file is called: its list, its campaign if it is of one, and its days."""
    parts = [wanted.listing]
    if wanted.filters.get("campaign"):
        campaign = Campaign.objects.filter(slug=wanted.filters["campaign"]).prefetch_related("texts").first()
        titles = {text.language: text.title for text in campaign.texts.all()} if campaign else {}
        parts.append(titles.get(wanted.language) or titles.get("en") or wanted.filters["campaign"])
    parts += [wanted.filters[name] for name in sorted(wanted.filters) if name.endswith(("_from", "_to"))]
    return f"{_together(parts)}.{wanted.form.value}"


def _together(parts: Iterable[str]) -> str:
    """Words of people become words of a file system: nothing that ends a header, a path or a quotation."""
    text = "-".join(parts)
    return re.sub(r"[\s\x00-\x1f\x7f\"'\\/:*?<>|;%]+", " ", text).strip(" .")[:LONGEST]


def disposition(name: str) -> str:
    """One header for every browser: an ASCII name, and the true one as RFC 6266 writes it.

    This function will return the value of Content-Disposition.
    """
    plain = re.sub(r"[^A-Za-z0-9 ._-]+", "_", name)
    told = f'attachment; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{quote(name, safe='')}"
