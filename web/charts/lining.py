"""Lining: lines over time with a dash and a mark of their own, and a line as small as a word."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from web.charts import framing, plotting
from web.charts.plotting import Plot, Sheet
from web.charts.tagging import joined, short, tag

_MARK = 3.5


def lines(plot: Plot, sheet: Sheet) -> SafeString:
    """This function will draw each series as a line; where a value is missing the line ends."""
    axis = plotting.axis(
        sheet=sheet, values=[value for one in plot.series for value in one.values if value is not None]
    )
    room = sheet.inner_width / max(len(plot.labels), 1)

    def x(place: int) -> float:
        return sheet.left + room * (place + 0.5)

    marks = []
    for number, one in reversed(list(enumerate(plot.series))):
        points = [
            (place, x(place), axis.y(value)) for place, value in enumerate(one.values) if value is not None
        ]
        for run in _runs(points):
            way = " ".join(f"{short(left)},{short(top)}" for _, left, top in run)
            marks.append(tag("polyline", points=way, class_=f"line-{number + 1}", fill="none"))
        for place, left, top in points:
            value = one.values[place] or 0
            marks.append(_mark(number, left, top, framing.told(plot, place, one, value)))
    return joined([framing.grid(axis, plot), *marks, framing.labels(plot, sheet, x)])


def _runs(points: Sequence[tuple[int, float, float]]) -> list[list[tuple[int, float, float]]]:
    """Points of places that follow each other, in groups."""
    runs: list[list[tuple[int, float, float]]] = []
    for point in points:
        if runs and runs[-1][-1][0] == point[0] - 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _mark(number: int, x: float, y: float, told: SafeString) -> SafeString:
    """A round mark, a square one, a pointed one: whoever sees no colors sees these."""
    look = f"mark-{number + 1}"
    if number % 3 == 0:
        return tag("circle", told, cx=x, cy=y, r=_MARK, class_=look)
    if number % 3 == 1:
        return tag("rect", told, x=x - _MARK, y=y - _MARK, width=2 * _MARK, height=2 * _MARK, class_=look)
    corners = f"{short(x)},{short(y - 4.5)} {short(x + 4.5)},{short(y + 4)} {short(x - 4.5)},{short(y + 4)}"
    return tag("polygon", told, points=corners, class_=look)


def swatch(number: int) -> SafeString:
    """This function will return the line of a series with its mark, for the key of a chart."""
    line = tag("polyline", points="1,7 19,7", class_=f"line-{number + 1}", fill="none")
    return joined([line, _mark(number, 10, 7, joined([]))])


def spark(values: Sequence[int]) -> SafeString:
    """A line without an axis, for a cell of a table that has the numbers too: nothing is read out.

    This function will return an empty text when there is no line to draw.
    """
    if len(values) < 2 or not any(values):
        return joined([])
    low, high = min(*values, 0), max(*values, 0)
    step = 96 / (len(values) - 1)
    points = [
        (2 + step * place, 22 - 20 * (value - low) / (high - low)) for place, value in enumerate(values)
    ]
    way = " ".join(f"{short(x)},{short(y)}" for x, y in points)
    end = tag("circle", cx=points[-1][0], cy=points[-1][1], r=2.5, class_="mark-1")
    line = tag("polyline", points=way, class_="line-1", fill="none")
    return tag("svg", line, end, class_="spark", viewBox="0 0 102 24", aria_hidden="true")
