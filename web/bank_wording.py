"""Words for lines of the bank: states, kinds, why something is suggested, and why something could not be read."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.tax_wording import Words

LINES: Words = {
    "open": _("To be matched"),
    "new": pgettext_lazy("bank line", "New"),
    "no_match": _("Nothing found yet"),
    "matched": _("Matched"),
    "discarded": _("Set aside"),
}
MATCHES: Words = {
    "payout": _("Payout"),
    "payout_returned": _("Payout came back"),
    "deposit": _("Deposit of a batch"),
    "sale": _("Securities sold"),
    "gift": _("Gift by transfer"),
    "returned": _("Gift that went back"),
    "charge": _("Charge of the bank"),
    "interest": _("Interest"),
    "other": _("Something else"),
}
WHYS: Words = {
    "code": _("code and amount are exact"),
    "code_again": _("this code came before"),
    "code_no_amount": _("the code fits; no amount was promised"),
    "code_other_amount": _("the code fits, the amount does not"),
    "code_unsure": _("the code fits, something else does not"),
    "payout": _("amount and day fit"),
    "payouts": _("together they are this amount"),
    "payout_returned": _("amount and day fit"),
    "deposit": _("amount and day fit"),
    "deposit_put_right": _("by so much the batch was put right"),
    "sale": _("amount and day fit"),
    "several": _("together they are this amount"),
    "transfer": _("entered by hand with this amount"),
    "returned": _("went back with this amount"),
    "payer_before": _("this payer was this giver before"),
    "payer_name": _("a giver of this name"),
    "charge": _("by its words"),
    "interest": _("by its words"),
}
ROLES: Words = {
    "day": _("Day"),
    "amount": _("Amount with its sign"),
    "money_in": _("Money that came"),
    "money_out": _("Money that went"),
    "direction": _("Came or went"),
    "payer": _("Payer"),
    "reference": _("Words of the transfer"),
    "bank_ref": _("The bank's own number"),
    "balance": _("Balance afterwards"),
    "currency": _("Currency"),
}
ORDERS: Words = {
    "ymd": _("Year, month, day: 2026-01-31"),
    "dmy": _("Day, month, year: 31.01.2026"),
    "mdy": _("Month, day, year: 01/31/2026"),
}
FORMATS: Words = {
    "csv": _("CSV, by columns"),
    "camt053": _("CAMT.053 (XML)"),
    "mt940": _("MT940"),
}
DRAFTS: Words = {
    "uploaded": _("Columns are to be said"),
    "reading": _("Is being read"),
    "read": _("Read; not taken in yet"),
    "refused": _("Could not be read"),
    "taking_in": _("Is being taken in"),
    "taken_in": _("Taken in"),
    "dropped": _("Dropped"),
}
REASONS: Words = {
    "day": _("is not a day in the order that was said"),
    "day_far": _("is a day too far away"),
    "amount": _("is not an amount: thousands in threes, one mark before the cents, no formula"),
    "decimals": _("has more decimal places than the currency"),
    "large": _("is too large to be true"),
    "both_amounts": _("came and went in one row"),
    "direction": _("does not say whether it came or went"),
    "currency": _("is in another currency than the account"),
    "cells_many": _("the row has more cells than the header: a delimiter stands inside a text"),
    "cells_few": _("the row has too few cells"),
    "shape": _("is not a line as the format has it"),
}
FILES: Words = {
    "empty": _("The file is empty."),
    "too_big": _("The file is larger than 64 MB. Ask the bank for a shorter period."),
    "closed": _("This account is closed: choose another one."),
    "unmapped": _("Say first what the columns hold."),
    "step": _("Somebody was quicker: look again."),
    "refused": _("Some rows could not be read: take in the others without them, or drop the file."),
    "doubt": _("Something does not agree: tick that you have seen it."),
    "gone": _("The file lay too long and was forgotten: upload it again."),
    "no_lines": _("There is no line in this file."),
    "nul_byte": _("There is a zero byte in it: this is no text."),
    "mixed_encoding": _("Its letters are written in two ways (encodings): export it again."),
    "encoding": _("Its letters cannot be read: UTF-8, UTF-16, CP949 and CP1252 are known."),
    "line_long": _("A line is longer than 100,000 characters: this is no statement."),
    "quote": _("A quotation mark is opened and never closed."),
    "columns_missing": _("Columns are missing: %(told)s. Say again what the columns hold."),
    "too_many_columns": _("It has %(told)s columns; at most 60 are read."),
    "too_many_rows": _("It has more than %(told)s rows. Ask the bank for a shorter period."),
    "xml": _("It is not well-formed XML."),
    "xml_entities": _("It holds a document type or entities, which are never read."),
    "not_camt": _("It is no CAMT.053 statement."),
    "not_mt940": _("It is no MT940 statement."),
    "other_account": _("It is of an account that ends in %(told)s."),
    "other_currency": _("It is in %(told)s, the account is not."),
    "balance": _("A balance in it cannot be read: %(told)s."),
}
ACCEPTS: Words = {
    "settled": _("Somebody was quicker: this line is settled."),
    "sum": _("The parts do not sum to the line."),
    "parts": _("Choose what the line is."),
    "taken": _("This is at the bank already, with another line."),
    "giver": _("Nobody knows who gave it: choose the giver."),
    "unknown": _("This is not there, or not of this account."),
    "campaign": _("Choose what the gift is for."),
    "reason": _("Say in words what it is."),
    "direction": _("A gift or interest comes, a charge goes."),
    "fund": _("The fund is closed, or there is no open general fund."),
    "day": _("Its day lies ahead or too far back for a gift."),
    "merged": _("This record was merged: choose the giver again."),
    "parted": _("This couple gives no more together: choose one of them."),
    "resident_number": _("What looks like a resident number must not be typed here."),
    "open": _("There is nothing to undo."),
    "reversed": _("Its gift was taken back already, and its money at the bank with it: the line stays."),
}
APART: Words = {
    **MATCHES,
    "payout_failure": MATCHES["payout_returned"],
    "bankline": _("Bank line"),
    "refund": MATCHES["returned"],
}
TABLES: dict[str, Words] = {
    "bank_apart": APART,
    "bank_line": LINES,
    "bank_match": MATCHES,
    "bank_why": WHYS,
    "bank_role": ROLES,
    "bank_order": ORDERS,
    "bank_format": FORMATS,
    "bank_draft": DRAFTS,
    "bank_reason": REASONS,
}


def of_file(refusal: dict[str, object]) -> str:
    """This function will return what was wrong with a whole file, in words, with its row."""
    code = str(refusal.get("code", ""))
    words = str(FILES.get(code, code)) % {"told": refusal.get("told", "")}
    row = refusal.get("row")
    return f"{words} {_('Row %(row)s.') % {'row': row}}" if row else words


def of_accept(code: str) -> str:
    """This function will return why a line cannot be this."""
    return str(ACCEPTS.get(code, _("This cannot be entered: %(code)s") % {"code": code}))
