"""Renewing: how standing gifts stand: what they bring each month, which fail, which cards end, which ended and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ledger import money
from ledger.money import Money
from reports.answers import asking, weighing
from reports.answers.asking import Asked

MONTHS = "(pl.interval_count * CASE pl.interval WHEN 'year' THEN 12 ELSE 1 END)"
"""Months from one gift of plan `pl` to the next."""
STATES = ("active", "past_due", "paused")
CARDS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class State:
    """Plans in one state: how many, of how many givers, and what they come to each month."""

    state: str
    plans: int
    donors: int
    monthly: Money


@dataclass(frozen=True, slots=True)
class Ending:
    """Plans that ended in a year for one reason, and what they came to each month."""

    reason: str
    plans: int
    monthly: Money


@dataclass(frozen=True, slots=True)
class Cards:
    """Active plans whose card ends in a month; `month` None: it ended already."""

    month: date | None
    plans: int
    monthly: Money


@dataclass(frozen=True, slots=True)
class Month:
    """Plans that began and ended in a month, and how many stood at its end."""

    first: date
    began: int
    ended: int
    standing: int


@dataclass(frozen=True, slots=True)
class Health:
    """`endings` and `months` are of the twelve months up to the day; `ended_from` is the first of them."""

    states: list[State]
    endings: list[Ending]
    cards: list[Cards]
    months: list[Month]
    ended_from: date

    def state(self, name: str) -> State:
        return next(one for one in self.states if one.state == name)


def conditions(asked: Asked) -> tuple[str, dict[str, Any]]:
    """This function will return the conditions on plans `pl`: currency, body and campaign."""
    clauses = ["pl.currency = %(currency)s", "pl.status <> 'incomplete'"]
    params: dict[str, Any] = {"currency": asked.currency}
    if asked.entity:
        clauses.append("pl.entity_id = (SELECT id FROM ledger_legalentity WHERE code = %(entity)s)")
        params["entity"] = asked.entity
    if asked.campaign:
        clauses.append("pl.campaign_id = (SELECT id FROM campaigns_campaign WHERE slug = %(campaign)s)")
        params["campaign"] = asked.campaign
    return " AND ".join(clauses), params


def monthly(sums: dict[int, int], currency: str) -> Money:
    """What comes by the year counts a twelfth each month; rounded once for each rhythm.

    `sums` holds minor units by the months between two gifts. This function will return their sum for one month.
    """
    parts = (
        money.converted(Money(minor, currency), rate=1 / Decimal(months), currency=currency)
        for months, minor in sums.items()
    )
    return money.total(parts, currency=currency)


def health(asked: Asked) -> Health:
    """This function will return how the standing gifts of a currency stand on the day."""
    first = asking.month_after(asked.today.replace(day=1), -11)
    return Health(
        states=_states(asked),
        endings=_endings(asked, first),
        cards=_cards(asked),
        months=_months(asked, first),
        ended_from=first,
    )


def _gathered(sql: str, params: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    """Rows by `key`, with sums by rhythm."""
    told: dict[Any, dict[str, Any]] = {}
    for row in weighing.rows(sql, params):
        kept = told.setdefault(row["key"], {"plans": 0, "sums": {}})
        kept["plans"] += row["plans"]
        kept["sums"][row["months"]] = row["minor"]
    return told


_SUMS = f"{MONTHS}::int AS months, count(*)::int AS plans, sum(pl.amount_minor)::bigint AS minor"


def _states(asked: Asked) -> list[State]:
    clauses, params = conditions(asked)
    params["states"] = list(STATES)
    told = _gathered(
        f"""SELECT pl.status AS key, {_SUMS} FROM donations_recurringplan pl
        WHERE {clauses} AND pl.status = ANY(%(states)s) GROUP BY 1, 2""",
        params,
    )
    donors = weighing.rows(
        f"""SELECT pl.status AS key, count(DISTINCT coalesce(p.merged_into_id, p.id))::int AS donors
        FROM donations_recurringplan pl JOIN donors_donor p ON p.id = pl.donor_id
        WHERE {clauses} AND pl.status = ANY(%(states)s) GROUP BY 1""",
        params,
    )
    people = {row["key"]: row["donors"] for row in donors}
    empty: dict[str, Any] = {"plans": 0, "sums": {}}
    return [
        State(state, one["plans"], people.get(state, 0), monthly(one["sums"], asked.currency))
        for state in STATES
        for one in [told.get(state, empty)]
    ]


def _endings(asked: Asked, first: date) -> list[Ending]:
    clauses, params = conditions(asked)
    told = _gathered(
        f"""SELECT pl.end_reason AS key, {_SUMS} FROM donations_recurringplan pl
        WHERE {clauses} AND pl.ended_at >= %(first)s GROUP BY 1, 2""",
        params | {"first": first},
    )
    made = [Ending(key, one["plans"], monthly(one["sums"], asked.currency)) for key, one in told.items()]
    return sorted(made, key=lambda one: (-one.plans, one.reason))


def _cards(asked: Asked) -> list[Cards]:
    clauses, params = conditions(asked)
    this = asked.today.replace(day=1)
    told = _gathered(
        f"""SELECT
          CASE WHEN pl.card_expires_on >= %(this)s THEN date_trunc('month', pl.card_expires_on)::date END AS key,
          {_SUMS} FROM donations_recurringplan pl
        WHERE {clauses} AND pl.status IN ('active', 'past_due') AND pl.card_expires_on < %(end)s GROUP BY 1, 2""",
        params | {"this": this, "end": asking.month_after(this, CARDS_AHEAD)},
    )
    made = [Cards(key, one["plans"], monthly(one["sums"], asked.currency)) for key, one in told.items()]
    return sorted(made, key=lambda one: one.month or date.min)


def _months(asked: Asked, first: date) -> list[Month]:
    clauses, params = conditions(asked)
    [standing] = weighing.rows(
        f"""SELECT count(*)::int AS plans FROM donations_recurringplan pl
        WHERE {clauses} AND pl.started_at < %(first)s AND (pl.ended_at IS NULL OR pl.ended_at >= %(first)s)""",
        params | {"first": first},
    )
    found = weighing.rows(
        f"""SELECT month, sum(began)::int AS began, sum(ended)::int AS ended FROM (
          SELECT date_trunc('month', pl.started_at)::date AS month, 1 AS began, 0 AS ended
          FROM donations_recurringplan pl WHERE {clauses} AND pl.started_at >= %(first)s
          UNION ALL SELECT date_trunc('month', pl.ended_at)::date, 0, 1
          FROM donations_recurringplan pl WHERE {clauses} AND pl.ended_at >= %(first)s) moves GROUP BY 1""",
        params | {"first": first},
    )
    told = {row["month"]: (row["began"], row["ended"]) for row in found}
    stands, made = standing["plans"], []
    for number in range(12):
        month = asking.month_after(first, number)
        began, ended = told.get(month, (0, 0))
        stands += began - ended
        made.append(Month(month, began, ended, stands))
    return made
