"""Binding pages into one PDF file: numbered objects, a tree of meaning for screen readers, the file's end.

Objects are written as finished bytes, because most of them (fonts, forms, color profile) are the same in
every receipt.
reportlab's document keeps the numbers, the cross-reference table and the trailer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase import pdfdoc

PDF_A_1_VERSION = (1, 4)


def stream(content: bytes, dictionary: str = "") -> bytes:
    """This function will return a stream object; PDF/A wants the end of line before `endstream`."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary.encode(), len(content), content)


def text_string(value: str) -> str:
    """This function will return a PDF text string (UTF-16 in hexadecimal: nothing to escape, nothing to
    break out of)."""
    return f"<FEFF{value.encode('utf-16-be').hex().upper()}>"


class _Finished(pdfdoc.PDFObject):
    __RefOnly__ = 1

    def __init__(self, content: bytes) -> None:
        self.content = content

    def format(self, document: object) -> bytes:
        return self.content


@dataclass(slots=True)
class Element:
    """One thing a screen reader announces: a heading, a paragraph, a table cell."""

    tag: str
    parent: int | None
    attributes: str = ""
    children: list[int] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)


class Book:
    """The objects of one PDF file."""

    def __init__(self) -> None:
        self.document: Any = pdfdoc.PDFDocument(invariant=1, compression=0, pdfVersion=PDF_A_1_VERSION)
        self.fonts: dict[str, str] = {}
        self.pages: list[str] = []

    def reserve(self) -> tuple[str, _Finished]:
        """This function will return a reference and its still empty object."""
        finished = _Finished(b"")
        name = self.document.Reference(finished).name
        number, generation = self.document.idToObjectNumberAndVersion[name]
        return f"{number} {generation} R", finished

    def add(self, content: bytes) -> str:
        """This function will store an object and return its reference ("12 0 R")."""
        reference, finished = self.reserve()
        finished.content = content
        return reference

    def bind(self, *, catalog: str, info: bytes, identity: bytes) -> bytes:
        """Close the file.

        `identity` is what the file's /ID says: the same receipt must be the same bytes, so it never comes
        from a clock.
        This function will return the whole PDF.
        """
        document = self.document
        document.Catalog = _Finished(f"<</Type/Catalog{catalog}>>".encode())
        document.info = _Finished(info)
        label = identity.hex().upper().encode()
        document._ID = b"[<%s><%s>]" % (label, label)
        return bytes(document.format())


def structure(book: Book, elements: list[Element], *, language: str) -> str:
    """Write the tree of meaning (tagged PDF): reading order, headings and table cells survive without the
    eye.

    This function will add the tree to the book and return the catalog's entries for it.
    """
    (root_reference, root), (top_reference, top) = book.reserve(), book.reserve()
    slots = [book.reserve() for _ in elements]
    by_page: list[dict[int, str]] = [{} for _ in book.pages]
    tops = []
    for element, (reference, slot) in zip(elements, slots, strict=True):
        parent = top_reference if element.parent is None else slots[element.parent][0]
        if element.parent is None:
            tops.append(reference)
        kids = [slots[child][0] for child in element.children]
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
