"""A worker of exports as a process of its own: `python -m tests.reports.export_worker N`, to be killed or measured.

It runs one job as if N seconds had gone by, and tells as JSON what that took.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import timedelta
from pathlib import Path


def main(ahead: int) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from jobs import running
    from reports import export_jobs

    before = _peak()
    ran = running.run_one(works=export_jobs.works(), now=timezone.now() + timedelta(seconds=ahead))
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    told = {
        "job": str(ran) if ran else "",
        "cpu_seconds": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "grown_megabytes": _peak() - before,
        "child_megabytes": children.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _peak() -> float:
    """The most memory this process ever held; `ru_maxrss` would begin with that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
