"""Dividing a journal that a program cannot take whole; every part balances as the whole did.

By currency where a journal there has one; by fund where it has too many lines. Both are safe because an entry balances
in each fund and currency by itself. A journal whose one fund alone has too many lines is refused: nothing smaller
balances.
"""

from collections.abc import Iterator
from dataclasses import replace

from books.journals.shapes import Format, Journal, Line


class TooLong(Exception):
    """One fund of one journal has more lines than a file may hold; `number` names the journal."""

    def __init__(self, number: str, lines: int) -> None:
        super().__init__(f"{number} has {lines} lines in one fund")
        self.number, self.lines = number, lines


def divided(journal: Journal, *, form: Format, base_currency: str) -> Iterator[Journal]:
    """This function will yield the journal, or its parts under numbers of their own. Raises TooLong."""
    parts = _by_currency(journal, base_currency=base_currency) if form.one_currency else [journal]
    for part in parts:
        if form.most_lines and len(part.lines) > form.most_lines:
            yield from _by_fund(part, most=form.most_lines)
        else:
            yield part


def _by_currency(journal: Journal, *, base_currency: str) -> list[Journal]:
    currencies = list(dict.fromkeys(line.currency for line in journal.lines))
    if len(currencies) == 1:
        return [journal]
    return [
        replace(
            journal,
            number=journal.number if currency == base_currency else f"{journal.number}-{currency}",
            lines=tuple(line for line in journal.lines if line.currency == currency),
        )
        for currency in currencies
    ]


def _by_fund(journal: Journal, *, most: int) -> Iterator[Journal]:
    funds: dict[str, list[Line]] = {}
    for line in journal.lines:
        funds.setdefault(line.name.fund, []).append(line)
    parts: list[list[Line]] = [[]]
    for lines in funds.values():
        if len(lines) > most:
            raise TooLong(journal.number, len(lines))
        if len(parts[-1]) + len(lines) > most:
            parts.append([])
        parts[-1] += lines
    for place, lines in enumerate(parts, start=1):
        yield replace(journal, number=f"{journal.number}-{place}", lines=tuple(lines))
