"""Embeds in real frames of real other sites: the twelve checks of their contract, with a browser."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, expect

from launcher import browsers
from launcher.stack import Stack
from tests.journeys import foreign
from tests.journeys.conftest import PATIENCE
from tests.journeys.foreign import CHURCH, INNER, SANDBOX, STRANGER, Elsewhere
from tests.journeys.outside import Mailbox, Processor, fetch
from tests.journeys.walking import Giver, until
from web.embed.fitting import HEIGHTS, WIDTHS

AXE = Axe()
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
PATHS = {
    "chooser": "/embed/{}/family/",
    "card": "/embed/{}/family/card/",
    "progress": "/embed/{}/safe-house/progress/",
    "prayer": "/embed/{}/lists/prayer/",
    "tour": "/embed/{}/lists/tour/",
}
REFUSED = "chrome-error://chromewebdata/"
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    folder = Path(tempfile.mkdtemp(prefix="almoner-sites-"))
    try:
        with foreign.served(folder) as sites:
            yield sites
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def listed(stack: Stack, elsewhere: Elsewhere) -> Iterator[None]:
    """The church and the host of its code boxes are registered, and every server process knows."""
    origins = [elsewhere.origin(CHURCH), elsewhere.origin(INNER)]
    with foreign.registered(stack, origins=origins, return_url=f"{elsewhere.origin(CHURCH)}/0"):
        yield


@pytest.fixture(scope="module")
def far_browser(browser: Browser) -> Iterator[Browser]:
    """A browser for which the foreign names lead to this machine."""
    arguments = ["--disable-background-networking", "--disable-gpu"]
    arguments.append("--host-resolver-rules=" + ",".join(f"MAP {name} 127.0.0.1" for name in foreign.NAMES))
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    running = browser.browser_type.launch(executable_path=browsers.chromium(), args=arguments)
    yield running
    running.close()


@pytest.fixture
def visit(far_browser: Browser, stack: Stack, listed: None) -> Iterator[Visit]:
    contexts: list[BrowserContext] = []

    def opened(
        *, javascript: bool = True, width: int = 700, height: int = 900, scheme: str = "light"
    ) -> Page:
        context = far_browser.new_context(
            base_url=stack.base_url,
            ignore_https_errors=True,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def innermost(page: Page) -> Frame:
    """This function will return the deepest frame of the page once its answer is there."""

    def settled() -> Frame | None:
        page.title()  # asks the browser something, and so hears what it has told meanwhile
        last = page.frames[-1]
        return last if last.url not in {"", "about:blank"} else None

    frame = until(settled, what="a frame with an address", seconds=30)
    if frame.url != REFUSED:
        frame.wait_for_load_state()
    return frame


def is_shown(page: Page, address: str) -> bool:
    """Whether the frame on that page shows us; asked again while server processes may still know the old list."""
    page.goto(address)
    return innermost(page).url != REFUSED


def shown(page: Page, address: str) -> Frame:
    until(lambda: is_shown(page, address), what=f"our frame on {address}", seconds=60)
    return innermost(page)


def ours(stack: Stack, path: str = "/embed/en/family/", **query: str) -> str:
    return f"{stack.base_url}{path}{'?' if query else ''}{urlencode(query)}"


@pytest.mark.parametrize("kind", PATHS)
def test_E01_E02_two_requests_eight_kilobytes_no_cookie_and_nobody_else(
    visit: Visit, stack: Stack, elsewhere: Elsewhere, kind: str
) -> None:
    page = visit()
    address = elsewhere.framing(CHURCH, ours(stack, PATHS[kind].format("en")))
    shown(page, address)
    page = visit()
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    def own() -> list[Request]:
        page.title()  # what the browser told of the frame meanwhile is heard
        return [request for request in asked if urlsplit(request.url).hostname != CHURCH]

    page.on("requestfinished", note)
    page.goto(address)
    # The frame is another process of the browser: what it asked may be told after it is shown.
    until(lambda: len(own()) >= 2, what="two requests of our frame", seconds=30)
    innermost(page).wait_for_load_state("networkidle")
    assert [urlsplit(request.url).netloc for request in own()] == [urlsplit(stack.base_url).netloc] * 2
    sizes = [request.sizes() for request in own()]
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) <= 8_000, sizes
    answer = next(request for request in own() if request.is_navigation_request()).response()
    assert answer is not None
    headers = answer.all_headers()
    assert "set-cookie" not in headers
    assert "x-frame-options" not in headers
    above = headers["content-security-policy"].split("frame-ancestors ")[1].split()
    assert {elsewhere.origin(CHURCH), elsewhere.origin(INNER)} <= set(above)
    assert page.context.cookies() == []
    assert innermost(page).evaluate("document.scripts.length") == 0


def test_E03_without_javascript_the_whole_window_goes_to_our_page(
    visit: Visit, stack: Stack, elsewhere: Elsewhere
) -> None:
    page = visit(javascript=False)
    frame = shown(page, elsewhere.framing(CHURCH, ours(stack, src="wix-embed")))
    frame.get_by_label("Every month").check()
    frame.get_by_label("$250").check()
    frame.get_by_role("button").click()
    page.wait_for_url(f"{stack.base_url}/en/give/family/**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"amount": ["250"], "freq": ["month"], "src": ["wix-embed"]}
    expect(page.locator("#freq-monthly")).to_be_checked()
    expect(page.locator("#other")).to_have_value("250")
    expect(page.locator("input[name=src]")).to_have_value("wix-embed")


def test_E04_every_frame_above_us_must_be_listed(visit: Visit, stack: Stack, elsewhere: Elsewhere) -> None:
    page = visit()
    inner = elsewhere.framing(INNER, ours(stack))
    frame = shown(page, elsewhere.framing(CHURCH, inner))
    expect(frame.get_by_role("button")).to_be_visible()
    assert len(page.frames) == 3
    for refused in (
        elsewhere.framing(STRANGER, ours(stack)),
        elsewhere.framing(CHURCH, elsewhere.framing(STRANGER, ours(stack))),
        elsewhere.framing(STRANGER, inner),
    ):
        page.goto(refused)
        assert innermost(page).url == REFUSED


def test_E04_other_pages_are_not_framed_by_anybody(visit: Visit, stack: Stack, elsewhere: Elsewhere) -> None:
    page = visit()
    shown(page, elsewhere.framing(CHURCH, ours(stack)))
    for path in ("/en/", "/en/letters/", "/en/portal/", "/en/accounts/login/"):
        page.goto(elsewhere.framing(CHURCH, ours(stack, path)))
        assert innermost(page).url == REFUSED, path


def test_E05_in_a_sandbox_the_plain_form_does_nothing_and_the_link_leads_out(
    visit: Visit, stack: Stack, elsewhere: Elsewhere
) -> None:
    page = visit()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    address = elsewhere.framing(CHURCH, ours(stack), attributes=f'sandbox="{SANDBOX}"')
    frame = shown(page, address)
    frame.get_by_role("button").click()
    until(lambda: any("sandbox" in text for text in told), what="the browser's refusal", seconds=30)
    assert page.url == address
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Open in a new tab").click()
    expect(opened.value.locator("#go")).to_be_visible()


def test_E05_in_a_sandbox_the_new_tab_leads_through_the_payment_and_back(
    visit: Visit, stack: Stack, elsewhere: Elsewhere, processor: Processor
) -> None:
    page = visit()
    inner = elsewhere.framing(
        INNER,
        ours(stack, src="wix-code", t="blank", **{"return": "journey-church"}),
        attributes=f'sandbox="{SANDBOX}"',
    )
    frame = shown(page, elsewhere.framing(CHURCH, inner))
    frame.get_by_label("$250").check()
    with page.context.expect_page() as opened:
        frame.get_by_role("button").click()
    tab = opened.value
    giver = Giver(page=tab, mailbox=Mailbox(stack))
    expect(tab.locator("#go")).to_be_visible()
    assert parse_qs(urlsplit(tab.url).query)["amount"] == ["250"]
    giver.fills(name="Grace Kim", email="framed@example.org")
    giver.presses_continue()
    giver.pays()
    giver.is_thanked()
    back = tab.locator("#way-back")
    expect(back).to_have_text("Back to First Church")
    back.click()
    tab.wait_for_url(f"{elsewhere.origin(CHURCH)}/0")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", PATHS)
def test_E06_every_frame_fits_and_scrolls_when_letters_grow(
    visit: Visit, stack: Stack, kind: str, language: str
) -> None:
    page = visit(width=480, height=100)
    measured = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[kind]})
        page.goto(PATHS[kind].format(language))
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"embed-{kind}-{language}-{width}.png")
        measured[width] = page.evaluate(
            "Math.ceil(document.querySelector('main').getBoundingClientRect().height)"
        )
        assert page.evaluate("document.documentElement.scrollHeight") <= HEIGHTS[kind], measured
        page.evaluate("document.documentElement.style.fontSize = '150%'")
        wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], f"{width} pixels, larger letters: sideways"
        page.evaluate("window.scrollTo(0, 10_000)")
        end = page.evaluate("document.querySelector('main').getBoundingClientRect().bottom")
        assert end <= HEIGHTS[kind] + 1, "the last line can be reached"


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ko", "dark")])
def test_E07_nobody_is_shut_out_of_a_frame(visit: Visit, stack: Stack, language: str, scheme: str) -> None:
    page = visit(width=320, height=480, scheme=scheme)
    found = []
    for path in (*PATHS.values(), "/embed/{}/community-center/", "/embed/{}/no-such/"):
        page.goto(path.format(language))
        for violation in AXE.run(page).response["violations"]:
            found += [f"{path}: {violation['id']} {node['html'][:120]}" for node in violation["nodes"]]
    assert found == []


def test_E07_the_keyboard_alone_chooses_and_goes_on(visit: Visit, stack: Stack) -> None:
    page = visit()
    page.goto("/embed/en/family/")
    for key in ("Tab", "ArrowRight", "Tab", "ArrowRight", "Tab"):
        page.keyboard.press(key)
    expect(page.locator("button")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/give/family/?freq=month&amount=250")


@pytest.mark.parametrize(
    "query", ["amount=-5", "amount=abc", "freq=x", "amount=1e9&freq=%00", "return=https://evil.example"]
)
def test_E08_E09_tampering_lands_on_the_form_with_defaults(visit: Visit, query: str) -> None:
    page = visit()
    answer = page.goto(f"/en/give/family/?{query}")
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("#freq-once")).to_be_checked()
    expect(page.locator("input[name=amount_once][value='100']")).to_be_checked()
    expect(page.locator("input[name=site]")).to_have_value("")


def test_E09_an_unknown_way_back_is_ignored(visit: Visit, stack: Stack, processor: Processor) -> None:
    page = visit()
    giver = Giver(page=page, mailbox=Mailbox(stack))
    giver.opens("family", query="?return=nobody")
    giver.fills(name="Grace Kim", email="nowhere@example.org")
    giver.presses_continue()
    giver.pays()
    giver.is_thanked()
    expect(page.locator("#way-back")).to_have_count(0)


def test_E10_within_a_minute_every_frame_rests(visit: Visit, stack: Stack, elsewhere: Elsewhere) -> None:
    page = visit()
    addresses = [
        elsewhere.framing(CHURCH, ours(stack, path))
        for path in (
            "/embed/en/family/",
            "/embed/ko/family/",
            "/embed/en/family/card/",
            "/embed/en/family/progress/",
        )
    ]
    for address in addresses:
        shown(page, address)
    family = "campaign_id=Campaign.objects.get(slug='family').pk"
    foreign.campaign(stack, f"rest({family}")
    try:
        page.goto("about:blank")

        def all_rest() -> bool:
            for address in addresses:
                page.goto(address)
                words = innermost(page).locator("h1").inner_text()
                if words not in {"This page is resting", "이 페이지는 쉬고 있습니다"}:
                    return False
            return True

        until(all_rest, what="every frame at rest, in a browser that had kept it", seconds=60)
    finally:
        foreign.campaign(stack, f"resume(to=Campaign.Status.OPEN, {family}")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_E11_a_whole_page_pasted_into_a_frame_becomes_its_embed(
    visit: Visit, stack: Stack, elsewhere: Elsewhere, language: str
) -> None:
    page = visit()
    frame = shown(page, elsewhere.framing(CHURCH, ours(stack, f"/{language}/give/family/", src="pasted")))
    assert frame.url == ours(stack, f"/embed/{language}/family/", src="pasted")
    frame = shown(page, elsewhere.framing(CHURCH, ours(stack, f"/{language}/campaigns/family/")))
    assert urlsplit(frame.url).path == f"/embed/{language}/family/card/"


def test_E12_what_oembed_answers_is_one_frame_that_works(
    visit: Visit, stack: Stack, elsewhere: Elsewhere
) -> None:
    page = visit()
    page.goto("/en/campaigns/family/")
    found = page.locator('link[type="application/json+oembed"]').get_attribute("href")
    told = json.loads(fetch(f"{found}&maxwidth=320"))
    assert (told["type"], told["version"], told["cache_age"]) == ("rich", "1.0", 60)
    assert isinstance(told["width"], int)
    assert isinstance(told["height"], int)
    frame = shown(page, elsewhere.page(CHURCH, told["html"]))
    assert len(page.frames) == 2
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (320, told["height"])
    with page.context.expect_page() as opened:
        frame.get_by_role("button").click()
    expect(opened.value.locator("#go")).to_be_visible()
    assert parse_qs(urlsplit(opened.value.url).query)["src"] == ["oembed"]
