"""US-10: what came back counts as nothing up to figures that change every year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.money import MixedCurrencies, Money
from receipts.rules import parameters, shapes, united_states
from tests.receipts.rules.facts import BOOK, US, benefit, broken, gift, receipt, token, usd, without


def amounts(*lines: shapes.GiftLine) -> shapes.Amounts:
    return united_states.amounts(lines=lines, book=BOOK)


@pytest.mark.parametrize(
    ("year", "least", "cost", "cap"),
    [
        (2013, 51_00, 10_20, 102_00),
        (2014, 52_00, 10_40, 104_00),
        (2024, 66_00, 13_20, 132_00),
        (2025, 68_00, 13_60, 136_00),
        (2026, 69_50, 13_90, 139_00),
    ],
)
def test_US_10_insubstantial_benefits_boundaries(year: int, least: int, cost: int, cap: int) -> None:
    def small(payment: int, given: shapes.Benefit) -> bool:
        return united_states.is_insubstantial(payment=usd(payment), benefits=(given,), year=year, book=BOOK)

    assert small(least, token(usd(cost)))
    assert not small(least, token(usd(cost + 1)))
    assert not small(least - 1, token(usd(cost)))
    assert small(cap * 50, benefit(usd(cap)))
    assert not small(cap * 50 - 1, benefit(usd(cap)))
    assert not small(cap * 100, benefit(usd(cap + 1)))
    assert small(5_000_00, benefit(usd(100_00)))
    assert not small(5_000_00, benefit(usd(100_01)))


def test_US_10_several_benefits_count_together() -> None:
    def small(*given: shapes.Benefit, payment: Money | None = None) -> bool:
        paid = payment or usd(1_000_00)
        return united_states.is_insubstantial(payment=paid, benefits=given, year=2024, book=BOOK)

    assert small()
    assert small(token(usd(6_60)), token(usd(6_60)))
    assert not small(token(usd(6_60)), token(usd(6_61)))
    assert small(replace(token(usd(6_60)), fair_value=usd(10_00)), benefit(usd(10_00)))
    assert small(replace(token(usd(13_21)), fair_value=usd(20_00)))
    assert not small(token(usd(6_60)), benefit(usd(10_00)))
    assert not small(benefit(Money(1, "KRW")), payment=Money(1_000_000, "KRW"))
    with pytest.raises(MixedCurrencies):
        small(benefit(usd(1)), payment=Money(1_000_000, "KRW"))


def test_US_10_the_figure_is_asked_for_only_where_it_decides() -> None:
    dinner = gift(usd(150_00), benefits=(benefit(usd(50_00)),), given_on=date(2026, 3, 1))
    assert united_states.amounts(lines=(dinner,)).eligible == usd(100_00)
    assert broken(receipt(dinner, entity=US), parameters.SHIPPED) == []
    for small in (benefit(usd(3_00)), token(usd(50_00))):
        with pytest.raises(parameters.UnverifiedYear):
            united_states.amounts(lines=(replace(dinner, benefits=(small,)),))


def test_US_10_a_token_counts_in_full_once_it_is_substantial() -> None:
    mug = gift(usd(66_00), benefits=(token(usd(13_20)),))
    assert amounts(mug).eligible == usd(66_00)
    subject = receipt(mug, entity=US)
    assert subject.codes == ["us_none", "us_insubstantial", "us_keep"]
    assert broken(subject) == []
    assert broken(without(subject, "us_insubstantial")) == ["US-10"]
    with pytest.raises(shapes.ValueUnknown, match="a mug with our logo"):
        amounts(replace(mug, benefits=(token(usd(13_21)),)))


def test_US_10_an_unknown_or_unchecked_year_is_refused() -> None:
    mug = gift(usd(69_50), benefits=(token(usd(13_90)),), given_on=date(2026, 3, 1))
    subject = receipt(mug, entity=US)
    assert broken(subject) == []
    assert "US-10" in broken(subject, parameters.SHIPPED)
    with pytest.raises(parameters.UnverifiedYear, match="2025-32"):
        united_states.amounts(lines=(mug,))
    with pytest.raises(parameters.UnknownYear, match="no figures for 2027"):
        amounts(replace(mug, given_on=date(2027, 1, 1)))
    assert united_states.amounts(lines=(replace(mug, benefits=()),)).eligible == usd(69_50)
