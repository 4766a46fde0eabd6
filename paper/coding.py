"""QR symbols for many documents: one text of capital letters and digits, fixed versions, one fixed mask.

A symbol with a free mask costs 3 ms, a receipt 0.8 ms. So everything that is the same in all symbols of one
version is prepared once: what each code word adds to the symbol, and what each byte adds to its error correction.
Both are plain numbers, so a symbol is a handful of exclusive-ors (0.05 ms). ISO/IEC 18004; the tests compare
each version with segno's own symbol, module by module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import segno
from segno import consts

LETTERS = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
ALPHANUMERIC = 0b0010
MASK = 3
BLOCKS: dict[int, tuple[tuple[int, ...], int]] = {
    5: ((43, 43), 24),
    6: ((27, 27, 27, 27), 16),
    7: ((31, 31, 31, 31), 18),
    8: ((38, 38, 39, 39), 22),
    9: ((36, 36, 36, 37, 37), 22),
}
"""Of each version at level M (15 % may be dirty): data words of each block, correction words of a block."""


class TextTooLong(ValueError):
    """The text does not fit the largest symbol that is prepared, or has a letter outside the alphabet."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """`rows` are the modules from above, each row padded to whole bytes, a set bit is dark."""

    side: int
    rows: bytes


def symbol(text: str) -> Symbol:
    """This function will return the smallest prepared symbol of a text of capitals, digits and `$%*+-./: `.

    Raises TextTooLong.
    """
    values = [LETTERS.get(letter, -1) for letter in text]
    if -1 in values:
        raise TextTooLong("a letter outside the alphabet of QR symbols")
    bits, length = _bits(values)
    for version, (blocks, _) in BLOCKS.items():
        if length <= 8 * sum(blocks):
            return _prepared(version).draw(bits, length)
    raise TextTooLong(f"{len(text)} characters")


def _bits(values: list[int]) -> tuple[int, int]:
    """Mode, count (nine bits up to version 9), then two characters to eleven bits, the last alone to six."""
    bits, length = ALPHANUMERIC << 9 | len(values), 13
    for first, second in zip(values[::2], values[1::2], strict=False):
        bits, length = bits << 11 | first * 45 + second, length + 11
    if len(values) % 2:
        bits, length = bits << 6 | values[-1], length + 6
    return bits, length


def _field() -> tuple[list[int], list[int]]:
    """Powers and logarithms of the field of 256 elements."""
    powers, logarithms, element = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = element
        logarithms[element] = exponent
        element = element << 1 ^ (0x11D if element & 0x80 else 0)
    return powers, logarithms


POWERS, LOGARITHMS = _field()


def _times(first: int, second: int) -> int:
    return POWERS[LOGARITHMS[first] + LOGARITHMS[second]] if first and second else 0


def _generator(words: int) -> list[int]:
    """The polynomial that `words` correction words are the remainder of, highest power first."""
    found = [1]
    for exponent in range(words):
        longer = [*found, 0]
        for place, factor in enumerate(found):
            longer[place + 1] ^= _times(factor, POWERS[exponent])
        found = longer
    return found


class _Prepared:
    """What symbols of one version have in common. A symbol is one large number: a bit for each module."""

    def __init__(self, version: int) -> None:
        self.blocks, self.correction = BLOCKS[version]
        self.side = 17 + 4 * version
        self.row = (self.side + 7) // 8
        generator = _generator(self.correction)[1:]
        self.remainders = [
            int.from_bytes(bytes(_times(factor, leading) for factor in generator)) for leading in range(256)
        ]
        self.top = 8 * (self.correction - 1)
        self.base, cells = self._frame(version)
        words = sum(self.blocks) + self.correction * len(self.blocks)
        self.places = [self._place(cells[8 * word : 8 * word + 8]) for word in range(words)]

    def _bit(self, row: int, column: int) -> int:
        return 1 << (8 * self.row * (self.side - row) - 1 - column)

    def _frame(self, version: int) -> tuple[int, list[int]]:
        """The patterns every symbol has, with the mask laid over the rest, and the bits of the rest in order."""
        sample = segno.make_qr("A", error="m", version=version, mask=MASK, boost_error=False)
        kinds = [list(row) for row in sample.matrix_iter(scale=1, border=0, verbose=True)]
        base, cells = 0, []
        for row, column in self._path():
            kind = kinds[row][column]
            # segno counts one module of the data beside the format among the format.
            if kind in {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT} or (row, column) == (8, self.side - 9):
                cells.append(self._bit(row, column))
                base ^= self._bit(row, column) if (row + column) % 3 == 0 else 0
            elif kind >> 8:
                base |= self._bit(row, column)
        for row in range(self.side):
            base |= self._bit(row, 6) if kinds[row][6] >> 8 else 0
        return base, cells

    def _path(self) -> list[tuple[int, int]]:
        """Every module in the order data are laid: two columns at a time from the right, up and down."""
        path, up = [], True
        # The column of the timing pattern is passed over: the pairs left of it begin at odd numbers.
        for right in [*range(self.side - 1, 6, -2), *range(5, 0, -2)]:
            rows = range(self.side - 1, -1, -1) if up else range(self.side)
            path += [(row, column) for row in rows for column in (right, right - 1)]
            up = not up
        return path

    @staticmethod
    def _place(bits: list[int]) -> list[int]:
        """What each value of one code word adds to the symbol."""
        return [sum(bit for place, bit in enumerate(bits) if value & 0x80 >> place) for value in range(256)]

    def draw(self, bits: int, length: int) -> Symbol:
        """This function will return the symbol of these data bits."""
        room = sum(self.blocks)
        pad = min(4, 8 * room - length)
        pad += -(length + pad) % 8
        filled = (bits << pad).to_bytes((length + pad) // 8) + b"\xec\x11" * room
        content, corrections, start = [], [], 0
        for size in self.blocks:
            block = filled[start : start + size]
            start += size
            content.append(block)
            corrections.append(self._correction(block))
        longest = max(self.blocks)
        words = [block[place] for place in range(longest) for block in content if place < len(block)]
        words += [block[place] for place in range(self.correction) for block in corrections]
        drawn = self.base
        for place, word in zip(self.places, words, strict=True):
            drawn ^= place[word]
        return Symbol(self.side, drawn.to_bytes(self.side * self.row))

    def _correction(self, block: bytes) -> bytes:
        remainder, below = 0, (1 << self.top) - 1
        for word in block:
            remainder = (remainder & below) << 8 ^ self.remainders[remainder >> self.top ^ word]
        return remainder.to_bytes(self.correction)


@cache
def _prepared(version: int) -> _Prepared:
    return _Prepared(version)
