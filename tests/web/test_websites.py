"""The page of web sites: registering, removing with a second look, and what staff copy from it."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import hosting
from campaigns.models import Site, SiteOrigin, SourceCode
from donations.models import Checkout
from staff.models import AuditEvent, Role, User
from tests.sandbox.driving import Sandbox
from tests.web import filling
from tests.web.test_embeds import EVIL

pytestmark = pytest.mark.usefixtures("house")
SignIn = Callable[[Role | None], Client]
CHURCH = {"code": "church", "name": "First Church", "return_url": "https://church.example.org/give"}


@pytest.fixture
def admin(signed_in: SignIn) -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def church(admin: Client) -> Site:
    assert admin.post("/en/office/websites/register/", CHURCH).status_code == 302
    site = Site.objects.get(code="church")
    answer = admin.post(f"/en/office/websites/{site.pk}/origins/", {"origin": "church.example.org"})
    assert answer.status_code == 302
    return site


def test_a_site_is_registered_and_frames_us(admin: Client, church: Site) -> None:
    assert [row.origin for row in church.origins.all()] == ["https://church.example.org"]
    listed = admin.get("/en/office/websites/").content.decode()
    assert "First Church" in listed
    assert "https://church.example.org" in Client().get("/embed/en/family/")["Content-Security-Policy"]
    assert AuditEvent.objects.filter(action="site.registered", target=f"site:{church.pk}").exists()


def test_wix_is_one_press(admin: Client) -> None:
    assert "Switch on Wix" in admin.get("/en/office/websites/").content.decode()
    admin.post("/en/office/websites/wix/")
    assert hosting.ancestors() == sorted(hosting.WIX_ORIGINS)
    assert "Switch on Wix" not in admin.get("/en/office/websites/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "First Church", "small letters"),
        ("return_url", "http://church.example.org", "begins with https://"),
        ("return_url", "https://localhost/", "not a domain"),
        ("name", "", "required"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(admin: Client, field: str, value: str, words: str) -> None:
    answer = admin.post("/en/office/websites/register/", {**CHURCH, field: value})
    assert answer.status_code == 422
    [said] = re.findall(rf'id="id_{field}_error">([^<]+)<', answer.content.decode())
    assert words in said
    assert not Site.objects.exists()


@pytest.mark.parametrize("evil", EVIL)
def test_T50_no_field_takes_an_evil_address(admin: Client, church: Site, evil: str) -> None:
    allowed = {"https://evil.example", "HTTPS://EVIL.example", "https://localhost.evil.example"}
    for path, form in (
        ("register/", {**CHURCH, "code": "other", "return_url": evil}),
        (f"{church.pk}/change/", {**CHURCH, "return_url": evil, "is_active": "on"}),
        (f"{church.pk}/origins/", {"origin": evil}),
    ):
        answer = admin.post(f"/en/office/websites/{path}", form)
        assert answer.status_code in {302, 422}
        assert "<script>alert(1)" not in answer.content.decode()
    for row in SiteOrigin.objects.all():
        assert re.fullmatch(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", row.origin)
    for site in Site.objects.all():
        assert site.return_url == "" or urlsplit(site.return_url).scheme == "https"
        assert "@" not in site.return_url
        assert not re.search(r"[\s\\<>\"'\x00]", site.return_url)
    if evil in allowed:
        return
    page = admin.get(f"/en/office/websites/{church.pk}/").content.decode()
    assert 'href="javascript' not in page.lower()


def test_an_editor_reads_and_cannot_decide(signed_in: SignIn, church: Site) -> None:
    editor = signed_in(Role.EDITOR)
    page = editor.get("/en/office/websites/").content.decode()
    assert "First Church" in page
    assert "An administrator registers" in page
    assert "website" in editor.get(f"/en/office/websites/{church.pk}/").content.decode()
    for path in (
        "register/",
        "wix/",
        f"{church.pk}/change/",
        f"{church.pk}/origins/",
        f"{church.pk}/remove/",
    ):
        assert editor.post(f"/en/office/websites/{path}", CHURCH).status_code == 403
    assert Site.objects.count() == 1


def test_removing_asks_first(admin: Client, church: Site) -> None:
    origin = church.origins.get()
    steps: list[tuple[str, Callable[[], bool]]] = [
        (f"origins/{origin.pk}/remove/", lambda: not SiteOrigin.objects.exists()),
        (f"{church.pk}/remove/", lambda: not Site.objects.exists()),
    ]
    for path, gone in steps:
        asked = admin.get(f"/en/office/websites/{path}")
        assert "Do nothing" in asked.content.decode()
        assert not gone()
        assert admin.post(f"/en/office/websites/{path}").status_code == 302
        assert gone()
        assert admin.post(f"/en/office/websites/{path}").status_code == 404
    assert Client().get("/embed/en/family/")["Content-Security-Policy"].endswith("frame-ancestors 'self'")


def test_changing_a_site_and_switching_it_off(admin: Client, church: Site) -> None:
    answer = admin.post(
        f"/en/office/websites/{church.pk}/change/", {"name": "Second Church", "return_url": ""}
    )
    assert answer.status_code == 302
    church.refresh_from_db()
    assert (church.name, church.return_url, church.is_active) == ("Second Church", "", False)
    wrong = {"name": "x", "return_url": "ftp://x.example.org"}
    assert admin.post(f"/en/office/websites/{church.pk}/change/", wrong).status_code == 422


def words(page: str) -> dict[str, str]:
    found = re.findall(r'<textarea class="code" id="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


def test_three_snippets_as_the_contract_has_them(signed_in: SignIn, church: Site) -> None:
    editor = signed_in(Role.EDITOR)
    asked = {"campaign": "family", "language": "en", "source": "Wix Home", "site": "church", "width": "320"}
    answer = editor.get("/en/office/websites/snippets/", asked)
    assert answer.status_code == 200
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    told = words(page)
    assert told["link"] == "http://localhost:8000/en/give/family/?src=wixhome&return=church"
    assert told["address"] == "http://localhost:8000/embed/en/family/?src=wixhome-embed&return=church"
    frame = filling.fields(told["code"]).tags
    assert [tag for tag, _ in frame] == ["iframe"]
    given = frame[0][1]
    assert given == {
        "src": "http://localhost:8000/embed/en/family/?src=wixhome-code&return=church&t=blank",
        "title": "Give: Bring a family of three out together",
        "width": "100%",
        "height": "480",
        "style": "border:0;max-width:30rem",
        "loading": "lazy",
        "referrerpolicy": "strict-origin",
    }
    [preview] = re.findall(r'<iframe class="look" src="([^"]+)"[^>]* width="320" height="480"', page)
    assert Client().get(html.unescape(preview)).status_code == 200
    for address in (told["link"], told["address"], given["src"]):
        parts = urlsplit(address)
        assert Client().get(f"{parts.path}?{parts.query}").status_code == 200


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", ["chooser", "card", "progress", "prayer", "tour"])
def test_every_kind_can_be_copied_in_every_language(signed_in: SignIn, kind: str, language: str) -> None:
    page = signed_in(Role.EDITOR).get(
        f"/{language}/office/websites/snippets/", {"kind": kind, "language": language, "campaign": "family"}
    )
    told = words(page.content.decode())
    for name in ("link", "address"):
        parts = urlsplit(told[name])
        answer = Client().get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.content.decode()
    assert f"/embed/{language}/" in told["code"]


def test_source_codes_are_offered_and_bad_questions_answered(signed_in: SignIn) -> None:
    from campaigns.models import Campaign

    SourceCode.objects.create(
        code="bulletin-1",
        name="Bulletin",
        campaign=Campaign.objects.get(slug="family"),
        created_at=timezone.now(),
    )
    editor = signed_in(Role.EDITOR)
    assert 'value="bulletin-1"' in editor.get("/en/office/websites/snippets/").content.decode()
    for query in (
        "campaign=no-such",
        "kind=x",
        "language=de",
        "width=12",
        "site=none",
        "campaign=%00",
        "kind=' OR 1",
    ):
        answer = editor.get(f"/en/office/websites/snippets/?{query}")
        assert answer.status_code == 400, query
        assert words(answer.content.decode())["link"].startswith("http://localhost:8000/en/give/")
    Campaign.objects.all().update(status="resting")
    assert "No campaign is public yet." in editor.get("/en/office/websites/snippets/").content.decode()


# The way back

GIVE = "/en/give/family/"


def gift(processor: Sandbox, **changes: Any) -> Checkout:
    form = filling.filled(Client(), **changes)
    answer = Client().post(GIVE, form)
    assert answer.status_code == 303, answer.content[:500]
    return Checkout.objects.get(pk=uuid_of(form))


def uuid_of(form: dict[str, str]) -> uuid.UUID:
    from web.giving import vouching

    vouched = vouching.opened(form["token"], slug="family")
    assert vouched is not None
    return vouched


def test_E09_a_registered_site_is_shown_as_the_way_back(processor: Sandbox, church: Site) -> None:
    form = filling.form(Client(), f"{GIVE}?return=church&src=wix")
    assert form["site"] == "church"
    checkout = gift(processor, site="church")
    assert checkout.site == church
    thanks = Client().get(f"/en/thanks/{checkout.pk}/").content.decode()
    assert '<a class="btn alt" id="way-back" href="https://church.example.org/give"' in thanks
    assert "Back to First Church" in thanks
    again = filling.form(Client(), f"{GIVE}?again={checkout.pk}")
    assert again["site"] == "church"
    Site.objects.update(is_active=False)
    assert "way-back" not in Client().get(f"/en/thanks/{checkout.pk}/").content.decode()
    hosting.remove(site_id=church.pk, actor=User.objects.get(email="admin@example.org"), now=timezone.now())
    assert Checkout.objects.filter(pk=checkout.pk, site__isnull=True).exists()
    assert Client().get(f"/en/thanks/{checkout.pk}/").status_code == 200


def test_E09_an_unknown_site_is_ignored(processor: Sandbox, church: Site) -> None:
    checkout = gift(processor, site="elsewhere")
    assert checkout.site is None
    assert "way-back" not in Client().get(f"/en/thanks/{checkout.pk}/").content.decode()


@pytest.mark.parametrize("evil", EVIL[::6])
def test_T51_a_posted_site_is_never_an_address(processor: Sandbox, church: Site, evil: str) -> None:
    checkout = gift(processor, site=evil)
    assert checkout.site is None
    assert "evil" not in Client().get(f"/en/thanks/{checkout.pk}/").content.decode()


def test_another_language_keeps_the_way_back(church: Site) -> None:
    form = filling.form(Client(), f"{GIVE}?return=church")
    switched = Client().post("/ko/give/family/switch/", form).content.decode()
    assert filling.fields(switched).values["site"] == "church"
