"""Type on a page: faces parsed once per process, subsets cut once and shared, exact widths.

Measured (reportlab 5.1, one core): parsing a face per document 22 ms, cutting its subset 1 ms, a prepared
cut 0.
So a `Cut` is a fixed set of characters of one face, subset and compressed once. A document shows a cut's
characters by
its bytes and puts any other character (a Korean name on an English page) into a small font of its own.
Import this module where a page is drawn, not where an app starts: reportlab costs 0.3 s.
"""

from __future__ import annotations

import threading
import zlib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from reportlab.pdfbase.ttfonts import SUBSETN, TTFontFace

from paper import binding, texts

Weight = Literal["regular", "bold"]

FOLDER = Path(__file__).parent / "fonts"
FILES: dict[Weight, str] = {"regular": "Pretendard-Regular.ttf", "bold": "Pretendard-Bold.ttf"}
ASCII = "".join(map(chr, range(32, 127)))
FLAG_SYMBOLIC, FLAG_NONSYMBOLIC = 4, 32
# Digits of one width, so that columns of money line up. reportlab does no shaping, so the font's `tnum`
# glyphs are
# given private letters here; copied text gets the plain digits back. `pdf_text()` lets no private letter in.
PLAIN_FIGURES = "0123456789"
FIGURES = "".join(map(chr, range(0x10FF00, 0x10FF0A)))
TABULAR = str.maketrans(PLAIN_FIGURES, FIGURES)
PLAIN = str.maketrans(FIGURES, PLAIN_FIGURES)
FIRST_FIGURE_GLYPH = 14377  # both files of Pretendard 1.3.9: GSUB lookup 53
# reportlab's parser keeps its reading position in the face, which all threads share.
CUTTING = threading.Lock()


# An embedded subset needs no names: 4.5 kB of license text would stand in every font of every receipt.
NO_NAMES = b"\0\0\0\0\0\6"


class _Face(TTFontFace):
    def get_table(self, tag: str) -> bytes:
        # reportlab copies whole tables at every cut, 2.2 MB of outlines and 150 kB of glyph names among them.
        tables: dict[str, bytes] = self.__dict__.setdefault("kept_tables", {"name": NO_NAMES})
        if tag not in tables:
            tables[tag] = super().get_table(tag)
        return tables[tag]


class Typeface:
    """One font file, parsed once per process."""

    def __init__(self, weight: Weight) -> None:
        self.weight: Weight = weight
        self.face: Any = _Face(str(FOLDER / FILES[weight]))
        self.covered = frozenset(map(chr, self.face.charToGlyph))
        for place, figure in enumerate(FIGURES):
            glyph = FIRST_FIGURE_GLYPH + place
            self.face.charToGlyph[ord(figure)] = glyph
            self.face.charWidths[ord(figure)] = self.face.hmetrics[glyph][0] * 1000 / self.face.unitsPerEm
        self.widths: dict[str, float] = {
            chr(point): self.face.charWidths[point] / 1000 for point in self.face.charToGlyph
        }

    def width(self, text: str, size: float) -> float:
        """This function will return the width in points, or raise `UnprintableText`."""
        widths = self.widths
        try:
            return size * sum(map(widths.__getitem__, text))
        except KeyError:
            raise texts.UnprintableText(text, {c for c in text if c not in widths}) from None

    def descriptor(self, base: str) -> str:
        face = self.face
        flags = (face.flags & ~FLAG_NONSYMBOLIC) | FLAG_SYMBOLIC
        box = " ".join(f"{number:.0f}" for number in face.bbox)
        return (
            f"<</Type/FontDescriptor/FontName/{base}/Flags {flags}/FontBBox[{box}]"
            f"/ItalicAngle {face.italicAngle:.0f}/Ascent {face.ascent:.0f}/Descent {face.descent:.0f}"
            f"/CapHeight {face.capHeight:.0f}/StemV {face.stemV:.0f}"
            f"/MissingWidth {face.defaultWidth:.0f}/FontFile2 "
        )


@cache
def typeface(weight: Weight) -> Typeface:
    return Typeface(weight)


@cache
def covered_characters() -> frozenset[str]:
    """This function will return every character that both weights can show."""
    regular, bold = typeface("regular"), typeface("bold")
    return regular.covered & bold.covered


