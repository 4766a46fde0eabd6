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

from staff.models import Role, User
from tests import making
from web.demo import writing
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
def house(db: None, today: datetime, tmp_path: Path) -> None:
    """The demo organization with its campaigns, letters and tours."""
    writing.write(now=today, state_dir=tmp_path)


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
