"""What every test stands on: a frozen clock, the demo organization, and the sandbox where Stripe would be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker, Settings

from payments import gateway
from tests.houses import Houses, day
from tests.sandbox.driving import SECRET, Sandbox
from web.demo import writing

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where files are kept, empty and of this test alone."""
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    assert default_storage.path("x") == str(tmp_path / "x")
    return tmp_path


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


class _Server:
    """The server of the tests' database, spoken to on a connection of its own."""

    def __init__(self) -> None:
        self.known = {
            key: connection.settings_dict[name]
            for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
            if connection.settings_dict[name]
        }

    def tell(self, statement: str) -> None:
        with psycopg.connect(dbname="postgres", autocommit=True, **self.known) as session:
            session.execute(statement)


def _leave_database() -> None:
    connection.close()
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.close_pool()


@pytest.fixture(scope="session")
def clean_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A copy of the migrated database that nobody ever connects to, to copy from."""
    with django_db_blocker.unblock():
        _leave_database()
        source = connection.settings_dict["NAME"]
        server, name = _Server(), f"{source}_clean"
        server.tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.tell(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    yield name
    server.tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def houses(
    clean_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Houses]:
    """Databases in which something stands already, the demo organization before all."""
    server, made = _Server(), []

    def copied(name: str) -> str:
        made.append(f"{clean_database}_{name}")
        server.tell(f'DROP DATABASE IF EXISTS "{made[-1]}" WITH (FORCE)')
        server.tell(f'CREATE DATABASE "{made[-1]}" TEMPLATE "{clean_database}"')
        return made[-1]

    built = Houses(copied=copied, folder=tmp_path_factory.mktemp("houses"))
    yield built
    built.leave()
    for name in made:
        server.tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def written_at(now: datetime) -> datetime:
    """When the demo organization was written, where a test stands in it."""
    return now


@pytest.fixture
def entered(houses: Houses, written_at: datetime, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test's database is one in which the demo organization was written on that day."""
    write = partial(writing.write, now=written_at, state_dir=houses.folder)
    with django_db_blocker.unblock(), houses.entered(name=f"demo_{day(written_at)}", furnish=write):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A house is entered before the test's transaction begins, for it begins where one stands."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        if "entered" in names:
            names.remove("entered")
            names.insert(names.index("surroundings") + 1, "entered")


@pytest.fixture
def committed_db(clean_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of the test's own, in which everything is committed, for threads on their own connections.

    Emptying tables afterwards is no way: the books refuse TRUNCATE. So the whole database goes.
    Not to be used together with `db` or a fixture that needs it.
    """
    with django_db_blocker.unblock():
        _leave_database()
        usual = connection.settings_dict["NAME"]
        server, own = _Server(), f"{usual}_own"
        server.tell(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        server.tell(f'CREATE DATABASE "{own}" TEMPLATE "{clean_database}"')
        connection.settings_dict["NAME"] = own
        try:
            yield
        finally:
            _leave_database()
            connection.settings_dict["NAME"] = usual
            server.tell(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')


_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'almoner_app') THEN CREATE ROLE almoner_app; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


@pytest.fixture(scope="session")
def granted_role(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The application's role, with the rights a release gives it."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(_ROLE)
        call_command("grant_rights", verbosity=0)
    return "almoner_app"


@pytest.fixture
def as_application(granted_role: str, db: None) -> Iterator[Callable[[], None]]:
    """Calling it makes the rest of the test act as the application's role; without a call the test is the owner."""

    def become() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {granted_role}")

    yield become
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture
def unguarded(db: None) -> Iterator[None]:
    """No trigger and no foreign key asks anything: how somebody with the server's keys could damage the books."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
