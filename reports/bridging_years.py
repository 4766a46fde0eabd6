"""Bridging years: from the fiscal year of the statement of activities to the tax year of the receipts, row by row (C8).

Each row is asked for by itself, so that the last one proves the others: what they leave unexplained is shown. Of any
year, run or not; `crossing_years` tells the gifts that lie between two years.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from ledger import balances
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import surveying
from reports import crossing_years

BACK = ("refund", "refund_returned", "dispute_lost", "reversal")
"""Kinds of entries by which gifts go back, or what went back comes again."""
OF_GIFTS = ("donation", "adjustment", *BACK)
BOOKS = ("booked", "back", "no_gift", "after", "before", "moved")
PAPERS = ("returned", "unreceipted", "described", "stale")
"""Rows from the books to the gifts of the tax year, and from these to their receipts, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """`minor` is added; `count` is how many gifts it is, 0 where it is not of gifts."""

    code: str
    amount: Money
    count: int = 0


@dataclass(frozen=True, slots=True)
class Bridge:
    """One currency. `given` is what was given in the tax year, `receipted` what its standing receipts say."""

    currency: str
    fiscal_from: date
    fiscal_to: date
    books: list[Row]
    given: Money
    papers: list[Row]
    receipted: Money

    @property
    def day_before(self) -> date:
        """The last day before the fiscal year begins."""
        return self.fiscal_from - timedelta(days=1)

    @property
    def difference(self) -> Money:
        """What the rows leave unexplained, in the books and on paper together; nothing in a sound house."""
        return self.in_books + self.on_paper

    @property
    def in_books(self) -> Money:
        return self.given - _sum(self.books, self.currency)

    @property
    def on_paper(self) -> Money:
        return self.receipted - self.given - _sum(self.papers, self.currency)


def _sum(rows: list[Row], currency: str) -> Money:
    total = Money(0, currency)
    for row in rows:
        total += row.amount
    return total


_KINDS = """
SELECT l.currency, e.kind, -sum(l.amount_minor)::bigint FROM ledger_entry e
  JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
 WHERE e.entity_id = %(entity)s AND a.code = ANY(%(paid)s) AND e.booked_on BETWEEN %(first)s AND %(last)s
 GROUP BY l.currency, e.kind
"""
_PAPERS = f"""
WITH gifts AS (
  SELECT d.currency, l.receipt_id IS NOT NULL AS is_on_paper, coalesce(l.is_valued, true) AS is_valued, d.amount_minor,
         CASE WHEN {surveying.LOST} THEN 0 ELSE d.amount_minor - {surveying.REFUNDED} END AS left_minor,
         l.amount_minor - l.refunded_minor AS paper
    FROM donations_donation d
    LEFT JOIN receipts_coverage c ON c.donation_id = d.id
    LEFT JOIN receipts_receiptline l ON l.receipt_id = c.receipt_id AND l.donation_id = d.id
   WHERE d.entity_id = %(entity)s AND d.given_on BETWEEN %(begin)s AND %(end)s
)
SELECT currency, sum(amount_minor)::bigint,
  sum(left_minor - amount_minor)::bigint, count(*) FILTER (WHERE left_minor <> amount_minor),
  coalesce(-sum(left_minor) FILTER (WHERE NOT is_on_paper), 0)::bigint,
    count(*) FILTER (WHERE NOT is_on_paper AND left_minor > 0),
  coalesce(-sum(left_minor) FILTER (WHERE NOT is_valued), 0)::bigint, count(*) FILTER (WHERE NOT is_valued),
  coalesce(sum(paper - left_minor) FILTER (WHERE is_on_paper AND is_valued), 0)::bigint,
    count(*) FILTER (WHERE is_on_paper AND is_valued AND paper <> left_minor),
  coalesce(sum(paper) FILTER (WHERE is_on_paper AND is_valued), 0)::bigint
  FROM gifts GROUP BY currency
"""


def bridge(*, entity: LegalEntity, tax_year: int, ends_in_month: int) -> list[Bridge]:
    """From the contributions and event income of the fiscal year to what the receipts of a calendar year say.

    The fiscal year is the one that begins in the tax year, or is the same. This function will return one bridge for
    each currency, the rows that are nothing left out.
    """
    first, last = crossing_years.fiscal_year(ends_in_month=ends_in_month, tax_year=tax_year)
    asked: dict[str, int | date | list[str]] = {
        "entity": entity.pk,
        "first": first,
        "last": last,
        "begin": date(tax_year, 1, 1),
        "end": date(tax_year, 12, 31),
        "paid": list(balances.PAID),
    }
    kinds: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, asked)
        for currency, kind, minor in cursor.fetchall():
            kinds.setdefault(currency, {})[kind] = minor
        cursor.execute(_PAPERS, asked)
        papers = {row[0]: row[1:] for row in cursor.fetchall()}
    years = {
        one.currency: one
        for one in crossing_years.bridge(entity=entity, tax_year=tax_year, ends_in_month=ends_in_month)
    }
    return [
        _bridge(
            currency,
            kinds.get(currency, {}),
            papers.get(currency, (0,) * 10),
            years.get(currency),
            (first, last),
        )
        for currency in sorted(kinds.keys() | papers.keys() | years.keys())
    ]


def _bridge(
    currency: str,
    kinds: dict[str, int],
    papers: tuple[int, ...],
    years: crossing_years.Bridge | None,
    fiscal: tuple[date, date],
) -> Bridge:
    given, *told, receipted = papers
    nothing = Money(0, currency)
    books = [
        Row("booked", Money(sum(kinds.values()), currency)),
        Row("back", Money(-sum(kinds.get(kind, 0) for kind in BACK), currency)),
        Row("no_gift", Money(-sum(minor for kind, minor in kinds.items() if kind not in OF_GIFTS), currency)),
        Row("after", -years.after if years else nothing),
        Row("before", years.before if years else nothing),
        Row("moved", years.moved if years else nothing),
    ]
    sides = [
        Row(code, Money(told[place * 2], currency), told[place * 2 + 1]) for place, code in enumerate(PAPERS)
    ]
    return Bridge(
        currency=currency,
        fiscal_from=fiscal[0],
        fiscal_to=fiscal[1],
        books=[row for row in books if row.amount or row.code == "booked"],
        given=Money(given, currency),
        papers=[row for row in sides if row.amount or row.count],
        receipted=Money(receipted, currency),
    )
