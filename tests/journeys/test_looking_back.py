"""The giver looks back in the portal."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.walking import Giver


def test_a_link_opens_the_portal_once(giver: Giver, open_page: OpenPage) -> None:
    email = "portal@example.org"
    number = giver.gives(name="Pia Portal", email=email, amount="22")
    mailed = giver.mailbox.attachment(giver.gets_receipt(email=email, number=number))
    giver.page.goto("/en/")
    giver.page.get_by_role("link", name="Your gifts and receipts").click()
    giver.page.get_by_label("Email").fill(email)
    giver.page.get_by_role("button", name="Send me a link").click()
    expect(giver.heading).to_have_text("Look in your mail")
    (link,) = giver.mailbox.wait(to=email, subject="sign-in link")["links"]

    for _ in range(2):  # a mail scanner opens the link; that changes nothing
        scanner = open_page()
        scanner.goto(link)
        expect(scanner.locator("h1")).to_have_text("One more press")
    giver.page.goto(link)
    giver.page.get_by_role("button", name="Sign in").click()
    expect(giver.heading).to_have_text("Pia Portal")
    expect(giver.page.locator("table.stack tbody tr")).to_have_count(1)
    expect(giver.page.locator("table.stack tbody tr")).to_contain_text("$22.00")
    with giver.page.expect_download() as started:
        giver.page.locator("ul.receipts a").click()
    assert started.value.suggested_filename == f"receipt-{number}.pdf"
    assert Path(started.value.path()).read_bytes() == mailed

    other = open_page()
    other.goto(link)
    other.get_by_role("button", name="Sign in").click()
    expect(other.locator("h1")).to_have_text("This link has done its work")
    expect(other.get_by_role("button", name="Send me a link")).to_be_visible()
    other.goto("/en/portal/home/")
    expect(other.get_by_label("Email")).to_be_visible()

    giver.page.get_by_role("button", name="Sign out").click()
    giver.page.goto("/en/portal/home/")
    expect(giver.page.get_by_label("Email")).to_be_visible()


def test_an_unknown_address_is_answered_like_a_known_one(giver: Giver) -> None:
    giver.page.goto("/ko/portal/")
    giver.page.get_by_label("이메일").fill("nobody@example.org")
    giver.page.locator("#main button").click()
    giver.page.wait_for_url("**/portal/sent/")
    assert giver.mailbox.letters(to="nobody@example.org") == []
