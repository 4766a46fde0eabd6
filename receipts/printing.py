"""Printing: the receipts that go by post, drawn again from their snapshots into one file for the printer.

The file is written as it grows: letters and heads are in it once, and only the places of its objects are kept in memory
(under 1 MB for 10,000 pages). A receipt that cannot be drawn is left out by its number, and the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from paper.texts import UnprintableText
from receipts import rendering, snapshots
from receipts.models import Receipt
from receipts.sealing import Seal

if TYPE_CHECKING:
    from paper import pressing

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PrintItem:
    """One receipt on its way to the printer; `seal` is what its QR code carries."""

    snapshot: Mapping[str, object]
    seal: Seal | None = None


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """`left_out` names what could not be printed: receipts by number, labels by name."""

    pages: int
    sha256: str
    count: int = 0
    left_out: tuple[str, ...] = ()


def items(*, receipts: QuerySet[Receipt]) -> Iterator[PrintItem]:
    """Read receipts in the order of the mail: by country and postcode. Those voided by now are not among them.

    This function will yield what `write` takes, a few hundred rows at a time.
    """
    rows = (
        receipts.filter(voiding__isnull=True)
        .select_related("seal")
        .order_by("donor__country", "donor__postcode", "donor__name_key", "serial", "id")
    )
    for receipt in rows.iterator(chunk_size=CHUNK):
        seal = getattr(receipt, "seal", None)
        yield PrintItem(
            snapshot=json.loads(receipt.snapshot),
            seal=Seal(seal.key_id, bytes(seal.signature)) if seal else None,
        )


def write(
    path: Path, receipts: Iterable[PrintItem], *, title: str = "Receipts", is_two_sided: bool = False
) -> PrintedFile:
    """Write one file for the printer, in the order given; it appears under its name when it is whole.

    `is_two_sided` begins every receipt on a sheet of its own, so that nobody gets another's page on the back.
    This function will return its pages, its SHA-256, how many receipts are in it and which are not.
    """
    from paper import pressing

    unfinished = path.with_name(f"{path.name}.part")
    count, left_out = 0, []
    with unfinished.open("wb") as file:
        press = pressing.Press(file, title=title)
        for item in receipts:
            try:
                proof = _proof(press, item)
            except (UnprintableText, snapshots.SnapshotRefused):
                left_out.append(str(item.snapshot.get("serial", ""))[:30])
                continue
            press.take(proof, is_two_sided=is_two_sided)
            count += 1
        sha256 = press.close()
    unfinished.replace(path)
    return PrintedFile(pages=press.pages, sha256=sha256, count=count, left_out=tuple(left_out))


def _proof(press: pressing.Press, item: PrintItem) -> pressing.Proof:
    from receipts import layout
    from receipts.pages import drafting

    receipt = snapshots.read(item.snapshot)
    standing = rendering.standing_of(receipt)
    seal = item.seal.signature if item.seal else b""
    lay = layout if receipt.schema == 1 else drafting
    prepared = lay.stationery(receipt)
    proof = press.proof(paper="a4" if receipt.entity.paper == "a4" else "letter", cuts=prepared.cuts)
    lay.lay(proof, receipt, standing, prepared, seal=seal)
    return proof
