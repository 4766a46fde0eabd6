"""A restricted fund is used: released with its document, more than is left refused, and the reports tie."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from launcher.stack import Stack
from tests.journeys.test_every_page import Inspector
from tests.journeys.walking import Finance, Giver

INVOICE = FilePayload(
    name="Invoice 12.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 the invoice of the builder"
)
PAGES = ("funds/", "funds/restricted/", "funds/activities/", "journal/?account=with", "donations/years/")


def opens_fund(page: Page, code: str) -> None:
    """By keys: down the list of funds to its row, and into it."""
    page.goto("/en/office/funds/")
    row = page.locator("tr[data-row]").filter(has=page.get_by_role("link", name=code, exact=True)).first
    place = page.locator("tr[data-row]").evaluate_all("(all, row) => all.indexOf(row)", row.element_handle())
    for _ in range(place + 1):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/office/funds/\d+/$"))


def releases(page: Page, amount: str, *, reason: str) -> None:
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Reason").fill(reason)
    page.get_by_label("Document").set_input_files(INVOICE)
    page.get_by_role("button", name="Release").press("Enter")


def test_a_release_with_its_document_and_one_above_what_is_left(
    giver: Giver, finance: Finance, open_page: Callable[..., Page], stack: Stack
) -> None:
    email = "restricted@example.org"
    number = giver.gives(name="Ruth Restricted", email=email, amount="500", slug="family")
    giver.gets_receipt(email=email, number=number)
    finance.signs_in()
    page = finance.page
    opens_fund(page, "RSC")
    page.get_by_role("link", name="Release", exact=True).click()
    left = page.locator(".sums dd").first.inner_text()
    releases(page, "900,000", reason="Invoice 12 of the builder")
    expect(page.locator(".field.err")).to_contain_text(f"Only {left} is left of this fund.")

    releases(page, "320", reason="Invoice 12 of the builder")
    expect(page.locator(".told").first).to_contain_text("$320.00 is free of its restriction.")
    row = page.locator("#releases ~ .wide tr[data-row]").first
    expect(row).to_contain_text("Invoice 12 of the builder")
    with page.expect_download() as download:
        row.get_by_role("link", name="Invoice 12.pdf").click()
    assert Path(download.value.path()).read_bytes() == INVOICE["buffer"]

    page.goto("/en/office/funds/restricted/")
    expect(page.locator(".told")).to_contain_text("Ties to the ledger")
    released = page.locator("tr[data-row]").filter(has_text="RSC").first.get_by_role("link", name="$320.00")
    released.click()
    expect(page.locator("table.small")).to_contain_text("$320.00 debit")
    expect(page.locator("table.books")).to_contain_text("Released from restriction")

    page.goto("/en/office/funds/activities/")
    expect(page.locator("main")).to_contain_text("Net assets released from restrictions")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="XLSX").click()
    assert Path(sheet.value.path()).read_bytes().startswith(b"PK")

    page.goto("/en/office/funds/")
    opens_fund(page, "RSC")
    page.get_by_role("link", name="Take back").first.click()
    page.get_by_label("Why it was wrong").fill("The builder took it back")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".told").first).to_contain_text("The money is restricted again")


@pytest.mark.parametrize(("language", "scheme", "width"), [("ko", "light", 360), ("en", "dark", 1280)])
def test_every_page_of_funds_is_open_to_everybody(
    open_page: Callable[..., Page], stack: Stack, language: str, scheme: str, width: int
) -> None:
    page = open_page(width=width, height=800, scheme=scheme, locale="ko-KR" if language == "ko" else "en-US")
    inspector = Inspector(page=page, mark=f"{language}-{scheme}-{width}", found=[])
    desk = Finance(page=page, sign_ins=(stack.state.read("demo") or {})["sign_ins"])
    office = f"/{language}/office/"
    desk.signs_in(role="admin", to=office)
    for address in (*PAGES, "funds/policy/"):
        inspector.visits(f"{office}{address}")
    page.goto(f"{office}funds/")
    fund = page.locator("tr[data-row] a[data-open]").filter(has_text="RSC").first.get_attribute("href")
    for deed in ("", "release/", "open/", "move/"):
        inspector.visits(f"{fund}{deed}")
    page.locator("button.link, main form.narrow button").last.click()
    expect(page.locator("[role=alert]")).to_be_visible()
    inspector.looks(f"{office}funds-move-refused")
    assert not inspector.found, "\n".join(inspector.found)
