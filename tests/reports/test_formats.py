"""The same rows as CSV, XLSX and Parquet: safe as text, exact as numbers, and what the database says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
from openpyxl.cell.cell import Cell

from donations.models import Donation
from donors.models import Donor
from ledger.money import Money
from reports import exporting
from reports.files import filling_rows, writing_sheets, zipping
from reports.files.copying import Block
from reports.files.filling_rows import Rows
from reports.files.making import Format
from reports.filtering import Filters
from reports.kinds import Kind
from reports.lists.declaring import Column
from tests import making
from tests.reports.test_exporting import DANGEROUS, HARMLESS, NOON, USD, read, unquoted

pytestmark = pytest.mark.django_db
ODD = [
    "a\\b",
    "tab\there",
    "two\nlines",
    "a,b",
    'say "so"',
    "<b>&amp;",
    "_x0041_",
    " led by a space",
    "trailing ",
    "\x02\x03",
]


def file(form: Format, **asked: Any) -> bytes:
    return b"".join(exporting.donations(filters=Filters(**asked), language="ko", form=form))


def sheet(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def sheet_rows(content: bytes) -> list[dict[str, Cell]]:
    heading, *rows = sheet(content).iter_rows()
    return [dict(zip([cell.value for cell in heading], row, strict=True)) for row in rows]


def text_of(cell: Cell) -> str:
    """What a spreadsheet shows: a control character that XML cannot hold stands as its number."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(cell.value or ""))


