"""Standing up: the servers a measure needs, on free ports, each ended when the measure is over."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
ANSWERS_WITHIN = 60.0
ENDS_WITHIN = 10.0


class NotUp(Exception):
    """A server of the bench did not come up."""


@contextlib.contextmanager
def sandbox(*, latency_ms: int = 0) -> Iterator[str]:
    """The sandbox that stands in for the processor, empty, sending no webhooks.

    This function will yield its address.
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
        yield first.rpartition(" ")[2].strip()
    finally:
        _end(process)


@contextlib.contextmanager
def web(
    *, application: str = "config.wsgi", workers: int = 2, threads: int = 24, environment: Mapping[str, str]
) -> Iterator[str]:
    """Our gunicorn as the demo runs it.

    This function will yield its address once it takes connections.
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
        yield f"http://{HOST}:{port}"
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
