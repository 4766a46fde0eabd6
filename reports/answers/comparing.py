"""Comparing: a year beside the same days of the year before, in sum, by month, by campaign and by fund."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from donations import folding
from ledger import folding as books
from ledger import money
from ledger.balances import INCOME
from ledger.money import Money
from reports.answers import asking, weighing
from reports.answers.asking import Asked, Span


@dataclass(frozen=True, slots=True)
class Sums:
    """What was given on some days: `given` as it came, `back` what of it went back later, `kept` the rest.

    `gifts` leaves out those that went back altogether, `donors` counts givers of whom something is kept.
    """

    gifts: int
    donors: int
    given: Money
    back: Money

    @property
    def kept(self) -> Money:
        return self.given - self.back

    @property
    def average(self) -> Money | None:
        """What is kept of an average gift; None without one."""
        return averaged(self.kept, self.gifts)


def averaged(amount: Money, count: int) -> Money | None:
    """This function will return one of `count` equal parts of an amount, halves rounded up; None for no parts."""
    if not count:
        return None
    return money.converted(amount, rate=1 / Decimal(count), currency=amount.currency)


@dataclass(frozen=True, slots=True)
class Both:
    """The same thing this year and on the same days last year."""

    now: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the year and the same month a year earlier; None where no day of it has come yet."""

    first: date
    now: Money | None
    before: Money


@dataclass(frozen=True, slots=True)
class Part:
    """A campaign (by its slug) or a fund (by its number): what is kept, in how many gifts."""

    key: str
    now: Money
    before: Money
    gifts: int = 0
    gifts_before: int = 0


def sums(asked: Asked) -> Both:
    """This function will return what was given this year so far, and on the same days last year."""
    now, before = asked.so_far, asked.before
    return Both(_sums(asked, now, asked.year), _sums(asked, before, asked.year - 1))


def _sums(asked: Asked, span: Span, year: int) -> Sums:
    conditions, params = weighing.told_where(asked)
    [row] = weighing.rows(
        f"""SELECT coalesce(sum(gifts - undone), 0)::int AS gifts, coalesce(sum(given_minor), 0)::bigint AS given,
          coalesce(sum(back_minor), 0)::bigint AS back
        FROM ({folding.DAYS}) t WHERE {conditions} AND t.given_on BETWEEN %(first)s AND %(last)s""",
        params | {"first": span.first, "last": span.last},
    )
    donors = _donors(asked, span, year)
    return Sums(row["gifts"], donors, Money(row["given"], asked.currency), Money(row["back"], asked.currency))


def _donors(asked: Asked, span: Span, year: int) -> int:
    """How many had given by the end of the days.

    Of a whole year, or one that runs, cohorts know it. A giver counts from the first gift of the year on: who had given
    by a day is known without asking each gift.
    """
    found = weighing.givers(asked)
    params = found.params | {"of_year": year, "last": span.last}
    if year == asked.year or asked.is_over:
        sql = f"SELECT coalesce(sum(g.donors), 0)::int AS donors FROM {found.cohorts} g WHERE g.year = %(of_year)s"
    else:
        arms = (
            f"SELECT count(*)::int AS donors FROM ({arm}) g WHERE g.year = %(of_year)s AND g.first_on <= %(last)s"
            for arm in found.arms
        )
        sql = f"SELECT sum(donors)::int AS donors FROM ({' UNION ALL '.join(arms)}) counted"
    [row] = weighing.rows(f"{found.begin} {sql}", params)
    return int(row["donors"])


def by_month(asked: Asked) -> list[Month]:
    """Of a year that is not over the months to come are empty; the one that runs stands beside a whole one.

    This function will return the months of the year, the first one first.
    """
    year = asked.span
    conditions, params = weighing.told_where(asked)
    found = weighing.rows(
        f"""SELECT t.month, sum(given_minor - back_minor)::bigint AS kept
        FROM ({folding.MONTHS}) t WHERE {conditions} AND t.month BETWEEN %(first)s AND %(last)s GROUP BY 1""",
        params | {"first": asking.year_earlier(year.first), "last": year.last},
    )
    kept = {row["month"]: row["kept"] for row in found}

    def in_month(first: date) -> Money:
        return Money(kept.get(first, 0), asked.currency)

    return [
        Month(first, in_month(first) if first <= asked.today else None, in_month(asking.year_earlier(first)))
        for first in asking.months(year)
    ]


def by_campaign(asked: Asked) -> list[Part]:
    """This function will return the campaigns that were given to in one of the two years, the largest first."""
    conditions, params = weighing.told_where(asked)
    now, before = asked.so_far, asked.before
    return _parts(
        f"""SELECT c.slug AS key, t.given_on >= %(now_first)s AS is_now, sum(gifts - undone)::int AS gifts,
          sum(given_minor - back_minor)::bigint AS kept
        FROM ({folding.DAYS}) t JOIN campaigns_campaign c ON c.id = t.campaign_id
        WHERE {conditions} AND (t.given_on BETWEEN %(now_first)s AND %(now_last)s
          OR t.given_on BETWEEN %(old_first)s AND %(old_last)s) GROUP BY 1, 2""",
        params
        | {
            "now_first": now.first,
            "now_last": now.last,
            "old_first": before.first,
            "old_last": before.last,
        },
        asked,
    )


def by_fund(asked: Asked) -> list[Part]:
    """Contributions as the books have them, by the month they were booked in: this year, and the whole year before.

    This function will return the funds that got something in one of the two years, the largest first.
    """
    year = asked.span
    clauses = [
        "t.currency = %(currency)s",
        "t.month BETWEEN %(before)s AND %(last)s",
        "a.code = ANY(%(income)s)",
    ]
    params: dict[str, Any] = {
        "currency": asked.currency,
        "income": list(INCOME),
        "before": asking.year_earlier(year.first),
        "first": year.first,
        "last": year.last,
    }
    if asked.entity:
        clauses.append("f.entity_id = (SELECT id FROM ledger_legalentity WHERE code = %(entity)s)")
        params["entity"] = asked.entity
    if asked.campaign:
        clauses.append("t.segment = %(campaign)s")
        params["campaign"] = asked.campaign
    return _parts(
        f"""SELECT t.fund_id::text AS key, t.month >= %(first)s AS is_now, 0 AS gifts,
          sum(credit_minor - debit_minor)::bigint AS kept
        FROM ({books.SUMS}) t JOIN ledger_fund f ON f.id = t.fund_id JOIN ledger_account a ON a.id = t.account_id
        WHERE {" AND ".join(clauses)} GROUP BY 1, 2""",
        params,
        asked,
    )


def _parts(sql: str, params: dict[str, Any], asked: Asked) -> list[Part]:
    told: dict[str, dict[bool, tuple[int, int]]] = {}
    for row in weighing.rows(sql, params):
        told.setdefault(row["key"], {})[row["is_now"]] = (row["kept"], row["gifts"])
    parts = []
    for key, both in told.items():
        now, before = both.get(True, (0, 0)), both.get(False, (0, 0))
        kept, kept_before = Money(now[0], asked.currency), Money(before[0], asked.currency)
        parts.append(Part(key, kept, kept_before, now[1], before[1]))
    return sorted(parts, key=lambda part: (-part.now.minor, -part.before.minor, part.key))
