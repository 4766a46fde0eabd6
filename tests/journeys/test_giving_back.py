"""The office gives money back; giver, receipts and books follow."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.pages import text_of
from tests.journeys.walking import Finance, Giver


def test_part_of_a_gift_goes_back(giver: Giver, finance: Finance) -> None:
    email = "partly@example.org"
    first = giver.gives(name="Paul Partly", email=email, amount="90")
    giver.gets_receipt(email=email, number=first)
    finance.signs_in()
    finance.finds(email)
    finance.opens_gift("$90.00")
    finance.gives_back("100", reason="Typed too much")
    expect(finance.page.get_by_text("At most $90.00 can be given back.")).to_be_visible()
    finance.page.get_by_label("Amount to give back").fill("30")
    finance.page.get_by_role("button", name="Look at what will happen").click()
    expect(finance.page.locator("h1")).to_have_text("Give $30.00 back?")
    expect(finance.page.locator(".will")).to_contain_text("$60.00 of the gift stays")
    expect(finance.page.locator(".will")).to_contain_text(f"Receipt {first} becomes void")
    finance.page.get_by_role("button", name="Give $30.00 back").dblclick()
    expect(finance.page.locator("h1")).to_contain_text("Partly refunded")

    letter = giver.mailbox.wait(to=email, subject="Your corrected receipt")
    assert "$60.00" in letter["text"]
    assert first in letter["text"]
    paper = text_of(giver.mailbox.attachment(letter))
    assert "60.00" in paper
    assert first in paper
    second = letter["attachments"][0]["name"].removeprefix("receipt-").removesuffix(".pdf")
    finance.page.reload()
    expect(finance.page.locator("ul.plain").first).to_contain_text(f"replaced by {second}")

    giver.signs_in(email=email)
    expect(giver.page.locator("table.stack")).to_contain_text("$30.00")
    receipts = giver.page.locator("ul.receipts li")
    expect(receipts).to_have_count(2)
    expect(receipts.filter(has_text=first)).to_contain_text(f"replaced by {second}")
    with giver.page.expect_download() as started:
        receipts.filter(has_text=first).get_by_role("link").first.click()
    assert "VOID" in text_of(started.value.path().read_bytes())


def test_a_whole_gift_goes_back(giver: Giver, finance: Finance) -> None:
    email = "wholly@example.org"
    number = giver.gives(name="Wanda Wholly", email=email, amount="91")
    thanks = giver.page.url
    finance.signs_in(to="/en/office/donations/")
    finance.finds("Wanda")
    finance.opens_gift("$91.00")
    finance.gives_back("91.00", reason="Asked for it back")
    expect(finance.page.locator(".will")).to_contain_text("Nothing of the gift stays.")
    finance.page.get_by_role("button", name="Give $91.00 back").click()
    expect(finance.page.locator("h1")).to_contain_text("Refunded")
    expect(finance.page.get_by_role("link", name="Give money back")).to_have_count(0)

    letter = giver.mailbox.wait(to=email, subject=f"Receipt {number} is no longer valid")
    assert "$91.00" in letter["text"]
    assert letter["attachments"] == []
    giver.page.goto(thanks)
    expect(giver.heading).to_have_text("This gift was given back")
    giver.signs_in(email=email)
    expect(giver.page.locator("ul.receipts li")).to_contain_text("Void")
    expect(giver.page.locator("table.stack")).to_contain_text("Refunded")


def test_a_viewer_may_not_give_back(finance: Finance) -> None:
    finance.signs_in(role="viewer")
    response = finance.page.goto("/en/office/donations/")
    assert response is not None
    assert response.status == 403
