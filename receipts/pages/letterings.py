"""The letters a template has prepared: whatever stands on most of its receipts, in two small fonts.

A letter that is not here costs the document a small font of its own, 0.2 ms; nothing else changes. The sets are part of
the bytes of every receipt: a longer set is a new template.
"""

from __future__ import annotations

from datetime import date

from paper import typesetting
from receipts import snapshots, wording
from receipts.pages import words

PUNCTUATION = "“”‘’–—·…•₩" + wording.MINUS
KOREAN_SENTENCES = (
    "이 후원의 대가로 제공된 재화나 용역은 없습니다 무형종교적혜택외에 영수증을 세금신고자료와함께보관해주십시오"
    "카드계좌이체코드를스캔하거나에서유효한지확인할수있"
)
"""What the sentences of most Korean pages need beyond the labels."""
BOLD_LABELS = ("number", "given_on", "method", "fund", "amount", "total", "no_number", "not_valued")


def cuts(
    entity: snapshots.Entity, language: wording.Language, heading: words.Pair
) -> dict[typesetting.Weight, typesetting.Cut]:
    """This function will return the prepared letters of both weights; those that find no room are left out."""
    base = typesetting.ASCII + typesetting.FIGURES + PUNCTUATION
    own = "".join((entity.local_name, *entity.address, entity.registration, entity.status_line, entity.email))
    regular = base + entity.legal_name + own
    bold = base + entity.legal_name + entity.signatory + wording.choose(heading, language)
    if language == "ko":
        day = wording.day(date.min, language)
        regular += day + "".join(pair[1] for pair in words.LABELS.values()) + KOREAN_SENTENCES
        bold += day + "".join(words.LABELS[key][1] for key in BOLD_LABELS)
    return {
        "regular": typesetting.Cut(typesetting.typeface("regular"), regular),
        "bold": typesetting.Cut(typesetting.typeface("bold"), bold),
    }


def form_cuts(fixed: str, bold: str, entity: snapshots.Entity) -> dict[typesetting.Weight, typesetting.Cut]:
    """This function will return the letters of a form: what is printed on it, and the entity's own."""
    base = typesetting.ASCII + typesetting.FIGURES + PUNCTUATION
    own = "".join((entity.legal_name, *entity.address, entity.registration, entity.legal_basis))
    return {
        "regular": typesetting.Cut(typesetting.typeface("regular"), base + fixed + own + KOREAN_SENTENCES),
        "bold": typesetting.Cut(
            typesetting.typeface("bold"), base + bold + entity.legal_name + entity.signatory
        ),
    }
