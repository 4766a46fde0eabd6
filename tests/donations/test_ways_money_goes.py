"""Bank debits, other currencies, monthly giving, disputes, failed refunds and payouts: each by its actual line."""

from __future__ import annotations

import pytest

from donations import paying_out, refunding, settling
from donations.models import Checkout, Dispute, Donation, RecurringPlan
from donations.models.intents import Frequency
from donors.models import Message
from ledger import balances
from ledger.models import Entry, Line
from ledger.money import Money
from payments.models import Payout, PayoutLine, ProcessorEvent
from receipts.models import Receipt
from tests.donations.giving import Supporter, notices, only_donation, paperwork, selfcheck, settle_all
from tests.sandbox.driving import Browser


def account(code: str, currency: str = "USD") -> int:
    return balances.of_account(code=code, currency=currency).minor


def finish(supporter: Supporter) -> None:
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)


def test_a_bank_debit_is_confirming_until_the_bank_says_yes(supporter: Supporter) -> None:
    begun = supporter.begin()
    supporter.pay(begun, method="us_bank_account", routing="110000000", account="000123456789")
    finish(supporter)
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.CONFIRMING
    assert not Donation.objects.exists()
    assert not Receipt.objects.exists()
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", f"bank_debits/{charge.id}/settle")
    finish(supporter)
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.PAID
    assert only_donation().method == "us_bank_account"
    selfcheck(now=supporter.now)


def test_a_bank_debit_that_fails_tells_the_giver_once_and_posts_nothing(supporter: Supporter) -> None:
    begun = supporter.begin()
    supporter.pay(begun, method="us_bank_account", routing="110000000", account="000123456789")
    finish(supporter)
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", f"bank_debits/{charge.id}/fail")
    finish(supporter)
    finish(supporter)
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.FAILED
    assert not Donation.objects.exists()
    assert not Entry.objects.exists()
    assert list(Message.objects.values_list("kind", flat=True)) == ["payment_failed"]
    selfcheck(now=supporter.now)


def test_a_declined_card_may_be_followed_by_another_on_the_same_page(supporter: Supporter) -> None:
    begun = supporter.begin()
    assert begun.payment_url
    declined = Browser().pay(begun.payment_url, card="4000000000000002")
    assert declined.status != 303
    finish(supporter)
    begun.checkout.refresh_from_db()
    assert begun.checkout.status == Checkout.Status.OPEN
    supporter.pay(begun)
    finish(supporter)
    assert only_donation().amount == Money(10000, "USD")
    selfcheck(now=supporter.now)


def test_won_are_sent_and_booked_without_decimals(supporter: Supporter) -> None:
    supporter.give(amount=Money(50000, "KRW"), language="ko", donor_name="김철수")
    finish(supporter)
    donation = only_donation()
    assert donation.amount.shown("ko") == "₩50,000"
    assert supporter.processor.v1.charges.list().data[0].amount == 50000
    assert '"currency_exponent":0' in Receipt.objects.get().snapshot
    selfcheck(now=supporter.now)


def test_monthly_the_first_month_and_a_renewal_are_two_gifts_of_one_plan(supporter: Supporter) -> None:
    checkout = supporter.give("safe-house", frequency=Frequency.MONTHLY, amount=Money(3000, "USD"))
    finish(supporter)
    checkout.refresh_from_db()
    plan = RecurringPlan.objects.get()
    assert checkout.status == Checkout.Status.PAID
    assert plan.status == RecurringPlan.Status.ACTIVE
    supporter.processor.operate("POST", "clock", {"seconds": 32 * 86400})
    finish(supporter)
    plan.refresh_from_db()
    gifts = Donation.objects.order_by("given_at")
    assert [gift.amount.minor for gift in gifts] == [3000, 3000]
    assert {gift.plan_id for gift in gifts} == {plan.pk}
    assert Receipt.objects.count() == 2
    assert plan.next_charge_at is not None
    assert plan.next_charge_at > gifts[1].given_at
    selfcheck(now=supporter.now)


def test_a_failed_month_tells_the_giver_once_and_posts_nothing(supporter: Supporter) -> None:
    supporter.give("safe-house", frequency=Frequency.MONTHLY, amount=Money(3000, "USD"))
    finish(supporter)
    plan = RecurringPlan.objects.get()
    supporter.processor.operate("POST", f"customers/{plan.customer_ref}/card", {"number": "4000000000000341"})
    supporter.processor.operate("POST", "clock", {"seconds": 32 * 86400})
    finish(supporter)
    plan.refresh_from_db()
    assert plan.status == RecurringPlan.Status.PAST_DUE
    assert Donation.objects.count() == 1
    assert Message.objects.filter(kind="plan_failed").count() == 1
    selfcheck(now=supporter.now)


def test_stopping_a_plan_is_mirrored_and_confirmed_once(supporter: Supporter) -> None:
    supporter.give("safe-house", frequency=Frequency.MONTHLY, amount=Money(3000, "USD"))
    finish(supporter)
    plan = RecurringPlan.objects.get()
    supporter.processor.v1.subscriptions.cancel(plan.processor_ref)
    finish(supporter)
    plan.refresh_from_db()
    assert plan.status == RecurringPlan.Status.ENDED
    assert plan.next_charge_at is None
    assert Message.objects.filter(kind="plan_ended").count() == 1


