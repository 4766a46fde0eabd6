"""The finance day in its order, by the pages alone: batch, deposit, payout, statement, month, journal, and back."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from books import handing_over, handing_over_jobs
from books.handing_over import Scope
from books.models import BankLine, JournalExport, MonthEnd, Reopening
from donations.models import Batch
from donors.models import Donor
from jobs import beating
from ledger.models import Entry
from ledger.money import Money
from payments.models import BalanceTransaction, BankAccount
from tests import making
from tests.books import banks
from tests.web.batch_pages import account, approver, cover, finance, kim, save, words

__all__ = ["account", "approver", "finance", "kim"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def month(today: datetime) -> date:
    """The first day of the month before this one."""
    local = today.astimezone(ZoneInfo(making.entity().zone))
    return (local.replace(day=1) - timedelta(days=1)).date().replace(day=1)


def last_of(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def at(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(making.entity().zone))


def seen(browser: Client, name: str, *keys: object, **query: str) -> str:
    answer = browser.get(reverse(f"office:{name}", args=keys), query)
    assert answer.status_code == 200, name
    return words(answer)


def press(browser: Client, name: str, *keys: object, **told: Any) -> Any:
    answer = browser.post(reverse(f"office:{name}", args=keys), told)
    assert answer.status_code == 302, words(answer)
    return answer


def offering(finance: Client, account: BankAccount, day: date, today: datetime) -> Batch:
    """Two checks and loose cash, typed, counted and posted."""
    form = cover(account, today, expected_count="3", expected="200.00", came_on=day, deposit_on=day)
    press(finance, "batch_new", **form)
    batch = Batch.objects.get()
    for amount, giver, number in (("120.00", "kim c", "11"), ("60.00", "kim c", "12"), ("20.00", "-", "13")):
        assert save(finance, batch, amount=amount, donor=giver, check_number=number).status_code == 302
    press(finance, "batch_post", batch.pk)
    return batch


def match(finance: Client, line: BankLine, mark: str) -> None:
    """The suggestion of that kind is on the line's page, and one press takes it."""
    page = finance.get(reverse("office:bank_line", args=[line.pk])).content.decode()
    [pressed] = [one for one in re.findall(r'name="mark" value="([^"]+)"', page) if one.startswith(mark)]
    press(finance, "bank_line_accept", line.pk, mark=pressed)


def handed_over(finance: Client, month: date, now: datetime) -> JournalExport:
    asked = {
        "entity": str(making.entity().pk), "target": "generic", "first": month.isoformat(),
        "last": last_of(month).isoformat(), "grouping": "entry",
    }  # fmt: skip
    assert "Hand over" in seen(finance, "journal_new", **asked)
    press(finance, "journal_new", **asked, request=str(uuid.uuid4()))
    # The worker does it in a thread of its own, which sees only what is committed; here its deed is called.
    job = handing_over_jobs.asked().get()
    assert job.requested_by is not None
    scope = Scope(entity=making.entity(), target="generic", first=month, last=last_of(month))
    made = handing_over.export(export_id=job.pk, scope=scope, actor=job.requested_by, now=now)
    seen(finance, "journal_job", job.pk)
    return made


def test_a_month_from_the_offering_to_the_accountant(  # noqa: PLR0917  # fixtures
    finance: Client, approver: Client, account: BankAccount, kim: Donor, month: date, today: datetime
) -> None:
    day = month + timedelta(days=9)
    gift = making.donation(by=kim, amount=Money(10_000, "USD"), fee=Money(320, "USD"), at=at(day))
    payout = making.payout(
        of=list(BalanceTransaction.objects.all()),
        arrives_on=day + timedelta(days=2),
        at=at(day + timedelta(days=2)),
    )
    batch = offering(finance, account, day, today)
    press(finance, "month_begin", entity=making.entity().pk, month=month.isoformat())
    end = MonthEnd.objects.get()
    page = seen(finance, "month", end.pk)
    assert "2 deposits were not seen at the bank." in page
    assert "Deposit of a batch Look at it $200.00 not yet $200.00" in page
    assert payout.ref in page

    # The statement comes: the payout, the deposit, a charge, and a check of the batch that the bank did not pay.
    wanted = (
        (9_680, "STRIPE PAYOUT", "payout"), (20_000, "DEPOSIT", "deposit"), (-500, "MONTHLY FEE", "charge"),
    )  # fmt: skip
    for place, (minor, payer, mark) in enumerate(wanted):
        line = banks.line(account, minor, payer=payer, on=last_of(month) - timedelta(days=2 - place))
        match(finance, line, mark)
    check = batch.rows.get(check_number="12").gifts.get().donation
    bounced = {
        "gift_id": str(uuid.uuid4()), "kind": "bounced", "reason": "no cover",
        "happened_on": last_of(month).isoformat(),
    }  # fmt: skip
    press(finance, "amend", check.pk, **bounced)
    page = seen(finance, "month", end.pk)
    assert "Gift that went back Look at it -$60.00 not yet -$60.00" in page
    match(finance, banks.line(account, -6_000, payer="RETURNED ITEM", on=last_of(month)), "returned")
    # Loose cash was typed as $20.00 and was $25.00; the bank put it right three days later.
    loose = batch.rows.get(giver="nobody")
    fund = making.fund().pk
    press(
        finance,
        "batch_row_amend",
        loose.pk,
        kind="mistake",
        reason="a note stuck",
        **{f"fund_{fund}": "25.00"},
    )
    page = seen(finance, "month", end.pk)
    assert "Deposit of a batch Look at it $205.00 $200.00 $5.00" in page
    match(finance, banks.line(account, 500, payer="CORRECTION", on=last_of(month)), "deposit")
    page = seen(finance, "month", end.pk)
    assert "What the bank does not confirm" not in page
    assert "$0.00 $0.00" in page

    made = handed_over(finance, month, today)
    assert made.entry_count == Entry.objects.count()
    beating.beat(name="selfcheck", report={"broken": []}, now=today)
    for code in ("disputes", "reports_read"):
        press(finance, "month_say", end.pk, code=code, deed="tick")
    assert "Everything on the list is done." in seen(finance, "month", end.pk)
    press(finance, "month_close", end.pk)

    # What is heard of later is booked in the open month, says so, and alone goes out next.
    late = {
        "gift_id": str(uuid.uuid4()), "kind": "mistake", "reason": "another fund",
        f"fund_{fund}": "100.00",
    }  # fmt: skip
    other = batch.rows.get(check_number="11").gifts.get().donation
    assert "The period of this gift is closed" in seen(finance, "amend", other.pk)
    press(finance, "amend", other.pk, **late)
    assert "a period that is closed" in Entry.objects.filter(kind="reversal").latest("id").memo
    first, again = (finance.get(reverse("office:journal_file", args=[made.pk])).getvalue() for _ in range(2))
    assert again == first
    assert gift.processor_ref is not None
    assert gift.processor_ref.encode() in first

    press(finance, "month_reopen", end.pk, reason="The auditor asked")
    press(approver, "month_decide", Reopening.objects.get().pk, deed="agree")
    assert "Closed before, and opened again" in seen(finance, "month", end.pk)
