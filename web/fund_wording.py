"""Words for funds: what became free, what was moved, how the reports name their lines."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.tax_wording import Words

ENTRIES: Words = {
    "release": _("Released from restriction"),
    "fund_transfer": _("Moved between funds"),
    "sale": _("Securities sold"),
    "offering": _("Loose offering"),
    "unidentified": _("Giver unknown"),
    "identified": _("Giver found"),
    "deposit": _("Deposit"),
    "reversal": pgettext_lazy("entry", "Reversed"),
    "pledge": _("Promise"),
    "pledge_payment": _("Promise paid"),
    "write_off": _("Written off"),
    "bank_charge": _("Bank charge"),
    "bank_interest": _("Interest"),
    "rounding": _("Rounding"),
    "conversion": _("Exchange"),
}
ACCOUNTS: Words = {
    "PayPal clearing": _("PayPal clearing"),
    "Pledges receivable": _("Pledges receivable"),
    "Due between funds": _("Due between funds"),
    "Due between bodies": _("Due between bodies"),
    "Event income": _("Event income"),
    "Interest income": _("Interest income"),
    "Gain or loss on securities": _("Gain or loss on securities"),
    "Net assets released: without donor restrictions": _("Net assets released: without donor restrictions"),
    "Net assets released: with donor restrictions": _("Net assets released: with donor restrictions"),
    "Transfers between funds: without donor restrictions": _(
        "Transfers between funds: without donor restrictions"
    ),
    "Transfers between funds: with donor restrictions": _("Transfers between funds: with donor restrictions"),
    "Bank charges": _("Bank charges"),
    "Broker fees": _("Broker fees"),
    "Rounding differences": _("Rounding differences"),
    "Pledges written off": _("Pledges written off"),
}
RELEASES: Words = {
    "purpose": _("Used for its purpose"),
    "time": _("Its time has come"),
    "placed_in_service": _("Opened for use"),
}
MOVES: Words = {
    "asked": _("Waits for a second person"),
    "approved": pgettext_lazy("transfer of funds", "Moved"),
    "declined": _("Declined"),
    "withdrawn": _("Taken back"),
}
CLASSES: Words = {
    "with": _("With donor restrictions"),
    "without": _("Without donor restrictions"),
    "received": _("Received with donor restrictions"),
    "contributions": _("Contributions"),
    "paid": _("Contributions and event income"),
    "earned": _("Income besides contributions"),
    "costs": _("Expenses"),
    "released": _("Net assets released from restrictions"),
    "moved": _("Transfers between funds"),
    "worth": _("Net assets"),
}
LINES: Words = {
    "contributions_money": _("Contributions of money"),
    "contributions_securities": _("Contributions of securities"),
    "contributions_in_kind": _("Contributions in kind"),
    **{code: CLASSES[code] for code in ("released", "moved")},
}
BRIDGE: Words = {
    "booked": _("Contributions and event income in the books of the fiscal year"),
    "back": _("plus what went back in the fiscal year"),
    "no_gift": _("less income of no known giver: loose offerings, promises, givers unknown"),
    "after": _("less what was booked after the tax year"),
    "before": _("plus what was booked in the tax year before the fiscal year"),
    "moved": _("plus or less gifts that lie between the years"),
    "returned": _("less what went back of these gifts, whenever it did"),
    "unreceipted": _("less gifts that stand on no receipt"),
    "described": _("less things and securities, which a receipt describes without a value"),
    "stale": _("plus or less gifts whose receipt does not say yet what is left of them"),
}
TABLES: dict[str, Words] = {
    "release": RELEASES,
    "move": MOVES,
    "class": CLASSES,
    "activity": LINES,
    "year_bridge": BRIDGE,
}
