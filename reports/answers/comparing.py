"""Comparing: a year beside the same days of the year before, in sum, by month, by campaign and by fund."""

from dataclasses import dataclass
from datetime import date

from ledger.balances import INCOME
from ledger.money import Money
from reports.answers import asking, weighing
from reports.answers.asking import Asked, Span
from reports.answers.weighing import BACK, GIFTS, KEPT


@dataclass(frozen=True, slots=True)
class Sums:
    """What was given on some days: `given` as it came, `back` what of it went back later, `kept` the rest."""

    gifts: int
    donors: int
    given: Money
    back: Money

    @property
    def kept(self) -> Money:
        return self.given - self.back

    @property
    def average(self) -> Money | None:
        """What is kept of an average gift, rounded; None without a gift."""
        return (
            self.kept.split([1] * 1 + [self.gifts - 1])[0]
            if self.gifts > 1
            else self.kept
            if self.gifts
            else None
        )


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
    """A campaign or a fund: its key (slug, or number of the fund), what is kept, how many gifts."""

    key: str
    now: Money
    before: Money
    gifts: int
    gifts_before: int


def _both(asked: Asked) -> dict[str, object]:
    now, before = asked.so_far, asked.before
    return {"now_first": now.first, "now_last": now.last, "old_first": before.first, "old_last": before.last}


_DAYS = (
    "(d.given_on BETWEEN %(now_first)s AND %(now_last)s OR d.given_on BETWEEN %(old_first)s AND %(old_last)s)"
)
_IS_NOW = "d.given_on >= %(now_first)s"


def _wide(asked: Asked) -> Span:
    return Span(min(asked.before.first, asked.so_far.first), asked.so_far.last)


def sums(asked: Asked) -> Both:
    """This function will return what was given this year so far, and on the same days last year."""
    conditions, params = weighing.where(asked, _wide(asked))
    found = weighing.rows(
        f"""SELECT {_IS_NOW} AS is_now, count(*)::int AS gifts,
          count(DISTINCT coalesce(p.merged_into_id, p.id))::int AS donors,
          sum(d.amount_minor)::bigint AS given, sum({BACK})::bigint AS back
        FROM {GIFTS} JOIN donors_donor p ON p.id = d.donor_id WHERE {conditions} AND {_DAYS} GROUP BY 1""",
        params | _both(asked),
    )
    nothing = Money(0, asked.currency)
    told = {
        row["is_now"]: Sums(
            row["gifts"],
            row["donors"],
            Money(row["given"], asked.currency),
            Money(row["back"], asked.currency),
        )
        for row in found
    }
    empty = Sums(0, 0, nothing, nothing)
    return Both(told.get(True, empty), told.get(False, empty))


def by_month(asked: Asked) -> list[Month]:
    """Of a year that is not over the months to come are empty, and the one that runs is compared with a whole one.

    This function will return the months of the year, the first one first.
    """
    year = asked.span
    whole = Span(asking.year_earlier(year.first), asked.so_far.last)
    conditions, params = weighing.where(asked, whole)
    found = weighing.rows(
        f"""SELECT date_trunc('month', d.given_on)::date AS month, sum({KEPT})::bigint AS kept
        FROM {GIFTS} WHERE {conditions} GROUP BY 1""",
        params,
    )
    kept = {row["month"]: row["kept"] for row in found}

    def in_month(first: date) -> Money:
        return Money(kept.get(first, 0), asked.currency)

    return [
        Month(
            first,
            in_month(first) if first <= asked.so_far.last else None,
            in_month(asking.year_earlier(first)),
        )
        for first in asking.months(year)
    ]


def by_campaign(asked: Asked) -> list[Part]:
    """This function will return the campaigns that were given to in one of the two years, the largest first."""
    conditions, params = weighing.where(asked, _wide(asked))
    return _parts(
        f"""SELECT c.slug AS key, {_IS_NOW} AS is_now, count(*)::int AS gifts, sum({KEPT})::bigint AS kept
        FROM {GIFTS} JOIN campaigns_campaign c ON c.id = d.campaign_id
        WHERE {conditions} AND {_DAYS} GROUP BY 1, 2""",
        params | _both(asked),
        asked,
    )


def by_fund(asked: Asked) -> list[Part]:
    """Contributions as the books have them, by the day they were booked; gifts are counted by their entries.

    This function will return the funds that got something in one of the two years, the largest first.
    """
    clauses = [
        "a.code = ANY(%(income)s)",
        "l.currency = %(currency)s",
        _DAYS.replace("d.given_on", "en.booked_on"),
    ]
    params = {**_both(asked), "income": list(INCOME), "currency": asked.currency}
    if asked.entity:
        clauses.append("en.entity_id = (SELECT id FROM ledger_legalentity WHERE code = %(entity)s)")
        params["entity"] = asked.entity
    if asked.campaign:
        clauses.append("l.segment = %(campaign)s")
        params["campaign"] = asked.campaign
    return _parts(
        f"""SELECT l.fund_id::text AS key, en.booked_on >= %(now_first)s AS is_now,
          count(DISTINCT en.id) FILTER (WHERE en.kind = 'donation')::int AS gifts, -sum(l.amount_minor)::bigint AS kept
        FROM ledger_line l JOIN ledger_entry en ON en.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id
        WHERE {" AND ".join(clauses)} GROUP BY 1, 2""",
        params,
        asked,
    )


def _parts(sql: str, params: dict[str, object], asked: Asked) -> list[Part]:
    told: dict[str, dict[bool, tuple[int, int]]] = {}
    for row in weighing.rows(sql, params):
        told.setdefault(row["key"], {})[row["is_now"]] = (row["kept"], row["gifts"])
    parts = []
    for key, both in told.items():
        now, before = both.get(True, (0, 0)), both.get(False, (0, 0))
        parts.append(
            Part(key, Money(now[0], asked.currency), Money(before[0], asked.currency), now[1], before[1])
        )
    return sorted(parts, key=lambda part: (-part.now.minor, -part.before.minor, part.key))
