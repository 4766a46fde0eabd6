"""Two gifts race past a group's goal: both are in the books, the group closes once, and the second helps the next."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from campaigns.models import Campaign, NeedGroup
from donations import funding, recording
from donations.models import Checkout, Donation
from ledger.money import Money
from reports import groups
from staff.models import AuditEvent
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW

TODAY = NOW.date()
COST = 100_00


def asked_for(*sizes: int) -> Campaign:
    campaign = facts.campaign()
    making.cost(campaign, amount_minor=COST, effective_from=TODAY - timedelta(days=9), checked_on=TODAY)
    for number, size in enumerate(sizes):
        NeedGroup.objects.create(campaign=campaign, size=size, opened_on=TODAY - timedelta(days=90 - number))
    return campaign


def gift(minor: int, *, began_minutes_ago: int = 5) -> Donation:
    checkout = facts.checkout(amount_minor=minor, began_at=NOW - timedelta(minutes=began_minutes_ago))
    made = facts.donation({facts.campaign().fund: minor}, checkout=checkout)
    Checkout.advance(pk=checkout.pk, to=Checkout.Status.PAID, now=NOW)
    return made


def arrival(of: Donation) -> groups.Arrival | None:
    checkout = of.checkout
    assert checkout is not None
    return groups.arrival(donation=of, began_at=checkout.began_at, day=TODAY)


def test_gifts_that_race_past_the_goal_are_both_accepted(committed_db: None) -> None:
    campaign = asked_for(2, 1)
    gift(150_00, began_minutes_ago=60)
    received = [
        facts.received(
            {campaign.fund: 50_00},
            checkout=facts.checkout(amount_minor=50_00, began_at=NOW - timedelta(minutes=1)),
        )
        for _ in range(2)
    ]

    def give(asked: recording.Received) -> Donation:
        made, is_new = recording.record(received=asked, now=NOW)
        assert is_new
        funding.close_groups(now=NOW)
        return made

    made = threads.results(threads.at_once([partial(give, one) for one in received]))
    assert Donation.objects.count() == 3
    assert funding.raised(campaign) == Money(250_00, "USD")
    first, second = NeedGroup.objects.in_order()
    assert (first.funded_on, first.funded_minor) == (TODAY, 200_00)
    assert second.funded_on is None
    assert AuditEvent.objects.filter(action="campaign.group_funded").count() == 1
    met = [groups.arrival(donation=one, began_at=NOW - timedelta(minutes=1), day=TODAY) for one in made]
    assert sorted((one.moved_on, one.completed) for one in met if one) == [(False, True), (True, False)]
    assert all(one and one.next_waits for one in met)


def test_many_looks_at_once_close_a_group_once(committed_db: None) -> None:
    asked_for(1)
    gift(COST)
    closed = threads.results(threads.at_once([lambda: funding.close_groups(now=NOW)] * 4))
    assert sorted(closed) == [0, 0, 0, 1]
    assert Campaign.objects.get().status == "funded"


@pytest.mark.django_db
def test_the_day_is_the_day_of_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for(1)
    gift(COST)
    night = NOW.replace(hour=2) + timedelta(days=1)  # still the evening before in New York
    assert funding.close_groups(now=night) == 1
    assert NeedGroup.objects.get().funded_on == TODAY
    assert funding.close_groups(now=night) == 0


@pytest.mark.django_db
def test_only_what_the_books_hold_counts() -> None:
    asked_for(2)
    given = gift(200_00)
    facts.refund(given, 1)
    assert funding.close_groups(now=NOW) == 0
    gift(1)
    assert funding.close_groups(now=NOW) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "minor", "moved_on", "completed", "next_waits"),
    [
        (0, 50_00, False, False, True),
        (50_00, 50_00, False, True, True),
        (50_00, 150_00, False, True, False),
        (250_00, 50_00, False, False, False),
    ],
)
def test_what_a_gift_met(before: int, minor: int, moved_on: bool, completed: bool, next_waits: bool) -> None:
    asked_for(1, 1)
    if before:
        gift(before, began_minutes_ago=60)
    made = gift(minor, began_minutes_ago=-1)
    assert arrival(made) == groups.Arrival(moved_on, completed, next_waits)
    funding.close_groups(now=NOW)
    assert arrival(made) == groups.Arrival(moved_on, completed, next_waits)


@pytest.mark.django_db
def test_a_gift_for_another_purpose_meets_no_group() -> None:
    campaign = asked_for(1)
    other = facts.donation({facts.general(): COST}, checkout=facts.checkout())
    assert arrival(other) is None
    Campaign.objects.filter(pk=campaign.pk).update(kind="general")
    assert groups.serving(slug="family", day=TODAY) is None


@pytest.mark.django_db
def test_which_group_the_next_gift_helps() -> None:
    asked_for(1, 2)
    first, second = NeedGroup.objects.in_order()
    assert groups.serving(slug="family", day=TODAY) == groups.Serving(str(first.pk), False, True)
    gift(COST)
    assert groups.serving(slug="family", day=TODAY) == groups.Serving(str(second.pk), True, True)
    funding.close_groups(now=NOW)
    assert groups.serving(slug="family", day=TODAY) == groups.Serving(str(second.pk), False, True)
    gift(200_00)
    assert groups.serving(slug="family", day=TODAY) == groups.Serving("surplus", True, False)
    assert groups.serving(slug="none", day=date(2020, 1, 1)) is None
