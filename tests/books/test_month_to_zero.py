"""The difference of a month at the bank is 0.00: whatever the books say went through it has its line, by scenario."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from books import accepting, checking_months, suggesting, unmatching
from books.accepting import Kind, Part, UnableToAccept
from books.checking_months import Found
from books.importing import Source
from books.models import BankLine
from donations import approving, giving_back, reversing
from donations.models import Donation, Reversal
from donations.reversing import Wrong
from ledger.models import Entry, Fund, LegalEntity
from ledger.money import Money
from payments.models import BankAccount, Payout
from reports import banking_laws, month_checks
from tests import facts
from tests.books import banks, files, holding
from tests.books.test_matching import payout
from tests.books.test_other_reports import bring
from tests.books.test_selling import sell, shares, sold
from tests.campaigns import making
from tests.donations import batches, desk
from tests.donations.batches import usd
from tests.donations.test_depositing import apply
from tests.donations.test_paying_out import korea, mixed
from tests.facts import NOW

pytestmark = pytest.mark.django_db
MONTH = NOW.date().replace(day=1)
LAST = checking_months.last_of(MONTH)


def bank() -> BankAccount:
    """The account that batches are carried to."""
    return BankAccount.objects.filter(entity=making.entity()).order_by("id").first() or banks.account()


def suggested(line: BankLine) -> list[suggesting.Suggestion]:
    return suggesting.suggest(account=line.bank_account, lines=[line]).get(line.pk, [])


def press(line: BankLine, why: str) -> None:
    """A person presses the suggestion that says so."""
    [chosen] = [one for one in suggested(line) if one.why == why]
    accepting.accept(
        line_id=line.pk,
        parts=list(chosen.parts),
        score=chosen.score,
        is_automatic=False,
        actor=facts.staff_member(),
        now=NOW,
    )


def off(body: LegalEntity | None = None) -> dict[str, tuple[Money, int]]:
    """What the bank says otherwise, and how many things it has not shown, by currency."""
    found = month_checks.bank(entity=body or making.entity(), last=LAST)
    return {one.off.currency: (one.off, one.waiting) for one in found}


def at_zero(body: LegalEntity | None = None) -> bool:
    lawful()
    return all(one == (Money(0, code), 0) for code, one in off(body).items())


def lawful() -> None:
    for code, _title, query in banking_laws.ROWS:
        with connection.cursor() as cursor:
            cursor.execute(query)
            assert cursor.fetchall() == [], code


def check(code: str, body: LegalEntity | None = None) -> Found:
    return month_checks.look(body or making.entity(), MONTH, NOW)[code]


def test_a_payout_of_two_bodies_is_the_one_line_of_the_bank_it_arrived_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, home = mixed(), banks.account()
    apply(monkeypatch, told)
    assert off()["USD"] == (Money(0, "USD"), 1)
    assert off(korea()) == {}, "what the other body is owed is not at its bank"
    line = banks.line(home, 14_580, payer="STRIPE PAYOUT")
    press(line, "payout")
    assert at_zero()
    assert at_zero(korea())
    assert check("deposits", korea()).is_fine


def test_what_securities_brought_is_seen_at_the_bank_it_went_to() -> None:
    account, other = bank(), banks.account(name="Savings")
    gift = shares()
    sell(gift, sold(bank_account=account))
    assert off()["USD"] == (Money(0, "USD"), 1)
    assert not [one for one in suggested(banks.line(other, 100_500)) if one.kind == "sale"]
    line = banks.line(account, 100_500, on=holding.TODAY + timedelta(days=2))
    press(line, "sale")
    assert at_zero()
    with pytest.raises(UnableToAccept, match="taken"):
        said(banks.line(account, 100_500), Part(kind=Kind.SALE, donation_id=gift.pk))
    with pytest.raises(UnableToAccept, match="sum"):
        said(banks.line(account, 101_000), Part(kind=Kind.SALE, donation_id=shares().pk))
    unmatching.undo(line_id=line.pk, reason="another sale", actor=facts.staff_member(), now=NOW)
    assert off()["USD"] == (Money(0, "USD"), 1)
    press(line, "sale")
    assert at_zero()


def said(line: BankLine, *parts: Part) -> None:
    accepting.accept(
        line_id=line.pk, parts=parts, score=0, is_automatic=False, actor=facts.staff_member(), now=NOW
    )


def test_a_sale_is_not_seen_at_another_account() -> None:
    account, other = bank(), banks.account(name="Savings")
    gift = shares()
    sell(gift, sold(bank_account=account))
    with pytest.raises(UnableToAccept, match="sum"):
        said(banks.line(other, 100_500), Part(kind=Kind.SALE, donation_id=gift.pk))


def wrong(gift: Donation, kind: Reversal.Kind = Reversal.Kind.MISTAKE, **told: Any) -> Reversal:
    values = {"reason": "typed wrong", "gift_id": uuid.uuid4(), **told}
    asked = Wrong(donation_id=gift.pk, kind=kind, **values)
    return reversing.reverse(wrong=asked, actor=batches.finance(), now=NOW)


def carried(*amounts: str) -> tuple[BankAccount, list[Donation]]:
    batch = batches.posted(*amounts)
    gifts = Donation.objects.filter(batched__row__batch=batch).order_by("batched__row__position")
    return batch.bank_account, list(gifts)


def test_a_check_that_was_mistyped_before_the_bank_showed_the_deposit() -> None:
    account, (first, _) = carried("520.00", "100.00")
    wrong(first, truth=[(first.campaign.fund, usd("250.00"))])
    line = banks.line(account, 35_000)
    assert not suggested(banks.line(account, 62_000))
    press(line, "deposit")
    assert at_zero()


def test_a_check_that_was_mistyped_is_corrected_by_the_bank_with_another_line() -> None:
    account, (first, _) = carried("520.00", "100.00")
    press(banks.line(account, 62_000), "deposit")
    true = wrong(first, truth=[(first.campaign.fund, usd("250.00"))]).replaced_by
    assert off()["USD"] == (usd("-270.00"), 0)
    assert "-270.00" in check("bank_balance").words
    press(banks.line(account, -27_000), "deposit_put_right")
    assert at_zero()
    assert true is not None
    wrong(true, truth=[(first.campaign.fund, usd("260.00"))])
    assert off()["USD"] == (usd("10.00"), 0), "a mistake in what was put right is at the bank too"
    press(banks.line(account, 1_000), "deposit_put_right")
    assert at_zero()
    with pytest.raises(UnableToAccept, match="taken"):
        said(banks.line(account, 1_000), Part(kind=Kind.DEPOSIT, batch_id=first.batched.row.batch_id))


def test_another_fund_changes_nothing_at_the_bank() -> None:
    account, (first, _) = carried("520.00", "100.00")
    press(banks.line(account, 62_000), "deposit")
    wrong(first, truth=[(facts.general(), usd("520.00"))])
    assert at_zero()


def test_a_check_that_bounced_is_a_line_of_its_own() -> None:
    account, (first, _) = carried("520.00", "100.00")
    press(banks.line(account, 62_000), "deposit")
    wrong(first, Reversal.Kind.BOUNCED, happened_on=date(2026, 11, 20))
    assert off()["USD"] == (usd("0.00"), 1)
    assert check("deposits").words == "1 deposit was not seen at the bank."
    press(banks.line(account, -52_000), "returned")
    assert at_zero()


def test_a_transfer_that_was_for_another_fund_stays_with_its_line() -> None:
    account = bank()
    line = banks.line(account, 5_000, payer="KIM")
    said(line, Part(kind=Kind.GIFT, donor_id=facts.donor().pk, campaign_id=facts.campaign().pk))
    gift = Donation.objects.get()
    true = wrong(gift, truth=[(facts.general(), usd("50.00"))], is_at_bank=True).replaced_by
    assert at_zero()
    assert true is not None
    wrong(true, truth=[(gift.campaign.fund, usd("50.00"))])
    assert at_zero()


def test_a_transfer_that_was_less_is_told() -> None:
    line = banks.line(bank(), 5_000, payer="KIM")
    said(line, Part(kind=Kind.GIFT, donor_id=facts.donor().pk, campaign_id=facts.campaign().pk))
    gift = Donation.objects.get()
    wrong(gift, truth=[(gift.campaign.fund, usd("40.00"))], is_at_bank=True)
    assert off()["USD"] == (usd("-10.00"), 0)


def test_checks_entered_one_by_one_are_seen_alone_or_together() -> None:
    account = bank()
    for minor in (5_000, 7_000, 1_100):
        desk.enter(desk.check(amount=Money(minor, "USD")))
    press(banks.line(account, 1_100), "transfer")
    press(banks.line(account, 12_000), "several")
    assert at_zero()
    assert not [one for one in suggested(banks.line(account, 5_000)) if one.why == "transfer"]


def test_what_a_line_is_besides_our_books_is_no_difference() -> None:
    line = banks.line(bank(), 6_000, payer="KIM")
    given = Part(
        kind=Kind.GIFT, donor_id=facts.donor().pk, campaign_id=facts.campaign().pk, amount_minor=5_000
    )
    said(line, given, Part(kind=Kind.OTHER, amount_minor=1_000, reason="rent of the hall"))
    assert at_zero()


def test_a_deposit_of_grants_is_seen_and_keeps_no_month_open() -> None:
    account = bank()
    bring(Source.CHARIOT, files.chariot(*files.grants(), files.deposit("400.00")))
    made = Payout.objects.get()
    assert made.ref.startswith("chariot:")
    assert check("payouts").is_fine
    assert not [one for one in suggested(banks.line(account, 10_000)) if one.why == "transfer"]
    press(banks.line(account, 40_000, on=made.arrives_on), "payout")
    assert at_zero()


def test_what_a_person_took_out_by_hand_names_no_lines() -> None:
    facts.balance_row(available_on=LAST - timedelta(days=20))
    payout(5_000)
    assert check("payouts").count == 2
    Payout.objects.create(
        ref="po_hand", amount_minor=1, currency="USD", created_at=NOW, arrives_on=NOW.date(), recorded_at=NOW,
        is_by_hand=True,
    )  # fmt: skip
    assert check("payouts").count == 1, "the one without lines; what was available came by hand"


def test_a_fund_below_nothing_is_told_by_the_same_measure_as_releases() -> None:
    fund = Fund.objects.create(entity=making.entity(), code="CTR", restriction="purpose")
    gift = holding.given(10_000, fund=fund)
    holding.released(10_000, fund=fund)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    assert check("funds").is_fine
    request = giving_back.propose(
        donation_id=gift.pk, request_id=uuid.uuid4(), happened_on=NOW.date(), reason="asked",
        actor=batches.finance(), now=NOW,
    )  # fmt: skip
    approving.approve(request_id=request.pk, actor=batches.approver(), now=NOW)
    assert Entry.objects.filter(kind="reversal").exists()
    assert check("funds").words == "1 fund holds less than nothing of restricted money."
