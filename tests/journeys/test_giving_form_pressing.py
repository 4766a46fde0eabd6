"""The practices of the giving form about the press: large gifts, double presses, languages, who is kept out."""

from __future__ import annotations

import http.client
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, Request, expect

from launcher.stack import Stack
from tests.journeys.forms import VIEWS, View, Visit, away_from, fill, press, unfold
from tests.journeys.outside import Processor

pytestmark = [pytest.mark.journey, pytest.mark.books_once]
views = pytest.mark.parametrize("view", VIEWS, ids=str)
BANK = {"en": "From $1,000 on, paying from a US bank account costs us at most $5", "ko": "$1,000부터는"}


@views
def test_F18_a_bank_account_is_suggested_for_large_gifts(visit: Visit, view: View) -> None:
    form = visit(view.at(), **view.options)
    hint = form.get_by_text(re.compile(re.escape(BANK[view.language])))
    if view.scripts:
        form.fill("#other", "999.99")
        expect(form.locator("#sum-words b")).to_have_text("$999.99")
        expect(form.locator("#bank-hint")).to_be_hidden()
        form.fill("#other", "1000")
        expect(form.locator("#bank-hint")).to_be_visible()
        form.fill("#other", "")
        expect(form.locator("#bank-hint")).to_be_hidden()
    form.fill("#other", "1000")
    press(form)
    expect(hint.filter(visible=True)).to_have_count(1)
    won = visit(view.at(query="?currency=KRW&amount=9000000"), **view.options)
    assert won.locator("#bank-hint").count() == 0


def test_F33_a_double_press_is_one_request(visit: Visit, stack: Stack) -> None:
    form = visit("/en/give/family/")
    fill(form, email="f33@example.org")
    posts: list[Request] = []
    form.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    form.locator("#go").dblclick(no_wait_after=True)
    form.wait_for_url(away_from(stack.base_url))
    assert len([request for request in posts if request.url.startswith(stack.base_url)]) == 1


def test_F33_two_posts_at_once_are_one_gift(visit: Visit, processor: Processor, stack: Stack) -> None:
    form = visit("/en/give/family/")
    email = f"parallel-{uuid.uuid4().hex[:8]}@example.org"
    fill(form, email=email)
    body = form.evaluate("new URLSearchParams(new FormData(document.getElementById('give'))).toString()")
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: _posted(stack, body), range(2))
    # Whichever came second either finds the page of the first, or that it is still being opened.
    assert {first[0], second[0]} <= {303, 503}
    assert 303 in {first[0], second[0]}
    assert len({where for _, where in (first, second) if where}) == 1
    assert len(processor.sessions(email=email)) == 1


def _posted(stack: Stack, body: str) -> tuple[int, str]:
    parts = urlsplit(stack.base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/en/give/family/", body, kind)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


@views
def test_F36_language_and_currency_keep_what_was_typed(visit: Visit, view: View) -> None:
    form = visit(view.at(query="?src=bulletin&freq=month"), **view.options)
    unfold(form, "schedule", "dedication", "matching")
    form.select_option("#day", "15")
    form.select_option("#tribute", "honor")
    fill(form, other="77", honoree="Ruth Kim", employer="Harbor Works")
    links = _alternates(form)
    form.click("button.tongue")
    other = "ko" if view.language == "en" else "en"
    expect(form.locator("html")).to_have_attribute("lang", other)
    assert form.url.endswith(f"/{other}/give/family/switch/")
    assert _alternates(form) == links
    kept = {"other": "77", "name": "Grace Kim", "day": "15", "tribute": "honor", "honoree": "Ruth Kim"}
    for name, value in {**kept, "employer": "Harbor Works"}.items():
        expect(form.locator(f"#{name}")).to_have_value(value)
    form.click("button[name=to_currency]")
    expect(form.locator("#honoree")).to_have_value("Ruth Kim")
    expect(form.locator("label[for=amount-monthly-2]")).to_have_text("₩20,000")
    assert form.locator("[name=src]").get_attribute("value") == "bulletin"


def _alternates(form: Page) -> set[str]:
    return {link.get_attribute("href") or "" for link in form.locator("link[hreflang]").all()}


def test_F36_enter_continues_and_never_switches(visit: Visit, stack: Stack) -> None:
    form = visit("/en/give/family/")
    fill(form, email="f36@example.org")
    form.press("#email", "Enter")
    form.wait_for_url(away_from(stack.base_url))


def forget_counts(stack: Stack) -> None:
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute("DELETE FROM donations_tally")


def test_F43_who_tries_stolen_cards_meets_a_wait_in_plain_words(visit: Visit, stack: Stack) -> None:
    forget_counts(stack)  # of the mistakes that other journeys made from this address
    form = visit("/en/give/family/")
    fill(form, email="f43@example.org")
    body: dict[str, str | float | bool] = {
        "token": "forged",
        "name": "Grace Kim",
        "email": "f43@example.org",
        "amount_once": "100",
        "hand": "1",
    }
    body["fund"] = form.input_value("#fund")
    try:
        for _ in range(60):  # as many as this demo allows; elsewhere it is five
            assert form.request.post("/en/give/family/", form=body).status == 422
        press(form)
        expect(form.get_by_role("status").first).to_contain_text("Please wait 10 minutes, then press again.")
        expect(form.locator("#email")).to_have_value("f43@example.org")
        assert form.locator("iframe, script[src*='//']").count() == 0
    finally:
        forget_counts(stack)
    press(form)
    assert away_from(stack.base_url).match(form.url)


def test_F43_a_machine_fills_the_hidden_field_and_gets_nothing(visit: Visit, processor: Processor) -> None:
    form = visit("/en/give/family/")
    fill(form, email="trap@example.org", other="1")
    press(form)
    expect(form.locator("#amount-msg")).to_contain_text("The smallest gift here is $5")
    fill(form, email="trap@example.org", other="10")
    form.evaluate("document.getElementById('subject').value = 'Buy now'")
    press(form)
    expect(form.get_by_role("status").first).to_contain_text("did not accept this gift")
    assert processor.sessions(email="trap@example.org") == []
