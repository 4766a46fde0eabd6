"""Reading what people download."""

from __future__ import annotations

import csv
import io

import pypdf


def text_of(paper: bytes) -> str:
    """This function will return the words of a PDF file in the order a reader hears them."""
    assert paper.startswith(b"%PDF-")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)


def rows_of(file: bytes) -> list[dict[str, str]]:
    """This function will return the rows of a CSV file by the names of its columns."""
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
