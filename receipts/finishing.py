"""Finishing: the frozen snapshot becomes a file, kept once by its hash, and goes into the outbox.

Up to two hundred receipts are finished in one transaction with a few statements for all of them. Each worker takes
receipts no other one holds, so as many as are rung for share the work. Drawing is pure: a worker that dies leaves
nothing half done, and the next one makes the same bytes.
"""

import json
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import OperationalError, connection, transaction
from django.db.models import F

from paper import storing
from paper.texts import UnprintableText
from receipts import keyholding, mailing, marking, publishing, rendering, sealing, snapshots
from receipts.models import Receipt, Rendering, RenderingTrouble, Seal, SealKey, SigningCertificate
from receipts.pouring import pour

logger = logging.getLogger(__name__)

BATCH, SHARE, LEAST = 200, 2, 25
PDF = "application/pdf"
LOOK_AGAIN, LOOK_LATER = timedelta(hours=1), timedelta(hours=24)

# Out of those that wait, not out of all there ever were (`receipts/migrations/0011_undrawn.py`). Towards the end a
# worker takes half of what is left, so that two of them end together.
_CLAIM = """
SELECT u.receipt_id FROM receipts_undrawn u LEFT JOIN receipts_renderingtrouble t ON t.receipt_id = u.receipt_id
 WHERE t.id IS NULL OR t.try_after <= %(now)s ORDER BY u.issued_at, u.series_id, u.number
 LIMIT least(%(limit)s, greatest(%(least)s,
   (SELECT count(*) FROM (SELECT 1 FROM receipts_undrawn LIMIT %(limit)s::int * 2) AS waiting) / 2))
 FOR UPDATE OF u SKIP LOCKED
"""
_ALONE = "SELECT receipt_id FROM receipts_undrawn WHERE receipt_id = %s FOR UPDATE SKIP LOCKED"
_HOUSE = (OperationalError, marking.MarksUnusable, keyholding.UnusableKeys)
"""Troubles of the house (no disk, no keys, no database), not of one receipt: the whole deed waits."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A receipt's file before it is kept. `is_sealed_anew` means its seal is not stored yet."""

    receipt: Receipt
    content: bytes
    seal: sealing.Seal | None
    is_sealed_anew: bool


def finish_due(*, now: datetime) -> int:
    """Draw the files that wait and queue their mails, two hundred at a time.

    This function will return how many it finished. Raises marking.MarksUnusable or keyholding.UnusableKeys.
    """
    finished = 0
    while True:
        claimed, done = finish_some(now=now)
        finished += done
        if not claimed:
            return finished


def finish_share(*, now: datetime) -> bool:
    """Draw two batches at most: then whatever else stands in the queue has its turn.

    This function will return whether more may wait. Raises as `finish_due` does.
    """
    return all(finish_some(now=now)[0] for _ in range(SHARE))


def finish_some(*, now: datetime, limit: int = BATCH) -> tuple[int, int]:
    """Take receipts no other worker holds, and finish all of them in one transaction.

    Where one of them cannot be written, each is finished by itself, and only that one waits for a person. This
    function will return how many it took and how many of them have a new file.
    """
    claimed: list[uuid.UUID] = []
    try:
        with transaction.atomic():
            claimed = _claim(now=now, limit=limit)
            return len(claimed), _finish(claimed, now=now)
    except _HOUSE:
        raise
    except Exception:
        logger.exception("%s receipts could not be finished together: each by itself", len(claimed))
    return len(claimed), sum(_finish_alone(receipt_id, now=now) for receipt_id in claimed)


def finish(*, receipt_id: uuid.UUID, now: datetime) -> bool:
    """Finish one receipt, as `finish_some` does many.

    A name the fonts cannot print becomes work for a person instead of a black box. This function will return
    whether the file is new.
    """
    with transaction.atomic():
        return bool(_finish([receipt_id], now=now)) if _alone(receipt_id) else False


def _finish_alone(receipt_id: uuid.UUID, *, now: datetime) -> bool:
    try:
        return finish(receipt_id=receipt_id, now=now)
    except _HOUSE:
        raise
    except Exception as error:
        logger.exception("receipt %s could not be finished", receipt_id)
        with transaction.atomic():
            receipt = Receipt.objects.get(pk=receipt_id)
            _ask_a_person(receipt=receipt, words=f"{type(error).__name__}: {error}", now=now)
        return False


def _claim(*, now: datetime, limit: int) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "limit": limit, "least": LEAST})
        return [row[0] for row in cursor.fetchall()]


