"""Links and QR codes in the office, the other ways with their preview, and the codes that wait."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pypdf
import pytest
from django.conf import settings
from django.test import Client

from campaigns import arranging
from campaigns.models import Campaign, SourceCode, WayToGive
from donations.models import TransferPromise
from ledger.models import LegalEntity
from outreach.models import TourStop
from paper import picturing
from reports import sources
from staff.models import AuditEvent, Role
from tests import facts
from tests.facts import NOW
from tests.web import filling

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


def svg_of(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert set(answer["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    return bytes(answer.content)


@pytest.mark.usefixtures("house")
def test_every_code_leads_to_its_form(client: Client) -> None:
    base = settings.BASE_URL
    stop = TourStop.objects.select_related("tour").order_by("tour__slug", "position").first()
    assert stop
    expected = {
        "/qr/campaign/family.svg": f"{base}/give/family/",
        "/qr/table-card.svg": f"{base}/give/family/?src=table-card",
        f"/qr/stop/{stop.pk}.svg": f"{base}/give/family/?src={stop.tour.slug}-{stop.position}",
    }
    for address, wanted in expected.items():
        assert svg_of(client, address) == picturing.svg(wanted, title=wanted)
        landed = client.get(wanted.removeprefix(base), headers={"accept-language": "ko"})
        assert landed["Location"] == f"/ko{wanted.removeprefix(base)}"
        assert client.get(landed["Location"]).status_code == 200


@pytest.mark.usefixtures("house")
def test_a_named_code_decides_for_its_stop(client: Client) -> None:
    stop = TourStop.objects.select_related("tour").order_by("pk").first()
    assert stop
    code = f"{stop.tour.slug}-{stop.position}"
    general = Campaign.objects.get(slug="general")
    SourceCode.objects.create(code=code, name="Evening", campaign=general, created_at=NOW)
    wanted = f"{settings.BASE_URL}/give/general/?src={code}"
    assert svg_of(client, f"/qr/stop/{stop.pk}.svg") == picturing.svg(wanted, title=wanted)


@pytest.mark.usefixtures("house")
def test_what_is_retired_hidden_or_unknown_has_no_picture(client: Client) -> None:
    SourceCode.objects.filter(code="bulletin").update(retired_at=NOW)
    Campaign.objects.filter(slug="family").update(status="resting")
    for address in ["bulletin", "table-card", "no-such", "campaign/family", "campaign/none", "stop/0"]:
        assert client.get(f"/qr/{address}.svg").status_code == 404, address
    Campaign.objects.exclude(status="closed").update(status="paused")
    stop = TourStop.objects.order_by("pk").first()
    assert stop
    assert client.get(f"/qr/stop/{stop.pk}.svg").status_code == 404
    stop.tour.status = "draft"
    stop.tour.save()
    assert client.get(f"/qr/stop/{stop.pk}.svg").status_code == 404


def test_what_came_by_each_code() -> None:
    given = facts.donation(source="table-card")
    facts.donation(source="table-card")
    facts.donation(source="letter-9", currency="KRW")
    facts.donation()
    facts.refund(given, 30_00)
    facts.returned(facts.refund(given, 20_00))
    found = sources.by_code()
    assert set(found) == {"table-card", "letter-9"}
    assert found["table-card"].count == 2
    assert [amount.shown() for amount in found["table-card"].sums] == ["$170.00"]
    assert [amount.currency for amount in found["letter-9"].sums] == ["KRW"]


@pytest.mark.usefixtures("house")
def test_a_code_is_named_seen_and_retired(signed_in: SignIn) -> None:
    editor = signed_in(Role.EDITOR)
    typed = {"name": "Bulletin of Advent", "code": "advent-26", "campaign": "family"}
    assert editor.post("/en/office/links/add/", typed).status_code == 302
    html = editor.get("/en/office/links/").content.decode()
    for words in [
        f"{settings.BASE_URL}/give/family/?src=advent-26",
        "/qr/advent-26.svg",
        "Bulletin of Advent",
    ]:
        assert words in html
    assert "DC and Virginia" in html
    twice = editor.post("/en/office/links/add/", typed)
    assert twice.status_code == 422
    assert b"This code exists already" in twice.content
    code = SourceCode.objects.get(code="advent-26")
    for _ in range(2):
        assert editor.post(f"/en/office/links/{code.pk}/retire/").status_code == 302
    assert AuditEvent.objects.filter(action="source.retired").count() == 1
    html = editor.get("/en/office/links/").content.decode()
    assert "Retired codes" in html
    assert "/qr/advent-26.svg" not in html
    assert "Make the code" not in signed_in(Role.VIEWER).get("/en/office/links/").content.decode()


@pytest.mark.parametrize("code", ["", "A", "Table Card", "x", "ä-b", "a" * 61])
@pytest.mark.usefixtures("house")
def test_a_code_is_plain_letters(signed_in: SignIn, code: str) -> None:
    typed = {"name": "Card", "code": code, "campaign": "family"}
    assert signed_in(Role.EDITOR).post("/en/office/links/add/", typed).status_code == 422
    assert SourceCode.objects.count() == 3


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("paper", ["a6", "letter", "a4"])
def test_a_card_for_every_kind_of_code(signed_in: SignIn, paper: str) -> None:
    stop = TourStop.objects.order_by("pk").first()
    assert stop
    viewer = signed_in(Role.VIEWER)
    for of, ref in [("campaign", "family"), ("code", "table-card"), ("stop", str(stop.pk))]:
        answer = viewer.get(f"/en/office/links/card/{of}/{ref}/?paper={paper}")
        assert answer["Content-Type"] == "application/pdf"
        text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert "Bring a family of three out" in text
        assert "하버 선교회" in text
        assert "후원해 주십시오." in text
    for address in ["campaign/none", "code/none", "stop/none", "stop/0", "other/family"]:
        assert viewer.get(f"/en/office/links/card/{address}/").status_code == 404
    assert viewer.get("/en/office/links/card/campaign/family/?paper=a0").status_code == 404


def typed_way(client: Client, address: str, **changes: str) -> dict[str, str]:
    """The fields of a way as a browser sends them: a ticked box without a value says "on"."""
    fields = filling.fields(client.get(address).content.decode()).values
    kept = {name: value for name, value in fields.items() if name not in {"q", "csrfmiddlewaretoken"}}
    return kept | ({"is_shown": "on"} if "is_shown" in fields else {}) | changes


@pytest.mark.usefixtures("house")
def test_a_way_is_changed_with_a_preview_and_a_trail(signed_in: SignIn, client: Client) -> None:
    finance = signed_in(Role.FINANCE)
    way = WayToGive.objects.get(kind="bank_transfer", currency="USD")
    address = f"/en/office/ways/{way.entity_id}/{way.pk}/"
    html = finance.get(address).content.decode()
    assert html.count("0000 0000 1234") == 4  # both fields and both previews
    typed = typed_way(finance, address, details_en="Account number: 0000 9999\n\nBank: Example: Bank")
    seen = finance.post("/en/office/ways/preview/", typed).content.decode()
    assert "0000 9999" in seen
    assert "Example: Bank" in seen
    assert "9999" not in client.get("/en/give/family/other-ways/").content.decode()
    assert finance.post(address, typed).status_code == 302
    assert "0000 9999" in client.get("/en/give/family/other-ways/").content.decode()
    assert AuditEvent.objects.filter(action="way.arranged").count() == 1
    stale = finance.post(address, typed)
    assert stale.status_code == 409
    assert b"Somebody changed this meanwhile" in stale.content


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"details_en": "no colon"}, "Write each line as a label"),
        ({"details_en": "a:" + "x" * 201}, "Write each line as a label"),
        ({"details_ko": "\n".join(f"a{n}: b" for n in range(13))}, "At most 12 lines."),
        ({"words_en": "", "details_en": ""}, "What visitors see needs English words."),
        ({"currency": "XYZ"}, "This is not a currency"),
        ({"position": "0"}, ""),
        ({"entity": "0"}, ""),
    ],
)
def test_a_way_with_a_mistake_is_not_stored(signed_in: SignIn, changes: dict[str, str], words: str) -> None:
    finance = signed_in(Role.FINANCE)
    way = WayToGive.objects.get(kind="cheque")
    before = arranging.mark(way)
    address = f"/en/office/ways/{way.entity_id}/{way.pk}/"
    answer = finance.post(address, typed_way(finance, address, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert arranging.mark(WayToGive.objects.get(kind="cheque")) == before


@pytest.mark.usefixtures("house")
def test_a_new_way_begins_empty(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    body = LegalEntity.objects.get(code="US")
    address = f"/en/office/ways/{body.pk}/new/"
    assert "Nothing yet." in finance.get(address).content.decode()
    typed = typed_way(
        finance, address, kind="stock", currency="krw", words_en="Ask us.", words_ko="문의해 주십시오."
    )
    assert finance.post(address, typed).status_code == 302
    made = WayToGive.objects.get(kind="stock", currency="KRW")
    assert set(arranging.wordings(made)) == {"en", "ko"}
    assert finance.get(f"/en/office/ways/{body.pk}/999999/").status_code == 404
    assert "Harbour Mission Inc." in finance.get("/en/office/ways/").content.decode()


def test_codes_that_wait_are_listed_and_found(signed_in: SignIn) -> None:
    campaign = facts.campaign()
    for number, (status, name) in enumerate([("open", "Grace Kim"), ("lapsed", "Old Giver")]):
        TransferPromise.objects.create(
            code=f"RSC-00000{number}",
            entity=campaign.fund.entity,
            campaign=campaign,
            fund=campaign.fund,
            amount_minor=250_00,
            currency="USD",
            donor_name=name,
            language="en",
            promised_at=NOW - timedelta(days=number),
            status=status,
        )
    finance = signed_in(Role.FINANCE)
    html = finance.get("/en/office/transfers/").content.decode()
    assert "RSC-000000" in html
    assert "Grace Kim" in html
    assert "$250.00" in html
    assert "Old Giver" not in html
    assert "Old Giver" in finance.get("/en/office/transfers/?q=rsc-000001").content.decode()
    assert "Nobody took this code." in finance.get("/en/office/transfers/?q=XXX").content.decode()
