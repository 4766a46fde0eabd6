"""The year's end in the office: rehearsed by one person, looked at, approved by another, issued and mailed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.test_every_page import AXE
from tests.journeys.walking import THANKS, Finance, Giver

PICTURES = os.environ.get("JOURNEY_PICTURES", "")
YEAR = datetime.now(UTC).year
RUNS = "/en/office/receipts/runs/"


def picture(page: Page, name: str) -> None:
    """Nobody is shut out, nothing is cut off; for whoever wants to look: wide, narrow and in Korean."""
    found = [(one["id"], one["nodes"][0]["html"][:200]) for one in AXE.run(page).response["violations"]]
    assert not found, (name, found)
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-360.png", full_page=True)
    page.set_viewport_size(size)
    if not PICTURES:
        return
    page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    korean = page.context.new_page()
    korean.goto(page.url.replace("/en/", "/ko/"))
    korean.screenshot(path=Path(PICTURES) / f"{name}-ko.png", full_page=True)
    korean.close()


def gives_for_the_year(giver: Giver, stack: Stack, *, email: str) -> None:
    """The first gift has its receipt at once; then the giver wants one receipt a year, and gives again."""
    number = giver.gives(name="Ann Annual", email=email, amount="120")
    giver.gets_receipt(email=email, number=number)
    told = stack.manage(
        "shell",
        "-c",
        f"from donors.models import Donor; Donor.objects.filter(email='{email}').update(receipt_rhythm='annual')",
    )
    assert told.returncode == 0, told.stderr
    for amount in ("80", "250"):
        giver.opens()
        giver.fills(name="Ann Annual", email=email, amount=amount)
        giver.presses_continue()
        giver.pays()
        expect(giver.heading).to_have_text(THANKS["en"])


def test_a_year_is_rehearsed_approved_by_another_and_issued(
    giver: Giver, finance: Finance, open_page: Callable[..., Page], stack: Stack
) -> None:
    email = "annual@example.org"
    gives_for_the_year(giver, stack, email=email)
    page = finance.page
    finance.signs_in(to=RUNS)
    page.get_by_role("link", name="Begin a year").click()
    page.get_by_label("Organization").select_option(index=1)
    page.get_by_label("Tax year").fill(str(YEAR))
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator("h1 .state")).to_have_text("Rehearsed")
    here = page.url

    bridge = page.locator("#bridge")
    expect(bridge.locator("tfoot .n").last).to_have_text("$0.00")
    expect(bridge).to_contain_text("On the receipts of this run")
    picture(page, "run-rehearsed")
    page.get_by_role("link", name="Everything to look at").click()
    if page.get_by_role("button", name="Note").count():
        page.get_by_role("button", name="Note").click()
        expect(page.locator(".told")).to_have_text("Noted.")
    picture(page, "run-exceptions")

    page.goto(here)
    page.get_by_role("link", name="Preview the papers").click()
    picture(page, "run-previews")
    page.get_by_role("link", name="Ann Annual").first.click()
    expect(page.locator("main")).to_contain_text("What the paper says")
    expect(page.locator("main")).to_contain_text("$330.00")
    picture(page, "run-preview")
    page.goto(here)
    expect(page.get_by_role("link", name="Approve", exact=True)).to_have_count(0)

    sign_ins = (stack.state.read("demo") or {})["sign_ins"]
    approver = Finance(page=open_page(width=1280, height=900), sign_ins=sign_ins)
    approver.signs_in(role="approver", to=here.removeprefix(stack.base_url))
    approver.page.get_by_role("link", name="Approve", exact=True).click()
    picture(approver.page, "run-approve")
    approver.page.get_by_role("button", name="Approve and issue").click()
    # The page renews itself; nobody presses anything.
    expect(approver.page.locator("h1 .state")).to_have_text("Done")
    picture(approver.page, "run-done")

    letter = giver.mailbox.wait(to=email, subject=f"Your {YEAR} giving summary")
    assert "$330.00" in letter["text"]
    page.goto(here)
    page.get_by_role("link", name="Everybody").click()
    picture(page, "run-everybody")
    page.goto(here)
    page.get_by_role("link", name="Register of numbers").click()
    expect(page.locator("main")).to_contain_text("Ann Annual")
    picture(page, "register")
