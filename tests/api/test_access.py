"""Who may: every address of the router against every kind of visitor, and what a key can never do."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from api import keying
from api.models import ApiKey
from api.v1.resources import Resource
from api.v1.urls import router
from donors.models import Message
from staff import pacing, roles
from staff.models import AuditEvent, Role
from tests import making as house
from tests.api import making
from tests.api.making import NOW

pytestmark = pytest.mark.django_db

NONE_OF_THEM = frozenset[Role]()
READERS = frozenset({Role.VIEWER, Role.FINANCE, Role.APPROVER, Role.ADMIN})
FINANCE = frozenset({Role.FINANCE, Role.APPROVER, Role.ADMIN})

# (route, method) -> who gets past the door with a session, and the scope a key needs. A new action without a row here
# fails `test_every_action_has_a_row`.
TABLE: dict[tuple[str, str], tuple[frozenset[Role], str]] = {
    ("donor-list", "get"): (FINANCE, "donors:read"),
    ("donor-list", "post"): (FINANCE, "donors:write"),
    ("donor-detail", "get"): (FINANCE, "donors:read"),
    ("donor-detail", "patch"): (FINANCE, "donors:write"),
    ("donation-list", "get"): (READERS, "donations:read"),
    ("donation-detail", "get"): (READERS, "donations:read"),
    ("receipt-list", "get"): (FINANCE, "receipts:read"),
    ("receipt-detail", "get"): (FINANCE, "receipts:read"),
    ("receipt-file", "get"): (FINANCE, "receipts:read"),
    ("export-list", "post"): (FINANCE, "exports:write"),
    ("export-detail", "get"): (FINANCE, "exports:write"),
    ("export-detail", "delete"): (FINANCE, "exports:write"),
    ("export-file", "get"): (FINANCE, "exports:write"),
}
PUBLIC = {("campaign-list", "get"), ("campaign-detail", "get")}


def address(route: str) -> str:
    try:
        return reverse(f"api:{route}")
    except NoReverseMatch:
        return reverse(f"api:{route}", kwargs={"pk": uuid.uuid4()})


def ask(client: Client, route: str, method: str) -> int:
    body = {"content_type": "application/json"} if method in {"post", "patch"} else {}
    return int(getattr(client, method)(address(route), **body).status_code)


def routes() -> list[tuple[str, str, str, type[Resource]]]:
    patterns: list[Any] = router.urls
    return [
        (pattern.name, method, action, pattern.callback.cls)
        for pattern in patterns
        for method, action in pattern.callback.actions.items()
    ]


def test_every_action_has_a_row() -> None:
    assert {(name, method) for name, method, _, _ in routes() if method != "head"} == set(TABLE) | PUBLIC


def test_every_action_names_who_may() -> None:
    for _, _, action, resource in routes():
        assert issubclass(resource, Resource)
        assert resource.permission_classes == Resource.permission_classes
        access = resource.access[action]
        assert access.is_public or access.roles


@pytest.mark.parametrize(("route", "method"), TABLE)
def test_a_stranger_is_asked_who_they_are(route: str, method: str) -> None:
    answer = Client().generic(method.upper(), address(route), "{}", content_type="application/json")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="almoner"'
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role", Role)
def test_sessions(role: Role, bells: list[tuple[object, ...]]) -> None:
    client = making.signed_in(role)
    for (route, method), (allowed, _) in TABLE.items():
        status = ask(client, route, method)
        assert (status != 403) == (role in allowed), (route, method, status)
        assert status < 500


def test_somebody_without_a_role_may_nothing() -> None:
    client = making.signed_in()
    assert {ask(client, route, method) for route, method in TABLE} == {403}


@pytest.mark.parametrize("scope", ApiKey.Scope.values)
def test_a_key_may_only_what_its_scopes_say(scope: str, bells: list[tuple[object, ...]]) -> None:
    client = making.bearer(making.key(Role.FINANCE, scopes=[scope]))
    for (route, method), (_, needed) in TABLE.items():
        assert (ask(client, route, method) != 403) == (scope == needed), (route, method)


def test_a_key_may_only_what_its_owner_may_now() -> None:
    issued = making.key(Role.FINANCE)
    client = making.bearer(issued)
    assert client.get("/api/v1/donors/").status_code == 200
    issued.key.owner.grants.all().delete()
    assert client.get("/api/v1/donors/").status_code == 403
    roles.grant(user=issued.key.owner, role=Role.VIEWER, now=NOW)
    assert client.get("/api/v1/donors/").status_code == 403
    assert client.get("/api/v1/donations/").status_code == 200


def test_a_key_dies_with_its_term_its_revocation_and_its_owner() -> None:
    expired = making.key(Role.ADMIN, expires_at=NOW + timedelta(seconds=1))
    assert making.bearer(expired).get("/api/v1/donors/").status_code == 200
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=NOW)
    assert making.bearer(expired).get("/api/v1/donors/").status_code == 401

    revoked = making.key(Role.ADMIN)
    assert keying.revoke(prefix=revoked.key.prefix, actor="test", now=NOW)
    assert not keying.revoke(prefix=revoked.key.prefix, actor="test", now=NOW)
    assert making.bearer(revoked).get("/api/v1/donors/").status_code == 401

    orphan = making.key(Role.ADMIN)
    owner = orphan.key.owner
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert making.bearer(orphan).get("/api/v1/donors/").status_code == 401


def test_wrong_keys() -> None:
    issued = making.key(Role.ADMIN)
    prefix, secret = issued.key.prefix, issued.shown.rsplit("_", 1)[1]
    for header in [
        "Bearer",
        "Bearer ",
        f"Bearer {issued.shown}0",
        f"Bearer {issued.shown[:-1]}",
        f"Bearer alm_{prefix}_{'0' * 64}",
        f"Bearer alm_{'0' * 12}_{secret}",
        f"Bearer {issued.shown.upper()}",
        f"Basic {issued.shown}",
        issued.shown,
        "Bearer alm_é_é",
        "Bearer alm_\x00",
    ]:
        answer = Client(headers={"Authorization": header}).get("/api/v1/donations/")
        assert answer.status_code == 401, header
        assert answer.json()["errors"] == []
        # A wrong key is refused on public addresses too: it is a mistake somebody should see.
        assert Client(headers={"Authorization": header}).get("/api/v1/campaigns/").status_code == 401, header


def test_only_a_hash_is_kept_and_use_is_noted_once_an_hour() -> None:
    issued = making.key(Role.ADMIN)
    assert issued.shown.rsplit("_", 1)[1] not in str(vars(ApiKey.objects.get()))
    for minutes in (0, 30, 59):
        assert keying.redeem(shown=issued.shown, now=NOW + timedelta(minutes=minutes))
        assert ApiKey.objects.get().last_used_at == NOW
    later = NOW + timedelta(minutes=60)
    assert keying.redeem(shown=issued.shown, now=later)
    assert ApiKey.objects.get().last_used_at == later


def test_a_session_needs_its_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(making.user(Role.FINANCE))
    answer = client.post("/api/v1/donors/", {"name": "Ann"}, content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_private_answers_are_kept_nowhere() -> None:
    for client in (making.signed_in(Role.ADMIN), making.bearer(making.key(Role.ADMIN))):
        for path in (
            "/api/v1/donors/",
            "/api/v1/donations/",
            "/api/v1/receipts/",
            f"/api/v1/exports/{uuid.uuid4()}/",
        ):
            assert client.get(path)["Cache-Control"] == "no-store, private"


def test_allowances(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.throttling import ActorThrottle

    monkeypatch.setattr(
        ActorThrottle, "THROTTLE_RATES", {"actor": "2/min", "stranger": "1/min", "export": "1/hour"}
    )
    one, other = (making.bearer(making.key(Role.ADMIN)) for _ in range(2))
    assert [one.get("/api/v1/donations/").status_code for _ in range(3)] == [200, 200, 429]
    refused = one.get("/api/v1/donations/")
    assert 0 < int(refused["Retry-After"]) <= 61
    assert refused.json()["type"] == "urn:almoner:problem:throttled"
    assert other.get("/api/v1/donations/").status_code == 200
    assert [Client().get("/api/v1/campaigns/").status_code for _ in range(2)] == [200, 429]
    household = [Client(REMOTE_ADDR=f"2001:db8::{place}") for place in (1, 2)]
    assert [one.get("/api/v1/campaigns/").status_code for one in household] == [200, 429]


def test_t42_the_201st_giver_of_a_key_within_an_hour_is_refused_and_told() -> None:
    board = making.user(Role.ADMIN, email="board@example.org")
    issued = making.key(Role.FINANCE)
    reader = making.bearer(issued)
    who = f"api_key:{issued.key.prefix}"
    for place in range(pacing.MOST - 1):
        assert pacing.may_look(who=who, subject=f"donor {place}", now=NOW)
    first, second = making.donor(), making.donor()
    told = [reader.get(f"/api/v1/donors/{one.pk}/").status_code for one in (first, second, first)]
    assert told == [200, 429, 200]
    gift = house.donation(by=house.donor(now=NOW), at=NOW)
    paper = house.receipt(of=gift, now=NOW)
    assert reader.get(f"/api/v1/receipts/{paper.pk}/file/").status_code == 429
    assert Message.objects.filter(to_email=board.email, subject__startswith="Alarm").count() == 1
    stopped = AuditEvent.objects.filter(action="stopped reading")
    assert [event.target for event in stopped] == [who, who]
    assert reader.get("/api/v1/donors/?page_size=101").status_code == 400
    assert reader.get("/api/v1/donors/?page_size=100").status_code == 200
