"""What must be true before the first page: tables, static files, translations, demo data. Skipped when
nothing changed."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from launcher import states
from launcher.telling import Stop, Teller

YEARS = "1"
"""What was written stays: another version of the years is for a new database."""


@dataclass(frozen=True)
class Step:
    """Commands one after the other, run only when the fingerprint differs from the last time all
    succeeded."""

    name: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str]
    fingerprint: str


def steps_before_serving(
    *, root: Path, python: Path, environment: Mapping[str, str], database: str
) -> list[Step]:
    """`database` tells one database from another; empty means unknown, and migrations are then always
    looked at.

    This function will return the steps the web server waits for; they do not depend on each other.
    """
    locked = (root / "requirements" / "app.txt").read_text()
    salt = f"{locked}{database or time.time_ns()}"
    manage = [str(python), "manage.py"]
    tables = states.fingerprint(root=root, patterns=("*/migrations/*.py", "config/settings.py"), salt=salt)
    checked = f"{environment.get('STRIPE_API_KEY')} {environment.get('STRIPE_WEBHOOK_SECRETS')}"
    checked += f" {environment.get('STRIPE_API_BASE', '').rpartition(':')[0]} {environment.get('DEBUG')}"
    steps = [
        Step("tables", _table_commands(manage, environment), environment, tables),
        Step(
            "checks",
            [[*manage, "check"]],
            environment,
            states.fingerprint(root=root, patterns=("config/*.py", "*/checks.py"), salt=checked),
        ),
        Step(
            "static files",
            [[*manage, "collectstatic", "--no-input", "-v", "1"]],
            environment,
            states.fingerprint(root=root, patterns=("*/static/**/*", "config/settings.py"), salt=locked),
        ),
    ]
    if any(root.glob("locale/**/*.po")):
        steps.append(Step("translations", [compile_command(python)], environment, messages_fingerprint(root)))
    return steps


def demo_step(*, root: Path, python: Path, environment: Mapping[str, str], database: str) -> Step:
    """This function will return the step that fills the demo; running it again changes nothing."""
    patterns = ("*/migrations/*.py", "*/management/commands/demo*.py", "*/demo*.py", "*/demo*/**/*")
    found = states.fingerprint(root=root, patterns=patterns, salt=database or str(time.time_ns()))
    return Step("demo data", [[str(python), "manage.py", "demodata"]], environment, found)


def years_step(*, python: Path, environment: Mapping[str, str], database: str) -> Step:
    """This function will return the step that writes the demo's two years, once for each database."""
    lived = [str(python), "-m", "launcher.living"]
    return Step("two years of it", [lived], environment, f"{YEARS} {database or time.time_ns()}")


def compile_command(python: Path) -> list[str]:
    # msgfmt is not on a fresh machine; the product merges each room's catalog and writes the .mo itself.
    return [str(python), "manage.py", "compile_texts"]


def messages_fingerprint(root: Path) -> str:
    """The compiled files lie in the checkout, not in the state, so a missing one changes the fingerprint.

    This function will return a digest of the catalogs and of which compiled files exist.
    """
    missing = [str(po) for po in sorted(root.glob("locale/**/*.po")) if not po.with_suffix(".mo").exists()]
    return states.fingerprint(root=root, patterns=("locale/**/*.po",), salt=f"{len(missing)} missing")


class _Run:
    """One step under way: its commands follow each other, all writing to one log."""

    def __init__(self, step: Step, *, root: Path, log: Path) -> None:
        self.step, self.root, self.log = step, root, log
        self.began = time.monotonic()
        self._left = list(step.commands)
        log.write_bytes(b"")
        self.process = self._next()

    def is_over(self) -> bool:
        while self.process.poll() == 0 and self._left:
            self.process = self._next()
        return self.process.poll() is not None

    def _next(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(
                self._left.pop(0),
                cwd=self.root,
                env=dict(self.step.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )


def run_beside(
    steps: Sequence[Step], *, root: Path, state: states.State, tell: Teller, meanwhile: Callable[[], object]
) -> None:
    """Run those steps that are due at the same time, calling `meanwhile` as they run.

    This function will return when all have succeeded, and raise `Stop` with the first complaint of one that
    failed.
    """
    log_of = {step.name: state.logs / f"prepare-{step.name.replace(' ', '-')}.log" for step in steps}
    running = [_Run(step, root=root, log=log_of[step.name]) for step in steps]
    try:
        while running:
            meanwhile()
            for run in [run for run in running if run.is_over()]:
                _finish(run, root=root, state=state, tell=tell)
                running.remove(run)
            time.sleep(0.02)
    finally:
        for run in running:
            run.process.kill()
            run.process.wait()


def due(steps: Sequence[Step], *, state: states.State) -> list[Step]:
    """This function will return the steps whose fingerprint is new. Migrating checks the settings as well."""
    new = [step for step in steps if not state.is_done(step.name, step.fingerprint)]
    if any(step.name == "tables" for step in new):
        for step in new:
            if step.name == "checks":
                state.mark_done(step.name, step.fingerprint)
        new = [step for step in new if step.name != "checks"]
    return new


def complaint(output: str) -> str:
    """This function will return the one sentence in a Django command's output that says what is wrong."""
    checks = re.search(r"^(?:CRITICALS|ERRORS|WARNINGS):\n(.+(?:\n(?!\S+:| *$).+)*)", output, re.MULTILINE)
    if checks:
        return " ".join(checks.group(1).split()).removeprefix("?: ")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    return re.sub(r"^[\w.]*(?:ImproperlyConfigured|CommandError): ", "", last)


def _table_commands(manage: list[str], environment: Mapping[str, str]) -> list[list[str]]:
    """Migrations run as the owner; the product's own role is then given its rights, unless both are one."""
    commands = [[*manage, "migrate", "--no-input", "-v", "1"]]
    role = urlsplit(environment["DATABASE_URL"]).username or ""
    if role != urlsplit(environment["MIGRATION_DATABASE_URL"]).username:
        commands.append([*manage, "grant_rights", "--role", unquote(role)])
    return commands


def _finish(run: _Run, *, root: Path, state: states.State, tell: Teller) -> None:
    step, took = run.step, time.monotonic() - run.began
    if run.process.returncode != 0:
        tell.done(step.name, took=took, verdict="FAILED")
        raise Stop(f"{step.name}: {complaint(run.log.read_text(errors='replace'))} (details: {run.log})")
    done = messages_fingerprint(root) if step.name == "translations" else step.fingerprint
    state.mark_done(step.name, done)
    tell.done(step.name, took=took)
