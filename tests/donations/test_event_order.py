"""Any order, any repetition and any loss of the processor's events end in the same books."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Iterable

import pytest
from django.db import connection, transaction

from donations import refunding, settling, sweeping
from donations.models import Checkout
from donations.models.intents import Frequency
from faults.picturing import picture
from ledger.money import Money
from payments import catching_up, inbox
from payments.gateway import Notice
from staff.models import User
from tests.donations import undoing
from tests.donations.giving import Supporter, notices, only_donation, paperwork, selfcheck, settle_all


def told(supporter: Supporter, order: Iterable[Notice]) -> dict[str, list[tuple[object, ...]]]:
    """What the database holds after these events, then everything is undone."""
    with transaction.atomic():
        settle_all(supporter.processor, now=supporter.now, order=list(order))
        paperwork(now=supporter.now)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        result = picture()
        undoing.undo()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return result


@pytest.fixture
def refunded_story(supporter: Supporter) -> list[Notice]:
    """A gift of which a part was refunded, as the processor tells it: nothing of it has reached us yet."""
    supporter.give()
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.v1.refunds.create({"charge": charge.id, "amount": 2500})
    return notices(supporter.processor)


@pytest.fixture
def disputed_story(supporter: Supporter) -> list[Notice]:
    supporter.give()
    charge = supporter.processor.v1.charges.list().data[0]
    dispute = supporter.processor.operate("POST", "disputes", {"charge": charge.id})
    supporter.processor.operate("POST", f"disputes/{dispute['id']}/close", {"outcome": "lost"})
    return notices(supporter.processor)


@pytest.fixture
def monthly_story(supporter: Supporter) -> list[Notice]:
    supporter.give("safe-house", frequency=Frequency.MONTHLY, amount=Money(3000, "USD"))
    return notices(supporter.processor)


STORIES = ["refunded_story", "disputed_story", "monthly_story"]


@pytest.mark.parametrize("story", STORIES)
def test_shuffled_and_repeated_events_end_alike(
    story: str, request: pytest.FixtureRequest, supporter: Supporter
) -> None:
    events: list[Notice] = request.getfixturevalue(story)
    expected = told(supporter, events)
    assert expected["donations"]
    assert expected["books"]
    dice = random.Random(story)
    for _ in range(8):
        shuffled = dice.sample(events, len(events)) + dice.choices(events, k=3)
        assert told(supporter, shuffled) == expected, [event.kind for event in shuffled]


@pytest.mark.slow
def test_every_permutation_of_the_refunded_story_ends_alike(
    refunded_story: list[Notice], supporter: Supporter
) -> None:
    expected = told(supporter, refunded_story)
    kinds = ["charge.succeeded", "checkout.session.completed", "refund.created", "charge.refunded"]
    chosen = [next(event for event in refunded_story if event.kind == kind) for kind in kinds]
    for order in itertools.permutations(chosen):
        assert told(supporter, order) == expected, [event.kind for event in order]


@pytest.mark.parametrize("story", STORIES)
def test_any_single_event_of_money_is_enough(
    story: str, request: pytest.FixtureRequest, supporter: Supporter
) -> None:
    events: list[Notice] = request.getfixturevalue(story)
    whole = told(supporter, events)
    for event in events:
        if event.kind.startswith(("charge.succeeded", "invoice.paid")):
            assert told(supporter, [event])["donations"] == whole["donations"]


def test_with_no_event_at_all_the_sweeper_finds_the_gift(supporter: Supporter) -> None:
    checkout = supporter.give()
    Checkout.objects.filter(pk=checkout.pk).update(look_after=supporter.now)
    sweeping.run(now=supporter.now)
    paperwork(now=supporter.now)
    checkout.refresh_from_db()
    assert checkout.status == Checkout.Status.PAID
    selfcheck(now=supporter.now)


def test_with_no_event_at_all_the_balance_finds_gift_and_refund(supporter: Supporter) -> None:
    supporter.give()
    charge = supporter.processor.v1.charges.list().data[0]
    supporter.processor.v1.refunds.create({"charge": charge.id, "amount": 2500})
    sweeping.reconcile(now=supporter.now)
    paperwork(now=supporter.now)
    donation = only_donation()
    assert refunding.refunded(donation=donation) == Money(2500, "USD")
    selfcheck(now=supporter.now)


def test_events_that_never_came_are_taken_from_the_list(supporter: Supporter) -> None:
    supporter.give()
    supporter.give(donor_name="Samuel Park", email="samuel@example.org")
    first = notices(supporter.processor)[0]
    pk, _ = inbox.keep(notice=first, now=supporter.now)
    missing = catching_up.run(now=supporter.now)
    assert len(missing) == len(notices(supporter.processor)) - 1
    for event_id in [pk, *missing]:
        settling.settle(event_id=event_id, now=supporter.now)
    paperwork(now=supporter.now)
    assert catching_up.run(now=supporter.now) == []
    selfcheck(now=supporter.now)


def test_our_own_refund_told_by_events_first(supporter: Supporter) -> None:
    """The event of a refund may be settled before our own call has returned."""
    supporter.give()
    settle_all(supporter.processor, now=supporter.now)
    donation = only_donation()
    request_id = uuid.uuid4()
    asked = {
        "donation_id": donation.pk,
        "amount": Money(4000, "USD"),
        "reason": "mistake",
        "actor": User.objects.get(email="finance@example.org"),
        "now": supporter.now,
    }
    first = refunding.request(request_id=request_id, **asked)  # type: ignore[arg-type]
    settle_all(supporter.processor, now=supporter.now)
    again = refunding.request(request_id=request_id, **asked)  # type: ignore[arg-type]
    assert first.pk == again.pk
    assert refunding.refundable(donation=donation) == Money(6000, "USD")
    selfcheck(now=supporter.now)
