"""Where everything stands on a receipt: black on white, one brand rule, figures in columns.

The head, the title and the labels are the same for every receipt of a legal entity in one language: they are drawn
once per process as a form, with the letters they need prepared (`_stationery`). Only the rest is drawn per receipt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from paper import archiving, drawing, typesetting
from receipts import composing, rendering, snapshots, wording

INK = drawing.ink("#141B1E")
QUIET = drawing.ink("#4A595E")
HAIR = drawing.ink("#C9CCCB")
BRAND = drawing.ink("#1F5163")
BEHIND = drawing.ink("#E9EAEA")
BAND = drawing.ink("#DDDFDF")
OVER = drawing.ink("#8A9092")

MARGIN = 60.0
BOTTOM = 72.0
PUNCTUATION = "“”‘’–—·…•₩" + wording.MINUS
# The syllables most common in Korean names and addresses: others come as a small font of the document's own.
COMMON_KOREAN = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구라진민지현수아은영호경선재혁동희석원태연빈"
    "특별시부산광역대인천울세종기도남북충청전라상제읍면로길번층후계좌카드국내금자체이일반해외가족구출"
)


@dataclass(frozen=True, slots=True)
class Stationery:
    """An entity's prepared first page: its letters, its form, and how low the head reaches."""

    cuts: dict[typesetting.Weight, typesetting.Cut]
    form: drawing.Form | None
    below_head: float


@dataclass(slots=True)
class Page:
    """What a part of the page needs to draw itself."""

    canvas: drawing.Drawing
    receipt: snapshots.Snapshot
    table: int | None = None
    columns: dict[str, float] = field(default_factory=dict)

    @property
    def right(self) -> float:
        return self.canvas.width - MARGIN


def _words(entity: snapshots.Entity, language: wording.Language) -> str:
    pairs = [*wording.LABELS.values(), wording.REPLACES, wording.REPLACED_BY, wording.PAGE]
    spoken = "".join(english if language == "en" else korean + english for english, korean in pairs)
    own = (entity.legal_name, entity.local_name, *entity.address, entity.registration, entity.status_line)
    return spoken + "".join(own) + entity.signatory + entity.email


def draw(receipt: snapshots.Snapshot, standing: rendering.Standing, *, identity: bytes) -> bytes:
    """This function will return the finished PDF of a receipt."""
    entity, language = receipt.entity, receipt.language
    stationery = _stationery(entity, language, receipt.kind)
    canvas = drawing.Drawing(paper="a4" if entity.paper == "a4" else "letter", cuts=stationery.cuts)
    page = Page(canvas, receipt)
    page.columns = _columns(page)
    canvas.start_page()
    if stationery.form is None:
        _head(canvas, entity, language, receipt.kind)
    else:
        canvas.place(stationery.form)
    top = _particulars(page, standing, stationery.below_head)
    _flow(page, standing, top)
    about = archiving.About(
        title=_file_title(receipt, standing),
        author=entity.legal_name,
        subject="" if standing.preview else receipt.serial,
        issued_on=receipt.issued_on,
    )
    return canvas.finish(about, language="ko-KR" if language == "ko" else "en-US", identity=identity)


def _file_title(receipt: snapshots.Snapshot, standing: rendering.Standing) -> str:
    title = wording.label(f"title_{receipt.kind}", receipt.language)
    shown = title if standing.preview else f"{title} {receipt.serial}"
    return f"{standing.word}: {shown}" if standing.word else shown


@lru_cache(maxsize=64)
def _stationery(entity: snapshots.Entity, language: wording.Language, kind: str) -> Stationery:
    letters = typesetting.ASCII + typesetting.FIGURES + PUNCTUATION + _words(entity, language)
    common = COMMON_KOREAN + "".join(korean for _, korean in wording.METHODS.values()) if language == "ko" else ""
    cuts: dict[typesetting.Weight, typesetting.Cut] = {
        "regular": typesetting.Cut(typesetting.typeface("regular"), letters + common),
        "bold": typesetting.Cut(typesetting.typeface("bold"), letters),
    }
    blank = drawing.Drawing(paper="a4" if entity.paper == "a4" else "letter", cuts=cuts)
    blank.start_page()
    below = _head(blank, entity, language, kind)
    return Stationery(cuts, blank.form(), below)


