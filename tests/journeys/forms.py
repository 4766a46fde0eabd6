"""Looking at the giving form: the four ways it is seen in every test, and what a person does on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

Visit = Callable[..., Page]
Look = Callable[..., Page]


@dataclass(frozen=True)
class View:
    """A size, a language, with or without scripts. Four of them meet every pair of these."""

    width: int
    language: str
    scripts: bool

    def __str__(self) -> str:
        return f"{self.width}px-{self.language}-{'scripts' if self.scripts else 'plain'}"

    @property
    def options(self) -> dict[str, Any]:
        return {
            "size": {"width": self.width, "height": 740 if self.width < 600 else 800},
            "scripts": self.scripts,
        }

    def at(self, slug: str = "family", query: str = "") -> str:
        return f"/{self.language}/give/{slug}/{query}"


PHONE, DESKTOP, NARROW = (
    {"width": 360, "height": 740},
    {"width": 1280, "height": 800},
    {"width": 320, "height": 700},
)
VIEWS = [
    View(360, "en", scripts=True),
    View(360, "ko", scripts=False),
    View(1280, "en", scripts=False),
    View(1280, "ko", scripts=True),
]


def fill(form: Page, **fields: str) -> None:
    """This function will fill in name, address and what else is named."""
    for name, value in {"name": "Grace Kim", "email": "grace@example.org", **fields}.items():
        form.fill(f"#{name}", value)


def unfold(form: Page, *names: str) -> None:
    """This function will open the folded parts of the form: schedule, dedication, matching, noting."""
    for name in names:
        if form.locator(f"#{name}").get_attribute("open") is None:
            form.locator(f"#{name} > summary").click()


def top(form: Page, selector: str) -> float:
    """This function will return where something begins, from the top of the page."""
    box = form.locator(selector).first.bounding_box()
    assert box, selector
    return box["y"]


def press(form: Page) -> None:
    """This function will press the button and wait for the next page, whichever it is."""
    # Not expect_navigation: the page's script changes the address at the press, before anything is answered.
    with form.expect_event("load"):
        form.click("#go")


def pays(form: Page, *, method: str = "card", number: str = "4242 4242 4242 4242") -> None:
    """This function will pay on the payment company's page."""
    if method != "card":
        form.check(f"input[name=method][value={method}]")
    if method in {"card", "us_bank_account"}:
        form.fill("input[name=card]" if method == "card" else "input[name=account]", number)
    with form.expect_event("load"):
        form.click("button.main")


def away_from(base_url: str) -> re.Pattern[str]:
    """Every address that is not ours."""
    return re.compile(r"^(?!" + re.escape(base_url) + r")")


def seen(form: Page, selector: str) -> Locator:
    """Only what can be seen."""
    return form.locator(f"{selector}:visible")
