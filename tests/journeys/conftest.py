"""The whole running system, a real browser, and what must hold after every journey."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from launcher import browsers
from launcher.stack import Stack, free_port
from tests.journeys.forms import PHONE, Look, View, Visit
from tests.journeys.outside import Mailbox, Processor
from tests.journeys.walking import Finance, Giver, Watch, until

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PATIENCE = 30_000
"""Milliseconds a page may take on a busy machine; what is quick stays quick."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


# Of the package, not of the session: a living Playwright keeps an event loop in this thread, in which Django's own
# tests elsewhere would be refused the database.
@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """A new system of its own, or the one that runs already in the state directory JOURNEYS_AT names."""
    if at := os.environ.get("JOURNEYS_AT"):
        elsewhere = Stack(ROOT, Path(at), python=Path(sys.executable))
        elsewhere.connect_elsewhere()
        yield elsewhere
        return
    state = Path(tempfile.mkdtemp(prefix="almoner-journeys-"))
    state.chmod(0o711)  # the database's own user passes through
    running = described(state)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        if running.postgres is not None:
            running.postgres.destroy()
        shutil.rmtree(state, ignore_errors=True)


def described(state: Path) -> Stack:
    """This function will describe a hasty system on free ports, whose banks answer when a journey says so."""
    ports: set[int] = set()
    while len(ports) < 4:
        ports.add(free_port(exclude=ports))
    web, sandbox, mailbox, smtp = ports
    return Stack(
        ROOT,
        state,
        python=Path(sys.executable),
        durable=False,
        web_port=web,
        sandbox_port=sandbox,
        mailbox_port=mailbox,
        smtp_port=smtp,
        # Few givers make a list of many here: the journeys need not invent hundreds.
        choices={"EXPORT_GIVERS_ALONE": "5"},
        sandbox_options=["--bank-debit-seconds", "0", "--quiet"],
    )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    arguments = ["--disable-background-networking", "--disable-gpu"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        found = browsers.chromium()
        assert found, f"Chromium is missing: {browsers.HOW_TO_GET}"
        expect.set_options(timeout=PATIENCE)
        running = playwright.chromium.launch(executable_path=found, args=arguments)
        yield running
        running.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def watch(stack: Stack) -> Watch:
    return Watch(own=stack.base_url, known={stack.base_url, stack.mailbox_url, stack.sandbox_url})


@pytest.fixture
def open_page(browser: Browser, stack: Stack, watch: Watch) -> Iterator[OpenPage]:
    """A new browser of its own (no cookies shared), watched; `page` and `desktop` are the usual two."""
    contexts = []

    def opened(
        *,
        width: int = 360,
        height: int = 740,
        locale: str = "en-US",
        javascript: bool = True,
        scheme: str = "light",
    ) -> Page:
        context = browser.new_context(
            base_url=stack.base_url,
            viewport={"width": width, "height": height},
            locale=locale,
            java_script_enabled=javascript,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A small phone."""
    return open_page()


@pytest.fixture
def desktop(open_page: OpenPage) -> Page:
    return open_page(width=1280, height=900)


@pytest.fixture
def visit(browser: Browser, stack: Stack, watch: Watch) -> Iterator[Visit]:
    """Opens an address in a context of its own: any size, with or without scripts."""
    opened: list[BrowserContext] = []

    def go(address: str, *, size: dict[str, int] = PHONE, scripts: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            base_url=stack.base_url,
            viewport=size,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **more,
        )
        opened.append(context)
        fresh = context.new_page()
        watch.over(fresh)
        fresh.goto(address)
        return fresh

    yield go
    for context in opened:
        context.close()


@pytest.fixture(scope="package")
def looked_at(browser: Browser) -> Iterator[dict[tuple[View, str], Page]]:
    """Pages that are opened once and only ever read."""
    pages: dict[tuple[View, str], Page] = {}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def look(browser: Browser, stack: Stack, watch: Watch, looked_at: dict[tuple[View, str], Page]) -> Look:
    """The giving form in one view, shared by every test that changes nothing on it."""

    def at(view: View, address: str = "") -> Page:
        key = (view, address)
        if key not in looked_at:
            context = browser.new_context(
                base_url=stack.base_url,
                viewport=view.options["size"],
                java_script_enabled=view.scripts,
                reduced_motion="reduce",
            )
            looked_at[key] = context.new_page()
            watch.over(looked_at[key])
            looked_at[key].goto(address or view.at())
        return looked_at[key]

    return at


@pytest.fixture
def mailbox(stack: Stack) -> Mailbox:
    return Mailbox(stack)


@pytest.fixture
def processor(stack: Stack) -> Iterator[Processor]:
    """The operator's door of the sandbox; whatever a journey paused goes on after it."""
    operated = Processor(stack)
    yield operated
    operated.deliver_normally()


@pytest.fixture
def giver(page: Page, mailbox: Mailbox) -> Giver:
    return Giver(page=page, mailbox=mailbox)


@pytest.fixture
def finance(desktop: Page, stack: Stack) -> Finance:
    return Finance(page=desktop, sign_ins=(stack.state.read("demo") or {})["sign_ins"])


@pytest.fixture(scope="package")
def proved() -> set[tuple[int, ...]]:
    """Where the books stood when every law was seen to hold: a journey that moved nothing needs no second look."""
    return set()


@pytest.fixture(autouse=True)
def true_books_after(
    request: pytest.FixtureRequest, stack: Stack, watch: Watch, proved: set[tuple[int, ...]]
) -> Iterator[None]:
    """After every journey: nobody's browser complained, nothing waits, and every law holds, also outside.

    A module of many short looks, marked `books_once`, has its laws seen at its end.
    """
    yield
    assert watch.complaints == []
    if request.node.get_closest_marker("books_once") is None:
        _prove(stack, proved)


@pytest.fixture(autouse=True, scope="module")
def true_books_at_the_end(
    request: pytest.FixtureRequest, stack: Stack, proved: set[tuple[int, ...]]
) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("books_once") is not None:
        _prove(stack, proved)


def _prove(stack: Stack, proved: set[tuple[int, ...]]) -> None:
    """This function will wait until nothing is under way and see that every law holds."""
    processor = Processor(stack)
    processor.deliver_normally()
    processor.drain()
    until(lambda: not processor.waiting(), what="every notice settled and every letter sent", seconds=60)

    def laws_hold() -> bool:
        before = processor.mark()
        if before in proved:
            return True
        told = stack.manage("selfcheck", "--json", "--processor")
        assert told.stdout, told.stderr
        found.update(json.loads(told.stdout))
        if told.returncode == 0 and processor.mark() == before:
            proved.add(before)
        return told.returncode == 0

    found: dict[str, object] = {}
    until(laws_hold, what=lambda: f"laws: {found.get('laws')}", seconds=30)
