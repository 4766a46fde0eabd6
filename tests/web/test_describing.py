"""oEmbed and the feeds: programs of other people read only what is public, and can read it."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import jsonschema
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from campaigns import publishing
from campaigns.models import Campaign
from outreach.models import Newsletter, NewsletterText, Tour, TourStop

pytestmark = pytest.mark.usefixtures("house")
OURS = "http://localhost:8000"
RICH = {
    "type": "object",
    "required": ["version", "type", "html", "width", "height"],
    "properties": {
        "version": {"const": "1.0"},
        "type": {"const": "rich"},
        "html": {"type": "string", "minLength": 1},
        "width": {"type": "integer", "minimum": 1},
        "height": {"type": "integer", "minimum": 1},
        "title": {"type": "string"},
        "provider_name": {"type": "string"},
        "provider_url": {"type": "string", "pattern": "^https?://"},
        "cache_age": {"const": 60},
    },
    "additionalProperties": False,
}
"""What version 1.0 of oEmbed asks of a rich answer."""


class Outermost(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.others: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))
        else:
            self.others.append(tag)


def described(client: Client, address: str, **asked: Any) -> Any:
    return client.get("/oembed", {"url": f"{OURS}{address}", **asked})


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", ["{}/give/family/", "{}/campaigns/family/", "embed/{}/family/"])
def test_E12_the_description_validates_and_holds_one_frame(client: Client, language: str, kind: str) -> None:
    answer = described(client, f"/{kind.format(language)}", format="json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "public, max-age=60"
    told = answer.json()
    jsonschema.validate(told, RICH)
    read = Outermost(told["html"])
    assert read.others == []
    [frame] = read.frames
    assert told["html"].startswith("<iframe ")
    assert told["html"].endswith("</iframe>")
    assert (frame["width"], frame["height"]) == (str(told["width"]), str(told["height"]))
    assert frame["title"]
    assert (frame["loading"], frame["referrerpolicy"]) == ("lazy", "strict-origin")
    source = urlsplit(str(frame["src"]))
    assert f"{source.scheme}://{source.netloc}" == OURS
    assert client.get(f"{source.path}?{source.query}").status_code == 200
    assert source.path == f"/embed/{language}/family/"


def test_sizes_asked_for_are_kept(client: Client) -> None:
    told = described(client, "/en/give/family/", maxwidth=300, maxheight=200).json()
    assert (told["width"], told["height"]) == (300, 200)
    told = described(client, "/en/give/family/", maxwidth=4000, maxheight=4000).json()
    assert (told["width"], told["height"]) == (480, 480)
    for wrong in ("0", "-1", "3.5", "abc", "99999999", "1e3", "٣٠٠", "300px"):
        for name in ("maxwidth", "maxheight"):
            assert described(client, "/en/give/family/", **{name: wrong}).status_code == 400


def test_only_json_is_spoken(client: Client) -> None:
    for other in ("xml", "XML", "html", "../x"):
        assert described(client, "/en/give/family/", format=other).status_code == 501
    assert client.get("/oembed").status_code == 400
    assert client.post("/oembed", {"url": "x"}).status_code == 405


@pytest.mark.parametrize(
    "url",
    [
        "/en/", "/en/letters/", "/en/letters/212/", "/en/portal/", "/en/office/", "/en/give/no-such/",
        "/de/give/family/",
        "/en/give/family/switch/", "/en/give/family", "/en/give/../office/", "/healthz", "",
    ],
)  # fmt: skip
def test_other_pages_are_not_described(client: Client, url: str) -> None:
    assert described(client, url).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8001/en/give/family/", "http://localhost/en/give/family/",
        "http://evil.example/en/give/family/",
        "http://localhost:8000@evil.example/en/give/family/", "http://a@localhost:8000/en/give/family/",
        "//localhost:8000/en/give/family/",
        "ftp://localhost:8000/en/give/family/", "http://[::1/en/give/family/", "/en/give/family/",
        "localhost:8000/en/give/family/",
    ],
)  # fmt: skip
def test_other_hosts_are_not_described(client: Client, url: str) -> None:
    assert client.get("/oembed", {"url": url}).status_code == 404


def test_a_closed_campaign_is_described_by_its_card(client: Client) -> None:
    told = described(client, "/en/campaigns/community-center/").json()
    assert "/embed/en/community-center/card/" in told["html"]


def test_pages_tell_where_they_are_described(client: Client) -> None:
    for language in ("en", "ko"):
        for address in ("give/family/", "campaigns/family/"):
            html = client.get(f"/{language}/{address}").content.decode()
            [link] = re.findall(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', html)
            parts = urlsplit(link.replace("&amp;", "&"))
            told = client.get(f"{parts.path}?{parts.query}")
            assert told.status_code == 200
            assert f"/embed/{language}/family/" in told.json()["html"]


def test_what_rests_is_not_discovered(client: Client) -> None:
    publishing.rest(campaign_id=Campaign.objects.get(slug="family").pk, actor="test", now=timezone.now())
    assert "oembed" not in client.get("/en/give/family/").content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_shared_link_has_words_and_a_picture_of_type(client: Client, language: str) -> None:
    html = client.get(f"/{language}/campaigns/family/").content.decode()
    said = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)"', html))
    assert said["title"]
    assert said["description"]
    assert said["url"] == f"{OURS}/{language}/campaigns/family/"
    path = urlsplit(said["image"]).path
    answer = client.get(path)
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=60"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (1200, 630)
    assert len(answer.content) < 60_000
    assert client.get(path).content == answer.content
    assert not set(said.values()) & {"$", "₩"}


def test_S08_a_shared_letter_with_a_content_note_says_only_that(client: Client) -> None:
    for noted in (True, False):
        Newsletter.objects.update(content_note=noted)
        cache.clear()
        newest = Newsletter.objects.newest_first()[0]
        html = client.get(f"/en/letters/{newest.number}/").content.decode()
        [said] = re.findall(r'<meta property="og:description" content="([^"]*)"', html)
        assert (said == "This letter mentions suicide.") is noted
        assert (newest.texts.get(language="en").body[:30] in unescape(said)) is not noted


# Feeds

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_letters_as_atom(client: Client, language: str) -> None:
    answer = client.get(f"/feeds/{language}/letters.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    feed = ElementTree.fromstring(answer.content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == Newsletter.objects.published().count()
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        path = str(link.get("href")).removeprefix(OURS)
        assert path.startswith(f"/{language}/letters/")
        assert client.get(path).status_code == 200
        assert entry.findtext(f"{ATOM}updated")


def test_letters_and_prayer_as_rss(client: Client) -> None:
    for name in ("letters", "prayer"):
        answer = client.get(f"/feeds/en/{name}.rss")
        assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
        items = ElementTree.fromstring(answer.content).findall("channel/item")
        assert items
        assert all(item.findtext("guid") and item.findtext("pubDate") for item in items)


def test_S08_a_content_note_keeps_the_letter_out_of_feeds(client: Client) -> None:
    Newsletter.objects.update(content_note=True)
    for name in ("letters.atom", "letters.rss", "prayer.atom", "prayer.rss"):
        answer = client.get(f"/feeds/en/{name}").content.decode()
        assert "This letter mentions suicide." in answer
        for words in NewsletterText.objects.filter(language="en"):
            assert words.body[:40] not in answer
    Newsletter.objects.update(content_note=False)
    cache.clear()
    newest = Newsletter.objects.newest_first()[0]
    body = newest.texts.get(language="en").body
    assert body[:30] in client.get("/feeds/en/letters.atom").content.decode()
    point = newest.prayer_points.order_by("position")[0].texts.get(language="en").text
    assert point[:30] in client.get("/feeds/en/prayer.atom").content.decode()


def test_drafts_and_odd_characters_stay_out_of_feeds(client: Client) -> None:
    newest = Newsletter.objects.newest_first()[0]
    NewsletterText.objects.filter(newsletter=newest).update(
        title="A <b>\x0b & title", body="One & <script>alert(1)</script> two"
    )
    Newsletter.objects.exclude(pk=newest.pk).update(status="draft")
    Newsletter.objects.update(content_note=False)
    feed = ElementTree.fromstring(client.get("/feeds/en/letters.atom").content)
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A <b> & title"
    assert entry.findtext(f"{ATOM}summary") == "<p>One &amp; &lt;script&gt;alert(1)&lt;/script&gt; two</p>"


def test_the_road_as_json(client: Client) -> None:
    answer = client.get("/feeds/ko/tour.json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == "ko"
    assert len(feed["items"]) == TourStop.objects.filter(tour__status="scheduled").count()
    for item in feed["items"]:
        assert set(item) == {"id", "url", "title", "content_text", "_almoner"}
        assert item["_almoner"]["state"] in {"open", "held", "full"}
    english = json.loads(client.get("/feeds/en/tour.json").content)
    assert [item["id"] for item in english["items"]] == [item["id"] for item in feed["items"]]


def events(client: Client, language: str = "en") -> list[dict[str, str]]:
    answer = client.get(f"/feeds/{language}/tour.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    raw = answer.content
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    found: list[dict[str, str]] = []
    for line in raw.decode().replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1][name] = value
    return found


def test_only_stops_with_both_days_of_a_scheduled_tour_are_events(client: Client) -> None:
    dated = TourStop.objects.filter(tour__status="scheduled", starts_on__isnull=False, ends_on__isnull=False)
    told = events(client)
    assert len(told) == dated.count() > 0
    first = dated.order_by("position")[0]
    assert told[0]["DTSTART;VALUE=DATE"] == f"{first.starts_on:%Y%m%d}"
    assert date.fromisoformat(told[0]["DTEND;VALUE=DATE"]).toordinal() == first.ends_on.toordinal() + 1  # type: ignore[union-attr]
    assert not [event for event in told if {"LOCATION", "DESCRIPTION", "ORGANIZER", "GEO"} & set(event)]
    assert [event["UID"] for event in told] == [event["UID"] for event in events(client, "ko")]
    stamp = datetime.strptime(told[0]["DTSTAMP"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((timezone.now() - stamp).total_seconds()) < 60
    for status in ("announced", "draft", "finished"):
        Tour.objects.update(status=status)
        cache.clear()
        assert events(client) == []


def test_a_long_region_is_folded_and_escaped(client: Client) -> None:
    stop = TourStop.objects.filter(tour__status="scheduled", ends_on__isnull=False).order_by("position")[0]
    stop.texts.filter(language="ko").update(region="서울, 부산; 대구\\ 그리고\n" + "광" * 60)
    [told] = [
        event
        for event in events(client, "ko")
        if event["UID"].startswith(f"{stop.tour.slug}-{stop.position}@")
    ]
    assert "서울\\, 부산\\; 대구\\\\ 그리고 " + "광" * 60 in told["SUMMARY"]
