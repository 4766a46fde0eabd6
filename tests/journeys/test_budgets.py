"""What a page may weigh and ask for, measured on the wire as the house serves it (identity: budgets and privacy)."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from launcher.stack import Stack
from tests.journeys.conftest import OpenPage
from tests.journeys.outside import Mailbox
from tests.journeys.walking import Giver

# The page itself, its style and at most one script; bytes with headers.
BUDGETS = {
    "give/family/": (3, 30_000),
    "give/general/?currency=KRW&freq=monthly": (3, 30_000),
    "give/family/other-ways/": (3, 30_000),
    "": (3, 100_000),
    "campaigns/family/": (3, 100_000),
    "campaigns/community-center/": (3, 100_000),
    "letters/": (3, 100_000),
    "letters/212/": (3, 100_000),
    "portal/": (3, 40_000),
}
CLOSED = (
    "default-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
)


def asked_for(page: Page, address: str) -> list[Request]:
    """Every request of a first visit that reaches a server."""
    found: list[Request] = []

    def note(request: Request) -> None:
        found.append(request)

    page.on("requestfinished", note)
    page.goto(address, wait_until="networkidle")
    return [request for request in found if not request.url.startswith("data:")]


def counted(requests: list[Request]) -> list[str]:
    """The tab's icon weighs, but browsers ask for it when and if they like."""
    return [request.url for request in requests if not re.search(r"/img/mark[.\w]*\.svg$", request.url)]


def weight(requests: list[Request]) -> int:
    sizes = [request.sizes() for request in requests]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


def is_guarded(page: Page, requests: list[Request], stack: Stack) -> None:
    """No stranger, no cookie, and every header that closes what a page does not need."""
    assert {urlsplit(request.url).netloc for request in requests} == {urlsplit(stack.base_url).netloc}
    [document] = [request for request in requests if request.resource_type == "document"]
    response = document.response()
    assert response
    headers = response.all_headers()
    policy = headers["content-security-policy"]
    assert all(part in policy for part in CLOSED), policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["referrer-policy"] in {"strict-origin", "no-referrer", "same-origin"}
    # A public page may be opened by a sandboxed frame of another site; one behind a session may not (D41).
    is_private = urlsplit(document.url).path.split("/")[2:3] in (["portal"], ["office"])
    assert headers["cross-origin-opener-policy"] == ("same-origin" if is_private else "unsafe-none")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("address", BUDGETS)
def test_a_page_keeps_its_budget(open_page: OpenPage, stack: Stack, address: str, language: str) -> None:
    page = open_page(locale="ko-KR" if language == "ko" else "en-US")
    requests = asked_for(page, f"/{language}/{address}")
    most, bytes_most = BUDGETS[address]
    assert len(counted(requests)) <= most, counted(requests)
    assert weight(requests) <= bytes_most, {request.url: request.sizes() for request in requests}
    is_guarded(page, requests, stack)
    if not address.startswith("portal"):
        assert page.context.cookies() == []


def test_what_a_giver_sees_afterwards_keeps_its_budget(open_page: OpenPage, page: Page, stack: Stack) -> None:
    email = f"budget-{uuid.uuid4().hex[:8]}@example.org"
    giver = Giver(page=page, mailbox=Mailbox(stack))
    giver.gives(name="Grace Kim", email=email)
    thanks = page.url
    gift = str(page.locator("#outcome a[href*='/gift/']").get_attribute("href"))
    assert page.context.cookies(stack.base_url) == []
    for address, bytes_most in [(thanks, 30_000), (gift, 30_000)]:
        fresh = open_page()
        requests = asked_for(fresh, address)
        assert len(counted(requests)) <= 3
        assert weight(requests) <= bytes_most
        is_guarded(fresh, requests, stack)
        assert fresh.context.cookies() == []
    giver.signs_in(email=email)
    for name in ("home", "gifts", "receipts", "profile", "mail", "email", "devices", "data"):
        signed_in = page.context.new_page()
        requests = asked_for(signed_in, f"/en/portal/{name}/")
        assert len(counted(requests)) <= 3, counted(requests)
        assert weight(requests) <= 40_000, name
        is_guarded(signed_in, requests, stack)


def test_scripts_are_optional_and_small(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(javascript=False)
    for address in ("give/family/", "give/family/other-ways/"):
        requests = asked_for(page, f"/en/{address}")
        scripts = [request for request in requests if request.resource_type == "script"]
        assert weight(scripts) <= 4_000
    # Without scripts the account is text to select, and the code comes all the same.
    assert page.locator("dd[data-copy]").count() > 5
    assert page.locator("dl button").count() == 0
    page.locator("#promise .btn").click()
    page.wait_for_url("**/transfer/**")
    assert page.locator("#code").inner_text()


def test_lines_are_copied_at_a_press(open_page: OpenPage, stack: Stack) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stack.base_url)
    page.goto("/en/give/family/other-ways/")
    page.get_by_role("button", name="Copy: Routing number").click()
    page.get_by_role("button", name="Copied: Routing number").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "000000000"
