"""A bell that cannot be rung costs the one who rings no time: webhooks are answered while the broker is away."""

from __future__ import annotations

import time

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError


def test_a_broker_that_refuses_is_given_up_at_once() -> None:
    app = Celery("bells", set_as_current=False)
    app.conf.update(settings.CELERY, broker_url="amqp://127.0.0.1:9//")
    began = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("donations.settle", retry=False)
    assert time.monotonic() - began < 3  # the library alone would take six seconds, and more with each host
