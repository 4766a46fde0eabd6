"""How the pages of the annual run write codes: a code may carry a reason behind a colon."""

from django import template

from ledger.money import Money
from web import run_wording
from web.templatetags.office import money, worded

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
    codes = [one for one in words.split(",") if one]
    if all(one.partition(":")[0] in run_wording.BRIDGE for one in codes):
        return "; ".join(told(one) for one in codes)
    return words


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


@register.filter
def counted(figures: dict[str, dict[str, int]], status: str) -> int:
    """How many items a rehearsal found in a state. (`items` is a method of every dict, so templates cannot ask.)"""
    return figures.get("items", {}).get(status, 0)


@register.filter
def kind(code: str) -> str:
    """The kind by which a list of exceptions is narrowed."""
    return code.partition(":")[0]


@register.filter
def left(line: dict[str, object]) -> str:
    """What a line of a paper says is left of its gift."""
    amount, back = int(str(line["amount_minor"])), int(str(line["refunded_minor"]))
    return money(Money(amount - back, str(line["currency"])))
