"""B14: what a person is offered: deposits of batches, payouts and gifts that came back, with their scores."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from books import accepting, suggesting, unmatching
from books.models import BankLine, BankMatch
from donations.models import Batch, Donation, Refund, RefundPart
from ledger import posting
from ledger.models import Entry
from ledger.money import Money
from ledger.posting import Posting
from payments.models import PayoutFailure
from reports import bank_lines
from tests import facts
from tests.books import banks
from tests.books.banks import NOW, TODAY
from tests.books.test_matching import best, payout, press, promise
from tests.campaigns import making

pytestmark = pytest.mark.django_db


def batch(of: BankLine, minor: int) -> Batch:
    """A posted batch with its deposit in the books."""
    made = Batch.objects.create(
        number=facts.number(), entity=making.entity(), bank_account=of.bank_account, fund=facts.general(),
        campaign=facts.campaign(), method="check", currency="USD", expected_count=1, expected_minor=minor,
        came_on=TODAY, deposit_on=TODAY - timedelta(days=2), counter_one="A", counter_two="B", status="posted",
        opened_by=banks.teller(), opened_at=NOW, ended_by=banks.teller(), ended_at=NOW,
    )  # fmt: skip
    fund, amount = facts.general().pk, Money(minor, "USD")
    posting.post(
        entity=making.entity(),
        kind=Entry.Kind.DEPOSIT,
        source=f"deposit:{made.pk}",
        happened_at=NOW,
        postings=[Posting("1000", fund, amount), Posting("1050", fund, -amount)],
        now=NOW,
    )
    return made


def test_the_deposit_of_a_batch_is_offered_and_ticked(check_laws: Callable[[], None]) -> None:
    line = banks.line(banks.account(), 124_100, payer="DEPOSIT")
    made = batch(line, 124_100)
    chosen = best(line, line.bank_account)
    assert (chosen.why, chosen.score, chosen.ref, chosen.mark) == (
        "deposit",
        93,
        str(made.number),
        f"deposit:{made.pk}",
    )
    press(line, chosen)
    other = banks.line(line.bank_account, 124_100)
    assert other.pk not in suggesting.suggest(account=line.bank_account, lines=[other])
    assert bank_lines.matches(shown=[line])[line.pk][0].batch == made
    check_laws()


def test_a_payout_that_came_back_without_its_name_is_offered() -> None:
    account = banks.account()
    paid = payout(2_305)
    PayoutFailure.objects.create(payout=paid, balance_ref="txn_b", failed_at=NOW, recorded_at=NOW)
    chosen = best(banks.line(account, -2_305, payer="RETURN"), account)
    assert (chosen.why, chosen.score, chosen.kind) == ("payout_returned", 90, "payout_returned")


def test_a_gift_that_went_back_is_offered() -> None:
    account = banks.account()
    made = promise(123_456, 5_000)
    line = banks.line(account, 5_000, reference=made.code)
    press(line, best(line, account))
    gift = Donation.objects.get()
    back = banks.line(account, -5_000, payer="RETURNED ITEM")
    assert back.pk not in suggesting.suggest(account=account, lines=[back])
    refund = Refund.objects.create(
        donation=gift,
        amount_minor=5_000,
        processor_ref=f"reversal:{gift.pk}",
        refunded_at=NOW,
        recorded_at=NOW,
    )
    RefundPart.objects.create(refund=refund, fund=gift.campaign.fund, amount_minor=5_000)
    chosen = best(back, account)
    assert (chosen.why, chosen.score, chosen.parts[0].donation_id) == ("returned", 75, gift.pk)
    (match,) = press(back, chosen)
    assert (match.kind, match.amount_minor) == ("returned", -5_000)
    with pytest.raises(unmatching.UnableToUnmatch, match="reversed"):
        unmatching.undo(line_id=line.pk, reason="late", actor=banks.teller(), now=NOW)


def test_a_giver_of_the_payer_s_name_is_offered_last_and_never_certain() -> None:
    account = banks.account()
    facts.donor("Grace Kim", "one@example.org")
    facts.donor("Grace Kim", "two@example.org")
    line = banks.line(account, 5_000, payer="grace  KIM")
    found = suggesting.suggest(account=account, lines=[line])[line.pk]
    assert [(one.why, one.score, one.is_certain, one.needs_purpose) for one in found] == [
        ("payer_name", 40, False, True)
    ] * 2


def test_a_line_that_is_settled_is_offered_nothing() -> None:
    account = banks.account()
    line = banks.line(account, 2_305, payer="STRIPE")
    payout(2_305)
    press(line, best(line, account))
    line.refresh_from_db()
    assert suggesting.suggest(account=account, lines=[line]) == {}
    assert suggesting.suggest(account=account, lines=[]) == {}


def test_a_code_of_no_sum_before_it_was_taken_is_unsure() -> None:
    account = banks.account()
    made = promise(123_456, 5_000, promised_at=NOW)
    line = banks.line(account, 5_000, reference=made.code, on=TODAY - timedelta(days=9))
    chosen = best(line, account)
    assert (chosen.why, chosen.score) == ("code_unsure", 80)


def test_who_took_a_code_is_found_by_mail_alone_or_asked_for() -> None:
    account = banks.account()
    giver = facts.donor("Hannah Lee", "hannah@example.org")
    known = promise(111_111, 5_000, donor_name="", email="hannah@example.org")
    line = banks.line(account, 5_000, payer="H LEE", reference=known.code)
    press(line, best(line, account))
    assert Donation.objects.get().donor == giver
    nobody = promise(222_222, 5_000, donor_name="", email="nobody@example.org")
    other = banks.line(account, 5_000, payer="X", reference=nobody.code)
    with pytest.raises(accepting.UnableToAccept, match="giver"):
        press(other, best(other, account))
    named = promise(333_333, 6_000, donor_name="Hannah Lee", email="")
    third = banks.line(account, 6_000, payer="H LEE", reference=named.code)
    press(third, best(third, account))
    assert Donation.objects.get(amount_minor=6_000).donor == giver
    bulk = accepting.accept_certain(account_id=account.pk, actor=banks.teller(), now=NOW)
    assert (bulk.gifts, bulk.refused) == (0, 1)


def test_what_is_taken_meanwhile_is_refused() -> None:
    account = banks.account()
    made = promise(123_456, 5_000)
    first, second = (banks.line(account, 5_000, reference=made.code) for _ in range(2))
    chosen = best(second, account)
    press(first, best(first, account))
    with pytest.raises(accepting.UnableToAccept, match="taken"):
        press(second, chosen)
    gift = Donation.objects.get()
    part = accepting.Part(kind=accepting.Kind.GIFT, donation_id=gift.pk)
    with pytest.raises(accepting.UnableToAccept, match="taken"):
        accepting.accept(
            line_id=second.pk, parts=[part], score=0, is_automatic=False, actor=banks.teller(), now=NOW
        )
    minus = banks.line(account, -5_000)
    with pytest.raises(accepting.UnableToAccept, match="direction"):
        accepting.accept(
            line_id=minus.pk,
            parts=[accepting.Part(kind=accepting.Kind.GIFT, donor_id=uuid.uuid4(), campaign_id=1)],
            score=0,
            is_automatic=False,
            actor=banks.teller(),
            now=NOW,
        )
    ahead = banks.line(account, 700, on=TODAY + timedelta(days=3))
    part = accepting.Part(kind=accepting.Kind.GIFT, donor_id=gift.donor_id, campaign_id=facts.campaign().pk)
    with pytest.raises(accepting.UnableToAccept, match="day"):
        accepting.accept(
            line_id=ahead.pk, parts=[part], score=0, is_automatic=False, actor=banks.teller(), now=NOW
        )
    assert BankMatch.objects.count() == 1
