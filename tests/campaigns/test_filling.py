"""A group closes by itself when its money has come; what is over helps the next (F45)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from campaigns import filling
from campaigns.models import Campaign, NeedGroup
from ledger.money import Money
from staff.models import AuditEvent
from tests.campaigns import making
from tests.campaigns.making import NOW, TODAY

pytestmark = pytest.mark.django_db
ONE = 17_000_00


def group(of: Campaign, size: int, *, days_ago: int, **given: Any) -> NeedGroup:
    opened = TODAY - timedelta(days=days_ago)
    return NeedGroup.objects.create(campaign=of, size=size, opened_on=opened, **given)


@pytest.fixture
def family() -> Campaign:
    campaign = making.campaign()
    making.cost(campaign, amount_minor=ONE, effective_from=TODAY - timedelta(days=400))
    return campaign


def fill(campaign: Campaign, raised: int, *, currency: str = "USD", day: date = TODAY) -> list[int]:
    closed = filling.fill(campaign_id=campaign.pk, raised=lambda: Money(raised, currency), now=NOW, day=day)
    return [one.size for one in closed]


@pytest.mark.parametrize(
    ("raised", "closed", "status"),
    [
        (0, [], "open"),
        (3 * ONE - 1, [], "open"),
        (3 * ONE, [3], "open"),
        (5 * ONE - 1, [3], "open"),
        (5 * ONE, [3, 2], "funded"),
        (99 * ONE, [3, 2], "funded"),
    ],
)
def test_groups_close_in_the_order_they_wait(
    family: Campaign, raised: int, closed: list[int], status: str
) -> None:
    group(family, 2, days_ago=10)
    group(family, 3, days_ago=60)
    assert fill(family, raised) == closed
    family.refresh_from_db()
    assert family.status == status
    kept = NeedGroup.objects.filter(funded_on=TODAY).in_order().values_list("size", "funded_minor")
    assert list(kept) == [(size, size * ONE) for size in closed]
    told = AuditEvent.objects.filter(action="campaign.group_funded").order_by("number")
    assert [event.details["amount_minor"] for event in told] == [size * ONE for size in closed]


def test_a_second_look_changes_nothing(family: Campaign) -> None:
    group(family, 1, days_ago=5)
    assert fill(family, ONE) == [1]
    before = AuditEvent.objects.count()
    assert fill(family, 9 * ONE) == []
    assert AuditEvent.objects.count() == before


def test_what_a_group_took_is_not_counted_for_the_next(family: Campaign) -> None:
    group(family, 1, days_ago=50)
    second = group(family, 1, days_ago=40)
    assert fill(family, ONE + 5) == [1]
    assert fill(family, 2 * ONE - 1) == []
    assert fill(family, 2 * ONE) == [1]
    second.refresh_from_db()
    assert second.funded_minor == ONE


def test_a_new_cost_changes_the_next_group_and_not_the_last(family: Campaign) -> None:
    group(family, 1, days_ago=50)
    assert fill(family, ONE) == [1]
    family.status = "open"
    family.save()
    group(family, 1, days_ago=0)
    making.cost(family, amount_minor=2 * ONE, effective_from=TODAY + timedelta(days=3))
    later = TODAY + timedelta(days=4)
    assert fill(family, 3 * ONE - 1, day=later) == []
    assert fill(family, 3 * ONE, day=later) == [1]


def test_money_that_went_back_reopens_nothing(family: Campaign) -> None:
    first = group(family, 1, days_ago=50)
    group(family, 1, days_ago=40)
    assert fill(family, ONE) == [1]
    assert fill(family, 0) == []
    first.refresh_from_db()
    assert first.funded_on == TODAY
    assert fill(family, 2 * ONE - 1) == []


def test_without_a_cost_or_in_another_currency_nobody_guesses(family: Campaign) -> None:
    group(family, 1, days_ago=50)
    assert fill(family, 99 * ONE, currency="KRW") == []
    other = making.campaign(slug="other")
    group(other, 1, days_ago=50)
    assert fill(other, 99 * ONE) == []


def test_a_paused_campaign_closes_its_group_and_stays_paused(family: Campaign) -> None:
    Campaign.objects.update(status="paused")
    group(family, 1, days_ago=50)
    assert fill(family, ONE) == [1]
    family.refresh_from_db()
    assert family.status == "paused"


def test_a_group_that_opens_tomorrow_is_funded_on_its_first_day(family: Campaign) -> None:
    made = group(family, 1, days_ago=-1)
    assert fill(family, ONE) == [1]
    made.refresh_from_db()
    assert made.funded_on == made.opened_on


def test_groups_funded_before_sums_were_kept_took_the_cost_of_their_day(family: Campaign) -> None:
    old = group(family, 2, days_ago=50, funded_on=TODAY - timedelta(days=30))
    unknown = group(family, 2, days_ago=900, funded_on=TODAY - timedelta(days=800))
    costs = list(family.unit_costs.all())
    assert filling.taken_minor(old, costs=costs) == 2 * ONE
    assert filling.taken_minor(unknown, costs=costs) == 0
    group(family, 1, days_ago=3)
    assert fill(family, 3 * ONE - 1) == []
    assert fill(family, 3 * ONE) == [1]
