"""Reports with pictures: the year beside the last, who is missed and what each number is made of; also in Korean."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.conftest import OpenPage
from tests.journeys.test_annual_run import picture
from tests.journeys.test_desk import begins, enters_donor
from tests.journeys.test_every_page import AXE
from tests.journeys.walking import Finance

LAST = datetime.now(UTC).year - 1
NAME = "Miriam Missed"


def gave_last_year(page: Page) -> None:
    """A check that was handed over last June is entered now."""
    enters_donor(page, NAME, email="miriam.missed@example.org")
    begins(page, "A check")
    page.get_by_label("Giver", exact=True).fill("miriam.missed@example.org")
    page.get_by_label("Amount", exact=True).fill("640")
    page.get_by_label("It was handed to one of us").check()
    page.get_by_label("Day of the postmark or of the hand-over").fill(f"{LAST}-06-15")
    page.get_by_role("button", name="Enter the gift").click()
    expect(page.locator("h1")).to_contain_text(f"$640.00 {NAME}")


def by_keyboard(page: Page, name: str) -> None:
    link = page.get_by_role("link", name=name, exact=True).first
    link.focus()
    page.keyboard.press("Enter")


def test_the_year_and_who_is_missed(finance: Finance, open_page: OpenPage, stack: Stack) -> None:
    finance.signs_in()
    page = finance.page
    gave_last_year(page)

    by_keyboard(page, "Reports")
    page.wait_for_url("**/reports/")
    expect(page.locator("svg.desk")).to_be_visible()
    expect(page.locator("svg.phone")).to_be_hidden()
    picture(page, "reports")
    by_keyboard(page, "The year")
    page.wait_for_url("**/reports/year/")
    expect(page.get_by_role("img", name="Given by month").first).to_be_visible()
    picture(page, "reports-year")
    june = page.get_by_role("row").filter(has_text="June").get_by_role("link", name="$640.00")
    june.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/donations/?**")
    expect(page.locator(".gifts")).to_contain_text(NAME)

    page.goto("/en/office/reports/lybunt/")
    missed = page.get_by_role("row").filter(has_text=NAME)
    expect(missed).to_contain_text("$640.00")
    picture(page, "reports-lybunt")
    with page.expect_download() as leaving:
        page.get_by_role("link", name="CSV").first.click()
    told = Path(str(leaving.value.path())).read_text("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(told)) if row[0] == NAME] == ["640.00"]
    page.get_by_label("Year", exact=True).fill(str(LAST))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**year={LAST}**")
    expect(page.locator("main")).not_to_contain_text(NAME)

    reads_in_korean(open_page(width=360, height=740, locale="ko-KR"), finance)


def reads_in_korean(page: Page, finance: Finance) -> None:
    """The same two pages on a telephone: the small drawing, nothing cut off, nobody shut out."""
    Finance(page=page, sign_ins=finance.sign_ins).signs_in(to="/ko/office/reports/year/")
    expect(page.locator("h1")).to_have_text("올해와 작년")
    expect(page.locator("svg.phone").first).to_be_visible()
    expect(page.locator("svg.desk").first).to_be_hidden()
    for address in ("year/", "lybunt/"):
        page.goto(f"/ko/office/reports/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        found = [(one["id"], one["nodes"][0]["html"][:200]) for one in AXE.run(page).response["violations"]]
        assert found == [], address
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("$640.00")
