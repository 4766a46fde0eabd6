"""What finance does with money that is here already, as balanced lines. Pure: amounts in, lines out.

With donor restrictions is what stands on 4100, 4910 and 4960, and on 7900 in a restricted fund: what a gift was
exchanged into is as restricted as the gift. Everything else that is no asset and no debt is without. So a release says
twice what it moves, in one fund: 4910 falls and 4900 grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.money import Money
from ledger.posting import Posting

BANK, SECURITIES, BETWEEN = "1000", "1300", "1900"
RELEASED_TO, RELEASED_FROM = "4900", "4910"
MOVED = {False: "4950", True: "4960"}
"""Transfers between funds, by whether the money is restricted."""
GAIN_OR_LOSS, BROKER = "4450", "5170"
WITH = ("4100", RELEASED_FROM, MOVED[True])
"""Accounts that hold what is with donor restrictions, in whatever fund."""
EXCHANGE = "7900"


@dataclass(frozen=True, slots=True)
class Lying:
    """What a gift of securities stands for in the books of one fund: the value it was received at."""

    fund_id: int
    value: Money


def release(*, fund_id: int, amount: Money) -> list[Posting]:
    """What was restricted is so no longer; taken back with a negative amount."""
    return [Posting(RELEASED_FROM, fund_id, amount), Posting(RELEASED_TO, fund_id, -amount)]


def transfer(*, from_id: int, to_id: int, amount: Money, is_restricted: bool) -> list[Posting]:
    """One fund owes another: each balances by itself, and both stay in their class."""
    account = MOVED[is_restricted]
    return [
        Posting(account, from_id, amount),
        Posting(BETWEEN, from_id, -amount),
        Posting(BETWEEN, to_id, amount),
        Posting(account, to_id, -amount),
    ]


def sale(*, lying: Sequence[Lying], price: Money, fee: Money) -> list[Posting]:
    """Securities became money: the bank got the price less the fee, and what they were received at is gone.

    What the price differs by is gain or loss, never a gift (D7). Each fund bears its share.
    """
    weights = [one.value.minor for one in lying]
    lines: list[Posting] = []
    for one, part, cost in zip(lying, price.split(weights), fee.split(weights), strict=True):
        lines += [
            Posting(BANK, one.fund_id, part - cost),
            Posting(BROKER, one.fund_id, cost),
            Posting(GAIN_OR_LOSS, one.fund_id, one.value - part),
            Posting(SECURITIES, one.fund_id, -one.value),
        ]
    return lines
