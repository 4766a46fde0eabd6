"""Scaling: round numbers for an axis, from whole minor units, without a rounding error."""

from collections.abc import Sequence

_STEPS = (1, 2, 5, 10)


def ticks(*, low: int, high: int, most: int = 5) -> Sequence[int]:
    """Round numbers that hold `low`, `high` and zero: 0, 20000, 40000 for a highest value of 33,120.

    This function will return between two and `most` + 2 of them, the lowest first.
    """
    low, high = min(low, 0), max(high, 0)
    if low == high:
        high = 1
    step = _step(high - low, most)
    first, last = low // step, -(-high // step)
    return [number * step for number in range(first, last + 1)]


def _step(span: int, most: int) -> int:
    power = 1
    while True:
        for factor in _STEPS:
            if span <= factor * power * (most - 1):
                return factor * power
        power *= 10


def every(*, count: int, room: int) -> int:
    """This function will return of how many labels one is written where there is room for `room` of them."""
    return max(1, -(-count // max(room, 1)))
