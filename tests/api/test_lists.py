"""Lists: what they show, what may be asked for, and pages that stay whole while rows come in."""

import json
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from api.v1.donations import DonationShape
from api.v1.donors import DonorShape
from api.v1.receipts import ReceiptShape
from donors.models import Donor
from paper import storing
from receipts.models import Rendering
from staff.models import AuditEvent, Role
from tests.api import making
from tests.api.making import NOW
from tests.campaigns import making as campaigns

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance() -> Client:
    return making.signed_in(Role.FINANCE)


def follow(client: Client, path: str, between: Callable[[], object] = lambda: None) -> list[str]:
    """Every id of a list, page by page, with something happening between the pages."""
    found: list[str] = []
    following: str | None = path
    while following:
        body = client.get(following).json()
        found += [row["id"] for row in body["results"]]
        following = body["next"]
        between()
    return found


def test_pages_hold_every_row_once_while_rows_come_in(finance: Client) -> None:
    rows = making.donations(23)
    giver = making.donor()
    found = follow(
        finance,
        "/api/v1/donations/?page_size=4",
        between=lambda: making.donation(donor=giver, given_at=NOW + timedelta(hours=1)),
    )
    expected = sorted(rows, key=lambda row: (row.given_at, row.id), reverse=True)
    assert found == [str(row.id) for row in expected]


def test_donor_and_receipt_pages_hold_every_row_once(finance: Client) -> None:
    gifts = [making.donation() for _ in range(7)]
    papers = [making.receipt(gift, number=place + 1) for place, gift in enumerate(gifts)]
    assert sorted(follow(finance, "/api/v1/donors/?page_size=2")) == sorted(
        str(gift.donor_id) for gift in gifts
    )
    assert sorted(follow(finance, "/api/v1/receipts/?page_size=3")) == sorted(
        str(paper.id) for paper in papers
    )


