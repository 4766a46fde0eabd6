"""Taking turns: what is decided about a gift is decided by one at a time, and told by what stands at that moment."""

import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

# The trigger on refunds takes the same lock.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(id, 7210002)) FROM unnest(%s::text[]) AS asked (id)"


# In the order that was asked, and as many as there are rows: what is not looked at is not locked.
_LOCK_FREE = """
SELECT id FROM unnest(%s::uuid[]) AS asked (id)
 WHERE pg_try_advisory_xact_lock(hashtextextended(id::text, 7210002)) LIMIT %s
"""


def take(donation_ids: Iterable[uuid.UUID]) -> None:
    """Wait until nobody else refunds, corrects or receipts these gifts; the turn ends with the transaction.

    Everybody takes them in one order, so that two who want the same ones cannot block each other. This function will
    return when it is ours.
    """
    asked = sorted(str(donation_id) for donation_id in donation_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [asked])


def take_free(donation_ids: Sequence[uuid.UUID], *, most: int) -> list[uuid.UUID]:
    """Take turns of gifts that nobody else holds, without waiting.

    This function will return which are ours until the transaction ends: at most so many, in the order they were named.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_FREE, [list(donation_ids), most])
        return [row[0] for row in cursor.fetchall()]