def _head(canvas: drawing.Drawing, entity: snapshots.Entity, language: wording.Language, kind: str) -> float:
    """This function will draw what never changes on the first page and return the line below the labels."""
    right = canvas.width - MARGIN
    y = canvas.height - 70
    for text in wrapped(entity.legal_name, "bold", 16, right - MARGIN):
        canvas.text(MARGIN, y, text, size=16, weight="bold", color=INK, element=canvas.open("P"))
        y -= 19
    if entity.local_name:
        canvas.text(MARGIN, y + 2, entity.local_name, size=11, color=INK, element=canvas.open("P"))
        y -= 14
    particulars = " · ".join(part for part in (entity.registration, entity.status_line, entity.email) if part)
    for paragraph in (", ".join(entity.address), particulars):
        for text in wrapped(paragraph, "regular", 8.5, right - MARGIN):
            canvas.text(MARGIN, y, text, size=8.5, color=QUIET, element=canvas.open("P"))
            y -= 12
    y -= 2
    canvas.rule(MARGIN, y, right - MARGIN, thickness=1.6, color=BRAND)
    y -= 38
    _title(canvas, y, language, kind)
    y -= 46
    for key, x, align in _strip(canvas):
        canvas.text(
            x, y, wording.label(key, language), size=8, color=QUIET, align=align, element=canvas.open("P")
        )
    canvas.rule(MARGIN, y - 28, right - MARGIN, color=HAIR)
    y -= 48
    canvas.text(MARGIN, y, wording.label("giver", language), size=8, color=QUIET, element=canvas.open("P"))
    return y


def _title(canvas: drawing.Drawing, y: float, language: wording.Language, kind: str) -> None:
    english, korean = wording.LABELS[f"title_{kind}"]
    heading = canvas.open("H1")
    first = korean if language == "ko" else english
    canvas.text(MARGIN, y, first, size=23, weight="bold", color=INK, element=heading)
    if language == "ko":
        x = MARGIN + typesetting.typeface("bold").width(first, 23) + 10
        canvas.text(x, y, english, size=12, color=QUIET, element=heading)


def _strip(canvas: drawing.Drawing) -> list[tuple[str, float, drawing.Align]]:
    right = canvas.width - MARGIN
    return [("number", MARGIN, "left"), ("issued_on", MARGIN + 172, "left"), ("total", right, "right")]


def wrapped(text: str, weight: typesetting.Weight, size: float, width: float) -> list[str]:
    return typesetting.wrap(text, typesetting.typeface(weight), size=size, width=width)


def money(receipt: snapshots.Snapshot, minor: int) -> str:
    return wording.amount(minor, currency=receipt.currency, exponent=receipt.exponent)


def _particulars(page: Page, standing: rendering.Standing, below: float) -> float:
    """This function will draw number, day, total and giver, and return where the table begins."""
    canvas, receipt, language = page.canvas, page.receipt, page.receipt.language
    strip = below + 48
    if receipt.replaces:
        words = wording.choose(wording.REPLACES, language).format(serial=receipt.replaces)
        canvas.text(MARGIN, strip + 27, words, size=9, color=INK, element=canvas.open("P"))
    number = wording.label("no_number", language) if standing.preview else receipt.serial
    values = (number, wording.day(receipt.issued_on, language), money(receipt, receipt.total_minor))
    for (key, x, align), value in zip(_strip(canvas), values, strict=True):
        size = 15 if key == "total" else 11.5
        canvas.text(
            x, strip - 17, value, size=size, weight="bold", color=INK, align=align, tabular=True, element=canvas.open("P")
        )
    y = below - 16
    name = canvas.open("P")
    lines = wrapped(receipt.donor_name, "bold", 12, page.right - MARGIN)
    for text in lines:
        canvas.text(MARGIN, y, text, size=12, weight="bold", color=INK, element=name)
        y -= 15
    y = _local_name(page, lines[-1], y)
    for address in receipt.donor_address:
        for text in wrapped(address, "regular", 9.5, page.right - MARGIN):
            canvas.text(MARGIN, y, text, size=9.5, color=INK, element=canvas.open("P"))
            y -= 13
    return y - 12


