"""Files of a million donations in the three formats, each against PostgreSQL's own COPY of the same rows."""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench import export_csv_vs_copy, generating, pairing

ROWS = export_csv_vs_copy.ROWS


def measure(*, name: str, form: str) -> pairing.Outcome:
    """This function will return rows written per second, ours to COPY."""
    written = generating.ensure(rows=ROWS)
    told: list[dict[str, float]] = []

    def ours() -> float:
        told.append(export_csv_vs_copy.run(form, module="bench.exporting_lists"))
        return told[-1]["rows"] / told[-1]["seconds"]

    def limit() -> float:
        run = export_csv_vs_copy.run("limit", module="bench.export_csv_vs_copy")
        return run["rows"] / run["seconds"]

    pairs = pairing.alternate(ours=ours, limit=limit)
    small = export_csv_vs_copy.run(f"small {form}", module="bench.exporting_lists")
    notes: dict[str, object] = {
        "rows": int(told[0]["rows"]),
        "megabytes": round(told[0]["bytes"] / 1e6, 1),
        "rss_megabytes": round(max(run["rss_megabytes"] for run in told), 1),
        "rss_megabytes_child": round(max(run["rss_megabytes_child"] for run in told), 1),
        "rss_megabytes_small": round(small["rss_megabytes"], 1),
        "rows_small": int(small["rows"]),
        "first_byte_seconds": round(pairing.quantile([run["first_byte"] for run in told], 0.5), 3),
        "first_row_seconds": round(pairing.quantile([run["first_row"] for run in told], 0.5), 3),
        "rows_generated_now": written,
        "ratio_to_no_order": export_csv_vs_copy.ratio_to_no_order(
            [run["rows"] / run["seconds"] for run in told]
        ),
    }
    return pairs.outcome(name=name, unit="rows/s", n=int(told[0]["rows"]), notes=notes)


def _pieces(which: str) -> Iterator[tuple[bytes, int]]:
    from reports import filtering
    from reports.files import making
    from reports.filtering import Filters
    from reports.lists.gifts import DONATIONS
    from reports.lists.selecting import Selection

    last = date(2021, 1, 21) if which.startswith("small ") else None
    where, params = filtering.conditions(Filters(given_to=last))
    chosen = Selection(
        listing=DONATIONS,
        columns=DONATIONS.columns,
        where=f"({where})",
        params={**params, "language": "en"},
    )
    return making.pieces(of=chosen, form=making.Format(which.removeprefix("small ")))


def _tell(which: str) -> None:
    """Make one file in this process and print what it took; its bytes go nowhere, as into a pipe."""
    size = rows = pieces = 0
    of_child = 0.0
    first_byte = first_row = 0.0
    began = time.perf_counter()
    for block, count in _pieces(which):
        if block and not size:
            first_byte = time.perf_counter() - began
        if count and not rows:
            first_row = time.perf_counter() - began
        size, rows, pieces = size + len(block), rows + count, pieces + 1
        if pieces % 256 == 0:
            of_child = max(of_child, _of_children())
    seconds = time.perf_counter() - began
    told = {
        "rows": rows,
        "bytes": size,
        "seconds": seconds,
        "first_byte": first_byte,
        "first_row": first_row,
        "rss_megabytes": _peak("VmHWM:"),
        "rss_megabytes_child": of_child,
        "cpu_seconds": time.process_time(),
    }
    print(json.dumps(told))


def _peak(name: str, *, of: str = "self") -> float:
    status = Path(f"/proc/{of}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024


def _of_children() -> float:
    """The peak of a process of ours that runs now: the one that writes Parquet. 0 when there is none."""
    peaks = [0.0]
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text().split():
            try:
                peaks.append(_peak("VmHWM:", of=child))
            except (OSError, StopIteration):  # it ended while we looked
                continue
    return max(peaks)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _tell(" ".join(sys.argv[1:]))
