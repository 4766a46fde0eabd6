"""Restricted funds: what each held, received, released, got from others and holds, with the reasons given for it (B17).

What was received is told by the books, in the currency it was exchanged into; what was released and moved is told by
the releases and transfers people made; what was held before and after by the books again. So the sum proves something:
closing is opening plus received less released, more or less what was moved, or the page says by how much it is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from books import postings
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from reports import books, sums
from reports.sums import Sum


@dataclass(frozen=True, slots=True)
class Row:
    """One restricted fund in one currency, or the sum of several."""

    fund: Fund | None
    name: str
    restriction: str
    opening: Money
    received: Money
    released: Money
    moved: Money
    closing: Money

    @property
    def currency(self) -> str:
        return self.closing.currency

    @property
    def difference(self) -> Money:
        """What the books hold that nothing explains; zero in sound books."""
        return self.closing - (self.opening + self.received - self.released + self.moved)


@dataclass(frozen=True, slots=True)
class Report:
    """`by_restriction` and `totals` are sums of `rows`; `ledger` is what the books of the body hold with restrictions
    at the end, by currency.
    """

    first: date
    last: date
    rows: list[Row]
    by_restriction: list[Row]
    totals: list[Row]
    ledger: dict[str, Money]

    @property
    def untied(self) -> list[tuple[Row, Money]]:
        """This property will be the totals that do not tie, each with its difference from the ledger."""
        told = ((row, self.ledger[row.currency] - _explained(row)) for row in self.totals)
        return [(row, difference) for row, difference in told if difference]

    @property
    def ties(self) -> bool:
        return not self.untied


def _explained(row: Row) -> Money:
    return row.opening + row.received - row.released + row.moved


_USED = """
SELECT r.fund_id, r.currency,
       sum(CASE WHEN r.reverses_id IS NULL THEN r.amount_minor ELSE -r.amount_minor END)::bigint, 0
  FROM books_release r JOIN ledger_entry e ON e.source = 'release:' || r.id
 WHERE e.entity_id = %(entity)s AND e.booked_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2
UNION ALL
SELECT x.fund_id, t.currency, 0, sum(x.sign * t.amount_minor)::bigint
  FROM books_fundtransfer t JOIN ledger_entry e ON e.source = 'transfer:' || t.id
  CROSS JOIN LATERAL (VALUES (t.fund_from_id, -1), (t.fund_to_id, 1)) x (fund_id, sign)
 WHERE t.is_restricted AND e.entity_id = %(entity)s AND e.booked_on BETWEEN %(first)s AND %(last)s GROUP BY 1, 2
"""


def report(*, entity: LegalEntity, first: date, last: date, language: str) -> Report:
    """This function will return what a body holds with donor restrictions, by fund and currency, over a period."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"entity": entity.pk, "first": first, "last": last})
        used = cursor.fetchall()
    found = [one for one in sums.moved(entity=entity, first=first, last=last, codes=sums.WITH) if one.is_with]
    rows = _rows(found=found, used=used, language=language)
    ledger = {currency: sums.held(found, currency=currency) for currency in sums.currencies(found)}
    return Report(
        first=first,
        last=last,
        rows=rows,
        by_restriction=_summed(rows, by_restriction=True),
        totals=_summed(rows, by_restriction=False),
        ledger=ledger,
    )


def _rows(*, found: Sequence[Sum], used: Sequence[tuple[int, str, int, int]], language: str) -> list[Row]:
    keys = {(one.fund_id, one.currency) for one in found} | {(fund_id, code) for fund_id, code, *_ in used}
    funds = {
        fund.pk: fund
        for fund in Fund.objects.filter(pk__in={fund_id for fund_id, _ in keys}).prefetch_related("texts")
    }
    rows = []
    for fund_id, currency in sorted(keys, key=lambda key: (funds[key[0]].code, key[0], key[1])):
        mine = [one for one in found if (one.fund_id, one.currency) == (fund_id, currency)]
        gone = [one for one in used if (one[0], one[1]) == (fund_id, currency)]
        opening, closing = (sums.held(mine, currency=currency, at_end=at_end) for at_end in (False, True))
        fund = funds[fund_id]
        rows.append(
            Row(
                fund=fund,
                name=books.name_of(fund=fund, language=language),
                restriction=fund.restriction,
                opening=opening,
                received=Money(
                    -sum(one.within for one in mine if one.code in ("4100", postings.EXCHANGE)), currency
                ),
                released=Money(sum(released for *_, released, _moved in gone), currency),
                moved=Money(sum(moved for *_, moved in gone), currency),
                closing=closing,
            )
        )
    return [row for row in rows if row.opening or row.received or row.released or row.moved or row.closing]


def _summed(rows: Sequence[Row], *, by_restriction: bool) -> list[Row]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.currency, row.restriction if by_restriction else ""), []).append(row)
    return [_sum(members, restriction) for (_, restriction), members in sorted(groups.items())]


def _sum(rows: Sequence[Row], restriction: str) -> Row:
    first, *others = rows
    total = Row(
        None, "", restriction, first.opening, first.received, first.released, first.moved, first.closing
    )
    for row in others:
        total = Row(
            None,
            "",
            restriction,
            total.opening + row.opening,
            total.received + row.received,
            total.released + row.released,
            total.moved + row.moved,
            total.closing + row.closing,
        )
    return total
