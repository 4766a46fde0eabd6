"""Where everything stands on a receipt: black on white, one brand rule, figures in columns.

The head, the title and the labels are the same for every receipt of a legal entity in one language: they are
drawn
once per process as a form, with the letters they need prepared (`_stationery`). Only the rest is drawn per
receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from paper import archiving, drawing, signing, typesetting
from receipts import composing, sheets, snapshots, standings, wording

PUNCTUATION = "“”‘’–—·…•₩" + wording.MINUS
# What is ever printed bold; the rest of the letters is prepared in the regular weight only, to keep the file
# small.
BOLD_LABELS = ("given_on", "method", "fund", "amount", "total", "no_number")


@dataclass(frozen=True, slots=True)
class Stationery:
    """An entity's prepared first page: its letters, its form, and how low the head reaches."""

    cuts: dict[typesetting.Weight, typesetting.Cut]
    form: drawing.Form | None
    below_head: float


def _letters(entity: snapshots.Entity, language: wording.Language, title: tuple[str, str]) -> tuple[str, str]:
    """The characters to prepare, regular and bold. A giver's name comes as a small font of the document's
    own."""
    base = typesetting.ASCII + typesetting.FIGURES + PUNCTUATION
    labels = "".join(wording.label(key, language) for key in wording.LABELS if not key.startswith("title_"))
    spoken = labels + wording.choose(wording.PAGE, language) + wording.day(date.min, language)
    own = "".join((entity.local_name, *entity.address, entity.registration, entity.status_line, entity.email))
    bold = "".join(wording.label(key, language) for key in BOLD_LABELS) + wording.choose(title, language)
    bold += wording.day(date.min, language) + entity.legal_name + entity.signatory
    return base + spoken + own + entity.legal_name + title[0], base + bold


def draw(
    receipt: snapshots.Snapshot,
    standing: standings.Standing,
    *,
    identity: bytes,
    enclosed: archiving.Enclosed | None,
    signer: signing.Signer | None,
) -> bytes:
    """This function will return the finished PDF of a receipt."""
    prepared = stationery(receipt)
    canvas = drawing.Drawing(paper="a4" if receipt.entity.paper == "a4" else "letter", cuts=prepared.cuts)
    lay(canvas, receipt, standing, prepared, seal=enclosed.signature if enclosed else b"")
    about = archiving.About(
        title=_file_title(_title(receipt), receipt, standing),
        author=receipt.entity.legal_name,
        subject="" if standing.preview else receipt.serial,
        issued_on=receipt.issued_on,
    )
    return canvas.finish(
        about,
        language="ko-KR" if receipt.language == "ko" else "en-US",
        identity=identity,
        enclosed=enclosed,
        signer=signer,
    )


def stationery(receipt: snapshots.Snapshot) -> Stationery:
    """This function will return what is prepared for the entity of a receipt."""
    return _stationery(receipt.entity, receipt.language, _title(receipt))


def lay(
    canvas: drawing.Drawing,
    receipt: snapshots.Snapshot,
    standing: standings.Standing,
    prepared: Stationery,
    *,
    seal: bytes,
) -> None:
    """This function will add the pages of a receipt to a canvas."""
    page = sheets.Page(canvas, receipt, seal=seal)
    page.columns = _columns(page)
    canvas.start_page()
    if prepared.form is None:
        _head(canvas, receipt.entity, receipt.language, _title(receipt))
    else:
        canvas.place(prepared.form)
    _flow(page, standing, _particulars(page, standing, prepared.below_head))


def _title(receipt: snapshots.Snapshot) -> tuple[str, str]:
    """The heading in English and Korean; an annual receipt names its year when its gifts are of one year."""
    english, korean = wording.LABELS[f"title_{receipt.kind}"]
    years = {line.given_on.year for line in receipt.lines}
    if receipt.kind == "annual" and len(years) == 1:
        year = years.pop()
        return f"{english} {year}", f"{year}년 {korean}"
    return english, korean


def _file_title(title: tuple[str, str], receipt: snapshots.Snapshot, standing: standings.Standing) -> str:
    shown = title[0] if receipt.language == "en" else f"{title[1]} {title[0]}"
    if not standing.preview:
        shown = f"{shown} {receipt.serial}"
    return f"{standing.word}: {shown}" if standing.word else shown


