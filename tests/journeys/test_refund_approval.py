"""Two people in the office: one proposes to give a large gift back, another declines, then approves."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.walking import Finance, Giver


def approver_of(open_page: Callable[..., Page], stack: Stack) -> Finance:
    """Somebody else, in a browser of their own, on a phone."""
    sign_ins = (stack.state.read("demo") or {})["sign_ins"]
    return Finance(page=open_page(width=360, height=740), sign_ins=sign_ins)


def propose(finance: Finance, email: str, *, reason: str) -> None:
    finance.finds(email)
    finance.opens_gift("$900.00")
    finance.gives_back("600", reason=reason)
    expect(finance.page.locator("h1")).to_have_text("Propose to give $600.00 back?")
    expect(finance.page.locator(".will")).to_contain_text("somebody else must approve it within 7 days")
    finance.page.get_by_role("button", name="Propose to give $600.00 back").dblclick()
    expect(finance.page.locator(".told").first).to_contain_text("somebody else must approve it")
    expect(finance.page.locator(".history")).to_contain_text(f"Anna Finance: {reason}")


def opens_proposal(approver: Finance) -> None:
    approver.page.goto("/en/office/")
    approver.page.get_by_role("link", name="A refund waits for a second person").first.click()
    expect(approver.page.locator("h1")).to_contain_text("Give $600.00 back?")


def test_a_large_refund_needs_a_second_person(
    giver: Giver, finance: Finance, open_page: Callable[..., Page], stack: Stack
) -> None:
    email = "large@example.org"
    first = giver.gives(name="Lydia Large", email=email, amount="900")
    giver.gets_receipt(email=email, number=first)
    finance.signs_in()
    approver = approver_of(open_page, stack)
    approver.signs_in(role="approver")

    propose(finance, email, reason="Asked by phone")
    finance.page.get_by_role("link", name="Waits for a second person").first.click()
    expect(finance.page.locator("main")).to_contain_text("somebody else must decide about it")
    expect(finance.page.get_by_role("button", name="Approve")).to_have_count(0)

    asked = giver.mailbox.wait(to="approver@example.org", subject="A refund waits for a second person")
    assert "Anna Finance proposed to give $600.00 back" in asked["text"]
    assert "Lydia" not in asked["text"]
    opens_proposal(approver)
    approver.page.get_by_label("Why not").fill("Please ask in writing")
    approver.page.get_by_role("button", name="Decline").click()
    expect(approver.page.locator(".history")).to_contain_text("Please ask in writing")
    declined = giver.mailbox.wait(to="finance@example.org", subject="Your proposed refund was decided")
    assert "declined to give $600.00 back: Please ask in writing" in declined["text"]

    propose(finance, email, reason="Asked in writing")
    opens_proposal(approver)
    approver.page.get_by_role("button", name="Approve and give $600.00 back").dblclick()
    expect(approver.page.locator("h1")).to_contain_text("Partly refunded")
    expect(approver.page.locator(".history")).to_contain_text("Refund approved")

    letter = giver.mailbox.wait(to=email, subject="Your corrected receipt")
    assert "$600.00 of your gift of $900.00 was given back to you." in letter["text"]
    assert "now stands at $300.00" in letter["text"]