def test_a_page_of_fifty_costs_as_many_queries_as_a_page_of_one(
    finance: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    making.donations(55)
    finance.get("/api/v1/donations/?page_size=1")
    with django_assert_num_queries(4):  # session, person, roles, page
        assert len(finance.get("/api/v1/donations/").json()["results"]) == 50


def test_a_donation_as_finance_sees_it(finance: Client) -> None:
    gift = making.donation(minor=12_345, is_anonymous=True, note="for the children", source="letter")
    paper = making.receipt(gift)
    seen = finance.get(f"/api/v1/donations/{gift.id}/").json()
    assert seen == finance.get("/api/v1/donations/").json()["results"][0]
    assert list(seen) == list(DonationShape().fields)
    assert seen["money"] == {"amount": "123.45", "currency": "USD"}
    assert seen["refunded"] == {"amount": "0.00", "currency": "USD"}
    assert seen["designations"] == [{"fund": "RSC", "money": {"amount": "123.45", "currency": "USD"}}]
    assert (seen["donor"], seen["note"], seen["state"]) == (str(gift.donor_id), "for the children", "paid")
    assert finance.get(f"/api/v1/receipts/{paper.id}/").json()["donations"] == [str(gift.id)]


def test_below_finance_an_anonymous_giver_cannot_be_found_out() -> None:
    viewer = making.signed_in(Role.VIEWER)
    giver = making.donor()
    hidden = making.donation(donor=giver, is_anonymous=True, note="telling words")
    open_one = making.donation(donor=giver, note="hello")
    seen = viewer.get(f"/api/v1/donations/{hidden.id}/").json()
    assert (seen["donor"], seen["note"], seen["is_anonymous"]) == (None, "", True)
    listed = viewer.get("/api/v1/donations/").content.decode()
    assert "telling words" not in listed
    assert listed.count(str(giver.id)) == 1
    asked = viewer.get(f"/api/v1/donations/?donor={giver.id}").json()["results"]
    assert [row["id"] for row in asked] == [str(open_one.id)]


def test_filters(finance: Client) -> None:
    early = making.donation(
        given_on=date(2026, 1, 31), given_at=NOW - timedelta(days=293), method="us_bank_account"
    )
    won = making.donation(currency="KRW", minor=50_000)
    well = making.donation(campaign=campaigns.campaign(slug="well"), minor=75_00)
    for query, expected in {
        "given_to=2026-01-31": {early},
        "given_from=2026-02-01": {won, well},
        "given_from=2026-01-31&given_to=2026-01-31": {early},
        "campaign=well": {well},
        "campaign=nothing": set(),
        "currency=KRW": {won},
        "currency=KRW&amount=50000": {won},
        "currency=USD&amount=75.00": {well},
        f"donor={early.donor_id}": {early},
        f"donor={uuid.uuid4()}": set(),
        "method=us_bank_account": {early},
        "frequency=once": {early, won, well},
        "frequency=monthly": set(),
        "state=refunded": set(),
    }.items():
        found = follow(finance, f"/api/v1/donations/?{query}")
        assert set(found) == {str(gift.id) for gift in expected}, query


AMOUNTS = [
    "-1", "0", "0.00", "0.001", "1e400", "NaN", "Infinity", str(2**63), "١٠.00", "1_000.00", " 5.00 ", "5.00000000001",
    "true", "[5]", "5,00", "0x10", "5", "5.0", "05.00", "+5.00", "5.00%00", "1000000.00", "99999999999.00", "",
]  # fmt: skip


@pytest.mark.parametrize("amount", AMOUNTS)
def test_amounts_are_read_in_one_spelling_only(finance: Client, amount: str) -> None:
    assert finance.get(f"/api/v1/donations/?currency=USD&amount={amount}").status_code == 400


@pytest.mark.parametrize("currency", ["usd", "USD ", "US", "BTC", "", "USD%00", "달러"])
def test_currencies(finance: Client, currency: str) -> None:
    assert finance.get(f"/api/v1/donations/?currency={currency}").status_code == 400


def test_won_have_no_decimals(finance: Client) -> None:
    assert finance.get("/api/v1/donations/?currency=KRW&amount=5000.00").status_code == 400
    assert finance.get("/api/v1/donations/?currency=JPY&amount=1.5").status_code == 400
    assert finance.get("/api/v1/donations/?amount=5.00").status_code == 400


HOSTILE = [
    "unknown=1", "donor__email__startswith=a", "ordering=donor__email", "_connector=OR%201=1", "a%00b=1", "page=2",
    "search=kim", "format=api", "page_size=0", "page_size=101", "page_size=-1", "page_size=1e1", "page_size=٣",
    "page_size=1_0", f"page_size={2**63}", "page_size=", "page_size=10&page_size=20", "given_from=2026-13-01",
    "given_from=0001-01-01", "given_to=9999-12-31", "given_from=20260101", "given_from=2026-02-02&given_to=2026-02-01",
    "donor=1", "donor=x", "donor=urn:uuid:00000000-0000-0000-0000-000000000000", "campaign='", "campaign=a%20b",
    "method=%27%3B--", "method=%0A", "frequency=daily", "state=x", "cursor=x", "cursor=e30", "cursor=bnVsbA",
    "cursor=WyIyMDI2LTAxLTAxIiwxXQ", "cursor=WzEsMl0", "cursor=%00", "cursor=" + "W" * 300, "cursor=" + "W" * 301,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_what_is_not_on_the_list_of_parameters_is_refused(finance: Client, query: str) -> None:
    answer = finance.get(f"/api/v1/donations/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"], answer.json()


def test_every_other_list_refuses_unknown_parameters_too(finance: Client) -> None:
    for path in (
        "donors/",
        "receipts/",
        "campaigns/",
        f"donors/{uuid.uuid4()}/",
        f"donations/{uuid.uuid4()}/",
    ):
        answer = finance.get(f"/api/v1/{path}?email=a")
        assert answer.status_code == 400, path
        assert answer.json()["errors"] == [
            {"field": "email", "code": "unknown", "words": "There is no such field."}
        ]


def test_receipts(finance: Client) -> None:
    gift = making.donation()
    paper = making.receipt(gift)
    seen = finance.get(f"/api/v1/receipts/{paper.id}/").json()
    assert list(seen) == list(ReceiptShape().fields)
    assert (seen["file"], seen["voided"], seen["serial"]) == (None, None, "2026-000001")
    assert finance.get(f"/api/v1/receipts/{paper.id}/file/").status_code == 404
    sha256 = storing.store(content=b"%PDF-1.4 stored", media_type="application/pdf", now=NOW)
    Rendering.objects.create(receipt=paper, document_id=sha256, rendered_at=NOW)
    address = finance.get(f"/api/v1/receipts/{paper.id}/").json()["file"]
    answer = finance.get(address, headers={"Accept": "application/pdf"})
    assert answer.content == b"%PDF-1.4 stored"
    assert answer["Content-Disposition"] == 'attachment; filename="receipt-2026-000001.pdf"'
    assert answer["Cache-Control"] == "no-store, private"
    assert AuditEvent.objects.get(action="receipt.read").target == f"receipt:{paper.id}"
    for query, count in {
        "state=valid": 1,
        "state=voided": 0,
        "issued_to=2026-11-19": 0,
        "currency=USD": 1,
    }.items():
        assert len(finance.get(f"/api/v1/receipts/?{query}").json()["results"]) == count


def test_ids_of_another_kind_are_not_found(finance: Client) -> None:
    gift = making.donation()
    paper = making.receipt(gift)
    for path in (
        f"donors/{gift.id}",
        f"donations/{paper.id}",
        f"receipts/{gift.id}",
        f"exports/{paper.id}/file",
    ):
        assert finance.get(f"/api/v1/{path}/").status_code == 404


def test_donors_are_entered_read_and_corrected(finance: Client) -> None:
    made = finance.post(
        "/api/v1/donors/",
        {
            "name": "  Grace\u202e  Kim ",
            "local_name": "김은혜",
            "email": "Grace@Example.org",
            "language": "ko",
        },
        content_type="application/json",
    )
    assert made.status_code == 201
    body = made.json()
    assert list(body) == list(DonorShape().fields)
    assert (body["name"], body["local_name"], body["kind"]) == ("Grace Kim", "김은혜", "person")
    assert finance.get(made["Location"]).json() == body
    changed = finance.patch(made["Location"], {"address": "1 Example Way"}, content_type="application/json")
    assert changed.json() == body | {"address": "1 Example Way"}
    again = finance.post(
        "/api/v1/donors/",
        {"name": "grace kim", "email": "GRACE@example.org"},
        content_type="application/json",
    )
    assert (again.status_code, again.json()["type"]) == (409, "urn:almoner:problem:donor_exists")
    assert Donor.objects.count() == 1
    trail = AuditEvent.objects.order_by("number").values_list("action", "details")
    assert list(trail) == [
        ("donor.added", {}),
        ("donor.read", {"by": "session"}),
        ("donor.changed", {"fields": ["address"]}),
    ]


def test_what_a_donor_may_not_be(finance: Client) -> None:
    extra = [
        "id",
        "role",
        "is_staff",
        "donor_id",
        "merged_into",
        "created_at",
        "email_key",
        "name_key",
        "status",
    ]
    bodies: list[Any] = [
        {},
        {"name": ""},
        {"name": "\u202e\u200b"},
        {"name": 5},
        {"name": None},
        {"name": ["a"]},
        {"name": "x" * 121},
        {"name": "A", "email": "no address"},
        {"name": "A", "email": "a@example.org\nBcc: b@example.org"},
        {"name": "A", "language": "xx"},
        {"name": "A", "kind": "household"},
        *({"name": "A", name: "1"} for name in extra),
        [],
        "text",
        None,
        5,
        True,
    ]
    for body in bodies:
        answer = finance.post("/api/v1/donors/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 400, body
        assert answer.json()["errors"], body
    assert not Donor.objects.exists()


def test_a_merged_donor_is_not_changed(finance: Client) -> None:
    survivor = making.donor()
    merged = making.donor(name="G Kim", merged_into=survivor)
    answer = finance.patch(f"/api/v1/donors/{merged.id}/", {"name": "X"}, content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:almoner:problem:donor_merged")
    assert finance.get(f"/api/v1/donors/{merged.id}/").json()["merged_into"] == str(survivor.id)


def test_nothing_is_deleted(finance: Client) -> None:
    giver = making.donor()
    for path in (f"donors/{giver.id}/", "donors/", "donations/", "receipts/", "campaigns/"):
        assert finance.delete(f"/api/v1/{path}").status_code == 405
        assert finance.put(f"/api/v1/{path}", "{}", content_type="application/json").status_code == 405
        assert finance.options(f"/api/v1/{path}").status_code == 405
