"""What a refund takes away first. Our policy: the gift, then the price of what the giver got (D3).

A gala ticket of 150 with a dinner of 50 is a gift of 100. When 60 goes back, 40 of the gift is left; the dinner was
eaten and its price stays 50. No part is ever below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.money import Money
from receipts.rules import checking, shapes


class RefundAbovePayment(ValueError):
    """More would go back than came in."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a payment: `paid` is what we hold, of it `gift` is deductible; `benefit` was received."""

    paid: Money
    benefit: Money
    gift: Money


def left(*, paid: Money, benefit: Money, refunded: Money) -> Left:
    """Take a refund off the gift part first.

    Raises `RefundAbovePayment`. This function will return what is left.
    """
    if refunded.minor < 0 or paid < refunded:
        raise RefundAbovePayment(f"{refunded.plain} of {paid.plain}")
    kept = paid - refunded
    return Left(kept, benefit, checking.above_zero(kept - benefit))


def correction(*, receipt: shapes.Receipt, refunded: Money) -> shapes.Correction:
    """What happens to an issued receipt when `refunded` went back after its issue.

    Nothing deductible left means void, also when the price of a dinner remains; otherwise a new receipt replaces
    it. This function will return which; it raises `RefundAbovePayment`.
    """
    if refunded.minor == 0:
        return shapes.Correction.NONE
    eligible = receipt.total if receipt.eligible is None else receipt.eligible
    gift = left(paid=receipt.total, benefit=receipt.total - eligible, refunded=refunded).gift
    return shapes.Correction.REPLACE if gift else shapes.Correction.VOID


def after_years(day: date, years: int) -> date:
    """This function will return the same day years later; 29 February becomes 1 March, never a day too early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
