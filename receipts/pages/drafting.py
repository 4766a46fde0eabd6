"""A snapshot of schema 2 becomes pages: the right form for its law, numbered, marked with what it is."""

from __future__ import annotations

from paper import archiving, drawing, signing, typesetting
from receipts import sheets, snapshots, standings, wording
from receipts.pages import korean_form, letters, words
from receipts.pages.sheet import HAIR, INK, MARGIN, QUIET, Sheet, wrapped

KOREAN_FORM = "kr-1"
WIDEST_MARK = 560.0


def stationery(receipt: snapshots.Snapshot) -> letters.Stationery:
    """This function will return what is prepared for the entity and template of a receipt."""
    if receipt.template == KOREAN_FORM:
        return korean_form.stationery(receipt.entity, receipt.language)
    return letters.stationery(receipt.entity, receipt.language, receipt.template, letters.title(receipt))


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
    paper: drawing.Paper = "a4" if receipt.entity.paper == "a4" else "letter"
    canvas = drawing.Drawing(paper=paper, cuts=prepared.cuts)
    lay(canvas, receipt, standing, prepared, seal=enclosed.signature if enclosed else b"")
    about = archiving.About(
        title=_file_title(receipt, standing),
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


def lay(
    canvas: drawing.Drawing,
    receipt: snapshots.Snapshot,
    standing: standings.Standing,
    prepared: letters.Stationery,
    *,
    seal: bytes,
) -> int:
    """This function will add the pages of a receipt to a canvas and return how many they are."""
    sheet = Sheet(canvas, receipt.language)
    canvas.start_page()
    if receipt.template == KOREAN_FORM:
        top = korean_form.draw_head(sheet, receipt, standing, prepared)
        pages = korean_form.pages(sheet, receipt, standing, below_head=top, seal=seal)
    else:
        top = letters.draw_head(sheet, receipt.entity, letters.title(receipt), prepared)
        pages = letters.pages(sheet, receipt, standing, below_head=top, seal=seal)
    continued = canvas.height - letters.CONTINUED_BELOW
    for number, blocks in enumerate(pages, start=1):
        if number > 1:
            canvas.start_page()
            _running_head(sheet, receipt, standing)
        y = top if number == 1 else continued
        for block in blocks:
            block.draw(sheet, y)
            y -= block.height
        _foot(sheet, receipt, number, len(pages))
        if standing.mark:
            _mark(sheet, standing)
    return len(pages)


def _file_title(receipt: snapshots.Snapshot, standing: standings.Standing) -> str:
    english, korean = korean_form.TITLE if receipt.template == KOREAN_FORM else letters.title(receipt)
    shown = english if receipt.language == "en" else f"{korean} {english}"
    if not standing.preview:
        shown = f"{shown} {receipt.serial}"
    return f"{standing.word}: {shown}" if standing.word else shown


def _running_head(sheet: Sheet, receipt: snapshots.Snapshot, standing: standings.Standing) -> None:
    canvas = sheet.canvas
    y = canvas.height - 70
    number = "" if standing.preview else f"{receipt.serial}, "
    said = number + words.label("continued", receipt.language)
    room = sheet.room - typesetting.typeface("regular").width(said, 9) - 16
    name = wrapped(receipt.entity.legal_name, 10, room, "bold")[0]
    canvas.text(MARGIN, y, name, size=10, weight="bold", color=INK)
    canvas.text(sheet.right, y, said, size=9, color=QUIET, align="right")
    sheet.rule(y - 10, thickness=1.6, color=sheets.BRAND)


def _foot(sheet: Sheet, receipt: snapshots.Snapshot, number: int, pages: int) -> None:
    canvas = sheet.canvas
    sheet.rule(50, color=HAIR)
    version = f"{receipt.template} · {receipt.rules} · {receipt.digest[:12]}"
    canvas.text(MARGIN, 37, version, size=7.5, color=QUIET)
    said = wording.choose(wording.PAGE, receipt.language).format(page=number, pages=pages)
    canvas.text(sheet.right, 37, said, size=7.5, color=QUIET, align="right")


def _mark(sheet: Sheet, standing: standings.Standing) -> None:
    """What the page is besides a receipt, across it and in a band above it."""
    canvas = sheet.canvas
    size = min(190.0, WIDEST_MARK / typesetting.typeface("bold").width(standing.mark, 1))
    canvas.slanted(standing.mark, size=size, color=sheets.BEHIND, behind=True)
    if standing.void_on:
        canvas.slanted(standing.mark, size=size, color=sheets.OVER, behind=False)
    lines = wrapped("  ".join(standing.sentences(sheet.language)), 9, sheet.room - 20, "bold")
    top = canvas.height - 26
    sheet.rule(top - len(lines) * 6, thickness=len(lines) * 12 + 6, color=sheets.BAND)
    sheet.paragraph(
        canvas.width / 2,
        top - 9,
        lines,
        size=9,
        leading=12,
        weight="bold",
        align="center",
        is_artifact=True,
    )
