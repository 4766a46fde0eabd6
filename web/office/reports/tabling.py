"""Tabling: what a report is made of: figures, charts and tables whose cells are seen, opened and exported alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ledger.models import LegalEntity
from ledger.money import Money
from web.charts import saying

Words = str | Promise
Value = str | int | date | Money | None


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is what leaves in a file, `shown` what is read on the page, `opens` the address of what it is made of.

    `look` is a class of the style sheet, `picture` a small drawing beside the words.
    """

    value: Value
    shown: str
    opens: str = ""
    is_number: bool = False
    note: str = ""
    look: str = ""
    picture: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`is_first` marks the words a row is known by; `unit` stands behind the words in a file, such as a currency."""

    words: Words
    is_number: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below columns; `foot` sums the whole filter, not the page; `older` is the query of what follows."""

    key: str
    words: Words
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Cell] = ()
    empty: Words = ""
    older: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a chart and the table of the same numbers. `lead` says how they are counted."""

    words: Words
    table: Table
    chart: SafeString | str = ""
    lead: Words = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number a reader looks for first, with a word of what it was before."""

    words: Words
    cell: Cell


@dataclass(frozen=True, slots=True)
class Page:
    """What a report shows. `notes` must be known to read it rightly; `ways` are links to what lies beside it."""

    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
    notes: Sequence[Words] = ()
    ways: Sequence[tuple[Words, str]] = field(default_factory=tuple)

    @property
    def tables(self) -> list[Table]:
        return [section.table for section in self.sections]


def address(name: str, *args: object, **query: object) -> str:
    """This function will return the address of a page of the office with a query; what is empty is left out."""
    told = {key: value for key, value in query.items() if value not in (None, "")}
    asked = f"?{urlencode(told)}" if told else ""
    return f"{reverse(f'office:{name}', args=list(args))}{asked}"


def words(text: Words, *, opens: str = "", note: str = "", look: str = "") -> Cell:
    return Cell(str(text), str(text), opens, note=note, look=look)


def number(value: int | None, *, opens: str = "", look: str = "", note: str = "") -> Cell:
    return Cell(value, "–" if value is None else f"{value:,}", opens, True, note=note, look=look)


def amount(value: Money | None, *, opens: str = "", look: str = "", note: str = "") -> Cell:
    shown = "–" if value is None else value.shown(get_language() or "en")
    return Cell(value, shown, opens, True, note=note, look=look)


def percent(value: int | None, *, opens: str = "", look: str = "") -> Cell:
    """A whole percentage."""
    return Cell(value, "–" if value is None else f"{value}%", opens, True, look=look)


def permille(value: int | None, *, opens: str = "") -> Cell:
    """A share in thousandths, read as a percentage with one decimal: 412 is "41.2%"."""
    told = None if value is None else f"{value // 10}.{value % 10}"
    return Cell(told, "–" if told is None else f"{told}%", opens, True)


def day(value: date | None, *, opens: str = "") -> Cell:
    return Cell(value, "" if value is None else value.isoformat(), opens)


def month(first: date, *, opens: str = "") -> Cell:
    return Cell(first.strftime("%Y-%m"), saying.month(first), opens)


def moment(at: datetime, body: LegalEntity | None) -> Cell:
    """A minute on the clock of the body."""
    told = f"{at.astimezone(ZoneInfo(body.zone if body else 'UTC')):%Y-%m-%d %H:%M}"
    return Cell(told, told)


def difference(now: Money, before: Money) -> Cell:
    """How two amounts differ, in words: nobody has to see a color or a sign."""
    value = now - before
    if not value:
        return Cell(value, _("the same"), is_number=True)
    shown = (value if value.minor > 0 else -value).shown(get_language() or "en")
    told = _("%(amount)s more") if value.minor > 0 else _("%(amount)s less")
    share = saying.share(abs(value.minor), before.minor)
    note = f"({share})" if share else ""
    return Cell(value, told % {"amount": shown}, is_number=True, note=note)


def counted_difference(now: int, before: int) -> Cell:
    """The same for numbers of gifts or givers."""
    value = now - before
    if not value:
        return Cell(0, _("the same"), is_number=True)
    told = _("%(count)s more") if value > 0 else _("%(count)s fewer")
    share = saying.share(abs(value), before)
    return Cell(
        value, told % {"count": f"{abs(value):,}"}, is_number=True, note=f"({share})" if share else ""
    )


def nothing() -> Cell:
    """An empty cell, where a sum would say nothing."""
    return Cell(None, "")
