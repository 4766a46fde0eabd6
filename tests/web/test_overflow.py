"""Two givers, one group: whoever comes second is told before payment when it is known by then (F45)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from campaigns.models import Campaign, CampaignText, NeedGroup
from donations import funding
from donations.models import Checkout, Donation
from ledger.money import Money
from reports import groups
from tests.donations import giving as supporting
from tests.donations.giving import Supporter
from tests.sandbox.driving import Sandbox
from tests.web import filling

pytestmark = pytest.mark.usefixtures("house")
NEXT = "This group is now funded; your gift helps the next."
COVERED = Money(51_000_00, "USD")


@pytest.fixture
def supporter(house: None, processor: Sandbox, today: datetime) -> Supporter:
    return Supporter(processor, today)


def another_group() -> NeedGroup:
    first = NeedGroup.objects.get()
    return NeedGroup.objects.create(
        campaign=first.campaign, size=2, opened_on=first.opened_on + timedelta(days=5)
    )


def money_has_come(monkeypatch: pytest.MonkeyPatch, amount: Money = COVERED) -> None:
    """What the books hold is tested elsewhere."""
    monkeypatch.setattr(funding, "raised", lambda campaign: amount)


def test_f45_whoever_comes_later_is_told_before_payment(
    client: Client, supporter: Supporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = another_group()
    opened = filling.filled(client)
    assert opened["group"] == str(NeedGroup.objects.exclude(pk=second.pk).get().pk)
    money_has_come(monkeypatch)
    answer = client.post("/en/give/family/", opened)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert NEXT in html
    assert "press the button again if you agree" in html
    assert not Checkout.objects.exists()
    kept = filling.fields(html).values
    assert (kept["name"], kept["email"], kept["group"]) == ("Grace Kim", "grace@example.org", str(second.pk))
    again = client.post("/en/give/family/", kept | {"hand": "1"})
    assert again.status_code == 303
    assert Checkout.objects.get().status == "open"


def test_f45_a_fresh_form_says_it_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    another_group()
    assert NEXT not in client.get("/en/give/family/").content.decode()
    money_has_come(monkeypatch)
    cache.clear()
    assert NEXT in client.get("/en/give/family/").content.decode()
    assert "다음 그룹을 돕습니다" in client.get("/ko/give/family/").content.decode()


def test_f45_after_the_last_group_the_stated_surplus_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    CampaignText.objects.filter(campaign__slug="family").update(surplus="More helps the safe house.")
    opened = filling.filled(client)
    money_has_come(monkeypatch)
    html = client.post("/en/give/family/", opened).content.decode()
    assert "This group is now funded. More helps the safe house." in html
    assert filling.fields(html).values["group"] == groups.SURPLUS


@pytest.mark.parametrize("seen", ["", "surplus", "x", "0"])
def test_a_form_without_a_group_is_not_held_up(client: Client, supporter: Supporter, seen: str) -> None:
    answer = client.post("/en/give/family/", filling.filled(client, group=seen))
    assert answer.status_code == (303 if not seen else 409)


def test_other_campaigns_carry_no_group(client: Client) -> None:
    assert "group" not in filling.form(client, "/en/give/general/")


def test_f45_two_gifts_past_the_goal_are_both_accepted(
    client: Client, supporter: Supporter, processor: Sandbox, today: datetime
) -> None:
    """Both payment pages are open before either is paid; the second is told on its thank-you page."""
    Campaign.objects.filter(slug="family").update(goal_minor=100_00)
    NeedGroup.objects.update(size=1)
    campaign = Campaign.objects.get(slug="family")
    campaign.unit_costs.model.objects.create(
        campaign=campaign,
        amount_minor=100_00,
        currency="USD",
        effective_from=today.date() - timedelta(days=1),
        checked_on=today.date(),
        source_note="test",
        checked_by="test",
    )
    another_group()
    begun = [supporter.begin(email=f"giver{number}@example.org") for number in (1, 2)]
    for one in begun:
        supporter.pay(one)
    supporting.settle_all(processor, now=supporter.now)
    assert funding.close_groups(now=supporter.now) == 1
    assert Donation.objects.count() == 2
    pages = [client.get(f"/en/thanks/{one.checkout.pk}/").content.decode() for one in begun]
    assert sum("With your gift this group has all it needs." in page for page in pages) == 1
    assert sum("was funded just before your gift came." in page for page in pages) == 1
    assert all("Thank you." in page for page in pages)
    supporting.selfcheck(now=supporter.now)


def test_the_campaign_measures_the_group_that_waits(
    client: Client, monkeypatch: pytest.MonkeyPatch, today: datetime
) -> None:
    from reports import progress

    another_group()
    NeedGroup.objects.filter(size=3).update(funded_on=today.date(), funded_minor=51_000_00)
    standing = progress.Standing(raised=(Money(68_000_00, "USD"),))
    monkeypatch.setattr(progress, "counted", lambda: {"family": standing})
    html = client.get("/en/campaigns/family/").content.decode()
    assert "$17,000</b> of $34,000 raised" in html
    assert "One of two places is fully funded." in html
    assert "This is a group of two" in html


def test_many_groups_are_counted_and_a_covered_one_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports import progress

    another_group()
    html = client.get("/en/campaigns/family/").content.decode()
    assert "In all, two groups are waiting." in html
    assert NEXT not in html
    monkeypatch.setattr(progress, "counted", lambda: {"family": progress.Standing(raised=(COVERED,))})
    cache.clear()
    assert NEXT in client.get("/en/campaigns/family/").content.decode()


def test_what_happens_when_the_goal_is_met_or_missed_stands_on_the_page(client: Client) -> None:
    html = client.get("/en/campaigns/family/").content.decode()
    for words in ["When the goal is met", "If it cannot be done", "your gift helps the next one."]:
        assert words in html
    assert "74,724 sq ft of land" in client.get("/en/campaigns/community-center/").content.decode()
    Campaign.objects.filter(slug="community-center").update(area_label="floor")
    cache.clear()
    assert "74,724 sq ft of floor" in client.get("/en/").content.decode()


def test_the_form_and_thank_you_say_the_same_terms(client: Client, supporter: Supporter) -> None:
    """F35: said before payment as it is said afterwards."""
    terms = "If this group cannot travel, your gift helps the next one."
    checkout = supporter.begin().checkout
    Checkout.objects.update(status="confirming")
    pages: list[Any] = ["/en/give/family/", "/en/give/family/other-ways/", f"/en/thanks/{checkout.pk}/"]
    for address in pages:
        html = client.get(address).content.decode()
        assert f'id="terms">{terms}' in html
        assert "Questions or a refund: <a" in html
