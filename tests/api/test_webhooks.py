"""The webhook door: what is believed, what is refused, and that nothing refused is stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from payments import inbox
from payments.models import ProcessorEvent
from tests.api.making import NOW

URL = "/api/webhooks/stripe/"
STAMP = int(NOW.timestamp())

pytestmark = pytest.mark.django_db


def event(**changes: object) -> str:
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "charge.succeeded",
            "created": STAMP,
            "livemode": False,
            "api_version": "2026-10-29.endive",
            "data": {"object": {"id": "ch_1"}},
            **changes,
        }
    )


def signature(body: str, secret: str, *, at: int = STAMP) -> str:
    header: str = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return header


def send(body: str | bytes, header: str | None) -> Any:
    headers = {} if header is None else {"Stripe-Signature": header}
    return Client(raise_request_exception=False).post(
        URL, body, content_type="application/json", headers=headers
    )


def test_a_notice_is_stored_once_and_the_bell_rings_once(
    webhook_secret: str, bells: list[tuple[object, ...]]
) -> None:
    body = event()
    for _ in range(5):
        answer = send(body, signature(body, webhook_secret))
        assert (answer.status_code, answer.content) == (200, b"{}")
    stored = ProcessorEvent.objects.get()
    assert (stored.ref, stored.deliveries, stored.object_ref) == ("evt_1", 5, "ch_1")
    assert bells == [("donations.settle_waiting", "receipts.follow_up", "donors.send_due")]


def test_the_secret_before_the_last_still_counts(
    webhook_secret: str, bells: list[tuple[object, ...]]
) -> None:
    body = event()
    assert send(body, signature(body, "whsec_the_one_before")).status_code == 200


def test_T34_a_notice_of_the_other_mode_is_parked(
    webhook_secret: str, bells: list[tuple[object, ...]]
) -> None:
    body = event(livemode=True)
    assert send(body, signature(body, webhook_secret)).status_code == 200
    assert ProcessorEvent.objects.get().status == "parked"


HEADERS: dict[str, Callable[[str, str], str | None]] = {
    "301 s old": lambda body, secret: signature(body, secret, at=STAMP - 301),
    "301 s in the future": lambda body, secret: signature(body, secret, at=STAMP + 301),
    "a day in the future": lambda body, secret: signature(body, secret, at=STAMP + 86_400),
    "wrong secret": lambda body, secret: signature(body, "whsec_somebody_else"),
    "v0 only": lambda body, secret: signature(body, secret).replace("v1=", "v0="),
    "no header": lambda body, secret: None,
    "empty header": lambda body, secret: "",
    "no time": lambda body, secret: signature(body, secret).split(",", 1)[1],
    "time as a word": lambda body, secret: "t=now,v1=00",
    "immense time": lambda body, secret: f"t={'9' * 400},v1=00",
    "endless time": lambda body, secret: f"t={'9' * 5000},v1=00",
    "an old signature with a new time behind it": lambda body, secret: (
        signature(body, secret, at=STAMP - 9000) + f",t={STAMP}"
    ),
    "not ASCII": lambda body, secret: f"t={STAMP},v1=é",
    "commas": lambda body, secret: ",,,=,==",
}


@pytest.mark.parametrize("name", HEADERS)
def test_T32_a_wrong_signature_is_refused(name: str, webhook_secret: str) -> None:
    body = event()
    answer = send(body, HEADERS[name](body, webhook_secret))
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:almoner:problem:forged"
    assert not ProcessorEvent.objects.exists()


def test_T32_a_changed_space_is_a_forgery(webhook_secret: str) -> None:
    body = event()
    assert send(body.replace(": ", ":", 1), signature(body, webhook_secret)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 100_000,
        '{"id": "evt_1"}',
        '{"id":null,"type":1,"data":[]}',
        '"text"',
        "1e999",
    ],
)
def test_T32_a_signed_text_that_is_no_notice_is_refused(body: str, webhook_secret: str) -> None:
    assert send(body, signature(body, webhook_secret)).status_code == 400
    assert not ProcessorEvent.objects.exists()


def test_T32_bytes_that_are_not_utf8_are_refused(webhook_secret: str) -> None:
    assert send(b"\xff\xfe\x00", f"t={STAMP},v1=00").status_code == 400


def test_T32_a_body_too_large_is_not_read(webhook_secret: str) -> None:
    body = "x" * 10_000_000
    assert send(body, signature(body, webhook_secret)).status_code == 413
    just = event(padding="x" * inbox.LARGEST_BODY)
    assert send(just, signature(just, webhook_secret)).status_code == 413
    assert not ProcessorEvent.objects.exists()


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_T32_only_post(method: str) -> None:
    answer = Client().generic(method, URL)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_one_statement_writes_and_nothing_else_asks(
    webhook_secret: str,
    bells: list[tuple[object, ...]],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    body = event()
    with django_assert_num_queries(1):
        assert send(body, signature(body, webhook_secret)).status_code == 200
