"""Stories of the books with exact figures: what each account holds after each step, fund by fund."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from donations import depositing, disputing, recording, refunding, settling
from donations.models import Donation, RefundRequestPart
from ledger import closing
from ledger.models import Entry, Line
from ledger.money import Money
from payments import gateway
from payments.gateway import BalanceLine, PayoutState
from receipts.models import Receipt
from reports import selfchecking
from tests import facts
from tests.campaigns import making
from tests.donations.giving import Supporter, only_donation, paperwork, selfcheck, settle_all
from tests.facts import NOW

pytestmark = pytest.mark.django_db


def books(currency: str = "USD") -> dict[str, int]:
    """What stands on each account, debit positive, accounts that stand at zero left out."""
    sums: dict[str, int] = {}
    for line in Line.objects.filter(currency=currency).select_related("account"):
        sums[line.account.code] = sums.get(line.account.code, 0) + line.amount_minor
    return {code: minor for code, minor in sorted(sums.items()) if minor}


def lawful() -> None:
    assert selfchecking.unexplained(selfchecking.run(now=NOW + timedelta(minutes=1))) == []


def settled(gift: Donation, line: BalanceLine) -> None:
    recording.post_settlement(
        entity=gift.entity, line=line, gross=gift.amount, shares=recording.shares_of(gift), now=NOW
    )


def bare_gift(
    minor: int, *, fee: int, currency: str = "USD", settles: int | None = None
) -> tuple[Donation, BalanceLine]:
    """A gift with the very line of the balance that the story tells of."""
    asked = facts.received({facts.campaign().fund: minor}, currency=currency)
    made, _ = recording.record(received=asked, now=NOW)
    line = facts.line("charge", minor if settles is None else settles, source=asked.processor_ref, fee=fee)
    settled(Donation.objects.select_related("entity", "campaign").get(pk=made.pk), line)
    return Donation.objects.select_related("entity", "donor", "campaign").get(pk=made.pk), line


def test_E1_a_settlement_report_adds_up_to_its_payout(monkeypatch: pytest.MonkeyPatch) -> None:
    """25.00 less 0.95, 10.00 back, 10.00 again, 0.50 and 0.50 of the processor's own: 23.05 to the bank."""
    facts.general()
    first, charged = bare_gift(2_500, fee=95)
    state = facts.refund_state(first, 1_000)
    refunding.take_in(donation=first, state=state, now=NOW)
    _, second = bare_gift(1_000, fee=0)
    assert state.balance is not None
    went_back: BalanceLine = state.balance
    fees = [facts.line("stripe_fee", -50, source=""), facts.line("stripe_fee", -50, source="")]
    payout = PayoutState(
        ref="po_E1", amount=Money(2_305, "USD"), status="paid", created_at=NOW, arrives_on=NOW.date(),
        is_automatic=True, is_reconciled=True, balance_ref="txn_po", failure_balance_ref="",
    )  # fmt: skip
    own = facts.line("payout", -2_305, source="po_E1", ref="txn_po")

    class Report:
        def payout(self, ref: str) -> PayoutState:
            return payout

        def payout_lines(self, ref: str) -> list[BalanceLine]:
            return [own, charged, went_back, second, *fees]

    monkeypatch.setattr(gateway, "connect", Report)
    depositing.apply(ref="po_E1", settle_source=settling.settle_source, now=NOW)
    assert 2_405 - 1_000 + 1_000 - 50 - 50 == 2_305
    assert books() == {"1000": 2_305, "4100": -2_500, "5100": 195}
    lawful()


def test_E2_a_full_refund_leaves_the_kept_fee_as_an_expense() -> None:
    gift = facts.donation()
    facts.refund(gift, 10_000)
    assert books() == {"1100": -320, "5100": 320}
    lawful()


def test_E3_a_lost_and_a_won_dispute_by_their_actual_lines() -> None:
    gift, _ = bare_gift(3_000, fee=0)
    facts.dispute(gift)
    assert books() == {"1100": -1_500, "1150": 3_000, "4100": -3_000, "5150": 1_500}
    assert refunding.refundable(donation=gift) == Money(0, "USD")
    facts.paperwork()
    assert not Receipt.objects.exists()  # held out of receipts, not out of the ledger
    facts.dispute(gift, "lost")
    assert books() == {"1100": -1_500, "5150": 1_500}
    other, _ = bare_gift(3_000, fee=0)
    taken = facts.dispute_state(other, "won")
    back = facts.line("adjustment", 3_000, source=taken.ref, created_at=NOW + timedelta(days=9))
    disputing.apply(state=replace(taken, balances=(*taken.balances, back)), now=NOW)
    # Two gifts of $30.00: one lost, one kept; $15.00 for each dispute, and the fee is not returned.
    assert books() == {"4100": -3_000, "5150": 3_000}
    facts.paperwork()
    assert Receipt.objects.get().total == Money(3_000, "USD")
    lawful()


