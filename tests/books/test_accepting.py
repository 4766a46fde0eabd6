"""What a line cannot be is refused and nothing is written; what was said of it is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from books import accepting, unmatching
from books.accepting import Kind, Part, UnableToAccept
from books.models import BankMatch
from books.unmatching import UnableToUnmatch
from ledger.models import Fund
from tests import facts
from tests.books import banks
from tests.books.banks import NOW
from tests.books.test_matching import payout

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "parts"),
        ([Part(kind=Kind.CHARGE), Part(kind=Kind.OTHER, reason="x")], "parts"),
        ([Part(kind=Kind.OTHER, amount_minor=1, reason="x")], "sum"),
        ([Part(kind=Kind.CHARGE)], "direction"),
        ([Part(kind=Kind.OTHER)], "reason"),
        ([Part(kind=Kind.PAYOUT, payout_id=0)], "unknown"),
        ([Part(kind=Kind.DEPOSIT, batch_id=uuid.UUID(int=1))], "unknown"),
        ([Part(kind=Kind.GIFT, donation_id=uuid.UUID(int=1))], "unknown"),
        ([Part(kind=Kind.RETURNED, donation_id=uuid.UUID(int=1))], "unknown"),
        ([Part(kind=Kind.GIFT, promise_id=uuid.UUID(int=1))], "unknown"),
        ([Part(kind=Kind.GIFT, donor_id=uuid.UUID(int=1))], "campaign"),
        ([Part(kind=Kind.GIFT)], "campaign"),
    ],
)
def test_what_a_line_cannot_be_is_refused_and_nothing_is_written(parts: list[Part], code: str) -> None:
    account = banks.account()
    line = banks.line(account, 5_000, payer="KIM")
    with pytest.raises(UnableToAccept, match=f"^{code}$"):
        accepting.accept(
            line_id=line.pk, parts=parts, score=0, is_automatic=False, actor=facts.staff_member(), now=NOW
        )
    assert not BankMatch.objects.exists()
    line.refresh_from_db()
    assert (line.state, line.payer) == ("new", "KIM")


def test_a_payout_of_another_sum_a_settled_line_and_no_line_are_refused() -> None:
    account = banks.account()
    paid = payout(100)
    line = banks.line(account, 200)
    actor = facts.staff_member()

    def be(part: Part, of: int = 0) -> None:
        accepting.accept(
            line_id=of or line.pk, parts=[part], score=0, is_automatic=False, actor=actor, now=NOW
        )

    with pytest.raises(UnableToAccept, match="sum"):
        be(Part(kind=Kind.PAYOUT, payout_id=paid.pk))
    Fund.objects.update(is_open=False)
    with pytest.raises(UnableToAccept, match="fund"):
        be(Part(kind=Kind.INTEREST))
    unmatching.discard(line_id=line.pk, reason="our own transfer", actor=actor, now=NOW)
    with pytest.raises(UnableToAccept, match="settled"):
        be(Part(kind=Kind.OTHER, reason="x"))
    with pytest.raises(UnableToAccept, match="unknown"):
        be(Part(kind=Kind.OTHER, reason="x"), of=999_999)


def test_a_line_is_set_aside_left_and_taken_back(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    line = banks.line(account, -900, payer="LANDLORD", reference="rent")
    actor = facts.staff_member()
    unmatching.leave(line_id=line.pk, reason="asked the bank", actor=actor, now=NOW)
    line.refresh_from_db()
    assert (line.state, line.payer) == ("no_match", "LANDLORD")
    unmatching.discard(line_id=line.pk, reason="rent, paid from here", actor=actor, now=NOW)
    line.refresh_from_db()
    assert (line.state, line.payer, line.settled_by) == ("discarded", "", actor)
    unmatching.undo(line_id=line.pk, reason="was ours", actor=actor, now=NOW)
    line.refresh_from_db()
    assert (line.state, line.settled_at) == ("no_match", None)
    for reason, code in (("", "reason"), ("900101-1234567", "resident_number")):
        with pytest.raises(UnableToUnmatch, match=code):
            unmatching.leave(line_id=line.pk, reason=reason, actor=actor, now=NOW)
    with pytest.raises(UnableToUnmatch, match="open"):
        unmatching.undo(line_id=line.pk, reason="x", actor=actor, now=NOW)
    with pytest.raises(UnableToUnmatch, match="unknown"):
        unmatching.discard(line_id=0, reason="x", actor=actor, now=NOW)
    unmatching.discard(line_id=line.pk, reason="rent", actor=actor, now=NOW)
    for deed in (unmatching.discard, unmatching.leave):
        with pytest.raises(UnableToUnmatch, match="settled"):
            deed(line_id=line.pk, reason="rent", actor=actor, now=NOW)
    check_laws()
