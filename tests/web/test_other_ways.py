"""The page of other ways: only what staff wrote, a code without a name, and nothing personal for anybody else (F42)."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from campaigns.models import Campaign, WayToGive, WayToGiveDetail, WayToGiveText
from donations import guarding
from donations.models import TransferPromise
from donors.models import Message
from tests.web import filling

pytestmark = pytest.mark.usefixtures("house")
PAGE = "/en/give/family/other-ways/"


def words_of(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def form(client: Client, **changes: str) -> dict[str, str]:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return filling.fields(answer.content.decode()).values | {"subject": ""} | changes


def taken(client: Client, **changes: str) -> str:
    answer = client.post(PAGE, form(client, **changes))
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer["Location"])
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    return page.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Cheque", "Bank transfer in US dollars", "Stock", "Donor-advised fund", "Account number"]),
        ("ko", ["수표", "계좌 이체 (미국 달러)", "주식", "기부자조언기금", "계좌 번호"]),
    ],
)
def test_f42_every_way_stands_there_as_staff_wrote_it(
    client: Client, language: str, words: list[str]
) -> None:
    answer = client.get(f"/{language}/give/family/other-ways/")
    html = answer.content.decode()
    for one in [*words, "0000 0000 1234", "000-000-001234", "00-0000000"]:
        assert one in html, one
    assert not answer.cookies
    assert (
        html.count("data-copy>")
        == WayToGiveDetail.objects.filter(language=language, way__entity__code="US").count()
    )


def test_f42_accounts_come_from_settings_only(client: Client) -> None:
    WayToGive.objects.filter(kind="bank_transfer").update(is_shown=False)
    html = client.get(PAGE).content.decode()
    assert "0000 0000 1234" not in html
    assert "Get my gift code" not in html
    WayToGiveDetail.objects.all().delete()
    WayToGiveText.objects.all().delete()
    html = client.get(PAGE).content.decode()
    assert "To give in another way, write to" in html
    assert "Cheque" not in words_of(html)


def test_words_missing_in_korean_are_told_in_english(client: Client) -> None:
    WayToGiveText.objects.filter(language="ko", way__kind="cheque").delete()
    html = client.get("/ko/give/family/other-ways/").content.decode()
    assert "Write the name of the purpose on the memo line." in html
    assert "Pay to the order of" in html


def test_f42_the_code_stands_alone_and_says_nothing_of_the_cause(client: Client) -> None:
    html = taken(client, currency="USD", amount="250", name="Grace Kim", email="grace@example.org")
    promise = TransferPromise.objects.get()
    assert re.fullmatch(r"[A-Z0-9]{3}-\d{6}", promise.code)
    assert f'data-copy id="code">{promise.code}<' in html
    for words in ["Write only this code.", "$250.00", "0000 0000 1234", "g…@….org"]:
        assert words in html
    for hidden in ["Grace", "grace@", "family", "Bring a family", "000-000-001234"]:
        assert hidden not in words_of(html), hidden
    assert (promise.donor_name, promise.email, promise.amount_minor) == (
        "Grace Kim",
        "grace@example.org",
        25000,
    )
    assert Message.objects.get().to_email == "grace@example.org"


def test_nothing_need_be_told(client: Client) -> None:
    html = taken(client, currency="KRW", src="Bulletin!")
    promise = TransferPromise.objects.get()
    assert (promise.currency, promise.email, promise.amount_minor) == ("KRW", "", None)
    assert "000-000-001234" in html
    assert "mail" not in words_of(html).replace("give@example.org", "").lower().split("questions")[0]
    assert not Message.objects.exists()


def test_pressing_twice_is_one_code(client: Client) -> None:
    filled = form(client, email="grace@example.org")
    places = {client.post(PAGE, filled)["Location"] for _ in range(3)}
    assert len(places) == 1
    assert TransferPromise.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "no address"}, "Write an email address"),
        ({"email": f"{'a' * 250}@example.org"}, "Write an email address"),
        ({"amount": "-5"}, "Write the amount as a number"),
        ({"amount": "0"}, "Write the amount as a number"),
        ({"amount": "5", "currency": "XXX"}, "Write the amount as a number"),
        ({"name": "x" * 121}, "Write your full name"),
    ],
)
def test_what_is_written_must_be_readable_and_is_kept(
    client: Client, changes: dict[str, str], words: str
) -> None:
    answer = client.post(PAGE, form(client, **changes))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(words) >= 2  # in the summary and beside the field
    assert "<title>Error:" in html
    kept = filling.fields(html).values
    assert all(kept[field] == value for field, value in changes.items() if field != "currency")
    assert not TransferPromise.objects.exists()


def test_a_currency_without_an_account_is_refused_in_words(client: Client) -> None:
    answer = client.post(PAGE, form(client, currency="EUR"))
    assert answer.status_code == 409
    assert b"No code could be made for this account" in answer.content


@pytest.mark.parametrize("broken", [{"token": "forged"}, {"token": ""}, {"subject": "buy now"}])
def test_machines_get_no_code_and_are_counted(client: Client, broken: dict[str, str]) -> None:
    answer = client.post(PAGE, form(client, **broken))
    assert answer.status_code == 422
    assert not TransferPromise.objects.exists()
    for _ in range(guarding.limits().failures):
        answer = client.post(PAGE, form(client, **broken))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert b"Too many tries" in answer.content


def test_a_form_of_another_campaign_is_no_key(client: Client) -> None:
    other = filling.fields(client.get("/en/give/general/other-ways/").content.decode()).values
    assert client.post(PAGE, other).status_code == 422


def test_many_codes_from_one_network_must_wait(client: Client, settings: Any) -> None:
    settings.GIVING_LIMITS = ["promises_per_hour=2"]
    for _ in range(2):
        taken(client)
    answer = client.post(PAGE, form(client))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3000
    assert TransferPromise.objects.count() == 2


def test_a_stranger_is_not_mailed_in_bulk_and_the_page_says_so(client: Client, settings: Any) -> None:
    settings.GIVING_LIMITS = ["promise_mails_per_day=1"]
    assert "The code also goes to v…@….org" in taken(client, email="victim@example.org")
    html = taken(client, email="victim@example.org")
    assert "We could not mail the code now" in html
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "words"), [("lapsed", "no longer expected"), ("open", "We look for it until")]
)
def test_the_page_of_a_code_tells_its_state(client: Client, status: str, words: str) -> None:
    taken(client)
    TransferPromise.objects.update(status=status)
    html = client.get(f"/en/transfer/{TransferPromise.objects.get().pk}/").content.decode()
    assert words in html
    korean = client.get(f"/ko/transfer/{TransferPromise.objects.get().pk}/").content.decode()
    assert "이 코드만 적어 주십시오." in korean


def test_codes_cannot_be_guessed(client: Client) -> None:
    taken(client)
    assert client.get(f"/en/transfer/{uuid.uuid4()}/").status_code == 404
    assert client.get(f"/en/transfer/{TransferPromise.objects.get().code}/").status_code == 404


def test_the_form_and_the_campaign_lead_there_while_there_is_a_way(client: Client) -> None:
    for address in ["/en/give/family/", "/en/campaigns/family/"]:
        assert f'href="{PAGE}"' in client.get(address).content.decode()
    assert f'href="{PAGE}?src=card"' in client.get("/en/give/family/?src=card").content.decode()
    assert "other-ways" not in client.get("/en/campaigns/community-center/").content.decode()
    WayToGive.objects.update(is_shown=False)
    cache.clear()
    for address in ["/en/give/family/", "/en/campaigns/family/"]:
        assert "other-ways" not in client.get(address).content.decode()


def test_a_page_that_takes_no_gifts_has_no_other_way(client: Client) -> None:
    Campaign.objects.filter(slug="family").update(status="paused")
    assert client.get(PAGE)["Location"] == "/en/campaigns/family/"
    Campaign.objects.filter(slug="family").update(status="resting")
    assert b"This page is resting" in client.get(PAGE).content
    assert client.get("/en/give/none/other-ways/").status_code == 404


@pytest.mark.slow
def test_the_wire_is_guarded_like_the_form(client: Client) -> None:
    """Bad input in every field answers with words and stores nothing (T04, T05)."""
    corpus = [
        "\x00",
        "'; DROP TABLE x; --",
        "<script>alert(1)</script>",
        "𝕏" * 400,
        "%00",
        "{{7*7}}",
        "1e400",
    ]
    for field in ["currency", "amount", "name", "email", "src", "token"]:
        for given in corpus:
            cache.clear()
            answer = client.post(
                PAGE, form(client, **{field: given}), REMOTE_ADDR=f"203.0.{len(field)}.{len(given) % 250}"
            )
            assert answer.status_code < 500, (field, given)
            assert b"<script>alert" not in answer.content
    assert all("\x00" not in one.donor_name + one.email for one in TransferPromise.objects.all())
