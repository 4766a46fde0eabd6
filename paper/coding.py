"""QR symbols for many documents: one text of capital letters and digits, fixed versions, one fixed mask.

A symbol with a free mask costs 3 ms, a receipt 0.8 ms. So everything that is the same in all symbols of one
version is prepared once: its patterns, where each bit goes, and what each byte adds to the error correction. Then a
symbol costs 0.1 ms. ISO/IEC 18004; the tests compare each version with segno's own symbol, module by module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from operator import itemgetter

import segno
from segno import consts

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
NONE = 255
VALUES = bytes(LETTERS.index(letter) if letter in LETTERS else NONE for letter in map(chr, range(256)))
"""What each character counts in the alphabet of QR symbols."""
PAIRS = {pair: f"{place:011b}" for place, pair in enumerate(product(range(45), repeat=2))}
ALPHANUMERIC = 0b0010
MASK = 3
DATA = {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT}
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
    # What is not of the first 256 characters becomes a question mark, which is no letter of the alphabet either.
    values = text.encode("latin-1", "replace").translate(VALUES)
    if NONE in values:
        raise TextTooLong("a letter outside the alphabet of QR symbols")
    bits, length = _bits(values)
    for version, (blocks, _) in BLOCKS.items():
        if length <= 8 * sum(blocks):
            return _prepared(version).draw(bits, length)
    raise TextTooLong(f"{len(text)} characters")


def _bits(values: bytes) -> tuple[int, int]:
    """Mode, count (nine bits up to version 9), then two characters to eleven bits, the last alone to six."""
    pairs = "".join(map(PAIRS.__getitem__, zip(values[::2], values[1::2], strict=False)))
    last = f"{values[-1]:06b}" if len(values) % 2 else ""
    told = f"{ALPHANUMERIC:04b}{len(values):09b}{pairs}{last}"
    return int(told, 2), len(told)


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
    """What symbols of one version have in common: their fixed patterns, and where each bit of the data goes."""

    def __init__(self, version: int) -> None:
        self.blocks, self.correction = BLOCKS[version]
        self.side = 17 + 4 * version
        self.row = (self.side + 7) // 8
        generator = _generator(self.correction)[1:]
        self.remainders = [
            int.from_bytes(bytes(_times(factor, leading) for factor in generator)) for leading in range(256)
        ]
        self.top = 8 * (self.correction - 1)
        self.words = sum(self.blocks) + self.correction * len(self.blocks)
        self.frame, sources = self._frame(version)
        # Tables of whole symbols for each value of each word would be quicker still, but they are ten megabytes:
        # between two receipts they fall out of the processor's cache.
        self.gather = itemgetter(*sources)

    def _frame(self, version: int) -> tuple[int, list[int]]:
        """The patterns every symbol has, with the mask laid over the rest, as one number; and for each of its bits
        which bit of the data it takes (one past the last, always 0, for a bit of the patterns and the padding)."""
        sample = segno.make_qr("A", error="m", version=version, mask=MASK, boost_error=False)
        kinds = [list(row) for row in sample.matrix_iter(scale=1, border=0, verbose=True)]
        width = 8 * self.row
        frame = [0] * (width * self.side)
        sources = [8 * self.words] * len(frame)
        taken = 0
        for row, column in self._path():
            # segno counts one module of the data beside the format among the format.
            is_data = kinds[row][column] in DATA or (row, column) == (8, self.side - 9)
            if is_data and taken < 8 * self.words:
                sources[row * width + column] = taken
                taken += 1
            frame[row * width + column] = (row + column) % 3 == 0 if is_data else kinds[row][column] >> 8 != 0
        for row in range(self.side):
            frame[row * width + 6] = kinds[row][6] >> 8 != 0
        return int("".join("1" if bit else "0" for bit in frame), 2), sources

    def _path(self) -> list[tuple[int, int]]:
        """Every module in the order data are laid: two columns at a time from the right, up and down."""
        path, up = [], True
        # The column of the timing pattern is passed over: the pairs left of it begin at odd numbers.
        for right in [*range(self.side - 1, 6, -2), *range(5, 0, -2)]:
            rows = range(self.side - 1, -1, -1) if up else range(self.side)
            path += [(row, column) for row in rows for column in (right, right - 1)]
            up = not up
        return path

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
        words = _interleaved(content) + _interleaved(corrections)
        laid = "".join(self.gather(f"{int.from_bytes(words):0{8 * self.words}b}0"))
        return Symbol(self.side, (int(laid, 2) ^ self.frame).to_bytes(self.side * self.row))

    def _correction(self, block: bytes) -> bytes:
        remainder, below = 0, (1 << self.top) - 1
        for word in block:
            remainder = (remainder & below) << 8 ^ self.remainders[remainder >> self.top ^ word]
        return remainder.to_bytes(self.correction)


def _interleaved(blocks: list[bytes]) -> bytes:
    """The first word of each block, then the second; the later blocks of some versions have one word more."""
    shortest = len(blocks[0])
    laid = bytearray(shortest * len(blocks))
    for place, block in enumerate(blocks):
        laid[place :: len(blocks)] = block[:shortest]
    return bytes(laid) + b"".join(block[shortest:] for block in blocks)


@cache
def _prepared(version: int) -> _Prepared:
    return _Prepared(version)
