"""The practices of the giving form about paying: one press, true words, and nothing said that must stay unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, Page, expect

from launcher.stack import Stack
from tests.blocklist import UNSAID
from tests.journeys.forms import PHONE, VIEWS, Look, View, Visit, away_from, fill, pays, press, top, unfold
from tests.journeys.outside import Mailbox, Processor
from tests.journeys.pages import text_of
from tests.journeys.waiting import until
from tests.journeys.walking import GOOD_ACCOUNT

pytestmark = [pytest.mark.journey, pytest.mark.books_once]
views = pytest.mark.parametrize("view", VIEWS, ids=str)
TERMS = "If this group cannot travel, your gift helps the next one."
NAME, HONOREE, WORDS = "Defector Kim 북한", "탈북 Grandmother", "From Pyongyang with love"


@dataclass
class Given:
    """One whole gift, given once and looked at by many tests."""

    page: Page
    form_words: str
    thanks_url: str
    hosts: set[str]


@pytest.fixture(scope="module")
def given(browser: Browser, stack: Stack) -> Iterator[Given]:
    """$120, once, unnamed in public, in memory of somebody, with words that must never reach the processor."""
    context = browser.new_context(base_url=stack.base_url, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/en/give/family/?src=bulletin")
    words = page.inner_text("body")
    unfold(page, "dedication", "matching", "noting")
    page.select_option("#tribute", "memory")
    fill(
        page,
        other="120",
        name=NAME,
        email="given@example.org",
        note="For the defectors",
        employer="DPRK Watch",
    )
    fill(page, name=NAME, email="given@example.org", honoree=HONOREE, family_words=WORDS)
    fill(page, name=NAME, email="given@example.org", family_email="family@example.org", family_name="Ruth")
    page.check("[name=anonymous]")
    press(page)
    pays(page)
    thanks_url = page.url
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add("/".join(request.url.split("/")[:3])))
    until(lambda: _reloaded(page), what="a receipt's number on the thank-you page", seconds=60)
    yield Given(page, words, thanks_url, hosts)
    context.close()


def _reloaded(page: Page) -> bool:
    page.reload()
    is_paid = page.locator("h1").inner_text() == "Thank you."
    return is_paid and page.locator("#outcome > p:not(.lead) > b.num").count() == 1


@views
def test_F05_one_press_to_the_payment_page(visit: Visit, stack: Stack, view: View) -> None:
    form = visit(view.at(), **view.options)
    fill(form, email="f05@example.org")
    said = form.locator(".sum").text_content() or ""
    assert "$100.00" in said
    assert ("one time" if view.language == "en" else "한 번") in said
    assert ("Family rescue" if view.language == "en" else "가족 구출") in said
    press(form)
    assert away_from(stack.base_url).match(form.url)
    assert "100.00" in form.inner_text("body")


def test_F05_the_summary_says_how_often_and_when(visit: Visit, processor: Processor) -> None:
    form = visit("/en/give/general/?freq=month")
    unfold(form, "schedule")
    form.select_option("#every", "quarterly")
    form.select_option("#day", "15")
    fill(form, other="45", email="pace@example.org")
    expect(form.locator("#sum-words")).to_contain_text(
        "$45.00 every 3 months, on the 15th, Where it is needed most."
    )
    form.select_option("#until", index=3)
    expect(form.locator("#sum-words")).to_contain_text(", until ")
    press(form)
    # The payment company says the same once more.
    expect(form.locator(".amount")).to_contain_text("USD 45.00 / every 3 month")


@views
def test_F15_once_first_monthly_quiet(look: Look, view: View) -> None:
    form = look(view)
    assert form.locator("[name=freq]").count() == 2
    expect(form.locator("[name=freq]").first).to_have_value("once")
    expect(form.locator("[name=freq]").first).to_be_checked()
    assert form.locator("form a[href*='freq=']").count() == 0


def test_F15_F16_after_a_gift_one_quiet_and_smaller_monthly_offer(given: Given) -> None:
    offer = given.page.locator("a[href*='freq=monthly']")
    assert offer.count() == 1
    asked = re.search(r"amount=(\d+)", offer.get_attribute("href") or "")
    assert asked
    assert 120 / 12 <= int(asked[1]) <= 120 / 4
    assert int(asked[1]) % 5 == 0


METHODS = {
    "?currency=USD": {"card", "us_bank_account"},
    "?currency=USD&freq=month": {"card", "us_bank_account"},
    "?currency=KRW": {"card", "kr_card", "kakao_pay", "naver_pay", "payco", "samsung_pay"},
    "?currency=KRW&freq=month": {"card", "kr_card", "kakao_pay"},
}
NAMES = {
    "us_bank_account": "US bank account",
    "kr_card": "Korean card",
    "kakao_pay": "Kakao Pay",
    "naver_pay": "Naver Pay",
    "payco": "PAYCO",
    "samsung_pay": "Samsung Pay",
}


@pytest.mark.parametrize("query", METHODS)
def test_F17_wallets_are_left_to_the_payment_page_and_named_truly(
    visit: Visit, processor: Processor, query: str
) -> None:
    form = visit(f"/en/give/family/{query}")
    said = form.locator(".sum").inner_text()
    assert {method for method, name in NAMES.items() if name in said} | {"card"} == METHODS[query]
    assert form.locator("main :is(img, svg, picture)").count() == 0
    fill(form, email="f17@example.org")
    press(form)
    offered = form.locator("input[name=method]").all()
    assert {one.get_attribute("value") for one in offered} == METHODS[query]
    sent = asked_for(processor)[-1]
    assert "allowed_payment_method_types[0]" in sent
    assert not any(name.startswith("payment_method_types") for name in sent)


@views
def test_F32_the_button_says_what_happens(look: Look, view: View) -> None:
    words = "Continue to payment" if view.language == "en" else "결제로 계속"
    assert look(view).locator("form button").last.inner_text() == words


def test_F32_after_a_gift_nothing_asks_loudly_for_another(given: Given) -> None:
    loud = given.page.locator("main :is(.btn:not(.alt), button.btn)")
    assert loud.count() == 0
    assert given.page.locator("main a[href*='/give/']").count() == 1  # the monthly offer


@views
def test_F34_whom_to_trust_and_ask_stands_by_the_button(look: Look, view: View) -> None:
    form = look(view)
    trust = form.locator(".trust")
    assert re.search(r"EIN \d{2}-\d{7}", trust.inner_text())
    assert "@" in trust.inner_text()
    assert ("tax-deductible" if view.language == "en" else "공제") in trust.inner_text()
    assert 0 < top(form, ".trust") - top(form, "#go") < 200


def test_F35_the_same_terms_before_after_and_on_the_receipt(given: Given, mailbox: Mailbox) -> None:
    assert TERMS in given.form_words
    expect(given.page.locator("#terms")).to_have_text(TERMS)
    letter = mailbox.wait(to="given@example.org", subject="Your receipt")
    assert TERMS in " ".join(text_of(mailbox.attachment(letter)).split())


def test_F40_a_bank_takes_days_and_the_page_tells_the_truth(
    visit: Visit, processor: Processor, given: Given, stack: Stack
) -> None:
    page = visit("/en/give/general/")
    asked: set[str] = set()
    fill(page, other="70", email="f40@example.org")
    press(page)
    pays(page, method="us_bank_account", number=GOOD_ACCOUNT)
    page.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    expect(page.locator("h1")).to_have_text("Your bank is confirming")
    processor.bank_answers(email="f40@example.org", outcome="settle")
    until(lambda: _reloaded(page), what="the number after the bank said yes", seconds=60)
    page.reload()
    assert [one["status"] for one in processor.charges(email="f40@example.org")] == ["succeeded"]
    assert asked == given.hosts == {stack.base_url}
    assert page.locator("#share").input_value().startswith(stack.base_url)


def asked_for(processor: Processor) -> list[dict[str, str]]:
    """This function will return the payment pages the company was asked for, as it received them."""
    asked = processor.operate("GET", "requests")["requests"]
    opened = [one for one in asked if one["method"] == "POST" and one["path"].endswith("/checkout/sessions")]
    return [dict(parse_qsl(one["body"])) | {"idempotency": str(one["idempotency_key"])} for one in opened]


def test_F41_only_neutral_words_reach_the_payment_company(given: Given, processor: Processor) -> None:
    received = asked_for(processor)
    for one in received:
        assert not [value for value in one.values() if UNSAID.search(value)]
    (mine,) = [one for one in received if one["customer_email"] == "given@example.org"][-1:]
    said = " ".join(mine.values())
    for secret in ("Ruth", "family@example.org", "Kim", "Grandmother", "Watch", "bulletin"):
        assert secret not in said
    assert mine["line_items[0][price_data][product_data][name]"] == "RSC"
    assert {name for name in mine if "metadata" in name} == {
        "metadata[reference]", "payment_intent_data[metadata][reference]",
    }  # fmt: skip


PUBLIC = ("/", "/campaigns/family/", "/campaigns/general/", "/give/family/", "/give/general/", "/letters/")
MACHINES = (
    "/api/v1/campaigns",
    "/api/v1/donations",
    "/oembed",
    "/en/feed/",
    "/embed/family/",
    "/sitemap.xml",
)


def _public_words(page: Page, stack: Stack) -> str:
    """Everything anybody can read: pages in both languages with all they link to, and what machines may ask for."""
    addresses = {f"/{language}{path}" for language in ("en", "ko") for path in PUBLIC} | set(MACHINES)
    linked: set[str] = set()
    for address in sorted(addresses):
        page.goto(address)
        links = page.locator("a[href], link[href]").evaluate_all("all => all.map(one => one.href)")
        linked |= {link.split("#")[0] for link in links if link.startswith(stack.base_url)}
    known = {f"{stack.base_url}{address}" for address in addresses}
    found: list[str] = []
    for address in sorted(known | linked):
        answer = page.request.get(address)
        found.append(answer.text() if answer.status < 500 else f"{address} answered {answer.status} {NAME}")
    return "\n".join(found)


def test_F44_F46_hidden_names_and_honored_ones_are_nowhere_in_public(
    visit: Visit, given: Given, stack: Stack
) -> None:
    words = _public_words(visit("/en/"), stack)
    for secret in (NAME, HONOREE, WORDS, "given@example.org", "family@example.org", "DPRK Watch"):
        assert secret not in words
    for secret in (HONOREE, WORDS, "family@example.org"):
        assert secret not in given.page.content()


@views
def test_F44_the_choice_is_the_givers_and_not_made_beforehand(look: Look, view: View) -> None:
    words = (
        "Do not show my name on any page" if view.language == "en" else "어디에도 제 이름을 표시하지 마십시오"
    )
    expect(look(view).get_by_label(words)).not_to_be_checked()


@views
def test_F46_a_dedication_is_optional_and_off(look: Look, view: View) -> None:
    form = look(view)
    assert form.locator("#dedication[open]").count() == 0
    expect(form.locator("#tribute")).to_have_value("")
    assert form.locator("#dedication [required]").count() == 0


def test_F46_the_family_reads_it_once_and_never_how_much(given: Given, mailbox: Mailbox) -> None:
    letter = mailbox.wait(to="family@example.org", subject="A gift in memory of someone dear to you")
    assert HONOREE in letter["text"]
    assert WORDS in letter["text"]
    assert "Somebody who wishes to stay unnamed" in letter["text"]
    for secret in ("120", NAME, "given@example.org"):
        assert secret not in letter["text"]
    assert len(mailbox.letters(to="family@example.org")) == 1
