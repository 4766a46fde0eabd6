"""The public pages: what they say, what they cost the database, and what they never do."""

from __future__ import annotations

import gzip
import re
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignText, NeedGroup
from donations.models import Checkout
from ledger.money import Money
from reports import progress
from web.giving import dating, measuring, thanking

pytestmark = pytest.mark.usefixtures("house")
TEMPLATES = Path(configured.ROOT, "web", "templates")
PAGES = [
    "/",
    "/campaigns/family/",
    "/campaigns/community-center/",
    "/letters/",
    "/letters/212/",
    "/give/family/",
]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("address", PAGES)
def test_F39_pages_are_small_private_and_strict(client: Client, language: str, address: str) -> None:
    answer = client.get(f"/{language}{address}")
    html = answer.content.decode()
    assert f'<html lang="{language}">' in html
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    hosts = set(re.findall(r'(?:src|href|action)="https?://([^/"]+)', html))
    assert hosts <= {"testserver"}
    static = [
        Path(configured.ROOT, "web", name.removeprefix("/"))
        for name in re.findall(r'"(/static/[^"]+)"', html)
    ]
    loaded = [file for file in static if file.suffix in {".css", ".js"}]
    assert len(loaded) <= 2
    # Static files travel compressed, pages do not (what they repeat could be guessed); journeys weigh the wire itself.
    assert len(html.encode()) + sum(len(gzip.compress(file.read_bytes())) for file in loaded) < 30_000


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.glob("giving/*.html")) + sorted(TEMPLATES.glob("errors/*.html"))
)
def test_templates_hold_no_style_and_no_script(template: Path) -> None:
    text = template.read_text()
    assert not re.search(
        r"<style|\sstyle=|\son(?:click|load|submit|change|input)=|<script(?![^>]*\ssrc=)|javascript:", text
    )


def test_scripts_stay_small() -> None:
    for name in ("giving.js", "thanks.js"):
        assert Path(configured.ROOT, "web/static/js", name).stat().st_size < 4096


def test_the_language_is_in_the_path_and_chosen_once(client: Client) -> None:
    for asked, language in [("ko-KR,ko;q=0.9", "ko"), ("fr", "en"), ("", "en")]:
        answer = client.get("/give/family/?amount=250", headers={"accept-language": asked})
        assert (answer.status_code, answer["Location"]) == (302, f"/{language}/give/family/?amount=250")
        assert not answer.cookies
    assert client.get("/", headers={"accept-language": "ko"})["Location"] == "/ko/"
    assert '<html lang="en">' in client.get("/en/", headers={"accept-language": "ko"}).content.decode()


def test_home_tells_what_is_asked_prayed_and_visited(client: Client) -> None:
    html = page(client, "/en/")
    for words in [
        "Bring a family of three out together", "Urgent, until", "Cost checked", "Safe house", "74,724 sq ft",
        "closed to new gifts", "Pray this week", "God, please guide us", "DC and Virginia", "19 to 29 April", "3 open",
        "After 27 May", "No family left apart", "This letter mentions suicide", "Harbour Mission Inc.",
        "EIN 00-0000000", "give@example.org",
    ]:  # fmt: skip
        assert words in html, words
    assert html.count("Urgent") == 1
    assert "/en/give/community-center/" not in html
    korean = page(client, "/ko/")
    for words in [
        "하버 선교회",
        "2,100평 (6,942 m²)",
        "이번 주 기도",
        "4월 19일~29일",
        "3곳 가능",
        "5월 27일 이후",
    ]:
        assert words in korean, words
    assert "Give" not in re.sub(r"<[^>]+>", "", korean)


def test_F12_nobody_is_for_sale(client: Client) -> None:
    sold = re.compile(r"(buy|sponsor|adopt) (a|one) (defector|refugee|person)", re.I)
    for address in PAGES:
        assert not sold.search(page(client, f"/en{address}"))


