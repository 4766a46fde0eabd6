"""Above a threshold nobody gives money back alone: proposed, decided by somebody else, once, and held meanwhile."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from donations import approving, refunding, sweeping
from donations.models import Donation, RefundPolicy, RefundRequest
from donors.models import Message
from ledger.money import Money
from payments import gateway
from staff import roles
from staff.models import AuditEvent, Role, User
from tests import facts
from tests.campaigns import making
from tests.donations.bank import Bank
from tests.facts import NOW

pytestmark = pytest.mark.django_db
Status = RefundRequest.Status


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    made = Bank()
    monkeypatch.setattr(gateway, "connect", lambda: made)
    return made


@pytest.fixture
def large(bank: Bank) -> Donation:
    """A gift of $1,000.00."""
    return facts.donation({facts.campaign().fund: 100_000})


@pytest.fixture
def anna() -> User:
    made = facts.staff_member()
    roles.grant(user=made, role=Role.FINANCE, now=NOW)
    return made


@pytest.fixture
def ruth() -> User:
    made = User.objects.create_user(email="ruth@example.org", name="Ruth Approver")
    roles.grant(user=made, role=Role.APPROVER, now=NOW)
    return made


def ask(gift: Donation, minor: int, by: User, **given: Any) -> RefundRequest:
    return refunding.request(
        donation_id=gift.pk,
        amount=Money(minor, given.pop("currency", gift.currency)),
        reason="asked for",
        actor=by,
        request_id=given.pop("request_id", None) or uuid.uuid4(),
        now=given.pop("now", NOW),
        **given,
    )


def told(kind: str = "staff_notice") -> list[tuple[str, str]]:
    return list(
        Message.objects.filter(kind=kind).order_by("queued_at", "id").values_list("to_email", "subject")
    )


def test_up_to_the_threshold_one_person_is_enough(large: Donation, anna: User) -> None:
    assert ask(large, 50_000, anna).status == Status.DONE
    assert told() == []


def test_above_it_the_refund_is_proposed_held_and_not_sent(
    large: Donation, anna: User, ruth: User, bank: Bank
) -> None:
    proposal = ask(large, 50_001, anna)
    assert (proposal.status, bank.sent) == (Status.PROPOSED, {})
    assert refunding.refundable(donation=large) == Money(49_999, "USD")
    assert told() == [("ruth@example.org", "A refund waits for a second person")]
    assert AuditEvent.objects.filter(action="propose refund").count() == 1
    with pytest.raises(refunding.UnableToRefund, match=r"At most \$499\.99"):
        ask(large, 50_000, anna)


def test_small_refunds_of_one_gift_count_together(large: Donation, anna: User, ruth: User) -> None:
    assert ask(large, 30_000, anna).status == Status.DONE
    assert ask(large, 20_000, anna).status == Status.DONE
    last = ask(large, 1, anna)
    assert last.status == Status.PROPOSED
    approving.withdraw(request_id=last.pk, actor=anna, now=NOW)
    facts.refund(large, 10_000)
    assert ask(large, 1, ruth).status == Status.PROPOSED


def test_what_is_proposed_counts_too(large: Donation, anna: User) -> None:
    ask(large, 60_000, anna)
    assert ask(large, 100, anna).status == Status.PROPOSED


def test_somebody_else_approves_and_it_is_sent(large: Donation, anna: User, ruth: User, bank: Bank) -> None:
    proposal = ask(large, 60_000, anna)
    done = approving.approve(request_id=proposal.pk, actor=ruth, now=NOW + timedelta(hours=1))
    assert (done.status, done.decided_by, done.decided_at) == (Status.DONE, ruth, NOW + timedelta(hours=1))
    again = approving.approve(request_id=proposal.pk, actor=ruth, now=NOW + timedelta(hours=1))
    assert (again.status, list(bank.sent)) == (Status.DONE, [str(proposal.pk)])
    assert refunding.refunded(donation=large) == Money(60_000, "USD")
    assert ("finance@example.org", "Your proposed refund was decided") in told()
    actions = list(AuditEvent.objects.order_by("number").values_list("action", "actor"))
    assert actions == [("propose refund", f"user:{anna.pk}"), ("approve refund", f"user:{ruth.pk}")]


def test_the_same_person_never_decides(large: Donation, anna: User) -> None:
    roles.grant(user=anna, role=Role.ADMIN, now=NOW)
    proposal = ask(large, 60_000, anna)
    with pytest.raises(approving.UnableToDecide, match="Somebody else"):
        approving.approve(request_id=proposal.pk, actor=anna, now=NOW)
    with pytest.raises(approving.UnableToDecide, match="Somebody else"):
        approving.decline(request_id=proposal.pk, actor=anna, reason="no", now=NOW)
    proposal.refresh_from_db()
    assert proposal.status == Status.PROPOSED


def test_declining_needs_a_reason_and_frees_the_amount(large: Donation, anna: User, ruth: User) -> None:
    proposal = ask(large, 60_000, anna)
    with pytest.raises(approving.UnableToDecide, match="say why"):
        approving.decline(request_id=proposal.pk, actor=ruth, reason=" ", now=NOW)
    declined = approving.decline(request_id=proposal.pk, actor=ruth, reason="Not our mistake", now=NOW)
    assert (declined.status, declined.answer, declined.decided_by) == (
        Status.DECLINED,
        "Not our mistake",
        ruth,
    )
    assert refunding.refundable(donation=large) == large.amount
    letter = Message.objects.get(to_email="finance@example.org")
    assert "Ruth Approver declined to give $600.00 back: Not our mistake" in letter.text
    assert "Grace" not in letter.text
    with pytest.raises(approving.UnableToDecide, match="already"):
        approving.approve(request_id=proposal.pk, actor=ruth, now=NOW)


def test_only_the_proposer_takes_it_back(large: Donation, anna: User, ruth: User) -> None:
    proposal = ask(large, 60_000, anna)
    with pytest.raises(approving.UnableToDecide) as refusal:
        approving.withdraw(request_id=proposal.pk, actor=ruth, now=NOW)
    assert refusal.value.code == "other"
    for _ in range(2):
        assert approving.withdraw(request_id=proposal.pk, actor=anna, now=NOW).status == Status.WITHDRAWN
    assert AuditEvent.objects.filter(action="withdraw refund").count() == 1
    with pytest.raises(approving.UnableToDecide, match="already"):
        approving.decline(request_id=proposal.pk, actor=ruth, reason="no", now=NOW)
    assert refunding.refundable(donation=large) == large.amount


def test_after_seven_days_a_proposal_ends(large: Donation, anna: User, ruth: User, bank: Bank) -> None:
    proposal = ask(large, 60_000, anna)
    week = NOW + timedelta(days=7)
    with pytest.raises(approving.UnableToDecide) as refusal:
        approving.approve(request_id=proposal.pk, actor=ruth, now=week)
    assert refusal.value.code == "expired"
    assert approving.expire_due(now=week - timedelta(seconds=1)) == 0
    sweeping.run(now=week)
    proposal.refresh_from_db()
    assert (proposal.status, bank.sent) == (Status.EXPIRED, {})
    assert AuditEvent.objects.get(action="expire refund").actor == "system:sweep"
    assert ("finance@example.org", "Your proposed refund was decided") in told()
    assert approving.expire_due(now=week) == 0


def test_an_approval_long_after_the_proposal_is_still_asked_again(
    large: Donation, anna: User, ruth: User, bank: Bank
) -> None:
    """The 48 hours after which a person must look count from the approval, not from the proposal."""
    proposal = ask(large, 60_000, anna)
    bank.mood = "silent"
    later = NOW + timedelta(days=6)
    assert approving.approve(request_id=proposal.pk, actor=ruth, now=later).status == Status.REQUESTED
    bank.mood = "willing"
    sweeping.run(now=later + timedelta(minutes=3))
    proposal.refresh_from_db()
    assert proposal.status == Status.DONE


def test_what_happened_meanwhile_is_seen(large: Donation, anna: User, ruth: User, bank: Bank) -> None:
    proposal = ask(large, 60_000, anna)
    facts.dispute(large)
    with pytest.raises(approving.UnableToDecide) as refusal:
        approving.approve(request_id=proposal.pk, actor=ruth, now=NOW)
    assert (refusal.value.code, bank.sent) == ("disputed", {})
    other = facts.donation({facts.campaign().fund: 100_000})
    second = ask(other, 60_000, anna)
    facts.refund(other, 50_000)
    with pytest.raises(approving.UnableToDecide) as too_late:
        approving.approve(request_id=second.pk, actor=ruth, now=NOW)
    assert too_late.value.code == "amount"


def test_a_refusal_of_the_processor_is_told_to_the_approver(
    large: Donation, anna: User, ruth: User, bank: Bank
) -> None:
    proposal = ask(large, 60_000, anna)
    bank.mood = "stubborn"
    with pytest.raises(refunding.UnableToRefund) as refusal:
        approving.approve(request_id=proposal.pk, actor=ruth, now=NOW)
    assert refusal.value.code == "processor"
    proposal.refresh_from_db()
    assert proposal.status == Status.REFUSED


@pytest.mark.parametrize(("currency", "minor", "status"), [
    ("KRW", 500_000, "done"), ("KRW", 500_001, "proposed"), ("EUR", 1, "proposed"), ("JPY", 1, "proposed"),
])  # fmt: skip
def test_without_a_policy_dollars_and_won_have_a_limit_and_nothing_else_has(
    bank: Bank, anna: User, currency: str, minor: int, status: str
) -> None:
    gift = facts.donation({facts.campaign().fund: 900_000}, currency=currency)
    assert ask(gift, minor, anna).status == status


def test_a_policy_of_the_entity_counts_and_its_change_is_written_down(
    large: Donation, anna: User, ruth: User
) -> None:
    entity = making.entity()
    approving.set_policy(entity=entity, alone_up_to=Money(0, "USD"), actor=ruth, now=NOW)
    assert ask(large, 1, anna).status == Status.PROPOSED
    approving.set_policy(entity=entity, alone_up_to=Money(100_000, "USD"), actor=ruth, now=NOW)
    assert ask(large, 90_000, anna).status == Status.DONE
    assert RefundPolicy.objects.get().alone_up_to_minor == 100_000
    changes = [
        event.details for event in AuditEvent.objects.filter(action="set refund policy").order_by("number")
    ]
    assert [(change["before"], change["after"]) for change in changes] == [
        ("500.00", "0.00"),
        ("0.00", "1000.00"),
    ]
    with pytest.raises(ValueError, match="not negative"):
        approving.set_policy(entity=entity, alone_up_to=Money(-1, "USD"), actor=ruth, now=NOW)


def test_where_nobody_approves_the_admins_are_asked(large: Donation, anna: User) -> None:
    boss = User.objects.create_user(email="boss@example.org", name="Boss")
    roles.grant(user=boss, role=Role.ADMIN, now=NOW)
    ask(large, 60_000, anna)
    assert [to for to, _ in told()] == ["boss@example.org"]
