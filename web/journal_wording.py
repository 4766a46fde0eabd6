"""Words for journals that are handed over: programs, ways to gather, why something was refused."""

from django.utils.translation import gettext_lazy as _

from web.tax_wording import Words
from web.wording import TABLES

TARGETS: Words = {
    "generic": _("Table of all lines (CSV)"),
    "qbo": "QuickBooks Online",
    "iif": "QuickBooks Desktop (IIF)",
    "xero": "Xero",
    "sage50": "Sage 50",
    "intacct": "Sage Intacct",
    "civicrm": _("CiviCRM accounting batch"),
    "beancount": _("Plain text (beancount)"),
}
GROUPINGS: Words = {
    "entry": _("Each entry by itself"),
    "day": _("One journal a day"),
    "payout": _("One journal a payout"),
}
REFUSALS: Words = {
    "nothing": _("Nothing is new there in this period."),
    "unnamed": _("Some accounts have no name there yet. Nothing was handed over."),
    "period": _("The first day lies after the last."),
    "names": _("Only entries by themselves have a giver: names need “Each entry by itself”."),
    "target": _("Please choose again."),
    "too_long": _("A journal is longer than the program takes and cannot be divided:"),
    "version": _(
        "The format has changed since, so that this file cannot be made again. Its entries stay as they are."
    ),
    "differs": _(
        "What was made again is not what was handed over, so it is not given out. A giver’s name may have changed."
    ),
}
MAP_REFUSALS: Words = {
    "empty": _("A code is needed; leave everything empty to take the row away."),
    "long": _("This is too long."),
    "breaks": _("Write it on one line, without blanks around it."),
    "formula": _("This could be taken for a formula; begin with a letter or a digit."),
    "resident": _("This looks like a resident number. It is not kept."),
    "letters": _("QuickBooks Desktop cannot write these letters, double quotes or tabs."),
    "account": _(
        "Write an account as Assets:Bank: one of the five roots, then parts of letters, digits and hyphens."
    ),
    "digits": _("Sage 50 knows only numbers here."),
    "dimension": _("Intacct knows a class here, or columns like GLDIMFUND=Rescue; DEPT_ID=10, each once."),
}
FILE_REFUSALS: Words = {
    **MAP_REFUSALS,
    "size": _("This is not a map: it is too large."),
    "letters": _("This is not a CSV file in UTF-8."),
    "columns": _("A column is missing. Take the file of this page and fill it in."),
    "account": _("There is no such account, or beancount does not know it."),
    "fund": _("This organization has no such fund."),
    "twice": _("This account and fund stand in the file twice."),
}
TABLES |= {
    "journal_target": TARGETS,
    "journal_grouping": GROUPINGS,
    "journal_refusal": REFUSALS,
}
