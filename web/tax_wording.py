"""Words for what laws and tax offices ask: who issues receipts, which gifts get none, what is filed and claimed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

EXCLUSIONS: Words = {
    "refunded": _("the gift was refunded"),
    "dispute_lost": _("the payment was taken back by the bank"),
    "daf": _("the fund or the other charity is the giver, and gets none"),
    "services": _("services are no gift"),
    "pledge": _("a promise is no gift yet"),
    "purchase": _("it was bought, not given"),
    "vehicle_1098c": _("a vehicle above 500.00 needs Form 1098-C"),
    "not_501c3": _("the organization gives no tax receipts"),
    "not_registered": _("the organization is not registered"),
    "entity_not_designated": _("the organization is not designated"),
    "advantage_over_80pct": _("what came back is worth more than 80 % of it"),
    "already_in_hometax": _("it stands in Hometax already"),
    "no_receipt_in_law": _("this law knows no receipt"),
    "unknown_giver": _("nobody knows who gave"),
    "by_staff": _("left out by the office"),
}
LAWS: Words = {
    "US": _("United States"),
    "CA": _("Canada"),
    "KR": _("Korea"),
    "UK": _("United Kingdom"),
    "AU": _("Australia"),
}
FACSIMILE: Words = {
    "imprinted": _("the paper is printed with our name"),
    "numbered": _("the number is printed by the press"),
    "kept_at_address": _("the paper is kept at our address"),
}
FIGURES: Words = {
    "us_thresholds": _("Thresholds of the United States"),
    "us_low_cost": _("Low cost article (United States)"),
    "canada": _("Split receipting (Canada)"),
    "korea": _("Duty of e-receipts (Korea)"),
    "korean_codes": _("Types of gifts (Korea)"),
    "korean_forms": _("Forms of receipts (Korea)"),
    "gift_aid": _("Gift Aid (United Kingdom)"),
}
ISSUER_DEEDS: Words = {
    "issuer.registered": _("Entered"),
    "issuer.changed": _("Changed"),
    "issuer.prior_total": _("Total before us"),
    "issuer.figure_confirmed": _("Figure confirmed"),
}
FILINGS: Words = {
    "waiting": pgettext_lazy("filing", "To be filed"),
    "filed": pgettext_lazy("filing", "Filed"),
    "to_cancel": pgettext_lazy("filing", "To be canceled"),
    "canceled": pgettext_lazy("filing", "Canceled"),
}
DECLARATIONS: Words = {
    "incomplete": pgettext_lazy("declaration", "Incomplete"),
    "awaiting_record": pgettext_lazy("declaration", "Waits for its written record"),
    "active": pgettext_lazy("declaration", "Active"),
    "ended": pgettext_lazy("declaration", "Ended"),
    "cancelled": pgettext_lazy("declaration", "Canceled"),
}
DECLARATION_FORMS: Words = {
    "written": pgettext_lazy("declaration", "In writing"),
    "online": pgettext_lazy("declaration", "Online"),
    "oral": pgettext_lazy("declaration", "Spoken"),
}
CLAIMS: Words = {
    "draft": pgettext_lazy("claim", "Draft"),
    "filed": pgettext_lazy("claim", "Filed"),
    "paid": pgettext_lazy("claim", "Paid"),
}
UNCLAIMED: Words = {
    "no_declaration": _("No declaration"),
    "declaration_awaiting_record": _("The declaration waits for its written record"),
    "declaration_incomplete": _("The declaration is incomplete"),
    "declaration_cancelled": _("The declaration was canceled"),
    "outside_declaration": _("Outside of what the declaration covers"),
    "too_late": _("Given too long ago"),
    "benefit": _("Something was given in return: a person decides"),
    "not_individual": _("Not given by a person"),
    "not_money": _("Not money"),
    "not_registered": _("The charity has no number of HMRC"),
    "refunded": _("Given back"),
    "daf": _("Given by a fund or another charity"),
    "currency": _("Not given in pounds"),
    "schedule": _("The schedule cannot hold it"),
}
TABLES: dict[str, Words] = {
    "exclusion": EXCLUSIONS,
    "law": LAWS,
    "figure": FIGURES,
    "issuer_deed": ISSUER_DEEDS,
    "filing": FILINGS,
    "declaration": DECLARATIONS,
    "declaration_form": DECLARATION_FORMS,
    "claim": CLAIMS,
    "unclaimed": UNCLAIMED,
}
