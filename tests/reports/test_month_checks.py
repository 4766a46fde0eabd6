"""What is counted before a month is closed: each check says what is open, and finds nothing when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from books import accepting, checking_months, unmatching
from books.accepting import Kind, Part
from books.checking_months import CHECKS, Found
from books.models import BankMatch, ExportedEntry, JournalExport
from jobs import beating
from ledger import posting
from ledger.models import Entry, Fund, LegalEntity
from ledger.money import Money
from ledger.posting import Posting
from payments.models import Payout
from reports import month_checks
from tests import facts
from tests.books import banks
from tests.campaigns import making
from tests.facts import NOW

pytestmark = pytest.mark.django_db
MONTH = NOW.date().replace(day=1)
LAST = checking_months.last_of(MONTH)


def body() -> LegalEntity:
    return making.entity()


def found(code: str) -> Found:
    return month_checks.look(body(), MONTH, NOW)[code]


def said(line_id: int, part: Part) -> list[BankMatch]:
    return accepting.accept(
        line_id=line_id, parts=[part], score=0, is_automatic=False, actor=facts.staff_member(), now=NOW
    )


def test_every_counted_check_is_looked_at_and_nothing_else() -> None:
    assert set(month_checks.look(body(), MONTH, NOW)) == {check.code for check in CHECKS if check.is_counted}


def test_the_laws_count_when_they_were_asked_just_now_and_hold() -> None:
    assert found("laws").count == 1
    beating.beat(
        name="selfcheck", report={"broken": ["I3 entry 7 is off", "I5"]}, now=NOW - timedelta(hours=1)
    )
    assert (found("laws").count, found("laws").words) == (2, "I3 entry 7 is off; I5")
    beating.beat(name="selfcheck", report={"broken": []}, now=NOW - timedelta(hours=1))
    assert found("laws").is_fine
    beating.beat(name="selfcheck", report={"broken": []}, now=NOW - timedelta(hours=3))
    assert not found("laws").is_fine


def test_notices_that_wait() -> None:
    assert found("notices").is_fine
    facts.event()
    assert found("notices").words == "1 notice of the processor waits."


def test_a_payout_that_is_not_its_lines_and_a_charge_that_was_never_paid_out() -> None:
    gift = facts.donation()
    facts.payout(gift)
    assert found("payouts").is_fine
    facts.balance_row(available_on=LAST - timedelta(days=20))
    assert "was never paid out" in found("payouts").words
    Payout.objects.create(
        ref="po_off", amount_minor=1, currency="USD", created_at=NOW, arrives_on=NOW.date(), recorded_at=NOW
    )
    assert "is not the sum of its lines" in found("payouts").words
    assert found("payouts").count == 2


def test_the_bank_confirms_what_the_books_say_and_what_is_undone_counts_no_more() -> None:
    facts.general()
    account = banks.account()
    assert found("bank_balance").count == 1
    charge = banks.line(account, -250, on=LAST)
    assert found("bank_lines").words == "1 line of the bank is not matched."
    said(charge.pk, Part(kind=Kind.CHARGE))
    (stands,) = month_checks.bank(entity=body(), last=LAST)
    assert (stands.booked, stands.seen, stands.off) == (
        Money(-250, "USD"),
        Money(-250, "USD"),
        Money(0, "USD"),
    )
    assert found("bank_lines").is_fine
    assert found("bank_balance").is_fine
    unmatching.undo(line_id=charge.pk, reason="It was interest", actor=facts.staff_member(), now=NOW)
    assert month_checks.bank(entity=body(), last=LAST) == []
    assert not found("bank_lines").is_fine


def test_a_gift_by_transfer_is_seen_with_its_line() -> None:
    account, campaign = banks.account(), facts.campaign()
    line = banks.line(account, 5_000, payer="KIM", on=NOW.date() - timedelta(days=1))
    said(line.pk, Part(kind=Kind.GIFT, donor_id=facts.donor().pk, campaign_id=campaign.pk))
    (stands,) = month_checks.bank(entity=body(), last=LAST)
    assert (stands.booked, stands.seen, stands.waiting) == (Money(5_000, "USD"), Money(5_000, "USD"), 0)


def test_statements_that_end_too_early_say_so() -> None:
    facts.general()
    charge = banks.line(banks.account(), -250, on=LAST - timedelta(days=12))
    said(charge.pk, Part(kind=Kind.CHARGE))
    assert found("bank_balance").words == "The statements do not reach the end of the month."


def test_a_fund_that_holds_less_than_nothing_of_restricted_money_is_named() -> None:
    restricted = Fund.objects.create(entity=body(), code="CTR", restriction="purpose")
    assert found("funds").is_fine
    posting.post(
        entity=body(),
        kind=Entry.Kind.ADJUSTMENT,
        source="adjustment:1",
        happened_at=NOW,
        postings=[
            Posting("4100", restricted.pk, Money(500, "USD")),
            Posting("1000", restricted.pk, Money(-500, "USD")),
        ],
        now=NOW,
    )
    assert found("funds").words == "1 fund holds less than nothing of restricted money."


def test_refunds_under_way() -> None:
    assert found("refunds").is_fine
    facts.request(facts.donation())
    assert found("refunds").words == "1 refund is under way."


def test_what_went_to_no_accountant() -> None:
    facts.donation()
    entries = list(Entry.objects.order_by("id"))
    month = entries[0].booked_on.replace(day=1)
    assert month_checks.look(body(), month, NOW)["journal"].count == len(entries) > 0
    export = JournalExport.objects.create(
        entity=body(), target="generic", number=1, booked_from=month, booked_to=LAST, grouping="entry",
        entry_count=1, line_count=2, file_name="x", file_sha256="0" * 64, file_size=1,
        exported_by=facts.staff_member(), exported_at=NOW,
    )  # fmt: skip
    for entry in entries:
        ExportedEntry.objects.create(export=export, target="generic", entry=entry)
    assert month_checks.look(body(), month, NOW)["journal"].is_fine
