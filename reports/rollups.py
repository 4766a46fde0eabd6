"""Rollups: the figures behind dashboards and reports, read from sums that are kept up as gifts arrive.

THE READ SIDE. Gifts are here, people in `reports.givers`, funds, accounts and loose cash in `reports.booked`. Every
function asks one question with one statement, sums and unfolded deltas together, so a gift counts from the moment it is
committed; nothing grows with the number of gifts.

- Amounts of different currencies never meet: each figure is of one currency, and there is one figure for each.
- `Scope()` is everybody, `Scope(entity="US")` one legal entity by its code, `Scope(campaign="family")` one campaign by
  its slug. An unknown one raises NoSuchScope.
- Days are days for tax (`given_on`), as in the list of donations; funds follow the books (`booked_on`).
- `Given` is what came: all gifts as recorded, how many of them went back wholly, and what went back.
  Refunds, reversals and lost disputes belong to the day of their gift, not to the day they happened.
- Loose cash and gifts of givers not known yet are no donations; `booked.loose` tells them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from donations import folding, scheduling
from ledger.money import Money


class NoSuchScope(ValueError):
    """No legal entity or campaign has this name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose gifts: everybody's, those of one legal entity (its code), or those to one campaign (its slug)."""

    entity: str = ""
    campaign: str = ""


EVERYBODY = Scope()


