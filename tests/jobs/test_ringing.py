"""A bell that cannot be rung costs the one who rings no time: webhooks are answered while the broker is away."""

from __future__ import annotations

import queue
import threading
import time

import pytest
from celery import Celery, current_app
from celery.worker.request import Request
from django.conf import settings
from kombu.exceptions import OperationalError

from jobs import ringing


def test_a_broker_that_refuses_is_given_up_at_once() -> None:
    app = Celery("bells", set_as_current=False)
    app.conf.update(settings.CELERY, broker_url="amqp://127.0.0.1:9//")
    began = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("donations.settle", retry=False)
    assert time.monotonic() - began < 3  # the library alone would take six seconds, and more with each host


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> queue.Queue[tuple[str, ...]]:
    """What reached the queue, by whichever thread; no bell is left of the test before."""
    heard: queue.Queue[tuple[str, ...]] = queue.Queue()
    monkeypatch.setattr(ringing, "ring", lambda *names: heard.put(names))
    monkeypatch.setattr(ringing, "_bells", {})
    monkeypatch.setattr(ringing, "PAUSE", 0.05)
    return heard


def test_many_rings_at_once_are_few_and_the_last_is_heard(rung: queue.Queue[tuple[str, ...]]) -> None:
    for _ in range(500):
        ringing.ring_soon("a", "b")
    assert rung.get(timeout=5) == ("a", "b")
    ringing.ring_soon("a", "b")
    assert rung.get(timeout=5) == ("a", "b")
    assert rung.qsize() <= 1


def test_two_bells_ring_for_themselves(rung: queue.Queue[tuple[str, ...]]) -> None:
    ringing.ring_soon("a")
    ringing.ring_soon("b")
    assert {rung.get(timeout=5), rung.get(timeout=5)} == {("a",), ("b",)}


def test_a_bell_that_failed_rings_again(
    rung: queue.Queue[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*names: str) -> None:
        monkeypatch.setattr(ringing, "ring", lambda *names: rung.put(names))
        ringing.ring_soon(*names)
        raise RuntimeError("the queue is broken")

    monkeypatch.setattr(ringing, "ring", broken)
    ringing.ring_soon("a")
    assert rung.get(timeout=5) == ("a",)
    assert "could not be rung" in caplog.text


def test_a_process_that_ends_waits_for_its_bells(
    rung: queue.Queue[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(*names: str) -> None:
        gate.wait(5)
        rung.put(names)

    monkeypatch.setattr(ringing, "ring", slow)
    ringing.ring_soon("a")
    assert not ringing.wait_until_rung(within=0.05)
    gate.set()
    assert ringing.wait_until_rung(within=5)
    assert rung.get_nowait() == ("a",)
    assert ringing.wait_until_rung(within=0)  # nothing more was asked for


def test_a_bell_nobody_heard_in_time_is_void() -> None:
    current_app.control.purge()  # what other tests rang for
    bells: list[Request] = []
    for within in (None, 60.0, -1.0):
        ringing.ring("receipts.finish", within=within)
        with current_app.connection_for_read() as broker, broker.SimpleQueue("celery") as waiting:
            message = waiting.get_nowait()
            message.ack()
            bells.append(Request(message, app=current_app, decoded=False))
    assert [bool(bell.maybe_expire()) for bell in bells] == [False, False, True]
