"""Charts as SVG, made on the server: pure functions from numbers and words to marks on a page.

`picturing` is the door: bars, stacked bars, lines, lying bars and sparklines. Every chart is drawn twice, for a
desk and for a telephone, and the style sheet shows the one that fits; its series differ by pattern, dash and mark and
not by color only. Never here: a query, a style, a script. A table with the same numbers stands beside each chart.
"""
