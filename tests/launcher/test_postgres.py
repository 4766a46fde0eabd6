"""The embedded database survives kill -9, is reused, and can be reached by its owner alone."""

import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import finding, postgres
from launcher.postgres import APP, OWNER, Postgres
from launcher.telling import Stop

pytestmark = pytest.mark.slow  # programs are started and stopped for real


@pytest.fixture
def server(open_folder: Path, python: Path) -> Iterator[Postgres]:
    made = Postgres(open_folder / "state", python=python, durable=False)
    yield made
    made.destroy()


def test_the_roles_own_and_use_and_are_not_superusers(server: Postgres) -> None:
    server.start()

    owner = server.run_sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'almoner'")
    assert owner == OWNER
    assert server.run_sql("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname LIKE 'almoner%'") == "0"
    assert server.run_sql("SELECT current_user", database="almoner", role=APP) == APP
    with pytest.raises(Stop, match="permission denied"):
        server.run_sql("CREATE TABLE mine (id int)", database="almoner", role=APP)


def test_texts_sort_alike_on_every_machine(server: Postgres) -> None:
    server.start()

    assert (
        server.run_sql("SELECT string_agg(t, '' ORDER BY t) FROM (VALUES ('b'), ('A'), ('a'), ('B')) v(t)")
        == "ABab"
    )
    assert server.run_sql("SHOW server_encoding") == "UTF8"


@pytest.mark.slow
def test_what_was_committed_survives_kill_nine(open_folder: Path, python: Path) -> None:
    durable = Postgres(open_folder / "state", python=python)
    durable.start()
    try:
        durable.run_sql(
            "CREATE TABLE gift (n int); INSERT INTO gift VALUES (7)", database="almoner", role=OWNER
        )
        os.kill(durable.pid, signal.SIGKILL)
        assert durable.process is not None
        durable.process.wait(10)

        again = Postgres(open_folder / "state", python=python)
        again.start()

        assert again.run_sql("SELECT n FROM gift", database="almoner", role=OWNER) == "7"
        assert again.run_sql("SHOW fsync") == "on"
        again.stop()
    finally:
        durable.destroy()


def test_a_living_server_is_taken_over_and_can_then_be_stopped(server: Postgres, python: Path) -> None:
    server.start()
    second = Postgres(server.state, python=python, durable=False)

    second.start()

    assert second.pid == server.pid
    assert server.process is not None
    second.stop()
    assert server.process.wait(10) == 0


def test_a_stale_pid_file_that_names_another_program_is_no_obstacle(server: Postgres) -> None:
    server.start()
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    server.stop()
    lines[0] = str(os.getpid())  # as after a power cut, when the number belongs to somebody else
    (server.data / "postmaster.pid").write_text("\n".join(lines) + "\n")

    server.start()

    assert server.pid != os.getpid()
    assert server.run_sql("SELECT 1") == "1"


def test_the_socket_is_private_and_short(server: Postgres) -> None:
    server.start()

    assert server.socket.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(server.socket / ".s.PGSQL.5432")) <= postgres.SOCKET_LIMIT
    assert server.run_sql("SHOW listen_addresses") == ""


def test_a_long_temporary_directory_does_not_make_a_long_socket(
    open_folder: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/tmp/" + "deep/" * 30)

    made = Postgres(open_folder / "state", python=python)

    assert len(os.fsencode(made.socket / ".s.PGSQL.5432")) <= postgres.SOCKET_LIMIT


def test_a_socket_folder_somebody_else_prepared_is_refused(server: Postgres, open_folder: Path) -> None:
    server.socket.symlink_to(open_folder)
    try:
        with pytest.raises(Stop, match="belongs to somebody else"):
            server.start()
    finally:
        server.socket.unlink()


def test_a_cluster_of_another_version_is_told(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("14\n")

    with pytest.raises(Stop, match="was made by PostgreSQL 14"):
        server.start()


def test_a_killed_first_start_leaves_nothing_half_made(server: Postgres) -> None:
    half = server.home / "fresh-1"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    server.start()

    assert not half.exists()
    assert server.run_sql("SELECT 1") == "1"


def test_programs_a_user_cannot_reach_are_copied_with_their_libraries(
    open_folder: Path, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def base(name: str) -> Path:
        (open_folder / name).mkdir(exist_ok=True)
        return open_folder / name

    monkeypatch.setattr(finding, "private_base", base)
    monkeypatch.setattr(finding, "can_walk", lambda user, path: path.is_relative_to(open_folder))
    found = finding.programs(python=python)

    copied = finding.usable_by(pwd.getpwuid(os.geteuid()), found)

    assert copied.folder.is_relative_to(open_folder)
    assert finding.usable_by(pwd.getpwuid(os.geteuid()), found) == copied
    said = subprocess.run([copied.folder / "psql", "--version"], capture_output=True, text=True, check=True)
    assert f" {found.version}." in said.stdout


def test_a_user_walks_only_through_open_folders(tmp_path: Path) -> None:
    stranger = pwd.struct_passwd(("stranger", "x", 64999, 64999, "", "/", "/bin/false"))
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        if folder.stat().st_uid == os.geteuid() and folder != Path("/tmp"):
            folder.chmod(0o711)
    assert finding.can_walk(stranger, inner)

    (tmp_path / "outer").chmod(0o700)

    assert not finding.can_walk(stranger, inner)
