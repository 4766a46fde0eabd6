"""Which sites may carry our embeds: what counts as an origin, who did what, and what being switched off means."""

from __future__ import annotations

import pytest

from campaigns import hosting
from campaigns.models import Site, SiteOrigin
from staff.models import AuditEvent, Role, User
from tests import making as people
from tests.campaigns.making import NOW
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> User:
    return people.user(email="admin@example.org", role=Role.ADMIN, now=NOW)


def church(admin: User, **given: str) -> Site:
    asked = {
        "code": "church",
        "name": "First Church",
        "return_url": "https://church.example.org/give",
        **given,
    }
    return hosting.register(**asked, actor=admin, now=NOW)


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://church.example.org", "https://church.example.org"),
        (" https://Church.Example.org/ ", "https://church.example.org"),
        ("https://church.example.org:443", "https://church.example.org"),
        ("https://church.example.org:8443", "https://church.example.org:8443"),
        ("https://*.church.example.org", "https://*.church.example.org"),
        ("https://*.church.co.kr", "https://*.church.co.kr"),
        ("https://교회.example.org", "https://xn--9d0bz59e.example.org"),
        ("https://church.example.org.", "https://church.example.org"),
    ],
)
def test_an_origin_is_written_as_browsers_do(admin: User, typed: str, origin: str) -> None:
    assert hosting.clean_origin(typed) == origin
    row = hosting.add_origin(site_id=church(admin).pk, typed=typed, actor=admin, now=NOW)
    assert row.origin == origin


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "church.example.org",
        "http://church.example.org",
        "//church.example.org",
        "https:church.example.org",
        "https:/church.example.org",
        "https:///church.example.org",
        "https://",
        "https://*",
        "https://*.",
        "https://*.org",
        "https://*.co.kr",
        "https://*.com.au",
        "https://*.*.example.org",
        "https://a.*.example.org",
        "https://**.example.org",
        "https://church*.example.org",
        "https://localhost",
        "https://192.0.2.1",
        "https://[2001:db8::1]",
        "https://a@church.example.org",
        "https://a:b@church.example.org",
        "https://church.example.org/page",
        "https://church.example.org?x",
        "https://church.example.org#x",
        "https://church.example.org https://evil.example",
        "https://church.example.org;script-src *",
        "https://church.example.org,evil.example",
        "https://church.example.org\nSet-Cookie: a",
        "https://church\t.example.org",
        "https://church.example.org\\evil",
        "https://-a.example.org",
        "https://church..example.org",
        "https://church.example.org:0",
        "https://church.example.org:99999",
        "https://church.example.org:x",
        "javascript:alert(1)",
        "data:text/html,x",
        "'self'",
        "'none'",
        "*",
        "https://'unsafe-inline'",
        "https://church.example.org／evil",
        "https://" + "a" * 64 + ".example.org",
        "https://" + "a.b" * 100 + ".org",
    ],
)
def test_T50_what_is_no_origin_is_refused(admin: User, typed: str) -> None:
    site = church(admin)
    with pytest.raises(hosting.UnableToHost) as refused:
        hosting.add_origin(site_id=site.pk, typed=typed, actor=admin, now=NOW)
    assert refused.value.code in {"address", "origin", "domain", "wildcard"}
    assert not SiteOrigin.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http://church.example.org",
        "https:evil.example",
        "https://a@evil.example",
        "https://ours@evil.example/x",
        "https://church.example.org/\r\nSet-Cookie: a",
        "https://church.example.org/\\evil",
        "java\tscript:x",
        "https://localhost/x",
        "https://church.example.org/" + "a" * 300,
        "https://church.example.org/<b>",
        "/local",
        "https://[::1/",
    ],
)
def test_T50_T51_a_way_back_is_https_and_plain(admin: User, typed: str) -> None:
    with pytest.raises(hosting.UnableToHost):
        church(admin, return_url=typed)
    site = church(admin)
    with pytest.raises(hosting.UnableToHost):
        hosting.change(site_id=site.pk, name="x", return_url=typed, is_active=True, actor=admin, now=NOW)
    site.refresh_from_db()
    assert site.return_url == "https://church.example.org/give"


