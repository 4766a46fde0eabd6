"""QuickBooks Desktop: an Intuit Interchange Format file (IIF) of general journal entries.

The format has no quotes: a tab or a line end in a text would begin another field or record, and a double quote swallows
what follows. So controls become blanks and double quotes single ones. It is read as Windows text (code page 1252):
what that cannot write becomes a question mark in a memo; a name of an account that it cannot write is refused in the
map.
"""

from books.journals.neutralizing import plain, signed
from books.journals.shapes import Format, Handover, Journal, Line
from paper import tabulating

TRNS = (
    "!TRNS",
    "TRNSID",
    "TRNSTYPE",
    "DATE",
    "ACCNT",
    "NAME",
    "CLASS",
    "AMOUNT",
    "DOCNUM",
    "MEMO",
    "PAYMETH",
)
SPL = ("!SPL", "SPLID", "TRNSTYPE", "DATE", "ACCNT", "NAME", "CLASS", "AMOUNT", "DOCNUM", "MEMO")
ENCODING = "cp1252"


def field(text: str, *, most: int = 0) -> str:
    """This function will return a text that can be one field: no tab, no line end, no double quote, no formula."""
    text = plain(text, most=most).replace('"', "'")
    # An apostrophe that a spreadsheet may need in front is kept within the length.
    safe = tabulating.guarded(text) if not text.startswith("'") else text
    return safe[:most] if most else safe


def _record(*fields: str) -> str:
    return "\t".join(fields) + "\r\n"


def _heading(_: Handover) -> bytes:
    return (_record(*TRNS) + _record(*SPL) + _record("!ENDTRNS")).encode(ENCODING)


def _body(journal: Journal, _: Handover) -> bytes:
    first, *rest = journal.lines
    records = [_record("TRNS", *_line(journal, first), "")]
    records += [_record("SPL", *_line(journal, line)) for line in rest]
    return ("".join(records) + _record("ENDTRNS")).encode(ENCODING, errors="replace")


def _line(journal: Journal, line: Line) -> list[str]:
    return [
        "",
        "GENERAL JOURNAL",
        f"{journal.on:%m/%d/%Y}",
        field(line.name.shown),
        field(journal.giver, most=41),
        field(line.class_name),
        signed(line.amount, line.currency),
        journal.number,
        field(journal.said_of(line), most=4095),
    ]


FORMAT = Format(suffix="iif", heading=_heading, body=_body, one_currency=True, file_of_currency=True)
