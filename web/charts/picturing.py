"""Picturing: the door of this room. Each function takes a plot and returns the chart, or nothing where all is empty."""

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString

from web.charts import barring, framing, lining
from web.charts.plotting import Plot, Sheet
from web.charts.tagging import joined, tag

_NOTHING = joined([])


def bars(plot: Plot) -> SafeString:
    """This function will return upright bars, the series of each label side by side."""
    return _NOTHING if plot.is_empty else framing.framed(plot, barring.beside)


def stacked(plot: Plot) -> SafeString:
    """This function will return upright bars, the series of each label on top of each other."""
    return _NOTHING if plot.is_empty else framing.framed(plot, barring.stacked)


def lines(plot: Plot) -> SafeString:
    """This function will return a line for each series."""
    return _NOTHING if plot.is_empty else framing.framed(plot, lining.lines, swatch=lining.swatch)


def lying(plot: Plot) -> SafeString:
    """This function will return lying bars: for names that are longer than a month's."""
    if plot.is_empty:
        return _NOTHING
    return framing.framed(plot, barring.lying, resized=barring.lying_sheet)


def spark(values: Sequence[int]) -> SafeString:
    """This function will return a line as small as a word, for a row of a table."""
    return lining.spark(values)


def patterns() -> SafeString:
    """What charts are filled with, once on each page: solid, hatched, dotted, crossed, ruled, and upright.

    This function will return an invisible drawing.
    """
    looks: list[Callable[[], SafeString]] = [_solid, _hatched, _dotted, _crossed, _ruled, _upright]
    made = (
        tag("pattern", tag("rect", width=8, height=8, class_=f"ground-{number}"), look(), id=f"look-{number}",
            width=8, height=8, patternUnits="userSpaceOnUse", class_=f"ink-{number}")
        for number, look in enumerate(looks, start=1)
    )  # fmt: skip
    return tag(
        "svg", tag("defs", *made), class_="away", width=0, height=0, aria_hidden="true", focusable="false"
    )


def _solid() -> SafeString:
    return tag("rect", width=8, height=8, class_="fill")


def _hatched() -> SafeString:
    return tag("path", d="M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", class_="stroke")


def _dotted() -> SafeString:
    return joined(
        [tag("circle", cx=2, cy=2, r=1.5, class_="fill"), tag("circle", cx=6, cy=6, r=1.5, class_="fill")]
    )


def _crossed() -> SafeString:
    return tag("path", d="M0,0 l8,8 M8,0 l-8,8", class_="stroke")


def _ruled() -> SafeString:
    return tag("path", d="M0,2 h8 M0,6 h8", class_="stroke")


def _upright() -> SafeString:
    return tag("path", d="M2,0 v8 M6,0 v8", class_="stroke")


__all__ = ["Plot", "Sheet", "bars", "lines", "lying", "patterns", "spark", "stacked"]
