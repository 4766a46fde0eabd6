"""Charts: round ticks, marks where the numbers are, a name and a description, nothing by color alone, no style."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from web.charts import picturing, saying, scaling
from web.charts.plotting import DESK, PHONE, Plot, Series, axis

KINDS = [picturing.bars, picturing.stacked, picturing.lines, picturing.lying]


def plot(*values: list[int | None], labels: list[str] | None = None, **more: object) -> Plot:
    names = labels or [f"<b>{place}</b>" for place in range(len(values[0]))]
    made = {
        "key": "money", "title": "Given & kept", "description": "By month", "labels": names,
        "series": [Series(f"row {place}", one) for place, one in enumerate(values)],
        "write": saying.amounts("USD"), "short": saying.short_amounts("USD"),
    }  # fmt: skip
    return Plot(**{**made, **more})  # type: ignore[arg-type]


def drawings(told: str) -> list[ElementTree.Element]:
    whole = ElementTree.fromstring(told)
    return whole.findall("svg")


@pytest.mark.parametrize("draw", KINDS)
def test_each_chart_is_named_twice_drawn_and_without_style(draw: object) -> None:
    told = draw(plot([100_00, 250_00, None], [50_00, 0, 70_00]))  # type: ignore[operator]
    assert isinstance(told, SafeString)
    assert "style" not in told
    assert "<script" not in told
    assert "<b>" not in told
    desk, phone = drawings(told)
    for one, name in ((desk, "desk"), (phone, "phone")):
        assert (one.get("class"), one.get("role")) == (name, "img")
        title, words = one.find("title"), one.find("desc")
        assert title is not None
        assert words is not None
        assert (title.text, words.text) == ("Given & kept", "By month")
        assert one.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    ids = re.findall(r'id="([^"]+)"', told)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("draw", KINDS)
def test_where_there_is_nothing_to_see_there_is_no_chart(draw: object) -> None:
    assert draw(plot([0, None])) == ""  # type: ignore[operator]
    assert draw(plot([], labels=[])) == ""  # type: ignore[operator]


def test_bars_are_as_high_as_their_values() -> None:
    desk = drawings(picturing.bars(plot([100_00, 50_00, -25_00])))[0]
    bars = [one for one in desk.findall("rect")]
    heights = [float(one.get("height") or 0) for one in bars]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[1] == pytest.approx(2 * heights[2], abs=0.2)
    tops = [float(one.get("y") or 0) for one in bars]
    assert tops[0] < tops[1] < tops[2]
    told = [title.text for one in bars for title in one.findall("title")]
    assert told == ["<b>0</b>, row 0: $100.00", "<b>1</b>, row 0: $50.00", "<b>2</b>, row 0: -$25.00"]


def test_stacked_bars_stand_on_each_other() -> None:
    desk = drawings(picturing.stacked(plot([30_00], [20_00], [None], [-5_00])))[0]
    first, second = desk.findall("rect")
    foot = float(second.get("y") or 0) + float(second.get("height") or 0)
    assert foot == pytest.approx(float(first.get("y") or 0), abs=0.2)


def test_series_differ_by_pattern_dash_and_mark() -> None:
    bars = picturing.bars(plot([1], [2], [3]))
    assert len(set(re.findall(r'fill="(url\(#look-\d\))"', bars))) == 3
    lines = drawings(picturing.lines(plot([1, 2], [2, 3], [3, 4])))[0]
    assert [len(lines.findall(kind)) for kind in ("circle", "rect", "polygon")] == [2, 2, 2]
    assert {one.get("class") for one in lines.findall("polyline")} == {"line-1", "line-2", "line-3"}
    looks = set(re.findall(r'id="(look-\d)"', picturing.patterns()))
    assert len(looks) == 6


def test_a_line_ends_where_a_value_is_missing() -> None:
    lines = drawings(picturing.lines(plot([1, 2, None, 3, 4])))[0]
    assert len(lines.findall("polyline")) == 2


def test_one_series_has_no_key_and_several_have_their_words() -> None:
    assert 'class="key"' not in picturing.bars(plot([1]))
    told = picturing.lines(plot([1], [2]))
    assert re.findall(r"</svg>([^<]+)</li>", told) == ["row 0", "row 1"]


def test_labels_are_thinned_on_a_telephone_or_stand_in_rows() -> None:
    months = [f"Month {place}" for place in range(12)]
    thin = drawings(picturing.bars(plot(list(range(1, 13)), labels=months)))[1]
    whole = drawings(picturing.bars(plot(list(range(1, 13)), labels=months, has_all_labels=True)))[1]
    below = [one for one in thin.findall("text") if one.get("text-anchor") == "middle"]
    rows = [one for one in whole.findall("text") if one.get("text-anchor") == "middle"]
    assert len(below) < 12
    assert [one.text for one in rows] == months
    assert len({one.get("y") for one in rows}) > 1
    assert whole.get("viewBox") != thin.get("viewBox")


def test_long_names_beside_a_number_are_cut_and_stay_whole_in_their_words() -> None:
    name = "A campaign whose name is much longer than a telephone is wide"
    desk, phone = drawings(picturing.lying(plot([100_00], labels=[name])))
    assert next(one.text for one in desk.findall("text")) == name
    assert str(phone.findall("text")[0].text).endswith("…")
    korean = drawings(picturing.lying(plot([100_00], labels=["가" * 60])))[1]
    assert len(str(korean.findall("text")[0].text)) < 20
    assert "가" * 60 in picturing.lying(plot([100_00], labels=["가" * 60]))


def test_a_spark_needs_two_points() -> None:
    assert picturing.spark([]) == picturing.spark([5]) == picturing.spark([0, 0]) == ""
    assert 'aria-hidden="true"' in picturing.spark([1, 2, 3])


@given(st.integers(-(10**13), 10**13), st.integers(-(10**13), 10**13))
def test_ticks_hold_every_value_and_zero(low: int, high: int) -> None:
    low, high = sorted((low, high))
    found = scaling.ticks(low=low, high=high)
    assert 2 <= len(found) <= 7
    assert found[0] <= min(low, 0)
    assert found[-1] >= max(high, 0)
    assert 0 in found
    assert len({after - before for before, after in itertools.pairwise(found)}) == 1


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20))
def test_every_mark_lies_on_the_sheet(values: list[int]) -> None:
    for sheet in (DESK, PHONE):
        found = axis(sheet=sheet, values=values)
        for value in values:
            assert sheet.top - 0.01 <= found.y(value) <= sheet.height - sheet.bottom + 0.01


def test_words_are_those_of_the_reader() -> None:
    from datetime import date

    day = date(2026, 3, 1)
    with translation.override("ko"):
        assert (saying.month(day), saying.short_month(day)) == ("2026년 3월", "3월")
        assert saying.short_amounts("KRW")(1_250_000) == "₩125만"
        assert saying.short_counts()(12_000) == "1.2만"
    with translation.override("en"):
        assert (saying.month(day), saying.short_month(day)) == ("March 2026", "Mar")
        assert saying.short_amounts("USD")(125_000) == "$1.2K"
        assert saying.amounts("KRW")(50_000) == "₩50,000"
        assert saying.counts()(1_234) == "1,234"
        assert [saying.percents()(value) for value in (500, 505)] == ["50%", "50.5%"]
        assert [saying.share(1, 3), saying.share(1, 30), saying.share(1, 0)] == ["33%", "3.3%", ""]
