"""Funds in the office: releases, transfers, sales, and reports whose numbers open the lines they are made of."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from books.models import FundTransfer, PlacedAsset, Release, ReleasePolicy, SecuritySale, TransferRequest
from donations import entering
from donations.benefiting import Return
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import Donation
from ledger.models import Fund
from ledger.money import Money
from payments.models import BankAccount
from receipts.models import Issuer
from staff.models import AuditEvent, Role
from tests import making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def center(today: datetime) -> Fund:
    """$5,000.00 for the community center, given today."""
    fund = making.fund(code="CTR", restriction="purpose", name="Community center")
    making.donation(by=making.donor(now=today), amount=usd(500_000), parts=[(fund, usd(500_000))], at=today)
    return fund


def words(response: Any) -> str:
    return str(response.content.decode())


def said(response: Any) -> str:
    """What stands on a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", words(response)).split())


def invoice(content: bytes = b"%PDF-1.7 invoice", name: str = "invoice.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def form(today: datetime, fund: Fund, **told: Any) -> dict[str, Any]:
    day = fund.entity.day_of(today).isoformat()
    values = {"amount": "3,200", "currency": "USD", "on": day, "reason": "Invoice 12", "paper": invoice()}
    return {**values, "request_id": str(uuid.uuid4()), **told}


def test_a_release_with_its_document_and_more_than_is_left_refused_with_how_much(
    finance: Client, center: Fund, today: datetime
) -> None:
    address = reverse("office:fund_release", args=[center.pk])
    assert "$5,000.00" in words(finance.get(address))
    done = finance.post(address, form(today, center), follow=True)
    assert "$3,200.00 is free of its restriction." in words(done)
    assert "invoice.pdf" in words(done)
    refused = finance.post(address, form(today, center, amount="1800.01"))
    assert refused.status_code == 422
    assert "Only $1,800.00 is left of this fund." in words(refused)
    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"paper": ""}, "Choose the document that shows it."),
        ({"paper": invoice(b"<html>")}, "The document is neither PDF nor PNG nor JPEG."),
        ({"amount": "5,00"}, "This is not an amount: write 100 or 100.00."),
        ({"amount": "0"}, "Write an amount above zero."),
        ({"reason": "for 900101-1234567"}, "A resident number is never kept here. Leave it out."),
        ({"on": "2099-01-01"}, "This day cannot be."),
    ],
)
def test_what_is_wrong_with_a_release_is_said_at_its_field(
    finance: Client, center: Fund, today: datetime, told: dict[str, Any], answer: str
) -> None:
    refused = finance.post(reverse("office:fund_release", args=[center.pk]), form(today, center, **told))
    assert (refused.status_code, answer in words(refused)) == (422, True)
    assert not Release.objects.exists()


def test_a_fund_without_restriction_offers_no_release(finance: Client, today: datetime) -> None:
    page = words(finance.get(reverse("office:fund_release", args=[making.fund().pk])))
    assert "This fund is not restricted: there is nothing to release." in page
    assert '<form class="narrow"' not in page
    refused = finance.post(
        reverse("office:fund_release", args=[making.fund().pk]), form(today, making.fund())
    )
    assert refused.status_code == 422


def test_the_document_is_handed_out_as_a_download_only_and_written_down(
    finance: Client, center: Fund, today: datetime
) -> None:
    finance.post(reverse("office:fund_release", args=[center.pk]), form(today, center))
    release = Release.objects.get()
    answer = finance.get(reverse("office:fund_paper", args=["release", release.pk]))
    assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7 invoice", "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.filter(action="document.read").count() == 1
    for of, pk in (("nothing", release.pk), ("release", uuid.uuid4()), ("move", release.pk)):
        assert finance.get(reverse("office:fund_paper", args=[of, pk])).status_code == 404


def test_a_release_is_taken_back(finance: Client, center: Fund, today: datetime) -> None:
    finance.post(reverse("office:fund_release", args=[center.pk]), form(today, center))
    wrong = Release.objects.get()
    address = reverse("office:fund_reverse", args=[wrong.pk])
    assert "Take the release of $3,200.00 back?" in words(finance.get(address))
    assert finance.post(address, {"reason": ""}).status_code == 422
    assert finance.post(address, {"reason": "for 900101-1234567"}).status_code == 422
    done = finance.post(address, {"reason": "Not built"}, follow=True)
    assert "Taken back. The money is restricted again." in words(done)
    undone = Release.objects.get(reverses=wrong)
    assert finance.get(reverse("office:fund_reverse", args=[undone.pk])).status_code == 404


