"""How the pages of the annual run write codes: a code may carry a reason behind a colon."""

from django import template

import web.run_wording  # noqa: F401  its tables join those of `web.wording`
from web.templatetags.office import worded

register = template.Library()


@register.filter
def told(code: str, table: str = "bridge") -> str:
    """ "No receipt by law: a purchase" for "excluded:purchase"."""
    begin, _, reason = code.partition(":")
    words = worded(begin, table)
    return f"{words}: {worded(reason, 'excluded')}" if reason else words


@register.filter
def why(words: str) -> str:
    """Why an item has no receipt: codes in the reader's language, anything else as it was written."""
    return "; ".join(told(one) for one in words.split(",")) if words.replace(",", "").replace(":", "") and _is_codes(
        words
    ) else words


def _is_codes(words: str) -> bool:
    return all(one.partition(":")[0] in web.run_wording.BRIDGE for one in words.split(","))


@register.filter
def exception(code: str) -> str:
    """What is to be looked at; a demand of the law shows its id."""
    begin, _, named = code.partition(":")
    words = worded(begin, "exception")
    return f"{words} ({named})" if named else words


@register.filter
def of(counts: dict[str, int], key: str) -> int:
    """A count by its key; nothing counted is zero."""
    return counts.get(key, 0)
