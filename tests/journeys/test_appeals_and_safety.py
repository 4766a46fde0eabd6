"""What a letter cost is written down by keyboard and stands in its report; people safe are told when two say so."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.test_annual_run import picture
from tests.journeys.test_every_page import AXE
from tests.journeys.walking import Finance


def types(page: Page, **fields: str) -> None:
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def test_a_letter_is_told_for_what_it_cost(finance: Finance, open_page: OpenPage) -> None:
    finance.signs_in(to="/en/office/reports/appeals/")
    page = finance.page
    expect(page.locator("main")).to_contain_text("No cost of an appeal is written down in this currency yet")
    page.get_by_role("link", name="Costs of appeals").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/appeals/costs/")
    picture(page, "appeal-costs-empty")
    page.get_by_label("Code", exact=True).select_option(index=1)
    types(page, What_was_spent="a lot", For_what="Printing")
    page.get_by_label("For what").press("Enter")
    expect(page.locator("main")).to_contain_text("This is not an amount: write 100 or 100.00.")
    types(page, What_was_spent="80")
    page.get_by_label("What was spent", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text("Written down.")
    picture(page, "appeal-costs")
    page.goto("/en/office/reports/appeals/")
    returned = page.locator("section.report").filter(has_text="What came for what was spent")
    expect(returned).to_contain_text("$80.00")
    picture(page, "appeals")
    returned.get_by_role("link", name="$80.00").first.click()
    page.wait_for_url("**/costs/?code=*")
    page.locator("summary", has_text="Take back").first.click()
    page.get_by_role("button", name="Take $80.00 back").click()
    expect(page.locator("main")).to_contain_text("Taken back. Both rows stay.")
    reads_in_korean(open_page(width=360, height=740, locale="ko-KR"), finance)


def test_people_safe_are_told_when_two_say_so(finance: Finance, open_page: OpenPage) -> None:
    finance.signs_in(to="/en/office/reports/campaigns/family/")
    page = finance.page
    expect(page.locator("main")).to_contain_text("No count of people who are safe has been approved yet")
    address = "/en/office/reports/campaigns/family/safe/"
    page.goto(address)
    picture(page, "safe-empty")
    page.get_by_label("People who became safe in it").fill("4")
    page.get_by_label("People who became safe in it").press("Enter")
    expect(page.locator("main")).to_contain_text("It is shown when somebody else approves it")
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()

    second = Finance(page=open_page(), sign_ins=finance.sign_ins)
    second.signs_in(role="approver", to=address)
    picture(second.page, "safe-waits")
    second.page.get_by_role("button", name="Approve 4 people").click()
    expect(second.page.locator("main")).to_contain_text("Approved. It counts from now on.")
    picture(second.page, "safe")
    page.goto("/en/office/reports/campaigns/family/")
    expect(page.locator("dl.figures")).to_contain_text("People safe")
    picture(page, "campaign-safe")
    row = page.get_by_role("row").filter(has_text=re.compile(r"Quarter \d of \d{4}"))
    expect(row.first).to_contain_text("4")


def reads_in_korean(page: Page, finance: Finance) -> None:
    Finance(page=page, sign_ins=finance.sign_ins).signs_in(to="/ko/office/reports/appeals/costs/")
    expect(page.locator("h1")).to_have_text("모금 비용")
    for address in ("reports/appeals/", "reports/appeals/costs/", "reports/campaigns/family/safe/", "funds/"):
        page.goto(f"/ko/office/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        found = [(one["id"], one["nodes"][0]["html"][:200]) for one in AXE.run(page).response["violations"]]
        assert found == [], address
        if address.startswith("reports/a") or "safe" in address:
            picture(page, f"ko-{address.strip('/').replace('/', '-')}")
