"""An accountant's word opens a figure for one body and one year, and says so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from receipts.rules import confirming, parameters, years
from receipts.rules.parameters import SHIPPED

AT = datetime(2026, 11, 20, tzinfo=UTC)


def confirm(figure: str, year: int) -> parameters.Book:
    return confirming.confirmed(book=SHIPPED, figure=figure, year=year, by="C. Accountant", at=AT)


@pytest.mark.parametrize("figure", confirming.TABLES)
def test_the_next_year_is_closed_until_somebody_has_looked(figure: str) -> None:
    year = 2026 if figure == "us_low_cost" else 2027
    table = getattr(SHIPPED, figure)
    with pytest.raises(parameters.UnverifiedYear):
        table.of(year)
    opened = getattr(confirm(figure, year), figure)
    assert opened.of(year) == table.row(year).values
    assert opened.row(year).verified_by == "C. Accountant"


def test_codes_and_forms_have_names_of_their_own() -> None:
    with pytest.raises(parameters.UnverifiedYear):
        parameters.korean_code(code="41", year=2027)
    assert parameters.korean_code(code="41", year=2027, book=confirm("korean_code_41", 2027)).code == "41"
    day = date(2027, 1, 9)
    with pytest.raises(parameters.UnverifiedYear):
        parameters.korean_form(form="45-2", issued_on=day)
    opened = confirm("korean_form_45-2", 2027)
    assert parameters.korean_form(form="45-2", issued_on=day, book=opened).revised_on == date(2026, 1, 2)
    # The form in force is the newest: confirming 2026 again leaves the old front as it was.
    again = confirm("korean_form_45-2", 2026)
    assert parameters.korean_form(form="45-2", issued_on=date(2026, 5, 1), book=again).revised_on.year == 2026


def test_a_figure_nobody_knows_is_refused() -> None:
    with pytest.raises(confirming.UnknownFigure):
        confirm("us_everything", 2026)
    with pytest.raises(parameters.UnknownYear):
        confirm("us_low_cost", 2031)


def test_what_waits_is_told_with_its_source() -> None:
    assert dict(confirming.waiting(law="US", year=2026)) == {"us_low_cost": "Rev. Proc. 2025-32"}
    assert [name for name, _ in confirming.waiting(law="CA", year=2027)] == ["canada"]
    waiting = [name for name, _ in confirming.waiting(law="KR", year=2027)]
    assert {"korea", "korean_code_41", "korean_form_45-2"} <= set(waiting)
    assert confirming.waiting(law="AU", year=2026) == []
    assert "korean_form_63-3" in dict(confirming.waiting(law="KR", year=2026))


@pytest.mark.parametrize(
    ("law", "day", "year"),
    [
        ("US", date(2025, 12, 31), 2025),
        ("AU", date(2026, 6, 30), 2026),
        ("AU", date(2026, 7, 1), 2027),
        ("UK", date(2026, 4, 5), 2025),
        ("UK", date(2026, 4, 6), 2026),
    ],
)
def test_a_tax_year_has_its_first_and_last_day(law: str, day: date, year: int) -> None:
    assert years.tax_year(law=law, on=day) == year
    first, last = years.span(law=law, year=year)
    assert day in {first, last} or first <= day <= last
    assert {years.tax_year(law=law, on=edge) for edge in (first, last)} == {year}