def _alone(receipt_id: uuid.UUID) -> bool:
    """Whether it waits and no other worker is drawing it; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [receipt_id])
        return cursor.fetchone() is not None


def _finish(claimed: Sequence[uuid.UUID], *, now: datetime) -> int:
    """Draw, mark the numbers as being on paper, keep, and queue the mails of receipts that are locked."""
    receipts = (
        Receipt.objects.filter(pk__in=claimed)
        .select_related("donor__merged_into", "seal", "trouble")
        # Of these there are few or none, so one object of each serves all receipts.
        .prefetch_related("series__entity", "replaces", "totals")
        .order_by("issued_at", "series_id", "number")
    )
    drawn = [made for receipt in receipts if (made := _drawn(receipt, now=now))]
    if not drawn:
        return 0
    from paper import drawing

    _mark(drawn)
    _keep_keys(drawn, now=now)
    contents = [each.content for each in drawn]
    keys = storing.store_all(contents=contents, media_type=PDF, now=now, openings=drawing.openings())
    pour(
        [
            Seal(receipt=each.receipt, key_id=each.seal.key_id, signature=each.seal.signature, sealed_at=now)
            for each in drawn
            if each.seal and each.is_sealed_anew
        ]
    )
    papers = list(zip((each.receipt for each in drawn), keys, strict=True))
    pour([Rendering(receipt=receipt, document_id=sha256, rendered_at=now) for receipt, sha256 in papers])
    solved = [each.receipt.trouble.pk for each in drawn if hasattr(each.receipt, "trouble")]
    if solved:
        RenderingTrouble.objects.filter(pk__in=solved).delete()
    mailing.send_receipts(drawn=papers, now=now)
    return len(drawn)


def _drawn(receipt: Receipt, *, now: datetime) -> Drawn | None:
    """The file, sealed by the house's key and signed by the entity's, as far as it has them."""
    # What is stored is canonical: writing it again would give the same bytes.
    source = receipt.snapshot.encode()
    snapshot = json.loads(source)
    kept = getattr(receipt, "seal", None)
    # Drawing may have failed after an earlier sealing, and the key may have been changed since.
    seal = sealing.Seal(kept.key_id, bytes(kept.signature)) if kept else _sealed(source, snapshot)
    signer = keyholding.signer(entity_code=receipt.series.entity.code)
    try:
        content = rendering.render(snapshot, seal=seal, signer=signer, source=source)
    except (UnprintableText, snapshots.SnapshotRefused) as error:
        _ask_a_person(receipt=receipt, words=str(error), now=now)
        return None
    return Drawn(receipt, content, seal, is_sealed_anew=kept is None)


def _sealed(source: bytes, snapshot: dict[str, object]) -> sealing.Seal | None:
    key = keyholding.sealing_key()
    if key is None or not snapshot.get("verify_at"):
        return None
    return sealing.make(source, key=key)


def _mark(drawn: Iterable[Drawn]) -> None:
    """Before any paper leaves its number is on another disk than the database; one flush for each series."""

    def series(each: Drawn) -> tuple[str, int]:
        return each.receipt.series.entity.code, each.receipt.series.year

    for (code, year), papers in groupby(sorted(drawn, key=series), key=series):
        lines = [
            marking.Line(
                each.receipt.number,
                each.receipt.hash,
                publishing.mark(each.seal.signature) if each.seal else "",
            )
            for each in papers
        ]
        marking.set_marks(entity_code=code, tax_year=year, lines=lines)


def _keep_keys(drawn: Iterable[Drawn], *, now: datetime) -> None:
    """Public keys and certificates are kept when first used, so that a paper can be checked for ever."""
    key = keyholding.sealing_key()
    if key is not None and any(each.seal and each.is_sealed_anew for each in drawn):
        public = key.public_key().public_bytes_raw()
        SealKey.objects.bulk_create(
            [SealKey(id=sealing.key_id(public), public_key=public, added_at=now)], ignore_conflicts=True
        )
    for entity in {each.receipt.series.entity for each in drawn}:
        signer = keyholding.signer(entity_code=entity.code)
        if signer is not None:
            SigningCertificate.objects.bulk_create(
                [
                    SigningCertificate(
                        fingerprint=signer.certified.fingerprint,
                        entity=entity,
                        pem=signer.certified.pem,
                        added_at=now,
                    )
                ],
                ignore_conflicts=True,
            )


def _ask_a_person(*, receipt: Receipt, words: str, now: datetime) -> None:
    logger.warning("receipt %s cannot be printed", receipt.serial)
    trouble, is_new = RenderingTrouble.objects.get_or_create(
        receipt=receipt, defaults={"words": words[:300], "try_after": now + LOOK_AGAIN}
    )
    if not is_new:
        RenderingTrouble.objects.filter(pk=trouble.pk).update(
            words=words[:300], attempts=F("attempts") + 1, try_after=now + LOOK_LATER
        )
