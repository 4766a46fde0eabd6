"""The giving form, through its address, against the sandbox where money is meant to move."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from unittest import mock

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from donations import giving
from donations.models import Checkout
from ledger.money import Money
from tests.sandbox.driving import Sandbox
from tests.web import filling
from web.giving import covering, vouching

pytestmark = pytest.mark.usefixtures("house")
GIVE = "/en/give/family/"


def test_a_good_form_leads_to_the_payment_page(client: Client, processor: Sandbox) -> None:
    answer = client.post(GIVE, filling.filled(client, cover="on", letter="on", note="For the children"))
    assert answer.status_code == 303
    assert answer["Location"].startswith(processor.url)
    checkout = Checkout.objects.get()
    assert checkout.amount == Money(103_30, "USD")
    assert checkout.cover_minor == 3_30
    assert (checkout.donor_name, checkout.email) == ("Grace Kim", "grace@example.org")
    assert checkout.letter_wording == "Send me the weekly letter and prayer list"
    assert checkout.note == "For the children"
    assert not checkout.is_anonymous
    assert not answer.cookies


def test_the_same_form_pressed_twice_is_one_gift(client: Client, processor: Sandbox) -> None:
    form = filling.filled(client)
    first, second = client.post(GIVE, form), client.post(GIVE, form)
    assert first["Location"] == second["Location"]
    assert Checkout.objects.count() == 1


def test_a_changed_form_asks_for_one_more_press_with_everything_kept(
    client: Client, processor: Sandbox
) -> None:
    form = filling.filled(client)
    client.post(GIVE, form)
    answer = client.post(GIVE, form | {"amount_once": "250"})
    assert answer.status_code == 409
    kept = filling.fields(answer.content.decode()).values
    assert kept["token"] != form["token"]
    assert kept | {"token": ""} == form | {"amount_once": "250", "token": "", "note": ""}
    assert client.post(GIVE, kept).status_code == 303
    assert Checkout.objects.count() == 2


def test_monthly_in_won_from_korean(client: Client, processor: Sandbox) -> None:
    form = filling.filled(client, "/ko/give/safe-house/?freq=month&currency=KRW", name="김철수")
    assert client.post("/ko/give/safe-house/", form).status_code == 303
    checkout = Checkout.objects.get()
    assert (checkout.frequency, checkout.amount, checkout.language) == ("monthly", Money(30_000, "KRW"), "ko")


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [
        ("USD", "1,000", 1000_00),
        ("USD", "$1000", 1000_00),
        ("USD", "1000.00", 1000_00),
        ("USD", "１０００", 1000_00),
        ("USD", " 1 000 ", 1000_00),
        ("USD", "12.5", 12_50),
        ("USD", "5", 5_00),
        ("KRW", "50,000", 50_000),
        ("KRW", "₩50000", 50_000),
        ("KRW", "５００００원", 50_000),
    ],
)
def test_F23_amounts_are_read_as_people_write_them(
    client: Client, processor: Sandbox, currency: str, typed: str, minor: int
) -> None:
    form = filling.filled(client, f"{GIVE}?currency={currency}", other=typed)
    assert client.post(GIVE, form).status_code == 303
    assert Checkout.objects.get().amount == Money(minor, currency)


@pytest.mark.parametrize(
    "typed", ["10.005", "-5", "1e3", "5,00", "0x10", "abc", "NaN", "١٠", "1_000", "<b>9</b>"]
)
def test_F23_what_is_no_amount_gets_the_same_words(client: Client, typed: str) -> None:
    answer = client.post(GIVE, filling.filled(client, other=typed))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert html.count("Write the amount as a number, like 100 or 100.50") >= 2
    assert filling.fields(html).values["other"] == typed
    assert not Checkout.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"other": "4.99"}, "The smallest gift here is $5"),
        ({"other": "0"}, "The smallest gift here is $5"),
        ({"other": "1000000"}, "Online we can take up to $999,999.99 at once"),
        ({"other": "9" * 5000}, "Online we can take up to"),
        ({"amount_once": ""}, "Choose an amount or write another one"),
        ({"fund": "999999"}, "Choose where your gift should go"),
        ({"fund": "abc"}, "Choose where your gift should go"),
        ({"name": "  "}, "Write your full name"),
        ({"name": "\u202e\u200b\x00"}, "Write your full name"),
        ({"name": "K" * 5000}, "A name can have up to 120 characters"),
        ({"name": "😀" * 200}, "A name can have up to 120 characters"),
        ({"name": "Grace 😀"}, "We cannot print 😀 on your receipt"),
        ({"email": "a@"}, "Write an email address like name@example.com"),
        ({"email": "a" * 5000 + "@example.org"}, "Write an email address like name@example.com"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "Write an email address like name@example.com"),
        ({"note": "x" * 501}, "A note can have up to 500 characters"),
    ],
)
def test_F29_F31_errors_say_what_to_change_and_keep_everything(
    client: Client, change: dict[str, str], words: str
) -> None:
    form = filling.filled(client, note="Kept", cover="on", src="bulletin") | change
    answer = client.post(GIVE, form)
    assert answer.status_code == 422
    html = answer.content.decode()
    page = filling.fields(html)
    assert "<title>Error: " in html
    summary = re.search(r'<div class="errors" role="alert".*?</div>', html, re.S)
    assert summary
    links = re.findall(r'href="#([^"]+)">([^<]+)<', summary[0])
    assert any(words in said for _, said in links)
    for anchor, said in links:
        assert anchor in page.ids()
        assert html.count(said) >= 2
    # A typed amount unchooses the suggested one; a purpose that does not exist cannot stay in the list.
    lost = {"amount_once"} if "amount_once" in change or form["other"] else set(change) & {"fund"}
    expected = {name: value for name, value in form.items() if name not in lost | {"token"}}
    kept = {name: page.values.get(name) for name in expected}
    assert kept == expected
    assert not Checkout.objects.exists()


@pytest.mark.parametrize("name", ["김철수", "O’Brien", "K", "=1+1", "<b>Kim", "Zoë Núñez-Łukasz", "K" * 100])
def test_F20_names_are_taken_as_people_have_them(client: Client, processor: Sandbox, name: str) -> None:
    assert client.post(GIVE, filling.filled(client, name=name)).status_code == 303
    assert Checkout.objects.get().donor_name == name


def test_direction_and_control_characters_leave_the_name(client: Client, processor: Sandbox) -> None:
    assert client.post(GIVE, filling.filled(client, name="Grace\u202e\x07  Kim\u200b")).status_code == 303
    assert Checkout.objects.get().donor_name == "Grace Kim"


def test_markup_is_shown_as_typed_never_obeyed(client: Client) -> None:
    answer = client.post(GIVE, filling.filled(client, name='"><script>x</script>', email="no"))
    assert b"<script>x" not in answer.content
    assert b"&quot;&gt;&lt;script&gt;x" in answer.content


def test_an_old_form_comes_back_filled_with_a_new_token(client: Client) -> None:
    form = filling.filled(client)
    later = timezone.now() + timedelta(hours=4, seconds=5)
    with mock.patch("django.core.signing.time.time", return_value=later.timestamp()):
        answer = client.post(GIVE, form)
    assert answer.status_code == 422
    assert b"This page was open for a long time" in answer.content
    kept = filling.fields(answer.content.decode()).values
    assert kept["token"] != form["token"]
    assert kept["email"] == "grace@example.org"
    assert not Checkout.objects.exists()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        vouching.token(checkout_id=uuid.uuid4(), slug="safe-house"),
        signing.dumps({"id": str(uuid.uuid4()), "page": "family"}, salt="another"),
        signing.dumps({"id": "no id", "page": "family"}, salt=vouching.SALT),
        signing.dumps(["family"], salt=vouching.SALT),
    ],
)
def test_a_foreign_token_begins_nothing(client: Client, token: str) -> None:
    answer = client.post(GIVE, filling.filled(client, token=token))
    assert answer.status_code == 422
    assert b"Everything you typed is still here" in answer.content
    assert not Checkout.objects.exists()


def test_every_render_has_its_own_id(client: Client) -> None:
    tokens = {filling.form(client)["token"] for _ in range(3)}
    ids = {vouching.opened(token, slug="family") for token in tokens}
    assert len(ids) == 3
    assert None not in ids


def test_F36_switching_keeps_what_was_typed_and_the_id(client: Client) -> None:
    form = filling.filled(client, other="77", note="Hello", anonymous="on", cover="on")
    korean = client.post("/ko/give/family/switch/", form)
    html = korean.content.decode()
    assert '<html lang="ko">' in html
    kept = filling.fields(html).values
    assert vouching.opened(kept["token"], slug="family") == vouching.opened(form["token"], slug="family")
    assert {**kept, "token": ""} == {
        **{name: value for name, value in form.items() if name != "amount_once"},
        "token": "",
    }
    won = client.post("/ko/give/family/switch/", kept | {"to_currency": "KRW"})
    after = filling.fields(won.content.decode()).values
    assert (after["currency"], after["other"], after["name"]) == ("KRW", "77", "Grace Kim")
    assert "₩50,000" in won.content.decode()


def test_switching_without_a_form_leads_to_the_form(client: Client) -> None:
    answer = client.get("/ko/give/family/switch/")
    assert (answer.status_code, answer["Location"]) == (302, "/ko/give/family/")


def test_hreflang_links_are_reciprocal(client: Client) -> None:
    pairs = []
    for language in ("en", "ko"):
        html = client.get(f"/{language}/give/family/?amount=50").content.decode()
        pairs.append(set(re.findall(r'hreflang="(\w+)" href="([^"]+)"', html)))
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("amount=250&freq=month&src=wix-home", {"freq": "monthly", "other": "250", "src": "wix-home"}),
        ("amount=250", {"freq": "once", "amount_once": "250", "other": ""}),
        ("amount=1,000", {"amount_once": "1000"}),
        ("amount=-5", {"amount_once": "100", "other": ""}),
        ("amount=abc&freq=x&currency=BTC", {"amount_once": "100", "freq": "once", "currency": "USD"}),
        ("amount=50000&currency=krw", {"currency": "KRW", "amount_once": "50000"}),
        ("amount=0.01", {"other": "", "amount_once": "100"}),
        ("src=%22%3E%3Cscript%3E", {"src": "script"}),
        ("src=" + "a" * 5000, {"src": "a" * 60}),
        ("again=nonsense", {"amount_once": "100"}),
        (f"again={uuid.uuid4()}", {"amount_once": "100"}),
    ],
)
def test_addresses_prefill_safely(client: Client, query: str, expected: dict[str, str]) -> None:
    values = filling.form(client, f"{GIVE}?{query}")
    assert {name: values[name] for name in expected} == expected


def test_coming_back_from_the_payment_page_keeps_everything(client: Client, processor: Sandbox) -> None:
    form = filling.filled(client, other="77.50", name="김철수", note="Hi", cover="on")
    client.post(GIVE, form)
    checkout = Checkout.objects.get()
    again = filling.form(client, f"{GIVE}?again={checkout.pk}")
    same = {"other": "77.50", "name": "김철수", "email": "grace@example.org", "note": "Hi", "cover": "on"}
    assert {name: again[name] for name in same} == same
    assert vouching.opened(again["token"], slug="family") == checkout.pk
    assert client.post(GIVE, again)["Location"] == checkout.session_url
    assert Checkout.objects.count() == 1
    Checkout.advance(pk=checkout.pk, to=Checkout.Status.PAID, now=timezone.now())
    assert filling.form(client, f"{GIVE}?again={checkout.pk}")["name"] == ""


def test_an_unknown_answer_is_told_honestly_and_tried_again(
    client: Client, processor: Sandbox, settings: object
) -> None:
    from payments import gateway

    form = filling.filled(client)
    working = settings.STRIPE_API_BASE  # type: ignore[attr-defined]
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    gateway.connect.cache_clear()
    answer = client.post(GIVE, form)
    assert answer.status_code == 503
    assert b"you give only once" in answer.content
    settings.STRIPE_API_BASE = working  # type: ignore[attr-defined]
    gateway.connect.cache_clear()
    again = filling.fields(answer.content.decode()).values
    assert client.post(GIVE, again).status_code == 303
    assert Checkout.objects.count() == 1


def test_what_the_deed_refuses_stands_at_its_field(client: Client) -> None:
    form = filling.filled(client)
    for code, words in [
        ("fund", b"Choose where"),
        ("currency", b"no longer takes"),
        ("processor", b"did not accept"),
    ]:
        with mock.patch.object(giving, "begin", side_effect=giving.GiftRefused(code)):
            answer = client.post(GIVE, form)
        assert answer.status_code in {422, 502}
        assert words in answer.content
    with mock.patch.object(giving, "begin", side_effect=giving.GiftRefused("page_closed")):
        assert client.post(GIVE, form)["Location"] == "/en/campaigns/family/"


def test_campaigns_that_take_no_gifts_have_no_form(client: Client) -> None:
    assert client.get("/en/give/community-center/")["Location"] == "/en/campaigns/community-center/"
    assert client.get("/en/give/nothing-here/").status_code == 404
    Campaign.objects.filter(slug="family").update(status="resting")
    resting = client.get(GIVE)
    assert b"This page is resting" in resting.content
    assert b"Bring a family" not in resting.content
    assert client.post(GIVE, {}).status_code == 200
    assert resting["Cache-Control"] == "no-store"


def test_F24_F25_the_fee_is_unticked_and_exact(client: Client) -> None:
    html = client.get(GIVE).content.decode()
    assert not re.search(r'<input[^>]+type="checkbox"[^>]+checked', html)
    assert "Add $3.30 so the full $100 arrives" in html
    assert covering.added(Money(50_000, "KRW")) == Money(1_906, "KRW")
    assert covering.added(Money(0, "USD")) is None
    assert covering.added(Money(100, "EUR")) is None


def test_F07_F09_F10_ladder(client: Client) -> None:
    page = filling.fields(client.get(GIVE).content.decode())
    for name in ("amount_once", "amount_monthly"):
        radios = [given for tag, given in page.tags if tag == "input" and given.get("name") == name]
        values = [int(given["value"]) for given in radios]
        assert 3 <= len(radios) <= 6
        assert all(len(str(value).rstrip("0")) <= 2 for value in values)
        [chosen] = [int(given["value"]) for given in radios if "checked" in given]
        assert chosen <= sorted(values)[len(values) // 2]


def test_F19_F21_F22_F26_F27_fields(client: Client) -> None:
    page = filling.fields(client.get(GIVE).content.decode())
    inputs = [given for tag, given in page.tags if tag in {"input", "textarea", "select"}]
    assert sum("required" in given for given in inputs) == 2
    assert not any("placeholder" in given for given in inputs)
    assert not any(given.get("type") in {"password", "number", "tel"} for given in inputs)
    by_name = {given.get("name"): given for given in inputs}
    assert by_name["name"]["autocomplete"] == "name"
    assert by_name["email"]["autocomplete"] == "email"
    assert by_name["other"]["inputmode"] == "decimal"


def test_the_form_asks_the_database_little(client: Client, django_assert_max_num_queries: object) -> None:
    client.get(GIVE)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        client.get(GIVE)


def test_other_methods_are_refused(client: Client) -> None:
    assert client.put(GIVE).status_code == 405
    assert client.delete(GIVE).status_code == 405
