"""The audit trail: one chain of hashes, written in the transaction of the deed it tells of."""

import hashlib
import json
from datetime import UTC, datetime

from django.db import connection, transaction

from staff.models import AuditEvent, User

GENESIS = "0" * 64
_LOCK = 7_210_001


def _digest(
    *, previous: str, number: int, at: datetime, actor: str, action: str, target: str, details: str
) -> str:
    text = "\x1f".join(
        [previous, str(number), at.astimezone(UTC).isoformat(), actor, action, target, details]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    *, actor: User | str, action: str, target: str, now: datetime, details: dict[str, object] | None = None
) -> AuditEvent:
    """Add one event to the chain; `actor` is a person or the name of a part of the system.

    Details hold ids and reasons, never names or addresses of donors. An advisory lock held to the end of the
    transaction keeps the chain in one line. This function will return the stored event.
    """
    who = f"user:{actor.pk}" if isinstance(actor, User) else f"system:{actor}"
    body = details or {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEvent.objects.order_by("-number").first()
        number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
        return AuditEvent.objects.create(
            number=number,
            at=now,
            actor=who,
            action=action,
            target=target,
            details=body,
            previous_hash=previous,
            hash=_digest(
                previous=previous,
                number=number,
                at=now,
                actor=who,
                action=action,
                target=target,
                details=json.dumps(body, sort_keys=True, ensure_ascii=False),
            ),
        )


def broken_links() -> list[int]:
    """Numbers of events whose hash, place or predecessor is wrong; an empty list means the chain holds."""
    wrong: list[int] = []
    previous, expected = GENESIS, 1
    for event in AuditEvent.objects.order_by("number").iterator():
        digest = _digest(
            previous=previous,
            number=event.number,
            at=event.at,
            actor=event.actor,
            action=event.action,
            target=event.target,
            details=json.dumps(event.details, sort_keys=True, ensure_ascii=False),
        )
        if event.number != expected or event.previous_hash != previous or event.hash != digest:
            wrong.append(event.number)
        previous, expected = event.hash, event.number + 1
    return wrong
