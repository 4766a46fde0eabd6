"""Names as people, machines and mischief write them: printed as they are, or refused with nothing lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.pages import text_of
from tests.journeys.walking import Giver

EMOJI = "🙂" * 200


@pytest.mark.parametrize(
    ("name", "email"),
    [("=1+1", "formula@example.org"), ("<b>Kim</b>", "tag@example.org"), ("김철수", "hangul@example.org")],
)
def test_a_strange_name_is_printed_as_it_was_written(giver: Giver, name: str, email: str) -> None:
    number = giver.gives(name=name, email=email, amount="12")
    letter = giver.gets_receipt(email=email, number=number)
    assert f"Dear {name}," in letter["text"]
    assert name in text_of(giver.mailbox.attachment(letter))
    giver.signs_in(email=email)
    expect(giver.heading).to_have_text(name)


def test_a_name_that_cannot_be_printed_is_refused_and_kept(giver: Giver) -> None:
    giver.opens()
    giver.fills(name=EMOJI, email="emoji@example.org", amount="13", note="Please keep this")
    giver.presses_continue()
    expect(giver.page.get_by_role("alert")).to_contain_text("A name can have up to 120 characters")
    expect(giver.page.locator("#name")).to_have_value(EMOJI)
    giver.page.locator("#name").fill(EMOJI[:3])
    giver.presses_continue()
    expect(giver.page.get_by_role("alert")).to_contain_text("We cannot print 🙂 on your receipt")
    for field, typed in (("email", "emoji@example.org"), ("other", "13"), ("note", "Please keep this")):
        expect(giver.page.locator(f"#{field}")).to_have_value(typed)

    giver.page.locator("#name").fill("Emma Ji")
    giver.presses_continue()
    giver.pays()
    giver.is_thanked()
