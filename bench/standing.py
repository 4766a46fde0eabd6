"""Standing up: the servers a measure needs, on free ports, each ended when the measure is over."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
ANSWERS_WITHIN = 60.0
ENDS_WITHIN = 10.0


class NotUp(Exception):
    """A server of the bench did not come up."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the bench: where it answers and which process leads it."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time of the process and its children so far: what no busy neighbor can add to.

        This function will return 0 where there is no /proc.
        """
        if not Path("/proc/self/stat").exists():
            return 0.0
        stats = [_stat(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        family = [stat for stat in stats if stat and self.pid in (int(stat["pid"]), int(stat["parent"]))]
        return sum(stat["ticks"] for stat in family) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class House:
    """The programs of a measure. Without a group of their own `hooks` is `web`."""

    web: Server
    hooks: Server
    worker: Server | None


def _stat(process: Path) -> dict[str, float]:
    try:
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended while we looked
        return {}
    ticks = float(after_name[11]) + float(after_name[12])
    return {"pid": float(process.name), "parent": float(after_name[1]), "ticks": ticks}


@contextlib.contextmanager
def house(
    *, environment: Mapping[str, str], has_webhooks: bool = False, has_worker: bool = False
) -> Iterator["House"]:
    """The programs as deploy/Procfile starts them: web, and if asked for webhooks apart and worker with beat.

    This function will yield them, answering.
    """
    with contextlib.ExitStack() as up:
        web = up.enter_context(_serving(environment=environment, processes=2))
        hooks = web
        working = None
        if has_webhooks:
            hooks = up.enter_context(_serving(environment=environment, processes=2))
        if has_worker:
            state = Path(up.enter_context(tempfile.TemporaryDirectory()))
            mail = up.enter_context(_mailbox(state))
            given = {**os.environ, **environment, "LOG_LEVEL": "ERROR", "EMAIL_URL": mail}
            worker = "-A config worker -c 2 --without-gossip --without-mingle --without-heartbeat -l error"
            working = up.enter_context(_celery(worker, environment=given))
            beat = f"-A config beat -s {state / 'beat'} --pidfile= -l error"
            up.enter_context(_celery(beat, environment=given))
        yield House(web=web, hooks=hooks, worker=working)


@contextlib.contextmanager
def _serving(*, environment: Mapping[str, str], processes: int) -> Iterator["Server"]:
    """gunicorn with the settings of production, listening on this machine only."""
    port = _free_port()
    given = {**os.environ, **environment, "BASE_URL": f"http://localhost:{port}", "LOG_LEVEL": "CRITICAL"}
    given |= {"ALLOWED_HOSTS": f"localhost,{HOST}", "WEB_PROCESSES": str(processes)}
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-c", "deploy/serving.py"]
    command += ["-b", f"{HOST}:{port}", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.DEVNULL)
    try:
        _wait(process, f"http://{HOST}:{port}/")
        yield Server(f"http://{HOST}:{port}", process.pid)
    finally:
        _end(process)


@contextlib.contextmanager
def _mailbox(state: Path) -> Iterator[str]:
    """This function will yield the address of a mail server that takes everything."""
    smtp, http = _free_port(), _free_port()
    command = [sys.executable, "-m", "launcher.mailbox", "--smtp-port", str(smtp), "--http-port", str(http)]
    process = subprocess.Popen(
        [*command, "--state", str(state / "mail")], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        _wait(process, f"http://{HOST}:{http}/")
        yield f"smtp://{HOST}:{smtp}"
    finally:
        _end(process)


@contextlib.contextmanager
def _celery(options: str, *, environment: Mapping[str, str]) -> Iterator["Server"]:
    command = [sys.executable, "-m", "celery", *options.split()]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL)
    try:
        yield Server("", process.pid)
    finally:
        _end(process)


@contextlib.contextmanager
def sandbox(*, latency_ms: int = 0) -> Iterator[Server]:
    """The sandbox that stands in for the processor, empty, sending no webhooks.

    This function will yield it, answering.
    """
    command = [
        sys.executable,
        "-m",
        "stripe_sandbox",
        "--port",
        "0",
        "--quiet",
        "--latency-ms",
        str(latency_ms),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        first = process.stdout.readline() if process.stdout else ""
        if " on http" not in first:
            raise NotUp(f"the sandbox said {first!r}")
        yield Server(first.rpartition(" ")[2].strip(), process.pid)
    finally:
        _end(process)


@contextlib.contextmanager
def web(
    *, application: str = "config.wsgi", workers: int = 2, threads: int = 32, environment: Mapping[str, str]
) -> Iterator[Server]:
    """Our gunicorn as the demo runs it.

    This function will yield it once it takes connections.
    """
    port = _free_port()
    options = f"-b {HOST}:{port} -k gthread -w {workers} --threads {threads} --preload --no-control-socket"
    options += " --keep-alive 30 --log-level error --worker-tmp-dir /dev/shm"
    given = {**os.environ, **environment, "BASE_URL": f"http://localhost:{port}", "LOG_LEVEL": "ERROR"}
    given["ALLOWED_HOSTS"] = f"localhost,{HOST}"
    command = [sys.executable, "-m", "gunicorn", application, *options.split()]
    process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.DEVNULL)
    try:
        _wait(process, f"http://{HOST}:{port}/")
        yield Server(f"http://{HOST}:{port}", process.pid)
    finally:
        _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotUp(f"{process.args!r} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()  # any answer is an answer
        except OSError:
            time.sleep(0.05)
            continue
        return
    raise NotUp(f"{url} does not answer")


def _end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