def test_a_building_opens(finance: Client, center: Fund, today: datetime) -> None:
    address = reverse("office:fund_building", args=[center.pk])
    assert "on opening day" in words(finance.get(address))
    asked = form(today, center, reason="Community center")
    done = finance.post(address, asked, follow=True)
    assert "Entered. What is due of it is free of its restriction." in words(done)
    assert Release.objects.get().asset == PlacedAsset.objects.get()
    refused = finance.post(address, form(today, center, amount="9000"))
    assert "Only $1,800.00 is left of this fund." in words(refused)


def test_a_policy_of_buildings_is_the_admins(signed_in: SignIn, center: Fund) -> None:
    admin = signed_in(Role.ADMIN)
    address = reverse("office:fund_policy")
    assert admin.post(address, {"entity": center.entity_id, "months": "-1"}).status_code == 422
    done = admin.post(address, {"entity": center.entity_id, "months": "240"}, follow=True)
    assert "over 240 months" in words(done)
    assert ReleasePolicy.objects.get().rule == "useful_life"


def move(today: datetime, fund: Fund, to: Fund, **told: Any) -> dict[str, Any]:
    return form(today, fund, to=to.pk, amount="10", reason="Fees of the center", paper="", **told)


def test_money_moves_when_a_second_person_agrees(
    finance: Client, signed_in: SignIn, center: Fund, today: datetime
) -> None:
    general = making.fund()
    making.donation(by=making.donor(now=today), at=today)
    address = reverse("office:fund_move", args=[general.pk])
    assert "is_restricted" not in words(finance.get(address))
    page = finance.post(address, move(today, general, center), follow=True)
    asked = TransferRequest.objects.get()
    assert "You asked for this, so somebody else must decide about it." in words(page)
    decide = reverse("office:fund_moving_decide", args=[asked.pk])
    assert finance.post(decide, {"deed": "approve"}).status_code == 403
    approver = signed_in(Role.APPROVER)
    assert "waits for a second person" in words(approver.get(reverse("office:funds")))
    done = approver.post(decide, {"deed": "approve"}, follow=True)
    assert "Moved. Both funds show it." in words(done)
    again = approver.post(decide, {"deed": "decline", "reason": "no"})
    assert (again.status_code, "This has been decided already." in words(again)) == (422, True)
    assert FundTransfer.objects.get().pk == asked.pk


