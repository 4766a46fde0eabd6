"""The sentences a receipt must carry, by law of the issuing entity. Versioned with the template.

US-04 (IRC 170(f)(8)): exactly one statement about goods or services; we print it on every receipt. A body
organized for religious purposes says "other than intangible religious benefits" (US-11).
Not legal advice: an organization's accountant confirms the wording before its first receipt.
"""

from ledger.models import LegalEntity

TEMPLATE = "us-2"

NONE = "No goods or services were provided in exchange for this contribution."
INTANGIBLE = (
    "No goods or services were provided in exchange for this contribution, "
    "other than intangible religious benefits."
)
KEEP = (
    "Please keep this written acknowledgment with your tax records; "
    "you must have it before you file your return for the year of the gift."
)
KOREAN = {
    NONE: "이 후원의 대가로 제공된 재화나 용역은 없습니다.",
    INTANGIBLE: "이 후원의 대가로 무형의 종교적 혜택 외에 제공된 재화나 용역은 없습니다.",
    KEEP: "이 영수증을 세금 신고 자료와 함께 보관해 주십시오.",
}


def required(*, entity: LegalEntity, language: str) -> list[str]:
    """The sentences for one receipt; a Korean reader gets the English sentence of the law and its translation."""
    english = [INTANGIBLE if entity.is_religious else NONE, KEEP]
    if language != "ko":
        return english
    return [line for sentence in english for line in (sentence, KOREAN[sentence])]
