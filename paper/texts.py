"""The one door by which a person's words reach a page.

A name may carry markup, control characters, direction overrides or a megabyte of one letter. Nothing here
interprets
markup: the page shows the characters as they were typed, so `<b>Kim` prints as `<b>Kim`.
"""

from __future__ import annotations

import unicodedata

# More marks than these on one letter are decoration meant to climb over the lines above ("zalgo").
MARKS_PER_LETTER = 2

# Letters to Unicode, nothing to the eye: they would let two different names look the same.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00\ufe01\ufe0e\ufe0f")

UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

KEYCAP = "\u20e3"


class UnprintableText(ValueError):
    """The fonts have no glyph for these characters: a person must write the text another way."""

    def __init__(self, text: str, missing: set[str]) -> None:
        self.text = text
        self.missing = missing
        points = ", ".join(f"U+{ord(character):04X}" for character in sorted(missing))
        super().__init__(f"No glyph for {points} in {text[:60]!r}")


def _kept(character: str) -> str:
    if character.isspace():
        return " "
    if character in INVISIBLE or unicodedata.category(character) in UNPRINTABLE_CATEGORIES:
        return ""
    return character


def _without_mark_towers(value: str) -> str:
    letters: list[str] = []
    marks = 0
    for character in value:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS_PER_LETTER:
            letters.append(character)
    return "".join(letters)


def pdf_text(value: str, *, limit: int = 200) -> str:
    """Clean a text for a page.

    Composes Hangul and accents (NFC, as macOS sends them in pieces; never NFKC, which rewrites names), drops
    control,
    direction and zero-width characters, folds white space to single spaces, and keeps at most `limit`
    characters.

    This function will return the text to print, which may be empty.
    """
    if value.isascii() and value.isprintable() and len(value) <= limit:
        return " ".join(value.split())
    # Cut first: a megabyte is never normalised. Eight times leaves room for decomposed letters and stripped
    # ones.
    kept = "".join(map(_kept, value[: limit * 8]))
    composed = _without_mark_towers(unicodedata.normalize("NFC", kept))
    return " ".join(composed.split())[:limit].rstrip()


def missing_characters(value: str, *, with_hanja: bool = True) -> set[str]:
    """This function will return the characters of a cleaned text that the fonts cannot show."""
    if value.isascii():
        return {character for character in value if not character.isprintable()}
    from paper import typesetting

    missing = set(value) - typesetting.covered_characters(with_hanja=False)
    # The Hanja's fonts are read only for a letter that the first ones have not.
    return missing - typesetting.covered_characters() if missing and with_hanja else missing


def require_printable(value: str) -> str:
    """This function will return the text unchanged, or raise `UnprintableText` naming what is missing."""
    missing = missing_characters(value)
    if missing:
        raise UnprintableText(value, missing)
    return value


def _is_emoji(character: str) -> bool:
    point = ord(character)
    if 0x1F000 <= point <= 0x1FAFF or 0xE0020 <= point <= 0xE007F or character == KEYCAP:
        return True
    return (
        0x2600 <= point <= 0x27BF or 0x2B00 <= point <= 0x2BFF or 0xFE00 <= point <= 0xFE0F or point == 0x200D
    )


def without_emoji(value: str) -> str:
    """Take pictures out of a title or a mail subject: paper and old mail programs cannot show them.

    This function will return the text without emoji, their joiners and selectors, with single spaces.
    """
    return " ".join("".join(" " if _is_emoji(character) else character for character in value).split())
