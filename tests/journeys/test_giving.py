"""Giving once and monthly, in English and Korean, on a small phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.pages import text_of
from tests.journeys.walking import Giver


def test_gives_once_in_english(giver: Giver) -> None:
    giver.opens("family")
    expect(giver.heading).to_have_text("One family, together")
    giver.fills(name="Grace Kim", email="grace@example.org", amount="120")
    expect(giver.page.locator("#sum-words b")).to_have_text("$120.00")
    giver.presses_continue()
    giver.is_on_payment_page()
    expect(giver.page.locator(".amount")).to_have_text("$120.00")
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
