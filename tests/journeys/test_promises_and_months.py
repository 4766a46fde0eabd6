"""Finance writes a promise down by keyboard, a gift keeps it, and the list of the month says what is open."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.walking import Finance, Giver


def test_a_promise_is_kept_by_a_gift(giver: Giver, finance: Finance, open_page: OpenPage) -> None:
    giver.gives(name="Lois Keeps", email="lois@example.org", amount="40")
    finance.signs_in(to="/en/office/pledges/")
    page = finance.page
    page.keyboard.press("n")
    page.wait_for_url("**/pledges/new/pledge/")
    page.get_by_label("Who promised it").fill("Lois Keeps")
    page.get_by_label("Amount in all").fill("120")
    page.get_by_label("In how many parts").fill("3")
    page.get_by_label("In how many parts").press("Enter")
    page.wait_for_url(re.compile(r"/pledges/[0-9a-f-]{36}/$"))
    expect(page.locator("h1")).to_contain_text("$120.00")
    page.get_by_role("button", name="This one keeps it").first.click()
    expect(page.get_by_role("heading", name="Gifts that keep it")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("$80.00")
    address = page.url

    for width in (360, 1280):
        seen = open_page(width=width)
        Finance(page=seen, sign_ins=finance.sign_ins).signs_in(to="/ko/office/pledges/")
        for one in ("/ko/office/pledges/", address.replace("/en/", "/ko/"), "/ko/office/pledges/new/grant/"):
            seen.goto(one)
            expect(seen.locator("html")).to_have_attribute("lang", "ko")
            assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth"), (one, width)


def test_the_list_of_the_month_is_counted_and_said(
    giver: Giver, finance: Finance, open_page: OpenPage
) -> None:
    giver.gives(name="Anna Counts", email="anna.counts@example.org", amount="25")
    finance.signs_in(to="/en/office/months/")
    page = finance.page
    section = page.locator("section.card").filter(has_text=re.compile("20[0-9]{2}")).first
    section.locator("button, a.btn").first.click()
    page.wait_for_url(re.compile(r"/months/[0-9a-f-]{36}/$"))
    item = page.locator("#check-disputes")
    if not item.get_by_role("button", name="Undo this").is_visible():
        item.get_by_role("button", name="I looked through them").click()
    expect(page.locator("#check-disputes")).to_contain_text("Done")
    page.locator("#check-reports_read summary").click()
    page.locator("#check-reports_read").get_by_label("Why").fill("The treasurer reads them next week")
    page.locator("#check-reports_read").get_by_label("Why").press("Enter")
    expect(page.locator("#check-reports_read")).to_contain_text("Left aside")
    page.locator("#check-reports_read").get_by_role("button", name="Undo this").click()
    expect(page.locator("#check-reports_read")).not_to_contain_text("Left aside")
    address = page.url

    for width in (360, 1280):
        seen = open_page(width=width)
        Finance(page=seen, sign_ins=finance.sign_ins).signs_in(to="/ko/office/months/")
        for one in ("/ko/office/months/", address.replace("/en/", "/ko/")):
            seen.goto(one)
            expect(seen.locator("html")).to_have_attribute("lang", "ko")
            assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth"), (one, width)
