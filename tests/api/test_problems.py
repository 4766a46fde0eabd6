"""One shape for everything that goes wrong."""

import logging
import uuid
from typing import Any

import pytest
from django.test import Client

from reports import feeding
from staff.models import Role
from tests.api import making

pytestmark = pytest.mark.django_db

NAMES = ["type", "title", "status", "detail", "instance", "errors"]


def check(answer: Any, status: int, kind: str) -> dict[str, object]:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert list(body) == NAMES
    assert (body["status"], body["type"]) == (status, f"urn:almoner:problem:{kind}")
    assert uuid.UUID(str(body["instance"]).removeprefix("urn:uuid:"))
    return body


def test_addresses_that_do_not_exist() -> None:
    for path in (
        "",
        "v1/",
        "v1/donors",
        "v2/donors/",
        "v1/donors/1/",
        "v1/donors/%00/",
        "v1/campaigns/a%27/",
        "x/y",
    ):
        check(Client().get(f"/api/{path}"), 404, "not_found")
        check(Client().post(f"/api/{path}", "{}", content_type="application/json"), 404, "not_found")


def test_the_anticipated() -> None:
    finance = making.signed_in(Role.FINANCE)
    check(Client().get("/api/v1/donors/"), 401, "not_authenticated")
    check(Client(headers={"Authorization": "Bearer x"}).get("/api/v1/donors/"), 401, "authentication_failed")
    check(making.signed_in(Role.VIEWER).get("/api/v1/donors/"), 403, "permission_denied")
    check(finance.get(f"/api/v1/donors/{uuid.uuid4()}/"), 404, "not_found")
    check(finance.delete("/api/v1/donors/"), 405, "method_not_allowed")
    check(finance.post("/api/v1/donors/", "a=b", content_type="text/plain"), 415, "unsupported_media_type")
    check(finance.post("/api/v1/donors/", {"name": "A"}), 415, "unsupported_media_type")
    check(finance.post("/api/v1/donors/", "{", content_type="application/json"), 400, "parse_error")
    large = '{"name": "' + "x" * 1_048_576 + '"}'
    check(finance.post("/api/v1/donors/", large, content_type="application/json"), 413, "too_large")


def test_each_wrong_field_is_named() -> None:
    finance = making.signed_in(Role.FINANCE)
    body = check(
        finance.post("/api/v1/donors/", {"name": "", "kind": "x", "z": 1}, content_type="application/json"),
        400,
        "invalid",
    )
    assert body["errors"] == [{"field": "z", "code": "unknown", "words": "There is no such field."}]
    body = check(
        finance.post("/api/v1/donors/", {"name": "", "kind": "x"}, content_type="application/json"),
        400,
        "invalid",
    )
    errors = body["errors"]
    assert isinstance(errors, list)
    assert [(error["field"], error["code"]) for error in errors] == [
        ("kind", "invalid_choice"),
        ("name", "blank"),
    ]


def test_the_unforeseen_tells_its_number_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**given: object) -> None:
        raise RuntimeError("words from the inside")

    monkeypatch.setattr(feeding, "donations", fail)
    client = making.signed_in(Role.ADMIN)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/v1/donations/")
    body = check(answer, 500, "unforeseen")
    assert "inside" not in answer.content.decode()
    assert str(body["instance"]) in caplog.text
    assert "words from the inside" in caplog.text


HOSTILE = [
    '{"name": "a", "name": "b"}',
    '{"name": NaN}',
    '{"name": "\\ud800"}',
    '{"name": "\\u0000"}',
    "[" * 10_000,
]


@pytest.mark.parametrize("body", [*HOSTILE, f'{{"name": {2**63}}}', '{"name": 1e400}', "\ufeff{}"])
def test_hostile_json_through_the_door(body: str) -> None:
    answer = making.signed_in(Role.FINANCE).post("/api/v1/donors/", body, content_type="application/json")
    check(answer, 400, "parse_error")
