"""A refund comes out of the funds it was asked for; what nobody divided is shared by what is left."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations import dividing, refunding
from donations.models import Donation, RefundRequest
from ledger import balances
from ledger.models import Fund
from ledger.money import Money
from payments import gateway
from receipts.models import ReceiptLine
from reports import selfchecking
from tests import facts
from tests.donations.bank import Bank
from tests.facts import NOW


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch, db: None) -> Bank:
    made = Bank()
    monkeypatch.setattr(gateway, "connect", lambda: made)
    return made


@pytest.fixture
def funds(bank: Bank) -> tuple[Fund, Fund]:
    return facts.campaign().fund, facts.general()


@pytest.fixture
def gift(funds: tuple[Fund, Fund]) -> Donation:
    """$70.00 for the campaign's fund, $30.00 for the general one."""
    return facts.donation(dict(zip(funds, (7_000, 3_000), strict=True)))


def ask(
    gift: Donation, minor: int, parts: dict[Fund, int] | None = None, *, pk: uuid.UUID | None = None
) -> RefundRequest:
    return refunding.request(
        donation_id=gift.pk,
        amount=Money(minor, "USD"),
        parts=None if parts is None else {fund.pk: Money(part, "USD") for fund, part in parts.items()},
        reason="asked for",
        actor=facts.staff_member(),
        request_id=pk or uuid.uuid4(),
        now=NOW,
    )


def income(fund: Fund) -> int:
    """What the fund has kept, in cents."""
    from ledger.models import Line

    lines = Line.objects.filter(fund=fund, account__code__in=["4000", "4100"])
    return -sum(lines.values_list("amount_minor", flat=True))


def lawful() -> None:
    findings = selfchecking.run(now=NOW + timedelta(minutes=1))
    assert selfchecking.unexplained(findings) == []


def test_it_comes_out_of_the_fund_it_was_asked_for(
    gift: Donation, funds: tuple[Fund, Fund], check_laws: Callable[[], None]
) -> None:
    first, second = funds
    facts.paperwork()
    assert ask(gift, 3_000, {second: 3_000}).status == "done"
    assert (income(first), income(second)) == (7_000, 0)
    assert dividing.refunded_by_fund(donation=gift) == {second.pk: 3_000}
    assert balances.received(segments=["family"]) == {"family": [Money(7_000, "USD")]}
    facts.paperwork(now=NOW + timedelta(minutes=1))
    line = ReceiptLine.objects.get(receipt__voiding__isnull=True)
    assert line.refunded_minor == 3_000
    told = json.loads(line.receipt.snapshot)["lines"]
    assert [(each["amount_minor"], each["refunded_minor"]) for each in told] == [(7_000, 0), (3_000, 3_000)]
    check_laws()
    lawful()


def test_an_amount_nobody_divided_is_shared_by_what_is_left(gift: Donation, funds: tuple[Fund, Fund]) -> None:
    first, second = funds
    ask(gift, 1_001)
    assert (income(first), income(second)) == (7_000 - 701, 3_000 - 300)
    ask(gift, 2_700, {second: 2_700})
    ask(gift, 6_299)
    assert (income(first), income(second)) == (0, 0)
    lawful()


@pytest.mark.parametrize(("minor", "parts", "code"), [
    (3_001, (0, 3_001), "part"), (100, (50, 49), "sum"), (100, (101, -1), "part"), (100, (50, 51), "sum"),
])  # fmt: skip
def test_never_above_what_is_left_of_a_fund(
    gift: Donation, funds: tuple[Fund, Fund], minor: int, parts: tuple[int, int], code: str
) -> None:
    with pytest.raises(refunding.UnableToRefund) as refusal:
        ask(gift, minor, dict(zip(funds, parts, strict=True)))
    assert (refusal.value.code, bool(refusal.value.words)) == (code, True)
    assert not RefundRequest.objects.exists()


def test_a_fund_the_gift_was_not_for_gives_nothing(bank: Bank) -> None:
    other = facts.donation()
    with pytest.raises(refunding.UnableToRefund) as refusal:
        ask(other, 100, {facts.general(): 100})
    assert refusal.value.code == "fund"


def test_what_is_asked_for_is_held_of_its_fund(gift: Donation, funds: tuple[Fund, Fund], bank: Bank) -> None:
    first, second = funds
    bank.mood = "silent"
    waiting = ask(gift, 2_500, {second: 2_500})
    assert {part.fund: part.amount_minor for part in waiting.parts.all()} == {second: 2_500}
    left = refunding.refundable_by_fund(donation=gift)
    assert (left[first.pk].minor, left[second.pk].minor) == (7_000, 500)
    with pytest.raises(refunding.UnableToRefund, match=r"At most \$5\.00"):
        ask(gift, 501, {second: 501})


def test_the_same_form_with_other_parts_is_another_refund(gift: Donation, funds: tuple[Fund, Fund]) -> None:
    first, second = funds
    pk = uuid.uuid4()
    ask(gift, 1_000, {first: 500, second: 500}, pk=pk)
    assert ask(gift, 1_000, {first: 500, second: 500}, pk=pk).pk == pk
    with pytest.raises(refunding.UnableToRefund) as refusal:
        ask(gift, 1_000, {first: 1_000}, pk=pk)
    assert refusal.value.code == "other"


def test_a_refund_made_elsewhere_may_take_what_was_asked_of_a_fund(
    gift: Donation, funds: tuple[Fund, Fund], bank: Bank
) -> None:
    """The processor's money is gone whatever we wished: the parts give way, the sum and the laws stay."""
    first, second = funds
    bank.mood = "silent"
    asked = ask(gift, 3_000, {second: 3_000})
    facts.refund(gift, 6_000)
    bank.mood = "willing"
    refunding.resume(refund_request=asked, now=NOW)
    asked.refresh_from_db()
    assert asked.status == "done"
    back = dividing.refunded_by_fund(donation=gift)
    assert back == {first.pk: 6_000, second.pk: 3_000}
    lawful()


def test_a_returned_refund_of_one_fund_returns_to_that_fund(gift: Donation, funds: tuple[Fund, Fund]) -> None:
    first, second = funds
    asked = ask(gift, 2_000, {second: 2_000})
    facts.returned(asked.refund)
    assert (income(first), income(second)) == (7_000, 3_000)
    assert ask(gift, 3_000, {second: 3_000}).status == "done"
    lawful()


@given(
    lefts=st.lists(st.integers(0, 10_000), min_size=1, max_size=5),
    wants=st.lists(st.integers(0, 12_000), min_size=5, max_size=5),
    share=st.floats(0, 1),
)
def test_fitted_parts_sum_and_never_pass_what_is_left(
    lefts: list[int], wants: list[int], share: float
) -> None:
    amount = int(sum(lefts) * share)
    left = dict(enumerate(lefts))
    wanted = dict(enumerate(wants[: len(lefts)]))
    parts = dividing.fitted(amount=Money(amount, "USD"), left=left, wanted=wanted)
    assert sum(parts.values()) == amount
    assert all(0 <= part <= left[fund] for fund, part in parts.items())
