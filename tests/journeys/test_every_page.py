"""Every page in both languages, light and dark, on a phone and on a desk: nobody is shut out, nothing is cut off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from launcher.stack import Stack
from tests.journeys.conftest import OpenPage
from tests.journeys.outside import Mailbox, Processor
from tests.journeys.walking import Finance, Giver

PICTURES = os.environ.get("JOURNEY_PICTURES", "")
"""A folder to put a picture of every page into, for people who want to look at them."""
AXE = Axe()
PUBLIC = (
    "", "give/family/", "give/family/other-ways/", "give/general/?currency=KRW&freq=monthly", "campaigns/family/",
    "campaigns/community-center/", "campaigns/safe-house/", "letters/", "portal/", "portal/sent/",
    "verify/", "verify/no-such-code/", "yearly/no-link/", "yearly/sent/", "no-such-page/", "accounts/login/",
    "accounts/password/reset/", "portal/open/spent-or-never-was/",
)  # fmt: skip
OWN = ("gifts/", "receipts/", "profile/", "mail/", "email/", "email/sent/both/", "devices/", "data/")
OFFICE = (
    "office/", "office/keys/", "office/donations/", "office/donations/?amount=x", "office/donations/?q=none",
    "office/receipts/", "office/journal/", "office/payouts/", "office/funds/", "office/ways/", "office/transfers/",
    "office/report-files/", "office/report-files/new/", "office/bank/", "office/bank/accounts/",
    "office/bank/statements/", "office/batches/", "office/batches/new/",
    "office/months/", "office/pledges/", "office/pledges/new/pledge/", "office/exports/",
    "office/exports/requests/", "office/exports/timetables/", "office/journals/",
    "office/funds/restricted/", "office/funds/activities/",
    "office/links/", "office/donors/", "office/donors/new/", "office/donations/new/", "office/donations/new/check/",
    "office/donations/new/property/", "office/donations/years/", "office/issuers/", "office/issuers/new/?law=KR",
    "office/receipts/register/", "office/receipts/print/", "office/receipts/runs/", "office/receipts/runs/new/",
    "office/receipts/korea/", "office/receipts/gift-aid/", "office/plans/", "office/websites/",
    "office/reports/", "office/reports/year/", "office/reports/campaigns/", "office/reports/campaigns/family/",
    "office/reports/sizes/", "office/reports/appeals/", "office/reports/retention/", "office/reports/changes/",
    "office/reports/givers/?group=ever", "office/reports/monthly/", "office/reports/forecast/",
    "office/reports/unreceipted/", "office/reports/since/?since=2026-01-01", "office/reports/appeals/costs/",
    "office/reports/campaigns/family/safe/",
    "accounts/2fa/", "accounts/password/change/", "accounts/logout/",
)  # fmt: skip


@dataclass
class Inspector:
    """Looks at the page somebody stands on, and notes what is wrong with it."""

    page: Page
    mark: str
    found: list[str]

    def visits(self, address: str) -> None:
        self.page.goto(address)
        self.looks(address)

    def looks(self, name: str) -> None:
        results = AXE.run(self.page)
        for violation in results.response["violations"]:
            for node in violation["nodes"]:
                self.found.append(f"{name}: {violation['id']} at {node['target']}: {node['html'][:160]}")
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if too_wide > 0:
            self.found.append(f"{name}: {too_wide} pixels wider than the window")
        if PICTURES:
            file = name.strip("/").replace("/", "-").replace("?", "-") or "home"
            self.page.screenshot(path=Path(PICTURES) / f"{self.mark}-{file[:60]}.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 360), ("en", "dark", 1280), ("ko", "light", 1280), ("ko", "dark", 360)],
)
def test_every_page_is_open_to_everybody(
    open_page: OpenPage, stack: Stack, language: str, scheme: str, width: int
) -> None:
    page = open_page(width=width, height=800, scheme=scheme, locale="ko-KR" if language == "ko" else "en-US")
    inspector = Inspector(page=page, mark=f"{language}-{scheme}-{width}", found=[])
    giver = Giver(page=page, mailbox=Mailbox(stack), language=language)
    for address in PUBLIC:
        inspector.visits(f"/{language}/{address}")
    letter = page.goto(f"/{language}/letters/") and page.locator("#main a").first.get_attribute("href")
    inspector.visits(str(letter))
    _walks_the_form(giver, inspector, email=f"{inspector.mark}@example.org")
    Processor(stack).operate("POST", "payouts", currency="usd")
    _walks_the_portal(giver, inspector, email=f"{inspector.mark}@example.org")
    page.context.clear_cookies()
    desk = Finance(page=page, sign_ins=(stack.state.read("demo") or {})["sign_ins"])
    _walks_the_office(desk, inspector, language=language, email=f"{inspector.mark}@example.org")
    assert not inspector.found, "\n".join(inspector.found)


def _walks_the_form(giver: Giver, inspector: Inspector, *, email: str) -> None:
    giver.opens()
    giver.fills(name="", email="not an address", amount="1")
    giver.presses_continue()
    expect(giver.page.locator("#errors")).to_be_visible()
    inspector.looks("form with errors")
    giver.fills(name="Grace Kim" if giver.language == "en" else "김은혜", email=email, amount="100")
    giver.presses_continue()
    giver.pays()
    giver.is_thanked()
    inspector.looks("thanks")
    giver.page.locator("#outcome a[href*='/gift/']").click()
    giver.page.wait_for_url("**/gift/**")
    inspector.looks("gift")
    giver.page.goto(f"/{giver.language}/give/family/other-ways/")
    giver.page.locator("#email").fill("no address")
    giver.page.locator("#promise .btn").click()
    expect(giver.page.locator("#errors")).to_be_visible()
    inspector.looks("other ways with errors")
    giver.page.locator("#email").fill("")
    giver.page.locator("#promise .btn").click()
    giver.page.wait_for_url("**/transfer/**")
    inspector.looks("transfer code")


def _walks_the_portal(giver: Giver, inspector: Inspector, *, email: str) -> None:
    giver.signs_in(email=email, on_the_way=lambda: inspector.looks("portal link opened"))
    inspector.looks("portal home")
    for address in OWN:
        inspector.visits(f"/{giver.language}/portal/{address}")


def _walks_the_office(desk: Finance, inspector: Inspector, *, language: str, email: str) -> None:
    desk.signs_in(to=f"/{language}/office/")
    for address in OFFICE:
        inspector.visits(f"/{language}/{address}")
    desk.page.goto(f"/{language}/office/ways/")
    inspector.visits(str(desk.page.locator("table a").first.get_attribute("href")))
    desk.page.goto(f"/{language}/office/payouts/")
    inspector.visits(str(desk.page.locator("table a").first.get_attribute("href")))
    desk.page.goto(f"/{language}/office/donations/?q={email}")
    desk.page.locator("a[data-open]").first.click()
    desk.page.wait_for_url("**/office/donations/*-*/")
    inspector.looks("office donation")
    gift = desk.page.url
    paper = str(desk.page.locator("#receipts ~ ul a").first.get_attribute("href"))
    for address in (paper, f"{paper}void/"):
        inspector.visits(address)
    desk.page.goto(f"{gift}refund/")
    inspector.looks("office refund")
    desk.page.locator("main form button").click()
    expect(desk.page.locator("#id_reason_error")).to_be_visible()
    inspector.looks("office refund with errors")
    desk.page.locator("#id_reason").fill("A look at the page")
    desk.page.locator("main form button").click()
    desk.page.wait_for_url("**/refund/check/")
    expect(desk.page.locator(".will")).to_be_visible()
    inspector.looks("office refund check")


def test_no_cookie_and_no_stranger_before_the_payment(open_page: OpenPage, stack: Stack) -> None:
    page = open_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for language in ("en", "ko"):
        for address in PUBLIC[:7]:
            response = page.goto(f"/{language}/{address}")
            assert response is not None
            assert "set-cookie" not in response.all_headers()
            assert "content-security-policy" in response.all_headers()
    assert page.context.cookies() == []
    assert hosts == {stack.base_url.removeprefix("http://")}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_giving_form_is_light(open_page: OpenPage, language: str) -> None:
    page = open_page()
    weights = dict(_weights(page, f"/{language}/give/family/"))
    assert len(weights) >= 3, "the page, its style and its script"
    assert sum(weights.values()) < 30_000, weights


def _weights(page: Page, address: str) -> Iterator[tuple[str, int]]:
    """This function will yield what each part of a page weighs on the wire, at a first visit."""
    requests: list[Request] = []

    def note(request: Request) -> None:
        requests.append(request)

    page.on("requestfinished", note)
    page.goto(address, wait_until="networkidle")
    for request in requests:
        sizes = request.sizes()
        yield request.url, sizes["responseBodySize"] + sizes["responseHeadersSize"]
