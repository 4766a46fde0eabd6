"""Returning: what came by each link, code and letter in a year, and what that was for its cost."""

from dataclasses import dataclass

from campaigns.models import SourceCode
from ledger.money import Money
from reports import keeping
from reports.answers import weighing
from reports.answers.asking import Asked, Span
from reports.answers.weighing import BACK, GIFTS


@dataclass(frozen=True, slots=True)
class Return:
    """What came by one code; `name` is empty for a code nobody named, `code` for gifts that carry none."""

    code: str
    name: str
    campaign: str
    gifts: int
    donors: int
    new: int
    given: Money
    back: Money

    @property
    def kept(self) -> Money:
        return self.given - self.back


_BY_CODE = """
{begin}, fresh_givers AS MATERIALIZED ({fresh}), people AS (
  SELECT d.source, coalesce(p.merged_into_id, d.donor_id) AS giver, count(*) AS gifts, sum(d.amount_minor) AS given,
    sum({back}) AS back, bool_or(n.since IS NOT NULL AND n.since = d.given_on) AS is_new
  FROM {gifts} LEFT JOIN donors_donor p ON p.id = d.donor_id AND p.merged_into_id IS NOT NULL
  LEFT JOIN fresh_givers n ON n.donor_id = coalesce(p.merged_into_id, d.donor_id)
  WHERE {conditions} GROUP BY 1, 2
)
SELECT source AS code, sum(gifts)::int AS gifts, count(*)::int AS donors, count(*) FILTER (WHERE is_new)::int AS new,
  sum(given)::bigint AS given, sum(back)::bigint AS back
FROM people GROUP BY 1
"""


def by_code(asked: Asked, span: Span) -> list[Return]:
    """`new` counts givers new in the year asked for whose first day brought a gift by this code.

    Codes are not counted ahead: what was counted is kept for half a minute. This function will return the largest code
    first, and last what came by none.
    """
    return keeping.kept(weighing.key("returns", asked, span), lambda: _counted(asked, span))


def _counted(asked: Asked, span: Span) -> list[Return]:
    conditions, params = weighing.where(asked, span)
    givers = weighing.givers(asked)
    fresh = " UNION ALL ".join(
        f"SELECT g.donor_id, g.since FROM ({arm}) g WHERE g.year = %(year)s AND g.before_year = 0"
        for arm in givers.arms
    )
    sql = _BY_CODE.format(begin=givers.begin, fresh=fresh, gifts=GIFTS, back=BACK, conditions=conditions)
    found = weighing.rows(sql, givers.params | params)
    codes = [row["code"] for row in found if row["code"]]
    named = {
        row["code"]: (row["name"], row["campaign__slug"])
        for row in SourceCode.objects.filter(code__in=codes).values("code", "name", "campaign__slug")
    }
    made = [
        Return(
            row["code"],
            *named.get(row["code"], ("", "")),
            row["gifts"],
            row["donors"],
            row["new"],
            Money(row["given"], asked.currency),
            Money(row["back"], asked.currency),
        )
        for row in found
    ]
    return sorted(made, key=lambda one: (one.code == "", -one.kept.minor, one.code))


def percent_of_cost(kept: Money, *, cost: Money) -> int | None:
    """This function will return what came for a hundred spent, rounded down; None when nothing was spent."""
    return kept.minor * 100 // cost.minor if cost.minor > 0 else None
