"""Canaries: what a giver writes stands in the rows meant for it, and nowhere else on its way."""

from __future__ import annotations

import inspect
import io
import json
import logging
import re
import smtplib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from unittest import mock

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail

from config import celery as wiring
from donations.models import Checkout
from donors import corresponding
from donors.models import Message
from jobs import ringing
from payments.models import ProcessorEvent
from tests.donations.giving import Supporter, paperwork, settle_all
from tests.sandbox.driving import Browser

NAME, MAIL, NOTE = "Canarina Vogelfrei", "canary-7f3a@example.org", "canary-note-51c9"
CANARIES = ("Canarina", "Vogelfrei", "canary-7f3a", "canary-note", "Korea", "rescue", "defector")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any part of the program logs, down to the last word."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield heard
    root.removeHandler(handler)
    root.setLevel(before)


def given(supporter: Supporter) -> None:
    """A gift that is declined first, paid, receipted and mailed; and one whose processor fails."""
    begun = supporter.begin(donor_name=NAME, email=MAIL, note=NOTE)
    assert begun.payment_url
    Browser().pay(begun.payment_url, card="4000000000000002")
    supporter.pay(begun)
    supporter.processor.operate("POST", "faults", {"mode": "500_before"})
    supporter.begin(donor_name=NAME, email=MAIL, note=NOTE)
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)


def test_T54_canaries_stand_only_where_they_belong(supporter: Supporter, log: io.StringIO) -> None:
    rung: list[object] = []
    logging.getLogger("test").info("the log is heard")
    with mock.patch("celery.canvas.Signature.apply_async", lambda self, **_: rung.append(dict(self))):
        ringing.ring("donations.settle", "receipts.follow_up", "donors.send_due", first=(7,))
        given(supporter)
    with mock.patch("smtplib.SMTP", side_effect=smtplib.SMTPServerDisconnected(MAIL)):
        backend = "django.core.mail.backends.smtp.EmailBackend"
        with mock.patch.object(settings, "EMAIL_BACKEND", backend):
            corresponding.send_due(now=supporter.now)
    places = {
        "the log": log.getvalue(),
        "the broker": json.dumps(rung, default=str),
        "the inbox": json.dumps(list(ProcessorEvent.objects.values()), default=str),
        "subjects": json.dumps(list(Message.objects.values_list("subject", "cause", "error"))),
        "the processor's keys": json.dumps(_keys(supporter)),
        "the processor": json.dumps(_told(supporter)),
    }
    for place, words in places.items():
        assert words, place
        for canary in CANARIES:
            assert canary.lower() not in words.lower(), (place, canary)


def _requests(supporter: Supporter) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = supporter.processor.operate("GET", "requests")["requests"]
    return seen


def _keys(supporter: Supporter) -> list[object]:
    return [{k: v for k, v in call.items() if "key" in k.lower()} for call in _requests(supporter)]


def _told(supporter: Supporter) -> list[object]:
    """All that was said to the processor but the one field it needs the address for: where its receipt goes."""
    calls = json.loads(json.dumps(_requests(supporter)))
    text = json.dumps(calls)
    assert MAIL in text or MAIL.replace("@", "%40") in text
    return [re.sub(r'"?customer_email"?[=:]\s*"?[^"&,}]+', "", json.dumps(call)) for call in calls]


def test_T56_the_queue_carries_numbers_only() -> None:
    assert settings.CELERY["task_serializer"] == "json"
    assert settings.CELERY["accept_content"] == ["json"]
    wiring.app.loader.import_default_modules()
    ours = [task for name, task in current_app.tasks.items() if not name.startswith("celery.")]
    assert len(ours) >= 10
    for task in ours:
        for parameter in inspect.signature(task.run).parameters.values():
            assert parameter.annotation in ("int", int), (task.name, parameter)
    assert not getattr(wiring.app.conf, "task_send_error_emails", False)


def test_T57_letters_are_neutral_and_lead_home_only(supporter: Supporter, now: datetime) -> None:
    given(supporter)
    with mock.patch.object(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        corresponding.send_due(now=supporter.now)
    assert mail.outbox
    host = settings.BASE_URL
    for letter in mail.outbox:
        for word in ("Korea", "defector", "rescue", "church", NAME, "100"):
            assert word.lower() not in letter.subject.lower()
        assert letter.content_subtype == "plain"  # no picture can be fetched and no opening be counted
        links = re.findall(r"https?://[^\s>)]+", str(letter.body))
        assert all(link.startswith(host) for link in links), links
        assert not re.search(r"<img|utm_|pixel", str(letter.body))
        assert "\n" not in letter.from_email
        assert "\r" not in letter.subject
    assert Checkout.objects.filter(email=MAIL).count() == 2
