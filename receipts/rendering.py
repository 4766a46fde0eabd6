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

from receipts import snapshots, standings


def render(
    snapshot: Mapping[str, object], *, preview: bool = False, void: Mapping[str, object] | None = None
) -> bytes:
    """Draw a receipt as PDF/A-1b, Letter or A4 by its legal entity, tagged, with every font inside.

    `snapshot` is schema 1 (see `snapshots.read`). `preview` prints no number and says so across the page.
    `void` is {"on": "2027-02-03", "replaced_by": serial or None} for the copy a donor sees of a voided
    receipt; the
    stored original stays as it was issued. A snapshot with "test": true says TEST across the page.

    This function will return the file's bytes, identical for identical arguments in any process; it raises
    `snapshots.SnapshotRefused` for a snapshot that does not hold together and `paper.texts.UnprintableText`
    for a
    character without a glyph (never a black box).
    """
    from receipts import layout

    receipt = snapshots.read(snapshot)
    standing = _standing(receipt, preview=preview, void=void)
    identity = hashlib.sha256(f"{receipt.digest} {standing!r}".encode()).digest()[:16]
    return layout.draw(receipt, standing, identity=identity)


def _standing(
    receipt: snapshots.Snapshot, *, preview: bool, void: Mapping[str, object] | None
) -> standings.Standing:
    if void is None:
        return standings.Standing(preview=preview, test=receipt.is_test)
    try:
        void_on = date.fromisoformat(str(void["on"]))
    except (KeyError, ValueError) as error:
        raise snapshots.SnapshotRefused("void.on is not a day") from error
    replaced_by = snapshots.serial(void.get("replaced_by"))
    return standings.Standing(preview=preview, test=receipt.is_test, void_on=void_on, replaced_by=replaced_by)
