"""Measuring: how much a fund holds of each class, and taking turns at it."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q, Sum

from books import postings
from ledger.models import Fund, LegalEntity, Line
from ledger.money import Money

WITH = Q(account__code__in=postings.WITH) | (
    Q(account__code=postings.EXCHANGE) & ~Q(fund__restriction=Fund.Restriction.NONE)
)
"""Lines that are with donor restrictions, as the database's `restricted_left` counts them."""

# The triggers on releases and transfers take the same lock.
_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended(id::text, 7210060)) FROM unnest(%s::bigint[]) AS asked (id)
"""


def lock(fund_ids: Iterable[int]) -> None:
    """This function will wait until nobody else releases or moves money of these funds, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(set(fund_ids))])


_RESTRICTED = "SELECT restricted_left(%s, %s)"
_UNRESTRICTED = "SELECT unrestricted_left(%s, %s)"


def restricted(*, fund_id: int, currency: str) -> Money:
    """This function will return what a fund holds with donor restrictions now."""
    return _asked(_RESTRICTED, fund_id, currency)


def unrestricted(*, fund_id: int, currency: str) -> Money:
    """This function will return what a fund holds without donor restrictions now: all that is left but the other."""
    return _asked(_UNRESTRICTED, fund_id, currency)


def _asked(question: str, fund_id: int, currency: str) -> Money:
    with connection.cursor() as cursor:
        cursor.execute(question, [fund_id, currency])
        return Money(int(cursor.fetchone()[0]), currency)


def releasable(*, fund_id: int, currency: str, on: date) -> Money:
    """What may be released on a day: the least the fund holds from that day on, for money may not go before it came.

    Only what was booked after the day is read, so that a day of this month costs little. This function will return
    nothing rather than less than nothing.
    """
    held = restricted(fund_id=fund_id, currency=currency)
    later = (
        Line.objects.filter(
            WITH,
            fund_id=fund_id,
            currency=currency,
            entry__booked_on__gt=on,
        )
        .values_list("entry__booked_on")
        .annotate(sum=Sum("amount_minor"))
        .order_by("-entry__booked_on")
    )
    standing = least = held.minor
    for _day, minor in later:
        standing += minor
        least = min(least, standing)
    return Money(max(least, 0), currency)


def below_nothing(*, entity: LegalEntity, on: date) -> list[tuple[int, Money]]:
    """This function will return the funds of a body whose restricted money is less than nothing at the end of a day."""
    lines = Line.objects.filter(WITH, entry__entity=entity, entry__booked_on__lte=on)
    sums = lines.values_list("fund_id", "currency").annotate(sum=Sum("amount_minor")).filter(sum__gt=0)
    return [
        (fund_id, Money(-minor, currency))
        for fund_id, currency, minor in sums.order_by("fund_id", "currency")
    ]


def currencies(*, fund_id: int) -> list[str]:
    """This function will return the currencies in which a fund holds, or ever held, restricted money."""
    lines = Line.objects.filter(WITH, fund_id=fund_id)
    return sorted(lines.values_list("currency", flat=True).distinct())
