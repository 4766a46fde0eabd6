"""Words for month's end: what is checked, why a deed was refused."""

from django.utils.translation import gettext_lazy as _

from web.tax_wording import Words
from web.wording import TABLES

CHECKS: Words = {
    "laws": _("The laws of the books hold"),
    "notices": _("Every notice of the processor is settled"),
    "payouts": _("Every payout is explained to the cent"),
    "funds": _("The funds add up"),
    "bank_balance": _("Our bank account and the bank's statement agree"),
    "bank_lines": _("Every line of the bank is matched"),
    "deposits": _("Every deposit was seen at the bank"),
    "batches": _("Every batch is posted"),
    "unknown_givers": _("Every giver is known"),
    "refunds": _("No refund is under way"),
    "disputes": _("Disputes and refunds were looked through"),
    "reports_read": _("The reports of the month were read"),
    "journal": _("The journal went to the accountant"),
}
STAYS = _("This one can only be mended, not left aside.")
REFUSALS: Words = {
    "unknown": _("This is not there any more."),
    "closed": _("The month is closed already."),
    "counted": _("This one is counted: it is done when nothing is open."),
    "stays": STAYS,
    "reason": _("Please say why."),
    "resident_number": _("A resident number is never kept here. Leave it out."),
    "not_over": _("The month is not over yet."),
    "order": _("Months are closed one after the other: another one comes first."),
    "open": _("Something on the list is still open."),
    "asked": _("Somebody has asked for this already."),
    "decided": _("This has been decided already."),
    "own": _("You asked for this, so somebody else must decide about it."),
    "later": _("A later month is closed: that one must be opened first."),
    "again": _("The month is open already."),
    "alone": _("You asked for this, so somebody else must decide about it."),
}
STATES: Words = {"open": _("Being checked"), "closed": _("Closed")}
TABLES |= {"month_check": CHECKS, "month_state": STATES}
