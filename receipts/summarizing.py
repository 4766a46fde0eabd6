"""Summarizing: a year's gifts with the receipts they stand on, for one who has all the receipts already.

It is no receipt and has no number. Like a receipt it is drawn from one plain dictionary, tagged, as PDF/A, the same
bytes each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from receipts import parsing, reading_two, snapshots, standings, wording

if TYPE_CHECKING:
    from receipts.pages import tables
    from receipts.pages.sheet import Block, Sheet

TEMPLATE = "summary-1"


def draw(summary: Mapping[str, object]) -> bytes:
    """Draw a yearly summary.

    `summary` is {"template": "summary-1", "language": "en" or "ko", "year": 2026, "made_on": "2027-01-10",
    "entity": as in a receipt's snapshot (legal_name, local_name, address, registration, status_line, email, paper),
    "donor": {"name", "local_name", "address"}, "lines": [{"given_on", "fund", "description", "currency",
    "currency_exponent", "amount_minor" (what is left after refunds; None for a thing without a value), "receipt":
    its number, or ""}], "totals": [{"currency", "currency_exponent", "total_minor"}], "test": bool}.

    This function will return the file; it raises `snapshots.SnapshotRefused` and `paper.texts.UnprintableText`.
    """
    from paper import archiving, drawing
    from receipts.pages import drafting, letters, words
    from receipts.pages.sheet import Sheet as Page

    told = _read(summary)
    english, korean = words.SUMMARY_TITLE
    heading = (english.format(year=told.tax_year), korean.format(year=told.tax_year))
    prepared = letters.stationery(told.entity, told.language, TEMPLATE, heading)
    canvas = drawing.Drawing(paper="a4" if told.entity.paper == "a4" else "letter", cuts=prepared.cuts)
    sheet = Page(canvas, told.language)
    canvas.start_page()
    top = letters.draw_head(sheet, told.entity, heading, prepared)
    pages = _pages(sheet, told, top=top)
    drafting.fill(sheet, told, standings.Standing(test=told.is_test), pages, top=top)
    title = heading[0] if told.language == "en" else f"{heading[1]} {heading[0]}"
    return canvas.finish(
        archiving.About(
            title=title, author=told.entity.legal_name, subject=TEMPLATE, issued_on=told.issued_on
        ),
        language="ko-KR" if told.language == "ko" else "en-US",
        identity=hashlib.sha256(told.digest.encode()).digest()[:16],
    )


def _pages(sheet: Sheet, told: snapshots.Snapshot, *, top: float) -> list[list[Block]]:
    from receipts.pages import closings, letters, tables, words

    notice = wording.choose(words.SUMMARY_NOTICE, told.language)
    fields = [("year", str(told.tax_year)), ("made_on", wording.day(told.issued_on, told.language))]
    return tables.paginate(
        _table(told, right=sheet.right),
        before=[
            closings.paragraph(notice, width=sheet.room),
            tables.space(14.0),
            letters.band(told, fields, "total"),
            *letters.giver(told, width=sheet.room),
        ],
        after=[],
        first=top - letters.BOTTOM,
        other=sheet.canvas.height - letters.CONTINUED_BELOW - letters.BOTTOM,
    )


def _table(told: snapshots.Snapshot, *, right: float) -> tables.Table:
    from receipts.pages import gifts, tables
    from receipts.pages.sheet import MARGIN, SIZE, wrapped

    label = partial(gifts.heading, language=told.language)
    ends = [MARGIN, MARGIN + 76, right - 236, right - 110, right]
    columns = [
        tables.Column(ends[0], ends[1] - 10, "left", *label("given_on")),
        tables.Column(ends[1], ends[2] - 12, "left", *label("fund")),
        tables.Column(ends[2], ends[3] - 10, "left", *label("receipt")),
        tables.Column(ends[3], ends[4], "right", *label("amount"), is_tight=True),
    ]
    rows = []
    for line in told.lines:
        cells = [tables.Cell() for _ in columns]
        cells[0].add([wording.short_day(line.given_on, told.language)], is_figure=True)
        cells[1].add(wrapped(line.fund, SIZE, columns[1].right - columns[1].left))
        if line.description:
            small = wrapped(line.description, 8.0, columns[1].right - columns[1].left)
            cells[1].add(small, is_small=True)
        cells[2].add(wrapped(line.note, SIZE, columns[2].right - columns[2].left), is_figure=True)
        cells[3].add([gifts.amount_of(line, told.language)], is_figure=True)
        rows.append(tables.row(cells, line, figures=1))
    return tables.Table(
        columns=columns, rows=rows, sums=gifts.plain_sums(told), language=told.language, label_column=1
    )


def _read(summary: Mapping[str, object]) -> snapshots.Snapshot:
    """The summary in the shape of a receipt without number: its pages are drawn by the same hands."""
    top = parsing.Reader(summary, "")
    top.one_of("template", (TEMPLATE,))
    donor = top.inner("donor")
    lines = tuple(map(_line, top.each("lines", most=snapshots.MAX_LINES_OF_SCHEMA_2)))
    totals = tuple(map(_total, top.each("totals", most=snapshots.MAX_TOTALS)))
    if not lines or not totals:
        raise top.refuse("lines" if not lines else "totals", "is empty")
    told = snapshots.Snapshot(
        schema=2,
        digest=snapshots.digest(summary),
        template=TEMPLATE,
        language=snapshots.language(top),
        serial="",
        kind="annual",
        replaces="",
        issued_on=top.day("made_on"),
        tax_year=top.counted("year", least=1990),
        entity=snapshots.entity(top.inner("entity")),
        donor_name=donor.text("name"),
        donor_local_name=donor.optional("local_name"),
        donor_address=donor.texts("address", most=snapshots.MAX_ADDRESS_LINES),
        lines=lines,
        currency=totals[0].currency,
        exponent=totals[0].exponent,
        total_minor=totals[0].total_minor,
        totals=totals,
        statements=(),
        terms=(),
        is_test=top.truth("test"),
        verify_at="",
    )
    reading_two.require_sums(told)
    return told


def _line(reader: parsing.Reader) -> snapshots.Line:
    currency, exponent = reader.currency()
    return snapshots.Line(
        given_on=reader.day("given_on"),
        method="",
        fund=reader.text("fund"),
        description=reader.optional("description"),
        currency=currency,
        exponent=exponent,
        amount_minor=reader.perhaps_counted("amount_minor"),
        refunded_minor=0,
        note=reader.optional("receipt", limit=snapshots.SERIAL_LIMIT) or "–",
    )


def _total(reader: parsing.Reader) -> snapshots.Total:
    currency, exponent = reader.currency()
    return snapshots.Total(
        currency=currency,
        exponent=exponent,
        total_minor=reader.counted("total_minor"),
        benefit_minor=0,
        eligible_minor=0,
    )