def parquet(content: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
    return rows


def named_givers(names: list[str]) -> None:
    for place, name in enumerate(names):
        giver = making.donor(name=f"Giver {place}", now=NOON)
        Donor.objects.filter(pk=giver.pk).update(name=name)
        making.donation(by=giver, note=name, at=NOON + timedelta(minutes=place))


def test_t24_every_vector_is_text_in_all_three_formats_and_reads_back() -> None:
    names = [*DANGEROUS, *HARMLESS, *ODD]
    named_givers(names)
    told = {
        "csv": [(row["donor_name"], row["note"]) for row in read([file(Format.CSV)])],
        "xlsx": [(text_of(row["donor_name"]), text_of(row["note"])) for row in sheet_rows(file(Format.XLSX))],
        "parquet": [(row["donor_name"], row["note"]) for row in parquet(file(Format.PARQUET))],
    }
    for form, cells in told.items():
        assert [(unquoted(name), unquoted(note)) for name, note in cells] == [(n, n) for n in names], form
        for name, source in zip(cells, names, strict=True):
            assert (name[0] != source) == (source in DANGEROUS or source == "\x02\x03"), (form, source)


def test_t25_no_cell_is_a_formula_and_nothing_points_outside() -> None:
    named_givers(DANGEROUS)
    content = file(Format.XLSX)
    for row in sheet_rows(content):
        assert {cell.data_type for cell in row.values()} <= {"s", "inlineStr", "n", "d"}
        assert row["donor_name"].data_type in {"s", "inlineStr"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert not [
            name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()
        ]
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_numbers_are_numbers_days_are_days_and_korean_is_korean() -> None:
    giver = making.donor(name="김철수", now=NOON)
    gift = making.donation(by=giver, amount=Money(7500, USD), fee=Money(248, USD), at=NOON)
    making.dispute(of=gift, fee=Money(1500, USD), at=NOON)
    making.donation(by=giver, amount=Money(50_000, "KRW"), at=NOON + timedelta(hours=1))
    making.donation(by=giver, amount=Money(1_230, "KWD"), at=NOON + timedelta(hours=2))
    first, won, dinar = sheet_rows(file(Format.XLSX))
    assert (first["net"].value, first["net"].data_type) == (-17.48, "n")
    assert (won["gross"].value, dinar["gross"].value) == (50_000, 1.23)
    assert first["given_on"].value == datetime(2026, 3, 10)
    assert first["given_on"].is_date
    assert first["given_at_local"].value == datetime(2026, 3, 10, 12)
    assert first["donor_name"].value == "김철수"
    assert not first["receipt"].value
    rows = parquet(file(Format.PARQUET))
    assert [row["gross"] for row in rows] == [Decimal("75.000"), Decimal("50000.000"), Decimal("1.230")]
    assert (rows[0]["net"], rows[0]["given_on"]) == (Decimal("-17.480"), date(2026, 3, 10))
    assert rows[0]["given_at_local"] == datetime(2026, 3, 10, 12)
    assert (rows[0]["receipt"], rows[0]["note"], rows[0]["donor_name"]) == (None, "", "김철수")


def workbook(
    columns: list[Column], blocks: list[Block], *, title: str = "t", is_pressed: bool = False
) -> Iterator[tuple[bytes, int]]:
    filled = filling_rows.fill(kinds=[column.kind for column in columns], blocks=blocks)
    rows = (Rows(one.pressed(), one.rows) for one in filled) if is_pressed else filled
    return writing_sheets.write(columns=columns, rows=rows, title=title)


def test_rows_pressed_by_themselves_stand_among_others() -> None:
    """The second half of a long list comes pressed; what is written after it may not look back over it."""
    columns = [Column("n", "", Kind.WHOLE), Column("name", "", Kind.TEXT)]
    blocks = [
        Block(b"".join(b"%d\tsame words\n" % place for place in range(first, first + 50)), 50)
        for first in range(0, 300, 50)
    ]
    kinds = [column.kind for column in columns]
    rows = [
        Rows(one.pressed(), one.rows) if place in (1, 2, 4) else one
        for place, one in enumerate(filling_rows.fill(kinds=kinds, blocks=blocks))
    ]
    made = b"".join(block for block, _ in writing_sheets.write(columns=columns, rows=rows, title="t"))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
    [_, *told] = sheet(made).iter_rows(values_only=True)
    assert told == [(place, "same words") for place in range(300)]


def test_an_empty_cell_stays_empty_beside_full_ones_and_in_a_column_of_none() -> None:
    kinds = (Kind.WHOLE, Kind.TEXT, Kind.CODE, Kind.AMOUNT, Kind.DAY)
    columns = [Column(f"c{place}", "", kind) for place, kind in enumerate(kinds)]
    blocks = [
        Block(b"1\t\x01\t\x01\t\x01\t46000\n\x01\tKim\t\x01\t2.50\t\x01\n", 2),
        Block(b"\x01\t\x01\t\x01\t\x01\t\x01\n3\t a\x01b \tX\t\x01\t\x01\n", 2),
        Block(b"\x01\t\x01\t\x01\t\x01\t\x01\n", 1),
    ]
    made = workbook(columns, blocks)
    [_, *rows] = sheet(b"".join(block for block, _ in made)).iter_rows(values_only=True)
    assert rows == [
        (1, None, None, None, datetime(2025, 12, 9)),
        (None, "Kim", None, 2.5, None),
        (None, None, None, None, None),
        (3, " a_x0001_b ", "X", None, None),
        (None, None, None, None, None),
    ]


def test_types_of_parquet_are_what_the_columns_are() -> None:
    making.donation(by=making.donor(now=NOON), at=NOON)
    schema = pyarrow.parquet.read_schema(io.BytesIO(file(Format.PARQUET)))
    assert str(schema.field("gross").type) == "decimal128(18, 3)"
    assert str(schema.field("given_on").type) == "date32[day]"
    assert str(schema.field("given_at_local").type) in {"timestamp[s]", "timestamp[ms]"}
    assert str(schema.field("donor_name").type) == "string"


@pytest.mark.parametrize("form", Format)
def test_an_empty_file_has_its_columns_and_can_be_opened(form: Format) -> None:
    content = file(form)
    if form is Format.CSV:
        names = content.decode().strip().split(",")
    elif form is Format.XLSX:
        names = [cell.value for cell in next(sheet(content).iter_rows())]
    else:
        names = pyarrow.parquet.read_schema(io.BytesIO(content)).names
    assert names[:2] == ["donation_id", "given_on"]
    assert len(names) == 25


def test_the_same_rows_are_the_same_bytes() -> None:
    named_givers(["Grace", "김철수"])
    for form in Format:
        assert file(form) == file(form)
    assert Donation.objects.count() == 2


@pytest.mark.parametrize("is_pressed", [False, True])
def test_a_sheet_ends_where_spreadsheets_end_and_the_next_has_its_heading(
    monkeypatch: pytest.MonkeyPatch, is_pressed: bool
) -> None:
    monkeypatch.setattr(writing_sheets, "ROWS_OF_A_SHEET", 4)
    columns = [Column("number", "", Kind.WHOLE), Column("name", "", Kind.TEXT)]
    for rows, sheets in ((0, [1]), (2, [3]), (3, [4]), (4, [4, 2]), (7, [4, 4, 2])):
        content = b"".join(b"%d\tn%d\n" % (place, place) for place in range(rows))
        pieces = list(
            workbook(columns, [Block(content, rows)] if rows else [], title="x/y", is_pressed=is_pressed)
        )
        book = openpyxl.load_workbook(io.BytesIO(b"".join(block for block, _ in pieces)))
        assert [one.max_row for one in book.worksheets] == sheets
        assert {one["A1"].value for one in book.worksheets} == {"number"}
        assert sum(count for _, count in pieces) == rows


def test_a_sheet_ends_before_its_part_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipping, "LARGEST_PART", 60)
    blocks = [Block(b"1\n2\n3\n", 3), Block(b"4\n", 1)]
    made = workbook([Column("n", "", Kind.WHOLE)], blocks)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(block for block, _ in made)))
    assert [one.max_row for one in book.worksheets] == [4, 2]


NOW = datetime(2026, 1, 1, tzinfo=UTC)
