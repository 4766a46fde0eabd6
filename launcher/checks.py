"""`run.py test`: every check, then every test; the last line printed is pytest's own closing line."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher import bootstrapping, browsers, covering, environments, relaying
from launcher.environments import Ports
from launcher.postgres import DATABASE, SUPERUSER, Postgres
from launcher.states import State
from launcher.supervising import Child, Supervisor
from launcher.telling import Stop, Teller

# Nothing listens here: a test that needs a server starts its own, and one that forgot fails at once.
NOBODY = Ports(web=9, sandbox=9, mailbox=9, smtp=9)
AT_ONCE = "2"
SHARED = ("--dist", "loadfile", "--no-loadscope-reorder")
QUICK = "not journey and not slow"
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"
LOUD = "!" * 78


@dataclass(frozen=True)
class Check:
    """One command that must succeed; what it prints is shown whole."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]


def run(*, root: Path, quick: bool, arguments: list[str], tell: Teller) -> int:
    """Run all checks even when one fails, so that one run tells everything.

    This function will return pytest's exit status, or 1 when pytest was well but an earlier check was not.
    """
    python = bootstrapping.ensure(root=root, lock="dev", tell=tell)
    state = State(root / "var" / "test")
    state.claim()
    background = Supervisor()
    database: Postgres | None = None
    try:
        given = os.environ.get("DATABASE_URL", "")
        if not given:
            database = Postgres(state.path, python=python, durable=False)
            database.destroy()
            with tell.step(f"PostgreSQL {database.programs.version} for the tests"):
                database.start()
        # The tests break the laws on purpose: they make databases, change roles and lift triggers.
        environment = _environment(state, given or (database.url(SUPERUSER) if database else ""))
        tables = background.start(_tables(root, python, state, environment)) if database else None
        types = background.start(_types(root, python, state, environment))
        failed = _run_checks(checks(python=python, environment=environment), root=root, tell=tell)
        if tables is not None:
            environment |= _finish_tables(tables, tell)
        pytest = _Pytest(root=root, python=python, quick=quick, arguments=arguments, environment=environment)
        return pytest.run(types=types, failed=failed, tell=tell)
    except KeyboardInterrupt:
        raise Stop("The tests were interrupted.", code=130) from None
    finally:
        background.stop()
        if database is not None:
            database.destroy()
        state.release()


def checks(*, python: Path, environment: dict[str, str]) -> list[Check]:
    """This function will return the checks that run before the tests, quickest first."""
    tools = python.parent
    manage = [str(python), "manage.py"]
    return [
        Check("ruff check", [str(tools / "ruff"), "check", "--output-format=concise", "."], environment),
        Check(
            "ruff format",
            [str(tools / "ruff"), "format", "--check", "--output-format=concise", "."],
            environment,
        ),
        Check("the stairs (lint-imports)", [str(python), "-c", LINT_IMPORTS, "--no-logo"], environment),
        Check("no migration is missing", [*manage, "makemigrations", "--check", "--dry-run"], environment),
        Check(
            "settings fit production",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            environments.of_production_check(),
        ),
    ]


def _environment(state: State, database_url: str) -> dict[str, str]:
    made = environments.of_product(
        state=state, ports=NOBODY, database_url=database_url, migration_database_url=database_url, choices={}
    )
    return made | {
        "CHROMIUM": browsers.chromium(),
        "COVERAGE_FILE": str(state.path / "coverage"),
        "LOG_LEVEL": "WARNING",
        "GIVING_LIMITS": "",  # the limits themselves are tested; the demo's wide ones are for the demo
        "PYTHONWARNINGS": "default",
    }


def _tables(root: Path, python: Path, state: State, environment: dict[str, str]) -> Child:
    """The tables are made beside the checks; the processes of the tests copy them, which takes a moment each."""
    log = state.logs / "tables.log"
    log.unlink(missing_ok=True)
    command = [str(python), "manage.py", "migrate", "--verbosity", "0"]
    return Child("tables", command, log=log, environment=environment, folder=root)


