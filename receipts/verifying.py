"""Verifying a receipt with nothing but the file and our public keys: valid, void, altered, or not ours.

    python3 run.py verify receipt-2026-000123.pdf [--keys FILE] [--voids FILE]

Needs no database and no network. A file is whole when its own signature covers every byte; a file that was never
signed is drawn again from its sealed source and compared. Either way nothing that a stranger wrote is believed: the
source must carry a seal of a key that is known.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from receipts import publishing, rendering, sealing, snapshots, wording
from receipts.publishing import Keys, Voided
from receipts.sealing import Seal


class Answer(StrEnum):
    VALID = "valid"
    VOID = "void"
    REPLACED = "replaced"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of a file. Of an altered or unknown one nothing it claims is repeated."""

    answer: Answer
    seal: Seal | None = None
    issuer: str = ""
    serial: str = ""
    issued_on: date | None = None
    total: str = ""
    void_on: date | None = None


def verify(content: bytes, *, keys: Keys, voids: Mapping[str, Voided] | None) -> Verdict:
    """Judge a PDF file. `voids` is the list of void receipts by mark, or None when it is not at hand.

    This function will return the verdict; `Answer.VALID` without `voids` means valid when it was issued.
    """
    from paper import archiving

    enclosed = archiving.enclosed_in(content)
    if enclosed is None or enclosed.key_id not in keys.seals:
        return Verdict(Answer.UNKNOWN)
    seal = Seal(enclosed.key_id, enclosed.signature)
    if not sealing.holds(enclosed.source, seal=seal, public=keys.seals[seal.key_id]):
        return Verdict(Answer.ALTERED)
    try:
        source = json.loads(enclosed.source)
        told = snapshots.read(source)
        is_whole = _is_whole(content, source, seal=seal, certificates=keys.certificates)
    except (ValueError, snapshots.SnapshotRefused):
        return Verdict(Answer.ALTERED)
    if not is_whole:
        return Verdict(Answer.ALTERED)
    total = " + ".join(
        wording.amount(one.total_minor, currency=one.currency, exponent=one.exponent)
        for one in snapshots.totals(told)
    )
    return _standing(
        Verdict(
            Answer.VALID,
            seal=seal,
            issuer=told.entity.legal_name,
            serial=told.serial,
            issued_on=told.issued_on,
            total=total,
        ),
        voids=voids or {},
    )


def _is_whole(
    content: bytes, source: Mapping[str, object], *, seal: Seal, certificates: Sequence[str]
) -> bool:
    from paper import signing

    signed = signing.examine(content, trusted=[signing.Certified.from_pem(pem) for pem in certificates])
    if signed is not None:
        return signed
    return rendering.render(source, seal=seal) == content


def _standing(verdict: Verdict, *, voids: Mapping[str, Voided]) -> Verdict:
    if verdict.seal is None:
        return verdict
    found = voids.get(publishing.mark(verdict.seal.signature))
    if found is None:
        return verdict
    answer = Answer.REPLACED if found.replaced_by else Answer.VOID
    return Verdict(
        answer,
        seal=verdict.seal,
        issuer=verdict.issuer,
        serial=verdict.serial,
        issued_on=verdict.issued_on,
        total=verdict.total,
        void_on=found.on,
    )


WORDS = {
    Answer.VALID: "VALID: receipt {serial} of {issuer}, issued {issued_on}, {total}.",
    Answer.VOID: "VOID since {void_on}: receipt {serial} of {issuer}, issued {issued_on}, {total}.",
    Answer.REPLACED: "VOID since {void_on} and replaced: receipt {serial} of {issuer}, issued {issued_on}, {total}.",
    Answer.ALTERED: "ALTERED: this file is not as it was issued. Believe nothing in it.",
    Answer.UNKNOWN: "UNKNOWN: this file carries no seal of a known key.",
}


def told(verdict: Verdict, *, has_voids: bool) -> str:
    """This function will return the verdict in a sentence or two, for a terminal."""
    words = WORDS[verdict.answer].format(
        serial=verdict.serial,
        issuer=verdict.issuer,
        issued_on=verdict.issued_on,
        total=verdict.total,
        void_on=verdict.void_on,
    )
    if verdict.answer == Answer.VALID and not has_voids:
        words += " Whether it was voided since is not known without the list of void receipts (--voids)."
    return words


def main(arguments: Sequence[str]) -> int:
    """This function will judge one file for the command line: 0 valid, 1 not, 2 a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="run.py verify", description="Checks a receipt file, offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="receipt-keys.json of the issuer's site")
    parser.add_argument("--voids", type=Path, help="void-receipts.txt of the issuer's site")
    asked = parser.parse_args(arguments)
    try:
        content = asked.file.read_bytes()
        keys = publishing.read_keys(asked.keys.read_text())
        voids = publishing.read_voids(asked.voids.read_text()) if asked.voids else None
    except (OSError, UnicodeDecodeError, publishing.UnreadableFile) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    verdict = verify(content, keys=keys, voids=voids)
    sys.stdout.write(f"{told(verdict, has_voids=voids is not None)}\n")
    return 0 if verdict.answer == Answer.VALID else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
