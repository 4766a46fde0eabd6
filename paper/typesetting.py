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
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from reportlab.pdfbase.ttfonts import SUBSETN, TTFontFace

from paper import binding, texts

Weight = Literal["regular", "bold"]

FOLDER = Path(__file__).parent / "fonts"
FILES: dict[Weight, str] = {"regular": "Pretendard-Regular.ttf", "bold": "Pretendard-Bold.ttf"}
# Names in Chinese characters: the same design (Pretendard's Hangul comes from it), read only when one is met.
HANJA: dict[Weight, str] = {"regular": "NotoSansKR-Hanja-Regular.ttf", "bold": "NotoSansKR-Hanja-Bold.ttf"}
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
    """One font file, parsed once per process; `behind` it stands the file with the Hanja."""

    def __init__(self, weight: Weight, *, is_hanja: bool = False) -> None:
        self.weight: Weight = weight
        self.is_hanja = is_hanja
        self.family = "NotoSansKR" if is_hanja else "Pretendard"
        self.face: Any = _Face(str(FOLDER / (HANJA if is_hanja else FILES)[weight]))
        self.covered = frozenset(map(chr, self.face.charToGlyph))
        if not is_hanja:
            self._add_figures()
        self.widths: dict[str, float] = {
            chr(point): self.face.charWidths[point] / 1000 for point in self.face.charToGlyph
        }

    def _add_figures(self) -> None:
        for place, figure in enumerate(FIGURES):
            glyph = FIRST_FIGURE_GLYPH + place
            self.face.charToGlyph[ord(figure)] = glyph
            self.face.charWidths[ord(figure)] = self.face.hmetrics[glyph][0] * 1000 / self.face.unitsPerEm

    @property
    def behind(self) -> Typeface:
        return hanja(self.weight)

    def width(self, text: str, size: float) -> float:
        """This function will return the width in points, or raise `UnprintableText`."""
        widths = self.widths
        try:
            return size * sum(map(widths.__getitem__, text))
        except KeyError:
            return self._mixed_width(text, size)

    def _mixed_width(self, text: str, size: float) -> float:
        own, behind = self.widths, self.behind.widths
        missing = {letter for letter in text if letter not in own and letter not in behind}
        if missing:
            raise texts.UnprintableText(text, missing)
        return size * sum(own[letter] if letter in own else behind[letter] for letter in text)

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
def hanja(weight: Weight) -> Typeface:
    """This function will return the face behind another, for the letters that one has not."""
    return Typeface(weight, is_hanja=True)


@cache
def covered_characters(*, with_hanja: bool = True) -> frozenset[str]:
    """This function will return every character that both weights can show, with or without the face behind."""
    regular, bold = typeface("regular"), typeface("bold")
    if not with_hanja:
        return regular.covered & bold.covered
    return (regular.covered | regular.behind.covered) & (bold.covered | bold.behind.covered)


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
            base = f"{SUBSETN(self.number).decode()}+{self.face.family}-{self.face.weight.capitalize()}"
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
        self.hanja: dict[str, tuple[int, int]] = {}
        self.own_runs = 0
        """How many texts have shown letters of the document's own."""

    def runs(self, text: str) -> list[tuple[str, bytes]]:
        """This function will return (font name, bytes) runs that show the text, or raise
        `UnprintableText`."""
        codes = self.cut.codes
        try:
            return [(self.name, bytes(map(codes.__getitem__, text)))]
        except KeyError:
            return self._mixed_runs(text)

    def _mixed_runs(self, text: str) -> list[tuple[str, bytes]]:
        face, codes = self.cut.face, self.cut.codes
        face.width(text, 1)  # refuses what neither face has
        self.own_runs += 1
        runs: list[tuple[str, bytearray]] = []
        for character in text:
            code, name = codes.get(character), self.name
            if code is None:
                kind, places = ("x", self.extra) if character in face.widths else ("h", self.hanja)
                font, code = _place(places, character)
                name = f"{self.name}{kind}{font}"
            if not runs or runs[-1][0] != name:
                runs.append((name, bytearray()))
            runs[-1][1].append(code)
        return [(name, bytes(shown)) for name, shown in runs]

    def embed(self, book: binding.Book) -> None:
        """This function will add the shared cut and the document's own cuts."""
        face = self.cut.face
        self.cut.embed(book, self.name)
        for kind, places in (("x", self.extra), ("h", self.hanja)):
            characters = list(places)
            for start in range(0, len(characters), 160):
                number = start // 160 + 1
                letters = "".join(characters[start : start + 160])
                own = _own_cut(face if kind == "x" else face.behind, letters, number)
                own.embed(book, f"{self.name}{kind}{number}")


@lru_cache(maxsize=256)
def _own_cut(face: Typeface, characters: str, number: int) -> Cut:
    """The words of a campaign need the same few letters on all its receipts: they are cut out once."""
    return Cut(face, characters, number=number)


def _place(places: dict[str, tuple[int, int]], character: str) -> tuple[int, int]:
    """In which of the document's own cuts a character stands, and by which code: the next free one, 160 to a cut,
    the codes that `Cut` gives to characters beyond ASCII."""
    if character not in places:
        font, place = divmod(len(places), 160)
        places[character] = (font + 1, place + 1 if place < 31 else place + 96)
    return places[character]


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
