"""A giver looks after a monthly gift on a phone: another amount, a pause, another card, an end in three presses."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.walking import Giver, until

OTHER_CARD = "5555 5555 5555 4444"
CHANGED = {"en": "Your regular gift was changed", "ko": "정기 후원이 변경되었습니다"}
ENDED = {"en": "Your regular gift has ended", "ko": "정기 후원이 종료되었습니다"}


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def open_form(page: Page, deed: str) -> None:
    """By keyboard: the summary is reached and opened like any other control."""
    summary = page.locator(f"details:has(input[name=deed][value={deed}]) > summary")
    summary.focus()
    summary.press("Enter")
    expect(page.locator(f"form:has(input[name=deed][value={deed}])")).to_be_visible()
    fits(page)


def press(page: Page, deed: str) -> None:
    page.locator(f"form:has(input[name=deed][value={deed}]) button").press("Enter")
    expect(page.locator("[role=status]")).to_be_visible()
    fits(page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_P09_P10_P11_P12_a_monthly_gift_is_changed_paused_and_stopped_on_a_phone(
    giver: Giver, language: str
) -> None:
    email, page = f"monthly-{language}@example.org", giver.page
    giver.language = language
    page.set_viewport_size({"width": 360, "height": 740})
    giver.opens()
    giver.fills(name="Mona Monthly", email=email, amount="30", monthly=True)
    giver.presses_continue()
    giver.pays()
    giver.is_thanked()
    giver.signs_in(email=email)
    page.locator(".answers a.btn").first.click()
    facts = page.locator("dl.facts").first
    expect(facts).to_contain_text("$30.00")

    # Opening and pressing, either way: lower is as near as higher (P11).
    for amount in ("20", "45"):
        open_form(page, "amount")
        page.locator("#amount").fill(amount)
        press(page, "amount")
        expect(facts).to_contain_text(f"${amount}.00")
    until(
        lambda: any("$45.00" in row["text"] for row in giver.mailbox.letters(to=email)),
        what="a mail that says it",
        seconds=60,
    )

    open_form(page, "pause")
    page.locator("#pause").select_option("2")
    press(page, "pause")
    press(page, "resume")
    expect(page.locator("form:has(input[name=deed][value=resume])")).to_have_count(0)

    address, charged_next = page.url.split("?")[0], facts.locator("div").nth(2).inner_text()
    assert re.search(r"\d{4}", charged_next)
    page.locator("details:has(form[action$='/card/']) > summary").click()
    page.locator("form[action$='/card/'] button").click()
    page.locator("input[name=card]").fill(OTHER_CARD)
    page.locator("button.main").click()
    page.wait_for_url("**/portal/monthly/*/?done=*")

    def has_card() -> bool:
        page.reload()
        return "4444" in facts.inner_text()

    until(has_card, what="the new card on the page", seconds=60)
    assert page.url.split("?")[0] == address, "the same gift"
    expect(facts.locator("div").nth(2)).to_have_text(re.compile(charged_next.splitlines()[-1]))

    # Three presses from the first page to the end (P12).
    page.goto(f"/{language}/portal/home/")
    page.locator(".answers a.btn").first.click()
    if shots := os.environ.get("SHOTS"):
        page.screenshot(path=f"{shots}/plan-{language}.png", full_page=True)
    page.locator("p.stop a").click()
    if shots:
        page.screenshot(path=f"{shots}/stop-{language}.png", full_page=True)
    press(page, "stop")
    giver.mailbox.wait(to=email, subject=ENDED[language])
    press(page, "restart")
    expect(facts).to_contain_text("4444")
    subjects = [row["subject"] for row in giver.mailbox.letters(to=email)]
    assert subjects.count(ENDED[language]) == 1
    assert len(subjects) == len(set(subjects)) + subjects.count(CHANGED[language]) - 1
