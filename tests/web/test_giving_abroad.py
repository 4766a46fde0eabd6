"""Giving to a Korean or a Canadian body: what its law needs is asked, which receipt comes is said before paying."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from campaigns.models import GivingPage
from donations import adopting, giving, introducing, promising
from donations.models import Checkout, GiverDetail, TransferPromise
from donors import completing, keeping
from donors.models import Donor, ProfileChange
from ledger.models import LegalEntity
from receipts.models import Issuer
from tests import making
from tests.sandbox.driving import Sandbox
from tests.web import filling

pytestmark = pytest.mark.usefixtures("house")
SISTER = "/en/give/beginning-again/"
NUMBER = "900101-1234567"
FULL_WIDTH = "９００１０１－１２３４５６７"
HOME = "서울특별시 예시구 예시로 2\n101호"


@pytest.fixture
def canadian(house: None) -> str:
    """The mission, for once, as a Canadian charity."""
    LegalEntity.objects.filter(code="US").update(country="CA", registration="123456789RR0001")
    Issuer.objects.filter(entity__code="US").update(law="CA")
    return "/en/give/general/"


def test_a_page_speaks_for_its_own_body_and_in_its_currency(client: Client) -> None:
    html = client.get(SISTER).content.decode()
    assert "하버선교회" in html
    assert "korea@example.org" in html
    assert "Harbour Mission Inc." not in html
    assert 'name="currency" value="KRW"' in html
    assert "Give in US dollars" not in html
    own = client.get("/en/give/family/").content.decode()
    assert "Harbour Mission Inc." in own
    assert "하버선교회" not in own
    both = client.get("/en/").content.decode()
    assert "Harbour Mission Inc." in both
    assert "korea@example.org" in both


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (SISTER, "does not count for taxes in other countries"),
        ("/ko/give/beginning-again/", "다른 나라의 세금에는 쓸 수 없습니다"),
        ("/ko/give/family/", "한국 연말정산에는 쓸 수 없습니다"),
        ("/en/give/family/", "Gifts are tax-deductible in the US."),
    ],
)
def test_S53_which_receipt_comes_is_said_before_paying(client: Client, address: str, words: str) -> None:
    html = client.get(address).content.decode()
    assert words in html
    assert ("tax-deductible in the US" in html) == (address == "/en/give/family/")


def test_KR_03_a_korean_body_asks_for_an_address_and_keeps_it(client: Client, processor: Sandbox) -> None:
    form = filling.filled(client, SISTER)
    refused = client.post(SISTER, form)
    assert refused.status_code == 422
    assert "Write your address: the receipt needs it" in refused.content.decode()
    answer = client.post(SISTER, form | {"address": HOME, "postcode": " 03000 "})
    assert answer.status_code == 303
    checkout = Checkout.objects.get()
    told = GiverDetail.objects.get(checkout=checkout)
    assert (checkout.entity.code, checkout.currency) == ("KR", "KRW")
    assert (told.address, told.postcode) == (HOME, "03000")
    assert client.post(SISTER, form | {"address": HOME, "postcode": "03000"}).status_code == 303
    assert Checkout.objects.count() == 1
    kept = client.get(f"{SISTER}?again={checkout.pk}").content.decode()
    assert "서울특별시 예시구 예시로 2" in kept


def test_other_bodies_do_not_ask(client: Client, processor: Sandbox) -> None:
    html = client.get("/en/give/family/").content.decode()
    assert 'name="address"' not in html
    assert 'name="first_name"' not in html
    form = filling.filled(client) | {"address": HOME, "first_name": "Grace"}
    assert client.post("/en/give/family/", form).status_code == 303
    assert GiverDetail.objects.count() == 0


def test_CA_08_a_canadian_charity_asks_for_the_name_in_parts_and_an_address(
    canadian: str, client: Client, processor: Sandbox, today: datetime
) -> None:
    refused = client.post(canadian, filling.filled(client, canadian))
    assert refused.status_code == 422
    html = refused.content.decode()
    for words in ("Write your first name", "Write your last name", "Write your address"):
        assert words in html
    long = filling.filled(client, canadian) | {"first_name": "A" * 61, "initial": "ABCDE", "last_name": "B"}
    assert "This can have up to 4 characters" in client.post(canadian, long).content.decode()
    said = {
        "first_name": "Grace",
        "initial": "M",
        "last_name": "Kim",
        "address": "2 Main St\nOttawa ON",
        "postcode": "K1A 0A1",
    }
    assert client.post(canadian, filling.filled(client, canadian) | said).status_code == 303
    checkout = giving.find(checkout_id=Checkout.objects.get().pk)
    assert checkout is not None
    donor = Donor.objects.get(pk=introducing.introduce(checkout=checkout, now=today))
    assert {field: getattr(donor, field) for field in said} == said
    assert ProfileChange.objects.get().fields == sorted(said)


def test_what_is_known_of_a_donor_is_not_changed_by_a_form(today: datetime) -> None:
    donor = making.donor(now=today)
    Donor.objects.filter(pk=donor.pk).update(address="Known")
    told = {"address": "Other", "last_name": "Kim", "postcode": NUMBER}
    assert completing.complete(donor_id=donor.pk, told=told, now=today) == ["last_name"]
    assert completing.complete(donor_id=donor.pk, told=told, now=today) == []
    donor.refresh_from_db()
    assert (donor.address, donor.last_name, donor.postcode) == ("Known", "Kim", "")
    with pytest.raises(TypeError):
        completing.complete(donor_id=donor.pk, told={"email": "x"}, now=today)


# KR-13: at every door


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", f"김승은 {NUMBER}"),
        ("note", f"제 주민번호는 {NUMBER}입니다"),
        ("note", FULL_WIDTH),
        ("note", "900101 – 1234567"),
        ("employer", NUMBER.replace("-", "")),
        ("honoree", NUMBER),
        ("family_words", NUMBER),
        ("address", f"서울 {NUMBER}"),
        ("postcode", NUMBER),
    ],
)
def test_KR_13_a_number_typed_on_the_form_is_refused_with_words(
    field: str, typed: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    tribute = {"tribute": "honor", "honoree": "Ada", "family_email": "ada@example.org"}
    form = filling.filled(client, SISTER, **tribute) | {"address": HOME, field: typed}
    answer = client.post(SISTER, form)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Leave out the resident number" in html
    assert f'href="#{field}"' in html
    assert Checkout.objects.count() == 0
    assert "1234567" not in caplog.text


def test_KR_13_the_deeds_refuse_it_whatever_the_door(today: datetime) -> None:
    page = GivingPage.objects.select_related("campaign", "entity").get(campaign__slug="general")
    base: dict[str, Any] = {
        "page": page, "fund": page.campaign.fund, "frequency": "once", "amount": making.HUNDRED, "cover": None,
        "donor_name": "Grace", "email": "g@example.org", "language": "en", "is_anonymous": False,
        "wants_letter": False, "letter_wording": "", "note": "", "source": "",
    }  # fmt: skip
    for changed in (
        {"note": NUMBER},
        {"giver": giving.Giver(address=NUMBER)},
        {"dedication": giving.Dedication(kind="honor", honoree=NUMBER)},  # type: ignore[arg-type]
    ):
        with pytest.raises(giving.GiftRefused, match="resident_number"):
            giving.begin(checkout_id=making_id(), gift=giving.Gift(**base | changed), now=today)
    asked = promising.Asked(
        page=page, currency="USD", amount=None, donor_name=NUMBER, email="", language="en", source=""
    )
    with pytest.raises(promising.UnableToPromise, match="resident_number"):
        promising.promise(promise_id=making_id(), asked=asked, now=today)
    actor, donor = making.user(now=today), making.donor(now=today)
    for field in ("name", "local_name", "address", "email"):
        with pytest.raises(keeping.UnableToKeep, match="resident_number"):
            keeping.change(donor_id=donor.pk, changes={field: NUMBER}, actor=actor, now=today)
    with pytest.raises(keeping.UnableToKeep, match="resident_number"):
        keeping.add(donor_id=making_id(), profile={"name": "Ada", "address": NUMBER}, actor=actor, now=today)
    assert Checkout.objects.count() == TransferPromise.objects.count() == 0


def making_id() -> Any:
    from uuid import uuid4

    return uuid4()


def test_KR_13_the_file_of_an_import_names_the_cell_and_not_the_number(today: datetime) -> None:
    row = dict.fromkeys(adopting.COLUMNS, "x") | {"name": f"Ada {NUMBER}", "campaign": "general"}
    lines = [",".join(adopting.COLUMNS), ",".join(row.values())]
    with pytest.raises(adopting.UnableToAdopt) as refused:
        adopting.adopt(lines=lines, now=today)
    assert "row 2, name: a resident number is never kept here" in str(refused.value)
    assert "1234567" not in str(refused.value)


def test_KR_13_a_transfer_code_is_not_handed_out_for_it(client: Client) -> None:
    address = "/en/give/beginning-again/other-ways/"
    form = filling.form(client, address)
    answer = client.post(address, form | {"currency": "KRW", "name": NUMBER})
    assert answer.status_code == 422
    assert "Leave out the resident number" in answer.content.decode()
    assert TransferPromise.objects.count() == 0


def test_KR_13_nothing_is_written_to_the_terminal_either(client: Client) -> None:
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        client.post(SISTER, filling.filled(client, SISTER) | {"address": NUMBER})
    assert not re.search(r"900101.?1234567", said.getvalue())
