"""Repeating safely: a POST with an Idempotency-Key is carried out once, however often it arrives.

The record is committed before the work begins. Whoever comes with the same key meanwhile is told to wait; whoever
comes afterwards gets the stored answer. A record whose work never ended (the process died) is taken over after
five minutes with the same `work_id`, so what was made already is found and not made again.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.models import ApiKey, IdempotencyRecord
from api.problems import Conflict, Unprocessable

KEPT_FOR = timedelta(hours=24)
DEAD_AFTER = timedelta(minutes=5)
HEADER = "Idempotency-Key"
_SHAPE = re.compile(r"[\x21-\x7e]{1,255}")

V = TypeVar("V")
View = Callable[..., Response]


@dataclass(frozen=True)
class Claim:
    """What `claim` found: the record, and whether the work is ours to do."""

    record: IdempotencyRecord
    is_ours: bool


def claim(*, actor: str, key: str, target: str, body_sha256: str, now: datetime) -> Claim:
    """Take a key for one request, or find who took it.

    Raises Unprocessable when the key was used for something else, Conflict while the first request runs.
    This function will return the record, committed, and whether the caller has to do the work.
    """
    fresh = IdempotencyRecord(
        actor=actor, key=key, target=target, body_sha256=body_sha256, created_at=now, begun_at=now
    )
    # The unique constraint decides who is first, not a look beforehand.
    IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)
    record = IdempotencyRecord.objects.filter(actor=actor, key=key).first()
    if record is None:  # the first request was refused and let go of its key between our two looks
        raise Conflict(_("The first request with this Idempotency-Key is still running."), "still_running")
    if record.work_id == fresh.work_id:
        return Claim(record, is_ours=True)
    if (record.target, record.body_sha256) != (target, body_sha256):
        raise Unprocessable(_("This Idempotency-Key was used for another request."), "idempotency_key_reused")
    if record.status is not None:
        return Claim(record, is_ours=False)
    taken_over = IdempotencyRecord.objects.filter(
        pk=record.pk, status__isnull=True, begun_at__lte=now - DEAD_AFTER
    ).update(begun_at=now)
    if not taken_over:
        raise Conflict(_("The first request with this Idempotency-Key is still running."), "still_running")
    return Claim(record, is_ours=True)


def keep(*, record: IdempotencyRecord, status: int, answer: object, location: str) -> None:
    """This function will store the answer that repetitions get."""
    IdempotencyRecord.objects.filter(pk=record.pk).update(status=status, answer=answer, location=location)


def release(*, record: IdempotencyRecord) -> None:
    """This function will free a key whose request was refused and made nothing."""
    IdempotencyRecord.objects.filter(pk=record.pk, status__isnull=True).delete()


def purge(*, now: datetime) -> int:
    """This function will delete the records older than 24 hours and return how many there were."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def once(view: View) -> View:
    """Wraps the POST of a resource; the view is given `work_id`, the id of what it makes."""

    @wraps(view)
    def wrapped(resource: Any, request: Request, **places: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return view(resource, request, work_id=uuid4(), **places)
        if not _SHAPE.fullmatch(key):
            raise ValidationError(
                {HEADER: [_("Between 1 and 255 visible ASCII signs.")]}, code="idempotency_key"
            )
        found = claim(
            actor=_actor(request),
            key=key,
            target=f"{request.method} {request.path}"[:200],
            body_sha256=_digest(request.data),
            now=timezone.now(),
        )
        if not found.is_ours:
            return _again(found.record)
        return _first(resource, request, found.record, view, places)

    return wrapped


def _first(
    resource: Any, request: Request, record: IdempotencyRecord, view: View, places: dict[str, Any]
) -> Response:
    work_id: UUID = record.work_id
    try:
        response = view(resource, request, work_id=work_id, **places)
    except Exception:
        # Deeds are atomic: one that raised has made nothing, so the key may be tried again.
        release(record=record)
        raise
    keep(
        record=record,
        status=response.status_code,
        answer=json.loads(JSONRenderer().render(response.data)),
        location=response.get("Location", ""),
    )
    return response


def _again(record: IdempotencyRecord) -> Response:
    response = Response(record.answer, status=record.status, headers={"Idempotent-Replayed": "true"})
    if record.location:
        response["Location"] = record.location
    return response


def _actor(request: Request) -> str:
    return f"key:{request.auth.pk}" if isinstance(request.auth, ApiKey) else f"user:{request.user.pk}"


def _digest(body: object) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
