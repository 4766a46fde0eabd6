"""Forecasting: what standing gifts and promises should bring in the next twelve months, as an honest range.

What is scheduled never comes whole: charges fail for good and givers leave. Both are measured over the last twelve
months, quarter by quarter; the range goes from the worst quarter to the best one. Nothing is added for givers who may
yet begin. A promise counts on the day its part falls due, less what was paid; one with a condition stands apart.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from ledger.money import Money
from reports.answers import asking, renewing, weighing
from reports.answers.asking import Asked

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of the past: what was collected and what was given up, who stood at its beginning and who left."""

    first: date
    collected: Money
    missed: Money
    stood: int
    left: int

    @property
    def failing(self) -> Fraction | None:
        """The share of what was due that never came; None when nothing was due."""
        due = self.collected.minor + self.missed.minor
        return Fraction(self.missed.minor, due) if due > 0 else None

    @property
    def leaving(self) -> Fraction | None:
        """The share of the plans that ended in a month of it; None when none stood."""
        return min(Fraction(self.left, self.stood * 3), Fraction(1)) if self.stood else None


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of what is lost: of each charge, and of all plans each month."""

    failing: Fraction
    leaving: Fraction

    def of(self, scheduled: Money, *, month: int) -> Money:
        """This function will return what comes of what is scheduled for the `month`th month from now."""
        share = (1 - self.failing) * (1 - self.leaving) ** month
        return Money(scheduled.minor * share.numerator // share.denominator, scheduled.currency)


@dataclass(frozen=True, slots=True)
class Month:
    """What one month should bring: of standing gifts, from `least` to `most`, and of promises."""

    first: date
    plans: int
    scheduled: Money
    least: Money
    likely: Money
    most: Money
    promised: Money
    conditional: Money

    @property
    def together(self) -> Money:
        return self.likely + self.promised


@dataclass(frozen=True, slots=True)
class Forecast:
    """`overdue` fell due before the first month and was not paid. Without `quarters` nobody knows how much is lost."""

    months: list[Month]
    quarters: list[Quarter]
    worst: Rates
    usual: Rates
    best: Rates
    overdue: Money
    overdue_parts: int
    unscheduled: int


def forecast(asked: Asked) -> Forecast:
    """This function will return the next twelve months, the one that runs first."""
    start = asked.today.replace(day=1)
    quarters = _quarters(asked, start)
    known = [one for one in quarters if one.failing is not None or one.leaving is not None]
    worst, usual, best = _rates(known)
    due, unscheduled = _scheduled(asked, start)
    promised = _promised(asked)
    months = []
    for number in range(MONTHS):
        first = asking.month_after(start, number)
        plans, minor = due.get(number, (0, 0))
        scheduled = Money(minor, asked.currency)
        plain, conditional = _due(promised, first, asked)
        months.append(
            Month(
                first=first,
                plans=plans,
                scheduled=scheduled,
                least=worst.of(scheduled, month=number),
                likely=usual.of(scheduled, month=number),
                most=best.of(scheduled, month=number),
                promised=plain,
                conditional=conditional,
            )
        )
    late = [row for row in promised if row["due_on"] < asked.today and not row["is_conditional"]]
    return Forecast(
        months=months,
        quarters=known,
        worst=worst,
        usual=usual,
        best=best,
        overdue=Money(sum(row["minor"] for row in late), asked.currency),
        overdue_parts=sum(row["parts"] for row in late),
        unscheduled=unscheduled,
    )


def _rates(known: list[Quarter]) -> tuple[Rates, Rates, Rates]:
    failing = [one.failing for one in known if one.failing is not None] or [Fraction(0)]
    leaving = [one.leaving for one in known if one.leaving is not None] or [Fraction(0)]
    due = sum(one.collected.minor + one.missed.minor for one in known)
    stood = sum(one.stood for one in known)
    usual = Rates(
        Fraction(sum(one.missed.minor for one in known), due) if due > 0 else Fraction(0),
        min(Fraction(sum(one.left for one in known), stood * 3), Fraction(1)) if stood else Fraction(0),
    )
    return Rates(max(failing), max(leaving)), usual, Rates(min(failing), min(leaving))


def _scheduled(asked: Asked, start: date) -> tuple[dict[int, tuple[int, int]], int]:
    """Plans and minor units by the number of the month they are charged in; how many plans have no next day."""
    clauses, params = renewing.conditions(asked)
    found = weighing.rows(
        f"""SELECT {renewing.MONTHS}::int AS months, count(*)::int AS plans, sum(pl.amount_minor)::bigint AS minor,
          date_trunc('month', greatest(CASE WHEN pl.status = 'paused' THEN greatest(pl.resumes_on,
            (pl.next_charge_at AT TIME ZONE e.zone)::date) ELSE (pl.next_charge_at AT TIME ZONE e.zone)::date END,
            %(start)s::date))::date AS next, pl.next_charge_at IS NULL AND pl.resumes_on IS NULL AS is_unknown,
          date_trunc('month', pl.ends_on)::date AS ends
        FROM donations_recurringplan pl JOIN ledger_legalentity e ON e.id = pl.entity_id
        WHERE {clauses} AND (pl.status IN ('active', 'past_due') OR pl.status = 'paused' AND pl.resumes_on IS NOT NULL)
        GROUP BY 1, 4, 5, 6""",
        params | {"start": start},
    )
    due: dict[int, tuple[int, int]] = {}
    unknown = sum(row["plans"] for row in found if row["is_unknown"])
    for row in found:
        if row["is_unknown"]:
            continue
        for number in _numbers(row, start):
            plans, minor = due.get(number, (0, 0))
            due[number] = plans + row["plans"], minor + row["minor"]
    return due, unknown


def _numbers(row: dict[str, Any], start: date) -> range:
    """The numbers of the months, from 0, in which such plans are charged."""
    last = _between(start, row["ends"]) if row["ends"] else MONTHS - 1
    return range(_between(start, row["next"]), min(last, MONTHS - 1) + 1, row["months"])


def _between(first: date, later: date) -> int:
    return (later.year - first.year) * 12 + later.month - first.month


def _promised(asked: Asked) -> list[dict[str, Any]]:
    """What of open promises was not paid, by day and whether it has a condition."""
    clauses, params = ["pg.status = 'open'", "pg.currency = %(currency)s"], {"currency": asked.currency}
    if asked.entity:
        clauses.append("pg.entity_id = (SELECT id FROM ledger_legalentity WHERE code = %(entity)s)")
        params["entity"] = asked.entity
    if asked.campaign:
        clauses.append("pg.campaign_id = (SELECT id FROM campaigns_campaign WHERE slug = %(campaign)s)")
        params["campaign"] = asked.campaign
    return weighing.rows(
        f"""SELECT i.due_on, pg.is_conditional, count(*)::int AS parts,
          sum(i.amount_minor - coalesce(paid.minor, 0))::bigint AS minor
        FROM donations_instalment i JOIN donations_pledge pg ON pg.id = i.pledge_id
        LEFT JOIN (SELECT instalment_id, sum(amount_minor)::bigint AS minor FROM donations_pledgepayment
          GROUP BY 1) paid ON paid.instalment_id = i.id
        WHERE {" AND ".join(clauses)} AND i.amount_minor > coalesce(paid.minor, 0) GROUP BY 1, 2""",
        params,
    )


def _due(promised: list[dict[str, Any]], first: date, asked: Asked) -> tuple[Money, Money]:
    span = asking.month_of(first)
    told = [row for row in promised if row["due_on"] in span and row["due_on"] >= asked.today]
    plain, conditional = (
        sum(row["minor"] for row in told if row["is_conditional"] is kind) for kind in (False, True)
    )
    return Money(plain, asked.currency), Money(conditional, asked.currency)


def _quarters(asked: Asked, start: date) -> list[Quarter]:
    """Four quarters of whole months up to the one that runs. An invoice given up is one not tried again."""
    clauses, params = renewing.conditions(asked)
    first = asking.month_after(start, -MONTHS)
    params |= {"first": first, "start": start}
    collected = _by_month(
        f"""SELECT date_trunc('month', d.given_on)::date AS month, sum(d.amount_minor)::bigint AS told
        FROM donations_recurringplan pl JOIN donations_donation d ON d.plan_id = pl.id
        WHERE {clauses} AND d.given_on >= %(first)s AND d.given_on < %(start)s GROUP BY 1""",
        params,
    )
    missed = _by_month(
        f"""SELECT date_trunc('month', failed_at)::date AS month, sum(amount_minor)::bigint AS told FROM (
          SELECT DISTINCT ON (f.invoice_ref) f.failed_at, f.amount_minor, f.next_attempt_at
          FROM donations_recurringplan pl JOIN donations_planfailure f ON f.plan_id = pl.id
          WHERE {clauses} AND f.failed_at >= %(first)s AND f.failed_at < %(start)s
          ORDER BY f.invoice_ref, f.attempt DESC) newest WHERE next_attempt_at IS NULL GROUP BY 1""",
        params,
    )
    left = _by_month(
        f"""SELECT date_trunc('month', pl.ended_at)::date AS month, count(*)::int AS told
        FROM donations_recurringplan pl WHERE {clauses} AND pl.ended_at >= %(first)s AND pl.ended_at < %(start)s
          AND pl.end_reason <> 'finished' GROUP BY 1""",
        params,
    )
    stood = _stood(clauses, params, first)
    made = []
    for number in range(0, MONTHS, 3):
        months = [asking.month_after(first, number + more) for more in range(3)]
        sums = [sum(told.get(month, 0) for month in months) for told in (collected, missed, left)]
        made.append(
            Quarter(
                months[0],
                Money(sums[0], asked.currency),
                Money(sums[1], asked.currency),
                stood[number // 3],
                sums[2],
            )
        )
    return made


def _by_month(sql: str, params: dict[str, Any]) -> dict[date, int]:
    return {row["month"]: row["told"] for row in weighing.rows(sql, params)}


def _stood(clauses: str, params: dict[str, Any], first: date) -> list[int]:
    """How many plans stood at the beginning of each quarter."""
    days = [asking.month_after(first, number) for number in range(0, MONTHS, 3)]
    found = weighing.rows(
        f"""SELECT q.day, count(*)::int AS plans FROM unnest(%(days)s::date[]) AS q(day)
        JOIN donations_recurringplan pl ON pl.started_at < q.day AND (pl.ended_at IS NULL OR pl.ended_at >= q.day)
        WHERE {clauses} GROUP BY 1""",
        params | {"days": days},
    )
    told = {row["day"]: row["plans"] for row in found}
    return [told.get(day, 0) for day in days]
