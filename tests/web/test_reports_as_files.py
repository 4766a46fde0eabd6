"""Every table of a report leaves as it is seen: as CSV, XLSX and Parquet, with the filters of its address (B21)."""

from __future__ import annotations

import html
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
from django.test import Client
from django.urls import reverse

from ledger.money import Money
from paper.tabulating import Cell, Table
from reports import filing_tables
from reports.files.making import Format
from staff.models import AuditEvent
from tests import making
from web.office.reports.listing import REPORTS

pytestmark = pytest.mark.django_db
USD = "USD"


@pytest.fixture
def world(today: datetime) -> None:
    odd = making.donor(name="=Odd", email="odd@example.org", now=today)
    last_year = today - timedelta(days=400)
    well = making.campaign(slug="well", title="A well")
    making.donation(by=odd, amount=Money(7_500, USD), for_campaign=well, at=last_year)
    making.donation(by=making.donor(now=today), amount=Money(2_500, USD), for_campaign=well, at=today)
    making.plan(of=odd, now=today)


def files(browser: Client, address: str) -> list[str]:
    """This function will return the addresses of the files a page offers."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    found = re.findall(r'href="([^"]*[?&](?:amp;)?format=\w+)"', answer.content.decode())
    return [html.unescape(one) for one in found]


def pages() -> list[str]:
    return [reverse(f"office:report_{name}") for name in REPORTS]


def test_every_table_that_is_shown_has_its_three_files(finance: Client, world: None) -> None:
    for page in [*pages(), reverse("office:report_campaign", args=["well"])]:
        offered = files(finance, page)
        shown = len(re.findall(r"<table ", finance.get(page).content.decode()))
        assert len(offered) == 3 * shown, page
        for address in offered:
            if address.endswith("format=csv"):
                assert finance.get(address).content.startswith("\ufeff".encode()), address


def sheet(content: bytes) -> list[list[Any]]:
    rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()
    return [[cell.value for cell in row] for row in rows]


@pytest.mark.parametrize(
    "address",
    ["/en/office/reports/lybunt/", "/en/office/reports/campaigns/well/", "/en/office/reports/year/"],
)
def test_the_three_files_of_a_table_hold_the_same(finance: Client, world: None, address: str) -> None:
    plain, book, typed = (finance.get(one) for one in files(finance, address)[:3])
    assert plain.headers["Content-Disposition"].endswith('.csv"')
    assert typed.headers["Content-Disposition"].endswith('.parquet"')
    head, *rows = sheet(book.content)
    table = pyarrow.parquet.read_table(io.BytesIO(typed.content))
    assert table.column_names == head
    assert len(table) == len(rows) == len(plain.content.decode().strip().splitlines()) - 1
    for row, other in zip(rows, table.to_pylist(), strict=True):
        for told, kept in zip(row, other.values(), strict=True):
            if isinstance(told, int | float):
                assert Decimal(str(told)) == kept
    assert "=Odd" not in str(table.to_pylist()) or "'=Odd" in str(table.to_pylist())


def test_a_campaign_leaves_in_the_currency_of_its_page(finance: Client, world: None) -> None:
    address = reverse("office:report_campaign", args=["well"])
    asked = next(one for one in files(finance, f"{address}?currency=KRW") if "table=months" in one)
    assert "currency=KRW" in asked
    assert "(KRW)" in finance.get(asked).content.decode()
    file = reverse("office:report_campaign_file", args=["well"])
    assert finance.get(file, {"table": "none"}).status_code == 404
    assert finance.get(file, {"format": "pdf"}).status_code == 404
    assert finance.get(file, {"currency": "x"}).headers["Location"] == address
    assert finance.get(reverse("office:report_campaign_file", args=["none"])).status_code == 404
    event = AuditEvent.objects.filter(action="export report").latest("number")
    assert (event.target, event.details["table"]) == ("report:campaign:well", "months")


def test_the_reports_of_funds_leave_as_parquet_too(finance: Client, world: None) -> None:
    for what in ("restricted", "activities"):
        assert f"{what}.parquet" in finance.get(reverse(f"office:{what}")).content.decode()
        made = finance.get(reverse("office:fund_report_file", args=[what, "parquet"]))
        assert made.headers["Content-Type"] == "application/vnd.apache.parquet"
        assert pyarrow.parquet.read_table(io.BytesIO(made.content)).num_columns > 5


def test_a_column_of_parquet_is_what_all_its_cells_are() -> None:
    columns = ["Day", "Count", "Amount", "Mixed", "Mixed", "Empty"]
    rows: list[list[Cell]] = [
        [date(2026, 3, 1), 1, Decimal("1.50"), "=1", 2, ""],
        ["", 2, 3, "two\nlines", "x", ""],
    ]
    made = filing_tables.file(table=Table("t", columns, rows), form=Format.PARQUET)
    table = pyarrow.parquet.read_table(io.BytesIO(made.content))
    assert [str(one) for one in table.schema.types] == [
        "date32[day]",
        "int64",
        "decimal128(18, 3)",
        "string",
        "string",
        "string",
    ]
    assert table.column_names == ["Day", "Count", "Amount", "Mixed", "Mixed 2", "Empty"]
    first, second = table.to_pylist()
    assert (first["Day"], first["Amount"], first["Mixed"]) == (date(2026, 3, 1), Decimal("1.500"), "'=1")
    assert (second["Day"], second["Mixed"], second["Mixed 2"]) == (None, "two\nlines", "x")
    empty = filing_tables.file(table=Table("t", columns, []), form=Format.PARQUET)
    assert len(pyarrow.parquet.read_table(io.BytesIO(empty.content))) == 0
