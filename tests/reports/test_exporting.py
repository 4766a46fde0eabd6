"""Files for finance: safe in a spreadsheet, exact, complete, and the same as the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from donations.models import Donation
from ledger.models import Line
from ledger.money import Money
from reports import exporting
from reports.filtering import Filters
from tests import making

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
USD = "USD"

DANGEROUS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  =1+1", "＝1", "＋1", "－1", "＠SUM",
    "%=1", ";=1", '"=1', "|=1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://example.org\",\"x\")", "-2+3",
    "+cmd|' /C calc'!A0", "@import", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1", "\x01=1", "\x0b=1", "\x0c=1",
    "=IMPORTXML(1)", "=DDE(\"a\";\"b\")", "-cmd", "\t", "'=1", "'plain", "\u2212 1", "\u2003+1", "\u2028=1",
    " -1", "﹢1", "﹦1", "=",
]  # fmt: skip
HARMLESS = [
    "Grace Kim",
    "김철수",
    "O'Neill",
    "Émile",
    "Ødegård",
    "李小龍",
    "7 Sisters Church",
    "a=b",
    "x-1",
    "(가)교회",
]
FIRST_SIGNS = set('=+-@|;%"\t\r\n＝＋－＠﹢﹦\u2212')


def read(blocks: Iterable[bytes]) -> list[dict[str, str]]:
    text = b"".join(blocks).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def unquoted(cell: str) -> str:
    """What the module tells readers to do: take exactly one leading apostrophe off."""
    return cell.removeprefix("'")


def donations(**asked: object) -> list[dict[str, str]]:
    return read(exporting.donations(filters=Filters(**asked), language="en"))  # type: ignore[arg-type]


def test_there_are_forty_vectors() -> None:
    assert len(set(DANGEROUS)) >= 40


@pytest.mark.django_db
@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_made_text_and_reads_back(text: str) -> None:
    giver = making.donor(now=NOON)
    type(giver).objects.filter(pk=giver.pk).update(name=text)
    making.donation(by=giver, note=text, at=NOON)
    [row] = donations()
    for cell in (row["donor_name"], row["note"]):
        assert cell[0] == "'"
        assert unquoted(cell) == text


@pytest.mark.django_db
@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_names_stay_as_they_are(text: str) -> None:
    making.donation(by=making.donor(name=text, now=NOON), at=NOON)
    [row] = donations()
    assert row["donor_name"] == text


@pytest.mark.django_db
def test_numbers_stay_numbers_even_below_zero() -> None:
    gift = making.donation(by=making.donor(now=NOON), amount=Money(7500, USD), fee=Money(248, USD), at=NOON)
    making.dispute(of=gift, fee=Money(1500, USD), at=NOON)
    [row] = donations()
    assert (row["gross"], row["fee"], row["net"], row["state"]) == ("75.00", "17.48", "-17.48", "disputed")
    assert Decimal(row["net"]) == Decimal("-17.48")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(10000, USD), "100.00"), (Money(1, USD), "0.01"), (Money(50000, "KRW"), "50000"),
        (Money(1230, "KWD"), "1.230"), (Money(99_999_999, USD), "999999.99"), (Money(5, "EUR"), "0.05"),
    ],
)  # fmt: skip
def test_amounts_are_exact_text_of_their_currency(amount: Money, text: str) -> None:
    making.donation(by=making.donor(now=NOON), amount=amount, at=NOON)
    [row] = donations()
    assert (row["gross"], row["currency"]) == (text, amount.currency)
    assert row["gross"] == amount.plain


@pytest.mark.django_db
def test_a_row_carries_what_finance_asks_for() -> None:
    gift = making.donation(by=making.donor(now=NOON), fee=Money(320, USD), note="For the center", at=NOON)
    receipt = making.receipt(of=gift, is_drawn=False, now=NOON)
    making.refund(of=gift, amount=Money(2500, USD), at=NOON)
    from payments.models import BalanceTransaction

    payout = making.payout(
        of=list(BalanceTransaction.objects.order_by("id")), arrives_on=date(2026, 3, 12), at=NOON
    )
    [row] = donations()
    assert row["given_at_local"] == "2026-03-10 12:00:00"
    assert {key: row[key] for key in (
        "given_on", "donor_name", "donor_email", "campaign", "fund", "gross", "refunded", "fee", "net", "currency",
        "settlement_currency", "method", "last4", "frequency", "state", "charge_id", "payout_id", "receipt", "note",
    )} == {
        "given_on": "2026-03-10", "donor_name": "Grace Kim", "donor_email": "grace@example.org",
        "campaign": "General work", "fund": "GEN", "gross": "100.00", "refunded": "25.00", "fee": "3.20",
        "net": "71.80", "currency": "USD", "settlement_currency": "USD", "method": "card", "last4": "4242",
        "frequency": "once", "state": "partly_refunded", "charge_id": gift.processor_ref, "payout_id": payout.ref,
        "receipt": receipt.serial, "note": "For the center",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_last_day_is_included_and_days_are_those_of_the_entity() -> None:
    giver = making.donor(now=NOON)
    for hour in (3, 5):  # 22:00 and 24:00 of 31 January in New York
        making.donation(by=giver, at=datetime(2026, 2, 1, hour, 0, tzinfo=UTC))
    january = donations(given_from=date(2026, 1, 1), given_to=date(2026, 1, 31))
    assert [row["given_on"] for row in january] == ["2026-01-31"]
    assert len(donations(given_to=date(2026, 2, 1))) == 2


@pytest.mark.django_db
def test_sums_of_the_file_are_those_of_the_database_oldest_first() -> None:
    giver = making.donor(now=NOON)
    for number in range(300):
        making.donation(by=giver, amount=Money(100 + number * 7, USD), at=NOON - timedelta(hours=number))
    rows = donations()
    told = sum(Decimal(row["gross"]) for row in rows)
    assert told * 100 == Donation.objects.aggregate(sum=Sum("amount_minor"))["sum"]
    assert [row["given_at_local"] for row in rows] == sorted(row["given_at_local"] for row in rows)
    blocks = list(exporting.donations(filters=Filters(), language="en"))
    assert len(blocks) < len(rows)
    assert max(len(block) for block in blocks) < exporting.BLOCK * 2


@pytest.mark.django_db
def test_an_empty_file_has_its_heading_and_the_mark_is_optional() -> None:
    plain = b"".join(exporting.donations(filters=Filters(), language="en"))
    marked = b"".join(exporting.donations(filters=Filters(), language="ko", with_mark=True))
    assert plain.startswith(b"donation_id,given_on,")
    assert marked == b"\xef\xbb\xbf" + plain


@pytest.mark.django_db
def test_the_journal_balances_names_nobody_and_says_whom_by_number() -> None:
    giver = making.donor(name="Grace Kim", now=NOON)
    gift = making.donation(by=giver, fee=Money(320, USD), at=NOON)
    making.refund(of=gift, amount=Money(2500, USD), at=NOON + timedelta(days=1))
    blocks = b"".join(exporting.journal(booked_from=None, booked_to=None))
    assert b"Grace" not in blocks
    assert b"example.org" not in blocks
    rows = read([blocks])
    assert len(rows) == Line.objects.count() == 6
    assert {row["counterparty_ref"] for row in rows} == {str(giver.pk)}
    assert [row["line_no"] for row in rows] == ["1", "2"] * 3
    for entry in {row["journal_id"] for row in rows}:
        lines = [row for row in rows if row["journal_id"] == entry]
        assert sum(Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in lines) == 0
    assert all(bool(row["debit"]) != bool(row["credit"]) for row in rows)
    assert rows[0]["account_code"] == "1100"
    assert (rows[0]["debit"], rows[0]["fund_code"], rows[0]["restriction"]) == ("100.00", "GEN", "without")


@pytest.mark.django_db
def test_the_journal_of_a_period_includes_both_days() -> None:
    giver = making.donor(now=NOON)
    for days in range(3):
        making.donation(by=giver, at=NOON + timedelta(days=days))
    rows = read(exporting.journal(booked_from=date(2026, 3, 10), booked_to=date(2026, 3, 11)))
    assert {row["journal_date"] for row in rows} == {"2026-03-10", "2026-03-11"}
    again = b"".join(exporting.journal(booked_from=date(2026, 3, 10), booked_to=date(2026, 3, 11)))
    assert read([again]) == rows
