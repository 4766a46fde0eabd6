"""Every test of the API: a clock that stands, no allowance used up, no bell rung."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoDbBlocker, Settings

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
    monkeypatch.setattr(ringing, "ring_soon", lambda *names: rung.append(names))
    return rung


@pytest.fixture
def webhook_secret(settings: Settings) -> Iterator[str]:
    secret = "whsec_test_of_the_api"
    settings.STRIPE_API_KEY = "sk_test_sandbox"
    settings.STRIPE_WEBHOOK_SECRETS = [secret, "whsec_the_one_before"]
    gateway.connect.cache_clear()
    yield secret
    gateway.connect.cache_clear()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that other connections see. Afterwards the tables that were empty are empty again.

    Facts refuse to be deleted, so the clean-up runs as a replica would: without triggers. Only a superuser may.
    """
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            empty = [table for table in tables if not _has_rows(cursor, table)]
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                for table in empty:
                    cursor.execute(f'DELETE FROM "{table}"')
                cursor.execute("SET session_replication_role = DEFAULT")
            connection.close()


def _has_rows(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
    return bool(cursor.fetchone()[0])
