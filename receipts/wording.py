"""The fixed words of a receipt in its two languages, and how amounts and days are written.

Korean pages of a United States receipt carry both languages, because the sentence the law asks for is
English. The Korean title is 후원금 영수증, not 기부금 영수증: that is the name of the Korean tax form,
which only a body designated in Korea may issue.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

Language = Literal["en", "ko"]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SYMBOLS = {"USD": "$", "KRW": "₩"}
MINUS = "−"

# key: (English, Korean)
LABELS: dict[str, tuple[str, str]] = {
    "title_single": ("Donation receipt", "후원금 영수증"),
    "title_annual": ("Annual donation receipt", "연간 후원금 영수증"),
    "number": ("Receipt number", "영수증 번호"),
    "issued_on": ("Date issued", "발행일"),
    "total": ("Total received", "후원금 합계"),
    "giver": ("Received from", "후원자"),
    "given_on": ("Date", "후원일"),
    "method": ("Method", "방법"),
    "fund": ("Given for", "후원 내용"),
    "amount": ("Amount", "금액"),
    "signed": ("Signed for", "발행 기관"),
    "refunded": ("Refunded", "환불"),
    "in_kind": ("In kind", "현물"),
    "continued": ("continued", "계속"),
    "carried": ("Carried forward", "다음 쪽으로 이월"),
    "brought": ("Brought forward", "앞쪽에서 이월"),
    "no_number": ("None: preview", "없음 (미리보기)"),
}

# What is printed across and above a page that is not, or no longer, a receipt. English stands on every page.
MARKS: dict[str, tuple[str, str, str]] = {
    "test": (
        "TEST",
        "TEST: not a receipt. No money moved.",
        "시험용: 영수증이 아닙니다. 실제 결제가 없었습니다.",
    ),
    "preview": ("PREVIEW", "PREVIEW, not a receipt", "미리보기이며 영수증이 아닙니다"),
    "void": ("VOID", "VOID since {on}.", "{on}부터 무효입니다."),
    "copy": ("COPY", "COPY of the receipt of this number.", "같은 번호 영수증의 사본입니다."),
    "information": (
        "안내용 사본",
        "Information copy: the electronic receipt is issued through Hometax.",
        "안내용 사본: 전자기부금영수증은 홈택스에서 발급됩니다.",
    ),
}
REPLACED_BY = ("Replaced by receipt {serial}.", "대체 영수증: {serial}")
REPLACES = (
    "This receipt cancels and replaces receipt {serial}.",
    "이 영수증은 {serial}번 영수증을 취소하고 대체합니다.",
)
VERIFY = (
    "Scan this code, or go to {place}, to see whether this receipt stands.",
    "이 코드를 스캔하거나 {place}에서 영수증이 유효한지 확인할 수 있습니다.",
)
PAGE = ("Page {page} of {pages}", "{pages}쪽 중 {page}쪽")

METHODS: dict[str, tuple[str, str]] = {
    "card": ("Card", "카드"),
    "kr_card": ("Korean card", "국내 카드"),
    "apple_pay": ("Apple Pay", "애플페이"),
    "google_pay": ("Google Pay", "구글페이"),
    "link": ("Link", "링크"),
    "kakao_pay": ("Kakao Pay", "카카오페이"),
    "naver_pay": ("Naver Pay", "네이버페이"),
    "samsung_pay": ("Samsung Pay", "삼성페이"),
    "payco": ("PAYCO", "페이코"),
    "paypal": ("PayPal", "페이팔"),
    "bank_debit": ("Bank debit", "자동이체"),
    "bank_transfer": ("Bank transfer", "계좌이체"),
    "check": ("Check", "수표"),
    "cash": ("Cash", "현금"),
    "stock": ("Securities", "유가증권"),
    "in_kind": ("In kind", "현물"),
    "other": ("Other", "기타"),
}


def choose(pair: tuple[str, str], language: Language) -> str:
    """This function will return the words of one language."""
    return pair[0] if language == "en" else pair[1]


def label(key: str, language: Language) -> str:
    """This function will return a label; a Korean one is followed by the English."""
    english, korean = LABELS[key]
    return english if language == "en" else f"{korean} {english}"


def method(code: str, language: Language) -> str:
    """This function will return how the money came; a code we have no words for is shown as its own words."""
    if code in METHODS:
        return choose(METHODS[code], language)
    return code.replace("_", " ").capitalize()


def amount(minor: int, *, currency: str, exponent: int) -> str:
    """Write an amount of integer minor units: "$1,250.00", "₩50,000", "EUR 1,250.00".

    This function will return the text; a negative amount carries a minus sign before the symbol.
    """
    whole, rest = divmod(abs(minor), 10**exponent)
    number = f"{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{MINUS if minor < 0 else ''}{symbol}{number}"


def day(value: date, language: Language) -> str:
    """This function will return "1 July 2025" or "2025년 7월 1일"."""
    if language == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date, language: Language) -> str:
    """This function will return "1 Jul 2025" or "2025. 7. 1." for a table."""
    if language == "ko":
        return f"{value.year}. {value.month}. {value.day}."
    return f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"
