"""Deposits and report files as people see them: sums, differences in words, files, decisions."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from books import receiving_reports
from books.models import ProcessorReport, ProcessorReportRow
from donations import paying_out, recording
from donations.models import Donation
from jobs import running
from jobs.models import Job
from payments import gateway
from payments.models import BalanceTransaction, Payout, PayoutFailure, PayoutLine, PayoutTrouble
from reports import today as today_page
from staff.models import Role
from tests import facts
from tests.books import files
from tests.campaigns import making
from tests.donations.test_depositing import Told, apply, carried, state
from tests.donations.test_paying_out import ByHand, mixed, own
from tests.facts import NOW
from tests.web import exporting

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture(autouse=True)
def at_that_time(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    return signed_in(Role.FINANCE)


def words(response: Any) -> str:
    """What stands on a page, without its tags."""
    shown = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(shown.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&").split())


def paid(monkeypatch: pytest.MonkeyPatch) -> Payout:
    gift = facts.donation()
    apply(monkeypatch, Told(state(9_680), [carried(gift), own(9_680)]))
    return Payout.objects.get()


def test_a_deposit_adds_up_and_leads_to_its_gifts(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = paid(monkeypatch)
    listed = words(finance.get(reverse("office:payouts")))
    assert "$100.00 $3.20 $0.00 $0.00 $0.00 $96.80 Adds up" in listed
    assert "1 deposit in USD $100.00 $3.20 $0.00 $0.00 $0.00 $96.80" in listed
    page = finance.get(reverse("office:payout", args=[made.pk]))
    assert "Adds up: its lines sum to the payout, difference 0." in words(page)
    assert reverse("office:donation", args=[Donation.objects.get().pk]) in page.content.decode()
    file = exporting.body(finance.get(reverse("office:payout_export", args=[made.pk]))).decode()
    assert file.splitlines()[1].endswith(",100.00,3.20,96.80,USD,po_1")


def test_filters_live_in_the_address(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    paid(monkeypatch)
    address = reverse("office:payouts")
    for query, is_there in (
        ("month=2026-11", True), ("month=2026-10", False), ("state=adds_up", True), ("state=differs", False),
        ("currency=USD&processor=stripe", True), ("currency=KRW", False), ("processor=paypal", False),
    ):  # fmt: skip
        shown = words(finance.get(f"{address}?{query}"))
        assert ("po_1" in shown) is is_there, query
        assert ("No deposit fits these filters." in shown) is not is_there
    assert finance.get(f"{address}?month=soon").status_code == 400


def test_a_difference_is_said_in_words(
    finance: Client, unguarded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = paid(monkeypatch)
    for minor, said in ((9_681, "$0.01 short"), (9_670, "$0.10 over")):
        Payout.objects.filter(pk=made.pk).update(amount_minor=minor)
        assert said in words(finance.get(reverse("office:payout", args=[made.pk])))
    assert "Does not add up" in words(finance.get(reverse("office:payouts")))


def test_one_that_came_back_names_the_one_that_carries_it(
    finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = paid(monkeypatch)
    line = facts.balance_row(kind="payout_failure", source_ref="po_1", amount_minor=9_680, net_minor=9_680)
    PayoutFailure.objects.create(payout=made, balance_ref=line.ref, failed_at=NOW, recorded_at=NOW)
    address = reverse("office:payout", args=[made.pk])
    assert "No later payout has carried its money yet." in words(finance.get(address))
    later = Payout.objects.create(
        ref="po_2", amount_minor=9_680, currency="USD", created_at=NOW, arrives_on=NOW.date(), recorded_at=NOW
    )
    PayoutLine.objects.create(payout=later, balance_transaction=line)
    assert "Its money went into payout po_2 of 20 November 2026." in words(finance.get(address))


def test_won_paid_out_as_dollars_show_their_rate_and_what_7900_got(finance: Client) -> None:
    asked = facts.received({facts.campaign().fund: 50_000}, currency="KRW")
    made, _ = recording.record(received=asked, now=NOW)
    line = facts.line("charge", 3_650, source=asked.processor_ref, fee=136, exchange_rate=Decimal("0.00073"))
    recording.post_settlement(
        entity=made.entity, line=line, gross=made.amount, shares=recording.shares_of(made), now=NOW
    )
    payout = Payout.objects.create(
        ref="po_7", amount_minor=3_514, currency="USD", created_at=NOW, arrives_on=NOW.date(), recorded_at=NOW
    )
    PayoutLine.objects.create(payout=payout, balance_transaction=BalanceTransaction.objects.get(ref=line.ref))
    shown = words(finance.get(reverse("office:payout", args=[payout.pk])))
    assert "₩50,000 0.00073 ₩50,000 -$36.50 $36.50 $1.36 $35.14" in shown


def test_B12_the_page_of_a_gift_says_in_which_deposit_each_movement_went(
    finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = paid(monkeypatch)
    gift = Donation.objects.get()
    facts.refund(gift, 1_000)
    page = finance.get(reverse("office:donation", args=[gift.pk]))
    shown = words(page)
    assert "Charge $96.80 2026-11-23 po_1" in shown
    assert "Refund -$10.00 not paid out yet" in shown
    assert reverse("office:payout", args=[made.pk]) in page.content.decode()


def trouble(monkeypatch: pytest.MonkeyPatch, told: Told) -> PayoutTrouble:
    with pytest.raises(paying_out.DoesNotAddUp):
        apply(monkeypatch, told)
    return PayoutTrouble.objects.get()


def test_what_does_not_fit_goes_to_today_with_both_sums(
    finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = facts.donation()
    trouble(monkeypatch, Told(state(9_580), [carried(gift, fee=420)]))
    facts.event(kind="payout.paid", object_ref="po_1", status="parked", settled_at=NOW)
    today = finance.get(reverse("office:today"))
    assert words(today).count("A payout is not in the books") == 1
    assert "A notice of the processor does not fit" not in words(today)  # told once
    address = reverse("office:payout_waiting", args=["po_1"])
    assert address in today.content.decode()
    shown = words(finance.get(address))
    assert "The books explain another sum." in shown
    assert "Payout $95.80 Sum of lines $95.80 In the books $96.80 Difference $1.00 over" in shown
    assert f"Charge {gift.processor_ref} $95.80 $96.80" in shown
    assert "Book this deposit" not in shown


def test_a_payout_by_hand_is_booked_by_a_person(
    signed_in: SignIn, finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts.donation()
    trouble(monkeypatch, ByHand(4_840))
    address = reverse("office:payout_waiting", args=["po_1"])
    assert "Book this deposit" not in words(signed_in(Role.APPROVER).get(address))
    assert finance.post(address, {"entity": making.entity().pk}).status_code == 422
    answer = finance.post(address, {"entity": making.entity().pk, "reason": "pressed at Stripe"})
    made = Payout.objects.get()
    assert answer.headers["Location"] == reverse("office:payout", args=[made.pk])
    assert "What it holds is not told" in words(finance.get(reverse("office:payout", args=[made.pk])))
    assert "Made by hand" in words(finance.get(reverse("office:payouts")))
    assert finance.get(address).headers["Location"] == reverse("office:payout", args=[made.pk])


def test_why_it_cannot_be_booked_is_said(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    facts.donation()
    told = ByHand(9_999)
    trouble(monkeypatch, told)
    address = reverse("office:payout_waiting", args=["po_1"])
    asked = {"entity": making.entity().pk, "reason": "x"}
    refused = finance.post(address, asked)
    assert (refused.status_code, "The processor owed only $96.80" in words(refused)) == (422, True)
    told.later = []
    assert "does not show it yet" in words(finance.post(address, asked))

    class Silent(Told):
        def payout(self, ref: str) -> Any:
            raise gateway.ProcessorUnsure("time-out")

    monkeypatch.setattr(gateway, "connect", lambda: Silent(told.state, []))
    assert "The processor does not answer." in words(finance.post(address, asked))
    assert not Payout.objects.exists()


def test_somebody_says_at_whose_bank_a_mixed_payout_arrived(
    finance: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble(monkeypatch, mixed())
    address = reverse("office:payout_waiting", args=["po_1"])
    assert "owed to them on account 1910" in words(finance.get(address))
    finance.post(address, {"entity": making.entity().pk, "reason": "our bank"})
    assert Payout.objects.get().amount_minor == 14_580


# Report files


def work() -> None:
    while running.run_one(works=receiving_reports.works(), now=NOW):
        pass


def bring(finance: Client, content: bytes, *, source: str = "paypal", **how: str) -> Job:
    facts.campaign()
    asked = {
        "source": source, "days": "mdy", "decimal": ".", "campaign": facts.campaign().pk,
        "file": SimpleUploadedFile("Download.CSV", content), **how,
    }  # fmt: skip
    answer = finance.post(reverse("office:report_file_new"), asked)
    assert answer.status_code == 302, words(answer)
    return Job.objects.get(pk=answer.headers["Location"].rstrip("/").rpartition("/")[2])


def test_a_file_is_looked_at_and_then_taken_in(finance: Client) -> None:
    job = bring(finance, files.paypal(files.given("1", "300.00", "-9.00", "291.00")))
    address = reverse("office:report_file_check", args=[job.pk])
    assert "It begins in a moment." in words(finance.get(address))
    assert finance.post(address).status_code == 422  # not read yet
    work()
    seen = words(finance.get(address))
    assert "What would come of it New gift 1" in seen
    assert "USD $300.00 $9.00 $291.00" in seen
    assert not Donation.objects.exists()
    answer = finance.post(address)
    assert finance.post(address).headers["Location"] == answer.headers["Location"]  # pressed twice
    assert "Being taken in" in words(finance.get(answer.headers["Location"]))
    work()
    page = finance.get(finance.get(answer.headers["Location"]).headers["Location"])
    report = ProcessorReport.objects.get()
    assert "1 gift of this file waits: no receipt and no thanks went out." in words(page)
    assert "Grace Kim" in words(page)
    assert "New gift 1" in words(finance.get(reverse("office:report_files")))
    tasks = [task.kind for task in today_page.work(now=NOW).tasks]
    assert "report_paused" in tasks
    assert "review_open" not in tasks
    finance.post(reverse("office:report_file_resume", args=[report.pk]))
    assert "waits" not in words(finance.get(reverse("office:report_file", args=[report.pk])))
    gift = Donation.objects.get()
    told = words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "Row of a file" in told
    assert "Receipts and thanks may go out" in told


def test_the_same_file_again_is_known(finance: Client) -> None:
    content = files.paypal(files.given("1", "10.00", "0.00", "10.00"))
    job = bring(finance, content)
    work()
    finance.post(reverse("office:report_file_check", args=[job.pk]))
    work()
    Job.objects.all().delete()
    again = bring(finance, content)
    work()
    answer = finance.get(reverse("office:report_file_check", args=[again.pk]))
    assert answer.headers["Location"] == reverse(
        "office:report_file", args=[ProcessorReport.objects.get().pk]
    )
    assert ProcessorReport.objects.count() == 1


def test_rejects_are_shown_and_left_out_only_when_asked(finance: Client) -> None:
    good = files.given("1", "10.00", "0.00", "10.00")
    job = bring(finance, files.paypal(good, good | {"Transaction ID": "=2", "Gross": "ten"}))
    work()
    address = reverse("office:report_file_check", args=[job.pk])
    seen = words(finance.get(address))
    assert "3 gross this is no amount ten" in seen
    assert "Take in all but these" in seen
    whole = finance.post(address)
    work()
    assert "some rows cannot be taken" in words(finance.get(whole.headers["Location"]))
    assert not Donation.objects.exists()
    part = finance.post(address, {"but_rejects": "yes"})
    work()
    report = ProcessorReport.objects.get()
    assert finance.get(part.headers["Location"]).headers["Location"] == reverse(
        "office:report_file", args=[report.pk]
    )
    for what, line in (("left-out", "3,gross,amount,ten"), ("rows", "2,Donation Payment,paypal:1,")):
        answer = finance.get(reverse("office:report_file_export", args=[report.pk, what]))
        assert line in exporting.body(answer).decode()
    assert finance.get(reverse("office:report_file_export", args=[report.pk, "secrets"])).status_code == 404


def test_a_file_that_is_none_is_refused_with_words(finance: Client) -> None:
    job = bring(finance, b"a,b\n1,2\n")
    work()
    shown = words(finance.get(reverse("office:report_file_check", args=[job.pk])))
    assert "The file was not taken in: the columns we need were not found. Row 1" in shown
    assert finance.post(reverse("office:report_file_check", args=[job.pk])).status_code == 422
    empty = {"source": "paypal", "days": "mdy", "decimal": ".", "campaign": facts.campaign().pk,
             "file": SimpleUploadedFile("x.csv", b"  ")}  # fmt: skip
    assert "nothing is written there" in words(finance.post(reverse("office:report_file_new"), empty))


def test_a_file_that_lay_too_long_is_gone(finance: Client) -> None:
    job = bring(finance, files.paypal(files.given("1", "10.00", "0.00", "10.00")))
    work()
    late = datetime(2026, 11, 22, tzinfo=UTC)
    # By the file's own age on this machine's clock.
    assert receiving_reports.purge(now=datetime.now(UTC)) == 0
    path = receiving_reports._path(job.pk)
    os.utime(path, (0, 0))
    assert receiving_reports.purge(now=late) == 1
    refused = finance.post(reverse("office:report_file_check", args=[job.pk]))
    assert "the file lay for more than a day" in words(refused)
    other = running.enqueue(
        kind=receiving_reports.REHEARSAL,
        arguments=job.arguments,
        requested_by_id=job.requested_by_id,
        now=NOW,
    )
    work()
    other.refresh_from_db()
    assert other.result == {"refused": {"code": "gone"}}


def test_rows_are_narrowed_by_verdict_and_paged(finance: Client) -> None:
    rows = [files.given(f"T{n:03}", "1.00", "0.00", "1.00") for n in range(60)]
    job = bring(finance, files.paypal(*rows, rows[0] | {"Transaction ID": "M", "Type": "Website Payment",
                                                       "Gross": "-2.00", "Net": "-2.00"}))  # fmt: skip
    work()
    finance.post(reverse("office:report_file_check", args=[job.pk]))
    work()
    address = reverse("office:report_file", args=[ProcessorReport.objects.get().pk])
    first = finance.get(address).content.decode()
    assert "paypal:T000" in first
    assert "paypal:T059" not in first
    (further,) = re.findall(r'href="\?(after=\d+)"', first)
    assert "paypal:T059" in finance.get(f"{address}?{further}").content.decode()
    missing = words(finance.get(f"{address}?verdict=missing"))
    assert "spent from the account" in missing
    assert "1 row in USD -$2.00 $0.00 -$2.00" in missing
    assert finance.get(f"{address}?after=x").status_code == 404


def test_money_of_nobody_gets_its_giver(finance: Client) -> None:
    body = files.moved("1A", "T0013", "CR", "1700", "USD", fee="50")
    job = bring(finance, files.settlement([body], ('"USD",1700,0,0,50',)))
    work()
    finance.post(reverse("office:report_file_check", args=[job.pk]))
    work()
    row = ProcessorReportRow.objects.get()
    assert "report_unknown" in [task.kind for task in today_page.work(now=NOW).tasks]
    report = finance.get(reverse("office:report_file", args=[row.report_id]))
    address = reverse("office:report_file_giver", args=[row.pk])
    assert address in report.content.decode()
    assert "What the file ties to" in words(report)
    asked = {"name": "Grace Kim", "email": "grace@example.org", "campaign": facts.campaign().pk}
    assert finance.post(address, asked | {"name": ""}).status_code == 422
    numbered = finance.post(address, asked | {"name": "Kim 900101-1234567"})
    assert "resident number" in words(numbered)
    answer = finance.post(address, asked)
    gift = Donation.objects.get()
    assert answer.headers["Location"] == reverse("office:donation", args=[gift.pk])
    assert (gift.processor_ref, gift.donor.name) == ("paypal:1A", "Grace Kim")
    assert "somebody was faster" in words(finance.post(address, asked))
    assert "Its giver is known by now." in words(finance.get(address))
    # The report's own second step lets its receipt go out too.
    finance.post(reverse("office:report_file_resume", args=[row.report_id]))
    assert gift.reviews.get().closing.outcome == "resumed"


def test_what_differs_shows_both_amounts(finance: Client) -> None:
    gift = facts.donation()
    row = {"Amount": "101.00", "Stripe Charge Id": gift.processor_ref or ""}
    job = bring(finance, files.donorbox(row), source="donorbox")
    work()
    finance.post(reverse("office:report_file_check", args=[job.pk]))
    work()
    shown = words(finance.get(reverse("office:report_file", args=[ProcessorReport.objects.get().pk])))
    assert "Differs In the books: $100.00, fee $3.20" in shown


def test_in_korean(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made = paid(monkeypatch)
    finance = signed_in(Role.FINANCE)
    for address in (
        reverse("office:payouts"),
        reverse("office:payout", args=[made.pk]),
        reverse("office:report_files"),
    ):
        shown = words(finance.get(address.replace("/en/", "/ko/", 1)))
        assert "입금" in shown
        assert "Deposits" not in shown
