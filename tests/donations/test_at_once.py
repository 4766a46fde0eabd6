"""X39: people press at the same moment. One wins, the others are told why, and the books stay lawful."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from donations import approving, disputing, refunding
from donations.approving import UnableToDecide
from donations.models import Donation, RefundRequest
from donations.refunding import UnableToRefund
from ledger.models import Fund
from ledger.money import Money
from payments import gateway
from reports import selfchecking
from staff.models import AuditEvent, User
from tests import facts, threads
from tests.donations.bank import Bank
from tests.facts import NOW

ROUNDS = 100
REFUSED = (UnableToRefund, UnableToDecide)
Press = Callable[[], object]


@pytest.fixture
def bank(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> Bank:
    made = Bank()
    monkeypatch.setattr(gateway, "connect", lambda: made)
    return made


@pytest.fixture
def people(bank: Bank) -> list[User]:
    return [facts.staff_member(f"{name}@example.org") for name in ("anna", "ben", "carol")]


def gift(minor: int = 10_000) -> Donation:
    first, second = facts.campaign().fund, facts.general()
    return facts.donation({first: minor * 6 // 10, second: minor - minor * 6 // 10})


def ask(of: Donation, minor: int, by: User, parts: dict[Fund, int] | None = None) -> RefundRequest:
    return refunding.request(
        donation_id=of.pk,
        amount=Money(minor, "USD"),
        parts=None if parts is None else {fund.pk: Money(part, "USD") for fund, part in parts.items()},
        reason="asked for",
        actor=by,
        request_id=uuid.uuid4(),
        now=NOW,
    )


def pressed(presses: list[Press]) -> tuple[int, int]:
    """How many won and how many were refused in words; anything else is a failure of ours."""
    outcomes = threads.at_once(presses)
    wrong = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, REFUSED)]
    assert wrong == []
    assert all(one.words for one in outcomes if isinstance(one, REFUSED))
    won = [one for one in outcomes if not isinstance(one, Exception)]
    return len(won), len(outcomes) - len(won)


def lawful() -> None:
    assert selfchecking.unexplained(selfchecking.run(now=NOW + timedelta(minutes=1))) == []


def whole(made: Donation, people: list[User]) -> list[Press]:
    return [partial(ask, made, 10_000, person) for person in people[:2]]


def parts_above(made: Donation, people: list[User]) -> list[Press]:
    return [partial(ask, made, 6_000, person) for person in people[:2]]


def one_fund(made: Donation, people: list[User]) -> list[Press]:
    return [partial(ask, made, 3_000, person, {facts.general(): 3_000}) for person in people[:2]]


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("presses", [whole, parts_above, one_fund], ids=lambda deed: deed.__name__)
def test_X39_two_refunds_at_once_are_one(
    bank: Bank, people: list[User], presses: Callable[[Donation, list[User]], list[Press]]
) -> None:
    facts.general()
    for _ in range(ROUNDS):
        made = gift()
        assert pressed(presses(made, people)) == (1, 1)
    assert len(bank.sent) == ROUNDS
    lawful()


@pytest.mark.slow
@pytest.mark.no_cover
def test_X39_a_refund_and_a_dispute_at_once(bank: Bank, people: list[User]) -> None:
    for _ in range(ROUNDS):
        made = gift()
        state = facts.dispute_state(made)
        won, refused = pressed([
            partial(ask, made, 10_000, people[0]),
            partial(disputing.apply, state=state, now=NOW),
        ])  # fmt: skip
        assert won + refused == 2
        assert won >= 1
        assert refunding.refundable(donation=made) == Money(0, "USD")
    lawful()


def propose(by: User) -> RefundRequest:
    proposal = ask(gift(100_000), 60_000, by)
    assert proposal.status == RefundRequest.Status.PROPOSED
    return proposal


@pytest.mark.slow
@pytest.mark.no_cover
def test_X39_approve_decline_and_withdraw_at_once(bank: Bank, people: list[User]) -> None:
    anna, ben, carol = people
    ends: set[str] = set()
    for _ in range(ROUNDS):
        proposal = propose(anna)
        presses: list[Press] = [
            partial(approving.approve, request_id=proposal.pk, actor=ben, now=NOW),
            partial(approving.decline, request_id=proposal.pk, actor=carol, reason="no", now=NOW),
            partial(approving.withdraw, request_id=proposal.pk, actor=anna, now=NOW),
        ]
        assert pressed(presses) == (1, 2)
        proposal.refresh_from_db()
        ends.add(proposal.status)
        assert (str(proposal.pk) in bank.sent) == (proposal.status == RefundRequest.Status.DONE)
    assert ends <= {"done", "declined", "withdrawn"}
    decisions = AuditEvent.objects.filter(action__in=["approve refund", "decline refund", "withdraw refund"])
    assert decisions.count() == ROUNDS
    lawful()


def test_X39_two_approvers_at_once_send_it_once(bank: Bank, people: list[User]) -> None:
    anna, ben, carol = people
    for _ in range(10):
        proposal = propose(anna)
        presses: list[Press] = [
            partial(approving.approve, request_id=proposal.pk, actor=who, now=NOW) for who in (ben, carol)
        ]
        assert pressed(presses) == (1, 1)
        proposal.refresh_from_db()
        assert proposal.status == RefundRequest.Status.DONE
    assert len(bank.sent) == 10
    lawful()


def test_X39_many_small_ones_at_once_do_not_pass_the_threshold_together(
    bank: Bank, people: list[User]
) -> None:
    made = gift(100_000)
    outcomes = threads.results(threads.at_once([partial(ask, made, 20_000, people[0]) for _ in range(4)]))
    alone = [one for one in outcomes if one.status == RefundRequest.Status.DONE]
    assert sum(one.amount_minor for one in alone) == 40_000
    with transaction.atomic():
        assert refunding.refundable(donation=made) == Money(20_000, "USD")
    lawful()
