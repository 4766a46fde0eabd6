from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where files are kept, empty and of this test alone."""
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    assert default_storage.path("x") == str(tmp_path / "x")
    return tmp_path
