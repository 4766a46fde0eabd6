"""A payout is posted only when its lines and the books explain it to the cent; a gift over the desk is one gift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from donations import depositing, entering, paying_out, recording
from donations.models import Donation
from ledger.models import Entry
from ledger.money import Money
from payments import gateway
from payments.gateway import BalanceLine, PayoutState
from payments.models import BalanceTransaction, Payout, PayoutFailure
from tests import facts
from tests.donations import desk
from tests.facts import NOW

pytestmark = pytest.mark.django_db


class Told:
    """A processor that tells of one payout."""

    def __init__(
        self, state: PayoutState, lines: Sequence[BalanceLine], later: Sequence[BalanceLine] = ()
    ) -> None:
        self.state, self.lines, self.later = state, lines, later

    def payout(self, ref: str) -> PayoutState:
        return self.state

    def payout_lines(self, ref: str) -> Sequence[BalanceLine]:
        return self.lines

    def balance_lines(self, *, since: object) -> Sequence[BalanceLine]:
        return self.later


def state(minor: int, **given: object) -> PayoutState:
    made = PayoutState(
        ref="po_1",
        amount=Money(minor, "USD"),
        status="paid",
        created_at=NOW,
        arrives_on=date(2026, 11, 23),
        is_automatic=True,
        is_reconciled=True,
        balance_ref="txn_out",
        failure_balance_ref="",
    )
    return replace(made, **given)  # type: ignore[arg-type]


def apply(monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    monkeypatch.setattr(gateway, "connect", lambda: told)
    depositing.apply(ref="po_1", settle_source=lambda kind, ref, now: None, now=NOW)


def carried(gift: Donation, *, fee: int = 320) -> BalanceLine:
    """The line of the balance by which a gift of $100.00 left $96.80."""
    kept = BalanceTransaction.objects.get(source_ref=gift.processor_ref)
    return facts.line("charge", 10_000, source=kept.source_ref, fee=fee, ref=kept.ref)


def test_a_payout_of_more_than_its_lines_is_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = facts.donation()
    with pytest.raises(paying_out.DoesNotAddUp, match="po_1 is 9681, its lines sum to 9680"):
        apply(monkeypatch, Told(state(9_681), [carried(gift)]))
    assert not Payout.objects.exists()


def test_a_payout_the_books_do_not_explain_is_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = facts.donation()
    with pytest.raises(paying_out.DoesNotAddUp, match="po_1 is 9580, the books explain 9680"):
        apply(monkeypatch, Told(state(9_580), [carried(gift, fee=420)]))
    assert not Payout.objects.exists()


def test_a_payout_of_nobodys_money_is_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(paying_out.DoesNotAddUp, match="exactly one legal entity"):
        apply(monkeypatch, Told(state(500), [facts.line("charge", 500, source="ch_unknown")]))


def test_a_payout_that_comes_back_waits_for_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = facts.donation()
    lines = [carried(gift)]
    apply(monkeypatch, Told(state(9_680), lines))
    assert Payout.objects.get().amount_minor == 9_680
    # It failed, and nothing tells yet where the money is: nothing is posted.
    apply(monkeypatch, Told(state(9_680, status="failed"), lines))
    failed = state(9_680, status="failed", failure_balance_ref="txn_back")
    with pytest.raises(paying_out.DoesNotAddUp, match="without a line of the balance"):
        apply(monkeypatch, Told(failed, lines))
    assert not PayoutFailure.objects.exists()
    back = replace(facts.line("payout_failure", 9_680, source="po_1"), ref="txn_back")
    for _ in range(2):
        apply(monkeypatch, Told(failed, lines, [back]))
    assert PayoutFailure.objects.get().balance_ref == "txn_back"
    assert Entry.objects.filter(kind=Entry.Kind.PAYOUT_RETURNED).count() == 1


def test_a_gift_over_the_desk_is_recorded_once() -> None:
    gift = desk.check()
    received = entering._received(gift, entering.check(gift=gift, now=NOW))
    first, is_new = recording.record(received=received, now=NOW)
    again, is_again = recording.record(received=received, now=NOW)
    assert (is_new, is_again) == (True, False)
    assert first == again == Donation.objects.get()
    assert Entry.objects.filter(kind=Entry.Kind.DONATION).count() == 1
