"""What `deploy/` says is true: a backup restores rows and bytes, and only known variables are set."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import env
from launcher.postgres import OWNER, Postgres
from tests.launcher.conftest import ROOT

pytestmark = pytest.mark.slow  # programs are started and stopped for real

DEPLOY = ROOT / "deploy"
# Read by the files of deploy/ themselves, not by the product.
OF_DEPLOY = {"APP_PASSWORD", "OWNER_PASSWORD", "POSTGRES_PASSWORD", "BROKER_PASSWORD", "DOMAIN"}
OF_IMAGES = {"RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS", "RABBITMQ_DEFAULT_VHOST", "WEB_PROCESSES"}


@pytest.fixture
def server(open_folder: Path, python: Path) -> Iterator[Postgres]:
    made = Postgres(open_folder / "state", python=python, durable=False)
    made.start()
    yield made
    made.destroy()


def _run(
    server: Postgres, script: str, argument: Path, *, state: Path, database: str = "almoner"
) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": f"{server.programs.folder}:{os.environ['PATH']}",
        "MIGRATION_DATABASE_URL": server.url(OWNER, database),
        "STATE_DIR": str(state),
    }
    return subprocess.run(
        [str(DEPLOY / script), str(argument)], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def backup(server: Postgres, tmp_path: Path) -> Path:
    server.run_sql(
        "CREATE TABLE gift (n int); INSERT INTO gift VALUES (7), (8)", database="almoner", role=OWNER
    )
    (tmp_path / "state" / "files").mkdir(parents=True)
    (tmp_path / "state" / "files" / "receipt 1.pdf").write_bytes(b"%PDF 7")
    done = _run(server, "backup.sh", tmp_path / "the backups", state=tmp_path / "state")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_a_backup_restores_rows_and_documents(server: Postgres, backup: Path, tmp_path: Path) -> None:
    server.run_sql(f"CREATE DATABASE fresh OWNER {OWNER} TEMPLATE template0")

    done = _run(server, "restore.sh", backup, state=tmp_path / "other", database="fresh")

    assert done.returncode == 0, done.stderr
    assert server.run_sql("SELECT sum(n) FROM gift", database="fresh", role=OWNER) == "15"
    assert (tmp_path / "other" / "files" / "receipt 1.pdf").read_bytes() == b"%PDF 7"


def test_a_restore_never_overwrites(server: Postgres, backup: Path, tmp_path: Path) -> None:
    into_rows = _run(server, "restore.sh", backup, state=tmp_path / "other")
    server.run_sql(f"CREATE DATABASE fresh OWNER {OWNER} TEMPLATE template0")
    into_files = _run(server, "restore.sh", backup, state=tmp_path / "state", database="fresh")

    assert into_rows.returncode == 1
    assert "already holds 1 tables" in into_rows.stderr
    assert into_files.returncode == 1
    assert "is not empty" in into_files.stderr


def test_a_damaged_backup_is_refused(server: Postgres, backup: Path, tmp_path: Path) -> None:
    (backup / "files.tar.gz").write_bytes(b"cut short")
    server.run_sql(f"CREATE DATABASE fresh OWNER {OWNER} TEMPLATE template0")

    done = _run(server, "restore.sh", backup, state=tmp_path / "other", database="fresh")

    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert (
        server.run_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database="fresh") == "0"
    )


def test_a_backup_is_readable_by_its_owner_alone(backup: Path) -> None:
    assert all(path.stat().st_mode & 0o077 == 0 for path in (backup, *backup.iterdir()))


def test_deploy_sets_only_variables_the_product_reads() -> None:
    known = {variable.name for variable in env.VARIABLES} | OF_DEPLOY | OF_IMAGES
    compose = (DEPLOY / "compose.yaml").read_text()
    set_there = set(re.findall(r"^\s+([A-Z][A-Z_]+):", compose, re.MULTILINE))
    asked_there = set(re.findall(r"\$\{([A-Z_]+)", compose))
    told = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "env.example").read_text(), re.MULTILINE))

    assert set_there <= known
    assert asked_there == told


def test_scripts_can_be_run_and_read_by_the_shell() -> None:
    for script in (*DEPLOY.glob("*.sh"), ROOT / ".ci" / "run"):
        assert os.access(script, os.X_OK), script
        shell = script.read_text().partition("\n")[0].removeprefix("#!").split()
        subprocess.run([*shell, "-n", str(script)], check=True)
