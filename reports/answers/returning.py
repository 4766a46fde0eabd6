"""Returning: what came by each link, code and letter, and what that was for its cost.

Counted ahead by month and by giver's year (`donations.folding`), as everything else. People of a fiscal year, or of a
body and a campaign together, are counted from the gifts that carry a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaigns import spending
from campaigns.models import SourceCode
from donations import folding
from ledger.money import Money
from reports.answers import comparing, weighing
from reports.answers.asking import Asked, Span
from reports.answers.weighing import GIFTS, IS_KEPT


@dataclass(frozen=True, slots=True)
class Return:
    """What came by one code; `name` is empty for a code nobody named, `code` for gifts that carry none.

    `gifts` leaves out those that went back altogether. `donors` are people of whom something is kept, and `new` those
    of them whose first day of all brought a gift by this code; both are None where no code is carried.
    """

    code: str
    name: str
    campaign: str
    gifts: int
    donors: int | None
    new: int | None
    given: Money
    back: Money

    @property
    def kept(self) -> Money:
        return self.given - self.back


@dataclass(frozen=True, slots=True)
class Earned(Return):
    """What came by a code since it is used, beside what was spent on it."""

    cost: Money

    @property
    def left(self) -> Money:
        return self.kept - self.cost

    @property
    def percent(self) -> int | None:
        """What came for a hundred spent, rounded down; None when nothing was spent."""
        return self.kept.minor * 100 // self.cost.minor if self.cost.minor > 0 else None

    @property
    def per_new(self) -> Money | None:
        """What one new giver cost; None without any."""
        return comparing.averaged(self.cost, self.new or 0)


_SUMS = """sum(gifts - undone)::int AS gifts, sum(given_minor)::bigint AS given, sum(back_minor)::bigint AS back"""
_NOBODY: Mapping[str, Any] = {"donors": 0, "new": 0}


def by_code(asked: Asked) -> list[Return]:
    """What came in the year asked for. This function will return the largest code first, and last what came by none."""
    days = {"first": asked.span.first, "last": asked.span.last}
    return _returns(asked, " AND t.month BETWEEN %(first)s AND %(last)s", days, people=_people(asked))


def ever_by_code(asked: Asked) -> list[Return]:
    """The same of all years together."""
    return _returns(asked, "", {}, people=_people_ever(asked))


def earned(asked: Asked) -> list[Earned]:
    """Codes anything was spent on in the currency, whatever came by them, since the first of them.

    A letter of November brings gifts in January: what was spent and what came are of all years.
    This function will return the code that left most first.
    """
    spent = spending.spent(currency=asked.currency, campaign=asked.campaign)
    if not spent:
        return []
    came = {one.code: one for one in ever_by_code(asked)}
    nothing = Money(0, asked.currency)
    made = []
    for source, cost in spent.items():
        one = came.get(source.code)
        figures = (
            (one.gifts, one.donors, one.new, one.given, one.back) if one else (0, 0, 0, nothing, nothing)
        )
        made.append(Earned(source.code, source.name, source.campaign.slug, *figures, cost=cost))
    return sorted(made, key=lambda one: (-one.left.minor, one.code))


def _returns(
    asked: Asked, days: str, params: dict[str, Any], *, people: dict[str, dict[str, Any]]
) -> list[Return]:
    conditions, more = weighing.told_where(asked)
    found = weighing.rows(
        f"SELECT t.source AS code, {_SUMS} FROM ({folding.CODES}) t WHERE {conditions}{days} GROUP BY 1",
        params | more,
    )
    [every] = weighing.rows(
        f"SELECT {_SUMS} FROM ({folding.MONTHS}) t WHERE {conditions}{days}", params | more
    )
    names = _names([row["code"] for row in found])
    made = [_return(asked, row, names, people.get(row["code"], _NOBODY)) for row in found if row["given"]]
    made.sort(key=lambda one: (-one.kept.minor, one.code))
    rest = {name: (every[name] or 0) - sum(row[name] for row in found) for name in ("gifts", "given", "back")}
    if rest["given"]:
        made.append(_return(asked, {"code": "", **rest}, names, {"donors": None, "new": None}))
    return made


def _names(codes: list[str]) -> dict[str, tuple[str, str]]:
    rows = SourceCode.objects.filter(code__in=codes).values_list("code", "name", "campaign__slug")
    return {code: (name, slug) for code, name, slug in rows}


def _return(
    asked: Asked, row: Mapping[str, Any], names: dict[str, tuple[str, str]], people: Mapping[str, Any]
) -> Return:
    return Return(
        row["code"],
        *names.get(row["code"], ("", "")),
        row["gifts"],
        people["donors"],
        people["new"],
        Money(row["given"], asked.currency),
        Money(row["back"], asked.currency),
    )


def _people_ever(asked: Asked) -> dict[str, dict[str, Any]]:
    """Everybody who ever gave by a code, and who began with it."""
    scope = weighing.scope(asked)
    return _counted(asked, None) if scope is None else _told(asked, scope, "ever", "TRUE")


def _people(asked: Asked) -> dict[str, dict[str, Any]]:
    scope = weighing.scope(asked)
    if scope is None or asked.ends_in_month != 12:
        return _counted(asked, asked.span)
    return _told(asked, scope, "donors", "p.year = %(year)s")


def _told(asked: Asked, scope: str, figure: str, when: str) -> dict[str, dict[str, Any]]:
    found = weighing.rows(
        f"""WITH {weighing.quoted(folding.UNFOLDED_CODES)}
        SELECT p.source, sum({figure})::int AS donors, sum(newcomers)::int AS new
        FROM ({weighing.quoted(folding.PEOPLE_BY_CODE)}) p
        WHERE p.scope = {scope} AND p.currency = %(currency)s AND {when} GROUP BY 1""",
        {"currency": asked.currency, "entity": asked.entity, "campaign": asked.campaign, "year": asked.year},
    )
    return {row["source"]: row for row in found}


_BY_CODE = """
{begin}, begun AS MATERIALIZED ({begun}), people AS (
  SELECT d.source, coalesce(p.merged_into_id, d.donor_id) AS giver, bool_or(n.since IS NOT NULL) AS is_new
  FROM {gifts} LEFT JOIN donors_donor p ON p.id = d.donor_id AND p.merged_into_id IS NOT NULL
  LEFT JOIN begun n ON n.donor_id = coalesce(p.merged_into_id, d.donor_id) AND n.since = d.given_on
  WHERE {conditions} AND {kept} AND d.source <> '' GROUP BY 1, 2
)
SELECT source, count(*)::int AS donors, count(*) FILTER (WHERE is_new)::int AS new FROM people GROUP BY 1
"""


def _counted(asked: Asked, span: Span | None) -> dict[str, dict[str, Any]]:
    """The first day of a giver does not depend on where years end: it is counted ahead even where years are not."""
    conditions, params = weighing.where(asked, span)
    givers = weighing.givers(replace(asked, ends_in_month=12))
    days = ""
    if span is not None:
        days = " AND g.year BETWEEN %(since_year)s AND %(until_year)s AND g.since BETWEEN %(since)s AND %(until)s"
        params |= {"since_year": span.first.year, "until_year": span.last.year}
        params |= {"since": span.first, "until": span.last}
    begun = " UNION ALL ".join(
        f"SELECT g.donor_id, g.since FROM ({arm}) g WHERE g.before_year = 0{days}" for arm in givers.arms
    )
    sql = _BY_CODE.format(begin=givers.begin, begun=begun, gifts=GIFTS, kept=IS_KEPT, conditions=conditions)
    return {row["source"]: row for row in weighing.rows(sql, givers.params | params)}
