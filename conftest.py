"""What no test should have to think of: static files without a build, a queue that goes nowhere."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connections
from django.test.utils import override_settings

from receipts import keyholding
from tests import sharing

# The same examples in every run, and no time limit on one of them: a busy machine proves nothing.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files of the tests live in a folder of their own; bells ring in this process's memory."""
    from config.celery import app

    # Before any test speaks Korean: what is not found at first stays unfound for the whole process.
    call_command("compile_texts", verbosity=0)
    folder = tmp_path_factory.mktemp("state")
    (folder / "static").mkdir()
    app.conf.broker_url = "memory://"
    app.conf.broker_transport_options = {}
    storages = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder / "files"},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # One memory for both, so that clearing the default one forgets the pages too.
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}
    caches = {"default": memory, "pages": memory}
    # People of the demo are made in many tests; making their passwords hard to guess is tested nowhere here.
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(
        BASE_URL="http://localhost:8000",
        STATE_DIR=folder,
        RECEIPT_KEYS=folder / "receipt-keys",
        RECEIPT_MARKS=folder / "receipt-marks",
        STATIC_ROOT=folder / "static",
        STORAGES=storages,
        CACHES=caches,
        PASSWORD_HASHERS=hashers,
    ):
        yield folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The tables were made while the checks ran: each process copies that database instead of making its own."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")


_MADE_ANEW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[A-Za-z0-9_-]{22}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A case is not named after an id or a signature that is new in each process: two processes share the cases."""
    return argname if isinstance(val, str) and _MADE_ANEW.search(val) else None


_NOT_MEASURED = tuple(f"tests/{room}/" for room in ("faults", "house", "journeys", "launcher", "sandbox"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage makes Python half as fast; where the product runs in other processes or not at all, it finds nothing.

    Long tests that walk the same lines thousands of times are marked `no_cover` where they stand.
    """
    sharing.arrange(items)
    for item in items:
        if item.nodeid.startswith(_NOT_MEASURED):
            item.add_marker("no_cover")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> sharing.Sharing | None:
    return sharing.Sharing(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def own_state(surroundings: Path) -> Iterator[None]:
    """What a test leaves outside its database goes with it: marks of numbers, keys that seal, files that were kept."""
    yield
    left = {path.name for path in surroundings.iterdir()} - {"static"}
    for name in left:
        path = surroundings / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if "receipt-keys" in left:
        keyholding.forget()


@pytest.fixture
def own_marks(surroundings: Path) -> Path:
    """Where the marks of numbers are written, made to outlive a database."""
    return surroundings / "receipt-marks"
