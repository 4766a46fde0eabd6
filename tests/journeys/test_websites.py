"""The office's page of web sites: an admin registers one, an editor copies what to paste into it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.conftest import OpenPage

AXE = Axe()
PICTURES = os.environ.get("JOURNEY_PICTURES", "")


def signs_in(page: Page, stack: Stack, *, role: str, to: str) -> None:
    signed = next(one for one in (stack.state.read("demo") or {})["sign_ins"] if one["role"] == role)
    page.goto(to)
    page.locator("input[name=login]").fill(signed["email"])
    page.locator("input[name=password]").fill(signed["password"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{to}")


def test_staff_copy_a_snippet_and_see_it(desktop: Page, stack: Stack) -> None:
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    signs_in(desktop, stack, role="editor", to="/en/office/websites/snippets/")
    desktop.locator("#id_width").select_option("320")
    desktop.locator("#id_source").fill("bulletin")
    desktop.get_by_role("button", name="Show").click()
    preview = desktop.frame_locator("iframe.look")
    expect(preview.get_by_role("button")).to_be_visible()
    desktop.locator("[data-copy=code]").click()
    expect(desktop.locator("[data-copy=code]")).to_contain_text("Copied")
    copied = desktop.evaluate("navigator.clipboard.readText()")
    assert copied == desktop.locator("textarea#code").input_value()
    assert "src=bulletin-code" in copied


def test_without_javascript_the_words_can_be_selected(open_page: OpenPage, stack: Stack) -> None:
    page = open_page(width=1280, javascript=False)
    signs_in(page, stack, role="editor", to="/en/office/websites/snippets/")
    expect(page.locator("[data-copy]").first).to_be_hidden()
    page.locator("textarea#link").click()
    page.keyboard.press("Control+a")
    selected = page.evaluate(
        "(area => area.value.slice(area.selectionStart, area.selectionEnd))(document.activeElement)"
    )
    assert selected == f"{stack.base_url}/en/give/family/?src=wix"


@pytest.mark.parametrize(("language", "width"), [("en", 360), ("ko", 1280)])
def test_a_site_is_registered_and_its_pages_are_open_to_everybody(
    open_page: OpenPage, stack: Stack, language: str, width: int
) -> None:
    page = open_page(width=width, height=900)
    start = f"/{language}/office/websites/"
    found: list[str] = []

    def looks() -> None:
        for violation in AXE.run(page).response["violations"]:
            found.extend(f"{page.url}: {violation['id']} {node['html'][:160]}" for node in violation["nodes"])
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found.extend([f"{page.url}: {wide} pixels too wide"] * (wide > 0))
        if PICTURES:
            name = page.url.removeprefix(stack.base_url).strip("/").replace("/", "-").partition("?")[0]
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)

    signs_in(page, stack, role="admin", to=start)
    page.locator("#id_code").fill("Not a code")
    page.locator("#id_name").fill("Second Church")
    page.locator("main form.narrow button").click()
    expect(page.locator("#id_code_error")).to_be_visible()
    looks()
    page.locator("#id_code").fill(f"second-church-{language}")
    page.locator("#id_return_url").fill("https://second.example.org/give")
    page.locator("main form.narrow button").click()
    page.locator("#id_origin").fill("second.example.org")
    page.locator("form[action$='/origins/'] button").click()
    expect(page.locator("ul.plain .code")).to_have_text("https://second.example.org")
    looks()
    page.locator("ul.plain a").click()
    looks()
    page.locator("main form button").click()
    expect(page.locator("ul.plain .code")).to_have_count(0)
    for address in (start, f"{start}snippets/?kind=card&width=280"):
        page.goto(address)
        looks()
    assert found == []
