"""The practices of the giving form, each under its number, in a real browser against the running house.

A failing test names the practice it breaks. `stack` is the running system, `page` a page of a real browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, expect

pytestmark = pytest.mark.journey
PHONE, NARROW, DESKTOP = (
    {"width": 360, "height": 740},
    {"width": 320, "height": 700},
    {"width": 1280, "height": 800},
)
Visit = Callable[..., Page]


@pytest.fixture
def visit(page: Page, stack: Any) -> Iterator[Visit]:
    """Opens an address in a context of its own: any size, with or without scripts."""
    opened: list[BrowserContext] = []
    browser = page.context.browser
    assert browser

    def go(
        address: str = "/en/give/family/", *, size: dict[str, int] = PHONE, scripts: bool = True, **more: Any
    ) -> Page:
        context = browser.new_context(viewport=size, java_script_enabled=scripts, **more)  # type: ignore[arg-type]
        opened.append(context)
        fresh = context.new_page()
        fresh.goto(f"{stack.base_url}{address}")
        return fresh

    yield go
    for context in opened:
        context.close()


def fill(form: Page, **fields: str) -> None:
    for name, value in {"name": "Grace Kim", "email": "grace@example.org", **fields}.items():
        form.fill(f"#{name}", value)


def top(form: Page, selector: str) -> float:
    box = form.locator(selector).first.bounding_box()
    assert box
    return box["y"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_f01_what_the_gift_does_stands_above_the_amounts(visit: Visit, language: str) -> None:
    form = visit(f"/{language}/give/family/")
    assert top(form, "h1") < top(form, "h1 + p") < top(form, "input[type=radio]")
    assert len(form.locator("h1 + p").inner_text()) <= 160


def test_f03_few_words_before_the_first_choice(visit: Visit) -> None:
    words = visit().evaluate(
        """() => { const first = document.querySelector('main fieldset'); const range = document.createRange();
        range.setStart(document.querySelector('main'), 0); range.setEndBefore(first); return range.toString(); }"""
    )
    assert len(words.split()) <= 60


def test_f04_one_page_not_steps(visit: Visit) -> None:
    form = visit()
    assert form.locator("form[method=post]").count() == 1
    assert not re.search(r"step \d", form.inner_text("body"), re.I)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_f05_one_press_to_the_payment_page(
    visit: Visit, stack: Any, scripts: bool, size: dict[str, int]
) -> None:
    form = visit(scripts=scripts, size=size)
    fill(form)
    said = form.locator(".sum").text_content() or ""
    assert "$100.00" in said
    assert "one time" in said
    assert "Family rescue" in said
    form.click("#go")
    form.wait_for_url(re.compile(r"^(?!" + re.escape(stack.base_url) + r")"))
    assert "100.00" in form.inner_text("body")


def test_f06_one_column(visit: Visit) -> None:
    form = visit(size=DESKTOP)
    tops = [top(form, selector) for selector in ("#other", "#fund", "#name", "#email")]
    assert tops == sorted(set(tops))


@pytest.mark.parametrize("scripts", [True, False])
def test_f07_f15_each_frequency_has_its_own_ladder(visit: Visit, scripts: bool) -> None:
    form = visit(scripts=scripts)
    expect(form.locator("#freq-once")).to_be_checked()
    expect(form.get_by_text("$2,500", exact=True)).to_be_visible()
    form.check("#freq-monthly")
    expect(form.get_by_text("$2,500", exact=True)).to_be_hidden()
    assert 3 <= form.locator("[name=amount_monthly]:visible").count() <= 6
    assert form.locator("[name=amount_once]:visible").count() == 0


def test_f19_f26_few_fields_and_no_account(visit: Visit) -> None:
    form = visit()
    assert form.locator("input[required]:visible").count() <= 3
    assert form.locator("input[type=password], input[type=tel]").count() == 0


def test_f22_the_currency_is_in_the_label(visit: Visit) -> None:
    form = visit()
    expect(form.get_by_label("Other amount in US dollars")).to_have_attribute("inputmode", "decimal")
    expect(visit("/en/give/family/?currency=KRW").get_by_label("Other amount in Korean won")).to_be_visible()


def test_f24_f25_the_fee_is_unticked_exact_and_live(visit: Visit) -> None:
    form = visit()
    cover = form.locator("label.check", has=form.locator("#cover"))
    expect(form.locator("#cover")).not_to_be_checked()
    expect(cover).to_contain_text("Add $3.30 so the full $100 arrives")
    form.fill("#other", "1,000")
    expect(cover).to_contain_text("Add $30.18 so the full $1,000 arrives")
    form.check("#cover")
    expect(form.locator(".sum")).to_contain_text("$1,030.18")
    form.fill("#other", "12.3x")
    expect(form.locator(".sum")).to_contain_text("No amount is chosen yet.")
    expect(cover).to_contain_text("Cover the card fee")


def test_f24_without_scripts_the_rule_is_said_and_always_true(visit: Visit) -> None:
    form = visit(scripts=False)
    cover = form.locator("label.check", has=form.locator("#cover"))
    assert "Add the card fee (2.9% and $0.30)" in cover.inner_text()
    assert "For $100 that is $3.30." in cover.inner_text()
    assert "Add $3.30 so" not in cover.inner_text()


def test_f27_labels_stand_above_their_fields(visit: Visit) -> None:
    form = visit()
    assert form.locator("[placeholder]").count() == 0
    for field in ("other", "fund", "name", "email"):
        assert top(form, f"label[for={field}]") < top(form, f"#{field}")


def test_f28_radios_are_grouped_under_short_legends(visit: Visit) -> None:
    legends = visit().evaluate(
        "() => [...document.querySelectorAll('input[type=radio]')]"
        ".map(radio => radio.closest('fieldset').querySelector('legend').textContent)"
    )
    assert legends
    assert all(0 < len(legend) < 40 for legend in legends)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_f29_errors_are_summed_up_linked_and_focused(visit: Visit, scripts: bool, language: str) -> None:
    form = visit(f"/{language}/give/family/", scripts=scripts)
    form.click("#go")
    form.wait_for_selector("[role=alert]")
    assert form.title().startswith("Error: " if language == "en" else "오류: ")
    links = form.locator("[role=alert] a")
    assert links.count() == 2
    for link in links.all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert form.locator(f"#{target}").count() == 1
        assert link.inner_text() in form.locator(f"#{target}-msg").inner_text()
    if scripts:
        assert form.evaluate("document.activeElement.id") == "errors"


def test_f30_checks_wait_until_a_field_is_left(visit: Visit) -> None:
    form = visit()
    message = form.locator("#email-msg")
    form.locator("#email").press_sequentially("a@")
    expect(message).to_have_text("")
    form.locator("#email").blur()
    expect(message).to_have_text("Write an email address like name@example.com")
    form.locator("#email").press_sequentially("example.org")
    expect(message).to_have_text("")


@pytest.mark.parametrize("scripts", [True, False])
def test_f31_nothing_typed_is_lost(visit: Visit, stack: Any, scripts: bool) -> None:
    form = visit(scripts=scripts)
    fill(form, other="77.50", name="김철수", email="grace@")
    form.check("#cover")
    form.click("#go")
    form.wait_for_selector("[role=alert]")
    expect(form.locator("#other")).to_have_value("77.50")
    expect(form.locator("#name")).to_have_value("김철수")
    expect(form.locator("#email")).to_have_value("grace@")
    expect(form.locator("#cover")).to_be_checked()
    form.fill("#email", "grace@example.org")
    form.click("#go")
    form.wait_for_url(re.compile(r"^(?!" + re.escape(stack.base_url) + r")"))
    form.go_back()
    expect(form.locator("#name")).to_have_value("김철수")


def test_f32_the_button_says_what_happens(visit: Visit) -> None:
    assert visit().locator("form button").last.inner_text() == "Continue to payment"


def test_f33_a_double_press_is_one_request(visit: Visit, stack: Any) -> None:
    form = visit()
    fill(form)
    posts: list[Request] = []
    form.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    form.locator("#go").dblclick(no_wait_after=True)
    form.wait_for_url(re.compile(r"^(?!" + re.escape(stack.base_url) + r")"))
    ours = [request for request in posts if request.url.startswith(stack.base_url)]
    assert len(ours) == 1


def test_f34_f35_trust_and_terms_stand_by_the_button(visit: Visit) -> None:
    form = visit(size=DESKTOP)
    trust = form.locator(".trust")
    assert re.search(r"EIN \d{2}-\d{7}", trust.inner_text())
    assert "@" in trust.inner_text()
    assert "If this group cannot travel, your gift helps the next one." in trust.inner_text()
    assert top(form, ".trust") - top(form, "#go") < 200


@pytest.mark.parametrize("scripts", [True, False])
def test_f36_language_and_currency_keep_what_was_typed(visit: Visit, scripts: bool) -> None:
    form = visit("/en/give/family/?src=bulletin", scripts=scripts)
    fill(form, other="77")
    form.click("button.tongue")
    expect(form.locator("html")).to_have_attribute("lang", "ko")
    expect(form.locator("#other")).to_have_value("77")
    expect(form.locator("#name")).to_have_value("Grace Kim")
    form.click("button[name=to_currency]")
    expect(form.locator("#name")).to_have_value("Grace Kim")
    expect(form.locator("label[for=amount-once-2]")).to_have_text("₩50,000")
    assert form.locator("[name=src]").get_attribute("value") == "bulletin"


def test_f36_enter_continues_and_never_switches(visit: Visit, stack: Any) -> None:
    form = visit()
    fill(form)
    form.press("#email", "Enter")
    form.wait_for_url(re.compile(r"^(?!" + re.escape(stack.base_url) + r")"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("address", ["/", "/campaigns/family/", "/give/family/", "/letters/"])
def test_f37_no_sideways_scroll_and_big_targets(visit: Visit, language: str, address: str) -> None:
    narrow = visit(f"/{language}{address}", size=NARROW)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = narrow.evaluate(
        """() => [...document.querySelectorAll('.btn, select, summary, .choice, .check, .field input, .site a')]
        .map(e => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.width && (box.height < 44 || box.width < 24))
        .map(([e]) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/en/", "/ko/campaigns/family/", "/ko/give/family/", "/en/letters/"])
def test_f38_axe_finds_nothing(visit: Visit, scheme: str, address: str) -> None:
    shown = visit(address, color_scheme=scheme, bypass_csp=True)
    if "give" in address:
        shown.click("#go")
        shown.wait_for_selector("[role=alert]")
    found = Axe().run(shown).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_f38_keyboard_order_is_the_order_seen_and_focus_shows(visit: Visit) -> None:
    form = visit(size=DESKTOP)
    form.locator("#freq-once").focus()
    seen: list[tuple[str, float]] = []
    for _ in range(12):
        form.keyboard.press("Tab")
        place, y, ring, inside = form.evaluate(
            """() => { const e = document.activeElement, box = e.getBoundingClientRect();
            const seen = e.matches('.choice input') ? e.nextElementSibling : e;
            return [e.id || e.name || e.tagName, box.top + scrollY, getComputedStyle(seen).boxShadow,
                    box.top >= 0 && box.bottom <= innerHeight]; }"""
        )
        assert ring != "none", place
        assert inside, place
        seen.append((place, y))
        if place == "go":
            break
    assert seen[-1][0] == "go"
    assert [y for _, y in seen] == sorted(y for _, y in seen)


@pytest.mark.parametrize("address", ["/en/give/family/", "/ko/give/family/", "/en/", "/en/campaigns/family/"])
def test_f39_fast_and_private(page: Page, stack: Any, address: str) -> None:
    sizes: list[int] = []
    hosts: set[str] = set()

    def note(request: Request) -> None:
        hosts.add("/".join(request.url.split("/")[:3]))
        sizes.append(request.sizes()["responseBodySize"])

    page.on("requestfinished", note)
    page.goto(f"{stack.base_url}{address}", wait_until="networkidle")
    assert hosts == {stack.base_url}
    assert len(sizes) <= 4  # the page, its style, its script, its mark
    assert sum(sizes) < 30_000
    assert page.context.cookies() == []


def test_f44_the_name_may_stay_hidden(visit: Visit) -> None:
    form = visit()
    expect(form.get_by_label("Do not show my name on any page")).not_to_be_checked()
