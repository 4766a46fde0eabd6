"""Binding pages into one PDF file: numbered objects, a tree of meaning for screen readers, the file's end.

Objects are written as finished bytes, because most of them (fonts, forms, color profile) are the same in every
receipt. The file's frame is written as reportlab's own document writes it, to the byte and with its name in the second
line, for receipts were made with it: only without asking sixty objects one by one how they want to be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

# The high bytes tell programs that a file is not text.
HEADER = b"%PDF-1.4\n%\x93\x8c\x8b\x9e ReportLab Generated PDF document (opensource)\n"

MOST_KEPT = 300
"""Elements of a tree that is kept for the next file of the same shape: a receipt of some forty gifts."""


def stream(content: bytes, dictionary: str = "") -> bytes:
    """This function will return a stream object; PDF/A wants the end of line before `endstream`."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary.encode(), len(content), content)


@lru_cache(maxsize=256)
def text_string(value: str) -> str:
    """This function will return a PDF text string (UTF-16 in hexadecimal: nothing to escape, nothing to
    break out of)."""
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


class Element(NamedTuple):
    """One thing a screen reader announces: a heading, a paragraph, a table cell; `parent` is its number, or None."""

    tag: str
    parent: int | None
    attributes: str = ""


def numbered(number: int, content: bytes) -> bytes:
    """This function will return an object with its number, as it stands in a file."""
    return b"%d 0 obj\n%s%sendobj\n" % (number, content, b"" if content.endswith(b"\n") else b"\n")


def ending(offsets: Sequence[int], *, start: int, root: int, info: int, identity: bytes) -> bytes:
    """This function will return the table of where each object begins, and the trailer that ends a file."""
    label = identity.hex().upper().encode()
    table = b"%010d 00000 n \n" * len(offsets) % tuple(offsets)
    size = len(offsets) + 1
    return b"".join(
        (
            b"xref\n0 %d\n0000000000 65535 f \n" % size,
            table,
            b"trailer\n<<\n/ID [<%s><%s>]\n/Info %d 0 R\n/Root %d 0 R\n" % (label, label, info, root),
            b"/Size %d\n>>\nstartxref\n%d\n%%%%EOF\n" % (size, start),
        )
    )


def reference(number: int) -> str:
    """This function will return how other objects name an object."""
    return f"{number} 0 R"


class Book:
    """The objects of one PDF file, or those of a larger file after its `first` ones; `parts` are they, numbered."""

    def __init__(self, *, first: int = 0) -> None:
        # reportlab's first object names its own fonts, of which there are none.
        self.parts: list[bytes] = [] if first else [numbered(1, b"<<\n\n>>")]
        self._first = first
        self.fonts: dict[str, str] = {}
        self.pages: list[str] = []

    @property
    def count(self) -> int:
        """How many objects the file has so far."""
        return self._first + len(self.parts)

    def reserve(self) -> int:
        """This function will return the number of an object that `fill` gives its content later."""
        self.parts.append(b"")
        return self.count

    def fill(self, number: int, content: bytes) -> None:
        """This function will give a reserved object its content."""
        self.parts[number - self._first - 1] = numbered(number, content)

    def add(self, content: bytes) -> str:
        """This function will store an object and return its reference ("12 0 R")."""
        number = self._first + len(self.parts) + 1
        self.parts.append(numbered(number, content))
        return reference(number)

    def bind(self, *, catalog: str, info: bytes, identity: bytes) -> bytes:
        """Close the file.

        `identity` is what the file's /ID says: the same receipt must be the same bytes, so it never comes
        from a clock.
        This function will return the whole PDF.
        """
        self.add(f"<</Type/Catalog{catalog}>>".encode())
        self.add(info)
        *offsets, end = accumulate(map(len, self.parts), initial=len(HEADER))
        last = ending(offsets, start=end, root=self.count - 1, info=self.count, identity=identity)
        return b"".join((HEADER, *self.parts, last))


def structure(
    book: Book, elements: Sequence[Element], spoken: Sequence[Sequence[int]], *, language: str
) -> str:
    """Write the tree of meaning (tagged PDF): reading order, headings and table cells survive without the
    eye.

    `spoken` tells for each page of the book to which element each of its marks belongs. This function will add the
    tree to the book and return the catalog's entries for it.
    """
    grow = _grown_often if len(elements) <= MOST_KEPT else _grown
    parts = grow(tuple(elements), tuple(map(tuple, spoken)), tuple(book.pages), book.count + 1)
    root = reference(book.count + 1)
    book.parts += parts
    return f"/Lang({language})/MarkInfo<</Marked true>>/StructTreeRoot {root}"


def _grown(
    elements: tuple[Element, ...], spoken: tuple[tuple[int, ...], ...], pages: tuple[str, ...], first: int
) -> list[bytes]:
    """The tree's objects, of which the first has the number `first`: root, document, every element, and which element
    speaks each mark of a page."""
    root, top, leaves = reference(first), reference(first + 1), first + 2
    references = [reference(number) for number in range(leaves, leaves + len(elements) + 1)]
    kids: list[list[str]] = [[] for _ in elements]
    tops: list[str] = []
    for element, own in zip(elements, references, strict=False):
        (tops if element.parent is None else kids[element.parent]).append(own)
    for page, marks in zip(pages, spoken, strict=True):
        for mark, speaker in enumerate(marks):
            kids[speaker].append(f"<</Type/MCR/Pg {page}/MCID {mark}>>")
    numbers = "".join(
        f"{page}[{' '.join(references[speaker] for speaker in marks)}]" for page, marks in enumerate(spoken)
    )
    entries = f"/K {top}/ParentTree {references[-1]}/ParentTreeNextKey {len(pages)}"
    contents = [
        f"<</Type/StructTreeRoot{entries}>>",
        f"<</Type/StructElem/S/Document/P {root}/K[{' '.join(tops)}]>>",
        *(
            f"<</Type/StructElem/S/{tag}/P {top if parent is None else references[parent]}{attributes}"
            f"/K[{' '.join(own)}]>>"
            for (tag, parent, attributes), own in zip(elements, kids, strict=True)
        ),
        f"<</Nums[{numbers}]>>",
    ]
    return [numbered(number, content.encode()) for number, content in enumerate(contents, start=first)]


# Receipts of as many gifts have the same tree: it grows once.
_grown_often = lru_cache(maxsize=64)(_grown)
