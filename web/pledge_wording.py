"""Words for pledges: kinds, states, and why something cannot be done."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.tax_wording import Words
from web.wording import TABLES

KINDS: Words = {
    "pledge": _("A promise"),
    "match": _("An employer's match"),
    "grant": _("A grant that was promised"),
}
STATES: Words = {
    "late": _("Late"),
    "open": pgettext_lazy("pledge", "Open"),
    "fulfilled": _("Fulfilled"),
    "written_off": _("Written off"),
    "canceled": _("Canceled"),
}
REFUSALS: Words = {
    "resident_number": _("A resident number is never kept here. Leave it out."),
    "amount": _("The amount must be above zero."),
    "count": _("So many parts cannot be made of this amount."),
    "day": _("This day cannot be."),
    "days": _("The parts fall due one after the other, not before the promise was made."),
    "parts": _("The parts do not add up to the amount."),
    "sum": _("The parts do not add up to the amount."),
    "fund": _("All funds must be open and of the same organization."),
    "conditional": _("A promise with a condition is no receivable: the books do not know it."),
    "unknown": _("This is not there any more."),
    "merged": _("This giver was merged into another; choose that one."),
    "parted": _("These two have parted: choose one of them."),
    "organization": _("The giver of this kind is an organization: the fund, the employer or the charity."),
    "matches": _("Choose the gift that is matched."),
    "claimed": _("This employer's match of the gift is written down already."),
    "ended": _("This promise has ended."),
    "gift": _(
        "This gift cannot keep the promise: another giver, organization or currency, or an earlier day."
    ),
    "nothing": _("Nothing is left, of the gift or of the promise."),
    "too_much": _("Less than that is left, of the gift or of the promise."),
    "reason": _("Please say why."),
    "asked": _("Somebody has asked for this already."),
    "decided": _("This has been decided already."),
    "own": _("You asked for this, so somebody else must decide about it."),
    "write_off": _("Something was given for it, or the books know it: it can only be written off."),
}
TABLES |= {"pledge_kind": KINDS, "pledge": STATES}