def test_a_request_is_declined_or_taken_back(
    finance: Client, signed_in: SignIn, center: Fund, today: datetime
) -> None:
    general = making.fund()
    making.donation(by=making.donor(now=today), at=today)
    for deed, who, told in (
        ("withdraw", finance, "Taken back. Nothing was moved."),
        ("decline", signed_in(Role.APPROVER), "Declined. Nothing was moved."),
    ):
        finance.post(reverse("office:fund_move", args=[general.pk]), move(today, general, center))
        asked = TransferRequest.objects.get(status="asked")
        decide = reverse("office:fund_moving_decide", args=[asked.pk])
        assert told in words(who.post(decide, {"deed": deed, "reason": "Not now"}, follow=True))
    assert not FundTransfer.objects.exists()


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"amount": "5000.01", "is_restricted": "yes"}, "Only $5,000.00 is left of this fund."),
        (
            {"is_restricted": "yes", "to": "general"},
            "Restricted money goes only to a fund of the same restriction",
        ),
        ({"is_restricted": "yes"}, "Choose the paper by which the giver agreed."),
        ({"to": "center"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_moved_is_said_at_its_field(
    finance: Client, center: Fund, today: datetime, told: dict[str, Any], answer: str
) -> None:
    annex = making.fund(code="ANX", restriction="purpose", name="Annex")
    funds = {"general": making.fund(), "center": center}
    values = {**move(today, center, annex), **told}
    values["to"] = funds[values["to"]].pk if values["to"] in funds else values["to"]
    refused = finance.post(reverse("office:fund_move", args=[center.pk]), values)
    assert (refused.status_code, answer in words(refused)) == (422, True)


def by_hand(today: datetime, fund: Fund, amount: Money, **told: Any) -> Donation:
    day = fund.entity.day_of(today) - timedelta(days=1)
    gift = HandGift(
        id=uuid.uuid4(), entity=fund.entity, donor_id=making.donor(now=today).pk, campaign=making.campaign(),
        parts=[(fund, amount)], amount=amount, came_on=day, **{
            "method": "check", "days": {Basis.RECEIVED: day, Basis.HAND: day}, **told,
        },
    )  # fmt: skip
    return entering.enter(
        gift=gift, actor=making.user(email=f"{uuid.uuid4()}@example.org", now=today), now=today
    )


def stock(today: datetime) -> Donation:
    fund = making.fund()
    day = fund.entity.day_of(today) - timedelta(days=1)
    return by_hand(
        today, fund, usd(101_500), kind=Donation.Kind.STOCK, method="stock", description="10 shares ABC",
        days={Basis.TRANSFER: day},
    )  # fmt: skip


def test_securities_are_sold_from_the_page_of_their_gift(finance: Client, today: datetime) -> None:
    gift = stock(today)
    address = reverse("office:sale", args=[gift.pk])
    assert address in words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "Enter a bank account of this body and currency first." in words(finance.get(address))
    bank = BankAccount.objects.create(entity=gift.entity, name="Operating", currency="USD", added_at=today)
    told = {"price": "1,010.00", "fee": "5", "sold_on": gift.given_on.isoformat(), "bank_account": bank.pk}
    assert "$1,015.00" in words(finance.get(address))
    assert finance.post(address, {**told, "price": "x"}).status_code == 422
    assert finance.post(address, {**told, "fee": "2000"}).status_code == 422
    page = words(finance.post(address, told, follow=True))
    assert "Sold. The books say what was won or lost." in page
    assert "Gain or loss on securities" in page
    assert SecuritySale.objects.get().price_minor == 101_000
    assert "Its entry in the books" in words(finance.get(address))
    corrected = finance.post(
        reverse("office:correct", args=[gift.pk]),
        {
            "giver": gift.donor.name, "giver_id": gift.donor_id, "giver_for": gift.donor.name, "kind": "property",
            "given_on": gift.given_on.isoformat(), "payer": "donor", "description": "Coats", "reason": "x",
        },
    )  # fmt: skip
    assert "These securities were sold: they stay securities." in words(corrected)


def shown(page: str) -> list[list[str]]:
    """The rows of the tables of a page, cell by cell."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_the_restricted_funds_tie_and_every_number_opens_its_lines(
    finance: Client, center: Fund, today: datetime
) -> None:
    finance.post(reverse("office:fund_release", args=[center.pk]), form(today, center))
    page = words(finance.get(reverse("office:restricted")))
    assert "Ties to the ledger" in page
    assert [
        "CTR",
        "Community center",
        "Purpose",
        "USD",
        "$0.00",
        "$5,000.00",
        "$3,200.00",
        "$0.00",
        "$1,800.00",
    ] in shown(page)
    links = re.findall(r'href="([^"]*journal/\?[^"]*)"[^>]*>([^<]+)<', page)
    assert len(links) >= 10
    for address, number in links:
        opened = shown(words(finance.get(address.replace("&amp;", "&"))))
        total = next((row[-1] for row in opened if row and row[0] == "USD"), "$0.00")
        assert total.removesuffix(" credit").removesuffix(" debit") == number.strip(), address


def test_the_statement_of_activities_has_a_line_of_its_own_for_each_kind_of_income(
    finance: Client, center: Fund, today: datetime
) -> None:
    by_hand(
        today, making.fund(), usd(300_000), kind=Donation.Kind.PROPERTY, method="in_kind", description="Coats"
    )
    stock(today)
    by_hand(
        today, making.fund(), usd(15_000), kind=Donation.Kind.TICKET,
        returns=(Return("Dinner", fair_value_minor=5_000),),
    )  # fmt: skip
    finance.post(reverse("office:fund_release", args=[center.pk]), form(today, center))
    year = center.entity.day_of(today) - timedelta(days=1)
    page = words(finance.get(reverse("office:activities"), {"period": str(year.year)}))
    rows = shown(page)
    for row in (
        ["Contributions of money", "$100.00", "$5,000.00", "$5,100.00"],
        ["Contributions of securities", "$1,015.00", "", "$1,015.00"],
        ["Contributions in kind", "$3,000.00", "", "$3,000.00"],
        ["Event income", "$50.00", "", "$50.00"],
        ["Net assets released from restrictions", "$3,200.00", "-$3,200.00", "$0.00"],
        ["Change in net assets", "$7,365.00", "$1,800.00", "$9,165.00"],
        ["Net assets at the end", "$7,365.00", "$1,800.00", "$9,165.00"],
        ["Assets less debts", "$9,165.00"],
    ):
        assert row in rows, row
    assert "do not tie" not in page
    for address, number in re.findall(r'href="([^"]*journal/\?[^"]*)"[^>]*>([^<]+)<', page):
        opened = shown(words(finance.get(address.replace("&amp;", "&"))))
        total = next((row[-1] for row in opened if row and row[0] == "USD"), "$0.00")
        assert total.split(" ")[0] == number.strip().lstrip("-"), address


def test_reports_are_files_and_taking_them_is_written_down(
    finance: Client, center: Fund, today: datetime
) -> None:
    for what, first in (("restricted", "Fund"), ("activities", "Currency")):
        answer = finance.get(reverse("office:fund_report_file", args=[what, "csv"]))
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert (rows[0][0], len(rows) > 2) == (first, True)
        assert "attachment" in answer.headers["Content-Disposition"]
        sheet = finance.get(reverse("office:fund_report_file", args=[what, "xlsx"]))
        assert sheet.content.startswith(b"PK")
    assert AuditEvent.objects.filter(action="export report").count() == 4
    for what, ending in (("nothing", "csv"), ("restricted", "exe")):
        assert finance.get(reverse("office:fund_report_file", args=[what, ending])).status_code == 404


@pytest.mark.parametrize("name", ["restricted", "activities"])
@pytest.mark.parametrize("period", ["2026-13", "x", "2026-q5", "1066", "2026-q"])
def test_a_period_that_is_none_is_told(finance: Client, center: Fund, name: str, period: str) -> None:
    answer = finance.get(reverse(f"office:{name}"), {"period": period})
    assert (answer.status_code, "This period cannot be read." in words(answer)) == (400, True)


def test_the_journal_is_narrowed_and_its_file_holds_the_same_lines(
    finance: Client, center: Fund, today: datetime
) -> None:
    making.donation(by=making.donor(now=today), at=today)
    asked = {"account": "with", "fund": str(center.pk), "currency": "USD"}
    page = words(finance.get(reverse("office:journal"), asked))
    assert "$5,000.00 credit" in said(finance.get(reverse("office:journal"), asked))
    assert "$100.00" not in page
    answer: Any = finance.get(reverse("office:journal_export"), asked)
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [(row["account_code"], row["fund_code"], row["credit"]) for row in rows] == [
        ("4100", "CTR", "5000.00")
    ]
    assert finance.get(reverse("office:journal"), {"account": "9999"}).status_code == 400
    kind = words(finance.get(reverse("office:journal"), {"kind": "payout"}))
    assert "No entry in this period." in kind


def test_the_year_of_the_books_is_bridged_to_the_year_of_the_receipts(
    finance: Client, center: Fund, today: datetime
) -> None:
    Issuer.objects.update_or_create(
        entity=center.entity, defaults={"law": "US", "fiscal_year_end_month": 6, "changed_at": today}
    )
    year = center.entity.day_of(today).year
    page = words(finance.get(reverse("office:years"), {"year": year}))
    assert "On the standing receipts of" in page
    assert "Unexplained" not in page


def test_a_fund_that_went_below_zero_says_what_to_do(
    finance: Client, center: Fund, today: datetime, check_laws: Callable[[], None]
) -> None:
    finance.post(reverse("office:fund_release", args=[center.pk]), form(today, center, amount="5000"))
    check_laws()  # as the commit of the release did
    making.refund(of=Donation.objects.get(), amount=usd(10_000), at=today)
    page = words(finance.get(reverse("office:fund", args=[center.pk])))
    assert "more was released than there is" in page
