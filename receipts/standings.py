"""What a printed page is beyond a receipt: a preview, a test, a copy, or no longer valid; and the words that say
so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from receipts import wording


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page is, beyond a receipt.

    What a file is called inside is made from this object as text (`rendering`), so that of a receipt of schema 1 must
    say nothing of what came later: a copy, and a Korean page for information.
    """

    preview: bool = False
    test: bool = False
    void_on: date | None = None
    replaced_by: str = ""
    copy: bool = field(default=False, repr=False)
    information: bool = field(default=False, repr=False)

    @property
    def told(self) -> str:
        """This function will return the standing as one text, different for every different page."""
        return f"{self!r}{' copy' if self.copy else ''}"

    @property
    def key(self) -> str:
        """The strongest of what the page is; one word across it is enough."""
        return next((key for key, is_so in self._holds() if is_so), "")

    def _holds(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("void", self.void_on is not None),
            ("preview", self.preview),
            ("test", self.test),
            ("copy", self.copy),
            ("information", self.information),
        )

    @property
    def word(self) -> str:
        """The word before the title of the file, and across a page of schema 1."""
        return wording.MARKS[self.key][0] if self.key else ""

    @property
    def mark(self) -> str:
        """What stands across a page of schema 2: a preview says in full that it is no receipt."""
        return wording.MARKS["preview"][1] if self.key == "preview" else self.word

    def sentences(self, language: wording.Language) -> list[str]:
        """This function will return what stands in the band above the page, English and the page's
        language."""
        found = []
        for key in (key for key, is_so in self._holds() if is_so):
            _, english, korean = wording.MARKS[key]
            found.append(english.format(on=wording.day(self.void_on, "en") if self.void_on else ""))
            if language == "ko":
                found.append(korean.format(on=wording.day(self.void_on, "ko") if self.void_on else ""))
        if self.replaced_by:
            found.append(wording.choose(wording.REPLACED_BY, language).format(serial=self.replaced_by))
        return found
