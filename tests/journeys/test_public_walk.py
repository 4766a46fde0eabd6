"""Every public page narrow, enlarged, in the dark, without motion, in forced colors and on paper."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from launcher.stack import Stack
from tests.journeys.outside import Mailbox
from tests.journeys.walking import Giver

READ = (
    "", "campaigns/family/", "campaigns/safe-house/", "campaigns/community-center/", "letters/", "give/family/",
    "give/family/other-ways/", "portal/", "no-such-page/",
)  # fmt: skip
PAPER_MOST = {"campaigns/family/": 2, "give/family/other-ways/": 3, "thanks": 1, "gift": 1, "transfer": 2}


@pytest.fixture(scope="module")
def made(browser: Browser, stack: Stack) -> Iterator[dict[str, str]]:
    """The pages that belong to one gift and one transfer code, by name."""
    context = browser.new_context(base_url=stack.base_url, viewport={"width": 360, "height": 740})
    giver = Giver(page=context.new_page(), mailbox=Mailbox(stack))
    giver.gives(name="Grace Kim", email=f"walk-{uuid.uuid4().hex[:8]}@example.org", amount="100")
    found = {"thanks": giver.page.url}
    found["gift"] = stack.base_url + str(
        giver.page.locator("#outcome a[href*='/gift/']").get_attribute("href")
    )
    giver.page.goto("/en/give/family/other-ways/")
    giver.page.locator("#promise .btn").click()
    giver.page.wait_for_url("**/transfer/**")
    found["transfer"] = giver.page.url
    yield found
    context.close()


def addresses(made: dict[str, str], language: str) -> dict[str, str]:
    read = {address: f"/{language}/{address}" for address in READ}
    return read | {name: url.replace("/en/", f"/{language}/") for name, url in made.items()}


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def is_dark(page: Page) -> bool:
    return bool(
        page.evaluate(
            "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every((c) => c < 60)"
        )
    )


def moves(page: Page) -> list[str]:
    """What would move: the browser was told that motion is unwelcome."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((one) => {
          const style = getComputedStyle(one);
          return style.transitionDuration.split(', ').some((t) => parseFloat(t) > 0) || style.animationName !== 'none';
        }).map((one) => one.tagName)"""
    )
    return found


def unmarked(page: Page) -> list[str]:
    """Chosen options and bars that nobody could tell apart in forced colors."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.choice input:checked + label, progress')].filter((one) => {
          const style = getComputedStyle(one);
          return one.tagName === 'PROGRESS' ? style.borderStyle === 'none' : style.outlineStyle === 'none';
        }).map((one) => one.outerHTML.slice(0, 80))"""
    )
    return found


CONDITIONS: dict[str, tuple[dict[str, object], Callable[[Page], object]]] = {
    "320 px": ({"viewport": {"width": 320, "height": 700}}, lambda page: None),
    # What a window of 1280 pixels shows at 200 %, with letters of twice the size.
    "200 %": ({"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}, lambda page: None),
    "dark": (
        {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
        lambda page: None if is_dark(page) else "is light",
    ),
    "no motion": ({"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}, moves),
    "forced colors": ({"viewport": {"width": 360, "height": 740}, "forced_colors": "active"}, unmarked),
}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_page_is_cut_off_or_lost(
    browser: Browser, stack: Stack, made: dict[str, str], condition: str, language: str
) -> None:
    options, wrong = CONDITIONS[condition]
    context = browser.new_context(base_url=stack.base_url, **options)  # type: ignore[arg-type]
    page = context.new_page()
    found = []
    for name, address in addresses(made, language).items():
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        if (too_wide := sideways(page)) > 0:
            found.append(f"{name}: {too_wide} pixels wider than the window")
        if trouble := wrong(page):
            found.append(f"{name}: {trouble}")
    context.close()
    assert found == []


def test_letters_of_twice_the_size_fit_a_phone(browser: Browser, stack: Stack, made: dict[str, str]) -> None:
    """Text alone at 200 %, as a phone's setting does it (WCAG 1.4.4)."""
    context = browser.new_context(base_url=stack.base_url, viewport={"width": 412, "height": 800})
    page = context.new_page()
    found = []
    for name, address in addresses(made, "en").items():
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if (too_wide := sideways(page)) > 0:
            found.append(f"{name}: {too_wide} pixels wider than the window")
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_print_on_white_paper_without_buttons(
    browser: Browser, stack: Stack, made: dict[str, str], scheme: str
) -> None:
    context = browser.new_context(
        base_url=stack.base_url,
        viewport={"width": 1280, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    all_pages = addresses(made, "en")
    for name, most in PAPER_MOST.items():
        page.goto(all_pages[name])
        page.emulate_media(media="print")
        colors = page.evaluate(
            "() => { const style = getComputedStyle(document.body); return [style.color, style.backgroundColor]; }"
        )
        assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], name
        assert page.locator("nav:visible, button:visible, .btn:visible, input:visible").count() == 0, name
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter")))
        assert len(printed.pages) <= most, name
        text = " ".join(sheet.extract_text() for sheet in printed.pages)
        assert "Harbour Mission Inc." in text, name
        page.emulate_media(media="screen")
        if name == "campaigns/family/":
            # What is folded away on a screen cannot be opened on paper.
            assert "Journeys take longer" in text
            assert "2010" in text
    context.close()
