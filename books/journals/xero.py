"""Xero: manual journals as CSV, at most 300 lines a file, no journal cut in two.

A manual journal is in the organization's own currency there, so every other currency has files of its own. Lines with
one narration and one day are one journal: the narration begins with the journal's number. A fund is an option of the
tracking category Fund, a location one of Location; `Category=Option` in the map names another category, and
`Campaign={campaign}` the campaign of the line.
"""

from books.journals import neutralizing
from books.journals.neutralizing import cell, known, signed
from books.journals.shapes import Format, Handover, Journal, Line

COLUMNS = (
    "*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount", "TrackingName1", "TrackingOption1",
    "TrackingName2", "TrackingOption2",
)  # fmt: skip
NO_TAX = "Tax Exempt"
MOST_LINES = 300


def _heading(_: Handover) -> bytes:
    return neutralizing.rows([COLUMNS])


def _body(journal: Journal, _: Handover) -> bytes:
    narration = cell(f"{journal.number} {journal.title}")
    on = f"{journal.on:%d/%m/%Y}"
    return neutralizing.rows(
        [narration, on, cell(journal.said_of(line)), *_line(line)] for line in journal.lines
    )


def _line(line: Line) -> list[str]:
    name = line.name
    return [
        known(name.code),
        known(name.tax) or NO_TAX,
        signed(line.amount, line.currency),
        *_tracked(line.class_name, category="Fund"),
        *_tracked(line.location, category="Location"),
    ]


def _tracked(said: str, *, category: str) -> tuple[str, str]:
    first, is_named, second = said.partition("=")
    if known(first) and is_named:
        return (known(first), known(second)) if known(second) else ("", "")
    return (category, known(said)) if known(said) else ("", "")


FORMAT = Format(
    suffix="csv",
    heading=_heading,
    body=_body,
    most_lines=MOST_LINES,
    one_currency=True,
    file_of_currency=True,
)
