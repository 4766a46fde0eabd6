"""Refusing: numbers of persons that must never come into the house, in whatever field they were typed.

A Korean resident number (주민등록번호) may be handled only where a law names the handler (개인정보 보호법 제24조의2):
consent is no basis. The Korean body asks for it itself and enters it at Hometax. Here it is refused with words before
anything is stored or logged, so what was typed is repeated nowhere but to the person who typed it.
"""

import re
import unicodedata
from collections.abc import Iterable

# Thirteen digits as people write a resident number; a longer run of digits is something else.
RESIDENT = re.compile(r"(?<!\d)(\d{6})([-\s]?)([1-8]\d{6})(?!\d)")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー·・ㅡ"), "-")
MASK = "000000-*******"


class ResidentNumberRefused(ValueError):
    """A text holds what looks like a resident number. The number itself is in no message of this error."""

    def __init__(self) -> None:
        super().__init__("a resident number was typed")


def is_held_by(text: str) -> bool:
    """Whether a text holds what looks like a resident number, however its digits and its hyphen are written.

    Full-width digits and every kind of dash are read as plain ones. This function will return the answer.
    """
    if sum(char.isdigit() for char in text) < 13:
        return False
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return RESIDENT.search(re.sub(r"\s*-\s*", "-", plain)) is not None


def refuse(texts: Iterable[str]) -> None:
    """Stand at the door of every deed that keeps what somebody typed.

    Raises ResidentNumberRefused. This function will return nothing when no text holds such a number.
    """
    if any(map(is_held_by, texts)):
        raise ResidentNumberRefused


def wrong_reason(words: str) -> str:
    """This function will return what is wrong with a reason: `reason` for none, `resident_number`, or nothing."""
    if not words:
        return "reason"
    return "resident_number" if is_held_by(words) else ""


def masked(text: str) -> str:
    """This function will return the text with every resident number in it replaced by a mask that tells nothing."""
    return RESIDENT.sub(MASK, text)
