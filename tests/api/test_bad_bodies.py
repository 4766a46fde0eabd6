"""Bodies no address understands: answered in words, never with an error of ours, and nothing of them is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from donors.models import Donor
from jobs.models import Job
from payments.models import ProcessorEvent
from staff.models import Role
from tests.api import making

pytestmark = pytest.mark.usefixtures("bells", "folder")
BODIES = {
    "duplicate keys": b'{"report": "donations", "report": "journal"}',
    "ten thousand deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a list ten thousand deep": b"[" * 10_000,
    "five megabytes": b'{"a": "' + b"x" * 5_000_000 + b'"}',
    "NUL": b'{"report": "a\\u0000"}',
    "raw NUL": b'{"report": "a\x00"}',
    "lone surrogate": b'{"report": "\\ud800"}',
    "not UTF-8": b'{"report": "\xff"}',
    "direction turned": '{"report": "\u202edonations"}'.encode(),
    "a number where a text is": b'{"report": 9223372036854775808}',
    "2**63": b'{"report": "donations", "given_from": 9223372036854775808}',
    "infinite": b'{"report": Infinity}',
    "null": b"null",
    "a list": b"[]",
    "true": b"true",
    "an operator": b'{"report": {"$gt": 0}}',
    "nothing": b"",
}


def writing() -> list[str]:
    """The addresses of the API that take a body."""
    return ["/api/v1/donors/", "/api/v1/donors/{id}/", "/api/v1/exports/"]


@pytest.fixture
def folder(settings: object, tmp_path: object) -> None:
    settings.STATE_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("address", writing())
def test_T05_a_body_nobody_understands(name: str, address: str) -> None:
    client = making.bearer(making.key(Role.FINANCE, Role.ADMIN))
    client.raise_request_exception = False
    known = making.donor()
    method = "PATCH" if "{id}" in address else "POST"
    address = address.replace("{id}", str(known.pk))
    answer = client.generic(method, address, BODIES[name], content_type="application/json")
    if method == "PATCH" and not BODIES[name]:  # nothing is to be changed, and nothing is
        assert answer.status_code == 200
    else:
        assert answer.status_code in {400, 413, 415, 422}, answer.content[:300]
        assert answer["Content-Type"] == "application/problem+json"
    assert not Job.objects.exists()
    assert list(Donor.objects.values_list("pk", "name")) == [(known.pk, "Grace Kim")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "",
    ],
)
def test_T05_another_kind_of_body(kind: str) -> None:
    client = making.bearer(making.key(Role.FINANCE, Role.ADMIN))
    client.raise_request_exception = False
    answer = client.generic("POST", "/api/v1/exports/", b'{"report": "donations"}', content_type=kind)
    assert answer.status_code in {400, 415}
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", BODIES)
def test_T05_a_notice_nobody_understands(name: str, webhook_secret: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.post("/api/webhooks/stripe/", BODIES[name], content_type="application/json")
    assert answer.status_code in {400, 413}
    assert not ProcessorEvent.objects.exists()


def test_T05_every_address_that_takes_a_body_is_in_these_tests() -> None:
    import yaml

    described = Path(__file__).parent / "openapi.yaml"
    paths = yaml.safe_load(described.read_text("utf-8"))["paths"]
    taking = [path for path, verbs in paths.items() if {"post", "put", "patch"} & set(verbs)]
    assert taking == writing()
