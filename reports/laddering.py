"""Laddering: whether suggested amounts stand higher than people really give (F08).

Raising the ladder to chase larger gifts makes fewer people give and raises nothing, so staff are warned before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from ledger.money import Money

LOOKS_BACK = timedelta(days=90)
TOO_HIGH_TENTHS = 12
"""A new median of more than 1.2 times the median gift is a reason to ask twice."""


@dataclass(frozen=True, slots=True)
class Height:
    """The middle of a list beside the middle of what was given; `given` is None when nobody gave."""

    suggested: Money
    given: Money | None
    gifts: int

    @property
    def is_high(self) -> bool:
        return self.given is not None and self.suggested.minor * 10 > self.given.minor * TOO_HIGH_TENTHS


# What somebody chose, so without the fee they covered on top. An odd one out of two middles is the lower: a real gift.
_GIVEN = """
SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY d.amount_minor - CASE
         WHEN d.plan_id IS NULL THEN c.cover_minor ELSE 0 END)
  FROM donations_donation d JOIN donations_checkout c ON c.id = d.checkout_id
 WHERE c.page_id = %s AND d.currency = %s AND (d.plan_id IS NOT NULL) = %s AND d.given_at >= %s AND d.given_at <= %s
"""


def height(*, page_id: int, amounts: Sequence[Money], is_recurring: bool, now: datetime) -> Height:
    """Compare a list of suggested amounts with the gifts of the last 90 days on the same page.

    `amounts` are in one currency and not empty. This function will return both medians.
    """
    rising = sorted(amount.minor for amount in amounts)
    currency = amounts[0].currency
    lower, upper = rising[(len(rising) - 1) // 2], rising[len(rising) // 2]
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, [page_id, currency, is_recurring, now - LOOKS_BACK, now])
        gifts, middle = cursor.fetchone()
    return Height(
        suggested=Money((lower + upper) // 2, currency),
        given=Money(int(middle), currency) if gifts else None,
        gifts=gifts,
    )
