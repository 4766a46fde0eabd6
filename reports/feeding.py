"""Feeding programs: donations as plain rows, one statement for a page, without names or addresses.

Who gave anonymously stays unknown to whoever may not see it: neither the donor's id nor the note, and asking for
one donor does not find those gifts either.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from reports import filtering
from reports.filtering import Filters


@dataclass(frozen=True, slots=True)
class Place:
    """After which row a page begins."""

    given_at: datetime
    id: UUID


_ROWS = f"""
WITH chosen AS MATERIALIZED (
  SELECT d.* FROM donations_donation d WHERE {{where}}
  ORDER BY d.given_at DESC, d.id DESC LIMIT %(limit)s
)
SELECT d.id, d.given_at, d.given_on, c.slug AS campaign, e.code AS entity,
  CASE WHEN %(hide)s AND n.is_anonymous THEN NULL ELSE coalesce(p.merged_into_id, p.id) END AS donor,
  coalesce(n.is_anonymous, FALSE) AS is_anonymous, d.amount_minor, d.currency,
  {filtering.REFUNDED} AS refunded_minor, {filtering.STATE} AS state, d.plan_id AS plan, d.method, d.language,
  CASE WHEN %(hide)s AND n.is_anonymous THEN '' ELSE d.note END AS note, d.source, d.recorded_at,
  (SELECT json_agg(json_build_array(f.code, g.amount_minor) ORDER BY g.id) FROM donations_designation g
    JOIN ledger_fund f ON f.id = g.fund_id WHERE g.donation_id = d.id) AS designations,
  v.receipt_id AS receipt
FROM chosen d
JOIN donors_donor p ON p.id = d.donor_id
JOIN campaigns_campaign c ON c.id = d.campaign_id
JOIN ledger_legalentity e ON e.id = d.entity_id
LEFT JOIN donations_recognition n ON n.donation_id = d.id
LEFT JOIN receipts_coverage v ON v.donation_id = d.id
ORDER BY d.given_at DESC, d.id DESC
"""  # only expressions of `filtering` are set in; values are parameters
_NOT_ANONYMOUS = """ AND NOT EXISTS (SELECT 1 FROM donations_recognition h
  WHERE h.donation_id = d.id AND h.is_anonymous)"""


def donations(
    *, filters: Filters, hide_anonymous: bool, after: Place | None, limit: int
) -> list[dict[str, Any]]:
    """Donations that pass `filters`, newest first, after a place; amounts in minor units.

    `designations` holds [fund code, minor units] pairs. This function will return at most `limit` rows.
    """
    where, params = filtering.conditions(filters)
    if hide_anonymous and (filters.donor or filters.search):
        where += _NOT_ANONYMOUS
    if after:
        where += " AND (d.given_at, d.id) < (%(after_at)s, %(after_id)s)"
        params |= {"after_at": after.given_at, "after_id": after.id}
    return _select(where, params | {"hide": hide_anonymous, "limit": limit})


def donation(*, donation_id: UUID, hide_anonymous: bool) -> dict[str, Any] | None:
    """This function will return one donation in the same shape, or None."""
    rows = _select("d.id = %(id)s", {"id": donation_id, "hide": hide_anonymous, "limit": 1})
    return rows[0] if rows else None


def _select(where: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(where=where), params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
