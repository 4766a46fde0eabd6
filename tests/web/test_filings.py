"""The office's pages of filings, and the donor's own page of Gift Aid."""

from __future__ import annotations

import csv
import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from donations import linking
from donations.models import Donation
from donors.models import Message
from ledger.money import Money
from receipts import claiming_aid, filing_hometax
from receipts.models import GiftAidClaim, GiftAidDeclaration, HometaxFiling, PriorTotal, Receipt
from reports import filings
from staff.models import AuditEvent, Role
from tests import facts
from tests.receipts import abroad
from tests.receipts.test_declaring import SAID, declared

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
KOREA = "/en/office/receipts/korea/"
AID = "/en/office/receipts/gift-aid/"


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def waiting(today: datetime) -> Receipt:
    receipt = abroad.korean_receipt(now=today)
    filing_hometax.follow(now=today)
    return receipt


def place(deed: str) -> str:
    return f"{KOREA}{abroad.korea().pk}/2026/{deed}/"


def test_the_korean_page_tells_duty_counts_and_day(finance: Client, waiting: Receipt) -> None:
    asked = f"{KOREA}?entity={abroad.korea().pk}&year=2026"
    html = finance.get(asked).content.decode()
    assert "What was receipted in the year before is not known" in html
    PriorTotal.objects.create(
        issuer=abroad.korea().issuer, year=2025, currency="KRW", total_minor=300_000_001
    )
    html = finance.get(asked).content.decode()
    for words in (
        "전자기부금영수증",
        waiting.serial,
        "김승은",
        "every gift of this year needs",
        "10 January 2027",
    ):
        assert words in html
    korean = finance.get(asked.replace("/en/", "/ko/")).content.decode()
    assert "한국 기부금영수증" in korean
    assert "3억 원을 넘으므로" in korean


@pytest.mark.parametrize("query", ["?year=1", "?entity=x&year=abc", "?entity=999999", ""])
def test_an_unreadable_choice_shows_the_first_body(finance: Client, waiting: Receipt, query: str) -> None:
    answer = finance.get(KOREA + query)
    assert answer.status_code == 200
    assert "하버선교회" in answer.content.decode()


def test_without_a_korean_body_the_page_says_so(finance: Client) -> None:
    facts.campaign()
    assert "No body of this house" in finance.get(KOREA).content.decode()
    assert "No charity of this house" in finance.get(AID).content.decode()


def test_pasted_answers_are_kept_and_bad_ones_are_told(
    finance: Client, waiting: Receipt, today: datetime
) -> None:
    day = today.date().isoformat()
    for answers, words in (
        (f"{waiting.serial} 900101-1234567", "looks like a resident number"),
        (f"{waiting.serial} ?", "4 to 40 letters"),
        ("one two three", "Line 1"),
        ("KR2026-999999 20260504-1", "there is no such receipt"),
        ("", "This field is required"),
    ):
        answer = finance.post(place("filed"), {"answers": answers, "on": day})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    late = (today.date() + timedelta(days=3)).isoformat()
    answer = finance.post(place("filed"), {"answers": f"{waiting.serial} 20260504-1", "on": late})
    assert "still to come" in answer.content.decode()
    on = filing_hometax_day(today)
    assert (
        finance.post(place("filed"), {"answers": f"{waiting.serial}\t20260504-1", "on": on}).status_code
        == 302
    )
    assert HometaxFiling.objects.get().status == "filed"
    again = finance.post(place("filed"), {"answers": f"{waiting.serial} 20260504-1", "on": on})
    assert "does not wait for this" in again.content.decode()


def filing_hometax_day(today: datetime) -> str:
    return max(today.date(), date(2026, 3, 3)).isoformat()


def test_a_void_receipt_is_canceled_at_hometax_by_one_press(
    finance: Client, waiting: Receipt, today: datetime
) -> None:
    on = filing_hometax_day(today)
    finance.post(place("filed"), {"answers": f"{waiting.serial} 20260504-1", "on": on})
    abroad.void(waiting)
    filing_hometax.follow(now=today)
    assert "Mark as canceled" in finance.get(f"{KOREA}?year=2026").content.decode()
    assert finance.post(place("canceled"), {"serial": waiting.serial, "on": ""}).status_code == 422
    assert finance.post(place("canceled"), {"serial": "x", "on": on}).status_code == 422
    assert finance.post(place("canceled"), {"serial": waiting.serial, "on": on}).status_code == 302
    assert HometaxFiling.objects.get().status == "canceled"


