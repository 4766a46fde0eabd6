"""`export_csv_vs_copy`: the finance file of a million donations, against PostgreSQL's own COPY of the same rows.

Ours is `reports.exporting.donations`, byte for byte what the office downloads: joined, in order, formatted, guarded
against formulas. The limit is COPY of the bare columns of the same joins in the same order; the notes compare with COPY
in no order, too. Each run is a process of its own, so that its memory can be told; its rate is rows per second.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from bench import generating, pairing

NAME = "export_csv_vs_copy"
ROWS = int(os.environ.get("BENCH_EXPORT_ROWS", "1000000"))

_BARE = """
SELECT d.id, d.given_on, d.given_at, e.code, dn.id, dn.name, dn.email, ct.title, f.code, d.amount_minor, d.currency,
  b.fee_minor, b.net_minor, b.currency, d.method, d.last4, d.processor_ref, d.payment_ref, po.ref, re.serial,
  d.source, d.note
FROM donations_donation d
JOIN ledger_legalentity e ON e.id = d.entity_id
JOIN donors_donor dn ON dn.id = d.donor_id
JOIN campaigns_campaign c ON c.id = d.campaign_id
LEFT JOIN campaigns_campaigntext ct ON ct.campaign_id = c.id AND ct.language = 'en'
JOIN donations_designation g ON g.donation_id = d.id
JOIN ledger_fund f ON f.id = g.fund_id
LEFT JOIN payments_balancetransaction b ON b.source_ref = d.processor_ref AND b.kind IN ('charge', 'payment')
LEFT JOIN payments_payoutline pl ON pl.balance_transaction_id = b.id
LEFT JOIN payments_payout po ON po.id = pl.payout_id
LEFT JOIN receipts_coverage co ON co.donation_id = d.id
LEFT JOIN receipts_receipt re ON re.id = co.receipt_id
"""
_STATEMENTS = {"limit": _BARE + " ORDER BY d.given_at, d.id", "unordered": _BARE}
UNORDERED = 3


def measure() -> pairing.Outcome:
    """This function will return rows written per second, ours to COPY."""
    written = generating.ensure(rows=ROWS)
    told: list[dict[str, float]] = []

    def ours() -> float:
        told.append(run("ours"))
        return told[-1]["rows"] / told[-1]["seconds"]

    def limit() -> float:
        bare = run("limit")
        return bare["rows"] / bare["seconds"]

    pairs = pairing.alternate(ours=ours, limit=limit)
    small = run("small")
    rates = [each["rows"] / each["seconds"] for each in told]
    notes: dict[str, object] = {
        "rows": int(told[0]["rows"]),
        "megabytes": round(told[0]["bytes"] / 1e6, 1),
        "rss_megabytes": round(max(each["rss_megabytes"] for each in told), 1),
        "rss_megabytes_small": round(small["rss_megabytes"], 1),
        "rows_small": int(small["rows"]),
        "first_byte_seconds": round(pairing.quantile([each["first_byte"] for each in told], 0.5), 3),
        "rows_generated_now": written,
        "ratio_to_no_order": ratio_to_no_order(rates),
    }
    return pairs.outcome(name=NAME, unit="rows/s", n=int(told[0]["rows"]), notes=notes)


def ratio_to_no_order(rates: Sequence[float]) -> float:
    """This function will return our median rate to that of a bare COPY that need not sort."""
    bare = [run("unordered", module=__name__) for _ in range(UNORDERED)]
    limit = pairing.quantile([each["rows"] / each["seconds"] for each in bare], 0.5)
    return round(pairing.quantile(list(rates), 0.5) / limit, 3)


def run(which: str, *, module: str = "bench.export_csv_vs_copy") -> dict[str, float]:
    """This function will return what one export in a process of its own told."""
    command = [sys.executable, "-m", module, *which.split()]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _blocks(which: str) -> Iterator[bytes]:
    from django.db import connection

    from reports import exporting
    from reports.filtering import Filters

    if which in _STATEMENTS:
        connection.ensure_connection()
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY ({_STATEMENTS[which]}) TO STDOUT WITH (FORMAT csv, HEADER)") as copy,
        ):
            yield from map(bytes, copy)
        return
    # The gifts of the bench lie evenly over 2,100 days from 2021 on: a hundredth of them, or all.
    last = date(2021, 1, 21) if which == "small" else None
    yield from exporting.donations(filters=Filters(given_to=last), language="en")


def _tell(which: str) -> None:
    """Run one export in this process and print what it took; lines are counted as they leave, as a pipe would."""
    size = lines = 0
    first_byte = 0.0
    began = time.perf_counter()
    for block in _blocks(which):
        if not size:
            first_byte = time.perf_counter() - began
        size += len(block)
        lines += block.count(b"\n")
    seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "rows": lines - 1,
                "bytes": size,
                "seconds": seconds,
                "first_byte": first_byte,
                "rss_megabytes": peak_megabytes(),
            }
        )
    )


def peak_megabytes() -> float:
    """This function will return the most memory this process has had, in megabytes."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _tell(sys.argv[1])