def test_C7_a_bank_debit_returned_after_it_settled(supporter: Supporter) -> None:
    """Started and settled, then the bank takes it back: gift reversed, receipt void, giver told, fee booked."""
    begun = supporter.begin()
    supporter.pay(begun, method="us_bank_account", routing="110000000", account="000123456789")
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.operate("POST", f"bank_debits/{charge.id}/settle")
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)
    fee = books()["5100"]
    made = supporter.processor.operate(
        "POST", "disputes", {"charge": charge.id, "reason": "debit_not_authorized"}
    )
    supporter.processor.operate("POST", f"disputes/{made['id']}/close", {"outcome": "lost"})
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)
    returned = books()["5150"]
    assert books() == {"1100": -fee - returned, "5100": fee, "5150": returned}
    assert Receipt.objects.get().voiding.reason == "dispute_lost"
    assert only_donation().donor.messages.filter(kind="receipt_voided").count() == 1
    selfcheck(now=supporter.now)


def test_a_part_goes_back_out_of_one_of_two_funds() -> None:
    first, second = facts.campaign().fund, facts.general()
    gift = facts.donation({first: 6_000, second: 4_000})
    request = facts.request(gift, amount_minor=1_500)
    RefundRequestPart.objects.create(refund_request=request, fund=second, amount_minor=1_500)
    refunding.take_in(
        donation=gift, state=facts.refund_state(gift, 1_500, reference=str(request.pk)), now=NOW
    )
    held = {(line.fund_id, line.account.code): 0 for line in Line.objects.select_related("account")}
    for line in Line.objects.select_related("account"):
        held[line.fund_id, line.account.code] += line.amount_minor
    # The fee of $3.20 is borne 60 to 40: $1.92 and $1.28.
    assert held == {
        (first.pk, "1100"): 6_000 - 192, (first.pk, "4100"): -6_000, (first.pk, "5100"): 192,
        (second.pk, "1100"): 2_500 - 128, (second.pk, "4000"): -2_500, (second.pk, "5100"): 128,
    }  # fmt: skip
    lawful()


def test_a_dispute_after_a_part_went_back_takes_what_was_left_of_each_fund() -> None:
    first, second = facts.campaign().fund, facts.general()
    gift = facts.donation({first: 6_000, second: 4_000})
    request = facts.request(gift, amount_minor=4_000)
    RefundRequestPart.objects.create(refund_request=request, fund=second, amount_minor=4_000)
    refunding.take_in(
        donation=gift, now=NOW,
        state=facts.refund_state(gift, 4_000, reference=str(request.pk), created_at=NOW - timedelta(hours=1)),
    )  # fmt: skip
    line = facts.line("adjustment", -6_000, source="du_p", fee=1_500, ref="txn_du_p")
    state = replace(facts.dispute_state(gift, "lost"), amount=Money(6_000, "USD"), balances=(line,))
    disputing.apply(state=state, now=NOW)
    assert books() == {"1100": -320 - 1_500, "5100": 320, "5150": 1_500}
    income = Line.objects.filter(account__code__in=["4000", "4100"])
    assert {
        fund: sum(line.amount_minor for line in income.filter(fund=fund)) for fund in (first, second)
    } == {
        first: 0,
        second: 0,
    }
    lawful()


def test_E10_a_refund_that_fails_after_the_close_is_booked_in_the_open_period() -> None:
    gift = facts.donation()
    back = facts.refund(gift, 10_000)
    later = NOW + timedelta(days=20)
    closing.close(
        entity=making.entity(), through_on=(NOW + timedelta(days=10)).date(), closed_by="user:1", now=later
    )
    facts.returned(back)  # the processor dates it inside the closed period
    reversal = Entry.objects.get(source=f"refund_failure:{back.processor_ref}")
    assert reversal.happened_at == NOW
    assert reversal.booked_on == (NOW + timedelta(days=11)).date()
    assert reversal.reverses == Entry.objects.get(source=f"refund:{back.processor_ref}")
    assert books() == {"1100": 10_000 - 320, "4100": -10_000, "5100": 320}
    lawful()


def test_won_settled_as_dollars_and_refunded_leave_the_difference_of_exchange() -> None:
    """₩50,000 came as $36.50 less $1.36; the same won went back for $36.10: 40 cents stay on 7900."""
    rate = Decimal("0.00073")
    asked = facts.received({facts.campaign().fund: 50_000}, currency="KRW")
    made, _ = recording.record(received=asked, now=NOW)
    gift = Donation.objects.select_related("entity", "campaign").get(pk=made.pk)
    settled(gift, facts.line("charge", 3_650, source=asked.processor_ref, fee=136, exchange_rate=rate))
    assert books("KRW") == {"4100": -50_000, "7900": 50_000}
    assert books() == {"1100": 3_514, "5100": 136, "7900": -3_650}
    state = facts.refund_state(gift, 50_000)
    line = facts.line("refund", -3_610, source=state.ref, exchange_rate=Decimal("0.000722"))
    refunding.take_in(donation=gift, state=replace(state, balance=line), now=NOW)
    assert books("KRW") == {}
    assert books() == {"1100": -96, "5100": 136, "7900": -40}
    lawful()


def test_a_payment_of_last_year_given_back_this_year_is_of_this_year() -> None:
    gift = facts.donation(given_at=datetime(2025, 7, 1, 12, 0, tzinfo=UTC))
    back = facts.refund(gift, 5_000)
    entry = Entry.objects.get(source=f"refund:{back.processor_ref}")
    assert (gift.given_on.year, entry.booked_on.year) == (2025, 2026)
