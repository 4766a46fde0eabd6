"""Unreceipting: gifts that stand on no receipt, and why: by law or a person's word, until something is mended, or not
yet. The sums are of what was given, whatever went back of it.
"""

from dataclasses import dataclass

from donations import folding
from ledger import money
from ledger.money import Money
from receipts import folding as decisions
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
    """Counted ahead by whole months, which a span of days must be. What is decided of no gift waits.

    This function will return why gifts are on no receipt, the largest reason first.
    """
    conditions, params = weighing.told_where(asked)
    days = params | {"first": span.first, "last": span.last}
    when = f"{conditions} AND t.month BETWEEN %(first)s AND %(last)s"
    [every] = weighing.rows(
        f"""SELECT coalesce(sum(gifts), 0)::int AS gifts, coalesce(sum(given_minor), 0)::bigint AS given
        FROM ({folding.MONTHS}) t WHERE {when}""",
        days,
    )
    found = weighing.rows(
        f"""SELECT t.kind, t.code, sum(gifts)::int AS gifts, sum(given_minor)::bigint AS given
        FROM ({decisions.MONTHS}) t WHERE {when} GROUP BY 1, 2 HAVING sum(gifts) <> 0""",
        days,
    )
    made = [Why(row["kind"], row["code"], row["gifts"], Money(row["given"], asked.currency)) for row in found]
    nothing = Money(0, asked.currency)
    covered = next((one for one in made if one.kind == "covered"), Why("covered", "", 0, nothing))
    given = Money(every["given"], asked.currency)
    rest = Why(
        WAITING,
        "",
        every["gifts"] - sum(one.gifts for one in made),
        given - money.total((one.given for one in made), currency=asked.currency),
    )
    reasons = [one for one in (*made, rest) if one.kind != "covered" and one.gifts]
    return Unreceipted(
        reasons=sorted(reasons, key=lambda one: (-one.gifts, one.kind, one.code)),
        gifts=every["gifts"],
        given=given,
        covered=covered.gifts,
        covered_sum=covered.given,
    )
