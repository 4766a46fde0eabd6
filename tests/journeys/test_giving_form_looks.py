"""The practices of the giving form about hands, eyes and privacy: narrow screens, keyboards, weight (F37 to F39)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from launcher.stack import Stack
from tests.journeys.forms import DESKTOP, NARROW, PHONE, VIEWS, View, Visit, fill, pays, press, unfold

pytestmark = [pytest.mark.journey, pytest.mark.books_once]
views = pytest.mark.parametrize("view", VIEWS, ids=str)
FOLDED = ("schedule", "dedication", "matching", "noting")


def everything(form: Page) -> None:
    """This function will open all that is folded, with the monthly fields shown."""
    form.check("#freq-monthly")
    unfold(form, *FOLDED)


SMALL = """() => [...document.querySelectorAll('.btn,select,summary,.choice,.check,.field input,textarea,.site a')]
.map(e => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.width && (box.height < 44 || box.width < 24))
.map(([e]) => e.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("address", ["/", "/campaigns/family/", "/give/family/", "/letters/"])
def test_F37_no_sideways_scroll_and_big_targets(visit: Visit, language: str, address: str) -> None:
    narrow = visit(f"/{language}{address}", size=NARROW)
    if "give" in address:
        everything(narrow)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert narrow.evaluate(SMALL) == []


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_F37_won_fit_on_a_phone(visit: Visit, view: View) -> None:
    form = visit(view.at(query="?currency=KRW"), size=PHONE, scripts=view.scripts)
    assert form.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = [
        round(box["height"])
        for one in form.locator(".for-once label.num").all()
        if (box := one.bounding_box())
    ]
    assert len(set(heights)) == 1  # no amount breaks into two lines


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/en/", "/ko/campaigns/family/", "/ko/give/family/", "/en/give/family/", "/en/letters/"]
)
def test_F38_axe_finds_nothing(visit: Visit, scheme: str, address: str) -> None:
    shown = visit(address, color_scheme=scheme, bypass_csp=True)
    if "give" in address:
        press(shown)
        expect(shown.locator("[role=alert]")).to_be_visible()
        everything(shown)
    found = Axe().run(shown).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


FOCUSED = """() => { const e = document.activeElement, box = e.getBoundingClientRect();
const seen = e.matches('.choice input') ? e.nextElementSibling : e;
return [e.id || e.name || e.tagName, box.top + scrollY, getComputedStyle(seen).boxShadow,
        box.top >= 0 && (e.tagName === 'TEXTAREA' ? box.top + 44 : box.bottom) <= innerHeight]; }"""


@views
def test_F38_keyboard_order_is_the_order_seen_and_focus_shows(visit: Visit, view: View) -> None:
    form = visit(view.at(), **view.options)
    everything(form)
    form.locator("#freq-monthly").focus()
    seen: list[tuple[str, float]] = []
    for _ in range(40):
        form.keyboard.press("Tab")
        place, y, ring, inside = form.evaluate(FOCUSED)
        assert ring != "none", place
        assert inside, place
        seen.append((place, y))
        if place == "go":
            break
    names = [name for name, _ in seen]
    assert names[-1] == "go"
    assert [y for _, y in seen] == sorted(y for _, y in seen)
    assert {"every", "day", "until", "other", "fund", "name", "email", "tribute", "employer", "note"} <= set(
        names
    )
    assert "subject" not in names


def test_F38_a_dedicated_gift_by_keyboard_alone(visit: Visit, stack: Stack) -> None:
    form = visit("/en/give/general/", size=DESKTOP)
    form.locator("#name").focus()
    form.keyboard.type("Keyed Kim")
    form.keyboard.press("Tab")
    form.keyboard.type("keyed-tribute@example.org")
    form.keyboard.press("Tab")
    expect(form.locator("#dedication > summary")).to_be_focused()
    form.keyboard.press("Enter")
    form.keyboard.press("Tab")
    form.keyboard.type("in mem")
    expect(form.locator("#tribute")).to_have_value("memory")
    form.keyboard.press("Tab")
    form.keyboard.type("Ruth Kim")
    with form.expect_event("load"):
        form.keyboard.press("Enter")
    assert not form.url.startswith(stack.base_url)


@pytest.mark.parametrize("address", ["/en/give/family/", "/ko/give/family/", "/en/", "/en/campaigns/family/"])
def test_F39_fast_and_private(browser: Browser, stack: Stack, address: str) -> None:
    context = browser.new_context(base_url=stack.base_url, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    sizes: list[int] = []
    hosts: set[str] = set()

    def note(request: Request) -> None:
        hosts.add("/".join(request.url.split("/")[:3]))
        sizes.append(request.sizes()["responseBodySize"])

    page.on("requestfinished", note)
    page.goto(address, wait_until="networkidle")
    assert hosts == {stack.base_url}
    assert len(sizes) <= 4  # the page, its style, its script, its mark
    assert sum(sizes) < 30_000
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_F39_the_whole_way_without_scripts_or_cookies(visit: Visit, stack: Stack, language: str) -> None:
    form = visit(f"/{language}/give/general/", scripts=False)
    form.check("#freq-monthly")
    unfold(form, "schedule", "dedication")
    form.select_option("#every", "yearly")
    form.select_option("#tribute", "honor")
    fill(form, name="Ann Plain", email=f"plain-{language}@example.org", honoree="Ruth")
    press(form)
    assert form.context.cookies(stack.base_url) == []
    pays(form)
    assert form.url.startswith(stack.base_url)
    assert form.context.cookies(stack.base_url) == []
