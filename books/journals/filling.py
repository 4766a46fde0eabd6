"""Filling files with journals: which bytes go to which file, in one pass and without keeping any."""

from collections.abc import Iterable, Iterator

from books.journals import dividing
from books.journals.shapes import Format, Handover, Journal


def filled(
    journals: Iterable[Journal], *, form: Format, handover: Handover
) -> Iterator[tuple[str, bytes, int]]:
    """This function will yield (file, bytes to add to it, lines of the books in them). Raises dividing.TooLong."""
    for name, content in form.beside(handover):
        yield name, content, 0
    pages: dict[str, tuple[int, int]] = {}
    for journal in journals:
        for part in dividing.divided(journal, form=form, base_currency=handover.base_currency):
            key = _file_of(part, form, handover)
            page, used = pages.get(key, (0, 0))
            is_new = not page or (form.most_lines and used + len(part.lines) > form.most_lines)
            if is_new:
                page, used = page + 1, 0
            pages[key] = (page, used + len(part.lines))
            name = _name(key, page, form)
            if is_new:
                yield name, form.heading(handover), 0
            yield name, form.body(part, handover), len(part.lines)


def whole(
    blocks: Iterable[tuple[bytes, int]], *, form: Format, handover: Handover
) -> Iterator[tuple[str, bytes, int]]:
    """This function will yield the same for a format of one file, whose body comes in blocks already."""
    for name, content in form.beside(handover):
        yield name, content, 0
    name = _name("", 1, form)
    yield name, form.heading(handover), 0
    for content, lines in blocks:
        yield name, content, lines


def _file_of(journal: Journal, form: Format, handover: Handover) -> str:
    currency = journal.lines[0].currency
    return currency if form.file_of_currency and currency != handover.base_currency else ""


def _name(currency: str, page: int, form: Format) -> str:
    parts = ["journal", *([currency] if currency else []), *([f"{page:04}"] if form.most_lines else [])]
    return f"{'-'.join(parts)}.{form.suffix}"