def test_at_most_one_campaign_is_urgent_and_urgency_ends(client: Client) -> None:
    today = timezone.now().date()
    Campaign.objects.filter(slug="general").update(urgent_until=today)
    assert page(client, "/en/").count("Urgent, until") == 1
    cache.clear()
    Campaign.objects.update(urgent_until=today - timedelta(days=1))
    assert "Urgent" not in page(client, "/en/")


def test_a_campaign_shows_what_one_journey_costs(client: Client) -> None:
    html = page(client, "/en/campaigns/family/")
    for words in [
        "Guides and transport", "$9,200", "Adds up to", "$17,000", "Cost checked", "$1,700", "2010",
        "Why is it harder now?", "If this group cannot travel, your gift helps the next one.",
        "This is a group of three",
    ]:  # fmt: skip
        assert words in html, words


def test_a_finished_project_tells_its_phases_and_asks_for_nothing(client: Client) -> None:
    html = page(client, "/en/campaigns/community-center/")
    for words in [
        "74,724 sq ft",
        "3 years of work.",
        "Ground and foundations",
        "done 20",
        "closed to new gifts",
    ]:
        assert words in html, words
    assert "/give/" not in html


@pytest.mark.parametrize(
    ("raised", "has_bar"), [(0, False), (15_299_00, False), (15_300_00, True), (41_200_00, True)]
)
def test_F13_no_bar_before_thirty_percent(
    client: Client, monkeypatch: Any, raised: int, has_bar: bool
) -> None:
    standing = progress.Standing(raised=(Money(raised, "USD"), Money(50_000, "KRW")), monthly_givers=12)
    monkeypatch.setattr(progress, "counted", lambda: {"family": standing})
    html = page(client, "/en/campaigns/family/")
    assert ("<progress" in html) is has_bar
    assert ("raised so far" in html) is (raised > 0 and not has_bar)
    assert "₩50,000" in html
    assert "people give" not in html
    if raised == 41_200_00:
        assert "Two of three places are fully funded." in html
        assert "$41,200</b> of $51,000 raised" in html
        cache.clear()
        assert "세 자리 가운데 두 자리의 비용이 모두 마련되었습니다." in page(client, "/ko/campaigns/family/")
    if raised == 15_300_00:
        assert "fully funded" not in html


@pytest.mark.parametrize(("givers", "is_told"), [(112, True), (4, False)])
def test_F14_monthly_givers_may_be_counted(
    client: Client, monkeypatch: Any, givers: int, is_told: bool
) -> None:
    standing = progress.Standing(monthly=(Money(6_480_00, "USD"),), monthly_givers=givers)
    monkeypatch.setattr(progress, "counted", lambda: {"safe-house": standing})
    html = page(client, "/en/campaigns/safe-house/")
    assert "$6,480</b> of $8,000 a month pledged" in html
    assert (f"{givers} people give monthly." in html) is is_told


@pytest.mark.parametrize(
    ("raised", "places"), [(0, 0), (-5, 0), (16_999_99, 0), (17_000_00, 1), (41_200_00, 2), (99_000_00, 3)]
)
def test_places_are_money(raised: int, places: int) -> None:
    found = measuring.funded_places(size=3, raised=Money(raised, "USD"), unit_cost=Money(17_000_00, "USD"))
    assert found == places


def test_places_of_another_currency_are_not_guessed() -> None:
    assert measuring.funded_places(size=3, raised=Money(99, "KRW"), unit_cost=Money(1, "USD")) == 0


def test_incident_mode_hides_a_campaign_at_once(client: Client) -> None:
    page(client, "/en/")
    page(client, "/en/campaigns/family/")
    Campaign.objects.filter(slug="family").update(status="resting")
    assert "Bring a family" not in page(client, "/en/")
    resting = client.get("/en/campaigns/family/")
    assert "This page is resting" in resting.content.decode()
    assert "Bring a family" not in resting.content.decode()
    assert resting["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("status", "words"), [("paused", "New gifts are paused"), ("funded", "fully funded")]
)
def test_states_are_told(client: Client, status: str, words: str) -> None:
    Campaign.objects.filter(slug="family").update(status=status)
    html = page(client, "/en/campaigns/family/")
    assert words in html
    assert ("/en/give/family/" in html) is (status == "funded")


