"""QuickBooks Online: journal entries as CSV, at most 1,000 rows a file with the heading.

Accounts are known by their names there, a sub-account as Parent:Sub; account numbers must be off while it reads. Class,
location and currency are columns only when one of them is used, because they must be switched on there. A name in the
last column must exist there, so it is empty unless somebody asked for names.
"""

from books.journals import neutralizing
from books.journals.neutralizing import cell, credit, debit, known
from books.journals.shapes import Format, Handover, Journal, Line

COLUMNS = ("JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name")
LONGEST = 4000


def _columns(handover: Handover) -> list[str]:
    asked = (
        ("Class", handover.has_classes),
        ("Location", handover.has_locations),
        ("Currency", handover.is_foreign),
    )
    return [*COLUMNS, *(column for column, is_used in asked if is_used)]


def _heading(handover: Handover) -> bytes:
    return neutralizing.rows([_columns(handover)])


def _body(journal: Journal, handover: Handover) -> bytes:
    on = f"{journal.on:%m/%d/%Y}"
    giver = cell(journal.giver, most=100)
    return neutralizing.rows(
        [
            journal.number,
            on,
            known(line.name.shown),
            debit(line.amount, line.currency),
            credit(line.amount, line.currency),
            cell(journal.said_of(line), most=LONGEST),
            giver,
            *_more(line, handover),
        ]
        for line in journal.lines
    )


def _more(line: Line, handover: Handover) -> list[str]:
    return [
        *([known(line.class_name)] if handover.has_classes else ()),
        *([known(line.location)] if handover.has_locations else ()),
        *([line.currency] if handover.is_foreign else ()),
    ]


FORMAT = Format(suffix="csv", heading=_heading, body=_body, most_lines=999, one_currency=True)