def test_a_lost_dispute_reverses_income_books_its_fee_and_voids_the_receipt(supporter: Supporter) -> None:
    supporter.give()
    finish(supporter)
    charge = supporter.processor.v1.charges.list().data[0]
    dispute = supporter.processor.operate("POST", "disputes", {"charge": charge.id})
    finish(supporter)
    assert account("1150") == 10000
    assert account("4100") == -10000
    assert account("5150") == 1500
    assert not refunding.refundable(donation=only_donation())
    supporter.processor.operate("POST", f"disputes/{dispute['id']}/close", {"outcome": "lost"})
    finish(supporter)
    assert account("1150") == 0
    assert account("4100") == 0
    assert Receipt.objects.get().voiding.reason == "dispute_lost"
    selfcheck(now=supporter.now)


def test_a_won_dispute_is_reinstated_by_the_actual_line(supporter: Supporter) -> None:
    supporter.give()
    finish(supporter)
    charge = supporter.processor.v1.charges.list().data[0]
    dispute = supporter.processor.operate("POST", "disputes", {"charge": charge.id})
    supporter.processor.operate("POST", f"disputes/{dispute['id']}/close", {"outcome": "won"})
    finish(supporter)
    assert account("1150") == 0
    assert account("4100") == -10000
    assert Receipt.objects.filter(voiding__isnull=True).count() == 1
    selfcheck(now=supporter.now)


def test_an_inquiry_moves_nothing(supporter: Supporter) -> None:
    supporter.give()
    finish(supporter)
    before = Line.objects.count()
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", "disputes", {"charge": charge.id, "kind": "inquiry"})
    finish(supporter)
    assert Dispute.objects.count() == 1
    assert Line.objects.count() == before
    selfcheck(now=supporter.now)


def test_a_refund_the_bank_returns_is_reversed_and_receipted_anew(supporter: Supporter) -> None:
    supporter.give()
    finish(supporter)
    charge = supporter.processor.v1.charges.list().data[0]
    refund = supporter.processor.v1.refunds.create({"charge": charge.id})
    finish(supporter)
    assert account("4100") == 0
    supporter.processor.operate("POST", f"refunds/{refund.id}/fail")
    finish(supporter)
    assert account("4100") == -10000
    standing = Receipt.objects.get(voiding__isnull=True)
    assert standing.replaces is not None
    assert standing.total == Money(10000, "USD")
    selfcheck(now=supporter.now)


def test_a_partial_refund_replaces_the_receipt(supporter: Supporter) -> None:
    supporter.give()
    finish(supporter)
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.v1.refunds.create({"charge": charge.id, "amount": 2500})
    finish(supporter)
    former, standing = Receipt.objects.order_by("number")
    assert former.voiding.reason == "refunded"
    assert (standing.replaces_id, standing.total) == (former.pk, Money(7500, "USD"))
    assert Message.objects.filter(kind="receipt_corrected").count() == 1
    selfcheck(now=supporter.now)


def test_a_payout_is_posted_when_all_its_lines_are_in_the_books(supporter: Supporter) -> None:
    for amount in (10000, 2500):
        supporter.give(amount=Money(amount, "USD"))
    supporter.give("safe-house", amount=Money(5000, "USD"))
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.v1.refunds.create({"charge": charge.id, "amount": 1000})
    payout = supporter.processor.operate("POST", "payouts", {"currency": "usd"})
    # Only the payout is told: every gift behind it must be found through its lines.
    told = [notice for notice in notices(supporter.processor) if notice.kind.startswith("payout.")]
    settle_all(supporter.processor, now=supporter.now, order=told)
    assert account("1000") == payout["amount"]
    assert account("1100") == 0
    assert Payout.objects.get().lines.count() == PayoutLine.objects.count() == 4
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)
    assert account("1000") == payout["amount"]
    selfcheck(now=supporter.now)


def test_a_payout_that_comes_back_is_reversed(supporter: Supporter) -> None:
    supporter.give()
    payout = supporter.processor.operate("POST", "payouts", {"currency": "usd"})
    finish(supporter)
    supporter.processor.operate("POST", f"payouts/{payout['id']}/fail")
    finish(supporter)
    assert account("1000") == 0
    assert account("1100") == payout["amount"]
    selfcheck(now=supporter.now)


def test_a_charge_of_somebody_elses_is_parked_and_never_posted(supporter: Supporter) -> None:
    begun = supporter.begin()
    supporter.pay(begun)
    Checkout.objects.filter(pk=begun.checkout.pk).update(amount_minor=9999)
    for notice in notices(supporter.processor):
        from payments import inbox

        pk, _ = inbox.keep(notice=notice, now=supporter.now)
        settling.settle(event_id=pk, now=supporter.now)
    assert not Donation.objects.exists()
    assert not Entry.objects.exists()
    assert ProcessorEvent.objects.filter(status="parked").exists()


def test_a_payout_made_by_hand_waits_for_a_person(supporter: Supporter) -> None:
    supporter.give()
    finish(supporter)
    supporter.processor.operate("POST", "clock", {"seconds": 7 * 86400})
    made = supporter.processor.v1.payouts.create({"amount": 1000, "currency": "usd"})
    with pytest.raises(paying_out.DoesNotAddUp, match="by hand"):
        settling.payout(made.id, supporter.now)