@dataclass(frozen=True, slots=True)
class Given:
    """What came in one currency. `recorded` gifts worth `given`; `undone` of them went back wholly; `back` in all."""

    recorded: int
    undone: int
    given: Money
    back: Money

    @property
    def currency(self) -> str:
        return self.given.currency

    @property
    def gifts(self) -> int:
        """Gifts of which something stayed."""
        return self.recorded - self.undone

    @property
    def net(self) -> Money:
        return self.given - self.back

    @property
    def average(self) -> Money | None:
        """What stayed for each gift that stands, halves rounded up; None without one."""
        return (
            Money((2 * self.net.minor + self.gifts) // (2 * self.gifts), self.currency)
            if self.gifts
            else None
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same days of two years in one currency. `change` is in tenths of a percent, None when nothing was before."""

    this: Given
    last: Given

    @property
    def currency(self) -> str:
        return self.this.currency

    @property
    def change(self) -> int | None:
        before = self.last.net.minor
        return (1000 * (self.this.net.minor - before)) // before if before > 0 else None


@dataclass(frozen=True, slots=True)
class Month:
    """One month, by its first day, in one currency."""

    month: date
    given: Given


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """A campaign in one currency: ever, this year until the day asked for, and the same days last year."""

    campaign_id: int
    slug: str
    ever: Given
    donors: int
    this: Given
    last: Given


@dataclass(frozen=True, slots=True)
class Band:
    """Gifts from an amount up to, and not including, another; `below` is None for the last band."""

    start: Money
    below: Money | None
    given: Given


_SUMS = (
    "coalesce(sum({f}gifts), 0)::bigint, coalesce(sum({f}undone), 0)::bigint,"
    " coalesce(sum({f}given_minor), 0)::bigint, coalesce(sum({f}back_minor), 0)::bigint"
)
_FOUR = _SUMS.format(f="")


def scope_id(scope: Scope) -> int:
    """How the tables name a scope: 0 everybody, n a legal entity, -n a campaign. Raises NoSuchScope."""
    if scope.campaign:
        found = _rows("SELECT -id FROM campaigns_campaign WHERE slug = %(name)s", {"name": scope.campaign})
    elif scope.entity:
        found = _rows("SELECT id FROM ledger_legalentity WHERE code = %(name)s", {"name": scope.entity})
    else:
        return 0
    if not found:
        raise NoSuchScope(scope.campaign or scope.entity)
    return int(found[0][0])


def first_of(day: date) -> date:
    return day.replace(day=1)


def year_before(day: date) -> date:
    """The same day of the year before; of 29 February the 28th."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


_WITHIN = """
SELECT {columns}, gifts, undone, given_minor, back_minor FROM ({months}) m
 WHERE month >= %({name}_from)s AND month < %({name}_month)s AND {where}
UNION ALL
SELECT {columns}, gifts, undone, given_minor, back_minor FROM ({days}) d
 WHERE given_on >= %({name}_month)s AND given_on <= %({name}_to)s AND {where}
"""


def _of(scope: int) -> str:
    return {0: "TRUE", 1: "entity_id = %(scope)s", -1: "campaign_id = -%(scope)s"}[(scope > 0) - (scope < 0)]


def _until(name: str, first: date, last: date) -> dict[str, date]:
    """From the first of a month to a day: whole months of the months, the last one of the days."""
    return {f"{name}_from": first, f"{name}_month": first_of(last), f"{name}_to": last}


def _within(name: str, *, scope: int, columns: str) -> str:
    return _WITHIN.format(
        name=name, columns=columns, where=_of(scope), months=folding.MONTHS, days=folding.DAYS
    )


def year_to_date(*, scope: Scope = EVERYBODY, day: date) -> list[Comparison]:
    """What came from 1 January to a day, that day included, beside the same days of the year before.

    This function will return one comparison for each currency anything came in during either, by currency.
    """
    number, former = scope_id(scope), year_before(day)
    sql = f"""
    WITH this AS ({_within("this", scope=number, columns="currency")}),
    last AS ({_within("last", scope=number, columns="currency")}), years AS (
      SELECT currency, gifts, undone, given_minor, back_minor,
        0::bigint AS g, 0::bigint AS u, 0::bigint AS a, 0::bigint AS b FROM this
      UNION ALL SELECT currency, 0, 0, 0, 0, gifts, undone, given_minor, back_minor FROM last)
    SELECT currency, {_FOUR}, sum(g)::bigint, sum(u)::bigint, sum(a)::bigint, sum(b)::bigint
      FROM years GROUP BY currency ORDER BY currency
    """
    values = {
        "scope": number,
        **_until("this", date(day.year, 1, 1), day),
        **_until("last", date(former.year, 1, 1), former),
    }
    return [
        Comparison(_given(currency, *figures[:4]), _given(currency, *figures[4:]))
        for currency, *figures in _rows(sql, values)
    ]


def between(*, scope: Scope = EVERYBODY, first: date, last: date) -> list[Given]:
    """What came on the days from `first` to `last`, both included, whatever months they cut.

    This function will return one figure for each currency, by currency.
    """
    number = scope_id(scope)
    sql = f"""
    SELECT currency, {_FOUR} FROM (
      SELECT currency, gifts, undone, given_minor, back_minor FROM ({folding.MONTHS}) m
       WHERE month >= %(inner)s AND month < %(end)s AND {_of(number)}
      UNION ALL
      SELECT currency, gifts, undone, given_minor, back_minor FROM ({folding.DAYS}) d
       WHERE (given_on BETWEEN %(first)s AND %(head)s OR given_on BETWEEN %(tail)s AND %(last)s) AND {_of(number)}
    ) x GROUP BY currency ORDER BY currency
    """
    inner = first if first.day == 1 else scheduling.months_later(first.replace(day=1), 1)
    end = max(inner, first_of(last))
    values = {
        "scope": number,
        "first": first,
        "last": last,
        "inner": inner,
        "end": end,
        "head": min(last, inner - timedelta(days=1)),
        "tail": max(first, end),
    }
    return [_given(currency, *figures) for currency, *figures in _rows(sql, values)]


def months_until(day: date, count: int) -> list[date]:
    """This function will return the first days of `count` months, the last of them the month of `day`."""
    last = day.year * 12 + day.month - 1
    return [date(place // 12, place % 12 + 1, 1) for place in range(last - count + 1, last + 1)]


def by_month(*, scope: Scope = EVERYBODY, day: date, count: int = 24) -> list[Month]:
    """The `count` months until the one of `day`, oldest first.

    This function will return every month in every currency that occurs in any of them, zeros included, by currency.
    """
    months = months_until(day, count)
    number = scope_id(scope)
    sql = f"""
    SELECT currency, month, {_FOUR} FROM ({folding.MONTHS}) m
     WHERE month BETWEEN %(first)s AND %(last)s AND {_of(number)} GROUP BY currency, month
    """
    found = {
        (currency, month): _given(currency, *figures)
        for currency, month, *figures in _rows(sql, {"first": months[0], "last": months[-1], "scope": number})
    }
    return [
        Month(month, found.get((currency, month)) or _given(currency))
        for currency in sorted({currency for currency, _ in found})
        for month in months
    ]


_CAMPAIGNS = """
WITH {unfolded}, ever AS (
  SELECT campaign_id, currency, {four} FROM ({months}) m WHERE {where} GROUP BY 1, 2
), donors AS (
  SELECT -scope AS campaign_id, currency, sum(donors)::bigint AS donors FROM ({cohorts}) c
   WHERE scope < 0 AND after_year = 9999 GROUP BY 1, 2
), this AS (SELECT campaign_id, currency, {four} FROM ({this}) t GROUP BY 1, 2),
last AS (SELECT campaign_id, currency, {four} FROM ({last}) l GROUP BY 1, 2)
SELECT e.campaign_id, c.slug, coalesce(n.donors, 0), e.*, t.*, l.*
  FROM ever e JOIN campaigns_campaign c ON c.id = e.campaign_id
  LEFT JOIN donors n ON n.campaign_id = e.campaign_id AND n.currency = e.currency
  LEFT JOIN this t ON t.campaign_id = e.campaign_id AND t.currency = e.currency
  LEFT JOIN last l ON l.campaign_id = e.campaign_id AND l.currency = e.currency
 ORDER BY c.position, c.id, e.currency
"""


def by_campaign(*, scope: Scope = EVERYBODY, day: date) -> list[CampaignFigures]:
    """What each campaign was given, with the number of people who gave to it and did not have it all back.

    A giver in two currencies is one donor in each. This function will return the campaigns in their order, one row
    for each currency.
    """
    number, former = scope_id(scope), year_before(day)
    sql = _CAMPAIGNS.format(
        unfolded=folding.UNFOLDED,
        four=_FOUR,
        months=folding.MONTHS,
        where=_of(number),
        cohorts=folding.COHORTS,
        this=_within("this", scope=number, columns="campaign_id, currency"),
        last=_within("last", scope=number, columns="campaign_id, currency"),
    )
    values = {
        "scope": number,
        **_until("this", date(day.year, 1, 1), day),
        **_until("last", date(former.year, 1, 1), former),
    }
    return [
        CampaignFigures(
            campaign_id=row[0],
            slug=row[1],
            donors=row[2],
            ever=_given(row[4], *row[5:9]),
            this=_given(row[4], *(figure or 0 for figure in row[11:15])),
            last=_given(row[4], *(figure or 0 for figure in row[17:21])),
        )
        for row in _rows(sql, values)
    ]


def size_bands(*, scope: Scope = EVERYBODY, year: int, currency: str, edges: list[Money]) -> list[Band]:
    """Gifts of a year by their size. `edges` rise, are of `currency` and begin a band each; the first is usually 0.

    An edge has at most two digits that are not zero at its end (25.00, 2,500): others raise ValueError. A scope may be
    an entity, not a campaign. This function will return one band for each edge, empty ones too.
    """
    if any(len(str(edge.minor).rstrip("0")) > 2 for edge in edges):
        raise ValueError("the edge of a band is a round amount")
    number = scope_id(scope)
    if number < 0:
        raise NoSuchScope(scope.campaign)
    sql = f"""
    SELECT width_bucket(size_minor, %(edges)s::bigint[]) AS place, {_FOUR} FROM ({folding.SIZES}) s
     WHERE currency = %(currency)s AND year = %(year)s AND {_of(number)} GROUP BY 1
    """
    values = {
        "scope": number,
        "year": year,
        "currency": currency,
        "edges": [edge.minor for edge in edges],
    }
    found = {place: figures for place, *figures in _rows(sql, values)}
    ends: list[Money | None] = [*edges[1:], None]
    return [
        Band(start, below, _given(currency, *found.get(place, ())))
        for place, (start, below) in enumerate(zip(edges, ends, strict=True), 1)
    ]


def _given(currency: str, recorded: int = 0, undone: int = 0, given: int = 0, back: int = 0) -> Given:
    return Given(recorded, undone, Money(given, currency), Money(back, currency))


def _rows(sql: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def currencies(*, scope: Scope = EVERYBODY) -> Iterator[str]:
    """This function will yield the currencies anything was ever given in, the one with most gifts first."""
    number = scope_id(scope)
    sql = f"SELECT currency, sum(gifts) FROM ({folding.MONTHS}) m WHERE {_of(number)} GROUP BY 1 ORDER BY 2 DESC, 1"
    yield from (currency for currency, _ in _rows(sql, {"scope": number}))
