"""How a line of the statement of activities is called, and which lines of the journal its numbers open."""

from urllib.parse import urlencode

from django import template

from ledger.money import Money
from reports.activities import Line
from web import wording
from web.templatetags import office

register = template.Library()


@register.filter
def line_name(line: Line) -> str:
    """This function will return what a line is called: by its account, or by what it sums."""
    if line.name:
        return office.worded(line.name, "account")
    return str(wording.TABLES["activity"].get(line.code, line.code))


@register.filter
def line_query(line: Line, side: str) -> str:
    """What the journal is asked for: one account, or several by their name; of one side of a line its own account.

    This function will return the end of an address.
    """
    if len(line.accounts) == 1:
        # An account that is of one class in one fund and of the other in the next is told apart by `of`.
        asked = {"account": line.accounts[0], "of": side}
    elif side:
        asked = {"account": line.accounts[side == "with"]}
    else:
        asked = {"account": "contributions" if line.what else line.code}
    return urlencode({key: value for key, value in {**asked, "what": line.what}.items() if value})


@register.filter
def less(amount: Money, other: Money) -> Money:
    """This function will return the difference of two amounts."""
    return amount - other
