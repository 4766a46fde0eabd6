"""별지 제45호의2서식, the receipt of Korean law: its boxes ❶ to ❹, the two statutory sentences, two signatures.

The receipt of corporate law (63-3) has the same boxes. Nothing here knows a person's number: its box says where the
number is checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial

from paper import drawing, typesetting
from receipts import sheets, snapshots, standings, wording
from receipts.pages import closings, gifts, letterings, letters, tables
from receipts.pages.sheet import (
    INK,
    LEADING,
    MARGIN,
    QUIET,
    SIZE,
    Block,
    Sheet,
    size_to_fit,
    together,
    wrapped,
)
from receipts.rules import korean_papers, shapes

TITLE = ("Donation receipt (Korean tax form)", "기부금 영수증")
SPACED_TITLE = "기 부 금  영 수 증"
FORMS = {
    "45-2": "소득세법 시행규칙 [별지 제45호의2서식]",
    "63-3": "법인세법 시행규칙 [별지 제63호의3서식]",
}
REVISED = re.compile(r"/(\d{4})-0?(\d{1,2})-0?(\d{1,2})$")
"""Where a version names the day the front of its form was revised."""
BOXES = {
    "donor": ("❶ 기부자", "Donor"),
    "body": ("❷ 기부금 단체", "Organization"),
    "collector": ("❸ 기부금 모집처(언론기관 등)", "Collector (press and others)"),
    "contents": ("❹ 기부내용", "Contents of the donation"),
}
COLUMNS = (
    ("코드", "Code"),
    ("구분(금전 또는 현물)", "Money or thing"),
    ("연월일", "Date"),
    ("내용(품명·수량·단가)", "Contents: item, quantity, unit price"),
    ("금액", "Amount"),
)
SERIAL = ("일련번호", "Serial number")
SUM = ("합계", "Total")
APPLICANT = ("신청인", "Applicant")
RECEIVER = ("기부금 수령인", "Receiver of the donation")
BY_HAND = ("(서명 또는 인)", "(signature or seal)")
REQUEST, CERTIFIED, INFORMATION = "kr_request", "kr_certified", "kr_information_copy"
PLACED = frozenset({REQUEST, CERTIFIED, INFORMATION})
LABEL_SIZE = 7.5
PAD = 6.0


@lru_cache(maxsize=64)
def stationery(entity: snapshots.Entity, language: wording.Language) -> letters.Stationery:
    """This function will return the letters of the form and its prepared head."""
    fixed = "".join(
        (*FORMS.values(), *SERIAL, *SUM, *APPLICANT, *RECEIVER, *BY_HAND, korean_papers.TO_HOMETAX)
    )
    fixed += "".join(word for pair in (*BOXES.values(), *COLUMNS) for word in pair)
    fixed += "".join(label for _, label, _, _ in korean_papers.FORM) + "금전현물년월일"
    cuts = letterings.form_cuts(fixed, SPACED_TITLE + "".join(pair[0] for pair in BOXES.values()), entity)
    paper: drawing.Paper = "a4" if entity.paper == "a4" else "letter"
    blank = drawing.Drawing(paper=paper, cuts=cuts)
    blank.start_page()
    below = _head(Sheet(blank, language), entity)
    return letters.Stationery(cuts, blank.form(), below)


def _head(sheet: Sheet, entity: snapshots.Entity) -> float:
    """The name of the form, the box of the serial number, the title."""
    canvas = sheet.canvas
    y = canvas.height - 60
    sheet.paragraph(MARGIN, y, [_front(entity)], size=LABEL_SIZE, leading=10, color=QUIET)
    top, height = y - 10, 46.0
    _frame(sheet, top, height, [0.0, 0.25, 1.0])
    element = canvas.open("H1")
    middle = MARGIN + 0.625 * sheet.room
    lower = top - 30 if sheet.language == "ko" else top - 25
    canvas.text(
        middle, lower, SPACED_TITLE, size=20, weight="bold", color=INK, align="center", element=element
    )
    if sheet.language == "en":
        canvas.text(middle, top - 39, TITLE[0], size=8.5, color=QUIET, align="center", element=element)
    sheet.paragraph(
        MARGIN + PAD, top - 13, [_label(SERIAL, sheet.language)], size=LABEL_SIZE, leading=10, color=QUIET
    )
    return top - height


def _front(entity: snapshots.Entity) -> str:
    """What the front of a form says of itself, with the day it was revised as the receipt was issued with it."""
    title = FORMS.get(entity.form, FORMS["45-2"])
    revised = REVISED.search(entity.form_version)
    return f"{title} <개정 {'. '.join(revised.groups())}.>" if revised else title


def draw_head(
    sheet: Sheet,
    receipt: snapshots.Snapshot,
    standing: standings.Standing,
    prepared: letters.Stationery,
) -> float:
    """This function will draw the head with the serial number and return where the boxes begin."""
    below = prepared.below_head
    if prepared.form is None:
        below = _head(sheet, receipt.entity)
    else:
        sheet.canvas.place(prepared.form)
    number = "—" if standing.preview else receipt.serial
    size = size_to_fit(number, 12, 0.25 * sheet.room - 2 * PAD, "bold", least=5)
    sheet.canvas.text(
        MARGIN + PAD,
        below + 13,
        number,
        size=size,
        weight="bold",
        color=INK,
        tabular=True,
        element=sheet.canvas.open("P"),
    )
    return below


def _label(pair: tuple[str, str], language: wording.Language) -> str:
    return pair[0] if language == "ko" else f"{pair[0]} {pair[1]}"


def _frame(sheet: Sheet, top: float, height: float, edges: list[float]) -> None:
    """A row of cells: rules above and below, upright ones at these parts of the width."""
    sheet.rule(top, thickness=0.5, color=QUIET)
    sheet.rule(top - height, thickness=0.5, color=QUIET)
    for part in edges:
        x = MARGIN + part * sheet.room
        sheet.canvas.rule(x - 0.25, top - height / 2, 0.5, thickness=height, color=QUIET)


@dataclass(frozen=True, slots=True)
class Field:
    """A box of the form: its label, what is filled in, and where it ends as a part of the width."""

    label: str
    value: str
    ends: float = 1.0


def _band(key: str) -> Block:
    height = 16.0

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        sheet.rule(y - height / 2, thickness=height, color=sheets.BEHIND)
        _frame(sheet, y, height, [0.0, 1.0])
        said = _label(BOXES[key], sheet.language)
        canvas.text(MARGIN + PAD, y - 11.3, said, size=9, weight="bold", color=INK, element=canvas.open("P"))

    return Block(height, draw)


def _fields(fields: list[Field], *, room: float) -> Block:
    starts = [0.0, *(field.ends for field in fields[:-1])]
    values = [
        wrapped(field.value, SIZE, (field.ends - start) * room - 2 * PAD)
        for field, start in zip(fields, starts, strict=True)
    ]
    height = 18.5 + LEADING * max(len(lines) for lines in values)

    def draw(sheet: Sheet, y: float) -> None:
        _frame(sheet, y, height, [*starts, 1.0])
        for field, start, lines in zip(fields, starts, values, strict=True):
            x = MARGIN + start * sheet.room + PAD
            element = sheet.canvas.open("P")
            room = (field.ends - start) * sheet.room - 2 * PAD
            size = size_to_fit(field.label, LABEL_SIZE, room, "regular", least=4.5)
            sheet.canvas.text(x, y - 10.5, field.label, size=size, color=QUIET, element=element)
            sheet.paragraph(x, y - 23, lines, size=SIZE, leading=LEADING, element=element)

    return Block(height, draw)


def _boxes(receipt: snapshots.Snapshot, *, room: float) -> list[Block]:
    """Boxes ❶ to ❸ as they are filled in; the third only when a third party collected the gift."""
    entity, third = receipt.entity, receipt.collector
    number = korean_papers.TO_HOMETAX if receipt.donor_is_person else receipt.donor_number
    basis = " ".join(part for part in (entity.legal_basis, entity.legal_basis_code) if part)
    names = " ".join(part for part in (receipt.donor_name, receipt.donor_local_name) if part)
    say = partial(_said, language=receipt.language)
    rows = (
        _band("donor"),
        _fields([Field(say("donor_name"), names, 0.6), Field(say("donor_number"), number)], room=room),
        _fields([Field(say("donor_address"), " ".join(receipt.donor_address))], room=room),
        _band("body"),
        _fields(
            [Field(say("body_name"), entity.legal_name, 0.6), Field(say("body_number"), entity.registration)],
            room=room,
        ),
        _fields(
            [
                Field(say("body_address"), " ".join(entity.address), 0.6),
                Field(say("legal_basis"), basis),
            ],
            room=room,
        ),
        _band("collector"),
        _fields(
            [
                Field(say("collector_name"), third.name if third else "", 0.6),
                Field(say("collector_number"), third.registration if third else ""),
            ],
            room=room,
        ),
        _fields([Field(say("collector_address"), third.address if third else "")], room=room),
        _band("contents"),
    )
    return list(rows)


def _said(key: str, *, language: wording.Language) -> str:
    """The label of a box without the number of its group, which stands in the band above."""
    _, label, english, _ = next(field for field in korean_papers.FORM if field[0] == key)
    korean = label.split(" ", 1)[1]
    said = english.split(": ")[-1]
    return korean if language == "ko" else f"{korean} {said[0].upper()}{said[1:]}"


def _table(receipt: snapshots.Snapshot, *, room: float) -> tables.Table:
    edges = [0.0, 0.08, 0.24, 0.39, 0.76, 1.0]
    columns = []
    for place, pair in enumerate(COLUMNS):
        left, right = (MARGIN + part * room for part in edges[place : place + 2])
        heading = wrapped(pair[0], 8.0, right - left - 8, "bold")
        if receipt.language == "en":
            heading += wrapped(pair[1], 7.5, right - left - 8)
        align: drawing.Align = "right" if place == 4 else "left" if place == 3 else "center"
        columns.append(
            tables.Column(
                left + 4, right - (PAD if place == 4 else 4), align, tuple(heading), is_tight=place == 4
            )
        )
    return tables.Table(
        columns=columns,
        rows=[_row(receipt, line, columns) for line in receipt.lines],
        sums=[
            tables.Sum(
                _label(SUM, receipt.language),
                (wording.amount(one.total_minor, currency=one.currency, exponent=one.exponent),),
            )
            for one in receipt.totals
        ],
        language=receipt.language,
        label_column=3,
        grid=True,
    )


def _row(receipt: snapshots.Snapshot, line: snapshots.Line, columns: list[tables.Column]) -> tables.Row:
    cells = [tables.Cell() for _ in columns]
    width = columns[3].right - columns[3].left
    cells[0].add([line.code])
    cells[1].add([korean_papers.kind_word(shapes.Kind(line.kind))])
    cells[2].add([wording.short_day(line.given_on, "ko")], is_figure=True)
    what = gifts.described(line, "ko") or line.fund
    cells[3].add(wrapped(what, SIZE, width))
    small = [line.note] if line.note else []
    if line.unit_value_minor is not None:
        small.insert(0, f"{line.quantity} × {gifts.shown(line.unit_value_minor, line)}")
    for text in small:
        cells[3].add(wrapped(text, 8.0, width), is_small=True)
    cells[4].add([gifts.shown(line.amount_minor or 0, line)], is_figure=True)
    if line.refunded_minor:
        at = cells[3].depth
        cells[3].add(["환불"])
        cells[4].add_at(at, gifts.shown(-line.refunded_minor, line))
    return tables.row(cells, line, figures=1)


def _sentence(receipt: snapshots.Snapshot, code: str, *, room: float) -> list[Block]:
    """A statutory sentence, its translation after it in the quiet ink."""
    said = [clause.text for clause in receipt.clauses if clause.code == code]
    return [
        closings.paragraph(text, width=room, size=9.0, leading=13.0, is_quiet=place > 0)
        for place, text in enumerate(said)
    ]


def _signing(receipt: snapshots.Snapshot, who: tuple[str, str], names: list[str]) -> Block:
    """The day in the middle, and on the right whose signature or seal it is."""
    language = receipt.language
    shown = wrapped(" ".join(name for name in names if name), 10.5, 260, "bold")
    height = 30.0 + 14 * len(shown)

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        day = wording.day(receipt.issued_on, "ko")
        sheet.paragraph(MARGIN + sheet.room / 2, y - 12, [day], size=SIZE, leading=12, align="center")
        element = canvas.open("P")
        hand = BY_HAND[0] if language == "ko" else BY_HAND[1]
        canvas.text(sheet.right, y - 32, hand, size=8.5, color=QUIET, align="right", element=element)
        x = sheet.right - typesetting.typeface("regular").width(hand, 8.5) - 12
        widest = max(typesetting.typeface("bold").width(text, 10.5) for text in shown)
        label = _label(who, language)
        canvas.text(x - widest - 12, y - 32, label, size=8.5, color=QUIET, align="right", element=element)
        for place, text in enumerate(shown):
            canvas.text(
                x - widest,
                y - 32 - 14 * place,
                text,
                size=10.5,
                weight="bold",
                color=INK,
                element=element,
            )

    return Block(height, draw)


def _notice(receipt: snapshots.Snapshot, *, room: float) -> list[Block]:
    said = []
    if receipt.replaces:
        said.append(wording.choose(wording.REPLACES, receipt.language).format(serial=receipt.replaces))
    return [closings.paragraph(text, width=room, size=9.0, leading=13.0) for text in said]


def pages(
    sheet: Sheet,
    receipt: snapshots.Snapshot,
    standing: standings.Standing,
    *,
    below_head: float,
    seal: bytes,
) -> list[list[Block]]:
    """This function will return the blocks of every page, the first beginning at `below_head`."""
    room = sheet.room
    entity = receipt.entity
    after = [
        *_sentence(receipt, INFORMATION, room=room),
        *_notice(receipt, room=room),
        together(*_sentence(receipt, REQUEST, room=room), _signing(receipt, APPLICANT, [receipt.donor_name])),
        together(
            *_sentence(receipt, CERTIFIED, room=room),
            closings.beside_code(
                _signing(receipt, RECEIVER, [entity.legal_name, entity.signatory]), receipt, seal=seal
            ),
        ),
        *closings.paragraphs(receipt, width=room, without=PLACED),
    ]
    return tables.paginate(
        _table(receipt, room=room),
        before=_boxes(receipt, room=room),
        after=after,
        first=below_head - letters.BOTTOM,
        other=sheet.canvas.height - letters.CONTINUED_BELOW - letters.BOTTOM,
    )
