"""What a printed page is beyond a receipt: a preview, a test, or no longer valid; and the words that say
so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from receipts import wording


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page is, beyond a receipt: a preview, a test, or no longer valid."""

    preview: bool = False
    test: bool = False
    void_on: date | None = None
    replaced_by: str = ""

    @property
    def word(self) -> str:
        """The word across the page; one is enough, the strongest."""
        if self.void_on:
            return wording.MARKS["void"][0]
        if self.preview:
            return wording.MARKS["preview"][0]
        return wording.MARKS["test"][0] if self.test else ""

    def sentences(self, language: wording.Language) -> list[str]:
        """This function will return what stands in the band above the page, English and the page's
        language."""
        chosen: list[tuple[str, date | None]] = []
        if self.void_on:
            chosen.append(("void", self.void_on))
        if self.preview:
            chosen.append(("preview", None))
        if self.test:
            chosen.append(("test", None))
        found = []
        for key, on in chosen:
            _, english, korean = wording.MARKS[key]
            found.append(english.format(on=wording.day(on, "en") if on else ""))
            if language == "ko":
                found.append(korean.format(on=wording.day(on, "ko") if on else ""))
        if self.replaced_by:
            found.append(wording.choose(wording.REPLACED_BY, language).format(serial=self.replaced_by))
        return found
