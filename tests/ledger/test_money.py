"""Money: a table for each public function, and what holds for every amount in every currency."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger import money
from ledger.money import MixedCurrencies, Money, UnreadableAmount

currencies = some.sampled_from(sorted(money.CURRENCIES))
minors = some.integers(-(10**12), 10**12)
weights = some.lists(some.integers(0, 10**9), min_size=1, max_size=9).filter(any)


@pytest.mark.parametrize(
    ("currency", "places"), [("USD", 2), ("EUR", 2), ("KRW", 0), ("JPY", 0), ("KWD", 3), ("BHD", 3)]
)
def test_exponent(currency: str, places: int) -> None:
    assert money.exponent(currency) == places


@pytest.mark.parametrize("currency", ["usd", "USD ", "US", "BTC", "", "XXX", "UŠD"])
def test_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, currency)


@pytest.mark.parametrize(
    "minor", [1.0, True, False, Decimal(1), "1", None, [1], {"$gt": 0}, float("nan"), float("inf")]
)
def test_only_whole_numbers_are_money(minor: Any) -> None:
    with pytest.raises(TypeError, match="whole number"):
        Money(minor, "USD")


@pytest.mark.parametrize(
    "combine", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b]
)
def test_currencies_are_never_mixed(combine: Any) -> None:
    with pytest.raises(MixedCurrencies):
        combine(Money(1, "USD"), Money(1, "KRW"))
    with pytest.raises(TypeError, match="cannot be combined"):
        combine(Money(1, "USD"), 1)


def test_arithmetic() -> None:
    five, three = Money(500, "USD"), Money(300, "USD")
    assert five + three == Money(800, "USD")
    assert five - three == Money(200, "USD")
    assert -five == Money(-500, "USD")
    assert three < five
    assert not five < three
    assert three <= Money(300, "USD")
    assert five
    assert not Money(0, "USD")
    assert Money(500, "USD") != Money(500, "CAD")
    assert len({five, Money(500, "USD")}) == 1


@pytest.mark.parametrize(
    ("amount", "plain"),
    [
        (Money(125_000, "USD"), "1250.00"),
        (Money(5, "USD"), "0.05"),
        (Money(-5, "USD"), "-0.05"),
        (Money(0, "USD"), "0.00"),
        (Money(50_000, "KRW"), "50000"),
        (Money(0, "JPY"), "0"),
        (Money(1_230, "KWD"), "1.230"),
        (Money(-1, "KWD"), "-0.001"),
    ],
)
def test_plain(amount: Money, plain: str) -> None:
    assert amount.plain == plain


@pytest.mark.parametrize(
    ("amount", "language", "short", "shown"),
    [
        (Money(125_000, "USD"), "en", False, "$1,250.00"),
        (Money(125_000, "USD"), "en", True, "$1,250"),
        (Money(125_050, "USD"), "en", True, "$1,250.50"),
        (Money(125_000, "USD"), "ko", False, "$1,250.00"),
        (Money(-125_000, "USD"), "en", False, "-$1,250.00"),
        (Money(50_000, "KRW"), "en", False, "₩50,000"),
        (Money(50_000, "KRW"), "ko", True, "₩50,000"),
        (Money(500, "JPY"), "en", False, "¥500"),
        (Money(1_230, "KWD"), "en", False, "KWD1.230"),
    ],
)
def test_shown(amount: Money, language: str, short: bool, shown: str) -> None:
    assert amount.shown(language, short=short).replace("\N{NO-BREAK SPACE}", "") == shown


@given(minor=minors, currency=currencies, weights=weights)
def test_parts_sum_to_the_whole_and_are_fair(minor: int, currency: str, weights: list[int]) -> None:
    parts = Money(minor, currency).split(weights)
    assert sum(part.minor for part in parts) == minor
    assert {part.currency for part in parts} == {currency}
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(minor * weight, sum(weights))
        assert abs(part.minor - exact) < 1
        assert weight or not part


@given(minor=some.integers(0, 10**9), weights=weights)
def test_the_largest_remainders_get_the_rest(minor: int, weights: list[int]) -> None:
    parts = Money(minor, "USD").split(weights)
    exact = [Fraction(minor * weight, sum(weights)) for weight in weights]
    raised = [share - int(share) for share, part in zip(exact, parts, strict=True) if part.minor > int(share)]
    left = [share - int(share) for share, part in zip(exact, parts, strict=True) if part.minor == int(share)]
    assert not raised or not left or min(raised) >= max(left)


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [1, 2], [0, 0]),
        (5, [0, 1], [0, 5]),
        (1, [1, 1], [1, 0]),
        (10, [6, 6, 2], [4, 4, 2]),
        (11, [6, 6, 2], [5, 5, 1]),
    ],
)
def test_split(minor: int, weights: list[int], parts: list[int]) -> None:
    assert [part.minor for part in Money(minor, "USD").split(weights)] == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_senseless_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(1, "USD").split(weights)


def test_total() -> None:
    assert money.total([], currency="KRW") == Money(0, "KRW")
    assert money.total([Money(1, "USD"), Money(2, "USD")], currency="USD") == Money(3, "USD")
    with pytest.raises(MixedCurrencies):
        money.total([Money(1, "USD"), Money(1, "KRW")], currency="USD")


def test_cover_of_a_hundred_dollars() -> None:
    cover = money.fee_cover(Money(10_000, "USD"), percent_hundredths=290, fixed_minor=30)
    assert cover == Money(330, "USD")


@given(
    gift=some.integers(1, 99_999_999),
    currency=currencies,
    percent=some.integers(0, 9_999),
    fixed=some.integers(0, 10_000),
)
def test_after_the_fee_the_gift_is_left_and_not_a_unit_more_is_asked(
    gift: int, currency: str, percent: int, fixed: int
) -> None:
    cover = money.fee_cover(Money(gift, currency), percent_hundredths=percent, fixed_minor=fixed)

    def left(charged: int) -> Fraction:
        return charged - Fraction(charged * percent, 10_000) - fixed

    assert cover.currency == currency
    assert left(gift + cover.minor) >= gift
    assert left(gift + cover.minor - 1) < gift


@pytest.mark.parametrize("percent", [-1, 10_000, 20_000])
def test_a_fee_of_everything_cannot_be_covered(percent: int) -> None:
    with pytest.raises(ValueError, match="percentage"):
        money.fee_cover(Money(1, "USD"), percent_hundredths=percent, fixed_minor=0)


@pytest.mark.parametrize(
    ("amount", "rate", "currency", "converted"),
    [
        (Money(10_000, "USD"), "1380.5", "KRW", Money(138_050, "KRW")),
        (Money(50_000, "KRW"), "0.00072", "USD", Money(3_600, "USD")),
        (Money(1, "USD"), "0.5", "USD", Money(1, "USD")),
        (Money(100, "USD"), "0.3075", "KWD", Money(308, "KWD")),
        (Money(0, "USD"), "3", "EUR", Money(0, "EUR")),
    ],
)
def test_converted(amount: Money, rate: str, currency: str, converted: Money) -> None:
    assert money.converted(amount, rate=Decimal(rate), currency=currency) == converted


def test_a_rate_is_not_a_float() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        money.converted(Money(1, "USD"), rate=1.5, currency="KRW")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1,000", "USD", 100_000),
        ("$1000", "USD", 100_000),
        ("1000.00", "USD", 100_000),
        ("１０００", "USD", 100_000),
        ("＄１，０００．５", "USD", 100_050),
        (" 1 000 ", "USD", 100_000),
        ("\N{IDEOGRAPHIC SPACE}1000\N{NO-BREAK SPACE}", "USD", 100_000),
        ("1000 usd", "USD", 100_000),
        ("USD 1000", "USD", 100_000),
        ("US$1000", "USD", 100_000),
        ("100달러", "USD", 10_000),
        ("5.5", "USD", 550),
        ("0", "USD", 0),
        ("₩50,000", "KRW", 50_000),
        ("50000원", "KRW", 50_000),
        ("￦50000", "KRW", 50_000),
        ("5000", "KRW", 5_000),
        ("¥500", "JPY", 500),
        ("0", "JPY", 0),
        ("1.234", "KWD", 1_234),
        ("1.2", "KWD", 1_200),
        ("999999.99", "USD", 99_999_999),
    ],
)
def test_read_amount(typed: str, currency: str, minor: int) -> None:
    assert money.read_amount(typed, currency=currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "code"),
    [
        ("", "USD", "empty"),
        ("  ", "USD", "empty"),
        ("$", "USD", "empty"),
        ("10.005", "USD", "decimals"),
        ("5.00000000000000001", "USD", "decimals"),
        ("0.001", "USD", "decimals"),
        ("10.", "USD", "decimals"),
        ("50,000.50", "KRW", "decimals"),
        ("1.5", "JPY", "decimals"),
        ("1.2345", "KWD", "decimals"),
        ("-5", "USD", "shape"),
        ("−1", "USD", "shape"),
        ("+5", "USD", "shape"),
        ("1e3", "USD", "shape"),
        ("1e400", "USD", "shape"),
        ("5,00", "USD", "shape"),
        ("1,0000", "USD", "shape"),
        ("1.000,00", "USD", "shape"),
        ("NaN", "USD", "shape"),
        ("Infinity", "USD", "shape"),
        ("١٠", "USD", "shape"),
        ("१०", "USD", "shape"),
        ("5²", "USD", "shape"),
        ("①⓪", "USD", "shape"),
        ("½", "USD", "shape"),
        ("1_000", "USD", "shape"),
        ("0x10", "USD", "shape"),
        ("true", "USD", "shape"),
        ("[5]", "USD", "shape"),
        ("5;DROP", "USD", "shape"),
        ("₩50,000", "USD", "shape"),
        ("50000원", "USD", "shape"),
        ("$50", "KRW", "shape"),
        ("€50", "CHF", "shape"),
        ("5 EUR", "USD", "shape"),
        (str(2**63), "USD", "large"),
        ("1000000.00", "USD", "large"),
        ("9" * 21, "USD", "large"),
        ("100000000", "KRW", "large"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_its_reason(typed: str, currency: str, code: str) -> None:
    with pytest.raises(UnreadableAmount) as refusal:
        money.read_amount(typed, currency=currency)
    assert refusal.value.code == code


@given(minor=some.integers(0, money.LARGEST_MINOR), currency=currencies)
def test_what_is_printed_can_be_read_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert money.read_amount(amount.plain, currency=currency) == amount


@given(
    minor=some.integers(0, money.LARGEST_MINOR),
    currency=some.sampled_from(["USD", "KRW", "JPY", "EUR", "GBP", "CAD", "AUD"]),
)
def test_what_is_shown_can_be_typed(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert money.read_amount(amount.shown("en"), currency=currency) == amount


@given(typed=some.text(max_size=30), currency=currencies)
def test_any_text_is_an_amount_or_refused_by_its_code(typed: str, currency: str) -> None:
    try:
        outcome: Money | str = money.read_amount(typed, currency=currency)
    except UnreadableAmount as refusal:
        outcome = refusal.code
    if isinstance(outcome, Money):
        assert 0 <= outcome.minor <= money.LARGEST_MINOR
    else:
        assert outcome in {"empty", "shape", "decimals", "large"}
