"""What Stripe takes, and how a charge settles.

Source: Stripe's public price list for a business in the United States (cards 2.9 % + 30 cents, ACH direct
debit 0.8 % at most 5.00 USD, dispute 15.00 USD). The fixed parts of other currencies and the price of the
Korean methods are assumptions of this sandbox. A refund gives no fee back (since 2020) and neither does a
dispute that is won. Fees are rounded half up to the minor unit of the settlement currency.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from stripe_sandbox.tables import currencies

# method -> share of the amount
PERCENT = {
    "card": Decimal("0.029"),
    "us_bank_account": Decimal("0.008"),
    "kakao_pay": Decimal("0.029"),
    "naver_pay": Decimal("0.029"),
    "kr_card": Decimal("0.029"),
    "payco": Decimal("0.029"),
    "samsung_pay": Decimal("0.029"),
}
# settlement currency -> fixed part in minor units (every method but the bank debit)
FIXED = {"usd": 30, "eur": 25, "gbp": 20, "cad": 30, "aud": 30, "jpy": 40, "krw": 400, "kwd": 100}
FIXED_ELSEWHERE = 30
BANK_DEBIT_CEILING = {"usd": 500}
DISPUTE = {"usd": 1500, "eur": 2000, "gbp": 2000, "jpy": 1500, "krw": 20000, "kwd": 5000}
DISPUTE_ELSEWHERE = 1500
DISPUTE_FEE_RETURNED_WHEN_WON = False


def rounded(value: Decimal) -> int:
    """This function will return a value rounded half up to a whole number of minor units."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def of_charge(amount: int, currency: str, method: str) -> int:
    """This function will return the fee on a charge that settles as `amount`, never above it."""
    share = rounded(Decimal(amount) * PERCENT[method])
    if method == "us_bank_account":
        return min(share, BANK_DEBIT_CEILING.get(currency, share), amount)
    return min(share + FIXED.get(currency, FIXED_ELSEWHERE), amount)


def of_dispute(currency: str) -> int:
    """This function will return the fee of a dispute in minor units of the settlement currency."""
    return DISPUTE.get(currency, DISPUTE_ELSEWHERE)


def converted(amount: int, source: str, target: str, rate: Decimal) -> int:
    """This function will return minor units of `target`; `rate` counts major units of both."""
    shift = Decimal(10) ** (currencies.exponent(target) - currencies.exponent(source))
    return rounded(Decimal(amount) * rate * shift)
