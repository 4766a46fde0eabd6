"""A receipt's file, read by another program's eyes."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf


def read(content: bytes) -> pypdf.PdfReader:
    """This function will return a strict reader: what it repairs silently is an error here."""
    return pypdf.PdfReader(io.BytesIO(content), strict=True)


def catalog(content: bytes) -> Any:
    """This function will return the document's root, untyped: PDF objects are read by name."""
    return read(content).root_object


def described(content: bytes) -> Any:
    """This function will return the document's Info dictionary, untyped."""
    return read(content).metadata


def words(content: bytes) -> str:
    """This function will return the text of all pages."""
    return "\n".join(page.extract_text() for page in read(content).pages)


def unwrapped(text: str) -> str:
    """This function will return the text with every line break and run of spaces as one space."""
    return " ".join(text.split())


def require_inert(content: bytes) -> None:
    """This function will fail if the file can do anything but be read: scripts, links, forms, files,
    pictures."""
    reader = read(content)
    root = catalog(content)
    assert not {"/Names", "/OpenAction", "/AcroForm", "/AA"} & root.keys()
    for number in reader.xref[0]:
        found: Any = pypdf.generic.IndirectObject(number, 0, reader).get_object()
        if isinstance(found, dict):
            assert not {"/JS", "/AA", "/URI", "/Annots", "/EmbeddedFiles"} & found.keys()
            assert found.get("/Subtype") not in ("/Image", "/Link")
    assert "■" not in words(content)


SHOWN = re.compile(r"BT ([\d.-]+) ([\d.-]+) Td((?:/\w+ [\d.]+ Tf<[0-9a-f]*>Tj)+) ET")
RUN = re.compile(r"/(\w+) ([\d.]+) Tf<([0-9a-f]*)>Tj")
Box = tuple[float, float, float, float]


def boxes(page: Any) -> list[Box]:
    """This function will return where every printed text stands: left, bottom, right, top."""
    fonts = {name[1:]: font.get_object() for name, font in page["/Resources"]["/Font"].items()}
    found = []
    for x, y, shown in SHOWN.findall(page.get_contents().get_data().decode("latin-1")):
        width, size = 0.0, 0.0
        for name, points, codes in RUN.findall(shown):
            size = float(points)
            width += size / 1000 * sum(float(fonts[name]["/Widths"][code]) for code in bytes.fromhex(codes))
        found.append((float(x), float(y) - 0.12 * size, float(x) + width, float(y) + 0.72 * size))
    return found


def require_order(content: bytes) -> None:
    """This function will fail if two texts of a page overlap, or one leaves the page's margins."""
    for number, page in enumerate(read(content).pages):
        right, top = float(page.mediabox[2]) - 59.0, float(page.mediabox[3])
        placed = boxes(page)
        for place, one in enumerate(placed):
            assert one[0] >= 59.0, (number, one)
            assert one[2] <= right, (number, one)
            assert one[1] >= 30.0, (number, one)
            assert one[3] <= top - 14.0, (number, one)
            for other in placed[place + 1 :]:
                beside = one[2] <= other[0] + 0.5 or other[2] <= one[0] + 0.5
                above = one[3] <= other[1] + 0.5 or other[3] <= one[1] + 0.5
                assert beside or above, (number, one, other)
