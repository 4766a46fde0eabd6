"""Webhooks: believed only when signed by us just now (T32), kept once, waited for, and found when lost."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from payments import catching_up, gateway, inbox
from payments.gateway import ForgedEvent, Notice
from payments.models import ProcessorEvent
from payments.stripe_gateway import StripeGateway
from tests import facts, threads
from tests.donations.giving import Supporter, notices
from tests.facts import NOW
from tests.sandbox.driving import Sandbox

SECRET, OTHER = "whsec_of_these_tests", "whsec_being_rotated"
STAMP = int(NOW.timestamp())
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "type": "charge.succeeded",
    "data": {"object": {"id": "ch_1"}},
    "created": STAMP,
    "livemode": False,
    "api_version": "2026-09-30",
}
BODY = json.dumps(EVENT).encode()


@pytest.fixture
def stripe() -> StripeGateway:
    return StripeGateway(api_key="sk_test_x", api_base="", webhook_secrets=[OTHER, SECRET])


def signed(body: bytes = BODY, *, at: int = STAMP, secret: str = SECRET, scheme: str = "v1") -> str:
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},{scheme}={mac}"


@pytest.mark.parametrize("secret", [SECRET, OTHER])
@pytest.mark.parametrize("skew", [-300, 0, 300])
def test_a_good_webhook_is_believed(stripe: StripeGateway, secret: str, skew: int) -> None:
    notice = stripe.verify(body=BODY, signature=signed(at=STAMP + skew, secret=secret), now=NOW)
    assert (notice.ref, notice.kind, notice.object_ref) == ("evt_1", "charge.succeeded", "ch_1")


def mac(signature: str) -> str:
    return signature.split("v1=")[1]


FORGED: dict[str, tuple[bytes, str]] = {
    "too old": (BODY, signed(at=STAMP - 301)),
    "from the future": (BODY, signed(at=STAMP + 301)),
    "wrong secret": (BODY, signed(secret="whsec_of_somebody")),
    "old scheme only": (BODY, signed(scheme="v0")),
    "no header": (BODY, ""),
    "no time": (BODY, f"v1={mac(signed())}"),
    "no signature": (BODY, f"t={STAMP}"),
    "empty signature": (BODY, f"t={STAMP},v1="),
    "another time than signed": (BODY, f"t={STAMP + 1},v1={mac(signed())}"),
    "old one with a fresh time behind": (BODY, f"{signed(at=STAMP - 9999)},t={STAMP}"),
    "fresh time before an old one": (BODY, f"t={STAMP},{signed(at=STAMP - 9999)}"),
    "time is a word": (BODY, f"t=now,v1={mac(signed())}"),
    "time is a fraction": (BODY, f"t={STAMP}.5,v1={mac(signed())}"),
    "time is huge": (BODY, f"t=1{'0' * 400},v1={mac(signed())}"),
    "time is far too huge": (BODY, f"t=1{'0' * 5000},v1={mac(signed())}"),
    "negative time": (BODY, signed(at=-STAMP)),
    "letters beyond plain ones": (BODY, f"t={STAMP},v1=é"),
    "digits beyond plain ones": (BODY, f"t=١٢٣,v1={mac(signed())}"),
    "changed whitespace": (BODY.replace(b", ", b","), signed()),
    "a line behind": (BODY + b"\n", signed()),
    "bad UTF-8": (b'{"id": "\xff"}', signed(b'{"id": "\xff"}')),
    "no JSON": (b"hello", signed(b"hello")),
    "empty body": (b"", signed(b"")),
    "a list": (b"[]", signed(b"[]")),
    "a word": (b'"evt"', signed(b'"evt"')),
    "not an event": (b"{}", signed(b"{}")),
    "too deep": (b"[" * 100_000, signed(b"[" * 100_000)),
    "big": (b" " * 10_000_000, signed(b"x")),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_we_did_not_sign_just_now_is_forged(stripe: StripeGateway, name: str) -> None:
    body, signature = FORGED[name]
    with pytest.raises(ForgedEvent):
        stripe.verify(body=body, signature=signature, now=NOW)


def test_without_a_secret_nothing_is_believed() -> None:
    for secrets in ([], [""]):
        bare = StripeGateway(api_key="sk_test_x", api_base="", webhook_secrets=secrets)
        with pytest.raises(ForgedEvent):
            bare.verify(body=BODY, signature=signed(secret=""), now=NOW)


def notice(ref: str = "evt_1", **given: Any) -> Notice:
    values: dict[str, Any] = {
        "ref": ref,
        "kind": "charge.succeeded",
        "object_ref": "ch_1",
        "created_at": NOW,
        "is_live": False,
        "api_version": "2026-09-30",
        **given,
    }
    return Notice(**values)


@pytest.fixture
def ours(db: None, settings: Any) -> None:
    settings.STRIPE_API_KEY = "sk_test_sandbox"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_API_BASE = ""
    gateway.connect.cache_clear()


def test_a_webhook_is_kept_once_and_counted(ours: None) -> None:
    first = inbox.receive(body=BODY, signature=signed(), now=NOW)
    assert first is not None
    assert inbox.receive(body=BODY, signature=signed(at=STAMP + 60), now=NOW + timedelta(minutes=1)) is None
    kept = ProcessorEvent.objects.get()
    assert (kept.pk, kept.deliveries, kept.received_at, kept.status) == (first, 2, NOW, "received")
    assert str(kept) == "charge.succeeded ch_1"
    gateway.connect.cache_clear()


def test_a_forged_webhook_leaves_no_row(ours: None) -> None:
    with pytest.raises(ForgedEvent):
        inbox.receive(body=BODY, signature=signed(secret=OTHER), now=NOW)
    assert not ProcessorEvent.objects.exists()
    gateway.connect.cache_clear()


@pytest.mark.parametrize(("key", "is_live", "status"), [
    ("sk_test_x", False, "received"), ("sk_test_x", True, "parked"),
    ("sk_live_x", True, "received"), ("sk_live_x", False, "parked"), ("rk_live_x", True, "received"),
])  # fmt: skip
def test_an_event_of_the_other_mode_is_parked(
    db: None, settings: Any, key: str, is_live: bool, status: str
) -> None:
    settings.STRIPE_API_KEY = key
    inbox.keep(notice=notice(is_live=is_live), now=NOW)
    assert ProcessorEvent.objects.get().status == status


def test_words_too_long_are_cut(db: None) -> None:
    inbox.keep(notice=notice("e" * 200, kind="k" * 200, object_ref="o" * 200, api_version="v" * 99), now=NOW)
    kept = ProcessorEvent.objects.get()
    assert (len(kept.ref), len(kept.kind), len(kept.object_ref), len(kept.api_version)) == (80, 80, 80, 40)


def test_T35_many_deliveries_at_once_are_one_row(committed_db: None) -> None:
    kept = threads.results(threads.at_once([lambda: inbox.keep(notice=notice(), now=NOW)] * 6))
    assert sorted(deliveries for _, deliveries in kept) == [1, 2, 3, 4, 5, 6]
    assert len({pk for pk, _ in kept}) == 1
    assert ProcessorEvent.objects.get().deliveries == 6


def test_notices_wait_in_turn(db: None) -> None:
    late, early = facts.event(settle_after=NOW), facts.event(settle_after=NOW - timedelta(minutes=1))
    facts.event(settle_after=NOW + timedelta(minutes=1))
    facts.event(status="settled", settled_at=NOW)
    assert inbox.waiting(now=NOW) == [early.pk, late.pk]
    assert inbox.waiting(now=NOW, limit=1) == [early.pk]


def test_a_notice_is_tried_with_growing_pauses_and_parked_after_twelve(db: None) -> None:
    event, at, pauses = facts.event(), NOW, []
    for _ in range(11):
        inbox.postpone(event=event, reason="r" * 400, now=at)
        event.refresh_from_db()
        pauses.append((event.settle_after - at).total_seconds())
        at = event.settle_after
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1800]
    assert (event.status, event.attempts, len(event.reason)) == ("received", 11, 300)
    inbox.postpone(event=event, reason="still away", now=at)
    event.refresh_from_db()
    assert (event.status, event.reason, event.settled_at) == ("parked", "still away", at)


def test_what_is_dealt_with_stays_as_it_is(db: None) -> None:
    event = facts.event()
    inbox.close(pk=event.pk, status=ProcessorEvent.Status.SETTLED, now=NOW)
    inbox.close(pk=event.pk, status=ProcessorEvent.Status.PARKED, now=NOW, reason="too late")
    inbox.postpone(event=event, reason="too late", now=NOW)
    event.refresh_from_db()
    assert (event.status, event.reason, event.attempts) == ("settled", "", 0)


def test_lost_notices_are_caught_up(supporter: Supporter, processor: Sandbox) -> None:
    supporter.give()
    every = notices(processor)
    for kept in every[1::2]:
        inbox.keep(notice=kept, now=supporter.now)
    missing = catching_up.run(now=supporter.now)
    assert {ProcessorEvent.objects.get(pk=pk).ref for pk in missing} == {lost.ref for lost in every[0::2]}
    assert catching_up.run(now=supporter.now) == []
    assert ProcessorEvent.objects.count() == len(every) > 2


def test_an_empty_installation_catches_up_from_the_beginning(
    supporter: Supporter, check_laws: Callable[[], None]
) -> None:
    supporter.give()
    found = catching_up.run(now=supporter.now + timedelta(days=29))
    assert len(found) == len(notices(supporter.processor))
    check_laws()
