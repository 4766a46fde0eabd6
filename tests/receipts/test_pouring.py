"""Rows that go by COPY keep the same laws, and their troubles have the same names; a turn draws only its share."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from jobs import ringing
from receipts import finishing, following_up, issuing, pouring
from receipts.models import ReceiptTotal, Rendering
from tests import facts
from tests.facts import NOW


@pytest.mark.django_db
def test_nothing_is_poured_from_nothing() -> None:
    pouring.pour([])


@pytest.mark.django_db
def test_a_law_that_is_broken_is_told_as_by_any_other_insert() -> None:
    receipt = issuing.decide(donation_id=facts.donation().pk, now=NOW)
    assert receipt is not None
    twice = ReceiptTotal(receipt=receipt, currency=receipt.currency, total_minor=1, eligible_minor=1)
    with pytest.raises(IntegrityError, match="receipt_total_once_per_currency"), transaction.atomic():
        pouring.pour([twice])


@pytest.mark.django_db
def test_a_turn_draws_its_share_and_rings_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(ringing, "ring", lambda *names, **_: rung.extend(names))
    one = finishing.finish_some
    monkeypatch.setattr(finishing, "BATCH", 1)
    monkeypatch.setattr(finishing, "finish_some", lambda *, now: one(now=now, limit=1))
    for _ in range(3):
        facts.donation()
    assert issuing.issue_due(now=NOW) == 3
    following_up.draw(now=NOW)
    assert (Rendering.objects.count(), rung) == (finishing.SHARE, [following_up.DRAWING])
    following_up.draw(now=NOW)
    assert (Rendering.objects.count(), rung) == (3, [following_up.DRAWING])


@pytest.mark.django_db
def test_towards_the_end_a_worker_takes_half_of_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "LEAST", 1)
    for _ in range(6):
        facts.donation()
    issuing.issue_due(now=NOW)
    taken = [finishing.finish_some(now=NOW)[0] for _ in range(5)]
    assert taken == [3, 1, 1, 1, 0]
