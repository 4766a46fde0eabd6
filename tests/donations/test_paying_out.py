"""Payouts with the money of several bodies, made by hand, or that do not add up: what a person sees and decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from donations import accepting, depositing, paying_out, recording, refunding, troubling
from donations.accepting import UnableToAccept
from donations.models import Donation
from ledger.models import Entry, Fund, LegalEntity, Line
from ledger.money import Money
from payments import gateway
from payments.gateway import BalanceLine, PayoutState
from payments.models import BalanceTransaction, BankAccount, Payout, PayoutLine, PayoutTrouble, ProcessorEvent
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.donations.test_depositing import Told, apply, carried, state
from tests.donations.test_ledger_stories import lawful
from tests.facts import NOW

pytestmark = pytest.mark.django_db


def korea() -> LegalEntity:
    """A second body with a general fund of its own."""
    made, _ = LegalEntity.objects.get_or_create(
        code="HK",
        defaults={
            "legal_name": "Harbour Korea", "country": "KR", "address": "Seoul", "registration": "000",
            "status_line": "a body", "signatory": "Min Park", "email": "seoul@example.org", "zone": "Asia/Seoul",
            "base_currency": "KRW", "paper": LegalEntity.Paper.A4,
        },
    )  # fmt: skip
    Fund.objects.get_or_create(entity=made, code="KGEN", defaults={"restriction": "none"})
    return made


def of_korea(minor: int = 5_000) -> tuple[Donation, BalanceLine]:
    body = korea()
    asked = facts.received({Fund.objects.get(entity=body): minor}, entity=body)
    made, _ = recording.record(received=asked, now=NOW)
    line = facts.line("charge", minor, source=asked.processor_ref, fee=100)
    recording.post_settlement(
        entity=body, line=line, gross=made.amount, shares=recording.shares_of(made), now=NOW
    )
    return made, line


def account(name: str) -> BankAccount:
    body = making.entity() if name == "HM" else korea()
    return BankAccount.objects.create(entity=body, name=name, currency="USD", added_at=NOW)


def held(code: str, body: LegalEntity) -> int:
    lines = Line.objects.filter(account__code=code, entry__entity=body, currency="USD")
    return sum(lines.values_list("amount_minor", flat=True))


def own(minor: int, ref: str = "po_1") -> BalanceLine:
    """The payout's own line of the balance."""
    return facts.line("payout", -minor, source=ref)


def mixed() -> Told:
    facts.general()
    gift = facts.donation()
    _, other = of_korea()
    return Told(state(9_680 + 4_900), [carried(gift), other, own(14_580)])


def test_two_bodies_in_one_payout_owe_each_other_what_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mixed()
    account("HM")
    apply(monkeypatch, told)
    home, other = making.entity(), korea()
    assert (held("1000", home), held("1000", other)) == (14_580, 0)
    assert (held("1910", home), held("1910", other)) == (-4_900, 4_900)
    assert (held("1100", home), held("1100", other)) == (0, 0)
    assert set(Entry.objects.filter(kind="payout").values_list("source", flat=True)) == {
        "payout:po_1",
        "payout:po_1:HK",
    }
    lawful()


def test_both_bodies_books_take_a_payout_back_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mixed()
    account("HM")
    apply(monkeypatch, told)
    told.state = state(14_580, status="failed", failure_balance_ref="txn_back")
    told.later = [replace(facts.line("payout_failure", 14_580, source="po_1"), ref="txn_back")]
    for _ in range(2):
        apply(monkeypatch, told)
    home, other = making.entity(), korea()
    assert [held(code, body) for code in ("1000", "1910") for body in (home, other)] == [0, 0, 0, 0]
    assert (held("1100", home), held("1100", other)) == (9_680, 4_900)
    lawful()
    # The next payout carries the money of the one that came back, of both bodies again.
    told.state = replace(state(14_580), ref="po_2", balance_ref="txn_out2")
    told.lines = [*told.later, own(14_580, "po_2")]
    monkeypatch.setattr(gateway, "connect", lambda: told)
    depositing.apply(ref="po_2", settle_source=lambda kind, ref, now: None, now=NOW)
    assert (held("1000", home), held("1910", other)) == (14_580, 4_900)
    assert PayoutLine.objects.get(payout__ref="po_2").balance_transaction.ref == "txn_back"
    lawful()


