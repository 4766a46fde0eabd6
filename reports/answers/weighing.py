"""Weighing: where a report finds its sums: what was counted ahead, or the gifts themselves where that is not enough.

What is counted ahead (`donations.folding`) knows calendar years, and one body or one campaign at a time. A fiscal year
that is not the calendar's, or a body and a campaign together, is counted from the gifts, to the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from donations import folding
from reports import filtering
from reports.answers.asking import Asked, Span

NEVER = folding.NEVER
GIFTS = "donations_donation d LEFT JOIN donations_giftback gone ON gone.donation_id = d.id"
BACK = "coalesce(gone.back_minor, 0)"
KEPT = f"(d.amount_minor - {BACK})"
IS_KEPT = f"({BACK} < d.amount_minor)"
"""Whether anything of gift `d` stayed."""
_SCOPE = {
    "entity": "(SELECT id FROM ledger_legalentity WHERE code = %(entity)s)",
    "campaign": "(SELECT id FROM campaigns_campaign WHERE slug = %(campaign)s)",
}


@dataclass(frozen=True, slots=True)
class Givers:
    """Rows `g` about givers: `begin` stands before a question, `arms` and `cohorts` are what it may ask.

    A row of an arm is a giver's year with the years beside it; no giver is in two arms, and each is asked by itself so
    that its index keeps the order. A row of `cohorts` is how many givers have the same years.
    """

    begin: str
    arms: tuple[str, ...]
    cohorts: str
    params: dict[str, Any]


def givers(asked: Asked) -> Givers:
    """This function will return where the givers of a report are found."""
    params: dict[str, Any] = {
        "currency": asked.currency,
        "entity": asked.entity,
        "campaign": asked.campaign,
        "year": asked.year,
    }
    told = scope(asked)
    if asked.ends_in_month == 12 and told is not None:
        mine = f"scope = {told} AND currency = %(currency)s"
        return Givers(
            begin=f"WITH {quoted(folding.UNFOLDED)}",
            arms=(
                f"SELECT {folding.COLUMNS} FROM donations_giveryear"
                f" WHERE donor_id NOT IN (SELECT id FROM whose) AND {mine}",
                f"SELECT {folding.COLUMNS} FROM fresh WHERE {mine}",
            ),
            cohorts=f"(SELECT * FROM ({quoted(folding.COHORTS)}) told WHERE {mine})",
            params=params,
        )
    conditions, more = where(asked)
    years = f"""SELECT 0::bigint AS scope, d.currency, coalesce(p.merged_into_id, p.id) AS donor_id,
      {year_sql(asked.ends_in_month)} AS year, count(*) AS gifts, sum({KEPT})::bigint AS net_minor,
      min(d.given_on) AS first_on, max(d.given_on) AS last_on
    FROM {GIFTS} JOIN donors_donor p ON p.id = d.donor_id WHERE {conditions} AND {IS_KEPT} GROUP BY 2, 3, 4"""
    begun = quoted(folding.GIVERS.format(years="years"))
    return Givers(
        begin=f"WITH years AS MATERIALIZED ({years}), told AS MATERIALIZED ({begun})",
        arms=(f"SELECT {folding.COLUMNS} FROM told",),
        cohorts=f"({quoted(folding.counted('told'))})",
        params=params | more,
    )


def scope(asked: Asked) -> str | None:
    """This function will return the scope people are counted by, as SQL; None for a body and a campaign together."""
    if asked.entity and asked.campaign:
        return None
    if asked.campaign:
        return f"-{_SCOPE['campaign']}"
    return _SCOPE["entity"] if asked.entity else "0"


def quoted(sql: str) -> str:
    """SQL of another room stands beside our parameters: a per cent sign of its own would be taken for one.

    This function will return it with such signs doubled.
    """
    return sql.replace("%", "%%")


def year_sql(ends_in_month: int, day: str = "d.given_on") -> str:
    """This function will return the year of a day, named after the calendar year it ends in, as SQL."""
    if ends_in_month == 12:
        return f"extract(year FROM {day})::int"
    return f"extract(year FROM {day} + interval '{12 - ends_in_month} months')::int"


def where(asked: Asked, span: Span | None = None) -> tuple[str, dict[str, Any]]:
    """This function will return the conditions on gifts, the same as the list of gifts has for this filter."""
    return filtering.conditions(asked.filters(span))


def told_where(asked: Asked) -> tuple[str, dict[str, Any]]:
    """This function will return the conditions on rows `t` counted ahead by body, campaign and currency."""
    clauses, params = ["t.currency = %(currency)s"], {"currency": asked.currency}
    for name, chosen in (("entity", asked.entity), ("campaign", asked.campaign)):
        if chosen:
            clauses.append(f"t.{name}_id = {_SCOPE[name]}")
            params[name] = chosen
    return " AND ".join(clauses), params


def tuples(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """This function will return what the database answers as it is, for what may be long."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """This function will return what the database answers, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
