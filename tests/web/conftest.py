"""What the tests of the pages stand on: the demo organization, plain static files and compiled texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from staff.models import Role, User
from tests import making
from web.giving import crowding


@pytest.fixture(autouse=True)
def plain_pages(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No collected static files, nothing kept and no crowd left of the test before, English to begin with."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.STATIC_ROOT = tmp_path
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.SECURE_SSL_REDIRECT = False
    # The demo has four people with passwords; making them hard to guess is not what is tested here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    monkeypatch.setattr(crowding, "HERE", crowding.Crowd())
    with translation.override("en"):
        yield
    cache.clear()


@pytest.fixture
def today() -> datetime:
    """Doors take the time from the clock, so their world must be of today."""
    return timezone.now()


@pytest.fixture
def written_at(today: datetime) -> datetime:
    return today


@pytest.fixture
def house(entered: None, db: None) -> None:
    """The demo organization with its campaigns, letters and tours."""


@pytest.fixture
def signed_in(db: None, today: datetime) -> Callable[[Role | None], Client]:
    """A browser in which somebody with a role is signed in."""

    def sign_in(role: Role | None) -> Client:
        name = role.value if role else "nobody"
        user = User.objects.filter(email=f"{name}@example.org").first()
        client = Client()
        client.force_login(user or making.user(email=f"{name}@example.org", role=role, now=today))
        return client

    return sign_in


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that moves only by hand; it begins now, because the sandbox has the real time."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    return tmp_path / "exports"


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def approver(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.APPROVER)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("jobs.ringing.ring", lambda *names, **_: rung.extend(names))
    return rung


@pytest.fixture
def committed_house(db: None, request: pytest.FixtureRequest) -> None:
    """The file is read on another connection; here it is the test's own, so that nothing has to be committed."""
    import reports.filing_out as filing

    monkeypatch = request.getfixturevalue("monkeypatch")

    class Here:
        def __init__(self, **_: object) -> None:
            pass

        def __enter__(self) -> Here:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def submit(self, work: Callable[..., Any], chosen: Any, file: Any, queues: Any) -> Any:
            pieces, totals, _stop = queues
            pieces.maxsize = 0
            from reports.lists import selecting

            summary = selecting.summed(of=chosen) | {"snapshot_at": "2026-01-01T00:00:00+00:00"}
            totals.put(summary)
            for piece in file:
                pieces.put(piece)
            pieces.put(None)

            class Done:
                def result(self) -> dict[str, object]:
                    return summary

            return Done()

    monkeypatch.setattr(filing, "ThreadPoolExecutor", Here)
