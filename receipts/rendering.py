"""A receipt's snapshot becomes a PDF: pure, and the same bytes for the same snapshot, always.

Nothing is read but the snapshot: no database, no clock, no live donor record. So rendering may fail and be
run again
without burning a number, and a receipt can be reproduced from its snapshot years later.
reportlab is imported when the first receipt is drawn, so that the web starts fast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from receipts import snapshots, standings
from receipts.sealing import Seal

if TYPE_CHECKING:
    from paper.archiving import Enclosed
    from paper.signing import Signer


def render(
    snapshot: Mapping[str, object],
    *,
    preview: bool = False,
    void: Mapping[str, object] | None = None,
    copy: bool = False,
    seal: Seal | None = None,
    signer: Signer | None = None,
    source: bytes | None = None,
) -> bytes:
    """Draw a receipt as PDF/A-1b, Letter or A4 by its legal entity, tagged, with every font inside.

    `snapshot` is schema 1 or 2 (see `snapshots.read`). `preview` prints no number and says so across the page. `copy`
    says COPY across a page of schema 2: for one handed out again where somebody asks for a visible copy.
    `void` is {"on": "2027-02-03", "replaced_by": serial or None} for the copy a donor sees of a voided
    receipt; the
    stored original stays as it was issued. A snapshot with "test": true says TEST across the page.

    `seal` stands in the QR code and, with the snapshot, inside the file; `signer` signs the finished file
    (PAdES). Both
    are the same for the same receipt each time. `source` is the snapshot's canonical bytes, where they are at hand.

    This function will return the file's bytes, identical for identical arguments in any process; it raises
    `snapshots.SnapshotRefused` for a snapshot that does not hold together and `paper.texts.UnprintableText`
    for a
    character without a glyph (never a black box).
    """
    from receipts import layout
    from receipts.pages import drafting

    source = snapshots.canonical(snapshot) if source is None else source
    receipt = snapshots.read(snapshot, source=source)
    standing = standing_of(receipt, preview=preview, void=void, copy=copy)
    identity = hashlib.sha256(f"{receipt.digest} {standing.told}".encode()).digest()[:16]
    draw = layout.draw if receipt.schema == 1 else drafting.draw
    return draw(receipt, standing, identity=identity, enclosed=_enclosed(source, seal), signer=signer)


def _enclosed(source: bytes, seal: Seal | None) -> Enclosed | None:
    if seal is None:
        return None
    from paper.archiving import Enclosed

    return Enclosed(source=source, key_id=seal.key_id, signature=seal.signature)


def standing_of(
    receipt: snapshots.Snapshot,
    *,
    preview: bool = False,
    void: Mapping[str, object] | None = None,
    copy: bool = False,
) -> standings.Standing:
    """This function will return what a page is beyond a receipt. Raises `snapshots.SnapshotRefused`."""
    void_on, replaced_by = None, ""
    if void is not None:
        try:
            void_on = date.fromisoformat(str(void["on"]))
        except (KeyError, ValueError) as error:
            raise snapshots.SnapshotRefused("void.on is not a day") from error
        replaced_by = snapshots.serial(void.get("replaced_by"))
    return standings.Standing(
        preview=preview,
        test=receipt.is_test,
        void_on=void_on,
        replaced_by=replaced_by,
        copy=copy and receipt.schema > 1,
        information=receipt.is_information_copy,
    )
