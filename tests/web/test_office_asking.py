"""Staff see and change what a giving page asks for: written, looked at, saved, and on the next form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from campaigns.models import GivingPage, UnitCost
from ledger.money import Money
from reports import laddering
from reports.laddering import Height
from staff.models import AuditEvent, Role
from tests.web import filling
from web.giving import asking

pytestmark = pytest.mark.usefixtures("house")
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def page(house: None) -> GivingPage:
    return GivingPage.objects.get(campaign__slug="family")


@pytest.fixture
def editor(signed_in: SignIn) -> Client:
    return signed_in(Role.EDITOR)


def written(editor: Client, page: GivingPage, language: str = "en") -> dict[str, str]:
    """This function will return the fields of the page as they are shown."""
    answer = editor.get(f"/{language}/office/pages/{page.pk}/")
    assert answer.status_code == 200
    shown = filling.fields(answer.content.decode()).values
    shown = {name: value.replace("\n", "\r\n").strip() for name, value in shown.items() if name != "q"}
    return shown | ({"has_fee_cover": "on"} if "has_fee_cover" in shown else {})


def test_F24_the_offer_to_add_the_fee_is_switched_off_for_one_page(editor: Client, page: GivingPage) -> None:
    form = written(editor, page)
    assert form.pop("has_fee_cover") == "on"
    looked = editor.post(reverse("office:page_check", args=[page.pk]), form)
    assert looked.status_code == 200
    assert "Offer to add the card fee" in looked.content.decode()
    page.refresh_from_db()
    assert page.has_fee_cover
    saved = editor.post(reverse("office:page_save", args=[page.pk]), form, follow=True)
    assert "Saved." in saved.content.decode()
    assert AuditEvent.objects.filter(action="giving_page.changed").count() == 1
    caches["pages"].clear()
    visitor = Client()
    assert 'name="cover"' not in visitor.get("/en/give/family/").content.decode()
    assert 'name="cover"' in visitor.get("/en/give/general/").content.decode()


def test_F08_a_high_ladder_is_warned_of_before_it_is_saved(
    editor: Client, page: GivingPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def height(**asked: object) -> Height:
        amounts = asked["amounts"]
        assert isinstance(amounts, list)
        middle = Money(50 * 100, "USD") if amounts[0].currency == "USD" else None
        return Height(suggested=amounts[2], given=middle, gifts=4)

    monkeypatch.setattr(laddering, "height", height)
    answer = editor.post(reverse("office:page_check", args=[page.pk]), written(editor, page))
    html = answer.content.decode()
    assert html.count('role="alert"') == 1
    assert "One time, USD: the middle suggestion would be $250" in html
    assert "the last 90 days was $50" in html
    assert "Nothing is different." in html


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"USD_once": "50\nabc\n100"}, "This is not an amount"),
        ({"USD_once": "50"}, "Write three to six different amounts"),
        ({"USD_once": "50\n99\n123"}, "Round amounts only"),
        ({"USD_once_default": "2500"}, "Choose one that is not above the middle of the list."),
        ({"USD_once_default": "33"}, "Choose one of the amounts above."),
        ({"USD_minimum": "0"}, "The smallest gift must be above zero"),
        ({"USD_minimum": "60"}, "An amount is below the smallest gift"),
        ({"USD_minimum": "-1"}, "This is not an amount"),
        ({"KRW_once": "50000.5\n60000\n70000"}, "This is not an amount"),
        ({"lead_en": ""}, "This field is required."),
        ({"lead_en": "x" * 161}, "at most 160 characters"),
        ({"USD_once": "\x00"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_saved_is_told_beside_its_field_by_both_steps(
    editor: Client, page: GivingPage, change: dict[str, str], words: str
) -> None:
    form = written(editor, page) | change
    for step in ("page_check", "page_save"):
        answer = editor.post(reverse(f"office:{step}", args=[page.pk]), form)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert words in html
        field = "USD_once" if change == {"USD_minimum": "60"} else next(iter(change))
        assert f'id="id_{field}_error"' in html
    assert not AuditEvent.objects.filter(action="giving_page.changed").exists()


def test_going_back_keeps_what_was_written(editor: Client, page: GivingPage) -> None:
    form = written(editor, page) | {"lead_en": "Your gift opens a door.", "back": "1"}
    answer = editor.post(reverse("office:page_check", args=[page.pk]), form)
    assert answer.status_code == 200
    assert filling.fields(answer.content.decode()).values["lead_en"] == "Your gift opens a door."


def test_in_korean_with_help_and_without_gifts_there_is_no_warning(editor: Client, page: GivingPage) -> None:
    html = editor.get(f"/ko/office/pages/{page.pk}/").content.decode()
    assert "문제가 아니라 후원으로 이루어지는 일로 시작하고" in html
    answer = editor.post(f"/ko/office/pages/{page.pk}/check/", written(editor, page, "ko"))
    assert "바뀌는 내용이 없습니다." in answer.content.decode()
    assert 'role="alert"' not in answer.content.decode()
    assert "후원 페이지" in editor.get("/ko/office/pages/").content.decode()


def test_whoever_may_not_edit_changes_nothing(signed_in: SignIn, editor: Client, page: GivingPage) -> None:
    form = written(editor, page) | {"USD_minimum": "10"}
    for role in (Role.VIEWER, Role.FINANCE, Role.APPROVER, None):
        assert signed_in(role).post(reverse("office:page_save", args=[page.pk]), form).status_code == 403
    assert page.currencies.get(currency="USD").minimum_minor == 5_00


def test_F11_a_cost_that_was_not_checked_for_long_is_not_said(page: GivingPage) -> None:
    visitor = Client()
    assert "Checked " in visitor.get("/en/give/family/").content.decode()
    checked_on = UnitCost.objects.filter(campaign__slug="family").latest("effective_from").checked_on
    for days, is_said in ((90, True), (91, False)):
        day = checked_on + timedelta(days=days)
        ask = asking.ask(slug="family", status="open", language="en", day=day)
        assert ask is not None
        assert (ask.cost is not None) is is_said
