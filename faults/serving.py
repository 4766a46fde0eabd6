"""Serving: the product's own programs as they are deployed (gunicorn, celery), for faults about programs."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from faults.standing import ROOT, Ground
from launcher.stack import free_port, is_listening
from launcher.supervising import dies_with_us

HOST = "127.0.0.1"
STARTS_WITHIN, GRACE = 600.0, 120.0
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost"}


@dataclass
class Program:
    """A program of the product that runs beside the harness."""

    name: str
    process: subprocess.Popen[bytes]
    port: int = 0

    def ask_to_end(self) -> None:
        """This function will send SIGTERM, as a deployment does."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self, within: float = GRACE) -> int | None:
        """This function will return the exit status, or None when the program has not ended by then."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """This function will end the program and all its children at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and after how many seconds."""

    status: int
    location: str
    page: str
    seconds: float


@contextlib.contextmanager
def web(ground: Ground, *, processes: int = 2, threads: int = 8) -> Iterator[Program]:
    """This function will yield gunicorn with the deployment's own settings, ready to answer."""
    port = free_port(exclude=set())
    more = {"PORT": str(port), "WEB_PROCESSES": str(processes), "WEB_THREADS": str(threads)}
    command = ["-m", "gunicorn", "config.wsgi", "-c", "deploy/serving.py", "--log-level", "warning"]
    with _program("web", command, ground=ground, more=more) as program:
        program.port = port
        _until(lambda: is_listening(port), program)
        _until(lambda: _is_well(port), program)
        yield program


@contextlib.contextmanager
def worker(ground: Ground, *, processes: int = 2) -> Iterator[Program]:
    """This function will yield a worker on the queue inside the database, as the deployment starts it."""
    options = "--without-gossip --without-mingle --without-heartbeat -l warning"
    command = ["-m", "celery", "-A", "config", "worker", "-c", str(processes), *options.split()]
    with _program("worker", command, ground=ground, more={}) as program:
        yield program


@contextlib.contextmanager
def _program(name: str, command: list[str], *, ground: Ground, more: Mapping[str, str]) -> Iterator[Program]:
    with ground.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**ground.environment, "BROKER_URL": "", **more},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=dies_with_us(signal.SIGTERM),  # noqa: PLW1509 - threads of ours hold no lock it needs
        )
    program = Program(name, process)
    try:
        yield program
    finally:
        program.kill()


def _is_well(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz").status == 200
    except OSError:
        return False


def _until(is_ready: object, program: Program) -> None:
    assert callable(is_ready)
    until = time.monotonic() + STARTS_WITHIN
    while not is_ready():
        if program.process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{program.name} did not start")
        time.sleep(0.05)


def ask(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    patience: float = 60.0,
) -> Answered:
    """Raises OSError or http.client.HTTPException as the line does. This function will return what was answered."""
    began = time.monotonic()
    line = http.client.HTTPConnection(HOST, port, timeout=patience)
    try:
        line.request(method, path, body, {"Host": "localhost", "Connection": "close", **(headers or {})})
        answer = line.getresponse()
        page = answer.read().decode(errors="replace")
        return Answered(answer.status, answer.headers.get("Location", ""), page, time.monotonic() - began)
    finally:
        line.close()


def press(port: int, slug: str, fields: Mapping[str, str], *, patience: float = 60.0) -> Answered:
    """This function will send the giving form to a web server."""
    body = urlencode(fields).encode()
    return ask(port, "POST", f"/en/give/{slug}/", body, FORM, patience=patience)


def percentile(seconds: list[float], part: float) -> float:
    """This function will return the time within which that part of the answers came."""
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(len(ranked) * part))] if ranked else 0.0
