"""Finishing: the frozen snapshot becomes a file, kept once by its hash, and goes into the outbox."""

import json
import logging
import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from paper import storing
from paper.texts import UnprintableText
from receipts import keyholding, mailing, rendering, sealing, snapshots
from receipts.models import Receipt, Rendering, RenderingTrouble, Seal, SealKey, SigningCertificate

logger = logging.getLogger(__name__)

BATCH = 200
PDF = "application/pdf"


def due(*, now: datetime, limit: int = BATCH) -> list[uuid.UUID]:
    """Receipts without a file, oldest first; one that a person must look at waits longer each time."""
    return list(
        Receipt.objects.filter(rendering__isnull=True)
        .filter(Q(trouble__isnull=True) | Q(trouble__try_after__lte=now))
        .order_by("issued_at", "id")
        .values_list("id", flat=True)[:limit]
    )


def finish_due(*, now: datetime) -> int:
    """This function will draw the files that wait and queue their mails; it returns how many it finished."""
    return sum(finish(receipt_id=receipt_id, now=now) for receipt_id in due(now=now))


def finish(*, receipt_id: uuid.UUID, now: datetime) -> bool:
    """Draw one receipt, keep its bytes and queue its mail, all in one transaction.

    Drawing is pure, so it may be done again at will; the unique rows decide that it counts once. A name the
    fonts cannot print becomes work for a person instead of a black box. This function will return whether the
    file is new.
    """
    with transaction.atomic():
        if not _alone(receipt_id) or Rendering.objects.filter(receipt_id=receipt_id).exists():
            return False
        receipt = Receipt.objects.select_related("donor", "series__entity", "replaces").get(pk=receipt_id)
        try:
            content = _drawn(receipt, now=now)
        except (UnprintableText, snapshots.SnapshotRefused) as error:
            _ask_a_person(receipt=receipt, words=str(error), now=now)
            return False
        sha256 = storing.store(content=content, media_type=PDF, now=now)
        Rendering.objects.create(receipt=receipt, document_id=sha256, rendered_at=now)
        RenderingTrouble.objects.filter(receipt=receipt).delete()
        mailing.send_receipt(receipt=receipt, sha256=sha256, now=now)
    return True


def _drawn(receipt: Receipt, *, now: datetime) -> bytes:
    """The file, sealed by the house's key and signed by the entity's, as far as it has them."""
    entity = receipt.series.entity
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
    snapshot = json.loads(receipt.snapshot)
    return rendering.render(snapshot, seal=_seal(receipt, snapshot, now=now), signer=signer)


def _seal(receipt: Receipt, snapshot: dict[str, object], *, now: datetime) -> sealing.Seal | None:
    key = keyholding.sealing_key()
    if key is None or not snapshot.get("verify_at"):
        return None
    seal = sealing.make(snapshots.canonical(snapshot), key=key)
    public = key.public_key().public_bytes_raw()
    SealKey.objects.bulk_create(
        [SealKey(id=seal.key_id, public_key=public, added_at=now)], ignore_conflicts=True
    )
    # Drawing may have failed after an earlier sealing: the seal of the same key is the same.
    kept, _ = Seal.objects.get_or_create(
        receipt=receipt, defaults={"key_id": seal.key_id, "signature": seal.signature, "sealed_at": now}
    )
    return sealing.Seal(kept.key_id, bytes(kept.signature))


def _alone(receipt_id: uuid.UUID) -> bool:
    """Whether no other worker is drawing this receipt; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s::text, 7210003))", [str(receipt_id)]
        )
        return bool(cursor.fetchone()[0])


def _ask_a_person(*, receipt: Receipt, words: str, now: datetime) -> None:
    logger.warning("receipt %s cannot be printed", receipt.serial)
    trouble, is_new = RenderingTrouble.objects.get_or_create(
        receipt=receipt, defaults={"words": words[:300], "try_after": now + timedelta(hours=1)}
    )
    if not is_new:
        RenderingTrouble.objects.filter(pk=trouble.pk).update(
            words=words[:300], attempts=F("attempts") + 1, try_after=now + timedelta(hours=24)
        )
