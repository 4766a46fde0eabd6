"""Framing: what every chart has around its marks: the drawing with its name, the axis, the labels below, the key."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.utils.safestring import SafeString

from web.charts import scaling
from web.charts.plotting import SHEETS, Axis, Plot, Series, Sheet
from web.charts.tagging import joined, tag

Drawn = Callable[[Plot, Sheet], SafeString]
LOOKS = 6
"""So many series can be told apart by pattern; a chart with more gathers the rest."""
_ROW = 15
_SIGN = 7


def look(number: int) -> str:
    """This function will return the fill of a series, by its place: a pattern that also shows in grey."""
    return f"url(#look-{number % LOOKS + 1})"


def framed(
    plot: Plot,
    drawn: Drawn,
    *,
    resized: Callable[[Sheet, Plot], Sheet] | None = None,
    swatch: Callable[[int], SafeString] | None = None,
) -> SafeString:
    """This function will return both drawings of a chart and, for several series, the key to them."""
    key = keyed(plot.series, swatch or _swatch) if len(plot.series) > 1 else ""
    sheets = [resized(sheet, plot) if resized else _with_rows(sheet, plot) for sheet in SHEETS]
    return tag("div", key, *(_drawing(plot, sheet, drawn) for sheet in sheets), class_="chart")


def _drawing(plot: Plot, sheet: Sheet, drawn: Drawn) -> SafeString:
    title, told = f"{plot.key}-{sheet.name}-title", f"{plot.key}-{sheet.name}-told"
    return tag(
        "svg",
        tag("title", plot.title, id=title),
        tag("desc", plot.description, id=told),
        drawn(plot, sheet),
        class_=sheet.name,
        role="img",
        aria_labelledby=f"{title} {told}",
        viewBox=f"0 0 {sheet.width} {sheet.height}",
    )


def _with_rows(sheet: Sheet, plot: Plot) -> Sheet:
    """The sheet, higher by the rows its labels need."""
    more = _ROW * (_step(plot, sheet) - 1) if plot.has_all_labels else 0
    return replace(sheet, height=sheet.height + more, bottom=sheet.bottom + more)


def keyed(series: Sequence[Series], swatch: Callable[[int], SafeString]) -> SafeString:
    """This function will return the key of a chart: a swatch with its pattern and the words of each series."""
    rows = (
        tag("li", tag("svg", swatch(number), viewBox="0 0 20 14", aria_hidden="true"), one.words)
        for number, one in enumerate(series)
    )
    return tag("ul", *rows, class_="key")


def _swatch(number: int) -> SafeString:
    return tag("rect", x=1, y=1, width=18, height=12, fill=look(number), class_=f"edge-{number % LOOKS + 1}")


def grid(found: Axis, plot: Plot) -> SafeString:
    """This function will return the lines behind a chart and the words of the axis."""
    sheet = found.sheet
    lines = []
    for value in found.ticks:
        y = found.y(value)
        lines.append(
            tag(
                "line",
                x1=sheet.left,
                x2=sheet.width - sheet.right,
                y1=y,
                y2=y,
                class_="zero" if not value else "rule",
            )
        )
        lines.append(
            tag("text", plot.short(value), x=sheet.left - 6, y=y + 4, class_="tick", text_anchor="end")
        )
    return joined(lines)


def labels(plot: Plot, sheet: Sheet, at: Callable[[int], float]) -> SafeString:
    """This function will return the words below a chart: as many as there is room for, or all of them in rows."""
    step = _step(plot, sheet)
    first = sheet.height - sheet.bottom + 18
    return joined(
        tag("text", word, x=at(place), y=first + (place % step) * _ROW, class_="tick", text_anchor="middle")
        for place, word in enumerate(_words(plot, sheet))
        if plot.has_all_labels or place % step == 0
    )


def _words(plot: Plot, sheet: Sheet) -> Sequence[str]:
    return plot.brief if plot.brief and sheet.width < 500 else plot.labels


def _step(plot: Plot, sheet: Sheet) -> int:
    """Of how many labels one is written, or in how many rows all are."""
    words = _words(plot, sheet)
    widest = max((sum(2 if ord(sign) > 0x1100 else 1 for sign in word) for word in words), default=1)
    return scaling.every(count=len(words), room=sheet.inner_width // (widest * _SIGN + 8))


def told(plot: Plot, place: int, series: Series, value: int) -> SafeString:
    """This function will return what a mark says when somebody points at it."""
    words = f"{plot.labels[place]}, {series.words}: {plot.write(value)}"
    return tag("title", words if series.words else f"{plot.labels[place]}: {plot.write(value)}")
