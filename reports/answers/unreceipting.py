"""Unreceipting: gifts that stand on no receipt, and why: by law or a person's word, until something is mended, or not
yet. The sums are of what was given, whatever went back of it.
"""

from dataclasses import dataclass

from ledger.money import Money
from reports import filtering, keeping
from reports.answers import weighing
from reports.answers.asking import Asked, Span

EXCLUDED, HINDERED, WAITING = "excluded", "hindered", "waiting"


@dataclass(frozen=True, slots=True)
class Why:
    """Gifts without a receipt for one reason. `code` is that of an exclusion or an obstacle, empty for `waiting`."""

    kind: str
    code: str
    gifts: int
    given: Money


@dataclass(frozen=True, slots=True)
class Unreceipted:
    """`reasons` sum to what is on no receipt; `gifts` and `given` are everything of the days, `covered` on receipts."""

    reasons: list[Why]
    gifts: int
    given: Money
    covered: int
    covered_sum: Money


def unreceipted(asked: Asked, span: Span) -> Unreceipted:
    """Kept for half a minute. This function will return why gifts are on no receipt, the largest reason first."""
    return keeping.kept(weighing.key("unreceipted", asked, span), lambda: _counted(asked, span))


def _counted(asked: Asked, span: Span) -> Unreceipted:
    conditions, params = filtering.conditions(asked.filters(span))
    found = weighing.rows(
        f"""SELECT CASE WHEN c.id IS NOT NULL THEN 'covered' WHEN x.id IS NOT NULL THEN 'excluded'
            WHEN o.id IS NOT NULL THEN 'hindered' ELSE 'waiting' END AS kind,
          CASE WHEN c.id IS NOT NULL THEN '' ELSE coalesce(x.reason, o.code, '') END AS code,
          count(*)::int AS gifts, sum(d.amount_minor)::bigint AS given
        FROM donations_donation d LEFT JOIN receipts_coverage c ON c.donation_id = d.id
        LEFT JOIN receipts_exclusion x ON x.donation_id = d.id LEFT JOIN receipts_obstacle o ON o.donation_id = d.id
        WHERE {conditions} GROUP BY 1, 2""",
        params,
    )
    made = [Why(row["kind"], row["code"], row["gifts"], Money(row["given"], asked.currency)) for row in found]
    nothing = Money(0, asked.currency)
    covered = next((one for one in made if one.kind == "covered"), Why("covered", "", 0, nothing))
    reasons = [one for one in made if one.kind != "covered"]
    return Unreceipted(
        reasons=sorted(reasons, key=lambda one: (-one.gifts, one.kind, one.code)),
        gifts=sum(one.gifts for one in made),
        given=Money(sum(one.given.minor for one in made), asked.currency),
        covered=covered.gifts,
        covered_sum=covered.given,
    )
