"""Visiting in tests of the limits: from which network, with which form, and how payments went elsewhere."""

from __future__ import annotations

import itertools
import json
from datetime import datetime
from typing import Any

import altcha
from django.test import Client
from django.utils import timezone

from payments import inbox
from payments.gateway import Notice
from tests.sandbox.driving import Sandbox
from tests.web import filling

GIVE = "/en/give/family/"
numbers = itertools.count(1)


def visitor(number: int = 1) -> Client:
    """Somebody in a network of their own."""
    return Client(REMOTE_ADDR=f"10.{number // 250}.{number % 250}.7")


def form_of(client: Client, **changes: Any) -> dict[str, str]:
    return filling.filled(client, email=f"giver{next(numbers)}@example.org", **changes)


def sessions(processor: Sandbox) -> int:
    """How many payment pages the processor was asked for."""
    return len(list(processor.v1.checkout.sessions.list({"limit": 100}).auto_paging_iter()))


def told(kind: str, *, now: datetime) -> None:
    """The processor tells how a payment went."""
    mark = next(numbers)
    notice = Notice(
        ref=f"evt_{mark}",
        kind=kind,
        object_ref=f"ch_{mark}",
        created_at=now,
        api_version="",
        is_live=False,
    )
    inbox.keep(notice=notice, now=now)


def attack(*, declined: int, paid: int = 0) -> None:
    for kind, count in (("charge.succeeded", paid), ("charge.failed", declined)):
        for _ in range(count):
            told(kind, now=timezone.now())


def solved(html: str) -> str:
    """What the browser's part sends for the sum on a page."""
    [given] = [
        tag["data-challenge"] for _, tag in filling.fields(html).tags if tag.get("id") == "sum-of-browser"
    ]
    challenge = altcha.Challenge.from_dict(json.loads(given))
    solution = altcha.solve_challenge(challenge)
    assert solution
    return altcha.Payload(challenge, solution).to_base64()
