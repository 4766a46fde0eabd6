"""Finance takes the files to the accountant: they say what the pages say."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from tests.journeys.pages import rows_of
from tests.journeys.walking import Finance, Giver


def downloaded(page: Page, link: str) -> list[dict[str, str]]:
    """This function will press that link and return the rows of the file that comes."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link, exact=True).click()
    return rows_of(started.value.path().read_bytes())


def summed(rows: list[dict[str, str]], column: str, currency: str) -> str:
    """This function will return a column's sum in one currency as the pages write it."""
    places = 0 if currency == "KRW" else 2
    sign = {"USD": "$", "KRW": "₩"}[currency]
    total = sum((Decimal(row[column] or 0) for row in rows if row["currency"] == currency), Decimal(0))
    return f"{sign}{total:,.{places}f}"


def test_the_files_say_what_the_pages_say(giver: Giver, finance: Finance) -> None:
    email = "exported@example.org"
    giver.gives(name="=HYPERLINK(1)", email=email, amount="14")
    number = giver.gives(name="=HYPERLINK(1)", email=email, amount="16.50")
    giver.gets_receipt(email=email, number=number)
    finance.signs_in(to="/en/office/donations/")
    finance.finds(email)

    shown = finance.page.locator("#main").inner_text()
    gifts = downloaded(finance.page, "Export CSV")
    assert [row["gross"] for row in gifts] == ["14.00", "16.50"]
    assert {row["donor_name"] for row in gifts} == {"'=HYPERLINK(1)"}
    assert {row["receipt"] for row in gifts} >= {number}
    for column in ("gross", "fee", "net"):
        assert summed(gifts, column, "USD") in shown
    for_excel = downloaded(finance.page, "CSV for Excel")
    assert for_excel == gifts

    finance.page.get_by_role("link", name="Books", exact=True).click()
    finance.page.get_by_role("link", name="Journal").click()
    expect(finance.page.locator("table.small")).to_contain_text("Balanced")
    shown = finance.page.locator("table.small").inner_text()
    lines = downloaded(finance.page, "Export CSV")
    for currency in {row["currency"] for row in lines}:
        debit, credit = (summed(lines, column, currency) for column in ("debit", "credit"))
        assert debit == credit
        assert debit in shown
    charges = {row["charge_id"] for row in gifts}
    booked = [row for row in lines if row["processor_id"] in charges]
    assert sum(Decimal(row["debit"] or 0) for row in booked) >= Decimal("30.50")
