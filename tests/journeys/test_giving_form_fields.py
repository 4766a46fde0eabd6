"""The practices of the giving form about its fields: what is asked, how it is labeled, how errors are told."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.forms import PHONE, VIEWS, Look, View, Visit, away_from, fill, press, top, unfold

pytestmark = [pytest.mark.journey, pytest.mark.books_once]
views = pytest.mark.parametrize("view", VIEWS, ids=str)
SCRIPTED = [view for view in VIEWS if view.scripts]
PLAIN = [view for view in VIEWS if not view.scripts]
MISTAKE = {"en": "Write an email address like name@example.com", "ko": "name@example.com"}


@views
def test_F19_few_fields_are_asked_for(look: Look, view: View) -> None:
    form = look(view)
    assert form.locator("[required]:visible").count() <= 3
    assert form.locator("input[type=tel], #phone, [name*=address], [name*=phone]").count() == 0


@pytest.mark.parametrize("name", ["김철수", "O’Brien", "K", "K" * 100])
def test_F20_one_name_field_takes_names_as_people_have_them(visit: Visit, stack: Stack, name: str) -> None:
    form = visit("/en/give/family/")
    assert form.locator("input[autocomplete=name]").count() == 1
    fill(form, name=name, email="f20@example.org")
    press(form)
    assert away_from(stack.base_url).match(form.url), form.locator(".errors").all_inner_texts()


@views
def test_F21_personal_fields_say_what_they_are(visit: Visit, look: Look, view: View) -> None:
    form = look(view)
    for field, token in {"name": "name", "email": "email"}.items():
        assert form.locator(f"#{field}").get_attribute("autocomplete") == token
    # Somebody else's name and address must never be filled in with the giver's own.
    for field in ("honoree", "family_name", "family_email", "family_words", "employer"):
        assert form.locator(f"#{field}").get_attribute("autocomplete") == "off"
    if view.scripts:
        opened = visit(view.at(), size=PHONE, bypass_csp=True)
        unfold(opened, "dedication", "matching", "noting")
        found = Axe().run(opened, options={"runOnly": {"type": "rule", "values": ["autocomplete-valid"]}})
        assert found.response["violations"] == []


LABELS = {
    ("en", "USD"): "Other amount in US dollars",
    ("en", "KRW"): "Other amount in Korean won",
    ("ko", "USD"): "직접 입력 (미국 달러)",
    ("ko", "KRW"): "직접 입력 (한국 원화)",
}


@views
def test_F22_the_currency_is_in_the_label_and_digits_are_easy(look: Look, view: View) -> None:
    for currency in ("USD", "KRW"):
        form = look(view, "" if currency == "USD" else f"{view.at()}?currency=KRW")
        field = form.get_by_label(LABELS[view.language, currency], exact=True)
        expect(field).to_have_attribute("id", "other")
        expect(field).to_have_attribute("inputmode", "decimal")
        assert field.get_attribute("type") != "number"


READ = [
    ("USD", "1,000", "$1,000.00"),
    ("USD", "$1000", "$1,000.00"),
    ("USD", "1000.00", "$1,000.00"),
    ("USD", "１０００", "$1,000.00"),
    ("USD", " 1 000 ", "$1,000.00"),
    ("USD", "12.5", "$12.50"),
    ("KRW", "50,000원", "₩50,000"),
    ("KRW", "５００００", "₩50,000"),
]


def test_F23_amounts_are_read_as_people_write_them(visit: Visit) -> None:
    forms = {currency: visit(f"/en/give/family/?currency={currency}") for currency in ("USD", "KRW")}
    for currency, typed, shown in READ:
        forms[currency].fill("#other", typed)
        expect(forms[currency].locator("#sum-words b")).to_have_text(shown)
    for currency, words in {"USD": "like 100 or 100.50", "KRW": "as a whole number"}.items():
        form = forms[currency]
        said = set()
        for typed in ("10.005", "-5") if currency == "USD" else ("100.5", "-5"):
            form.fill("#other", typed)
            form.locator("#other").blur()
            expect(form.locator("#amount-msg")).to_contain_text(words)
            said.add(form.locator("#amount-msg").inner_text())
        assert len(said) == 1


def test_F23_the_server_reads_them_alike(visit: Visit, stack: Stack) -> None:
    for typed, shown in (("１,０００", "1000.00"), (" $1 000.5 ", "1000.50")):
        form = visit("/en/give/family/", scripts=False)
        fill(form, other=typed, email="f23@example.org")
        press(form)
        assert shown in form.inner_text(".amount").replace(",", "")
    said = set()
    for typed in ("10.005", "-5"):
        form = visit("/en/give/family/", scripts=False)
        fill(form, other=typed)
        press(form)
        said.add(form.locator("#amount-msg").inner_text())
        expect(form.locator("#other")).to_have_value(typed)
    assert len(said) == 1


def test_F24_fee_unticked_and_exact(visit: Visit) -> None:
    form = visit("/en/give/family/")
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


@pytest.mark.parametrize("view", PLAIN, ids=str)
def test_F24_without_scripts_the_rule_is_said_and_always_true(look: Look, view: View) -> None:
    form = look(view)
    cover = form.locator("label.check", has=form.locator("#cover")).inner_text()
    assert "2.9%" in cover
    assert "$0.30" in cover
    assert "$3.30" in cover
    assert "Add $3.30 so" not in cover


@views
def test_F25_no_box_is_ticked_beforehand_and_no_tip_is_asked(look: Look, view: View) -> None:
    form = look(view)
    assert form.locator("input[type=checkbox]").count() == 3
    assert form.locator("input[type=checkbox][checked], input[type=checkbox]:checked").count() == 0
    assert not re.search(r"\btip\b|팁", form.inner_text("form"), re.IGNORECASE)


@views
def test_F26_nobody_needs_an_account(look: Look, view: View) -> None:
    assert look(view).locator("input[type=password], [autocomplete=new-password]").count() == 0


@views
def test_F27_labels_stand_above_their_fields(visit: Visit, view: View) -> None:
    form = visit(view.at(query="?freq=quarter"), **view.options)
    unfold(form, "dedication", "matching", "noting")
    assert form.locator("[placeholder]").count() == 0
    fields = form.locator(".field :is(input, select, textarea)").all()
    assert len(fields) == 14
    for field in fields:
        name = field.get_attribute("id")
        assert top(form, f"label[for={name}]") < top(form, f"#{name}"), name


@views
def test_F28_radios_are_grouped_under_short_legends(look: Look, view: View) -> None:
    legends = look(view).evaluate(
        "() => [...document.querySelectorAll('input[type=radio]')]"
        ".map(radio => radio.closest('fieldset').querySelector('legend').textContent)"
    )
    assert legends
    assert all(0 < len(legend) < 40 for legend in legends)


@views
def test_F29_errors_are_summed_up_linked_and_focused(visit: Visit, view: View) -> None:
    form = visit(view.at(query="?freq=month"), **view.options)
    unfold(form, "dedication")
    form.fill("#family_email", "no address")
    press(form)
    assert form.title().startswith("Error: " if view.language == "en" else "오류: ")
    expect(form.locator("[role=alert] h2")).to_have_text(
        "There is a problem" if view.language == "en" else re.compile("문제|확인")
    )
    links = form.locator("[role=alert] a")
    assert links.count() == 4  # name, address, in whose honor, the family's address
    for link in links.all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        expect(form.locator(f"#{target}")).to_be_visible()
        assert link.inner_text() in form.locator(f"#{target}-msg").inner_text()
    assert form.evaluate("document.activeElement.id") == "errors"


@pytest.mark.parametrize("view", SCRIPTED, ids=str)
def test_F30_checks_wait_until_a_field_is_left(visit: Visit, view: View) -> None:
    form = visit(view.at(), **view.options)
    message = form.locator("#email-msg")
    form.locator("#email").press_sequentially("a@")
    expect(message).to_have_text("")
    form.locator("#email").blur()
    expect(message).to_contain_text(MISTAKE[view.language])
    form.locator("#email").press_sequentially("example.org")
    expect(message).to_have_text("")


TYPED = {
    "other": "77.50",
    "name": "김철수",
    "honoree": "Ruth Kim",
    "family_email": "ruth@example.org",
    "family_name": "Ruth’s sister",
    "family_words": "Thinking of you",
    "employer": "Harbor Works",
    "note": "For the\nteam",
}
CHOSEN = {"every": "yearly", "day": "31", "tribute": "memory"}


def write_everything(form: Page, **changes: str) -> None:
    form.check("#freq-monthly")
    unfold(form, "schedule", "dedication", "matching", "noting")
    for name, value in CHOSEN.items():
        form.select_option(f"#{name}", value)
    form.select_option("#until", index=14)
    form.select_option("#fund", index=1)
    fill(form, **{**TYPED, **changes})
    form.check("#cover")
    form.check("[name=anonymous]")


def is_all_there(form: Page, *, email: str, until: str, fund: str) -> None:
    for name, value in {**TYPED, **CHOSEN, "email": email, "until": until, "fund": fund}.items():
        expect(form.locator(f"#{name}")).to_have_value(value)
    expect(form.locator("#freq-monthly")).to_be_checked()
    expect(form.locator("#cover")).to_be_checked()
    expect(form.locator("[name=anonymous]")).to_be_checked()
    expect(form.locator("[name=letter]")).not_to_be_checked()


@views
def test_F31_nothing_typed_is_lost(visit: Visit, stack: Stack, view: View) -> None:
    form = visit(view.at(), **view.options)
    write_everything(form, email="grace@")
    until, fund = form.input_value("#until"), form.input_value("#fund")
    press(form)
    assert form.locator("[role=alert] a").count() == 1
    is_all_there(form, email="grace@", until=until, fund=fund)
    form.fill("#email", "f31@example.org")
    press(form)
    assert away_from(stack.base_url).match(form.url)
    # The payment company's own way back.
    with form.expect_event("load"):
        form.locator("a[href*='/again/']").click()
    expect(form.get_by_role("status").first).to_be_visible()
    is_all_there(form, email="f31@example.org", until=until, fund=fund)
