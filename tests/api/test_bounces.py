"""The door for notices that a message did not arrive: signed, fresh, small, and never an error of ours."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donors.models import Bounce, Message
from jobs import ringing
from tests import facts
from tests.donors.reports import CORPUS, written
from tests.facts import NOW

URL = "/api/bounces/"
SECRET = "a secret of the mail provider"


@pytest.fixture(autouse=True)
def set_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BOUNCE_SECRET = SECRET
    monkeypatch.setattr(ringing, "ring", lambda *names, **_: None)


@pytest.fixture
def message(db: None) -> Message:
    return facts.message(donor=facts.donor(), status="sent", sent_at=NOW, attempts=1)


def send(body: bytes, *, kind: str = "application/json", secret: str = SECRET, age: int = 0) -> Any:
    at = str(int(timezone.now().timestamp()) - age)
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(
        URL, body, content_type=kind, headers={"X-Signature": f"t={at},v1={made}"}
    )


def notice(message: Message, **changed: Any) -> dict[str, Any]:
    return {"message_id": f"<{message.pk}@localhost>", "action": "failed", "status": "5.1.1", **changed}


def test_one_notice_and_many(message: Message) -> None:
    other = facts.message(donor=facts.donor(), status="sent", sent_at=NOW, attempts=1)
    assert send(json.dumps(notice(message, diagnostic="550 no\x00 such user")).encode()).json() == {
        "received": 1,
        "known": 1,
    }
    told = [notice(message), notice(other, action="delayed", status="4.4.1"), {"message_id": "x"}]
    assert send(json.dumps(told).encode()).json() == {"received": 2, "known": 2}
    assert Bounce.objects.count() == 2
    assert Bounce.objects.get(message=message).words == "550 no such user"


def test_a_report_as_mail(message: Message) -> None:
    raw = written(CORPUS["standard"], message_id=message.pk)
    assert send(raw, kind="message/rfc822").json() == {"received": 1, "known": 1}
    assert send(b"hello", kind="message/rfc822").json() == {"received": 0, "known": 0}


def test_what_is_not_signed_by_the_provider_is_refused(message: Message, settings: Any) -> None:
    body = json.dumps(notice(message)).encode()
    assert send(body, secret="another").status_code == 403
    assert send(body, age=600).status_code == 403
    assert send(body, age=-600).status_code == 403
    browser = Client()
    for header in ("", "t=,v1=", "t=²,v1=x", "t=99999999999999,v1=x", "nonsense", "v1=é"):
        refused = browser.post(URL, body, content_type="application/json", headers={"X-Signature": header})
        assert refused.status_code == 403, header
    settings.BOUNCE_SECRET = ""
    assert send(body, secret="").status_code == 403
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1]", b'"x"', b"\xff", b"[" * 200_000, json.dumps([{}] * 501).encode()],
    ids=["cut", "number", "text", "bytes", "deep", "many"],
)
def test_what_cannot_be_read_is_said_so(db: None, body: bytes) -> None:
    assert send(body).status_code == 400


@pytest.mark.parametrize(
    "told", [{"status": 5}, {"action": None}, {"message_id": ["x"]}, {"status": "2.0.0"}]
)
def test_odd_notices_are_counted_and_harmless(message: Message, told: dict[str, Any]) -> None:
    assert send(json.dumps(notice(message, **told)).encode()).status_code == 200


def test_too_much_and_another_method(db: None) -> None:
    assert send(b"x" * 2_000_001).status_code == 413
    refused = Client().get(URL)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