def test_papers_are_downloaded_as_csv_and_xlsx_and_noted(finance: Client, waiting: Receipt) -> None:
    abroad.korean_receipt(donor=abroad.organization(), is_copy=False)
    answer = finance.get(place("to-file/csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[1][:4] == [waiting.serial, "개인", "김승은", ""]
    assert 'filename="kr-2026-to-file.csv"' in answer["Content-Disposition"]
    for what in ("to-file", "filed", "to-cancel", "ledger", "summary"):
        answer = finance.get(place(f"{what}/xlsx"))
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
    assert AuditEvent.objects.filter(action="export korea").count() == 6
    for wrong in ("to-file/pdf", "secrets/csv"):
        assert finance.get(place(wrong)).status_code == 404
    assert finance.get(f"{KOREA}999999/2026/ledger/csv/").status_code == 404


def test_a_year_whose_law_is_not_settled_makes_no_paper(finance: Client, waiting: Receipt) -> None:
    assert finance.get(place("summary/csv").replace("2026", "2031")).status_code == 404
    assert "cannot be made" in finance.get(f"{KOREA}?year=2031").content.decode()


def test_the_summary_is_handed_in_once(finance: Client, waiting: Receipt) -> None:
    abroad.korean_receipt(donor=abroad.organization(), is_copy=False)
    assert "The summary was handed in" in finance.get(f"{KOREA}?year=2026").content.decode()
    assert finance.post(place("handed-in")).status_code == 302
    assert "Handed in, noted" in finance.get(f"{KOREA}?year=2026").content.decode()
    assert finance.post(place("handed-in").replace("2026", "1999")).status_code == 422


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ("2026-06-01T00:00+00:00", []),
        ("2026-12-01T00:00+00:00", ["hometax_due"]),
        ("2027-01-11T00:00+00:00", ["hometax_due"]),
        ("2027-05-02T00:00+00:00", ["hometax_due", "korea_summary_due"]),
    ],
)
def test_KR_10_KR_11_days_come_near_on_today(waiting: Receipt, now: str, kinds: list[str]) -> None:
    abroad.korean_receipt(donor=abroad.organization(), is_copy=False)
    found = filings.due(now=datetime.fromisoformat(now))
    assert [one.kind for one in found] == kinds
    days = {one.kind: one.due_at.date() for one in found if one.due_at}
    assert days.get("hometax_due", date(2027, 1, 10)) == date(2027, 1, 10)
    assert days.get("korea_summary_due", date(2027, 6, 30)) == date(2027, 6, 30)


def test_what_was_done_is_due_no_more(finance: Client, waiting: Receipt, today: datetime) -> None:
    abroad.korean_receipt(donor=abroad.organization(), is_copy=False)
    later = datetime.fromisoformat("2027-06-01T00:00+00:00")
    abroad.void(waiting)
    filing_hometax.follow(now=today)
    filing_hometax.hand_in(entity_id=abroad.korea().pk, tax_year=2026, actor=facts.staff_member(), now=today)
    assert filings.due(now=later) == []


def test_filings_stand_on_today_with_their_body(finance: Client, waiting: Receipt, today: datetime) -> None:
    HometaxFiling.objects.update(status="filed", filed_on=date(2026, 5, 4))
    abroad.void(waiting)
    filing_hometax.follow(now=today)
    html = finance.get("/en/office/").content.decode()
    assert "E-receipts must be canceled at Hometax" in html
    assert "하버선교회" in html


# Gift Aid


@pytest.fixture
def gift(today: datetime) -> Donation:
    return abroad.gift(entity=abroad.britain(), amount=Money(10_000, "GBP"), at=today)


FIELDS = {
    "title": "Mrs", "first_name": "Grace", "last_name": "Kim", "house": "12", "street": "Example Road",
    "postcode": "LS1 4AP", "scopes": ["present", "past", "future"], "wants_gift_aid": "on",
}  # fmt: skip


def test_a_claim_is_drafted_filed_and_paid_on_the_page(
    finance: Client, gift: Donation, today: datetime
) -> None:
    html = finance.get(AID).content.decode()
    assert "No declaration" in html
    declared(made_on=gift.given_on, donor_id=gift.donor_id)
    html = finance.get(AID).content.decode()
    assert "£100.00" in html
    assert "£25.00" in html
    assert finance.post(f"{AID}{abroad.britain().pk}/draft/").status_code == 302
    claim = GiftAidClaim.objects.get()
    step = f"{AID}claims/{claim.pk}/"
    answer = finance.get(f"{step}file/")
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    assert claiming_aid.filename(claim) in answer["Content-Disposition"]
    for typed in ({"deed": "file", "reference": "x"}, {"deed": "file"}, {"deed": "burn"}, {"deed": "paid"}):
        assert finance.post(step, typed).status_code == 422
    assert finance.post(step, {"deed": "file", "reference": "HMRC-1", "on": ""}).status_code == 302
    assert finance.post(step, {"deed": "discard"}).status_code == 422
    assert finance.post(step, {"deed": "paid"}).status_code == 302
    assert GiftAidClaim.objects.get().status == "paid"
    assert finance.post(f"{AID}{abroad.korea().pk}/draft/").status_code == 404
    assert finance.post(f"{AID}claims/{uuid.uuid4()}/", {"deed": "paid"}).status_code == 404


