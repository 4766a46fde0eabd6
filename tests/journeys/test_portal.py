"""A giver's own pages in a browser: digits, three answers at a glance, another name, another address, a copy of all."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.pages import text_of
from tests.journeys.test_every_page import AXE
from tests.journeys.walking import Giver, until

PAGES = ("home", "gifts", "receipts", "profile", "mail", "email", "devices", "data")
FOLD = 740
"""Pixels of a small phone's first screen (P06)."""


def looks_well(page: Page, name: str, language: str) -> None:
    """Nobody is shut out, nothing is cut off; with SHOTS set, a picture to look at."""
    if shots := os.environ.get("SHOTS"):
        width = (page.viewport_size or {})["width"]
        page.screenshot(path=f"{shots}/{language}-{width}-{name}.png", full_page=True)
    found = AXE.run(page).response["violations"]
    assert not found, (name, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    ), name


def digits(giver: Giver, *, email: str, known: int) -> str:
    """The digits of the newest sign-in mail, once there are more than `known` of them."""

    def look() -> str:
        found = [
            match
            for row in giver.mailbox.letters(to=email)
            for match in re.findall(
                r"^(\d{6})\r?$", giver.mailbox.wait(to=email, subject=row["subject"])["text"], re.M
            )
        ]
        return found[-1] if len(found) > known else ""

    return until(look, what=f"digits for {email}", seconds=60)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_by_keyboard_and_digits_to_three_answers_at_a_glance(
    giver: Giver, open_page: OpenPage, language: str
) -> None:
    email, page = f"answers-{language}@example.org", giver.page
    giver.language = language
    giver.opens()
    giver.fills(name="Anna Answers" if language == "en" else "김은혜", email=email, amount="40", monthly=True)
    giver.presses_continue()
    giver.pays()
    giver.is_thanked()

    page.goto(f"/{language}/portal/")
    page.locator("#id_email").focus()
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/sent/")
    looks_well(page, "sent", language)
    code = digits(giver, email=email, known=0)
    field = page.locator("#id_code")
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    field.focus()
    page.keyboard.insert_text(f"{code[:3]} {code[3:]}")  # as if pasted, with a space in between
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/home/")

    answers = page.locator(".answers > section")
    expect(answers).to_have_count(3)
    for place in range(3):
        box = answers.nth(place).bounding_box()
        assert box
        assert box["y"] + box["height"] <= FOLD, (place, box)
    expect(page.locator("aside.stay")).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.locator("#stay button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#soon")).not_to_be_empty()

    for name in PAGES:
        page.goto(f"/{language}/portal/{name}/")
        looks_well(page, name, language)
    wide = page.context.new_page()
    wide.set_viewport_size({"width": 1280, "height": 900})
    for name in PAGES:
        wide.goto(f"/{language}/portal/{name}/")
        looks_well(wide, name, language)


def test_another_name_and_language_hold_for_the_next_paper_only(giver: Giver) -> None:
    email, page = "renamed@example.org", giver.page
    number = giver.gives(name="Rena Before", email=email, amount="31")
    giver.signs_in(email=email)

    def download(serial: str) -> bytes:
        page.goto("/en/portal/receipts/")
        with page.expect_download() as started:
            page.get_by_role("link", name=serial).click()
        return Path(started.value.path()).read_bytes()

    before = download(number)
    page.goto("/en/portal/profile/")
    page.locator("#f-country").select_option("KR")
    page.get_by_role("button", name="Show the fields of this country").click()
    expect(page.get_by_label("Postcode")).to_be_visible()
    page.locator("#f-name").fill("Rena After")
    page.locator("#f-local_name").fill("이나래")
    for name, value in [("postcode", "1"), ("region", "서울특별시"), ("street", "중구 세종대로 110")]:
        page.locator(f"#f-{name}").fill(value)
    page.get_by_role("button", name="Keep this").click()
    expect(page.locator("#p-postcode")).to_be_visible()
    looks_well(page, "profile with errors", "en")
    page.locator("#f-postcode").fill("04524")
    page.get_by_role("button", name="Keep this").click()
    expect(page.locator("[role=status]")).to_be_visible()
    assert download(number) == before

    page.goto("/en/portal/mail/")
    page.locator("input[name=language][value=ko]").check()
    page.get_by_role("button", name="Keep this language").click()
    page.wait_for_url("**/ko/portal/mail/?done=yes")

    later = giver.gives(name="Rena After", email=email, amount="32")
    letter = giver.gets_receipt(email=email, number=later)
    assert "영수증" in letter["subject"]
    page.goto("/en/portal/receipts/")
    with page.expect_download() as started:
        page.get_by_role("link", name=later).click()
    words = text_of(Path(started.value.path()).read_bytes())
    assert "Rena After" in words
    assert "세종대로 110" in words
    assert "Rena After" not in text_of(before)


def test_another_address_by_both_mailboxes_and_back_and_a_copy_of_everything(
    giver: Giver, open_page: OpenPage
) -> None:
    old, new, page = "moving@example.org", "moved@example.org", giver.page
    giver.gives(name="Mo Mover", email=old, amount="33")
    giver.signs_in(email=old)
    page.goto("/en/portal/email/")
    page.locator("#id_email").fill(new)
    page.get_by_role("button", name="Write to both").click()
    page.wait_for_url("**/email/sent/both/")

    def link(to: str, deed: str) -> str:
        def look() -> str:
            rows = giver.mailbox.letters(to=to)
            return next((one for row in rows for one in row["links"] if f"/email/{deed}/" in one), "")

        return until(look, what=f"a link to {deed} for {to}", seconds=60)

    elsewhere = open_page()
    elsewhere.goto(link(old, "confirm"))
    elsewhere.get_by_role("button", name="Yes, change my address").click()
    expect(elsewhere.locator("h1")).to_have_text("One mailbox has said yes")
    page.goto(link(new, "confirm"))
    page.get_by_role("button", name="Yes, change my address").click()
    expect(page.locator("h1")).to_have_text("Your address is changed")

    page.goto("/en/portal/data/")
    page.get_by_role("button", name="Make my file").click()
    giver.mailbox.wait(to=new, subject="Your data is ready")
    page.goto("/en/portal/data/")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the file").click()
    with zipfile.ZipFile(io.BytesIO(Path(started.value.path()).read_bytes())) as opened:
        assert b"Mo Mover" in opened.read("data.json")
        assert b"33.00" in opened.read("gifts.csv")

    elsewhere.goto(link(old, "undo"))
    elsewhere.get_by_role("button", name="Take it back").click()
    expect(elsewhere.locator("h1")).to_have_text("It is taken back")
    page.goto("/en/portal/home/")
    expect(page.get_by_label("Email")).to_be_visible()
