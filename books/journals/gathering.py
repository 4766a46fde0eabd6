"""Gathering entries into journals: each by itself, all of a day, or all of a payout.

A day or a payout adds up what went to the same side of the same account, fund and currency: debits and credits stay
apart, so that what was given and what was given back can both be read, and so do campaigns. Nothing is kept but the
group at hand.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from books.journals.shapes import Journal, Line
from ledger import money
from ledger.money import Money

KINDS = {
    "donation": "gift", "offering": "gift", "unidentified": "gift", "identified": "gift",
    "processor_fee": "fee", "bank_charge": "fee", "refund_returned": "refund", "dispute_movement": "dispute",
    "dispute_lost": "dispute", "payout_returned": "payout", "conversion": "fx", "bank_interest": "interest",
    "fund_transfer": "transfer",
}  # fmt: skip
"""What kinds of entries are called for accountants; a kind that is not here is called as we call it."""


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry as it was handed over; `rate` is what one unit of another currency was worth in the entity's own."""

    id: int
    on: date
    kind: str
    source: str
    lines: tuple[Line, ...]
    of_day: date | None = None
    reverses: int | None = None
    payout: str = ""
    counterparty: str = ""
    giver: str = ""
    rate: Decimal | None = None
    check: str = ""


Gather = Callable[[Iterable[Booked], int, str], Iterator[Journal]]


def journals(
    entries: Iterable[Booked], *, grouping: str, number: int, base_currency: str
) -> Iterator[Journal]:
    """The journals of hand-over `number`; entries come in the order of `ORDERS` of their grouping.

    This function will yield them under numbers that no other hand-over gives: E and the entry, or D or P, the
    hand-over and a place in it.
    """
    return _WAYS[grouping](entries, number, base_currency)


def _by_entry(entries: Iterable[Booked], _: int, base_currency: str) -> Iterator[Journal]:
    for entry in entries:
        yield Journal(
            number=f"E{entry.id}",
            on=entry.on,
            lines=valued(entry, base_currency=base_currency),
            kind=KINDS.get(entry.kind, entry.kind),
            source=entry.source,
            processor=entry.source.partition(":")[2],
            payout=entry.payout,
            counterparty=entry.counterparty,
            giver=entry.giver,
            of_day=entry.of_day if entry.of_day != entry.on else None,
            reverses=f"E{entry.reverses}" if entry.reverses else "",
            check=entry.check,
        )


def _by_day(entries: Iterable[Booked], number: int, base_currency: str) -> Iterator[Journal]:
    for place, (day, group) in enumerate(groupby(entries, key=lambda entry: entry.on), start=1):
        yield _summed(group, f"D{number}-{place}", "day", base_currency, source=str(day))


def _by_payout(entries: Iterable[Booked], number: int, base_currency: str) -> Iterator[Journal]:
    """Of one month each, so that no line leaves its month; what no payout carried yet goes by its day."""
    keyed = groupby(entries, key=_payout_key)
    for place, ((_, payout, day), group) in enumerate(keyed, start=1):
        kind, source = ("payout", payout) if payout else ("day", day)
        yield _summed(group, f"P{number}-{place}", kind, base_currency, source=source, payout=payout)


def _payout_key(entry: Booked) -> tuple[str, str, str]:
    return entry.on.isoformat()[:7], entry.payout, "" if entry.payout else entry.on.isoformat()


_WAYS: dict[str, Gather] = {"entry": _by_entry, "day": _by_day, "payout": _by_payout}


def _summed(
    entries: Iterable[Booked], name: str, kind: str, base_currency: str, *, source: str, payout: str = ""
) -> Journal:
    held: dict[tuple[str, str, str, str, bool], Line] = {}
    last, count = date.min, 0
    for entry in entries:
        last, count = max(last, entry.on), count + 1
        for line in valued(entry, base_currency=base_currency):
            key = (line.name.account, line.name.fund, line.currency, line.campaign, line.amount < 0)
            held[key] = _joined(held[key], line) if key in held else line
    lines = tuple(held[key] for key in sorted(held))
    return Journal(number=name, on=last, lines=lines, kind=kind, source=source, payout=payout, entries=count)


def _joined(held: Line, line: Line) -> Line:
    base = held.base + line.base if held.base is not None and line.base is not None else None
    rate = held.rate if held.rate == line.rate else None
    return Line(held.name, held.amount + line.amount, held.currency, held.campaign, rate, base)


def valued(entry: Booked, *, base_currency: str) -> tuple[Line, ...]:
    """The lines of an entry with their value in the entity's own currency, where it is known.

    What rounding leaves over in a fund goes to its largest line, so that the values balance too. This function will
    return lines in their order.
    """
    if all(line.currency == base_currency for line in entry.lines):
        return tuple(
            Line(line.name, line.amount, line.currency, line.campaign, _ONE, line.amount)
            for line in entry.lines
        )
    values = [_value(line, entry.rate, base_currency) for line in entry.lines]
    for fund, currency in {(line.name.fund, line.currency) for line in entry.lines}:
        places = [
            place
            for place, line in enumerate(entry.lines)
            if (line.name.fund, line.currency) == (fund, currency)
        ]
        known = [values[place] for place in places]
        over = sum(value or 0 for value in known)
        if None not in known and over:
            largest = max(places, key=lambda place: abs(entry.lines[place].amount))
            values[largest] = (values[largest] or 0) - over
    return tuple(
        Line(
            line.name,
            line.amount,
            line.currency,
            line.campaign,
            _ONE if line.currency == base_currency else entry.rate,
            value,
        )
        for line, value in zip(entry.lines, values, strict=True)
    )


_ONE = Decimal(1)


def _value(line: Line, rate: Decimal | None, base_currency: str) -> int | None:
    if line.currency == base_currency:
        return line.amount
    if rate is None:
        return None
    size = money.converted(Money(abs(line.amount), line.currency), rate=rate, currency=base_currency).minor
    return size if line.amount > 0 else -size
