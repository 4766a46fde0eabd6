"""Campaigns for everybody: words in the reader's language, totals, and nothing of what rests or of who gave."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from api.v1.campaigns import CampaignShape
from campaigns.models import Campaign
from tests.api import making
from tests.campaigns import making as campaigns

pytestmark = pytest.mark.django_db
URL = "/api/v1/campaigns/"


@pytest.fixture
def family() -> Campaign:
    made = campaigns.campaign(goal_minor=170_000_00)
    campaigns.words(made, title="One family")
    campaigns.words(made, language="ko", title="한 가족")
    campaigns.page(made)
    return made


def test_a_campaign(family: Campaign) -> None:
    day = making.NOW.date()
    campaigns.cost(family, effective_from=day - timedelta(days=200), checked_on=day - timedelta(days=90))
    seen = Client().get(f"{URL}family/").json()
    assert list(seen) == list(CampaignShape().fields)
    assert (seen["title"], seen["language"], seen["raised"]) == ("One family", "en", [])
    assert seen["goal"] == {"amount": "170000.00", "currency": "USD"}
    assert seen["unit_cost"] == {
        "cost": {"amount": "17000.00", "currency": "USD"},
        "checked_on": "2026-08-22",
    }
    assert seen["giving_url"] == "http://localhost:8000/en/give/family/"
    assert Client().get(URL).json() == {"results": [seen], "next": None}


def test_a_cost_checked_long_ago_is_not_shown(family: Campaign) -> None:
    day = making.NOW.date()
    campaigns.cost(family, effective_from=day - timedelta(days=200), checked_on=day - timedelta(days=91))
    assert Client().get(f"{URL}family/").json()["unit_cost"] is None


def test_languages(family: Campaign) -> None:
    asked = {
        "?language=ko": ({}, "한 가족"),
        "?language=en": ({"Accept-Language": "ko"}, "One family"),
        "": ({"Accept-Language": "ko-KR,ko;q=0.9"}, "한 가족"),
    }
    for query, (headers, title) in asked.items():
        for path in (f"{URL}family/{query}", f"{URL}{query}"):
            body = Client().get(path, headers=headers).json()
            assert body.get("results", [body])[0]["title"] == title
    assert Client().get(f"{URL}?language=fr").status_code == 400
    assert "/ko/give/" in Client().get(f"{URL}family/?language=ko").json()["giving_url"]


@pytest.mark.parametrize("status", ["draft", "resting"])
def test_what_is_not_public_is_gone_at_once(family: Campaign, status: str) -> None:
    assert Client().get(f"{URL}family/").status_code == 200
    Campaign.objects.update(status=status)
    hidden, nothing = Client().get(f"{URL}family/"), Client().get(f"{URL}nothing/")
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert {**hidden.json(), "instance": ""} == {**nothing.json(), "instance": ""}
    assert Client().get(URL).json()["results"] == []
    assert hidden["Cache-Control"] == Client().get(URL)["Cache-Control"] == "no-cache"


def test_a_paused_one_takes_no_gifts(family: Campaign) -> None:
    Campaign.objects.update(status="paused")
    assert Client().get(f"{URL}family/").json()["giving_url"] is None


def test_no_giver_is_named(family: Campaign) -> None:
    giver = making.donor(name="Unmistakable Person")
    making.donation(donor=giver, campaign=family, note="telling words", is_anonymous=True)
    cache.clear()
    for path in (URL, f"{URL}family/"):
        text = Client().get(path).content.decode()
        for word in ("Unmistakable", giver.email, "telling", str(giver.pk)):
            assert word not in text


def test_pages_follow_the_order_of_the_home_page(family: Campaign) -> None:
    for place in range(5):
        campaigns.words(campaigns.campaign(slug=f"c{place}", position=place // 2))
    found, following = [], f"{URL}?page_size=2"
    while following:
        body = Client().get(following).json()
        found += [row["slug"] for row in body["results"]]
        following = body["next"]
    assert found == ["family", "c0", "c1", "c2", "c3", "c4"]


def test_no_session_is_touched(family: Campaign) -> None:
    answer = Client().get(URL)
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
