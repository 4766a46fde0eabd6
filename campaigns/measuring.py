"""Measuring: an area is stored once in square meters and told in the reader's own measure."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

SQUARE_METERS_PER_SQUARE_FOOT = Decimal("0.09290304")
"""Exact: the international foot is 0.3048 m."""
SQUARE_METERS_PER_PYEONG = Decimal("3.305785")
"""The pyeong as Korean land registers convert it (400/121 m2, cut to six decimals)."""


def area(square_meters: Decimal, language: str) -> str:
    """6942.1485 is "74,724 sq ft" in English and "2,100평 (6,942 m²)" in Korean.

    Square feet are cut, not rounded, to whole feet: nobody is told of more ground than there is.
    This function will return the words; raises TypeError for anything but a Decimal.
    """
    if not isinstance(square_meters, Decimal):
        raise TypeError("an area is a Decimal of square meters")
    if language == "ko":
        pyeong = (square_meters / SQUARE_METERS_PER_PYEONG).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        whole = square_meters.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return f"{pyeong:,}평 ({whole:,} m²)"
    feet = (square_meters / SQUARE_METERS_PER_SQUARE_FOOT).quantize(Decimal(1), rounding=ROUND_DOWN)
    return f"{feet:,} sq ft"
