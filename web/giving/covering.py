"""Covering: what a giver may add so that the whole gift arrives."""

from dataclasses import dataclass

from ledger import money
from ledger.money import Money


@dataclass(frozen=True)
class Rate:
    """What the processor keeps of a card payment: a percentage (in hundredths) and a fixed part."""

    percent_hundredths: int
    fixed_minor: int


# The processor's standard price for cards. A currency without a rate is not offered the cover.
RATES = {"USD": Rate(290, 30), "KRW": Rate(290, 400)}


def added(gift: Money) -> Money | None:
    """This function will return what to add to `gift`, or None where no rate is known."""
    rate = RATES.get(gift.currency)
    if rate is None or not gift:
        return None
    return money.fee_cover(gift, percent_hundredths=rate.percent_hundredths, fixed_minor=rate.fixed_minor)
