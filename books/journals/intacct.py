"""Sage Intacct: general ledger journal entries as CSV; what belongs to a whole entry stands on its first line only.

Entries arrive as drafts: a person posts them there. The columns are the standing ones; a company's own dimensions are
columns of its own template, and a heading that Intacct does not know refuses the file. One entry has one currency.
"""

from books.journals import neutralizing
from books.journals.neutralizing import cell, credit, debit, known
from books.journals.shapes import Format, Handover, Journal, Line

COLUMNS = (
    "DONOTIMPORT", "JOURNAL", "DATE", "REFERENCE_NO", "DESCRIPTION", "LINE_NO", "ACCT_NO", "LOCATION_ID", "DEPT_ID",
    "DOCUMENT", "MEMO", "DEBIT", "CREDIT", "SOURCEENTITY", "CURRENCY", "EXCH_RATE_DATE", "EXCH_RATE_TYPE_ID",
    "EXCHANGE_RATE", "STATE", "ALLOCATION_ID", "BILLABLE", "GLENTRY_PROJECTID", "GLENTRY_CLASSID",
    "GLENTRY_CUSTOMERID", "GLENTRY_VENDORID", "GLENTRY_ITEMID", "GLENTRY_EMPLOYEEID",
)  # fmt: skip
JOURNAL, STATE = "GJ", "Draft"
DESCRIPTION = 30


def _heading(_: Handover) -> bytes:
    return neutralizing.rows([COLUMNS])


def _body(journal: Journal, handover: Handover) -> bytes:
    return neutralizing.rows(
        _line(journal, line, place, handover) for place, line in enumerate(journal.lines, start=1)
    )


def _line(journal: Journal, line: Line, place: int, handover: Handover) -> list[str]:
    is_first = place == 1
    on = f"{journal.on:%m/%d/%Y}"
    title = cell(f"{journal.number} {journal.kind}", most=DESCRIPTION)
    is_foreign = line.currency != handover.base_currency
    return [
        "",
        *((JOURNAL, on, journal.number, title) if is_first else ("", "", "", "")),
        str(place),
        known(line.name.code),
        known(line.name.location),
        "",
        cell(journal.payout or journal.processor, most=30),
        cell(journal.memo, most=1000),
        debit(line.amount, line.currency),
        credit(line.amount, line.currency),
        "",
        line.currency,
        on if is_foreign and line.rate is not None else "",
        "",
        f"{line.rate.normalize():f}" if is_foreign and line.rate is not None else "",
        STATE if is_first else "",
        "",
        "",
        "",
        known(line.name.class_name),
        "",
        "",
        "",
        "",
    ]


FORMAT = Format(suffix="csv", heading=_heading, body=_body, one_currency=True)
