"""Telling: the words of something in the reader's language."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

FALLBACK = "en"


class Words(Protocol):
    """A row of text in one language: CampaignText, FundText, NewsletterText and the like."""

    language: str


W = TypeVar("W", bound=Words)


class Untold(LookupError):
    """There is no text at all, in any language."""


def told(texts: Iterable[W], *, language: str) -> W:
    """Choose among the texts of one owner; pass `owner.texts.all()`, which reads prefetched rows.

    A regional tag counts as its language ("ko-KR" as "ko"). Raises Untold when there is no text.
    This function will return the text in `language`, else the English one, else the first by language.
    """
    by_language = {text.language: text for text in texts}
    if not by_language:
        raise Untold(language)
    for wanted in (language[:2].lower(), FALLBACK):
        if wanted in by_language:
            return by_language[wanted]
    return by_language[min(by_language)]