@lru_cache(maxsize=64)
def _stationery(entity: snapshots.Entity, language: wording.Language, title: tuple[str, str]) -> Stationery:
    regular, bold = _letters(entity, language, title)
    cuts: dict[typesetting.Weight, typesetting.Cut] = {
        "regular": typesetting.Cut(typesetting.typeface("regular"), regular),
        "bold": typesetting.Cut(typesetting.typeface("bold"), bold),
    }
    blank = drawing.Drawing(paper="a4" if entity.paper == "a4" else "letter", cuts=cuts)
    blank.start_page()
    below = _head(blank, entity, language, title)
    return Stationery(cuts, blank.form(), below)


def _head(
    canvas: drawing.Drawing, entity: snapshots.Entity, language: wording.Language, title: tuple[str, str]
) -> float:
    """This function will draw what never changes on the first page and return the line of the particulars."""
    right = canvas.width - sheets.MARGIN
    y = canvas.height - 70
    for text in sheets.wrapped(entity.legal_name, "bold", 16, right - sheets.MARGIN):
        canvas.text(
            sheets.MARGIN, y, text, size=16, weight="bold", color=sheets.INK, element=canvas.open("P")
        )
        y -= 19
    for text in (
        sheets.wrapped(entity.local_name, "regular", 11, right - sheets.MARGIN) if entity.local_name else ()
    ):
        canvas.text(sheets.MARGIN, y + 2, text, size=11, color=sheets.INK, element=canvas.open("P"))
        y -= 14
    particulars = " · ".join(part for part in (entity.registration, entity.status_line, entity.email) if part)
    for paragraph in (", ".join(entity.address), particulars):
        for text in sheets.wrapped(paragraph, "regular", 8.5, right - sheets.MARGIN):
            canvas.text(sheets.MARGIN, y, text, size=8.5, color=sheets.QUIET, element=canvas.open("P"))
            y -= 12
    y -= 2
    canvas.rule(sheets.MARGIN, y, right - sheets.MARGIN, thickness=1.6, color=sheets.BRAND)
    y -= 38
    _heading(canvas, y, language, title)
    return y - 46


def _heading(canvas: drawing.Drawing, y: float, language: wording.Language, title: tuple[str, str]) -> None:
    english, korean = title
    heading = canvas.open("H1")
    first = korean if language == "ko" else english
    canvas.text(sheets.MARGIN, y, first, size=23, weight="bold", color=sheets.INK, element=heading)
    if language == "ko":
        x = sheets.MARGIN + typesetting.typeface("bold").width(first, 23) + 10
        canvas.text(x, y, english, size=12, color=sheets.QUIET, element=heading)


def _strip(canvas: drawing.Drawing) -> list[tuple[str, float, drawing.Align]]:
    right = canvas.width - sheets.MARGIN
    return [
        ("number", sheets.MARGIN, "left"),
        ("issued_on", sheets.MARGIN + 172, "left"),
        ("total", right, "right"),
    ]


def _particulars(page: sheets.Page, standing: standings.Standing, y: float) -> float:
    """This function will draw number, day, total and giver, and return where the table begins."""
    canvas, receipt, language = page.canvas, page.receipt, page.receipt.language
    if receipt.replaces:
        words = wording.choose(wording.REPLACES, language).format(serial=receipt.replaces)
        canvas.text(sheets.MARGIN, y + 27, words, size=9, color=sheets.INK, element=canvas.open("P"))
    number = wording.label("no_number", language) if standing.preview else receipt.serial
    values = (number, wording.day(receipt.issued_on, language), sheets.money(receipt, receipt.total_minor))
    for (key, x, align), value in zip(_strip(canvas), values, strict=True):
        # A label and its value are one paragraph: read aloud they belong together.
        element = canvas.open("P")
        label = wording.label(key, language)
        canvas.text(x, y, label, size=8, color=sheets.QUIET, align=align, element=element)
        size = 15 if key == "total" else 11.5
        canvas.text(
            x,
            y - 17,
            value,
            size=size,
            weight="bold",
            color=sheets.INK,
            align=align,
            tabular=True,
            element=element,
        )
    canvas.rule(sheets.MARGIN, y - 28, page.right - sheets.MARGIN, color=sheets.HAIR)
    return _giver(page, y - 48)


def _giver(page: sheets.Page, y: float) -> float:
    """This function will draw who gave and return where the table begins."""
    canvas, receipt = page.canvas, page.receipt
    label = wording.label("giver", receipt.language)
    name = canvas.open("P")
    canvas.text(sheets.MARGIN, y, label, size=8, color=sheets.QUIET, element=name)
    y -= 16
    lines = sheets.wrapped(receipt.donor_name, "bold", 12, page.right - sheets.MARGIN)
    for text in lines:
        canvas.text(sheets.MARGIN, y, text, size=12, weight="bold", color=sheets.INK, element=name)
        y -= 15
    y = _local_name(page, lines[-1], y)
    for address in receipt.donor_address:
        for text in sheets.wrapped(address, "regular", 9.5, page.right - sheets.MARGIN):
            canvas.text(sheets.MARGIN, y, text, size=9.5, color=sheets.INK, element=canvas.open("P"))
            y -= 13
    return y - 12


