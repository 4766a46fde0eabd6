"""While cards are tested, a real browser does its sum under our content policy and its giver hardly notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from launcher.stack import Stack
from tests.journeys.waiting import until

MARK = "ch_of_an_attack"
_TOLD = """
INSERT INTO payments_processorevent
  (ref, kind, object_ref, created_at, api_version, received_at, deliveries, status, attempts, settle_after,
   settled_at, reason)
SELECT 'evt_of_an_attack_' || number, 'charge.failed', %s, now(), '', now(), 1, 'ignored', 0, now(), now(), ''
  FROM generate_series(1, 30) AS number
"""


@pytest.fixture
def attack(stack: Stack) -> Iterator[None]:
    """Thirty payments have just failed; afterwards they never were."""
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute(_TOLD, [MARK])
        yield
        database.execute("DELETE FROM payments_processorevent WHERE object_ref = %s", [MARK])


def opened(page: Page) -> None:
    """A fresh form that comes with the sum: each server process learns of the attack within seconds."""

    def has_sum() -> bool:
        page.goto("/en/give/family/")
        return page.locator("#sum-of-browser").count() == 1

    until(has_sum, what="a form with the sum", seconds=60)
    page.fill("#name", "Grace Kim")
    page.fill("#email", "grace@example.org")


def test_the_sum_is_done_while_somebody_types(attack: None, page: Page, stack: Stack) -> None:
    opened(page)
    expect(page.locator("#sum-said")).to_have_text("Your browser has done its sum. You can go on.")
    page.click("#go")
    page.wait_for_url(re.compile("^" + re.escape(stack.sandbox_url)))


def test_a_press_before_the_sum_is_done_waits_for_it(attack: None, page: Page, stack: Stack) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/pbkdf2*.js", hold)
    opened(page)
    page.click("#go")
    expect(page.locator("#proof")).to_have_value("")
    held[-1].continue_()
    page.wait_for_url(re.compile("^" + re.escape(stack.sandbox_url)))


def test_without_scripts_the_page_says_what_to_do(
    attack: None, open_page: Callable[..., Page], stack: Stack
) -> None:
    page = open_page(javascript=False)
    opened(page)
    page.click("#go")
    expect(page.locator("#sum-of-browser")).to_contain_text("This needs JavaScript", use_inner_text=True)
    expect(page.locator("#email")).to_have_value("grace@example.org")
    assert page.url.startswith(stack.base_url)
