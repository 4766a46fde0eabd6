"""Sage Intacct: general ledger journal entries as CSV; what belongs to a whole entry stands on its first line only.

Entries arrive as drafts: a person posts them there. The columns are the standing ones; a company's own dimensions are
columns of its own template, and a heading that Intacct does not know refuses the file. So they are there only when the
map names them: its class is a class, or `GLDIMDONOR_RESTRICTION=Restricted; GLENTRY_PROJECTID=P7` as many dimensions
as it takes, and `{campaign}` in one is the campaign of the line. One entry has one currency.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from books.journals import neutralizing
from books.journals.neutralizing import cell, credit, debit, known
from books.journals.shapes import Format, Handover, Journal, Line

BEFORE = (
    "DONOTIMPORT", "JOURNAL", "DATE", "REFERENCE_NO", "DESCRIPTION", "LINE_NO", "ACCT_NO", "LOCATION_ID", "DEPT_ID",
    "DOCUMENT", "MEMO", "DEBIT", "CREDIT", "SOURCEENTITY", "CURRENCY", "EXCH_RATE_DATE", "EXCH_RATE_TYPE_ID",
    "EXCHANGE_RATE", "STATE", "ALLOCATION_ID", "BILLABLE",
)  # fmt: skip
AFTER = (
    "GLENTRY_PROJECTID",
    "GLENTRY_CLASSID",
    "GLENTRY_CUSTOMERID",
    "GLENTRY_VENDORID",
    "GLENTRY_ITEMID",
    "GLENTRY_EMPLOYEEID",
)
JOURNAL, STATE, CLASS = "GJ", "Draft", "GLENTRY_CLASSID"
DESCRIPTION = 30
OWN = re.compile(r"GLDIM[A-Z0-9_]{1,40}", re.ASCII)
"""How a company's own dimension is called in its template."""


def dimensions(said: str) -> dict[str, str]:
    """What the class of the map says, by column. Raises ValueError for a column that is no dimension, or stands twice.

    This function will return nothing for nothing.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in said.split(";"))):
        first, is_named, second = part.partition("=")
        column, value = (first.strip(), second.strip()) if is_named else (CLASS, part)
        if column in found or not (column in {*AFTER, "DEPT_ID"} or OWN.fullmatch(column)):
            raise ValueError(part)
        found[column] = value
    return found


@lru_cache(maxsize=4_096)
def _said(said: str) -> Mapping[str, str]:
    """What stands in the map as a class, whatever somebody wrote before dimensions were known."""
    try:
        return dimensions(said)
    except ValueError:
        return {CLASS: said}


@lru_cache(maxsize=16)
def _own(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({column for one in said for column in _said(one) if OWN.fullmatch(column)}))


def columns(handover: Handover) -> tuple[str, ...]:
    """This function will return the headings: the standing ones, and the company's own that the map names."""
    return (*BEFORE, *_own(_classes(handover)), *AFTER)


def _classes(handover: Handover) -> tuple[str, ...]:
    return tuple(sorted({name.class_name for name in handover.names}))


def _heading(handover: Handover) -> bytes:
    return neutralizing.rows([columns(handover)])


def _body(journal: Journal, handover: Handover) -> bytes:
    own = _own(_classes(handover))
    return neutralizing.rows(
        _line(journal, line, place, handover, own) for place, line in enumerate(journal.lines, start=1)
    )


def _line(journal: Journal, line: Line, place: int, handover: Handover, own: Iterable[str]) -> list[str]:
    is_first = place == 1
    on = f"{journal.on:%m/%d/%Y}"
    title = cell(f"{journal.number} {journal.kind}", most=DESCRIPTION)
    is_foreign = line.currency != handover.base_currency
    said = _said(line.class_name)
    return [
        "",
        *((JOURNAL, on, journal.number, title) if is_first else ("", "", "", "")),
        str(place),
        known(line.name.code),
        known(line.location),
        known(said.get("DEPT_ID", "")),
        cell(journal.payout or journal.processor, most=30),
        cell(journal.said_of(line), most=1000),
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
        *(known(said.get(column, "")) for column in (*own, *AFTER)),
    ]


FORMAT = Format(suffix="csv", heading=_heading, body=_body, one_currency=True)
