from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from staff.models import Role, User
from tests import making


@pytest.fixture(autouse=True)
def _plain_files(settings: LazySettings) -> None:
    """Pages are tested without collecting their files first; attempts counted by one test are none of another's."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    # A page leaves its language behind in the thread; every test begins in English.
    translation.activate("en")


@pytest.fixture
def today() -> datetime:
    """The real clock: sessions and links are judged by it."""
    return timezone.now()


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