def _finish_tables(tables: Child, tell: Teller) -> dict[str, str]:
    process = tables.process
    if process is None or process.wait() != 0:
        tell.say(tables.log.read_text(errors="replace").rstrip())
        return {}  # the tests make their own, and say what is wrong with them
    return {"TEST_TEMPLATE": DATABASE}


def _types(root: Path, python: Path, state: State, environment: dict[str, str]) -> Child:
    """mypy takes longest of all checks, so it runs beside the others and is told of when it is done."""
    log = state.logs / "mypy.log"
    log.unlink(missing_ok=True)
    return Child("mypy", [str(python), "-m", "mypy", "."], log=log, environment=environment, folder=root)


def _run_checks(wanted: list[Check], *, root: Path, tell: Teller) -> list[str]:
    failed = []
    for check in wanted:
        tell.heading(check.name)
        began = time.monotonic()
        done = subprocess.run(
            check.command, cwd=root, env=check.environment, stdin=subprocess.DEVNULL, check=False
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        tell.done(check.name, took=time.monotonic() - began, verdict=verdict)
        if done.returncode != 0:
            failed.append(check.name)
    return failed


@dataclass(frozen=True)
class _Pytest:
    """The tests themselves, measured unless quick, relayed so that their closing line can come last."""

    root: Path
    python: Path
    quick: bool
    arguments: list[str]
    environment: dict[str, str]

    def run(self, *, types: Child, failed: list[str], tell: Teller) -> int:
        tell.heading("tests")
        if not self._has_browser():
            tell.say(f"{LOUD}\nNo Chromium: the browser journeys are NOT run. Get it with:")
            tell.say(f"    {browsers.HOW_TO_GET}\n{LOUD}")
        status, closing = relaying.run(self.command(), folder=self.root, environment=self.environment)
        if not self.quick:
            tell.heading("coverage")
            report = [str(self.python), "-m", "coverage", "report", "--skip-covered", "--skip-empty"]
            subprocess.run(report, cwd=self.root, env=self.environment, check=False)
            failed = failed + self._uncovered(tell)
        tell.heading("types (mypy)")
        failed = failed + _finish_types(types, tell)
        tell.say(f"\nFAILED: {', '.join(failed)}" if failed else "\nAll checks before the tests are well.")
        sys.stdout.write(closing)
        sys.stdout.flush()
        return status or (1 if failed else 0)

    def _uncovered(self, tell: Teller) -> list[str]:
        """Whether the whole run kept its promises; a chosen part of the tests promises nothing."""
        if self.arguments or not self._has_browser():
            return []
        files = covering.read(python=self.python, root=self.root, environment=self.environment)
        found = covering.complaints(files)
        for sentence in found:
            tell.say(sentence)
        return ["coverage"] if found else []

    def command(self) -> list[str]:
        """This function will return pytest's command line. What the person adds comes last and so wins."""
        # Two at once, each with a database of its own; the tests of one file stay together with its fixtures, and
        # the files come in the order of `tests/sharing.py`.
        command = [str(self.python), "-m", "pytest", "-n", AT_ONCE, *SHARED]
        if not self.quick:
            command += ["--cov", "--cov-report="]
        if sys.stdout.isatty():
            command.append("--color=yes")
        if self.quick:
            command += ["-m", QUICK]
        elif not self._has_browser():
            command += ["-m", "not journey"]
        return command + self.arguments

    def _has_browser(self) -> bool:
        """Under CI a missing browser must not pass unseen: the journeys are run and fail."""
        is_ci = self.environment.get("CI", "").lower() in ("1", "true")
        return self.quick or is_ci or bool(self.environment["CHROMIUM"])


def _finish_types(types: Child, tell: Teller) -> list[str]:
    process = types.process
    status = process.wait() if process else 1
    tell.say(types.log.read_text(errors="replace").rstrip())
    tell.done("mypy", verdict="FAILED" if status else "ok")
    return ["mypy"] if status else []
