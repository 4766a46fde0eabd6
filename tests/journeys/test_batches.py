"""Two people count an offering; somebody enters it by keyboard alone, another agrees, and the bank gets one deposit."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.pages import text_of
from tests.journeys.test_desk import enters_donor
from tests.journeys.walking import Finance

GIVERS = (("Chulsoo Kim", "kim c"), ("Grace Ames", "grace a"), ("Daniel Poe", "daniel p"))


def typed(page: Page, fields: Sequence[str]) -> None:
    """Type a row as a hand does that never leaves the keys: a word, Tab, the next; Enter at the end."""
    for place, words in enumerate(fields):
        if place:
            page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.keyboard.press("Enter")


def begins(page: Page, *, count: int, total: str) -> None:
    """A batch, by keyboard alone."""
    page.goto("/en/office/batches/")
    page.keyboard.press("n")
    page.wait_for_url("**/batches/new/")
    page.get_by_label("How many pieces were counted").focus()
    page.keyboard.type(str(count))
    page.keyboard.press("Tab")
    page.keyboard.type(total)
    page.get_by_label("Event").focus()
    page.keyboard.type("Sunday offering")
    page.keyboard.press("Tab")
    page.keyboard.type("Ada Counts")
    page.keyboard.press("Tab")
    page.keyboard.type("Ben Checks")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}/$"))


@pytest.fixture
def givers(finance: Finance) -> Finance:
    finance.signs_in()
    for name, _words in GIVERS:
        if "No donor fits" in (finance.page.goto(f"/en/office/donors/?q={name}"), finance.page.content())[1]:
            enters_donor(finance.page, name, email=f"{name.split()[0].lower()}.batch@example.org")
    return finance


def test_twenty_checks_without_a_mouse(givers: Finance) -> None:
    """B01 to B03, B06 to B08, B10."""
    page = givers.page
    begins(page, count=21, total="275.00")
    said = page.locator("#said")
    expect(page.locator("#id_amount")).to_be_focused()
    for number in range(1, 21):
        words = "?" if number == 20 else GIVERS[number % 3][1]
        typed(page, ["10.00", f"77{number:02}", words])
        expect(said).to_contain_text(f"{number} of 21 entered, ${number * 10}.00")
        expect(page.locator("#id_amount")).to_be_focused()
    expect(page.locator("#numbers")).to_contain_text("$75.00 short")

    types_faster_than_the_answers(page, said)
    posts(page)
    names_a_giver(page)


def types_faster_than_the_answers(page: Page, said: Locator) -> None:
    """Nothing that is typed meanwhile is lost, and what is refused comes back to be mended."""
    typed(page, ["10.00", "7701", GIVERS[1][1]])
    page.keyboard.type("57.00")
    expect(page.locator("#entry")).to_contain_text("A check like this was entered before")
    expect(page.locator("#entry .told.warning")).to_contain_text("Check 7701 of $10.00 is in batch")
    expect(page.locator("#id_accepts_twin")).to_be_focused()
    page.locator("#id_amount").fill("57.00")
    page.locator("#id_check_number").fill("7721")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("21 of 21 entered, $257.00: $18.00 short")
    expect(page.locator("#swap")).to_contain_text("swapped digits? Look at row 21.")
    expect(page.locator("#id_amount")).to_have_value("57.00")

    page.locator(".pieces").get_by_role("link", name="Edit 21").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Amount", exact=True).fill("75.00")
    page.keyboard.press("Enter")
    expect(page.locator("#numbers")).to_contain_text("agrees")


def posts(page: Page) -> None:
    page.get_by_role("button", name="Post the batch").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("21 pieces of $275.00 come into the books.")
    page.get_by_role("button", name="Post the batch").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Posted by")
    slip = page.request.get(page.get_by_role("link", name="Letter").first.get_attribute("href") or "")
    told = text_of(slip.body())
    assert "Check 7721 $75.00" in " ".join(told.split())
    assert "Total of the deposit $275.00" in " ".join(told.split())


def names_a_giver(page: Page) -> None:
    page.goto("/en/office/")
    page.get_by_role("link", name="Money waits for its giver").first.click()
    page.get_by_role("combobox", name="Giver").fill("grace a")
    expect(page.get_by_role("option").first).to_contain_text("$10.00")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Name the giver").click()
    expect(page.locator("main")).to_contain_text("The gift was entered.")


def test_on_a_phone_in_korean(givers: Finance, open_page: OpenPage) -> None:
    page = open_page(width=360, locale="ko-KR")
    on_phone = Finance(page=page, sign_ins=givers.sign_ins)
    on_phone.signs_in(to="/ko/office/batches/new/")
    page.get_by_label("계수한 건수").fill("1")
    page.get_by_label("합계 금액").fill("10.00")
    page.get_by_role("button", name="시작").click()
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}/$"))
    page.locator("#id_amount").fill("10.00")
    page.get_by_role("combobox", name="후원자").press_sequentially("kim c")
    page.locator("ul.people [role=option]").first.click()
    expect(page.get_by_role("combobox", name="후원자")).to_have_value("Chulsoo Kim")
    page.get_by_role("button", name="저장").click()
    expect(page.locator("#numbers")).to_contain_text("일치")
    expect(page.locator("#why")).to_contain_text("계수한 두 사람을 적어야 합니다.")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
