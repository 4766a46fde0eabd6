"""Slipping: the slip that goes to the bank with a posted batch: checks by number, cash by denomination (B10).

Drawn from the rows each time it is asked for: a posted batch never changes, so the slip is the same bytes again. No
giver stands on it; the bank need not know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils import translation
from django.utils.translation import gettext as _

from donations import counting_batches
from donations.models import Batch, BatchRow, CashCount
from ledger.money import Money
from paper import texts

if TYPE_CHECKING:
    from paper import drawing, typesetting

Paper = Literal["letter", "a4"]
MARGIN, BOTTOM = 60.0, 64.0
SIZE, LEADING = 10.0, 16.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: what it is, how many or which, and how much."""

    words: str
    detail: str
    amount: Money
    is_sum: bool = False


class NotPosted(ValueError):
    """A slip goes with what is in the books; this batch is not."""


def slip(*, batch: Batch, paper: Paper, language: str) -> bytes:
    """Draw the slip of a posted batch on Letter or A4, in English or Korean. Raises NotPosted.

    Its total is what the batch carries to the bank, to the last cent. This function will return the PDF.
    """
    if batch.status != Batch.Status.POSTED:
        raise NotPosted(str(batch.pk))
    from paper import archiving, typesetting
    from paper import drawing as canvas

    letters = typesetting.ASCII + typesetting.FIGURES
    cuts: dict[typesetting.Weight, typesetting.Cut] = {
        "regular": typesetting.Cut(typesetting.typeface("regular"), letters),
        "bold": typesetting.Cut(typesetting.typeface("bold"), letters),
    }
    with translation.override(language):
        sheet = _Sheet(canvas.Drawing(paper=paper, cuts=cuts), batch, language)
        sheet.fill(_checks(batch), _cash(batch, language))
        identity = hashlib.sha256(f"{batch.pk} {paper} {language}".encode()).digest()[:16]
        about = archiving.About(
            title=_("Deposit slip %(number)s") % {"number": batch.number},
            author=batch.entity.legal_name,
            subject=_("Checks and cash of one batch"),
            issued_on=batch.deposit_on,
        )
        return sheet.canvas.finish(about, language=language, identity=identity)


def _checks(batch: Batch) -> list[Line]:
    """Everything that is carried to the bank and is no cash, in the order in which it was entered."""
    rows = BatchRow.objects.filter(batch=batch, kind__in=counting_batches.MONEY).exclude(method="cash")
    lines = [
        Line(
            _("Check %(number)s") % {"number": row.check_number}
            if row.check_number
            else _("Check without number"),
            _("account ending in %(last4)s") % {"last4": row.account_last4} if row.account_last4 else "",
            Money(row.amount_minor, batch.currency),
        )
        for row in rows.order_by("position")
    ]
    return _summed(lines, _("Checks: %(count)s"), batch)


def _cash(batch: Batch, language: str) -> list[Line]:
    """Notes and coins, the largest first."""
    lines = []
    for one in CashCount.objects.filter(batch=batch).order_by("-denomination_minor"):
        each = Money(one.denomination_minor, batch.currency)
        amount = Money(one.denomination_minor * one.pieces, batch.currency)
        lines.append(Line(each.shown(language), f"× {one.pieces}", amount))
    return _summed(lines, _("Cash"), batch)


def _summed(lines: Sequence[Line], words: str, batch: Batch) -> list[Line]:
    if not lines:
        return []
    total = Money(sum(line.amount.minor for line in lines), batch.currency)
    told = words % {"count": len(lines)} if "%(count)s" in words else words
    return [*lines, Line(told, "", total, is_sum=True)]


class _Sheet:
    """The slip while it is drawn, from the top of each page to its bottom."""

    def __init__(self, canvas: drawing.Drawing, batch: Batch, language: str) -> None:
        self.canvas, self.batch, self.language = canvas, batch, language
        self.y = 0.0
        self.table = 0

    @property
    def right(self) -> float:
        return self.canvas.width - MARGIN

    def fill(self, checks: Sequence[Line], cash: Sequence[Line]) -> None:
        self._start(is_first=True)
        for lines in (checks, cash):
            self.table = self.canvas.open("Table")
            for line in lines:
                self._line(line)
            self.y -= LEADING / 2 if lines else 0
        total = counting_batches.of(batch=self.batch).to_bank
        self.table = self.canvas.open("Table")
        self._line(Line(_("Total of the deposit"), "", total, is_sum=True), size=13.0)
        self._signatures()

    def _start(self, *, is_first: bool = False) -> None:
        self.canvas.start_page()
        self.y = self.canvas.height - MARGIN
        batch, page = self.batch, self.canvas.page_count
        title = _("Deposit slip %(number)s") % {"number": batch.number}
        if not is_first:
            self._text(MARGIN, f"{title} · {_('page %(page)s') % {'page': page}}", size=9.0)
            self.y -= LEADING * 1.5
            return
        heading = self.canvas.open("H1")
        self._text(MARGIN, title, size=18.0, weight="bold", element=heading)
        self.y -= LEADING * 1.75
        for words in self._head():
            self._text(MARGIN, words, element=self.canvas.open("P"))
            self.y -= LEADING
        self.y -= LEADING / 2

    def _head(self) -> Iterable[str]:
        batch, bank = self.batch, self.batch.bank_account
        yield batch.entity.legal_name
        yield f"{bank.name} ···{bank.last4}" if bank.last4 else bank.name
        yield _("Day of the deposit: %(day)s") % {"day": batch.deposit_on.isoformat()}
        if batch.event:
            yield batch.event
        yield _("Counted by %(one)s and %(two)s") % {"one": batch.counter_one, "two": batch.counter_two}

    def _line(self, line: Line, *, size: float = SIZE) -> None:
        if self.y < BOTTOM + LEADING * 2:
            self._start()
        weight: typesetting.Weight = "bold" if line.is_sum else "regular"
        if line.is_sum:
            self.canvas.rule(MARGIN, self.y + LEADING * 0.75, self.right - MARGIN)
        row = self.canvas.open("TR", self.table)
        cells = [self.canvas.open("TD", row) for _cell in range(3)]
        self._text(MARGIN, line.words, size=size, weight=weight, element=cells[0])
        self._text(self.canvas.width / 2, line.detail, size=size, weight=weight, element=cells[1])
        self.canvas.text(
            self.right, self.y, texts.require_printable(line.amount.shown(self.language)), size=size,
            weight=weight, align="right", tabular=True, element=cells[2],
        )  # fmt: skip
        self.y -= LEADING

    def _signatures(self) -> None:
        self.y -= LEADING * 2
        if self.y < BOTTOM:
            self._start()
            self.y -= LEADING * 2
        half = (self.right - MARGIN - 24) / 2
        for left, name in ((MARGIN, self.batch.counter_one), (MARGIN + half + 24, self.batch.counter_two)):
            self.canvas.rule(left, self.y + LEADING * 0.8, half)
            self._text(left, name, size=9.0, element=self.canvas.open("P"))

    def _text(
        self,
        x: float,
        words: str,
        *,
        size: float = SIZE,
        weight: typesetting.Weight = "regular",
        element: int | None = None,
    ) -> None:
        self.canvas.text(
            x,
            self.y,
            texts.require_printable(texts.pdf_text(words)),
            size=size,
            weight=weight,
            element=element,
        )
