"""Offering methods: by which ways money may come, by currency, and which of them can come again by themselves.

The processor decides what a device and our account can really do; this is the filter it is given, so that the giving
form can say before the press what may be met after it. Wallets (Apple Pay, Google Pay) are cards to the processor.
"""

CARD, LINK, BANK = "card", "link", "us_bank_account"
KAKAO, NAVER, KOREAN_CARD, PAYCO, SAMSUNG = "kakao_pay", "naver_pay", "kr_card", "payco", "samsung_pay"

EVERYWHERE = (CARD, LINK)
OWN = {"USD": (BANK,), "KRW": (KOREAN_CARD, KAKAO, NAVER, PAYCO, SAMSUNG)}
ONCE_ONLY = frozenset({NAVER, PAYCO, SAMSUNG})
"""PAYCO and Samsung Pay cannot be charged again; of Naver Pay nobody has verified that a subscription may use it."""


def offered(*, currency: str, is_recurring: bool) -> tuple[str, ...]:
    """This function will return the methods a payment page may show, in a fixed order."""
    every = (*EVERYWHERE, *OWN.get(currency, ()))
    return tuple(method for method in every if not (is_recurring and method in ONCE_ONLY))
