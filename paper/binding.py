"""Binding pages into one PDF file: numbered objects, a tree of meaning for screen readers, the file's end.

Objects are written as finished bytes, because most of them (fonts, forms, color profile) are the same in every
receipt. The file's frame is written as reportlab's own document writes it, to the byte and with its name in the second
line, for receipts were made with it: only without asking sixty objects one by one how they want to be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

# The high bytes tell programs that a file is not text.
HEADER = b"%PDF-1.4\n%\x93\x8c\x8b\x9e ReportLab Generated PDF document (opensource)\n"


def stream(content: bytes, dictionary: str = "") -> bytes:
    """This function will return a stream object; PDF/A wants the end of line before `endstream`."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary.encode(), len(content), content)


def text_string(value: str) -> str:
    """This function will return a PDF text string (UTF-16 in hexadecimal: nothing to escape, nothing to
    break out of)."""
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


class Finished:
    """An object that may get its bytes later."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content


@dataclass(slots=True)
class Element:
    """One thing a screen reader announces: a heading, a paragraph, a table cell."""

    tag: str
    parent: int | None
    attributes: str = ""
    children: list[int] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)


def numbered(number: int, content: bytes) -> bytes:
    """This function will return an object with its number, as it stands in a file."""
    return b"%d 0 obj\n%s%sendobj\n" % (number, content, b"" if content.endswith(b"\n") else b"\n")


def ending(offsets: Sequence[int], *, start: int, root: int, info: int, identity: bytes) -> bytes:
    """This function will return the table of where each object begins, and the trailer that ends a file."""
    label = identity.hex().upper().encode()
    table = "".join([f"{offset:010d} 00000 n \n" for offset in offsets]).encode()
    size = len(offsets) + 1
    return b"".join(
        (
            b"xref\n0 %d\n0000000000 65535 f \n" % size,
            table,
            b"trailer\n<<\n/ID [<%s><%s>]\n/Info %d 0 R\n/Root %d 0 R\n" % (label, label, info, root),
            b"/Size %d\n>>\nstartxref\n%d\n%%%%EOF\n" % (size, start),
        )
    )


class Book:
    """The objects of one PDF file, or those of a larger file after its `first` ones."""

    def __init__(self, *, first: int = 0) -> None:
        # reportlab's first object names its own fonts, of which there are none.
        self.objects: list[Finished] = [] if first else [Finished(b"<<\n\n>>")]
        self._first = first
        self.fonts: dict[str, str] = {}
        self.pages: list[str] = []

    def reserve(self) -> tuple[str, Finished]:
        """This function will return a reference and its still empty object."""
        finished = Finished(b"")
        self.objects.append(finished)
        return f"{self._first + len(self.objects)} 0 R", finished

    def reserve_many(self, count: int) -> list[tuple[str, Finished]]:
        """This function will return as many references, in order, each with its still empty object."""
        first = self._first + len(self.objects) + 1
        empty = [Finished(b"") for _ in range(count)]
        self.objects += empty
        return [(f"{number} 0 R", finished) for number, finished in enumerate(empty, start=first)]

    def add(self, content: bytes) -> str:
        """This function will store an object and return its reference ("12 0 R")."""
        self.objects.append(Finished(content))
        return f"{self._first + len(self.objects)} 0 R"

    def bind(self, *, catalog: str, info: bytes, identity: bytes) -> bytes:
        """Close the file.

        `identity` is what the file's /ID says: the same receipt must be the same bytes, so it never comes
        from a clock.
        This function will return the whole PDF.
        """
        self.add(f"<</Type/Catalog{catalog}>>".encode())
        self.add(info)
        parts = [numbered(number, finished.content) for number, finished in enumerate(self.objects, start=1)]
        *offsets, end = accumulate(map(len, parts), initial=len(HEADER))
        last = ending(offsets, start=end, root=len(parts) - 1, info=len(parts), identity=identity)
        return b"".join((HEADER, *parts, last))


def structure(book: Book, elements: list[Element], *, language: str) -> str:
    """Write the tree of meaning (tagged PDF): reading order, headings and table cells survive without the
    eye.

    This function will add the tree to the book and return the catalog's entries for it.
    """
    (root_reference, root), (top_reference, top) = book.reserve(), book.reserve()
    slots = book.reserve_many(len(elements))
    references = [reference for reference, _ in slots]
    by_page: list[dict[int, str]] = [{} for _ in book.pages]
    tops = []
    for element, (reference, slot) in zip(elements, slots, strict=True):
        parent = top_reference if element.parent is None else references[element.parent]
        if element.parent is None:
            tops.append(reference)
        kids = [references[child] for child in element.children]
        for page, mark in element.marks:
            kids.append(f"<</Type/MCR/Pg {book.pages[page]}/MCID {mark}>>")
            by_page[page][mark] = reference
        content = f"<</Type/StructElem/S/{element.tag}/P {parent}{element.attributes}/K[{' '.join(kids)}]>>"
        slot.content = content.encode()
    numbers = "".join(
        f"{page}[{' '.join(marks[mark] for mark in sorted(marks))}]" for page, marks in enumerate(by_page)
    )
    tree = book.add(f"<</Nums[{numbers}]>>".encode())
    top.content = f"<</Type/StructElem/S/Document/P {root_reference}/K[{' '.join(tops)}]>>".encode()
    entries = f"/K {top_reference}/ParentTree {tree}/ParentTreeNextKey {len(by_page)}"
    root.content = f"<</Type/StructTreeRoot{entries}>>".encode()
    return f"/Lang({language})/MarkInfo<</Marked true>>/StructTreeRoot {root_reference}"
