"""Money: a whole number of minor units with its currency. Rounding exists here and nowhere else.

Exponents follow ISO 4217 and the processor's documented zero-decimal list; a currency that is not in the
table is refused, because guessing an exponent is how 5,000 won becomes 500,000.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency

ZERO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
TWO_DECIMALS = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "INR",
        "MXN",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "SEK",
        "SGD",
        "THB",
        "TWD",
        "USD",
        "ZAR",
    ]
)
CURRENCIES = ZERO_DECIMALS | TWO_DECIMALS | THREE_DECIMALS
SYMBOLS = {"USD": "$", "KRW": "₩", "JPY": "¥", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$"}
LARGEST_MINOR = 99_999_999
"""The processor takes at most eight digits in one charge (Stripe: maximum amount)."""
LARGEST_BY_HAND = 10**13
"""A check has no such limit; above this a person has typed a zero too many."""


class MixedCurrencies(ValueError):
    """Two amounts in different currencies were added, subtracted or compared."""


class UnreadableAmount(ValueError):
    """What a person typed is not an amount in this currency. `code` says why, for the words on the page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def exponent(currency: str) -> int:
    """Decimal places of a currency: 2 for USD, 0 for KRW, 3 for KWD. Raises ValueError if unknown."""
    if currency in TWO_DECIMALS:
        return 2
    if currency in ZERO_DECIMALS:
        return 0
    if currency in THREE_DECIMALS:
        return 3
    raise ValueError(f"unknown currency {currency!r}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, `minor` in the currency's smallest unit: Money(10000, "USD") is $100.00."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is a whole number of minor units, not {type(self.minor).__name__}")
        exponent(self.currency)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money cannot be combined with {type(other).__name__}")
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} with {other.currency}")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def plain(self) -> str:
        """Digits only, for machines: "1250.00", "50000", "1.230"."""
        places = exponent(self.currency)
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
        return f"{'-' if self.minor < 0 else ''}{whole}{'.' + part if places else ''}"

    def shown(self, language: str = "en", *, short: bool = False) -> str:
        """For people: "$1,250.00", "₩50,000"; `short` drops zero cents: "$1,250"."""
        places = exponent(self.currency)
        value = Decimal(self.minor).scaleb(-places)
        bare = short and self.minor % 10**places == 0
        pattern = "¤#,##0" + ("" if bare or not places else "." + "0" * places)
        return format_currency(
            value, self.currency, pattern + ";-" + pattern, locale=language, currency_digits=False
        ).replace("US$", "$")

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Parts in proportion to `weights` (largest remainder); they always sum to the whole."""
        if not weights or any(weight < 0 for weight in weights) or not any(weights):
            raise ValueError("weights must not be negative and not all zero")
        total, sign = sum(weights), -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, total) for weight in weights]
        parts = [whole for whole, _ in shares]
        by_remainder = sorted(range(len(weights)), key=lambda index: (-shares[index][1], index))
        for index in by_remainder[: abs(self.minor) - sum(parts)]:
            parts[index] += 1
        return [Money(sign * part, self.currency) for part in parts]


def total(amounts: Iterable[Money], *, currency: str) -> Money:
    """Sum in one currency; an empty sum is zero of that currency."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result


def fee_cover(gift: Money, *, percent_hundredths: int, fixed_minor: int) -> Money:
    """What to add so that `gift` is left after a fee of percent + fixed is taken from the larger sum.

    100.00 at 2.90 % + 0.30 gives 3.30: ceil((A + f) / (1 - p)) - A, in whole minor units.
    `percent_hundredths` is the percentage times 100 (290 for 2.9 %).
    """
    if not 0 <= percent_hundredths < 10_000:
        raise ValueError("a percentage lies between 0 and 100")
    share_left = 10_000 - percent_hundredths
    charged = -(-(gift.minor + fixed_minor) * 10_000 // share_left)
    return Money(charged - gift.minor, gift.currency)


def converted(amount: Money, *, rate: Decimal, currency: str) -> Money:
    """`amount` in another currency at `rate` (units of `currency` for one unit of the old), rounded half up."""
    if not isinstance(rate, Decimal):
        raise TypeError("a rate is a Decimal")
    value = Decimal(amount.minor).scaleb(-exponent(amount.currency)) * rate
    minor = value.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Money(int(minor), currency)


_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?", re.ASCII)
_MARKS = {
    "USD": r"US\$|\$|달러",
    "KRW": "₩|원",
    "JPY": "¥|円",
    "EUR": "€",
    "GBP": "£",
    "CAD": r"CA\$|\$",
    "AUD": r"A\$|\$",
}


def _narrow(char: str) -> str:
    """Full-width digits and signs as plain ones; other look-alikes (², ①, ½) stay and are refused."""
    return (
        unicodedata.normalize("NFKC", char) if unicodedata.decomposition(char).startswith("<wide>") else char
    )


def read_amount(typed: str, *, currency: str, most: int = LARGEST_MINOR) -> Money:
    """The amount a person typed: "1,000", "$1000", "1000.00", full-width digits and spaces are all read.

    Raises UnreadableAmount with code `empty`, `shape`, `decimals` or `large`. Never guesses: "10.005" dollars,
    "50,000.50" won, "-5", "1e3", "5,00" and the sign of another currency are refused. `most` is in minor units.
    """
    text = re.sub(r"\s", "", "".join(map(_narrow, typed)))
    marks = f"{currency}|{_MARKS[currency]}" if currency in _MARKS else currency
    text = re.sub(f"^(?:{marks})|(?:{marks})$", "", text, flags=re.IGNORECASE)
    if not text:
        raise UnreadableAmount("empty")
    if len(text) > 20:
        raise UnreadableAmount("large")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise UnreadableAmount("shape")
    whole, part = match[1].replace(",", ""), match[2]
    places = exponent(currency)
    if part is not None and (len(part) > places or not part):
        raise UnreadableAmount("decimals")
    minor = int(whole + (part or "").ljust(places, "0"))
    if minor > most:
        raise UnreadableAmount("large")
    return Money(minor, currency)
