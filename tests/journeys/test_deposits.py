"""Finance opens a deposit, follows one of its gifts, and brings PayPal's file: by keyboard, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from launcher.stack import Stack
from tests.books import files
from tests.journeys.conftest import OpenPage
from tests.journeys.outside import Mailbox, Processor
from tests.journeys.walking import Finance, Giver, until

SAID = {
    "en": ("Adds up: its lines sum", "Take it in", "New gift", "Let receipts and thanks go out"),
    "ko": ("합계가 일치합니다.", "가져오기", "새 후원", "영수증과 감사 인사 내보내기"),
}  # fmt: skip
WIDTHS = {"en": 1280, "ko": 360}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_deposit_is_explained_and_a_file_is_taken_in(
    open_page: OpenPage, stack: Stack, giver: Giver, tmp_path: Path, language: str
) -> None:
    adds_up, take_in, new_gift, let_go = SAID[language]
    width = WIDTHS[language]
    giver.gives(name="Grace Kim", email=f"deposit-{language}@example.org", amount="40")
    Processor(stack).operate("POST", "payouts", currency="usd")
    page = open_page(width=width, height=900, locale="ko-KR" if language == "ko" else "en-US")
    desk = Finance(page=page, sign_ins=(stack.state.read("demo") or {})["sign_ins"])
    desk.signs_in(to=f"/{language}/office/payouts/")

    def has_come() -> bool:
        page.goto(f"/{language}/office/payouts/")
        return page.locator("table.deposits tbody tr").count() > 0

    until(has_come, what="the notice of the payout settled", seconds=60)
    page.locator("table.deposits tbody a").first.click()
    expect(page.locator("#main")).to_contain_text(adds_up)
    page.locator("table.list tbody a").first.click()
    page.wait_for_url("**/office/donations/*-*/")
    expect(page.locator("#movements ~ * a[href*='/payouts/']").first).to_be_visible()

    ref = f"JOURNEY{language.upper()}"
    file = tmp_path / "Download.CSV"
    email = f"paypal-{language}@example.org"
    row = files.given(ref, "75.00", "-2.50", "72.50", Date="01/15/2026")
    file.write_bytes(files.paypal(row | {"Name": "Daniel Park", "From Email Address": email}))
    page.goto(f"/{language}/office/report-files/new/")
    page.locator("#id_source").select_option("paypal")
    page.locator("#id_file").set_input_files(str(file))
    # The rest is the keyboard's.
    page.locator("#id_days").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=take_in, exact=True)).to_be_visible()
    expect(page.locator("dl.sums")).to_contain_text(new_gift)
    page.get_by_role("button", name=take_in, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=let_go)).to_be_visible()
    expect(page.locator("#main")).to_contain_text(f"paypal:{ref}")
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0
    assert Mailbox(stack).letters(to=email) == []  # no mail because of a file
    page.get_by_role("button", name=let_go).click()
    expect(page.get_by_role("button", name=let_go)).to_have_count(0)
    expect(page.locator("#main")).to_contain_text(f"paypal:{ref}")