def test_a_way_back_may_be_missing_or_in_hangul(admin: User) -> None:
    assert church(admin, code="none", return_url=" ").return_url == ""
    assert church(admin, return_url="https://교회.example.org/x?y=1").return_url == (
        "https://xn--9d0bz59e.example.org/x?y=1"
    )


@pytest.mark.parametrize(
    "given", [{"code": "A b"}, {"code": "x"}, {"code": "코드"}, {"name": " "}, {"name": "a" * 121}]
)
def test_a_site_needs_a_code_and_a_name(admin: User, given: dict[str, str]) -> None:
    with pytest.raises(hosting.UnableToHost):
        church(admin, **given)
    assert not Site.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="site.").exists()


def test_a_code_is_taken_once(admin: User) -> None:
    church(admin)
    with pytest.raises(hosting.UnableToHost, match="code_taken"):
        church(admin, code=" CHURCH ", name="Second Church")


def test_only_sites_switched_on_frame_and_are_led_back_to(admin: User) -> None:
    site = church(admin)
    for _ in range(2):
        hosting.add_origin(site_id=site.pk, typed="https://church.example.org", actor=admin, now=NOW)
    assert hosting.ancestors() == ["https://church.example.org"]
    assert hosting.way_back("church") == site
    for unknown in ("", "other", "https://church.example.org/give", "CHURCH", "church\x00", "church\n"):
        assert hosting.way_back(unknown) is None
    hosting.change(
        site_id=site.pk, name="Renamed", return_url=site.return_url, is_active=False, actor=admin, now=NOW
    )
    assert hosting.ancestors() == []
    assert hosting.way_back("church") is None


def test_wix_is_one_press_and_can_be_pressed_again(admin: User) -> None:
    site = hosting.switch_on_wix(actor=admin, now=NOW)
    assert hosting.ancestors() == sorted(hosting.WIX_ORIGINS)
    hosting.change(site_id=site.pk, name="Wix", return_url="", is_active=False, actor=admin, now=NOW)
    assert hosting.ancestors() == []
    assert hosting.switch_on_wix(actor=admin, now=NOW).is_active
    assert hosting.ancestors() == sorted(hosting.WIX_ORIGINS)
    assert Site.objects.count() == 1


def test_every_deed_is_written_down_and_removing_twice_is_once(admin: User) -> None:
    site = church(admin)
    row = hosting.add_origin(site_id=site.pk, typed="https://church.example.org", actor=admin, now=NOW)
    hosting.add_origin(site_id=site.pk, typed="https://www.example.org", actor=admin, now=NOW)
    hosting.change(site_id=site.pk, name="First", return_url="", is_active=True, actor=admin, now=NOW)
    for _ in range(2):
        hosting.remove_origin(origin_id=row.pk, actor=admin, now=NOW)
    for _ in range(2):
        hosting.remove(site_id=site.pk, actor=admin, now=NOW)
    events = AuditEvent.objects.filter(target=f"site:{site.pk}").order_by("number")
    assert [event.action for event in events] == [
        "site.registered",
        "site.origin_added",
        "site.origin_added",
        "site.changed",
        "site.origin_removed",
        "site.removed",
    ]
    assert {event.actor for event in events} == {f"user:{admin.pk}"}
    assert events[5].details == {"code": "church", "origins": ["https://www.example.org"]}


def test_the_database_alone_would_refuse_a_free_origin(admin: User) -> None:
    site = church(admin)
    for origin in (
        "*",
        "https://*",
        "http://church.example.org",
        "https://church.example.org https://evil.example",
    ):
        with refused_by("site_origin_is_an_https_origin"):
            SiteOrigin.objects.create(site=site, origin=origin)