def _local_name(page: Page, last: str, y: float) -> float:
    """The same person's name in the other script: beside the name where it fits, else below it."""
    local = page.receipt.donor_local_name
    if not local:
        return y
    regular = typesetting.typeface("regular")
    x = MARGIN + typesetting.typeface("bold").width(last, 12) + 7
    if x + regular.width(local, 12) <= page.right:
        page.canvas.text(x, y + 15, local, size=12, color=INK, element=page.canvas.open("P"))
        return y
    for text in wrapped(local, "regular", 12, page.right - MARGIN):
        page.canvas.text(MARGIN, y, text, size=12, color=INK, element=page.canvas.open("P"))
        y -= 15
    return y


def _columns(page: Page) -> dict[str, float]:
    return {"given_on": MARGIN, "method": MARGIN + 84, "fund": MARGIN + 184, "amount": page.right}


def _flow(page: Page, standing: rendering.Standing, top: float) -> None:
    """This function will set table and text on as many pages as they need, and number them."""
    continued = page.canvas.height - 104
    pages = composing.paginate(page, first=top - BOTTOM, other=continued - BOTTOM)
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


def _running_head(page: Page, standing: rendering.Standing) -> None:
    canvas, receipt = page.canvas, page.receipt
    y = canvas.height - 70
    number = "" if standing.preview else f"{receipt.serial}, "
    words = number + wording.label("continued", receipt.language)
    room = page.right - MARGIN - typesetting.typeface("regular").width(words, 9) - 16
    name = wrapped(receipt.entity.legal_name, "bold", 10, room)[0]
    canvas.text(MARGIN, y, name, size=10, weight="bold", color=INK)
    canvas.text(page.right, y, words, size=9, color=QUIET, align="right")
    canvas.rule(MARGIN, y - 10, page.right - MARGIN, thickness=1.6, color=BRAND)


def _foot(page: Page, number: int, pages: int) -> None:
    canvas, receipt = page.canvas, page.receipt
    canvas.rule(MARGIN, 50, page.right - MARGIN, color=HAIR)
    version = f"{receipt.template} · {receipt.digest[:12]}"
    canvas.text(MARGIN, 37, version, size=7.5, color=QUIET)
    words = wording.choose(wording.PAGE, receipt.language).format(page=number, pages=pages)
    canvas.text(page.right, 37, words, size=7.5, color=QUIET, align="right")


def _mark(page: Page, standing: rendering.Standing) -> None:
    if not standing.word:
        return
    canvas = page.canvas
    size = min(190.0, 500 / typesetting.typeface("bold").width(standing.word, 1))
    canvas.slanted(standing.word, size=size, color=BEHIND, behind=True)
    if standing.void_on:
        canvas.slanted(standing.word, size=size, color=OVER, behind=False)
    sentences = wrapped("  ".join(standing.sentences(page.receipt.language)), "bold", 9, page.right - MARGIN - 20)
    top = canvas.height - 26
    canvas.rule(MARGIN, top - len(sentences) * 6, page.right - MARGIN, thickness=len(sentences) * 12 + 6, color=BAND)
    for line, text in enumerate(sentences):
        canvas.text(canvas.width / 2, top - 9 - line * 12, text, size=9, weight="bold", color=INK, align="center")
