"""The fixed words of the pages of schema 2, English and Korean.

A template that says something else is another template: what stands here is part of the bytes of every receipt drawn
with it. The Korean title of a receipt under another law is 후원금 영수증; 기부금 영수증 is the form of Korean law.
"""

from __future__ import annotations

from dataclasses import dataclass

from receipts import wording

Pair = tuple[str, str]

LABELS: dict[str, Pair] = {
    "number": ("Receipt number", "영수증 번호"),
    "reference": ("Reference", "확인 번호"),
    "issued_on": ("Date issued", "발행일"),
    "tax_year": ("Tax year", "귀속 연도"),
    "place": ("Place of issue", "발행지"),
    "total": ("Total received", "후원금 합계"),
    "total_eligible": ("Eligible amount of gift for tax purposes", "세법상 공제 대상 기부금"),
    "total_deductible": ("Deductible amount", "공제 대상 금액"),
    "total_gift": ("Gift", "기부 금액"),
    "giver": ("Received from", "후원자"),
    "given_on": ("Date received", "후원일"),
    "method": ("Kind", "종류"),
    "fund": ("Given for", "후원 내용"),
    "amount": ("Amount", "금액"),
    "benefit": ("Goods or services", "제공받은 것"),
    "advantage": ("Advantage", "받으신 혜택"),
    "right": ("Market value of right", "권리의 시장가액"),
    "deductible": ("Deductible", "공제 대상"),
    "eligible": ("Eligible amount", "공제 대상"),
    "gift": ("Gift", "기부 금액"),
    "signed": ("Signed for", "발행 기관"),
    "refunded": ("Refunded", "환불"),
    "not_valued": ("Not valued", "가액 미기재"),
    "for_fund": ("For", "후원 내용"),
    "in_return": ("In return", "제공받은 것"),
    "each": ("each", "개당"),
    "appraised": ("Appraised by", "감정인"),
    "continued": ("continued", "계속"),
    "carried": ("Carried forward", "다음 쪽으로 이월"),
    "brought": ("Brought forward", "앞쪽에서 이월"),
    "no_number": ("None: preview", "없음 (미리보기)"),
}
EQUIVALENT: Pair = ("Equal to {amount} at the rate of {day} ({source})", "{day} 환율로 {amount} ({source})")
KINDS: dict[str, Pair] = {
    "ticket": ("Ticket", "입장권"),
    "property": ("Property", "현물"),
    "stock": ("Securities", "유가증권"),
    "vehicle": ("Vehicle", "차량"),
    "volunteer_expenses": ("Volunteer expenses", "봉사 실비"),
}
"""Money given without return needs no word but how it came; everything else is told apart from it."""

CANADIAN_TITLE: Pair = ("Official receipt for income tax purposes", "소득세용 공식 영수증")


@dataclass(frozen=True, slots=True)
class Design:
    """What one template says: its titles, what it calls the number, the columns, and the sum it leads with."""

    single: Pair
    annual: Pair
    number: str
    benefit: str
    eligible: str
    lead: str = "total"
    has_tax_year: bool = False
    has_place: bool = False
    states_eligible: bool = False
    own_title: str = ""
    """The code of the sentence that is the title itself, and so is not printed a second time."""


DESIGNS: dict[str, Design] = {
    "us-3": Design(
        single=("Donation receipt", "후원금 영수증"),
        annual=("Annual donation receipt", "연간 후원금 영수증"),
        number="number",
        benefit="benefit",
        eligible="deductible",
        has_tax_year=True,
    ),
    "ca-1": Design(
        single=CANADIAN_TITLE,
        annual=CANADIAN_TITLE,
        number="number",
        benefit="advantage",
        eligible="eligible",
        lead="total_eligible",
        has_tax_year=True,
        has_place=True,
        states_eligible=True,
        own_title="ca_official",
    ),
    "au-1": Design(
        single=("Receipt for a gift", "기부 영수증"),
        annual=("Receipt for gifts", "연간 기부 영수증"),
        number="number",
        benefit="right",
        eligible="gift",
    ),
    "uk-1": Design(
        single=("Thank you for your donation", "후원 감사 확인서"),
        annual=("Thank you for your donations", "연간 후원 감사 확인서"),
        number="reference",
        benefit="benefit",
        eligible="gift",
    ),
}
SUMS = {"deductible": "total_deductible", "eligible": "total_eligible", "gift": "total_gift"}


def label(key: str, language: wording.Language) -> str:
    """This function will return a label in one line; a Korean one is followed by the English."""
    english, korean = LABELS[key]
    return english if language == "en" else f"{korean} {english}"


def said(key: str, language: wording.Language) -> str:
    """This function will return a label in the reader's language alone."""
    return wording.choose(LABELS[key], language)


def kind(kind_code: str, method: str, language: wording.Language) -> str:
    """What was given and how it came: "Card", "Ticket, card", "Property". This function will return the words."""
    if kind_code not in KINDS:
        return wording.method(method, language) if method else ""
    word = wording.choose(KINDS[kind_code], language)
    if kind_code != "ticket" or method in ("", "other"):
        return word
    came = wording.method(method, language)
    return f"{word}, {came.lower() if language == 'en' else came}"
