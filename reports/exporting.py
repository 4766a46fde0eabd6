"""Files for finance: PostgreSQL writes the rows itself (COPY) and we pass its blocks on, so memory stays flat.

Each file is one snapshot: its sums are those of the database at that moment. The last day asked for is included. How a
value stands in a file, `reports.escaping` says; which lists there are, `reports.lists`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from reports import escaping, filtering
from reports.files import asking, copying, making, writing_csv
from reports.files.making import Format
from reports.filtering import Filters
from reports.lists import selecting
from reports.lists.books import JOURNAL
from reports.lists.gifts import DONATIONS
from reports.lists.selecting import Selection

BLOCK = copying.BLOCK

guarded, exact = escaping.guarded, escaping.exact


def donations(
    *, filters: Filters, language: str, with_mark: bool = False, form: Format = Format.CSV
) -> Iterator[bytes]:
    """Donations as a file, one row each, oldest first; columns keep their English names in every language.

    `with_mark` puts the UTF-8 mark in front that some spreadsheets need to read Korean.
    This function will yield the file in blocks.
    """
    where, params = filtering.conditions(filters)
    chosen = Selection(
        listing=DONATIONS,
        columns=DONATIONS.columns,
        where=f"({where})",
        params={**params, "language": language},
    )
    return (block for block, _ in making.pieces(of=chosen, form=form, with_mark=with_mark))


def journal(
    *,
    booked_from: date | None,
    booked_to: date | None,
    with_mark: bool = False,
    narrowed: tuple[str, Mapping[str, Any]] | None = None,
) -> Iterator[bytes]:
    """The books as CSV, one row for each line; both days are inclusive.

    `narrowed` is a condition over `ledger_line l` with its parameters (`narrowing.as_condition`). Accounting files
    leave the house: `counterparty_ref` is our own number of the donor, never a name.
    This function will yield the file in blocks.
    """
    period = {"booked_from": booked_from, "booked_to": booked_to}
    chosen = selecting.select(
        listing=JOURNAL,
        columns=JOURNAL.columns,
        asked={name: day.isoformat() for name, day in period.items() if day},
        language="en",
    )
    if narrowed is not None:
        where = f"({chosen.where}) AND {narrowed[0]}"
        chosen = replace(chosen, where=where, params={**chosen.params, **narrowed[1]})
    return (block for block, _ in making.pieces(of=chosen, form=Format.CSV, with_mark=with_mark))


def copied(sql: str, params: Mapping[str, Any], *, with_mark: bool) -> Iterator[bytes]:
    """For the files of this room that are no list: one statement as CSV, whose heading the database writes.

    This function will yield the file in blocks.
    """
    if with_mark:
        yield writing_csv.BYTE_ORDER_MARK
    for block in asking.blocks(statements=[sql], params=params, form="FORMAT csv, HEADER"):
        yield block.content
