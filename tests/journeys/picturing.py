"""Pictures of the real screens for the documents, of a demo that runs with its two years.

    python3 run.py demo --state FOLDER          (in another window, with nothing pressed in it yet)
    .venv/bin/python -m tests.journeys.picturing FOLDER

Each picture is one screen, reduced to a palette, and lies in `docs/images`. It needs Chromium and `pdftoppm`.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from launcher import browsers
from launcher.stack import Stack
from tests.journeys.outside import Mailbox
from tests.journeys.walking import Finance, Giver

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
COLORS, LARGEST = 64, 100_000
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Shot:
    """One picture of the office: where it is, which link leads on from there, and what is scrolled to the top."""

    name: str
    path: str
    follow: str = ""
    top: str = ""
    height: int = 900
    language: str = "en"
    is_phone: bool = False


ROW = "main table tbody a[data-open]"
OFFICE = (
    Shot("office-today", "", height=860),
    Shot("batch", "batches/", follow=ROW, height=720),
    Shot("deposits", "payouts/", height=760),
    Shot("bank-lines", "bank/", height=680),
    Shot("bank-lines-ko", "bank/", language="ko", is_phone=True),
    Shot("pledges-ko", "pledges/", language="ko", is_phone=True),
    Shot("reports-ko", "reports/", language="ko", is_phone=True),
    Shot("restricted-funds", "funds/restricted/", height=560),
    Shot("month-end", "months/", follow=ROW, height=960),
    Shot("report-year", "reports/year/", height=900),
)


def main() -> int:
    """This function will make every picture anew and return 0, or say which one is too large."""
    told = argparse.ArgumentParser(description="Pictures for the documents, of a running demo.")
    told.add_argument("state", type=Path)
    told.add_argument("--only", default="")
    asked = told.parse_args()
    stack = Stack(ROOT, asked.state)
    stack.connect_elsewhere()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for shot in OFFICE:
            if asked.only in shot.name:
                with _page(browser, stack, is_phone=shot.is_phone, language=shot.language) as page:
                    _office(page, stack, shot)
        if asked.only in "annual-run":
            with _page(browser, stack, is_phone=False, language="en") as page:
                _annual_run(page, stack)
        if asked.only in "giving":
            _giving(browser, stack)
        browser.close()
    return 0


@contextmanager
def _page(browser: Browser, stack: Stack, *, is_phone: bool, language: str) -> Iterator[Page]:
    size: Any = PHONE if is_phone else DESK
    context = browser.new_context(
        base_url=stack.base_url,
        viewport=size,
        device_scale_factor=1.5 if is_phone else 1,
        locale="ko-KR" if language == "ko" else "en-US",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def _office(page: Page, stack: Stack, shot: Shot) -> None:
    if not shot.is_phone:
        page.set_viewport_size({"width": DESK["width"], "height": shot.height})
    desk = Finance(page=page, sign_ins=(stack.state.read("demo") or {})["sign_ins"])
    desk.signs_in(to=f"/{shot.language}/office/")
    page.goto(f"/{shot.language}/office/{shot.path}")
    if shot.follow:
        page.goto(str(page.locator(shot.follow).first.get_attribute("href")))
    if shot.top:
        page.locator(shot.top).first.evaluate("where => where.scrollIntoView()")
    _keep(page, shot.name)


def _annual_run(page: Page, stack: Stack) -> None:
    """The receipts of last year, rehearsed and not approved: a rehearsal changes nothing."""
    desk = Finance(page=page, sign_ins=(stack.state.read("demo") or {})["sign_ins"])
    desk.signs_in(to="/en/office/receipts/runs/")
    page.get_by_role("link", name="Begin a year").click()
    page.get_by_label("Organization").select_option(index=1)
    page.get_by_label("Tax year").fill(str(datetime.now(UTC).year - 1))
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator("h1 .state")).to_have_text("Rehearsed", timeout=60_000)
    page.set_viewport_size({"width": DESK["width"], "height": 1000})
    _keep(page, "annual-run")


def _giving(browser: Browser, stack: Stack) -> None:
    """What a supporter sees: the campaign, the form in both languages, the thanks, the portal and the receipt."""
    email = "grace.kim@example.org"
    with _page(browser, stack, is_phone=False, language="en") as page:
        page.goto("/en/campaigns/family/")
        _keep(page, "campaign")
    with _page(browser, stack, is_phone=True, language="ko") as page:
        page.goto("/ko/give/family/")
        _keep(page, "phone-give-ko")
    with _page(browser, stack, is_phone=True, language="en") as page:
        giver = Giver(page=page, mailbox=Mailbox(stack))
        giver.opens("family")
        _keep(page, "phone-give-en")
        number = giver.gives(name="Grace Kim", email=email, amount="120", slug="family")
        _keep(page, "phone-thanks")
        letter = giver.gets_receipt(email=email, number=number)
        _paper(giver.mailbox.attachment(letter))
        giver.gives(name="Grace Kim", email=email, amount="40", slug="general")
    with _page(browser, stack, is_phone=False, language="en") as page:
        page.set_viewport_size({"width": 900, "height": 800})
        Giver(page=page, mailbox=Mailbox(stack)).signs_in(email=email)
        _keep(page, "portal")


def _paper(content: bytes) -> None:
    drawn = subprocess.run(
        ["pdftoppm", "-r", "90", "-png", "-singlefile", "-"], input=content, capture_output=True, check=True
    )
    _reduce(drawn.stdout, "receipt")


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    _reduce(page.screenshot(), name)


def _reduce(png: bytes, name: str) -> None:
    """A palette is enough for a screen, and half of the bytes."""
    path = IMAGES / f"{name}.png"
    with Image.open(io.BytesIO(png)) as whole:
        whole.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    sys.stdout.write(f"{name:<24}{size:>8}{'  TOO LARGE' if size > LARGEST else ''}\n")


if __name__ == "__main__":
    sys.exit(main())
