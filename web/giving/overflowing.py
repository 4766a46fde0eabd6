"""Overflowing: telling a giver, before payment if it is known by then, that their group has its money (F45)."""

from django.utils import timezone
from django.utils.translation import gettext

from reports import groups, keeping
from reports.groups import Serving
from web.giving.asking import Ask


def serving(ask: Ask, *, is_fresh: bool) -> Serving | None:
    """Which group a gift on this page helps now; kept for half a minute unless it must be of this moment.

    This function will return None for a page without groups.
    """
    if ask.kind != "units":
        return None
    day = timezone.now().date()
    if is_fresh:
        return groups.serving(slug=ask.slug, day=day)
    kept = keeping.kept(f"serving:v1:{day}:{ask.slug}", lambda: [groups.serving(slug=ask.slug, day=day)])
    return kept[0]


def shown(ask: Ask, *, is_fresh: bool) -> dict[str, str]:
    """This function will return what the form carries (the mark of its group) and says about it."""
    found = serving(ask, is_fresh=is_fresh)
    if found is None:
        return {"group_mark": "", "group_words": ""}
    return {"group_mark": found.mark, "group_words": words(ask, found) if found.just_filled else ""}


def news(seen: str, *, ask: Ask) -> str:
    """Words for a giver whose form was opened for a group that has its money by now; empty when nothing changed.

    A form without a mark (kept from a busy page, or of another site) was not promised any group.
    This function will return the words.
    """
    if not seen or ask.kind != "units":
        return ""
    found = serving(ask, is_fresh=True)
    if found is None or found.mark == seen:
        return ""
    return f"{words(ask, found)} {gettext('Nothing was charged: press the button again if you agree.')}"


def words(ask: Ask, found: Serving) -> str:
    """This function will return what a further gift does."""
    if found.next_waits:
        return gettext("This group is now funded; your gift helps the next.")
    return f"{gettext('This group is now funded.')} {ask.surplus or gettext('Your gift helps the next.')}"
