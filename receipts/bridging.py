"""Bridging: from the books' gift income of a year to what its receipts say, line by line and to the last cent.

The books go by the day a thing was booked, receipts by the tax day of the gift; refunds, things without a value, gifts
that get no receipt and those that wait make up the rest. What is left over has no reason and is shown, gift by gift.
Gift income is what was paid: contributions (4000, 4100) and what tickets bought (4200), which a receipt tells as well.

It belongs to a run. Which gifts lie between two years, run or not, is told by `reports.crossing_years`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from receipts import surveying
from receipts.surveying import Gift, Year

BOOKS = ("booked", "other_year", "no_gift", "elsewhere", "returned")
"""From the books to the gifts of the tax year: booked in the year, less what is of other years or of no gift, and more
what was booked (or given back) in other years."""
PAPERS = ("now", "described_now", "receipted", "described", "left_out", "held", "waiting", "excluded")
LISTED = 200


@dataclass
class Row:
    count: int = 0
    minor: int = 0


@dataclass
class Bridge:
    """Adds up gift after gift; `differing` are those of which books and papers do not say the same."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    differing: list[dict[str, object]] = field(default_factory=list)
    differing_count: int = 0

    def add(self, code: str, *, currency: str, minor: int, count: int = 1) -> None:
        """This function will add to one line; `code` is one of BOOKS or PAPERS, with a reason after a colon."""
        row = self.rows.setdefault((currency, code), Row())
        row.count += count
        row.minor += minor

    def begin(self, *, of: Year) -> None:
        """This function will add what the books say of the year."""
        for currency, count, minor in surveying.booked(of=of):
            self.add("booked", currency=currency, minor=minor, count=count)
        for place, currency, count, minor in surveying.outside(of=of):
            self.add(place, currency=currency, minor=-minor, count=count)

    def gift(self, gift: Gift, *, code: str, minor: int | None = None) -> None:
        """This function will add a gift to the line of `code`, for what is left of it unless `minor` says otherwise."""
        told = gift.left_minor if minor is None else minor
        self.add(code, currency=gift.currency, minor=told)
        self._elsewhere(gift)
        if gift.ever != told:
            self._differs(donation=gift.donation_id, currency=gift.currency, books=gift.ever, paper=told)

    def receipt(self, gifts: Sequence[Gift], *, totals: dict[str, int], donor_id: uuid.UUID) -> None:
        """This function will add the gifts of one receipt to be made, for what its totals say of each currency."""
        books: dict[str, int] = dict.fromkeys(totals, 0)
        for gift in gifts:
            self.add("now", currency=gift.currency, minor=0)
            self._elsewhere(gift)
            books[gift.currency] = books.get(gift.currency, 0) + gift.ever
        for currency, ever in books.items():
            told = totals.get(currency, 0)
            self.add("now", currency=currency, minor=told, count=0)
            if ever != told:
                self._differs(donor=donor_id, currency=currency, books=ever, paper=told)

    def _elsewhere(self, gift: Gift) -> None:
        for code, minor in (("elsewhere", gift.elsewhere), ("returned", gift.returned)):
            if minor:
                self.add(code, currency=gift.currency, minor=minor)

    def _differs(self, *, currency: str, books: int, paper: int, **named: uuid.UUID) -> None:
        self.differing_count += 1
        if len(self.differing) < LISTED:
            keys = {kind: str(key) for kind, key in named.items()}
            self.differing.append({**keys, "currency": currency, "books": books, "paper": paper})

    def told(self) -> dict[str, object]:
        """This function will return the bridge as plain JSON: by currency its lines, both sums, the difference."""
        currencies = sorted({currency for currency, _ in self.rows})
        return {
            "currencies": [self._currency(currency) for currency in currencies],
            "differing": self.differing,
            "differing_count": self.differing_count,
        }

    def _currency(self, currency: str) -> dict[str, object]:
        mine = {code: row for (known, code), row in self.rows.items() if known == currency}
        books = [[code, mine[code].count, mine[code].minor] for code in BOOKS if code in mine]
        papers = [
            [code, mine[code].count, mine[code].minor]
            for code in sorted((code for code in mine if code not in BOOKS), key=_place)
        ]
        given = sum(row.minor for code, row in mine.items() if code in BOOKS)
        told = sum(row.minor for code, row in mine.items() if code not in BOOKS)
        return {
            "currency": currency,
            "books": books,
            "given": given,
            "papers": papers,
            "told": told,
            "difference": given - told,
        }


def _place(code: str) -> tuple[int, str]:
    return PAPERS.index(code.partition(":")[0]), code
