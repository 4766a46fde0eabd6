"""The office's forms for gifts over the desk: what each kind asks, what is refused where, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donations.models import Benefit, Correction, Donation, GiftDetail, GiftEvent, SoftCredit
from donors.models import Donor
from ledger import closing
from ledger.models import Entry, LegalEntity, Line
from staff.models import Role
from tests import facts
from tests.donations import desk
from tests.web import filling
from web.office.asking_by_kind import WHATS

pytestmark = pytest.mark.django_db
HOSTILE = ("=1+1", "<b>Kim", "김철수", "😀" * 200, "' OR 1=1 --", "\u202eevil")


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    facts.campaign()
    return signed_in(Role.FINANCE)


def address(what: str, giver: Donor | None = None) -> str:
    return reverse("office:gift", args=[what]) + (f"?giver={giver.pk}" if giver else "")


def form(finance: Client, what: str, of: Donor | None = None, **changes: str) -> dict[str, str]:
    answer = finance.get(address(what, of))
    assert answer.status_code == 200
    told = filling.fields(answer.content.decode()).values
    return {name: value for name, value in told.items() if name != "q"} | changes


def send(finance: Client, what: str, typed: dict[str, str]) -> HttpResponse:
    return finance.post(address(what), typed)  # type: ignore[return-value]


def text(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


@pytest.mark.parametrize("what", WHATS)
def test_every_kind_shows_its_form_in_both_languages(finance: Client, what: str) -> None:
    for language, words in (("ko", "수표 번호"), ("en", "Check number")):
        answer = finance.get(f"/{language}/office/donations/new/{what}/")
        assert answer.status_code == 200
        assert (words in answer.content.decode()) is ("check" in WHATS[what].methods)


def test_an_unknown_kind_is_no_page(finance: Client) -> None:
    assert finance.get(address("bitcoin")).status_code == 404
    assert "Grace Kim" in text(finance.get(reverse("office:gift_kinds") + f"?giver={facts.donor().pk}"))
    assert finance.get(reverse("office:gift_kinds") + "?giver=nobody").status_code == 200


def test_a_check_with_everything(finance: Client, today: datetime) -> None:
    grace, day = facts.donor(), (today - timedelta(days=3)).date()
    typed = form(
        finance, "check", grace, amount="1,250.00", check_number="0001042", basis="postmark", basis_on=str(day),
        came_on=str(day + timedelta(days=1)), written_on=str(day), fund_2=str(facts.general().pk), amount_2="250",
        benefit="Dinner", benefit_value="50", benefit_cost="30", note="For the coats", staff_note="By hand",
        is_person_directed="on", is_anonymous="on",
    )  # fmt: skip
    assert send(finance, "check", typed).status_code == 302
    assert send(finance, "check", typed).status_code == 302
    gift = Donation.objects.get()
    assert (gift.donor, gift.amount_minor, gift.last4, gift.date_rule) == (grace, 125_000, "1042", "postmark")
    assert (gift.given_on, gift.note, gift.is_person_directed) == (day, "For the coats", True)
    assert gift.recognition.is_anonymous
    assert sorted(GiftEvent.objects.values_list("basis", flat=True)) == ["postmark", "received", "written"]
    assert GiftDetail.objects.get().staff_note == "Check 0001042. By hand"
    assert Benefit.objects.get().fair_value_minor == 5_000
    assert sorted(gift.designations.values_list("amount_minor", flat=True)) == [25_000, 100_000]
    page = text(finance.get(reverse("office:donation", args=[gift.pk])))
    for words in (
        "day of the postmark",
        "Dinner",
        "$50.00",
        "For the coats",
        "Undeposited funds",
        "Entered by hand",
    ):
        assert words in page
    assert "Give money back" not in page


def test_a_grant_of_a_fund_thanks_its_adviser(finance: Client) -> None:
    facts.donor()
    desk.organization("Lighthouse Charitable")
    typed = form(finance, "daf", giver="lighthouse", adviser="kim gra", amount="5000")
    assert send(finance, "daf", typed).status_code == 302
    gift, credit = Donation.objects.get(), SoftCredit.objects.get()
    assert (gift.donor.name, gift.payer) == ("Lighthouse Charitable", "daf")
    assert (credit.donor.name, credit.kind) == ("Grace Kim", "adviser")
    page = text(finance.get(reverse("office:donor", args=[credit.donor_id])))
    assert "count for no receipt" in page
    assert "No gift yet." in page


def test_an_employers_match_names_the_gift_it_matches(finance: Client) -> None:
    own = facts.donation()
    desk.organization("Northwind Freight")
    typed = form(finance, "employer", giver="Northwind", employee="grace@example.org", amount="100")
    asked = send(finance, "employer", typed)
    assert asked.status_code == 422
    assert "Choose the gift that is matched." in text(asked)
    again = {**typed, **filling.fields(text(asked)).values}
    assert send(finance, "employer", {**again, "matches": str(own.pk)}).status_code == 302
    assert SoftCredit.objects.get().matches == own


@pytest.mark.parametrize("what", ["property", "stock", "vehicle", "volunteer_expenses"])
def test_things_are_described(finance: Client, what: str) -> None:
    typed = form(
        finance,
        what,
        facts.donor(),
        amount="2000",
        description="40 winter coats",
        quantity="40",
        claimed="3000",
    )
    assert send(finance, what, typed).status_code == 302
    gift = Donation.objects.get()
    assert (gift.kind, gift.description) == (what, "40 winter coats")
    assert GiftDetail.objects.get().claimed_minor == 300_000
    assert Line.objects.filter(entry__source=f"hand:{gift.pk}", amount_minor__gt=0).count() == 1


def test_c5_around_the_new_year_it_asks_again(finance: Client, today: datetime) -> None:
    new_year = f"{today.year}-01-03" if today.month > 1 else f"{today.year - 1}-12-28"
    typed = form(finance, "check", facts.donor(), amount="100", came_on=new_year)
    asked = send(finance, "check", typed)
    assert asked.status_code == 422
    assert "Look for a postmark" in text(asked)
    assert send(finance, "check", {**typed, "sure_basis": "on"}).status_code == 302
    assert Donation.objects.get().date_rule == "received"


def test_b07_the_same_check_needs_a_tick(finance: Client) -> None:
    told = {"amount": "100", "check_number": "1042"}
    assert send(finance, "check", form(finance, "check", facts.donor(), **told)).status_code == 302
    typed = form(finance, "check", facts.donor(), **told)
    asked = send(finance, "check", typed)
    assert asked.status_code == 422
    assert reverse("office:donation", args=[Donation.objects.get().pk]) in text(asked)
    assert send(finance, "check", {**typed, "sure_same": "on"}).status_code == 302
    assert Donation.objects.count() == 2


@pytest.mark.parametrize("what", ["cash", "property"])
def test_b23_a_day_in_a_closed_month_is_refused_and_the_next_open_day_offered(
    finance: Client, today: datetime, what: str
) -> None:
    body = LegalEntity.objects.get()
    closed = (today.astimezone(ZoneInfo(body.zone)).replace(day=1) - timedelta(days=1)).date()
    closing.close(entity=body, through_on=closed, closed_by="ada@example.org", now=today)
    coats = {"description": "40 winter coats"} if what == "property" else {}
    typed = form(finance, what, facts.donor(), amount="20", came_on=closed.isoformat(), **coats)
    answer = send(finance, what, typed)
    assert answer.status_code == 422
    assert "It can be booked on" in text(answer)
    assert not Donation.objects.exists()
    assert send(finance, what, {**typed, "sure_closed": "on"}).status_code == 302
    assert Entry.objects.get().booked_on == closed + timedelta(days=1)
    assert Donation.objects.get().given_on == closed


def test_several_who_fit_are_shown_to_choose_from(finance: Client) -> None:
    facts.donor("Grace Kim")
    second = facts.donor("Grace Kim", "other@example.org")
    typed = form(finance, "cash", giver="kim", amount="20")
    asked = send(finance, "cash", typed)
    assert asked.status_code == 422
    assert "Several fit" in text(asked)
    picked = {**typed, "giver_id": str(second.pk), "giver_for": "kim"}
    # Whoever types another name afterwards means that one.
    assert send(finance, "cash", {**picked, "giver": "nobody here"}).status_code == 422
    assert send(finance, "cash", picked).status_code == 302
    assert Donation.objects.get().donor == second


WRONG = [
    ("check", {"giver": ""}, "giver", "This field is required."),
    ("check", {"giver": "Zacharias"}, "giver", "Nobody fits. Enter them first."),
    ("check", {"amount": ""}, "amount", "This field is required."),
    ("check", {"amount": "twelve"}, "amount", "This is not an amount"),
    ("check", {"amount": "0"}, "amount", "The amount must be above zero."),
    ("check", {"amount": "1.234"}, "amount", "This is not an amount"),
    ("check", {"currency": "KRW", "amount": "50,000.50"}, "amount", "This is not an amount"),
    ("check", {"currency": "XXX"}, "currency", "Select a valid choice"),
    ("check", {"campaign": "none"}, "campaign", "Select a valid choice"),
    ("check", {"came_on": "soon"}, "came_on", "Enter a valid date."),
    ("check", {"came_on": "2999-01-01"}, "came_on", "This day cannot be."),
    ("check", {"came_on": "1990-01-01"}, "came_on", "This day cannot be."),
    ("check", {"basis": "postmark"}, "basis_on", "Write the day."),
    ("check", {"basis": "postmark", "basis_on": "2999-01-01"}, "basis_on", "This day cannot be."),
    ("check", {"basis": "charge"}, "basis", "Select a valid choice"),
    ("check", {"check_number": "10<42>"}, "check_number", "Enter a valid value."),
    ("check", {"amount_2": "5"}, "amount_2", "Choose a fund and write its amount."),
    ("check", {"fund_1": "999999"}, "fund_1", "Select a valid choice"),
    ("check", {"benefit": "", "benefit_value": "5"}, "benefit", "Describe what was given in return."),
    ("check", {"benefit": "Mug", "benefit_value": "x"}, "benefit_value", "This is not an amount"),
    ("check", {"note": "x" * 501}, "note", "at most 500 characters"),
    ("check", {"equivalent": "5"}, "equivalent", "Write its currency"),
    ("check", {"equivalent": "x", "equivalent_currency": "USD", "rate_on": "2026-01-01"}, "equivalent", "not an am"),
    ("check", {"gift_id": "1"}, "gift_id", ""),
    ("ticket", {"benefit": ""}, "benefit", "This field is required."),
    ("ticket", {"method": "stock"}, "method", "Select a valid choice"),
    ("property", {"description": ""}, "description", "This field is required."),
    ("property", {"quantity": "0"}, "quantity", "greater than or equal to 1"),
    ("daf", {}, "giver", "The giver of this kind is an organization"),
    ("ira", {"giver": "Lighthouse"}, "giver", "The giver of this kind is a person."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes", "field", "words"), WRONG)
def test_what_cannot_be_is_told_beside_its_field(
    finance: Client, what: str, changes: dict[str, str], field: str, words: str
) -> None:
    desk.organization("Lighthouse Charitable")
    facts.donor()
    typed = {
        "giver": "grace",
        "amount": "100",
        "description": "Coats",
        "benefit": "Mug",
        "note": "Kept words",
        **changes,
    }
    known = form(finance, what)
    answer = send(finance, what, known | {name: value for name, value in typed.items() if name in known})
    assert answer.status_code == 422
    assert not Donation.objects.exists()
    found = answer.context["form"].errors  # type: ignore[attr-defined]
    assert words in str(found.get(field, "")), found
    assert typed["note"][:10] in text(answer)


def test_parts_above_the_whole(finance: Client) -> None:
    typed = form(finance, "check", facts.donor(), amount="10", fund_2=str(facts.general().pk), amount_2="10")
    assert "The parts are more than the whole." in text(send(finance, "check", typed))
    rsc = str(facts.campaign().fund_id)
    twice = form(finance, "check", facts.donor(), amount="10", fund_2=rsc, amount_2="5")
    assert "Name each fund once." in text(send(finance, "check", twice))


def test_money_in_another_currency_keeps_its_rate(finance: Client, today: datetime) -> None:
    typed = form(
        finance, "bank_transfer", facts.donor(), amount="150,000,000", currency="KRW", equivalent="110000",
        equivalent_currency="USD", rate_on=str(today.date() - timedelta(days=1)), rate_source="Bank of Korea",
    )  # fmt: skip
    assert send(finance, "bank_transfer", typed).status_code == 302
    detail = GiftDetail.objects.get()
    assert (detail.equivalent_minor, detail.equivalent_currency, detail.rate_source) == (
        11_000_000, "USD", "Bank of Korea",
    )  # fmt: skip
    assert Donation.objects.get().amount_minor == 150_000_000


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_only_words(finance: Client, words: str) -> None:
    typed = form(
        finance,
        "property",
        facts.donor(),
        amount="10",
        description=words[:200],
        note=words,
        staff_note=words[:250],
    )
    assert send(finance, "property", typed).status_code == 302
    gift = Donation.objects.get()
    page = text(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "<b>Kim" not in page
    assert send(finance, "cash", form(finance, "cash", giver=words, amount="10")).status_code in {302, 422}


def correct(finance: Client, gift: Donation, **changes: str) -> HttpResponse:
    page = finance.get(reverse("office:correct", args=[gift.pk]))
    typed = filling.fields(text(page)).values
    typed.pop("q", None)
    return finance.post(reverse("office:correct", args=[gift.pk]), typed | changes)  # type: ignore[return-value]


def test_a_gift_is_corrected(finance: Client) -> None:
    gift, other = desk.enter(desk.check()), facts.donor("Daniel Kim", "daniel@example.org")
    assert "Nothing was changed." in text(correct(finance, gift, reason="x"))
    for changes, words in [
        ({"reason": "x", "kind": "property"}, "Describe what was given."),
        ({"reason": "x", "payer": "daf"}, "This giver cannot have paid"),
        ({"reason": "x", "given_on": "2999-01-01"}, "This day cannot be."),
        ({"reason": ""}, "This field is required."),
        ({"reason": "x", "giver": "Zacharias"}, "Nobody fits."),
    ]:
        answer = correct(finance, gift, **changes)
        assert answer.status_code == 422
        assert words in text(answer)
    assert not Correction.objects.exists()
    assert correct(finance, gift, giver="daniel@example.org", reason="Wrong envelope").status_code == 302
    assert Donation.objects.get().donor == other
    page = text(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "Corrected" in page
    assert "Wrong envelope" in page


def test_returns_are_added_and_taken_back(finance: Client) -> None:
    gift = desk.enter(desk.check())
    there = reverse("office:benefit", args=[gift.pk])
    for typed, words in [
        ({}, "This field is required."),
        ({"description": " \u200b"}, ""),
        ({"description": "Dinner", "value": "x"}, "This is not an amount"),
        ({"description": "Dinner", "cost": "-1"}, "This is not an amount"),
    ]:
        answer = finance.post(there, typed)
        if words:
            assert answer.status_code == 422
            assert words in text(answer)
    Benefit.objects.all()
    assert (
        finance.post(there, {"description": "Dinner", "value": "50", "is_cash_like": "on"}).status_code == 302
    )
    row = Benefit.objects.get(description="Dinner")
    away = reverse("office:benefit_withdraw", args=[gift.pk, row.pk])
    for _ in range(2):
        assert finance.post(away).status_code == 302
    assert Benefit.objects.filter(withdraws=row).count() == 1


def test_a_year_of_receipts_and_books(finance: Client) -> None:
    gift = desk.enter(desk.check())
    there = reverse("office:years")
    assert "No gift lies between the years." in text(finance.get(there + "?year=2026"))
    assert finance.get(there + "?year=12").status_code == 400
    assert finance.get(there + "?entity=NOPE").status_code == 400
    assert correct(finance, gift, given_on="2025-12-31", reason="Postmark found").status_code == 302
    page = text(finance.get(there + "?year=2025"))
    assert reverse("office:donation", args=[gift.pk]) in page
    assert "set by the office" in page
