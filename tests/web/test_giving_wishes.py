"""The later fields of the form through its address: schedule, dedication, employer; kept, refused or understood."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from unittest import mock
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.utils import timezone, translation

from campaigns.models import PresetAmount
from donations import giving
from donations.giving import Dedication
from donations.models import Checkout, Donation, Tribute
from donors.models import Donor, Message
from ledger.money import Money
from tests.donations.giving import settle_all
from tests.sandbox.driving import Browser, Sandbox
from tests.web import filling
from web.giving import asking, naming, pacing, reading

pytestmark = pytest.mark.usefixtures("house")
GIVE = "/en/give/family/"
WISHES = {
    "freq": "monthly",
    "every": "quarterly",
    "day": "15",
    "until": f"{timezone.now().year + 2}-03",
    "tribute": "memory",
    "honoree": "Ruth Kim",
    "family_name": "Hanna",
    "family_email": "hanna@example.org",
    "family_words": "She taught us.",
    "employer": "Harbor Works",
}
EVERY_FIELD = [field for field in reading.Typed.__dataclass_fields__ if field not in {"hand", "token"}]


def test_every_wish_reaches_the_attempt(client: Client, processor: Sandbox) -> None:
    assert client.post(GIVE, filling.filled(client, **WISHES)).status_code == 303
    kept = Checkout.objects.select_related("tribute").get()
    assert (kept.frequency, kept.charge_day) == ("quarterly", 15)
    assert kept.ends_on == date(timezone.now().year + 2, 3, 31)
    assert kept.employer == "Harbor Works"
    assert giving.dedicated(kept.tribute) == Dedication(
        kind=Tribute.Kind.MEMORY,
        honoree="Ruth Kim",
        notify_name="Hanna",
        notify_email="hanna@example.org",
        words="She taught us.",
    )


def test_F31_coming_back_finds_every_wish(client: Client, processor: Sandbox) -> None:
    client.post(GIVE, filling.filled(client, **WISHES))
    checkout = Checkout.objects.get()
    back = client.get(f"/en/again/{checkout.pk}/")
    assert (back.status_code, back["Location"]) == (302, f"{GIVE}?again={checkout.pk}")
    kept = filling.form(client, back["Location"])
    assert {name: kept[name] for name in WISHES} == WISHES
    assert client.post(GIVE, kept)["Location"] == checkout.session_url
    assert client.get("/en/again/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_F31_F36_errors_and_the_other_language_keep_every_wish(client: Client) -> None:
    form = filling.filled(client, **WISHES, email="no")
    for answer in (client.post(GIVE, form), client.post("/ko/give/family/switch/", form)):
        kept = filling.fields(answer.content.decode()).values
        assert {name: kept[name] for name in WISHES} == WISHES


def test_F31_an_unknown_answer_carries_every_field_along(client: Client) -> None:
    form = filling.filled(client, **WISHES, src="bulletin", note="Kept")
    unsure = giving.Begun(Checkout(status=Checkout.Status.BEGUN), None)
    with mock.patch.object(giving, "begin", return_value=unsure):
        answer = client.post(GIVE, form)
    assert answer.status_code == 503
    kept = filling.fields(answer.content.decode()).values
    assert set(EVERY_FIELD) <= set(kept)
    assert {name: kept[name] for name in WISHES} == WISHES


def test_a_gift_once_has_no_schedule_whatever_the_hidden_fields_say(
    client: Client, processor: Sandbox
) -> None:
    form = filling.filled(client, every="yearly", day="31", until="1999-01")
    assert client.post(GIVE, form).status_code == 303
    kept = Checkout.objects.get()
    assert (kept.frequency, kept.charge_day, kept.ends_on) == ("once", None, None)


@pytest.mark.parametrize(
    ("freq", "every"), [("month", ""), ("quarter", "quarterly"), ("year", "yearly"), ("yearly", "yearly")]
)
def test_an_address_may_ask_for_a_pace(client: Client, freq: str, every: str) -> None:
    values = filling.form(client, f"{GIVE}?freq={freq}&amount=60")
    assert (values["freq"], values["other"]) == ("monthly", "60")
    assert values["every"] == (every or "monthly")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"every": "weekly"}, "every", "Choose how often from the list"),
        ({"day": "0"}, "day", "Choose a day from the list"),
        ({"day": "32"}, "day", "Choose a day from the list"),
        ({"day": "-1"}, "day", "Choose a day from the list"),
        ({"day": "１"}, "day", "Choose a day from the list"),
        ({"until": "2020-01"}, "until", "Choose a last month from the list"),
        ({"until": "9999-99"}, "until", "Choose a last month from the list"),
        ({"until": "' OR 1=1"}, "until", "Choose a last month from the list"),
        ({"tribute": ""}, "tribute", "Say whether it is in honor or in memory of somebody"),
        ({"tribute": "revenge"}, "tribute", "Say whether it is in honor or in memory of somebody"),
        ({"honoree": ""}, "honoree", "Write the name the family will read"),
        ({"honoree": "\u202e\u200b\x00"}, "honoree", "Write the name the family will read"),
        ({"honoree": "R" * 121}, "honoree", "This can have up to 120 characters"),
        ({"family_email": ""}, "family_email", "Write an email address for the notice"),
        ({"family_email": "hanna@"}, "family_email", "Write an email address like name@example.com"),
        ({"family_email": "a@b.org\r\nBcc: c@d.org"}, "family_email", "Write an email address like"),
        ({"family_email": "a" * 250 + "@example.org"}, "family_email", "Write an email address like"),
        ({"family_words": "x" * 301}, "family_words", "This can have up to 300 characters"),
        ({"family_words": "See https://evil.example"}, "family_words", "Leave out links"),
        ({"family_name": "www.evil.example"}, "family_name", "Leave out links"),
        ({"employer": "E" * 121}, "employer", "A name can have up to 120 characters"),
    ],
)
def test_F29_each_wish_that_cannot_be_is_told_at_its_field(
    client: Client, change: dict[str, str], field: str, words: str
) -> None:
    answer = client.post(GIVE, filling.filled(client, **WISHES | change))
    assert answer.status_code == 422
    html = answer.content.decode()
    page = filling.fields(html)
    assert "<title>Error: " in html
    assert re.search(rf'<a href="#{field}">[^<]*{re.escape(words)}', html)
    assert f"{field}-msg" in page.ids()
    details = html[: html.index(f'id="{field}"')].rsplit("<details", 1)[1]
    assert " open" in details.split(">", 1)[0]
    assert not Checkout.objects.exists()
    assert not Tribute.objects.exists()


# What people, and whoever is not one, may write into any field.
CORPUS = [
    "\x00", "\ud800", "\u202eevil", "\ufeff\u200b", "🙂" * 400, "A" * 100_000, "-1", "1e400", "NaN", "١٠", "1_000",
    "0x10", '{"$gt": 0}', "[5]", "null", "true", "' OR 1=1 --", "{{7*7}}", "{0.__class__}", "%(x)s", "${x}",
    "</script><script>alert(1)</script>", "javascript:alert(1)", "=cmd|' /C calc'!A0", "a\r\nBcc: b@example.org",
    "../../etc/passwd", "<svg/onload=alert(1)>",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("field", EVERY_FIELD)
def test_T04_T05_bad_input_in_any_field_is_answered_in_words(
    client: Client, processor: Sandbox, field: str
) -> None:
    base = filling.filled(client, **WISHES)
    for number, bad in enumerate(CORPUS):
        fresh = filling.form(client)["token"]
        body = _encoded(base | {"token": fresh, "email": f"c{number}@example.org", field: bad})
        answer = client.generic("POST", GIVE, body, "application/x-www-form-urlencoded")
        assert answer.status_code in {303, 400, 413, 422, 429}, (field, bad[:40], answer.status_code)
        html = answer.content.decode()
        assert "<script>alert" not in html
        assert "<svg/onload" not in html
        if answer.status_code != 303:
            assert len(re.sub("<[^>]+>", "", html).split()) > 3
    stored = Checkout.objects.values_list("donor_name", "note", "employer", "source", "email")
    tributes = Tribute.objects.values_list("honoree", "notify_name", "notify_email", "words")
    said = "".join(word for row in [*stored, *tributes] for word in row)
    assert not re.search("[\x00\u202e\u200b\ufeff\ud800]", said)
    assert not Donation.objects.exists()
    assert not Donor.objects.exists()
    assert not Message.objects.exists()


def _encoded(form: dict[str, str]) -> bytes:
    pairs = ((name, value.encode("utf-8", "surrogatepass")) for name, value in form.items())
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs).encode()


def test_T05_repeated_fields_are_one(client: Client, processor: Sandbox) -> None:
    form: dict[str, Any] = filling.filled(client)
    form |= {"amount_once": ["100", "250"], "honoree": ["", ""], "email": ["a@example.org", "b@example.org"]}
    assert client.post(GIVE, form).status_code == 303
    kept = Checkout.objects.get()
    assert (kept.amount, kept.email) == (Money(250_00, "USD"), "b@example.org")


SMUGGLED = {
    "role": "admin", "is_staff": "1", "user": "1", "id": "00000000-0000-4000-8000-000000000001", "donor_id": "1",
    "status": "paid", "paid": "1", "amount_received": "1", "receipt_number": "1", "created": "2000-01-01",
    "anonymous_override": "1", "amount_minor": "1", "cover_minor": "1", "page": "1", "campaign": "1", "entity": "1",
    "attempt": "9", "session_ref": "cs_1", "session_url": "https://evil.example", "ended_at": "2000-01-01",
    "charge_day": "7", "ends_on": "2099-01-01", "frequency": "yearly", "wants_letter": "1", "is_anonymous": "1",
    "notify_email": "evil@example.org", "language": "xx",
}  # fmt: skip


def test_T11_fields_that_are_not_on_the_form_change_nothing(client: Client, processor: Sandbox) -> None:
    client.post(GIVE, filling.filled(client))
    plain = Checkout.objects.get()
    client.post(GIVE, filling.filled(client) | SMUGGLED)
    smuggled = Checkout.objects.exclude(pk=plain.pk).get()
    own = {"id", "session_ref", "session_url", "began_at", "look_after"}
    for field in Checkout._meta.fields:
        if field.name not in own:
            assert getattr(smuggled, field.name) == getattr(plain, field.name), field.name
    assert smuggled.session_url.startswith(processor.url)
    assert not Tribute.objects.exists()


# Words


@pytest.mark.parametrize(
    ("language", "pace", "said"),
    [
        ("en", ("once", None, None), "one time"),
        ("en", ("monthly", None, None), "every month"),
        ("en", ("quarterly", 15, date(2028, 3, 31)), "every 3 months, on the 15th, until March 2028"),
        ("en", ("yearly", 31, None), "every year, on the last day"),
        ("en", ("monthly", 22, None), "every month, on the 22nd"),
        ("en", ("monthly", 11, None), "every month, on the 11th"),
        ("ko", ("quarterly", 15, date(2028, 3, 31)), "3개월마다 15일에, 2028년 3월까지"),
        ("ko", ("yearly", 31, None), "해마다 말일에"),
    ],
)
def test_how_often_and_when_is_said_in_both_languages(
    language: str, pace: tuple[str, int | None, date | None], said: str
) -> None:
    frequency, day, until = pace
    checkout = Checkout(frequency=frequency, charge_day=day, ends_on=until)
    with translation.override(language):
        assert pacing.said_of(checkout, language=language) == said


def test_the_months_offered_begin_with_the_next_and_cross_years() -> None:
    choices = pacing.until_choices(today=date(2026, 11, 21), language="en")
    assert (choices[0].value, choices[1].words, len(choices)) == ("2026-12", "January 2027", 36)


def test_F18_the_hint_is_of_the_sum_and_the_currency() -> None:
    for minor, is_met in ((999_99, False), (1_000_00, True)):
        found = naming.hint(currency="USD", total=Money(minor, "USD"))
        assert found is not None
        assert found.is_met is is_met
    assert naming.hint(currency="KRW", total=Money(9_000_000, "KRW")) is None
    assert naming.methods(currency="EUR", is_recurring=False).startswith(
        "You will pay on the next page by card"
    )


def test_F07_amounts_are_of_the_campaign_and_the_currency(client: Client) -> None:
    PresetAmount.objects.filter(
        page_currency__page__campaign__slug="family",
        page_currency__currency="USD",
        frequency="once",
        position=1,
    ).update(amount_minor=40_00)
    ladders = {}
    for slug in ("family", "general"):
        ask = asking.ask(slug=slug, status="open", language="en", day=timezone.now().date())
        assert ask is not None
        ladders[slug] = {offer.currency: offer.once[0].amount for offer in ask.offers}
    assert ladders == {
        "family": {"USD": Money(40_00, "USD"), "KRW": Money(30_000, "KRW")},
        "general": {"USD": Money(50_00, "USD"), "KRW": Money(30_000, "KRW")},
    }


@pytest.mark.parametrize("source", ["wix-home", "bulletin_2026"])
def test_the_source_follows_the_gift_into_the_books(client: Client, processor: Sandbox, source: str) -> None:
    form = filling.filled(client, f"{GIVE}?src={source.upper()}", anonymous="on")
    answer = client.post("/ko/give/family/switch/", form)
    kept = filling.fields(answer.content.decode()).values
    paid = Browser().pay(client.post("/ko/give/family/", kept)["Location"])
    assert paid.status == 303
    settle_all(processor, now=timezone.now())
    donation = Donation.objects.select_related("recognition").get()
    assert donation.source == source
    assert donation.recognition.is_anonymous
    assert "Grace" not in json.dumps(client.get("/en/campaigns/family/").content.decode())
