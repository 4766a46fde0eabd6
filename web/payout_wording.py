"""Words for deposits and for report files of processors."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.tax_wording import Words

TASKS: Words = {
    "payout_trouble": _("A payout is not in the books"),
    "report_unknown": _("Money came by a file and nobody knows from whom"),
    "report_paused": _("Gifts of a file wait: may receipts and thanks go out?"),
}
MOMENTS: Words = {
    "movement_paid_out": _("Went into a payout"),
    "import_paused": _("Came by a file: no receipt and no thanks until somebody says so"),
    "import_resumed": _("Receipts and thanks may go out"),
}
STATES: Words = {
    "adds_up": _("Adds up"),
    "differs": _("Does not add up"),
    "by_hand": _("Made by hand"),
    "came_back": _("Came back"),
}
TROUBLES: Words = {
    "by_hand": _("Made by hand: the processor does not tell what it holds"),
    "lines": _("Its lines do not sum to it"),
    "books": _("The books explain another sum"),
    "bodies": _("It holds money of several bodies: say at whose bank it arrived"),
    "nobody": _("Nobody's books know any of its lines"),
    "general": _("There is no unrestricted fund to bear the processor's own fees"),
    "returned": _("It came back, and the balance does not show the money yet"),
}
PROCESSORS: Words = {"stripe": "Stripe", "paypal": "PayPal", "donorbox": "Donorbox", "chariot": "Chariot"}
FORMATS: Words = {
    "stripe_itemized": _("Balance change, itemized"),
    "stripe_activity": _("All activity"),
    "paypal_activity": _("Activity download"),
    "paypal_settlement": _("Settlement report"),
    "donorbox": _("Donations"),
    "chariot": _("Deposit of grants"),
}
VERDICTS: Words = {
    "agrees": _("Agrees"),
    "differs": _("Differs"),
    "missing": _("Missing in the books"),
    "gift": _("New gift"),
    "unknown": _("Giver not known"),
    "fee": pgettext_lazy("verdict", "Fee booked"),
    "conversion": pgettext_lazy("verdict", "Currency exchanged"),
    "refund": pgettext_lazy("verdict", "Refund booked"),
    "dispute": pgettext_lazy("verdict", "Dispute booked"),
    "payout": pgettext_lazy("verdict", "Deposit booked"),
    "rounding": _("Rounding"),
    "skipped": _("Left out"),
}
REASONS: Words = {
    "unpaid": _("the gift it is about is not in the books"),
    "came_back": _("money that went back came again: look at the gift"),
    "spent": _("spent from the account: it belongs into the accounting program"),
    "other": _("put into the account: it belongs into the accounting program"),
}
REJECTS: Words = {
    "empty": _("nothing is written there"),
    "amount": _("this is no amount"),
    "currency": _("a currency we do not know, or another one than its amount's"),
    "decimals": _("more decimals than the currency has"),
    "large": _("larger than anything we can read"),
    "date": _("this is no day, or not in the order you chose"),
    "time": _("this is no time of day"),
    "zone": _("a time zone we do not know"),
    "kind": _("a kind of row we do not know"),
    "status": _("a state we do not know"),
    "side": _("neither credit nor debit"),
    "net": _("gross and fee do not make the net"),
    "twice": _("this reference stands in the file twice"),
    "pair": _("a conversion without its other half"),
    "more": _("more than is left, or than the books hold"),
    "fund": _("there is no open fund to bear it"),
    "resident_number": _("it holds what looks like a resident number"),
    "sum": _("the footer does not sum up the rows"),
    "count": _("the footer counts other rows than the file has"),
    "header": _("the columns we need were not found"),
    "broken": _("the file is not built as such a file is"),
    "encoding": _("the characters cannot be read"),
    "nul_byte": _("it holds characters no text has"),
    "mixed_encoding": _("its letters are written in two ways (encodings): export it again"),
    "line_long": _("a line is longer than 100,000 characters"),
    "quote": _("a quotation mark is opened and never closed"),
    "gone": _("the file lay for more than a day: bring it again"),
    "rejects": _("some rows cannot be taken"),
    "basis": _("the day cannot be told"),
    "day": _("a day in the future or too long ago"),
    "step": _("it is not read yet, or brought in already"),
    "known": _("somebody was faster: the giver is known"),
    "name": _("a name is needed"),
    "parts": _("this is no amount"),
    "exists": _("somebody with this name is there already"),
}
WITNESSES: Words = {
    "notice": _("Notice of the processor"),
    "balance": _("The processor's balance"),
    "file": _("Row of a file"),
    "desk": _("Entered by hand"),
}
REFUSALS: Words = {
    "reason": _("Please say what you know about it."),
    "resident_number": _("This looks like a resident number. It is not kept here."),
    "gone": _("It came back meanwhile: there is nothing to book."),
    "line": _("The processor's balance does not show it yet. Try again later."),
    "decided": _("Nobody has to decide about it any more."),
    "books": _("The books do not explain it yet."),
}
CARRIED: Words = {
    "gift": _("Gift"),
    "agrees": _("Gift"),
    "differs": _("Gift"),
    "rounding": _("Rounding"),
}
TABLES: dict[str, Words] = {
    "payout_state": STATES,
    "payout_trouble": TROUBLES,
    "processor": PROCESSORS,
    "report_format": FORMATS,
    "verdict": VERDICTS,
    "report_reason": REASONS,
    "reject": REJECTS,
    "witness": WITNESSES,
}