class Cut:
    """Up to 255 characters of one face, by byte code, with its PDF objects as finished bytes."""

    def __init__(self, face: Typeface, characters: str, *, number: int = 0) -> None:
        """This function will place ASCII at its own codes and the rest around it, as many as fit."""
        self.face = face
        self.codes: dict[str, int] = {}
        free = iter([*range(1, 32), *range(127, 256)])
        for character in dict.fromkeys(characters):
            if character not in face.widths:
                continue
            code = ord(character) if 32 <= ord(character) < 127 else next(free, None)
            if code is None:
                break
            self.codes[character] = code
        self.number = number
        self._parts: tuple[str, str, bytes, bytes] | None = None

    def _finished(self) -> tuple[str, str, bytes, bytes]:
        """Widths and dictionary text, font program, ToUnicode: made once, then the same bytes in every
        document."""
        if self._parts is None:
            points = [0] * (max(self.codes.values(), default=0) + 1)
            for character, code in self.codes.items():
                points[code] = ord(character)
            base = f"{SUBSETN(self.number).decode()}+Pretendard-{self.face.weight.capitalize()}"
            with CUTTING:
                program = self.face.face.makeSubset(points)
            widths = " ".join(f"{self.face.face.getCharWidth(point):.0f}" for point in points)
            head = (
                f"<</Type/Font/Subtype/TrueType/BaseFont/{base}/FirstChar 0/LastChar {len(points) - 1}"
                f"/Widths[{widths}]"
            )
            self._parts = (
                head,
                self.face.descriptor(base),
                binding.stream(zlib.compress(program), f"/Length1 {len(program)}/Filter/FlateDecode"),
                binding.stream(zlib.compress(_to_unicode(base, self.codes)), "/Filter/FlateDecode"),
            )
        return self._parts

    def embed(self, book: binding.Book, name: str) -> None:
        """This function will add the font to a document under a resource name."""
        head, descriptor, program, to_unicode = self._finished()
        program_ref, unicode_ref = book.add(program), book.add(to_unicode)
        descriptor_ref = book.add(f"{descriptor}{program_ref}>>".encode())
        font = f"{head}/FontDescriptor {descriptor_ref}/ToUnicode {unicode_ref}>>"
        book.fonts[name] = book.add(font.encode())


def _utf16(character: str) -> str:
    return character.translate(PLAIN).encode("utf-16-be").hex().upper()


def _to_unicode(base: str, codes: dict[str, int]) -> bytes:
    # A bfchar block holds at most 100 pairs (PDF 32000-1, 9.10.3), so that copied text is right in strict
    # readers.
    pairs = sorted((code, character) for character, code in codes.items())
    blocks = []
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        lines = "\n".join(f"<{code:02X}> <{_utf16(ch)}>" for code, ch in block)
        blocks.append(f"{len(block)} beginbfchar\n{lines}\nendbfchar")
    body = "\n".join(blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        f"/CIDSystemInfo <</Registry ({base})/Ordering (UCS)/Supplement 0>> def\n/CMapName /{base} def\n"
        "/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


class Setting:
    """The letters of one weight in one document: the shared cut, and small cuts of the document's own."""

    def __init__(self, cut: Cut, name: str) -> None:
        self.cut = cut
        self.name = name
        self.extra: dict[str, tuple[int, int]] = {}

    def runs(self, text: str) -> list[tuple[str, bytes]]:
        """This function will return (font name, bytes) runs that show the text, or raise
        `UnprintableText`."""
        codes = self.cut.codes
        try:
            return [(self.name, bytes(map(codes.__getitem__, text)))]
        except KeyError:
            return self._mixed_runs(text)

    def _mixed_runs(self, text: str) -> list[tuple[str, bytes]]:
        codes, widths = self.cut.codes, self.cut.face.widths
        missing = {character for character in text if character not in widths}
        if missing:
            raise texts.UnprintableText(text, missing)
        runs: list[tuple[str, bytearray]] = []
        for character in text:
            code, name = codes.get(character), self.name
            if code is None:
                font, code = self._extra_code(character)
                name = f"{self.name}x{font}"
            if not runs or runs[-1][0] != name:
                runs.append((name, bytearray()))
            runs[-1][1].append(code)
        return [(name, bytes(shown)) for name, shown in runs]

    def _extra_code(self, character: str) -> tuple[int, int]:
        if character not in self.extra:
            # 160 to a font: the codes that `Cut` gives to characters beyond ASCII.
            font, place = divmod(len(self.extra), 160)
            self.extra[character] = (font + 1, place + 1 if place < 31 else place + 96)
        return self.extra[character]

    def embed(self, book: binding.Book) -> None:
        """This function will add the shared cut and the document's own cuts."""
        self.cut.embed(book, self.name)
        characters = list(self.extra)
        for start in range(0, len(characters), 160):
            number = start // 160 + 1
            own = Cut(self.cut.face, "".join(characters[start : start + 160]), number=number)
            own.embed(book, f"{self.name}x{number}")


def wrap(text: str, face: Typeface, *, size: float, width: float) -> list[str]:
    """Break a cleaned text into lines at spaces; a word wider than the line is broken between letters.

    This function will return at least one line (empty for an empty text), or raise `UnprintableText`.
    """
    if face.width(text, size) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        candidate = f"{lines[-1]} {word}" if lines[-1] else word
        if face.width(candidate, size) <= width:
            lines[-1] = candidate
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and face.width(lines[-1] + letter, size) > width:
                lines.append("")
            lines[-1] += letter
    return lines
