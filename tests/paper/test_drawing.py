"""A drawn page, read back by another program's eyes."""

from __future__ import annotations

import io
import struct
from datetime import date
from typing import Any

import pypdf
import pytest

from paper import archiving, drawing, texts, typesetting

ABOUT = archiving.About(
    title="A <title> & 제목", author="Harbour Mission", subject="2026-1", issued_on=date(2026, 1, 2)
)


def blank() -> drawing.Drawing:
    cuts = {
        weight: typesetting.Cut(typesetting.typeface(weight), typesetting.ASCII + typesetting.FIGURES)
        for weight in typesetting.FILES
    }
    return drawing.Drawing(paper="a4", cuts=cuts)


def finish(canvas: drawing.Drawing) -> pypdf.PdfReader:
    return pypdf.PdfReader(
        io.BytesIO(canvas.finish(ABOUT, language="en-US", identity=bytes(16))), strict=True
    )


def test_text_is_copied_as_it_was_written() -> None:
    canvas = blank()
    canvas.start_page()
    canvas.text(60, 700, "김철수 (a) \\ <b> $1,111.00", size=12, tabular=True, element=canvas.open("P"))
    canvas.text(300, 650, "오른쪽 right", size=9, weight="bold", align="right")
    canvas.text(300, 600, "", size=9)
    canvas.rule(60, 640, 200, thickness=1.6, color=drawing.ink("#1F5163"))
    reader = finish(canvas)
    assert reader.pages[0].extract_text().splitlines() == ["김철수 (a) \\ <b> $1,111.00", "오른쪽 right"]
    assert reader.pages[0].mediabox[2:] == [595.28, 841.89]


def test_a_character_without_glyph_is_never_a_box() -> None:
    canvas = blank()
    canvas.start_page()
    aligns: tuple[drawing.Align, ...] = ("left", "right", "center")
    for align in aligns:
        with pytest.raises(texts.UnprintableText):
            canvas.text(60, 700, "Kim ก", size=12, align=align)


def test_description_is_the_same_in_both_places_and_names_no_machine() -> None:
    canvas = blank()
    canvas.start_page()
    canvas.text(60, 700, "x", size=12)
    reader = finish(canvas)
    metadata: Any = reader.metadata
    assert metadata.title == "A <title> & 제목"
    assert metadata.author == "Harbour Mission"
    assert metadata.producer == metadata.creator == "Almoner"
    assert metadata["/CreationDate"] == "D:20260102000000+00'00'"
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_title == {"x-default": "A <title> & 제목"}
    assert xmp.dc_creator == ["Harbour Mission"]
    assert xmp.dc_description == {"x-default": "2026-1"}


def test_structure_tells_headings_and_cells_in_reading_order() -> None:
    canvas = blank()
    canvas.start_page()
    canvas.text(60, 700, "Title", size=12, element=canvas.open("H1"))
    row = canvas.open("TR", canvas.open("Table"))
    canvas.text(60, 680, "cell", size=9, element=canvas.open("TD", row))
    canvas.start_page()
    canvas.text(60, 680, "next", size=9, element=canvas.open("P"))
    catalog: Any = finish(canvas).root_object
    assert catalog["/MarkInfo"]["/Marked"].value is True
    document = catalog["/StructTreeRoot"]["/K"]
    heading, table, paragraph = (kid.get_object() for kid in document["/K"])
    assert [heading["/S"], table["/S"], paragraph["/S"]] == ["/H1", "/Table", "/P"]
    cell = table["/K"][0]["/K"][0]
    assert (cell["/S"], cell["/K"][0]["/MCID"]) == ("/TD", 1)
    numbers = catalog["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert [len(numbers[1]), len(numbers[3])] == [2, 1]


def test_a_form_is_drawn_once_and_placed_first() -> None:
    form_source = blank()
    form = drawing.prepared(
        form_source, lambda canvas: canvas.text(60, 800, "Head", size=9, element=canvas.open("P"))
    )
    assert form is not None
    canvas = blank()
    canvas.start_page()
    canvas.place(form)
    canvas.text(60, 700, "Body", size=9, element=canvas.open("P"))
    assert finish(canvas).pages[0].extract_text().splitlines() == ["Head", "Body"]
    canvas.start_page()
    canvas.text(60, 700, "Body", size=9, element=canvas.open("P"))
    with pytest.raises(ValueError, match="place it before"):
        canvas.place(form)
    assert drawing.prepared(blank(), lambda canvas: canvas.text(60, 800, "철", size=9)) is None


def test_the_color_profile_is_icc_version_2() -> None:
    profile = archiving.srgb_profile()
    assert struct.unpack(">I", profile[:4])[0] == len(profile)
    assert profile[8:12] == b"\x02\x10\0\0"
    assert profile[36:40] == b"acsp"