def test_drafts_and_unknown_pages_are_not_found(client: Client, settings: Any) -> None:
    Campaign.objects.filter(slug="family").update(status="draft", published_at=None)
    for address in [
        "/en/campaigns/family/",
        "/en/campaigns/none/",
        "/en/letters/999/",
        f"/en/thanks/{uuid.uuid4()}/",
    ]:
        answer = client.get(address)
        assert answer.status_code == 404
        assert b"There is no page here" in answer.content
        assert not answer.cookies


def test_texts_with_markup_are_shown_not_obeyed(client: Client) -> None:
    CampaignText.objects.filter(campaign__slug="family").update(title="<img src=x onerror=y>")
    assert "<img" not in page(client, "/en/")
    assert "<img" not in page(client, "/en/campaigns/family/")


@pytest.mark.parametrize(
    ("address", "most"), [("/en/", 2), ("/en/campaigns/family/", 2), ("/en/letters/212/", 1)]
)
def test_warm_pages_ask_the_database_little(
    client: Client, django_assert_max_num_queries: Any, address: str, most: int
) -> None:
    client.get(address)
    with django_assert_max_num_queries(most):
        client.get(address)


def test_totals_are_counted_from_the_books(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        standings = progress.standings()
    assert standings["family"] == progress.Standing()
    assert standings["family"].raised_in("USD") == Money(0, "USD")
    with django_assert_max_num_queries(0):
        progress.standings()


def test_groups_that_are_funded_wait_no_more(client: Client) -> None:
    NeedGroup.objects.update(funded_on=timezone.now().date())
    assert "waiting" not in page(client, "/en/")
    assert "This is a group" not in page(client, "/en/campaigns/family/")


@pytest.mark.parametrize(
    ("starts", "ends", "english", "korean"),
    [
        (date(2026, 4, 19), date(2026, 4, 29), "19 to 29 April", "4월 19일~29일"),
        (date(2026, 4, 28), date(2026, 5, 3), "28 April to 3 May", "4월 28일~5월 3일"),
        (date(2026, 5, 27), None, "After 27 May", "5월 27일 이후"),
        (date(2026, 5, 7), date(2026, 5, 7), "7 May", "5월 7일"),
    ],
)
def test_spans(starts: date, ends: date | None, english: str, korean: str) -> None:
    assert dating.span(starts, ends, language="en") == english
    assert dating.span(starts, ends, language="ko") == korean


@pytest.mark.parametrize(
    ("email", "shown"), [("grace@example.org", "g…@…org"), ("a@b", "a…@…"), ("김@example.co.kr", "김…@…kr")]
)
def test_addresses_are_masked(email: str, shown: str) -> None:
    assert thanking.masked(email).replace("….", "…") == shown


def test_errors_need_neither_database_nor_address(client: Client, settings: Any) -> None:
    from web import errors

    request = client.get("/en/").wsgi_request
    request.META["HTTP_HOST"] = "not allowed!"
    with connection.execute_wrapper(_no_database):
        assert b"could not read" in errors.bad_request(request, ValueError()).content
        assert b"went wrong on our side" in errors.server_error(request).content


def _no_database(*args: object) -> object:
    raise AssertionError("an error page asked the database")


def test_health(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").content == b"ready\n"
    assert Checkout.objects.count() == 0


def test_what_one_reader_asked_is_never_shown_to_another(client: Client) -> None:
    assert "secret-word" in page(client, "/en/campaigns/family/?src=secret-word")
    assert "secret-word" not in page(client, "/en/campaigns/family/")
    assert "secret-word" in page(client, "/en/?src=secret-word")
    assert "secret-word" not in page(client, "/en/")
