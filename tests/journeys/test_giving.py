"""Giving once and monthly, in English and Korean, on a small phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.outside import Mailbox
from tests.journeys.pages import text_of
from tests.journeys.walking import Giver


def test_gives_once_in_english(giver: Giver) -> None:
    giver.opens("family")
    expect(giver.heading).to_have_text("Bring a family of three out together")
    giver.fills(name="Grace Kim", email="grace@example.org", amount="120")
    expect(giver.page.locator("#sum-words b")).to_have_text("$120.00")
    giver.presses_continue()
    giver.is_on_payment_page()
    expect(giver.page.locator(".amount")).to_have_text("USD 120.00")
    giver.pays()

    number = giver.is_thanked()
    expect(giver.page.locator("#outcome .lead")).to_contain_text("$120.00")
    letter = giver.gets_receipt(email="grace@example.org", number=number)
    assert "Dear Grace Kim" in letter["text"]
    assert "$120.00" in letter["text"]
    (attached,) = letter["attachments"]
    assert (attached["name"], attached["content_type"]) == (f"receipt-{number}.pdf", "application/pdf")
    paper = text_of(giver.mailbox.attachment(letter))
    assert "Grace Kim" in paper
    assert "120.00" in paper
    assert number in paper


def test_gives_monthly_in_korean_won(open_page: OpenPage, mailbox: Mailbox) -> None:
    giver = Giver(page=open_page(locale="ko-KR"), mailbox=mailbox, language="ko")
    giver.opens("general", query="?currency=KRW")
    expect(giver.heading).to_have_text("가장 필요한 곳에")
    expect(giver.page.get_by_text("금액 (한국 원화)", exact=True)).to_be_visible()
    giver.fills(name="김철수", email="chulsoo@example.org", amount="50000", monthly=True)
    expect(giver.page.locator("#sum-words")).to_contain_text("₩50,000 매월")
    giver.presses_continue()
    giver.is_on_payment_page()
    expect(giver.page.locator(".amount")).to_contain_text("KRW 50,000")
    expect(giver.page.locator("button.main")).to_have_text("헌금하기")
    giver.pays()

    number = giver.is_thanked()
    expect(giver.page.locator("#outcome .lead")).to_contain_text("매월 ₩50,000")
    letter = giver.gets_receipt(email="chulsoo@example.org", number=number)
    assert letter["subject"] == f"영수증 {number}"
    assert "김철수" in letter["text"]
    assert "₩50,000" in letter["text"]
    paper = text_of(mailbox.attachment(letter))
    assert "김철수" in paper
    assert "₩50,000" in paper

    giver.signs_in(email="chulsoo@example.org")
    expect(giver.heading).to_have_text("김철수")
    expect(giver.page.locator(".answers")).to_contain_text("₩50,000")
    expect(giver.page.locator("#main")).to_contain_text(number)


def test_gives_without_javascript(open_page: OpenPage, mailbox: Mailbox) -> None:
    giver = Giver(page=open_page(javascript=False), mailbox=mailbox)
    giver.opens()
    giver.fills(name="Ann Plain", email="plain@example.org", amount="15")
    giver.presses_continue()
    giver.pays()
    giver.gets_receipt(email="plain@example.org", number="receipt")
    giver.page.reload()
    number = giver.is_thanked()
    assert mailbox.letters(to="plain@example.org")[0]["attachments"][0]["name"] == f"receipt-{number}.pdf"


def test_changing_language_and_currency_keeps_what_was_typed(giver: Giver) -> None:
    giver.opens("general", query="?amount=75")
    giver.fills(name="Grace Kim", email="grace@example.org", note="For the\nteam")
    giver.page.locator("button.tongue").click()
    expect(giver.page.locator("html")).to_have_attribute("lang", "ko")
    expect(giver.page.locator("#name")).to_have_value("Grace Kim")
    expect(giver.page.locator("#note")).to_have_value("For the\nteam")
    giver.page.get_by_role("button", name="한국 원").click()
    expect(giver.page.locator("#email")).to_have_value("grace@example.org")
    expect(giver.page.get_by_text("금액 (한국 원화)", exact=True)).to_be_visible()


def test_gives_with_the_keyboard_alone(giver: Giver) -> None:
    page = giver.page
    giver.opens()
    _tabs_to(page, "#freq-once")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#freq-monthly")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#freq-once")).to_be_checked()
    _tabs_to(page, "#other")
    page.keyboard.type("25")
    _tabs_to(page, "#name")
    page.keyboard.type("Keyed Kim")
    _tabs_to(page, "#email")
    page.keyboard.type("keyed@example.org")
    _tabs_to(page, "#cover")
    page.keyboard.press("Space")
    expect(page.locator("#cover")).to_be_checked()
    _tabs_to(page, "#go")
    page.keyboard.press("Enter")
    giver.is_on_payment_page()
    expect(page.locator(".amount")).to_have_text("USD 26.06")
    _tabs_to(page, "input[name=card]")
    page.keyboard.type("4242424242424242")
    page.keyboard.press("Enter")
    giver.is_thanked()


def _tabs_to(page: Page, selector: str) -> None:
    """Tab until that field has the focus, looking each time that the focus can be seen."""
    for _ in range(40):
        page.keyboard.press("Tab")
        is_seen = page.evaluate(
            """() => {
              const at = document.activeElement, around = at.parentElement.querySelector("label") || at;
              return [at, around].some((one) => {
                const style = getComputedStyle(one);
                const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                return isOutlined || style.boxShadow !== "none";
              });
            }"""
        )
        assert is_seen, f"no focus to be seen at {page.evaluate('document.activeElement.outerHTML')}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the Tab key does not reach {selector}")
