"""Standing: our own PostgreSQL, the sandbox, and a proxy before each; all ended when the programme is over."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faults.steering import Line, Processor
from launcher import environments, preparing
from launcher.environments import Ports
from launcher.postgres import APP, DATABASE, OWNER, Postgres
from launcher.states import State
from launcher.supervising import dies_with_us
from launcher.telling import Stop, Teller

ROOT = Path(__file__).resolve().parent.parent
CASE = "almoner_case"
ENDS_WITHIN = 10.0
NOBODY = 9  # a port nobody listens on


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a case stands on. `environment` is the product's, with both proxies in between."""

    postgres: Postgres
    processor: Processor
    to_database: Line
    to_processor: Line
    environment: dict[str, str]
    log: Path
    marks: dict[str, str]
    """The marks of receipt numbers as they belong to the copied house, by file name."""

    def renew(self) -> None:
        """This function will give the next case an empty processor, healed lines and a fresh copy of the house."""
        self.to_database.heal()
        self.to_processor.heal()
        self.processor.heal()
        self.processor.operate("POST", "reset")
        self.postgres.run_sql(
            f"DROP DATABASE IF EXISTS {CASE} WITH (FORCE);\n"
            f"CREATE DATABASE {CASE} TEMPLATE {DATABASE} OWNER {OWNER} STRATEGY WAL_LOG;\n"
        )
        self.put_back_marks()

    def put_back_marks(self) -> None:
        """A copied house with the marks of another one would be a restored backup, and number nothing."""
        folder = Path(self.environment["RECEIPT_MARKS"])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for name, text in self.marks.items():
            (folder / name).write_text(text)


@contextlib.contextmanager
def stand(*, state_dir: Path, tell: Teller) -> Iterator[Ground]:
    """This function will yield the ground, ready and with the demo's house in the database."""
    state = State(state_dir)
    state.claim()
    postgres = Postgres(state.path, python=Path(sys.executable), durable=False)
    with contextlib.ExitStack() as last:
        last.callback(state.release)
        last.callback(postgres.stop)
        postgres.start()
        # A server that is shot must not lose what it said was committed; the disk itself is never cut off here.
        postgres.run_sql(f"ALTER ROLE {APP} SET synchronous_commit = on")
        made = environments.of_product(
            state=state,
            ports=Ports(web=NOBODY, sandbox=NOBODY, mailbox=NOBODY, smtp=NOBODY),
            database_url=postgres.url(APP),
            migration_database_url=postgres.url(OWNER),
            choices={},
        )
        _build_house(state=state, postgres=postgres, environment=made, tell=tell)
        secret = made["STRIPE_WEBHOOK_SECRETS"]
        url = last.enter_context(_sandbox(secret=secret))
        to_database = last.enter_context(line(f"{postgres.socket}/.s.PGSQL.5432"))
        to_processor = last.enter_context(line(url.removeprefix("http://")))
        yield Ground(
            postgres=postgres,
            processor=Processor(url, made["STRIPE_API_KEY"]),
            to_database=to_database,
            to_processor=to_processor,
            environment=made
            | {
                "DATABASE_URL": f"postgresql://{APP}@127.0.0.1:{to_database.port}/{CASE}"
                "?sslmode=disable&gssencmode=disable",
                "STRIPE_API_BASE": f"http://127.0.0.1:{to_processor.port}",
                "BROKER_URL": "memory://",
                "RECEIPT_MARKS": str(state.path / "marks-of-the-case"),
                "LOG_LEVEL": "INFO",
            },
            log=state.logs / "product.log",
            marks=_marks(postgres),
        )


def _marks(postgres: Postgres) -> dict[str, str]:
    rows = postgres.run_sql(
        "SELECT e.code || '-' || s.year, s.next_number - 1, s.last_hash FROM receipts_series s"
        " JOIN ledger_legalentity e ON e.id = s.entity_id",
        database=DATABASE,
    )
    told = [row.split("|") for row in rows.splitlines()]
    return {f"{name}.marks": f"{number} {chained} - {number}\n" for name, number, chained in told}


def _build_house(*, state: State, postgres: Postgres, environment: dict[str, str], tell: Teller) -> None:
    made = (postgres.data / "PG_VERSION").stat()
    python, database = Path(sys.executable), f"{postgres.data} {made.st_ino} {made.st_mtime_ns}"
    for find in (preparing.steps_before_serving, _demo_steps):
        steps = find(root=ROOT, python=python, environment=environment, database=database)
        due = preparing.due(steps, state=state)
        preparing.run_beside(due, root=ROOT, state=state, tell=tell, meanwhile=lambda: None)


def _demo_steps(
    *, root: Path, python: Path, environment: Mapping[str, str], database: str
) -> list[preparing.Step]:
    return [preparing.demo_step(root=root, python=python, environment=environment, database=database)]


@contextlib.contextmanager
def _sandbox(*, secret: str) -> Iterator[str]:
    """Without a webhook address: the harness itself decides which notice comes when, how often and in what order."""
    options = ["--port", "0", "--quiet", "--webhook-secret", secret, "--bank-debit-seconds", "0"]
    with _process("stripe_sandbox", *options) as first:
        if " on http" not in first:
            raise Stop(f"The sandbox did not start: {first!r}", code=1)
        yield first.rpartition(" ")[2]


@contextlib.contextmanager
def line(target: str, *, certificate: Path | None = None) -> Iterator[Line]:
    """This function will yield a proxy before `target`, one that speaks TLS to its clients if it has a certificate."""
    with _process("faults.proxying", target, *([str(certificate)] if certificate else [])) as first:
        port, control = first.split()
        yield Line(int(port), int(control))


@contextlib.contextmanager
def _process(module: str, *options: str) -> Iterator[str]:
    """This function will yield the first line that the module prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=dies_with_us(signal.SIGTERM),  # noqa: PLW1509 - called before any thread exists
    )
    try:
        yield (process.stdout.readline() if process.stdout else "").strip()
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