def test_a_draft_is_thrown_away(finance: Client, gift: Donation) -> None:
    declared(made_on=gift.given_on, donor_id=gift.donor_id)
    finance.post(f"{AID}{abroad.britain().pk}/draft/")
    assert (
        finance.post(f"{AID}claims/{GiftAidClaim.objects.get().pk}/", {"deed": "discard"}).status_code == 302
    )
    assert GiftAidClaim.objects.count() == 0


def test_staff_enter_a_spoken_declaration_and_mail_its_record(finance: Client, gift: Donation) -> None:
    address = f"{AID}declare/{gift.donor_id}/"
    html = finance.get(address).content.decode()
    assert "I am a UK taxpayer" in html
    given = FIELDS | {"form": "oral", "on": gift.given_on.isoformat(), "entity": abroad.britain().pk}
    key = {"declaration_id": str(uuid.uuid4())}
    bad = finance.post(address, given | key | {"postcode": "nowhere", "house": "c/o Church"})
    assert bad.status_code == 422
    assert "Write a postcode like LS1 4AP" in bad.content.decode()
    assert finance.post(address, key).status_code == 422
    kept = finance.post(address, given | key)
    assert kept.status_code == 302
    page = kept["Location"]
    assert "Waits for its written record" in finance.get(page).content.decode()
    assert "A spoken Gift Aid declaration" in finance.get("/en/office/").content.decode()
    for typed in (
        {"deed": "end", "on": gift.given_on.isoformat()},
        {"deed": "x"},
        {"deed": "posted", "on": "2020-01-01"},
    ):
        assert finance.post(page, typed).status_code == 422
    assert finance.post(page, {"deed": "mail"}).status_code == 302
    assert Message.objects.filter(kind="gift_aid_record").count() == 1
    assert finance.post(page, {"deed": "cancel", "on": ""}).status_code == 302
    assert "It never had effect." in finance.get(page).content.decode()


def test_an_approver_reads_a_declaration_and_changes_nothing(signed_in: SignIn) -> None:
    row = declared()
    approver = signed_in(Role.APPROVER)
    assert "Example Road" in approver.get(f"{AID}declarations/{row.pk}/").content.decode()
    assert approver.post(f"{AID}declarations/{row.pk}/", {"deed": "cancel"}).status_code == 403
    assert AuditEvent.objects.filter(action="read declaration").count() == 1


def own_page(gift: Donation) -> str:
    return f"/en/gift/{linking.token(kind='d', id=gift.pk)}/gift-aid/"


def test_UK_01_a_donor_declares_on_the_page_of_the_gift(client: Client, gift: Donation) -> None:
    page = client.get(own_page(gift))
    html = page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert not page.cookies
    for words in ("I am a UK taxpayer", "Please tell Harbour Trust", "£100.00", "25p for every £1"):
        assert words in html
    assert gift.donor.name not in html
    key = {"declaration_id": str(uuid.uuid4())}
    bad = client.post(own_page(gift), FIELDS | key | {"postcode": "?", "wants_gift_aid": ""})
    assert bad.status_code == 422
    for words in ("There is a problem", "Write a postcode like", "Tick that you want Gift Aid"):
        assert words in bad.content.decode()
    assert client.post(own_page(gift), {}).status_code == 422
    refused = client.post(own_page(gift), FIELDS | key | {"street": "900101-1234567"})
    assert "Leave out the resident number" in refused.content.decode()
    assert GiftAidDeclaration.objects.count() == 0
    done = client.post(own_page(gift), FIELDS | key)
    assert "Your Gift Aid declaration is kept" in done.content.decode()
    row = GiftAidDeclaration.objects.get()
    assert (row.form, row.donor_id, row.entered_by) == ("online", gift.donor_id, None)
    assert "is kept" in client.get(own_page(gift)).content.decode()
    assert (
        "is kept"
        in client.post(own_page(gift), FIELDS | {"declaration_id": str(uuid.uuid4())}).content.decode()
    )
    assert GiftAidDeclaration.objects.count() == 1
    assert (
        SAID.house
        not in client.get(own_page(gift)).content.decode().partition("<main")[2].partition("</main")[0]
    )


def test_only_gifts_to_a_british_charity_have_that_page(client: Client, gift: Donation) -> None:
    facts.donation()
    american = Donation.objects.exclude(entity=gift.entity).get()
    for address in (
        own_page(american),
        own_page(gift).replace("/gift/", "/gift/x"),
        "/en/gift/nothing/gift-aid/",
    ):
        assert client.get(address).status_code == 404
    checkout = linking.token(kind="c", id=uuid.uuid4())
    assert client.get(f"/en/gift/{checkout}/gift-aid/").status_code == 404
    assert "Gift Aid" in client.get(own_page(gift).replace("/en/", "/ko/")).content.decode()
