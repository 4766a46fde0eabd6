"""Tables as files: texts stay texts, sums and days are told as such, the same table gives the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from paper import tabulating
from paper.tabulating import Table

ODD = "김<&>\"'\x07 끝"
TABLE = Table(
    "A/B:[x]*?" + "y" * 40,
    ("글", "Day", "Sum", "Count"),
    [("=1+1", date(2026, 3, 1), Decimal("12.50"), 3), (ODD, "", Decimal("0.05"), 0)],
)
BRITISH = Table("", TABLE.columns, TABLE.rows, is_day_british=True)


def parts(content: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name != "mimetype"]
        return {name: ElementTree.fromstring(archive.read(name)) for name in names}


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "|x", "'quoted", "＝1", "\u200b=1", "%x"]
)
def test_a_text_of_a_csv_file_is_no_formula(text: str) -> None:
    assert tabulating.guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "김승은", "Grace", "50000", "2026-03-01", "서울특별시 예시구 2", "0-1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert tabulating.guarded(text) == text


def test_csv_has_the_mark_and_days_as_asked() -> None:
    rows = list(csv.reader(io.StringIO(tabulating.as_csv(TABLE).decode("utf-8-sig"), newline="")))
    assert rows[0] == ["글", "Day", "Sum", "Count"]
    assert rows[1] == ["'=1+1", "2026-03-01", "12.50", "3"]
    assert b"01/03/26" in tabulating.as_csv(BRITISH)


def test_xlsx_says_what_each_cell_is() -> None:
    found = parts(tabulating.as_xlsx([TABLE, BRITISH]))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    sheet = found["xl/worksheets/sheet1.xml"]
    cells = {
        cell.get("r"): (cell.get("t"), cell.get("s"), "".join(cell.itertext()))
        for cell in sheet.iter(f"{space}c")
    }
    assert cells["A2"] == ("inlineStr", None, "=1+1")
    assert cells["B2"] == (None, "1", "46082")
    assert cells["C2"] == (None, None, "12.50")
    assert cells["A3"] == ("inlineStr", None, ODD.replace("\x07", ""))
    assert not list(sheet.iter(f"{space}f"))
    names = [one.get("name") for one in found["xl/workbook.xml"].iter(f"{space}sheet")]
    assert names == ["A B  x   " + "y" * 22, "Sheet"]
    assert "xl/worksheets/sheet2.xml" in found


def test_ods_says_what_each_cell_is_and_names_its_type_first() -> None:
    content = tabulating.as_ods([BRITISH])
    assert content[30:38] == b"mimetype"
    assert tabulating.ODS_TYPE.encode() in content[:100]
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    body = parts(content)["content.xml"]
    cells = [
        (cell.get(f"{office}value-type"), "".join(cell.itertext()))
        for cell in body.iter(f"{table}table-cell")
    ]
    assert cells[4:8] == [("string", "=1+1"), ("date", "01/03/26"), ("float", "12.50"), ("float", "3")]
    assert cells[9] == (None, "")
    assert not [cell for cell in body.iter(f"{table}table-cell") if cell.get(f"{table}formula")]


def test_the_same_table_gives_the_same_bytes() -> None:
    assert tabulating.as_xlsx([TABLE]) == tabulating.as_xlsx([TABLE])
    assert tabulating.as_ods([TABLE]) == tabulating.as_ods([TABLE])
