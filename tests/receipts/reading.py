"""A receipt's file, read by another program's eyes."""

from __future__ import annotations

import io
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
