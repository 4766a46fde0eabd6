"""Crossing years: why a year of receipts is not a year of the books.

A check in the post on 31 December is on the receipt of one year and in the deposits of the next (C3). A body whose
year ends in June closes it in the middle of the donors' (C8). Gift by gift, and as one sum, the difference is told.

Of any year at any time and of the books alone; what the receipts of one run say beside the books is told by
`receipts.bridging`, which ends in its papers.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection

from ledger.models import LegalEntity
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Crossing:
    """A gift whose tax year is not the year in which the books got it."""

    donation_id: uuid.UUID
    donor: str
    given_on: date
    date_rule: str
    booked_on: date
    amount: Money


_CROSSINGS = """
SELECT d.id, coalesce(s.name, p.name), d.given_on, d.date_rule, e.booked_on, d.amount_minor, d.currency
  FROM donations_donation d JOIN donors_donor p ON p.id = d.donor_id
  LEFT JOIN donors_donor s ON s.id = p.merged_into_id
  JOIN ledger_entry e
    ON e.source = CASE WHEN d.rail = 'desk' THEN 'hand:' || d.id ELSE 'charge:' || d.processor_ref END
 WHERE d.entity_id = %(entity)s AND %(year)s IN (extract(year FROM d.given_on), extract(year FROM e.booked_on))
   AND extract(year FROM d.given_on) <> extract(year FROM e.booked_on)
 ORDER BY d.given_on, d.id
"""


def crossings(*, entity: LegalEntity, year: int) -> list[Crossing]:
    """This function will return the gifts that are in a year's receipts or in its books, and not in both."""
    with connection.cursor() as cursor:
        cursor.execute(_CROSSINGS, {"entity": entity.pk, "year": year})
        return [
            Crossing(pk, donor, given_on, rule, booked_on, Money(minor, currency))
            for pk, donor, given_on, rule, booked_on, minor, currency in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class Bridge:
    """From a body's fiscal year to the donors' year in one currency: `tax = fiscal - after + before + moved`.

    `fiscal_from` to `fiscal_to` is the fiscal year that ends in the tax year after this one, or is it; `after` is what
    the books got in it after the tax year, `before` what they got in the tax year before it, `moved` what crossed.
    """

    currency: str
    fiscal_from: date
    fiscal_to: date
    fiscal: Money
    after: Money
    before: Money
    moved: Money
    tax: Money

    @property
    def ties(self) -> bool:
        return self.fiscal - self.after + self.before + self.moved == self.tax


def fiscal_year(*, ends_in_month: int, tax_year: int) -> tuple[date, date]:
    """This function will return the first and last day of the fiscal year that begins in a tax year, or is the same."""
    if ends_in_month == 12:
        return date(tax_year, 1, 1), date(tax_year, 12, 31)
    begins = date(tax_year, ends_in_month + 1, 1)
    return begins, date.fromordinal(date(tax_year + 1, ends_in_month + 1, 1).toordinal() - 1)


_SUMS = """
WITH gifts AS (
  SELECT d.currency, d.amount_minor AS minor, d.given_on, e.booked_on
    FROM donations_donation d JOIN ledger_entry e
      ON e.source = CASE WHEN d.rail = 'desk' THEN 'hand:' || d.id ELSE 'charge:' || d.processor_ref END
   WHERE d.entity_id = %(entity)s
)
SELECT currency,
  coalesce(sum(minor) FILTER (WHERE booked_on BETWEEN %(first)s AND %(last)s), 0)::bigint,
  coalesce(sum(minor) FILTER (WHERE booked_on BETWEEN %(first)s AND %(last)s AND booked_on > %(end)s), 0)::bigint,
  coalesce(sum(minor) FILTER (WHERE booked_on BETWEEN %(begin)s AND %(end)s
                                AND booked_on NOT BETWEEN %(first)s AND %(last)s), 0)::bigint,
  coalesce(sum(minor) FILTER (WHERE given_on BETWEEN %(begin)s AND %(end)s), 0)::bigint
    - coalesce(sum(minor) FILTER (WHERE booked_on BETWEEN %(begin)s AND %(end)s), 0)::bigint,
  coalesce(sum(minor) FILTER (WHERE given_on BETWEEN %(begin)s AND %(end)s), 0)::bigint
  FROM gifts
 WHERE given_on BETWEEN %(begin)s AND %(end)s OR booked_on BETWEEN %(begin)s AND %(end)s
    OR booked_on BETWEEN %(first)s AND %(last)s
 GROUP BY currency ORDER BY currency
"""


def bridge(*, entity: LegalEntity, tax_year: int, ends_in_month: int) -> list[Bridge]:
    """The gifts of a calendar year and of the fiscal year that begins in it, and what lies between (C8).

    Gifts are counted as they were recorded, before refunds. This function will return one bridge for each currency.
    """
    first, last = fiscal_year(ends_in_month=ends_in_month, tax_year=tax_year)
    begin, end = date(tax_year, 1, 1), date(tax_year, 12, 31)
    values: dict[str, int | date] = {
        "entity": entity.pk,
        "first": first,
        "last": last,
        "begin": begin,
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        return [
            Bridge(row[0], first, last, *(Money(minor, row[0]) for minor in row[1:]))
            for row in cursor.fetchall()
        ]