def test_a_person_says_at_whose_bank_a_mixed_payout_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mixed()
    with pytest.raises(paying_out.DoesNotAddUp, match="money of US, HK: say at whose bank"):
        apply(monkeypatch, told)
    trouble = PayoutTrouble.objects.get()
    assert (trouble.code, trouble.amount_minor) == ("bodies", 14_580)
    event = facts.event(kind="payout.paid", object_ref="po_1", status="parked", settled_at=NOW)
    made = accepting.accept(
        ref="po_1", entity=making.entity(), reason="our bank's line", actor=facts.staff_member(), now=NOW
    )
    assert held("1000", making.entity()) == 14_580
    assert made == accepting.accept(
        ref="po_1", entity=korea(), reason="again", actor=facts.staff_member(), now=NOW
    )
    trouble.refresh_from_db()
    event.refresh_from_db()
    assert (trouble.mended_at, event.status) == (NOW, ProcessorEvent.Status.SETTLED)
    assert AuditEvent.objects.filter(action="payout.accepted").count() == 1
    lawful()


def test_without_a_general_fund_a_body_cannot_owe(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mixed()
    account("HM")
    Fund.objects.filter(entity=making.entity()).update(is_open=False)
    with pytest.raises(paying_out.DoesNotAddUp, match="US has no unrestricted fund"):
        apply(monkeypatch, told)
    assert not Payout.objects.exists()
    assert PayoutTrouble.objects.get().code == "general"


def test_what_does_not_fit_is_named_line_by_line_and_forgotten_when_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gift = facts.donation()
    wrong = Told(state(9_580), [carried(gift, fee=420)])
    for at in (NOW, NOW + timedelta(hours=1)):
        monkeypatch.setattr(gateway, "connect", lambda: wrong)
        with pytest.raises(paying_out.DoesNotAddUp):
            depositing.apply(ref="po_1", settle_source=lambda kind, ref, now: None, now=at)
    trouble = PayoutTrouble.objects.get()
    assert (trouble.code, trouble.lines_minor, trouble.books_minor) == ("books", 9_580, 9_680)
    assert (trouble.seen_at, trouble.last_seen_at) == (NOW, NOW + timedelta(hours=1))
    assert trouble.unexplained == [
        {
            "ref": carried(gift).ref,
            "kind": "charge",
            "source": gift.processor_ref,
            "net": 9_580,
            "booked": 9_680,
        }
    ]
    apply(monkeypatch, Told(state(9_680), [carried(gift), own(9_680)]))
    assert not troubling.waiting().exists()
    lawful()


class ByHand(Told):
    """A payout somebody made at the processor; only the balance shows it."""

    def __init__(self, minor: int, **given: object) -> None:
        out = replace(facts.line("payout", -minor, source="po_1"), ref="txn_out")
        super().__init__(state(minor, is_automatic=False, **given), [], [out])


def accept(reason: str = "asked the bank") -> Payout:
    return accepting.accept(
        ref="po_1", entity=making.entity(), reason=reason, actor=facts.staff_member(), now=NOW
    )


def test_a_payout_by_hand_is_taken_out_of_what_each_fund_has_there(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = facts.campaign().fund, facts.general()
    facts.donation({first: 7_500, second: 2_500})  # 96.80 with the processor: 72.60 and 24.20
    told = ByHand(4_840)
    with pytest.raises(paying_out.DoesNotAddUp, match="made by hand"):
        apply(monkeypatch, told)
    made = accept()
    assert (made.is_by_hand, made.lines.count()) == (True, 0)
    parts = Line.objects.filter(account__code="1000").order_by("fund_id")
    assert {line.fund_id: line.amount_minor for line in parts} == {first.pk: 3_630, second.pk: 1_210}
    assert Entry.objects.get(source="payout:po_1").memo == "asked the bank"
    lawful()
    apply(monkeypatch, told)  # told of once more: it is in the books
    assert Payout.objects.count() == 1


def test_never_more_than_the_processor_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    facts.donation()
    with pytest.raises(paying_out.DoesNotAddUp):
        apply(monkeypatch, ByHand(9_681))
    with pytest.raises(UnableToAccept) as refused:
        accept()
    assert (refused.value.code, refused.value.left) == ("more", Money(9_680, "USD"))
    assert not Payout.objects.exists()


def test_the_bank_may_be_debited_by_hand_too(monkeypatch: pytest.MonkeyPatch) -> None:
    facts.general()
    gift = facts.donation()
    facts.refund(gift, 10_000)  # the processor is owed its fee of 3.20
    told = ByHand(-320)
    with pytest.raises(paying_out.DoesNotAddUp):
        apply(monkeypatch, told)
    accept()
    assert held("1000", making.entity()) == -320
    assert held("1100", making.entity()) == 0
    lawful()


def test_a_debit_nobody_owes_is_borne_by_the_general_fund(monkeypatch: pytest.MonkeyPatch) -> None:
    general = facts.general()
    assert accepting.owed(entity=making.entity(), amount=Money(-100, "USD")) == [
        (general.pk, Money(-100, "USD"))
    ]
    Fund.objects.update(is_open=False)
    with pytest.raises(UnableToAccept):
        accepting.owed(entity=making.entity(), amount=Money(-100, "USD"))


@pytest.mark.parametrize(
    ("reason", "code"), [(" ", "reason"), ("900101-1234567", "resident_number"), ("fine", "decided")]
)
def test_what_a_person_may_not_decide(reason: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnableToAccept) as refused:
        accept(reason)
    assert refused.value.code == code


def test_one_that_came_back_or_is_not_seen_yet_is_not_booked(monkeypatch: pytest.MonkeyPatch) -> None:
    facts.donation()
    told = ByHand(4_840)
    with pytest.raises(paying_out.DoesNotAddUp):
        apply(monkeypatch, told)
    told.later = []
    with pytest.raises(UnableToAccept) as refused:
        accept()
    assert refused.value.code == "line"
    told.state = replace(told.state, status="canceled")
    with pytest.raises(UnableToAccept) as refused:
        accept()
    assert refused.value.code == "gone"
    apply(monkeypatch, told)  # nothing of it was ever booked, so nothing is taken back
    assert not Payout.objects.exists()


def test_a_mixed_payout_the_books_stopped_explaining_is_refused_with_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = mixed()
    with pytest.raises(paying_out.DoesNotAddUp):
        apply(monkeypatch, told)
    told.state = replace(told.state, amount=Money(14_581, "USD"))
    with pytest.raises(UnableToAccept) as refused:
        accept()
    assert refused.value.code == "books"
    assert "its lines sum to 14580" in refused.value.words


def test_a_negative_payout_is_a_deposit_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = facts.donation()
    first = carried(gift)
    apply(monkeypatch, Told(state(9_680), [first, own(9_680)]))
    back = facts.refund_state(gift, 10_000)
    refunding.take_in(donation=gift, state=back, now=NOW)
    assert back.balance is not None
    told = Told(replace(state(-10_000), ref="po_2"), [back.balance, own(-10_000, "po_2")])
    monkeypatch.setattr(gateway, "connect", lambda: told)
    depositing.apply(ref="po_2", settle_source=lambda kind, ref, now: None, now=NOW)
    assert held("1000", making.entity()) == 9_680 - 10_000
    assert BalanceTransaction.objects.filter(payout_line__payout__ref="po_2").count() == 1
    lawful()


def test_a_state_is_what_the_processor_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not finished and not by hand: nothing is said to anybody."""
    told = Told(replace(state(100), is_reconciled=False), [])
    apply(monkeypatch, told)
    assert isinstance(told.state, PayoutState)
    assert not PayoutTrouble.objects.exists()
