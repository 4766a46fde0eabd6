"""What the public sees and what takes gifts."""

from datetime import timedelta

import pytest

from campaigns.models import Campaign
from tests.campaigns import making

pytestmark = pytest.mark.django_db

CLOSED = {"closed_on": making.TODAY}


def every_status() -> None:
    for position, status in enumerate(Campaign.Status.values):
        dates = CLOSED if status == "closed" else {}
        made = making.campaign(slug=f"is-{status}", status=status, position=10 - position, **dates)
        making.page(made)


def test_public_shows_neither_draft_nor_resting() -> None:
    every_status()
    shown = set(Campaign.objects.public().values_list("status", flat=True))
    assert shown == {"open", "paused", "funded", "closed"}


def test_only_open_and_funded_take_gifts() -> None:
    every_status()
    assert set(Campaign.objects.takes_gifts().values_list("status", flat=True)) == {"open", "funded"}


def test_a_closed_page_or_fund_takes_no_gifts() -> None:
    making.page(making.campaign(slug="no-page-open"), is_open=False)
    making.page(making.campaign(slug="fund-shut", fund=making.fund("SAF", is_open=False)))
    making.campaign(slug="without-page")
    assert not Campaign.objects.takes_gifts().exists()


def test_urgency_ends_by_itself() -> None:
    making.campaign(urgent_until=making.TODAY)
    assert Campaign.objects.urgent(day=making.TODAY).exists()
    assert not Campaign.objects.urgent(day=making.TODAY + timedelta(days=1)).exists()


def test_order_is_position_then_age() -> None:
    for slug, position in (("third", 2), ("first", 1), ("second", 1)):
        making.campaign(slug=slug, position=position)
    assert [each.slug for each in Campaign.objects.in_order()] == ["first", "second", "third"]


def test_goals_are_money() -> None:
    made = making.campaign(kind="running", goal_minor=51_000_00, monthly_goal_minor=8_000_00)
    assert made.goal is not None
    assert made.monthly_goal is not None
    assert made.goal.shown("en", short=True) == "$51,000"
    assert made.monthly_goal.shown("ko", short=True) == "$8,000"
    bare = making.campaign(slug="bare")
    assert (bare.goal, bare.monthly_goal) == (None, None)
