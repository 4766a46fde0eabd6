"""`journal_export_vs_copy`: two million lines of the books as our own table and for beancount, against COPY of them.

Ours is what happens in production once the entries are claimed: the database writes each row as the format has it, in
order, guarded against formulas, with its value in the entity's own currency; the file is packed, hashed and on disk.
The limit is COPY of the bare columns of the same lines. Both are told by processor time, of our process and of its
backend, so that no busy neighbor counts. Claiming (one row for every entry, for ever) is told in the notes, memory by
a process of its own. Nothing stays: entries go to an accountant once, so all of it is rolled back.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import export_csv_vs_copy, generating, pairing

if TYPE_CHECKING:
    from books.models import JournalExport

NAME = "journal_export_vs_copy"
LINES = int(os.environ.get("BENCH_JOURNAL_LINES", "2000000"))
LINES_PER_GIFT = 4
# The gifts of the bench lie evenly over 2,100 days from 2021 on.
LAST, SMALL_LAST = date(2031, 12, 31), date(2021, 1, 21)
_BARE = """
COPY (SELECT en.id, en.booked_on, en.kind, en.source, en.happened_at, l.account_id, l.fund_id, l.amount_minor,
  l.currency, l.segment, x.payout_ref, x.counterparty, x.rate
  FROM books_exportedentry x JOIN ledger_entry en ON en.id = x.entry_id JOIN ledger_line l ON l.entry_id = en.id
 WHERE x.export_id = '{export}') TO STDOUT WITH (FORMAT csv)
"""


def measure() -> pairing.Outcome:
    """This function will return lines written per second of processor time, ours to COPY: our own table."""
    from django.db import transaction

    written = generating.ensure(rows=LINES // LINES_PER_GIFT)
    seconds: list[float] = []
    with transaction.atomic():
        began = time.perf_counter()
        made = _exported("generic", LAST)
        first = time.perf_counter() - began
        pairs = pairing.alternate(
            ours=lambda: _rate(made, lambda: _again(made), seconds),
            limit=lambda: _rate(made, lambda: _copy(made)),
        )
        other = _exported("beancount", LAST)
        beancount = max(_rate(other, lambda: _again(other)) for _ in range(2))
        transaction.set_rollback(True)
    whole, small = (
        export_csv_vs_copy.run(which, module="bench.journal_export_vs_copy") for which in ("whole", "small")
    )
    notes: dict[str, object] = {
        "ratio_beancount": round(beancount / pairs.limit, 3),
        "seconds": round(min(seconds), 1),
        "seconds_with_claim": round(first, 1),
        "megabytes": round(made.file_size / 1e6, 1),
        "rss_megabytes": round(whole["rss_megabytes"], 1),
        "rss_megabytes_small": round(small["rss_megabytes"], 1),
        "lines_small": int(small["lines"]),
        "rows_generated_now": written,
    }
    return pairs.outcome(name=NAME, unit="lines/cpu s", n=made.line_count, notes=notes)


def _exported(target: str, last: date) -> "JournalExport":
    """Everything of the largest body up to a day, handed over by the real deed; its file is taken away at once."""
    from django.db.models import Count

    from books import handing_over
    from ledger.models import LegalEntity
    from staff.models import User

    entity = LegalEntity.objects.annotate(n=Count("entries")).order_by("-n", "id")[0]
    actor, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    scope = handing_over.Scope(entity=entity, target=target, first=None, last=last)
    made = handing_over.export(export_id=uuid.uuid4(), scope=scope, actor=actor, now=datetime.now(UTC))
    _forget(made)
    return made


def _forget(made: "JournalExport") -> None:
    from books import keeping_journals

    kept = keeping_journals.kept(export_id=made.pk)
    if kept is not None:
        kept.unlink()


def _again(made: "JournalExport") -> None:
    from books import handing_over

    handing_over.again(made=made)
    _forget(made)


def _copy(made: "JournalExport") -> None:
    from django.db import connection

    with connection.connection.cursor() as cursor, cursor.copy(_BARE.format(export=made.pk)) as copy:
        for _ in copy:
            pass


def _rate(made: "JournalExport", deed: Callable[[], None], seconds: list[float] | None = None) -> float:
    before, began = _processor_seconds(), time.perf_counter()
    deed()
    if seconds is not None:
        seconds.append(time.perf_counter() - began)
    return made.line_count / max(_processor_seconds() - before, 0.01)


def _processor_seconds() -> float:
    """Of this process and of its backend; where the database runs elsewhere, the clock on the wall."""
    from django.db import connection

    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not stat.exists():
        return time.perf_counter()
    ticks = [int(part) for part in stat.read_text().rpartition(")")[2].split()[11:13]]
    return time.process_time() + sum(ticks) / os.sysconf("SC_CLK_TCK")


def _tell(which: str) -> None:
    """One export in this process: how much memory it took."""
    from django.db import transaction

    with transaction.atomic():
        made = _exported("generic", SMALL_LAST if which == "small" else LAST)
        transaction.set_rollback(True)
    print(json.dumps({"lines": made.line_count, "rss_megabytes": export_csv_vs_copy.peak_megabytes()}))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _tell(sys.argv[1])
