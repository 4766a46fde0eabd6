"""`print_file`: ten thousand receipts in one file for the printer, against a promise of a thousand pages a second.

Each page carries its seal's QR code; the seals are made before, as they are when a receipt is finished. Processor time
counts, with the clock's beside it.
"""

import os
import resource
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import pairing, papers
from receipts import printing, sealing, snapshots

NAME = "print_file"
COUNT = int(os.environ.get("BENCH_PAGES", "10000"))
PROMISED_RATE, PROMISED_BYTES = 1_000.0, 1_200


def measure() -> pairing.Outcome:
    """This function will return pages per second of one core."""
    key = Ed25519PrivateKey.generate()
    told = [papers.snapshot(number) for number in range(COUNT)]
    items = [
        printing.PrintItem(snapshot=each, seal=sealing.make(snapshots.canonical(each), key=key))
        for each in told
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipts.pdf"
        began, clock = time.process_time(), time.perf_counter()
        made = printing.write(path, items)
        took, by_clock = time.process_time() - began, time.perf_counter() - clock
        size = path.stat().st_size
    notes: dict[str, object] = {
        "pages": made.pages,
        "seconds_of_processor": round(took, 2),
        "seconds": round(by_clock, 2),
        "bytes_a_page": round(size / made.pages),
        "bytes_a_page_promised": PROMISED_BYTES,
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return pairing.against(PROMISED_RATE, name=NAME, value=made.pages / took, unit="pages/s", notes=notes)
