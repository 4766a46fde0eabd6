"""Embeds: what stands in a frame, who may frame it, and what an address may not make it do."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns import hosting, publishing
from campaigns.models import Campaign, Site
from ledger.models import LegalEntity
from paper import picturing
from staff.models import Role
from tests import making
from tests.web import filling
from web.templatetags import wording

pytestmark = pytest.mark.usefixtures("house")
FRAMES = [
    "/embed/en/family/", "/embed/ko/family/", "/embed/en/safe-house/", "/embed/en/community-center/",
    "/embed/en/family/card/", "/embed/ko/safe-house/card/", "/embed/en/family/progress/",
    "/embed/en/lists/prayer/", "/embed/ko/lists/prayer/", "/embed/en/lists/tour/", "/embed/en/no-such/",
]  # fmt: skip
EVIL = [
    "//evil.example", "///evil.example", "////evil.example", "https:evil.example", "https:/evil.example",
    "https:///evil.example", "https://evil.example", "http://evil.example", "HTTPS://EVIL.example", "/\\evil.example",
    "\\\\evil.example", "\\/evil.example", "/%2fevil.example", "%2f%2fevil.example", "%5c%5cevil.example",
    "https://localhost:8000@evil.example", "https://localhost:8000:x@evil.example", "https://evil.example#localhost",
    "https://evil.example?localhost", "https://localhost.evil.example", "https://l\u043ec\u0430lhost/en/give/family/",
    "https://ev\u0456l.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd",
    "wix\r\nSet-Cookie: a=b", "wix%0d%0aSet-Cookie:a=b", "wix\x00", "\x00", "wix'\"><script>alert(1)</script>",
    "<script>alert(1)</script>", "../../etc/passwd", "..%2f..%2f", "{{7*7}}", "${7*7}", "' OR 1=1 --", "\u202egpj.exe",
    "\ud55c\uad6d", "A" * 10_000, "wix " * 200, ".", "-", "@evil.example", "https://evil.example/en/give/family/",
]  # fmt: skip


@pytest.fixture
def church(db: None) -> None:
    actor = making.user(email="web@example.org", role=Role.ADMIN, now=timezone.now())
    now = timezone.now()
    site = hosting.register(
        code="church", name="First Church", return_url="https://church.example.org/give", actor=actor, now=now
    )
    hosting.add_origin(site_id=site.pk, typed="https://church.example.org", actor=actor, now=now)


def shown(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("address", FRAMES)
def test_E01_E02_a_frame_has_its_policy_and_leaves_nothing(
    client: Client, church: None, address: str
) -> None:
    client.cookies["session"] = "somebody"
    client.cookies["django_language"] = "ko"
    answer = client.get(address)
    html = answer.content.decode()
    assert answer.status_code == (404 if "no-such" in address else 200)
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action http://localhost:8000; "
        "frame-ancestors 'self' https://church.example.org"
    )
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "unsafe-none"
    language = address.split("/")[2]
    assert f'<html lang="{language}">' in html
    assert answer["Content-Language"] == language
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|<img|<iframe|csrf", html)
    assert re.findall(r'<link [^>]*href="([^"]+)"', html) == ["/static/css/embed.css"]
    assert set(re.findall(r'(?:src|href|action)="(https?://[^/"]+)', html)) <= {"http://localhost:8000"}


@pytest.mark.parametrize("address", FRAMES)
def test_a_frame_is_light(client: Client, address: str) -> None:
    style = Path(configured.ROOT, "web/static/css/embed.css").read_bytes()
    html = client.get(address).content
    headers = 1200
    assert len(html) + len(gzip.compress(style)) + 2 * headers < 8_000, "before the page is packed as well"


def test_a_site_that_is_switched_off_frames_nothing(client: Client, church: None) -> None:
    actor, now = making.user(email="web2@example.org", role=Role.ADMIN, now=timezone.now()), timezone.now()
    assert hosting.switch_on_wix(actor=actor, now=now).is_active
    cache.clear()
    assert "https://*.filesusr.com" in client.get(FRAMES[0])["Content-Security-Policy"]
    for code in ("church", "wix"):
        site = Site.objects.get(code=code)
        hosting.change(
            site_id=site.pk, name=site.name, return_url=site.return_url, is_active=False, actor=actor, now=now
        )
    cache.clear()
    assert client.get(FRAMES[0])["Content-Security-Policy"].endswith("frame-ancestors 'self'")


def test_a_session_is_not_even_looked_at(signed_in: Any) -> None:
    with_session = signed_in(Role.ADMIN).get("/embed/en/family/")
    assert with_session.content == Client().get("/embed/en/family/").content
    assert with_session["Cache-Control"] == "public, max-age=60"


def test_the_chooser_is_radios_and_one_button(client: Client) -> None:
    html = shown(client, "/embed/en/family/", src="Wix-Home!", **{"return": "church", "t": "no"})
    read = filling.fields(html)
    [form] = [given for tag, given in read.tags if tag == "form"]
    assert (form["method"], form["target"]) == ("get", "_top")
    assert form["action"] == "http://localhost:8000/en/give/family/"
    assert read.values == {"freq": "once", "amount": "100", "src": "wix-home", "return": "church"}
    amounts = [given["value"] for tag, given in read.tags if given.get("name") == "amount"]
    assert amounts == ["50", "100", "250", "500", "1000", "2500"]
    assert {given.get("type", "") for tag, given in read.tags if tag == "input"} == {"radio", "hidden"}
    assert [tag for tag, _ in read.tags].count("button") == 1
    [way_out] = [given for tag, given in read.tags if tag == "a"]
    assert (way_out["target"], way_out["rel"]) == ("_blank", "noopener")
    assert way_out["href"] == "http://localhost:8000/en/give/family/?src=wix-home&return=church"


def test_a_sandboxed_host_gets_a_new_tab(client: Client) -> None:
    read = filling.fields(shown(client, "/embed/en/family/", t="blank"))
    [form] = [given for tag, given in read.tags if tag == "form"]
    assert (form["target"], form["rel"]) == ("_blank", "noopener")
    for address in ("/embed/en/family/card/", "/embed/en/family/progress/", "/embed/en/lists/tour/"):
        html = shown(client, address, t="blank")
        assert 'target="_top"' not in html
        assert 'target="_blank"' in html


def test_monthly_work_is_offered_monthly_and_won_in_won(client: Client) -> None:
    monthly = filling.fields(shown(client, "/embed/en/safe-house/"))
    assert monthly.values == {"freq": "month", "amount": "30"}
    won = filling.fields(shown(client, "/embed/ko/family/", currency="krw", amount="300000", freq="month"))
    assert won.values["currency"] == "KRW"
    assert won.values["freq"] == "month"
    assert filling.fields(shown(client, "/embed/en/family/", amount="7")).values["amount"] == "100"


def test_what_takes_no_gifts_says_so(client: Client) -> None:
    closed = shown(client, "/embed/en/community-center/")
    assert "closed to new gifts" in closed
    assert "<form" not in closed
    publishing.pause(campaign_id=Campaign.objects.get(slug="family").pk, actor="test", now=timezone.now())
    assert "paused for now" in shown(client, "/embed/en/family/")
    assert "paused for now" in shown(client, "/embed/en/family/card/")
    assert "더는 후원을 받지" in shown(client, "/embed/ko/community-center/")


def test_an_address_without_a_language_asks_the_browser(client: Client) -> None:
    for accepted, language in [("ko-KR,en;q=0.5", "ko"), ("de,en", "en"), ("", "en"), (";;;", "en")]:
        answer = client.get("/embed/family/?src=a&t=blank", headers={"accept-language": accepted})
        assert answer["Location"] == f"/embed/{language}/family/?src=a&t=blank"
        assert "Accept-Language" in answer["Vary"]
    for address in ("/embed/family/card/", "/embed/lists/prayer/", "/embed/family/progress/"):
        assert client.get(address)["Location"] == address.replace("/embed/", "/embed/en/")
    for wrong in (
        "/embed/family/nothing/",
        "/embed/../",
        "/embed//evil.example/",
        "/embed/Family/",
        "/embed/",
    ):
        assert client.get(wrong).status_code == 404
    assert client.get("/embed/en/").status_code == 404


@pytest.mark.parametrize(
    "query", ["amount=-5", "amount=abc", "freq=x", "amount=&freq=", "currency=ZZZ", "fund=999"]
)
def test_E08_tampering_lands_on_the_form_with_defaults(client: Client, query: str) -> None:
    for address in ("/en/give/family/", "/embed/en/family/"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 200
        values = filling.fields(answer.content.decode()).values
        assert values["freq"] == "once"
        assert values.get("amount_once", values.get("amount")) == "100"


@pytest.mark.parametrize("evil", EVIL)
def test_T50_T51_addresses_in_a_query_lead_nowhere(client: Client, church: None, evil: str) -> None:
    for address in ("/en/give/family/", "/embed/en/family/", "/embed/en/family/card/"):
        answer = client.get(address, {"return": evil, "src": evil, "t": evil, "freq": evil, "amount": evil})
        assert answer.status_code == 200
        html = answer.content.decode()
        assert "evil.example" not in re.sub(r"value=\"[a-z0-9_-]*\"|[?&;](?:amp;)?src=[a-z0-9_-]*", "", html)
        assert "alert(1)" not in html
        assert filling.fields(html).values.get("site", "") == ""
        assert "return" not in filling.fields(html).values
        assert "Set-Cookie" not in answer
    described = client.get("/oembed", {"url": evil})
    assert described.status_code == 404
    framed = client.get("/en/give/family/", {"return": evil}, headers={"sec-fetch-dest": "iframe"})
    assert framed.status_code == 303
    assert framed["Location"].startswith("/embed/en/family/?return=")
    assert "\n" not in framed["Location"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_E11_whole_pages_in_a_frame_become_embeds(client: Client, language: str) -> None:
    framed = {"sec-fetch-dest": "iframe"}
    giving = client.get(f"/{language}/give/family/?src=a&return=church&x=y", headers=framed)
    assert (giving.status_code, giving["Location"]) == (303, f"/embed/{language}/family/?src=a&return=church")
    read = client.get(f"/{language}/campaigns/family/", headers=framed)
    assert (read.status_code, read["Location"]) == (303, f"/embed/{language}/family/card/")
    whole = client.get(f"/{language}/campaigns/family/")
    assert whole.status_code == 200
    assert "Sec-Fetch-Dest" in whole["Vary"]


def test_T52_every_other_page_may_not_be_framed(client: Client, church: None, signed_in: Any) -> None:
    desk = signed_in(Role.ADMIN)
    for address in ("/en/", "/en/give/family/", "/en/campaigns/family/", "/en/letters/", "/en/portal/", "/en/no/",
                    "/healthz", "/oembed?url=x", "/feeds/en/letters.atom"):  # fmt: skip
        answer = client.get(address, headers={"sec-fetch-dest": "document"})
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address
        assert answer["X-Frame-Options"] == "DENY", address
    for address in ("/en/office/", "/en/office/websites/", "/en/accounts/login/"):
        answer = desk.get(address)
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_E10_resting_hides_every_frame_of_a_campaign(client: Client, signed_in: Any) -> None:
    addresses = [
        f"/embed/{language}/family/{kind}" for language in ("en", "ko") for kind in ("", "card/", "progress/")
    ]
    before = {address: shown(client, address) for address in addresses}
    campaign = Campaign.objects.get(slug="family")
    publishing.rest(campaign_id=campaign.pk, actor="test", now=timezone.now())
    for address in addresses:
        answer = client.get(address)
        html = answer.content.decode()
        assert ("This page is resting" if "/en/" in address else "쉬고 있습니다") in html
        assert "family" not in html.replace("/static/", "")
        assert html != before[address]
        assert answer["Cache-Control"] == "public, max-age=60", "kept at most a minute"
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    picture = client.get("/embed/en/family/picture.png").content
    name = wording.called(LegalEntity.objects.order_by("id").first())
    assert picture == picturing.card(heading="This page is resting", words="Please keep praying.", name=name)
    described = client.get("/oembed", {"url": "http://localhost:8000/en/give/family/"})
    assert (described.status_code, described.json()["title"]) == (404, "This page is resting")


@pytest.mark.parametrize("status", ["draft", "unpublished"])
def test_what_is_not_public_is_absent(client: Client, status: str) -> None:
    making.campaign(slug="secret")
    fields: dict[str, object] = {"status": "draft", "published_at": None}
    Campaign.objects.filter(slug="secret").update(**fields)
    for kind in ("", "card/", "progress/", "picture.png"):
        answer = client.get(f"/embed/en/secret/{kind}")
        assert answer.status_code == 404
        assert "General work" not in answer.content.decode()
    assert client.get("/oembed", {"url": "http://localhost:8000/en/campaigns/secret/"}).status_code == 404


def test_prayer_in_frames_comes_from_a_letter_without_a_content_note(client: Client) -> None:
    from outreach.models import Newsletter

    newest = Newsletter.objects.published().newest_first()[0]
    points = [text.text for point in newest.prayer_points.all() for text in point.texts.filter(language="en")]
    assert points
    Newsletter.objects.filter(pk=newest.pk).update(content_note=False)
    assert points[0][:20] in shown(client, "/embed/en/lists/prayer/")
    Newsletter.objects.filter(pk=newest.pk).update(content_note=True)
    cache.clear()
    html = shown(client, "/embed/en/lists/prayer/")
    assert not [point for point in points if point[:40] in html]
    Newsletter.objects.update(content_note=True)
    cache.clear()
    assert "being written" in shown(client, "/embed/en/lists/prayer/")


def test_links_of_frames_keep_the_source(client: Client) -> None:
    html = shown(client, "/embed/en/safe-house/card/", src="wix")
    links = re.findall(r'href="(http[^"]+)"', html.replace("&amp;", "&"))
    assert links
    for link in links:
        assert parse_qs(urlsplit(link).query)["src"] == ["wix"]
    assert any(parse_qs(urlsplit(link).query).get("freq") == ["monthly"] for link in links)
