"""Picturing: QR codes, as modules for a printed page and as a drawing for a screen.

Level M reads on when about a seventh of the code is hidden by a thumb or a coffee ring.
Four light modules around it belong to the code; without them many phones find nothing.
"""

from io import BytesIO

import segno

from paper import coding

LEVEL = "m"
QUIET = 4
LONGEST = 400


class TooMuch(ValueError):
    """An address this long makes a code that phones cannot read from a card."""


def _code(text: str) -> segno.QRCode:
    if not 0 < len(text) <= LONGEST:
        raise TooMuch(len(text))
    # Without `boost_error` the same address has the same picture in every version of the package.
    return segno.make_qr(text, error=LEVEL, boost_error=False)


def modules(text: str) -> list[list[bool]]:
    """This function will return the rows of the code, dark as True, without the light edge."""
    return [[bool(cell) for cell in row] for row in _code(text).matrix]


def symbol(text: str) -> coding.Symbol:
    """This function will return the code for `drawing.Drawing.squares`."""
    rows = modules(text)
    width = (len(rows) + 7) // 8
    packed = b"".join(
        int("".join("1" if dark else "0" for dark in row).ljust(8 * width, "0"), 2).to_bytes(width)
        for row in rows
    )
    return coding.Symbol(len(rows), packed)


def svg(text: str, *, title: str) -> bytes:
    """This function will return the code as an SVG file with its light edge, black on white in any color scheme."""
    drawn = BytesIO()
    _code(text).save(
        drawn,
        kind="svg",
        border=QUIET,
        scale=8,
        dark="#000",
        light="#fff",
        title=title,
        omitsize=True,
        nl=False,
    )
    return drawn.getvalue()
