"""The office enters what did not come online: a fund's grant, winter coats; papers follow a correction."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.walking import Finance, until


def enters_donor(page: Page, name: str, *, email: str = "", kind: str = "person") -> None:
    page.goto("/en/office/donors/")
    page.keyboard.press("n")
    page.wait_for_url("**/donors/new/")
    page.get_by_label("Kind").select_option(kind)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Address", exact=True).fill("1 Example Street\nPortland, ME 04101")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text(name)


def begins(page: Page, what: str) -> None:
    page.goto("/en/office/donations/new/")
    page.get_by_role("link", name=what).click()
    expect(page.locator("h1")).to_contain_text(what)


def waits_for(page: Page, words: str) -> None:
    """The papers are made by a worker: look again until they are there."""

    def looked() -> bool:
        page.reload()
        return words in page.locator("main").inner_text()

    until(looked, what=words, seconds=60)


def test_a_grant_and_coats_over_the_desk(finance: Finance) -> None:
    finance.signs_in()
    page = finance.page
    enters_donor(page, "Lydia Advises", email="lydia.desk@example.org")
    enters_donor(page, "Daniel Coats", email="daniel.desk@example.org")
    enters_donor(page, "Lighthouse Charitable", kind="organization")

    begins(page, "A grant of a donor-advised fund")
    page.get_by_label("Giver", exact=True).fill("Lydia")
    page.get_by_label("Adviser of the fund").fill("lydia.desk@example.org")
    page.get_by_label("Amount", exact=True).fill("5,000")
    page.get_by_role("button", name="Enter the gift").click()
    expect(page.locator("main")).to_contain_text("The giver of this kind is an organization")
    page.get_by_label("Giver", exact=True).fill("lighthouse")
    page.get_by_role("button", name="Enter the gift").dblclick()
    expect(page.locator("h1")).to_contain_text("$5,000.00 Lighthouse Charitable")
    expect(page.locator("main")).to_contain_text("Lydia Advises Adviser of the fund $5,000.00")
    waits_for(page, "the fund or the other charity is the giver, and gets none")

    begins(page, "Things")
    page.get_by_label("Giver", exact=True).fill("lydia")
    page.get_by_label("Description").fill("40 winter coats")
    page.get_by_label("Quantity").fill("40")
    page.get_by_label("Value for the books").fill("2000")
    page.get_by_role("button", name="Enter the gift").click()
    expect(page.locator("h1")).to_contain_text("$2,000.00 Lydia Advises")
    expect(page.locator(".books")).to_contain_text("Donated goods")
    waits_for(page, "Receipt drawn")
    first = page.locator("#receipts ~ ul a").first.inner_text()

    page.get_by_role("link", name="Correct this gift").click()
    page.get_by_label("Giver", exact=True).fill("daniel.desk@example.org")
    page.get_by_label("Reason").fill("They were his")
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Daniel Coats")
    waits_for(page, "Receipt voided")
    papers = page.locator("#receipts ~ ul").first.locator("li")
    expect(papers).to_have_count(2)
    expect(papers.filter(has_text=first)).to_contain_text("Void")
    expect(page.locator(".history")).to_contain_text("They were his")
