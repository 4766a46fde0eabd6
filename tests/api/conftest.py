"""Every test of the API: a clock that stands, no allowance used up, no bell rung."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from jobs import ringing
from payments import gateway
from tests.api.making import NOW


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(ringing, "ring", lambda *names, first=(): rung.append((*names, *first)))
    return rung


@pytest.fixture
def webhook_secret(settings: Settings) -> Iterator[str]:
    secret = "whsec_test_of_the_api"
    settings.STRIPE_API_KEY = "sk_test_sandbox"
    settings.STRIPE_WEBHOOK_SECRETS = [secret, "whsec_the_one_before"]
    gateway.connect.cache_clear()
    yield secret
    gateway.connect.cache_clear()
