"""Taking turns: what is decided about a gift is decided by one at a time, and told by what stands at that moment."""

import uuid
from collections.abc import Iterable

from django.db import connection

# The trigger on refunds takes the same lock.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(id, 7210002)) FROM unnest(%s::text[]) AS asked (id)"


def take(donation_ids: Iterable[uuid.UUID]) -> None:
    """Wait until nobody else refunds, corrects or receipts these gifts; the turn ends with the transaction.

    Everybody takes them in one order, so that two who want the same ones cannot block each other. This function will
    return when it is ours.
    """
    asked = sorted(str(donation_id) for donation_id in donation_ids)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [asked])
