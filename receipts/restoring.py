"""Restoring: after a backup was put back, numbers that papers already bear are void-filled and never given again.

The marks outside the database (`marking`) know how far each series had come. What the database no longer knows is
lost: its gifts come back by themselves or by hand and get receipts with later numbers; the papers that bear lost
numbers stand on the public list of void ones, by the marks of their seals. Papers that somebody still has (the
mail's archive, the printer's file, a donor's copy) tell whom to write to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max

from ledger.models import LegalEntity
from paper import archiving
from receipts import asking, marking, publishing, sealing
from receipts.models import Issuer, Receipt, Series, SpoiledNumber
from receipts.publishing import Keys
from receipts.sealing import Seal
from staff import auditing

GENESIS = "0" * 64
WORDS = "lost when a backup was put back; the paper may exist"
UNMARKED = "lost when a backup was put back; no paper of it is known to have left"
_LOCKED = """
INSERT INTO receipts_series AS series (entity_id, year, prefix, next_number, last_hash) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (entity_id, year) DO UPDATE SET next_number = series.next_number
RETURNING id, next_number - 1
"""


@dataclass(frozen=True, slots=True)
class Loss:
    """A series that has come further on paper than the database knows: numbers `first` to `last` are lost."""

    entity_code: str
    tax_year: int
    first: int
    last: int
    lines: tuple[marking.Line, ...] = ()

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Found:
    """A paper of ours that bears a lost number: who holds it, and what it says."""

    file: str
    serial: str
    entity_code: str
    tax_year: int
    number: int
    donor: str
    total: str


def lost() -> list[Loss]:
    """This function will return what each series has lost, nothing for a database that was never put back."""
    known = {
        (code, year): upcoming - 1
        for code, year, upcoming in Series.objects.values_list("entity__code", "year", "next_number")
    }
    found = []
    for code, year in marking.series():
        last = marking.highest(entity_code=code, tax_year=year)
        stands = known.get((code, year), 0)
        if last > stands:
            lines = tuple(marking.after(entity_code=code, tax_year=year, number=stands))
            found.append(Loss(code, year, stands + 1, last, lines))
    return found


def unmarked() -> list[tuple[str, int, int, int]]:
    """Series whose marks are behind their papers: the folder was lost, or was never there.

    This function will return entity code, tax year, the highest number with a file, and the mark.
    """
    drawn = (
        Receipt.objects.filter(rendering__isnull=False)
        .values_list("series__entity__code", "series__year")
        .annotate(reached=Max("number"))
        .order_by("series__entity__code", "series__year")
    )
    marked = [
        (code, year, reached, marking.highest(entity_code=code, tax_year=year))
        for code, year, reached in drawn
    ]
    return [row for row in marked if row[3] < row[2]]


def catch_up() -> int:
    """Write the marks of papers the database knows and the folder does not, as after an update from before marks.

    This function will return how many papers it marked.
    """
    count = 0
    for code, year, reached, mark in unmarked():
        behind = Receipt.objects.filter(series__entity__code=code, series__year=year, number__gt=mark)
        rows = behind.filter(number__lte=reached, rendering__isnull=False).order_by("number")
        lines = [
            marking.Line(number, chained, publishing.mark(bytes(signature)) if signature else "")
            for number, chained, signature in rows.values_list("number", "hash", "seal__signature")
        ]
        marking.set_marks(entity_code=code, tax_year=year, lines=lines)
        count += len(lines)
    return count


def void_fill(*, loss: Loss, actor: str, now: datetime) -> int:
    """Spoil every lost number of a series, so that the next receipt gets the one after the mark.

    `actor` is who decided it, for the audit trail. The chain of hashes goes on from what the database knows; the
    lost papers' chain stays in the marks. This function will return how many numbers it spoiled, 0 when somebody
    else has done so. Raises LegalEntity.DoesNotExist for marks of another house.
    """
    entity = LegalEntity.objects.get(code=loss.entity_code)
    prefix = Issuer.objects.filter(entity=entity).values_list("prefix", flat=True).first() or ""
    papers = {line.number: line for line in loss.lines}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCKED, [entity.pk, loss.tax_year, prefix, GENESIS])
            series_id, stands = cursor.fetchone()
        if stands >= loss.last:
            return 0
        first = stands + 1
        SpoiledNumber.objects.bulk_create(
            (
                SpoiledNumber(
                    series_id=series_id,
                    number=number,
                    words=WORDS if number in papers else UNMARKED,
                    seal_mark=papers[number].seal_mark if number in papers else "",
                    spoiled_at=now,
                )
                for number in range(first, loss.last + 1)
            ),
            batch_size=2_000,
        )
        Series.objects.filter(pk=series_id).update(next_number=loss.last + 1)
        auditing.record(
            actor=actor,
            action="spoil lost numbers",
            target=f"series:{loss.entity_code}-{loss.tax_year}",
            details={"first": first, "last": loss.last},
            now=now,
        )
    count: int = loss.last - first + 1
    return count


def find(*, folder: Path, losses: Iterable[Loss]) -> Iterator[Found]:
    """Look through PDF files for our own papers that bear lost numbers; what we did not seal is passed over.

    A paper is known by its seal, with the public keys the database and the folder of keys have.
    This function will yield each such paper.
    """
    keys = asking.known_keys()
    by_mark = {line.seal_mark: (loss, line) for loss in losses for line in loss.lines if line.seal_mark}
    for path in sorted(folder.rglob("*.pdf")):
        paper = _sealed(path.read_bytes(), keys=keys)
        lost = by_mark.get(publishing.mark(paper[1])) if paper else None
        if paper and lost:
            loss, line = lost
            yield _told(path, json.loads(paper[0]), loss=loss, line=line)


def _sealed(content: bytes, *, keys: Keys) -> tuple[bytes, bytes] | None:
    """The canonical snapshot inside a file and its seal, if a key of ours made it."""
    enclosed = archiving.enclosed_in(content)
    if enclosed is None or enclosed.key_id not in keys.seals:
        return None
    seal = Seal(enclosed.key_id, enclosed.signature)
    if not sealing.holds(enclosed.source, seal=seal, public=keys.seals[enclosed.key_id]):
        return None
    return enclosed.source, enclosed.signature


def _told(path: Path, snapshot: dict[str, object], *, loss: Loss, line: marking.Line) -> Found:
    donor = snapshot.get("donor")
    totals = snapshot.get("totals")
    if not isinstance(totals, list):
        totals = [{"total_minor": snapshot.get("total_minor"), "currency": snapshot.get("currency")}]
    return Found(
        file=str(path),
        serial=str(snapshot.get("serial", "")),
        entity_code=loss.entity_code,
        tax_year=loss.tax_year,
        number=line.number,
        donor=str(donor.get("name", "")) if isinstance(donor, dict) else "",
        total=", ".join(f"{total['total_minor']} {total['currency']} (smallest units)" for total in totals),
    )
