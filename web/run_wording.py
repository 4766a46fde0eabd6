"""Words for the annual run: where it stands, why there is no receipt, what is looked at, the lines of the bridge."""

from django.utils.translation import gettext_lazy as _

from web.tax_wording import Words
from web.wording import TABLES

STAGES: Words = {
    "rehearsing": _("Being rehearsed"),
    "rehearsed": _("Rehearsed"),
    "approved": _("Approved"),
    "issuing": _("Issuing"),
    "paused": _("Paused"),
    "issued": _("Issued, being sent"),
    "delivered": _("Done"),
    "canceled": _("Canceled"),
}
ITEMS: Words = {
    "ready": _("Ready to issue"),
    "blocked": _("Cannot be issued"),
    "left_out": _("Left out"),
    "nothing": _("No receipt to make"),
    "issued": _("Has its receipt"),
}
CHANNELS: Words = {"email": _("By mail"), "post": _("By post"), "none": _("Kept in the portal")}
EXCEPTIONS: Words = {
    "no_contact": _("No address and no e-mail"),
    "no_name": _("No real name"),
    "not_corrected": _("The receipt does not tell a refund yet"),
    "no_acknowledgment_text": _("$250 or more without the sentence about goods and services"),
    "same_email": _("Two people with the same e-mail"),
    "deceased": _("The giver has died"),
    "do_not_contact": _("Wants no contact"),
    "other_entity": _("Gave to the Korean body too: another paper comes from there"),
    "daf": _("A fund or foundation paid: thanks, no receipt"),
    "stock": _("Shares"),
    "in_kind": _("A thing, not money"),
    "quid_pro_quo": _("Something was given in return"),
    "foreign_currency": _("Another currency"),
    "soft_credit": _("Credited to somebody else too: thanks, no receipt"),
    "refunded_after": _("Refunded after its receipt"),
    "held": _("A dispute or review holds it: it waits"),
    "law": _("The law asks for more"),
}
DECISIONS: Words = {
    "open": _("Open"),
    "solved": _("Solved"),
    "left_out": _("Left out"),
    "noted": _("Noted"),
}
BRIDGE: Words = {
    "booked": _("Gift income in the books of this year"),
    "other_year": _("less: gifts of another tax year, booked in this one"),
    "no_gift": _("less: income of no gift"),
    "elsewhere": _("plus: gifts of this tax year, booked in another one"),
    "returned": _("less: given back of them in another year"),
    "now": _("On the receipts of this run"),
    "described_now": _("On the receipts of this run, described without a value"),
    "receipted": _("On receipts already"),
    "described": _("On receipts already, described without a value"),
    "left_out": _("Left out of this run"),
    "held": _("Held by a dispute or a review"),
    "waiting": _("Waiting for a person"),
    "excluded": _("No receipt by law"),
    "gone": _("Nothing was left to receipt"),
}
EXCLUDED: Words = {
    "refunded": _("given back"),
    "dispute_lost": _("dispute lost"),
    "daf": _("paid by a fund or foundation"),
    "services": _("services"),
    "pledge": _("a promise"),
    "purchase": _("a purchase"),
    "vehicle_1098c": _("vehicle: Form 1098-C"),
    "not_501c3": _("not tax-exempt"),
    "not_registered": _("not registered"),
    "entity_not_designated": _("not designated"),
    "advantage_over_80pct": _("returns above 80 %"),
    "already_in_hometax": _("in Hometax already"),
    "no_receipt_in_law": _("this law has no receipt"),
    "unknown_giver": _("giver unknown"),
    "by_staff": _("by staff"),
    "fmv_unknown": _("its value is unknown"),
    "no_address": _("no address"),
    "year_unsettled": _("a figure of the law is not confirmed"),
    "mixed_currencies": _("a return in another currency"),
    "benefit": _("something was given in return"),
    "rrn_missing": _("the business number is missing"),
    "prior_receipts_unknown": _("the sum of the year before is unknown"),
    "no_issuer": _("the body issues no receipts"),
    "issuer_closed": _("the body issues none at the moment"),
    "fund_unnamed": _("a fund has no name to print"),
    "others": _("with others that cannot be issued"),
    "elsewhere": _("of another donor or year"),
}
CHANGED: Words = {
    "gifts": _("gifts"),
    "details": _("what was given or returned"),
    "money": _("refunds or disputes"),
    "papers": _("receipts"),
    "givers": _("givers"),
    "issuer": _("the issuing body"),
    "decisions": _("what was left out"),
}
TABLES |= {
    "run": STAGES,
    "run_item": ITEMS,
    "channel": CHANNELS,
    "exception": EXCEPTIONS,
    "decision": DECISIONS,
    "bridge": BRIDGE,
    "excluded": EXCLUDED,
    "changed": CHANGED,
}
