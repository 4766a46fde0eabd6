"""What every test stands on: a frozen clock, the demo organization, and the sandbox where Stripe would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from payments import gateway
from tests.sandbox.driving import SECRET, Sandbox

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def processor_process() -> Iterator[Sandbox]:
    with Sandbox(options=["--bank-debit-seconds", "0"]) as running:
        yield running


@pytest.fixture
def processor(processor_process: Sandbox, settings: object) -> Iterator[Sandbox]:
    """The sandbox, empty, with our gateway connected to it."""
    processor_process.operate("POST", "reset")
    settings.STRIPE_API_KEY = "sk_test_sandbox"  # type: ignore[attr-defined]
    settings.STRIPE_API_BASE = processor_process.url  # type: ignore[attr-defined]
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]  # type: ignore[attr-defined]
    gateway.connect.cache_clear()
    yield processor_process
    gateway.connect.cache_clear()


@pytest.fixture
def check_laws(db: None) -> Callable[[], None]:
    """Runs the deferred laws now, as a commit would."""

    def check() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return check