def _local_name(page: sheets.Page, last: str, y: float) -> float:
    """The same person's name in the other script: beside the name where it fits, else below it."""
    local = page.receipt.donor_local_name
    if not local:
        return y
    regular = typesetting.typeface("regular")
    x = sheets.MARGIN + typesetting.typeface("bold").width(last, 12) + 7
    if x + regular.width(local, 12) <= page.right:
        page.canvas.text(x, y + 15, local, size=12, color=sheets.INK, element=page.canvas.open("P"))
        return y
    for text in sheets.wrapped(local, "regular", 12, page.right - sheets.MARGIN):
        page.canvas.text(sheets.MARGIN, y, text, size=12, color=sheets.INK, element=page.canvas.open("P"))
        y -= 15
    return y


def _columns(page: sheets.Page) -> dict[str, float]:
    return {
        "given_on": sheets.MARGIN,
        "method": sheets.MARGIN + 84,
        "fund": sheets.MARGIN + 184,
        "amount": page.right,
    }


def _flow(page: sheets.Page, standing: standings.Standing, top: float) -> None:
    """This function will set table and text on as many pages as they need, and number them."""
    continued = page.canvas.height - 104
    pages = composing.paginate(page, first=top - sheets.BOTTOM, other=continued - sheets.BOTTOM)
    for number, blocks in enumerate(pages, start=1):
        if number > 1:
            page.canvas.start_page()
            _running_head(page, standing)
        y = top if number == 1 else continued
        for block in blocks:
            block.draw(page, y)
            y -= block.height
        _foot(page, number, len(pages))
        _mark(page, standing)


def _running_head(page: sheets.Page, standing: standings.Standing) -> None:
    canvas, receipt = page.canvas, page.receipt
    y = canvas.height - 70
    number = "" if standing.preview else f"{receipt.serial}, "
    words = number + wording.label("continued", receipt.language)
    room = page.right - sheets.MARGIN - typesetting.typeface("regular").width(words, 9) - 16
    name = sheets.wrapped(receipt.entity.legal_name, "bold", 10, room)[0]
    canvas.text(sheets.MARGIN, y, name, size=10, weight="bold", color=sheets.INK)
    canvas.text(page.right, y, words, size=9, color=sheets.QUIET, align="right")
    canvas.rule(sheets.MARGIN, y - 10, page.right - sheets.MARGIN, thickness=1.6, color=sheets.BRAND)


def _foot(page: sheets.Page, number: int, pages: int) -> None:
    canvas, receipt = page.canvas, page.receipt
    canvas.rule(sheets.MARGIN, 50, page.right - sheets.MARGIN, color=sheets.HAIR)
    version = f"{receipt.template} · {receipt.digest[:12]}"
    canvas.text(sheets.MARGIN, 37, version, size=7.5, color=sheets.QUIET)
    words = wording.choose(wording.PAGE, receipt.language).format(page=number, pages=pages)
    canvas.text(page.right, 37, words, size=7.5, color=sheets.QUIET, align="right")


def _mark(page: sheets.Page, standing: standings.Standing) -> None:
    if not standing.word:
        return
    canvas = page.canvas
    size = min(190.0, 500 / typesetting.typeface("bold").width(standing.word, 1))
    canvas.slanted(standing.word, size=size, color=sheets.BEHIND, behind=True)
    if standing.void_on:
        canvas.slanted(standing.word, size=size, color=sheets.OVER, behind=False)
    sentences = sheets.wrapped(
        "  ".join(standing.sentences(page.receipt.language)), "bold", 9, page.right - sheets.MARGIN - 20
    )
    top = canvas.height - 26
    canvas.rule(
        sheets.MARGIN,
        top - len(sentences) * 6,
        page.right - sheets.MARGIN,
        thickness=len(sentences) * 12 + 6,
        color=sheets.BAND,
    )
    for line, text in enumerate(sentences):
        canvas.text(
            canvas.width / 2,
            top - 9 - line * 12,
            text,
            size=9,
            weight="bold",
            color=sheets.INK,
            align="center",
        )
