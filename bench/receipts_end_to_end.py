"""`receipts_end_to_end`: gifts become numbered rows, sealed and signed files that are stored, and letters, in a worker.

Ours is the deployment's own worker on the queue inside the database, with one process and with two; it is rung for
once, as a webhook does. A run is over when every gift has its number, its stored file and its letter in the outbox. The
limit is the promise: 10,000 in 60 seconds with one process. The time is the clock's, so a busy machine shows; the
notes tell the worker's processor time for a receipt, which it changes least, and how much more two processes that only
draw, without a database, get out of this machine than one: what two workers could reach if nothing were shared.

The runs are one, two, two, one: each finds a larger database than the one before, and so both are asked alike.
"""

import contextlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from celery import current_app
from django.db import connection
from django.utils import timezone

from bench import generating, pairing, papers, standing
from jobs import ringing

NAME = "receipts_end_to_end"
COUNT = int(os.environ.get("BENCH_RECEIPTS", "10000"))
PROMISE_COUNT, PROMISE_SECONDS, PROMISE_MEGABYTES, PROMISE_SHARE = 10_000, 60.0, 250, 1.8
ORDER = (1, 2, 2, 1)
PATIENCE, PAUSE = 900.0, 0.1
DRAWN_BARE = 1_500

_TOLD = """
SELECT count(*), count(f.id), count(a.id), coalesce(sum(p.size), 0)
  FROM receipts_receipt r LEFT JOIN receipts_rendering f ON f.receipt_id = r.id
  LEFT JOIN paper_document p ON p.sha256 = f.document_id
  LEFT JOIN donors_message m ON m.cause = 'receipt:' || r.id LEFT JOIN donors_attachment a ON a.message_id = m.id
 WHERE r.issued_at >= %s
"""


def measure() -> pairing.Outcome:
    """This function will return receipts per second end to end, one process against the promise."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder))
        runs = [(processes, _run(processes=processes, environment=environment)) for processes in ORDER]
    one, two = (_mean([run for processes, run in runs if processes == asked]) for asked in (1, 2))
    notes: dict[str, object] = {
        "one": one,
        "two": two,
        "two_to_one": round(two["rate"] / one["rate"], 2),
        "seconds": [run["seconds"] for _, run in runs],
        "two_to_one_promised": PROMISE_SHARE,
        "two_to_one_of_bare_drawing": round(_bare(2) / _bare(1), 2),
        "rss_megabytes_promised": PROMISE_MEGABYTES,
        "load": [round(load, 1) for load in os.getloadavg()],
    }
    return pairing.against(
        PROMISE_COUNT / PROMISE_SECONDS, name=NAME, value=one["rate"], unit="receipts/s", notes=notes
    )


def _mean(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of all that is told of runs; the rate is of all their receipts in all their time."""
    told = {name: round(statistics.mean(run[name] for run in runs), 2) for name in runs[0]}
    return {
        **told,
        "rate": round(sum(run["receipts"] for run in runs) / sum(run["seconds"] for run in runs), 1),
    }


def _environment(folder: Path) -> dict[str, str]:
    """Keys and marks of the bench's own: papers of a bench are not papers."""
    keys = folder / "keys"
    environment = {
        **os.environ,
        "RECEIPT_KEYS": str(keys),
        "RECEIPT_MARKS": str(folder / "marks"),
        "BROKER_URL": "",
        "LOG_LEVEL": "ERROR",
    }
    made = [sys.executable, "manage.py", "make_receipt_keys"]
    subprocess.run(made, cwd=standing.ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def _run(*, processes: int, environment: dict[str, str]) -> dict[str, float]:
    generating.fresh(rows=COUNT)
    current_app.control.purge()  # a bell of the run before would begin this one before the clock does
    before = _numbers()
    with _worker(processes, environment=environment) as pid:
        family = standing.Server("", pid)
        began_at, began, spent = timezone.now(), time.perf_counter(), family.cpu_seconds()
        ringing.ring("receipts.follow_up")
        peak = 0.0
        while not _is_over(before + COUNT) and time.perf_counter() - began < PATIENCE:
            peak = max(peak, _megabytes(pid))
            time.sleep(PAUSE)
        took, spent = time.perf_counter() - began, family.cpu_seconds() - spent
        numbered, drawn, queued, size = _told(began_at)
        if queued < COUNT:
            raise RuntimeError(f"only {numbered} numbered, {drawn} drawn, {queued} in the outbox")
    return {
        "receipts": COUNT,
        "seconds": round(took, 2),
        "rate": round(COUNT / took, 1),
        "worker_ms_a_receipt": round(1000 * spent / COUNT, 2),
        "rss_megabytes": round(peak, 1),
        "stored_megabytes": round(size / 1e6, 1),
    }


def _numbers() -> int:
    """How many numbers were ever given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(next_number - 1), 0) FROM receipts_series")
        return int(cursor.fetchone()[0])


def _is_over(numbers: int) -> bool:
    """Cheap to ask, because the asking takes from what is measured; what was really done is counted afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM receipts_undrawn)")
        return bool(cursor.fetchone()[0]) and _numbers() >= numbers


def _told(since: datetime) -> tuple[int, int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [since])
        told: tuple[int, int, int, int] = cursor.fetchone()
        return told


def _bare(processes: int) -> float:
    """This function will return how many receipts a second so many processes draw and sign, and nothing else."""
    connection.close()  # or the children would hold it too
    context = multiprocessing.get_context("fork")
    began, done = context.Barrier(processes + 1), context.Barrier(processes + 1)
    drawing = [context.Process(target=_draw, args=(began, done)) for _ in range(processes)]
    for each in drawing:
        each.start()
    began.wait(PATIENCE)
    at = time.perf_counter()
    done.wait(PATIENCE)
    took = time.perf_counter() - at
    for each in drawing:
        each.join()
    return processes * DRAWN_BARE / took


def _draw(began: Barrier, done: Barrier) -> None:
    signed = papers.signed()
    told = [papers.snapshot(number) for number in range(DRAWN_BARE)]
    signed(told[0])
    began.wait(PATIENCE)
    for each in told:
        signed(each)
    done.wait(PATIENCE)


@contextlib.contextmanager
def _worker(processes: int, *, environment: dict[str, str]) -> Iterator[int]:
    """The Procfile's worker; this function will yield its process when it has done its first task."""
    options = (
        f"-A config worker -c {processes} --without-gossip --without-mingle --without-heartbeat -l error"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", *options.split()], cwd=standing.ROOT, env=environment
    )
    try:
        began = timezone.now()
        ringing.ring("config.heartbeat")
        until = time.monotonic() + PATIENCE
        while not _has_beaten(began):
            if process.poll() is not None or time.monotonic() > until:
                raise standing.NotUp("the worker did not come up")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _has_beaten(since: datetime) -> bool:
    from jobs.models import Heartbeat

    return Heartbeat.objects.filter(name="worker", at__gte=since).exists()


def _megabytes(parent: int) -> float:
    """Resident memory of the largest process of the family."""
    pids = [parent, *_children(parent)]
    return max(_resident(pid) for pid in pids) / 1e6


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    from bench.__main__ import open_house

    open_house()
    print(json.dumps(measure().row(), indent=1))
