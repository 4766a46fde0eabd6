"""Sage 50 Accounts (United Kingdom, Ireland): audit trail transactions, journal debits (JD) and credits (JC).

A reference has at most 30 characters there and details 60. The department is the class of the map, 0 when it has none;
the tax code is T9 (outside VAT) unless the map says another. Each currency has a file of its own.
"""

from books.journals import neutralizing
from books.journals.neutralizing import cell, known, signed
from books.journals.shapes import Format, Handover, Journal, Line

COLUMNS = (
    "Type", "Account Reference", "Nominal A/C Ref", "Department Code", "Date", "Reference", "Details", "Net Amount",
    "Tax Code", "Tax Amount", "Exchange Rate", "Extra Reference", "User Name", "Project Ref", "Cost Code Ref",
)  # fmt: skip
NO_TAX, NO_DEPARTMENT = "T9", "0"


def _heading(_: Handover) -> bytes:
    return neutralizing.rows([COLUMNS])


def _body(journal: Journal, handover: Handover) -> bytes:
    fixed = (f"{journal.on:%d/%m/%Y}", cell(journal.number, most=30))
    extra = cell(journal.payout or journal.processor, most=30)
    return neutralizing.rows(
        _line(line, fixed, _details(journal, line), extra, handover) for line in journal.lines
    )


def _details(journal: Journal, line: Line) -> str:
    """The campaign has the first word: what is longer than the program takes is cut behind it."""
    said = f"{line.campaign}: {journal.title}" if line.campaign else journal.title
    return cell(said, most=60)


def _line(line: Line, fixed: tuple[str, str], details: str, extra: str, handover: Handover) -> list[str]:
    on, reference = fixed
    return [
        "JD" if line.amount > 0 else "JC",
        "",
        known(line.name.code),
        known(line.class_name) or NO_DEPARTMENT,
        on,
        reference,
        details,
        signed(abs(line.amount), line.currency),
        known(line.name.tax) or NO_TAX,
        signed(0, line.currency),
        "1" if line.currency == handover.base_currency else "",
        extra,
        f"Almoner {handover.number}",
        "",
        "",
    ]


FORMAT = Format(suffix="csv", heading=_heading, body=_body, one_currency=True, file_of_currency=True)
