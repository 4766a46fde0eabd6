"""The inbox: a notice is verified, stored once and answered at once; settling happens later."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from payments import gateway
from payments.gateway import Notice
from payments.models import ProcessorEvent

LARGEST_BODY = 512 * 1024
MOST_ATTEMPTS = 12
RELEASED_FOR = timedelta(seconds=15)
LEADING = ("charge.succeeded", "invoice.paid")

_KEEP = """
INSERT INTO payments_processorevent
  (ref, kind, object_ref, created_at, api_version, received_at, deliveries, status, attempts, settle_after,
   settled_at, reason)
VALUES (%s, %s, %s, %s, %s, %s, 1, %s, 0, %s, %s, %s)
ON CONFLICT (ref) DO UPDATE SET deliveries = payments_processorevent.deliveries + 1
RETURNING id, deliveries
"""
# Of a gift three notices tell, of a renewal five. Those that lead to all of it come first, and the others then find it
# in the books.
_CLAIM = """
UPDATE payments_processorevent SET settle_after = %s WHERE id IN (
  SELECT id FROM payments_processorevent WHERE status = 'received' AND settle_after <= %s
   ORDER BY kind <> ALL(%s), settle_after, id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, kind
"""
# A closing that a crash loses is only made again, so its commit need not wait for the disk; `hurry` says so for
# this one transaction.
_CLOSE = """
WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE payments_processorevent SET status = %s, settled_at = %s, reason = %s FROM hurry
 WHERE id = %s AND status = 'received'
"""


def receive(*, body: bytes, signature: str, now: datetime) -> int | None:
    """Take in one webhook. Raises gateway.ForgedEvent when it is not the processor's.

    A notice of the other mode (test on a live key, live on a test key) is stored and parked.
    This function will return the row's id when the notice is new, and None for a repetition.
    """
    notice = gateway.connect().verify(body=body, signature=signature, now=now)
    pk, deliveries = keep(notice=notice, now=now)
    return pk if deliveries == 1 else None


def keep(*, notice: Notice, now: datetime) -> tuple[int, int]:
    """Store a notice once, in one statement. This function will return the row's id and how often it came."""
    is_ours = notice.is_live == ("_live_" in settings.STRIPE_API_KEY)
    status = ProcessorEvent.Status.RECEIVED if is_ours else ProcessorEvent.Status.PARKED
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                notice.ref[:80],
                notice.kind[:80],
                notice.object_ref[:80],
                notice.created_at,
                notice.api_version[:40],
                now,
                status.value,
                now,
                None if is_ours else now,
                "" if is_ours else "event of the other mode",
            ],
        )
        pk, deliveries = cursor.fetchone()
    return pk, deliveries


def waiting(*, now: datetime, limit: int = 200) -> list[int]:
    """Ids of notices that wait to be settled, oldest first."""
    return list(
        ProcessorEvent.objects.filter(status=ProcessorEvent.Status.RECEIVED, settle_after__lte=now)
        .order_by("settle_after", "id")
        .values_list("id", flat=True)[:limit]
    )


def claim(*, now: datetime, limit: int, lease: timedelta) -> tuple[list[int], list[int]]:
    """Take notices that wait; until the lease ends nobody else takes them.

    This function will return the ids of those that lead to a whole gift, to be settled first, and of the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + lease, now, list(LEADING), limit])
        claimed = sorted(cursor.fetchall())
    leading = [pk for pk, kind in claimed if kind in LEADING]
    return leading, [pk for pk, kind in claimed if kind not in LEADING]


def release(*, pk: int, now: datetime) -> None:
    """This function will put a claimed notice back that was not looked at: it waits a little, and loses no try."""
    ProcessorEvent.objects.filter(pk=pk, status=ProcessorEvent.Status.RECEIVED).update(
        settle_after=now + RELEASED_FOR
    )


def close(
    *, pk: int, status: ProcessorEvent.Status, now: datetime, reason: str = ""
) -> ProcessorEvent.Status:
    """Mark a notice dealt with; one that is dealt with already stays as it is.

    This function will return the notice's state afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [status.value, now, reason[:300], pk])
        closed = cursor.rowcount
    return status if closed else state_of(pk=pk)


def state_of(*, pk: int) -> ProcessorEvent.Status:
    """This function will return how a notice stands."""
    return ProcessorEvent.Status(ProcessorEvent.objects.values_list("status", flat=True).get(pk=pk))


def postpone(*, event: ProcessorEvent, reason: str, now: datetime) -> ProcessorEvent.Status:
    """Try a notice again later, with a growing pause; after twelve tries it is parked for a person.

    This function will return the notice's state afterwards.
    """
    if event.attempts + 1 >= MOST_ATTEMPTS:
        return close(pk=event.pk, status=ProcessorEvent.Status.PARKED, reason=reason, now=now)
    pause = timedelta(seconds=min(2 ** (event.attempts + 1), 1800))
    ProcessorEvent.objects.filter(pk=event.pk, status=ProcessorEvent.Status.RECEIVED).update(
        attempts=F("attempts") + 1, settle_after=now + pause, reason=reason[:300]
    )
    return state_of(pk=event.pk)
