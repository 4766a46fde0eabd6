"""Plotting: what a chart is made of, and where a value lies on a sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from web.charts import scaling

Write = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values, a whole number for each label; None where there is nothing to say yet."""

    words: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart before it is drawn. `write` tells a value in full, `short` on the axis, in the reader's language.

    `key` names it among the charts of a page. `brief` are labels for a narrow sheet, where the full ones do not fit.
    """

    key: str
    title: str
    description: str
    labels: Sequence[str]
    series: Sequence[Series]
    write: Write
    short: Write
    brief: Sequence[str] = ()
    has_all_labels: bool = False
    """Whether each label must be read, as the name of a group must and a month need not: they stand in rows then."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see: no value, or nothing but zeros."""
        return not any(value for one in self.series for value in one.values)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The ground a chart is drawn on, in units that are pixels where it is shown at its own width."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def inner_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> int:
        return self.height - self.top - self.bottom


DESK = Sheet("desk", 760, 280, left=64, right=12, top=12, bottom=30)
PHONE = Sheet("phone", 340, 230, left=56, right=6, top=12, bottom=30)
SHEETS = (DESK, PHONE)


@dataclass(frozen=True, slots=True)
class Axis:
    """The upright axis: its ticks, and the height of a value on a sheet."""

    sheet: Sheet
    ticks: Sequence[int]

    def y(self, value: int) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        share = (value - low) / (high - low)
        return self.sheet.top + self.sheet.inner_height * (1 - share)


def axis(*, sheet: Sheet, values: Sequence[int]) -> Axis:
    """This function will return an axis that holds the values and zero."""
    return Axis(sheet, scaling.ticks(low=min(values, default=0), high=max(values, default=0)))
