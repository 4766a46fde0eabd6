"""Barring: upright bars side by side or on top of each other, and lying bars with their words."""

from django.utils.safestring import SafeString

from web.charts import framing, plotting
from web.charts.plotting import Plot, Sheet
from web.charts.tagging import joined, tag

_GAP = 0.3
_ROW = 26


def beside(plot: Plot, sheet: Sheet) -> SafeString:
    """This function will draw the series of each label side by side."""
    axis = plotting.axis(
        sheet=sheet, values=[value for one in plot.series for value in one.values if value is not None]
    )
    room = sheet.inner_width / max(len(plot.labels), 1)
    width = room * (1 - _GAP) / max(len(plot.series), 1)
    zero = axis.y(0)
    bars = []
    for number, one in enumerate(plot.series):
        for place, value in enumerate(one.values):
            if not value:
                continue
            x = sheet.left + room * (place + _GAP / 2) + width * number
            y = axis.y(value)
            bars.append(
                tag("rect", framing.told(plot, place, one, value), x=x, y=min(y, zero), width=width * 0.94,
                    height=max(abs(zero - y), 1.0), fill=framing.look(number), class_=f"edge-{number + 1}")
            )  # fmt: skip
    below = framing.labels(plot, sheet, lambda place: sheet.left + room * (place + 0.5))
    return joined([framing.grid(axis, plot), *bars, below])


def stacked(plot: Plot, sheet: Sheet) -> SafeString:
    """Nothing below zero can be stacked: it is left out here and stands in the table.

    This function will draw the series of each label on top of each other.
    """
    heights = [
        sum(max(one.values[place] or 0, 0) for one in plot.series) for place in range(len(plot.labels))
    ]
    axis = plotting.axis(sheet=sheet, values=heights)
    room = sheet.inner_width / max(len(plot.labels), 1)
    bars = []
    for place in range(len(plot.labels)):
        below = 0
        for number, one in enumerate(plot.series):
            value = max(one.values[place] or 0, 0)
            if not value:
                continue
            top, foot = axis.y(below + value), axis.y(below)
            below += value
            bars.append(
                tag("rect", framing.told(plot, place, one, value), x=sheet.left + room * (place + _GAP / 2), y=top,
                    width=room * (1 - _GAP), height=max(foot - top, 0.5), fill=framing.look(number),
                    class_=f"edge-{number + 1}")
            )  # fmt: skip
    words = framing.labels(plot, sheet, lambda place: sheet.left + room * (place + 0.5))
    return joined([framing.grid(axis, plot), *bars, words])


def lying_sheet(sheet: Sheet, plot: Plot) -> Sheet:
    """This function will return a sheet as high as the bars of a plot need; each has its words above it."""
    rows = len(plot.labels) * len(plot.series)
    high = len(plot.labels) * (_ROW + 2) + rows * 12 + 8
    return Sheet(sheet.name, sheet.width, high, left=2, right=2, top=4, bottom=4)


def lying(plot: Plot, sheet: Sheet) -> SafeString:
    """This function will draw a lying bar for each label and series, the words above and the value beside it."""
    most = max((value or 0 for one in plot.series for value in one.values), default=0) or 1
    fits = sheet.width // (8 if sheet.width > 500 else 9)
    marks, y = [], sheet.top + 14.0
    for place, label in enumerate(plot.labels):
        values = " / ".join(plot.write(one.values[place] or 0) for one in plot.series)
        marks.append(tag("text", _cut(label, fits - len(values)), x=sheet.left, y=y, class_="label"))
        marks.append(tag("text", values, x=sheet.width - sheet.right, y=y, class_="label", text_anchor="end"))
        y += 6
        for number, one in enumerate(plot.series):
            value = max(one.values[place] or 0, 0)
            width = (sheet.width - sheet.left - sheet.right) * value / most
            if value:
                marks.append(
                    tag("rect", framing.told(plot, place, one, value), x=sheet.left, y=y, width=max(width, 1.0),
                        height=10, fill=framing.look(number), class_=f"edge-{number + 1}")
                )  # fmt: skip
            y += 12
        y += _ROW - 4
    return joined(marks)


def _cut(words: str, most: int) -> str:
    """Words that would run into the number beside them end in dots; the table has them whole."""
    most = max(most, 8)
    wide = sum(2 if ord(sign) > 0x1100 else 1 for sign in words)
    if wide <= most:
        return words
    kept, width = [], 0
    for sign in words:
        width += 2 if ord(sign) > 0x1100 else 1
        if width > most - 1:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…"
