"""Returning: what came by each link, code and letter in a year, and what that was for its cost."""

from dataclasses import dataclass

from campaigns.models import SourceCode
from ledger.money import Money
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


def by_code(asked: Asked, span: Span) -> list[Return]:
    """`new` counts givers whose first gift of all came by this code. This function will return the largest first."""
    conditions, params = weighing.where(asked, span)
    found = weighing.rows(
        f"""SELECT d.source AS code, count(*)::int AS gifts,
          count(DISTINCT coalesce(p.merged_into_id, p.id))::int AS donors,
          count(DISTINCT coalesce(p.merged_into_id, p.id)) FILTER (WHERE d.source <> '' AND NOT EXISTS (
            SELECT 1 FROM donations_donation o WHERE o.donor_id = d.donor_id AND o.given_at < d.given_at))::int AS new,
          sum(d.amount_minor)::bigint AS given, sum({BACK})::bigint AS back
        FROM {GIFTS} JOIN donors_donor p ON p.id = d.donor_id WHERE {conditions} GROUP BY 1""",
        params,
    )
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
