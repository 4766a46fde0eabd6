"""How many decimals a currency has on the wire, and the least and the most one may charge.

Source: Stripe's documentation of currencies as noted for API 2026-10-28.endive. Unverified here: the special
two-decimal rules of UGX and ISK, the three-decimal rule that the last digit be 0 (not enforced), and minimums
other than USD's, which Stripe states as "equivalent of 0.50 USD in the settlement currency".
"""

from __future__ import annotations

_ZERO = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf"
_THREE = "bhd jod kwd omr tnd"
_TWO = (
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad "
    "cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl hrk "
    "htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur "
    "mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr "
    "sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd xcg yer zar zmw "
)
ZERO_DECIMAL = frozenset(_ZERO.split())
THREE_DECIMAL = frozenset(_THREE.split())
SUPPORTED = ZERO_DECIMAL | THREE_DECIMAL | frozenset(_TWO.split())

# Smallest charge, in minor units. A currency that is not listed may not be charged below 50 minor units
# (zero-decimal: 50).
MINIMUM = {
    "usd": 50,
    "eur": 50,
    "gbp": 30,
    "cad": 50,
    "aud": 50,
    "jpy": 50,
    "krw": 100,
    "mxn": 1000,
    "kwd": 150,
}
MINIMUM_ELSEWHERE = 50
MAXIMUM = 99_999_999  # eight digits


def exponent(currency: str) -> int:
    """This function will return the number of decimals of a currency: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def minimum(currency: str) -> int:
    """This function will return the least amount one may charge, in minor units."""
    return MINIMUM.get(currency, MINIMUM_ELSEWHERE)


def shown(amount: int, currency: str) -> str:
    """This function will return an amount as a page shows it: `USD 25.00`, `KRW 50,000`."""
    places = exponent(currency)
    whole, part = divmod(abs(amount), 10**places)
    sign = "-" if amount < 0 else ""
    decimals = f".{part:0{places}d}" if places else ""
    return f"{sign}{currency.upper()} {whole:,}{decimals}"
