"""Weighing: what was given and what is kept of it, as SQL over gifts `d`; every report counts by these words."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from reports import filtering
from reports.answers.asking import Asked, Span
from reports.listing import GIVEN_BACK

LOST = """
SELECT x.donation_id, sum(x.amount_minor)::bigint AS amount_minor FROM donations_dispute x
JOIN donations_disputeclosing k ON k.dispute_id = x.id AND k.outcome = 'lost'
WHERE EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id AND m.amount_minor < 0)
  AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id AND m.amount_minor > 0)
GROUP BY x.donation_id
"""
"""What the card network took for good, by donation: lost, and not won on appeal."""

GONE = f"""
SELECT donation_id, sum(amount_minor)::bigint AS minor
FROM (SELECT donation_id, amount_minor FROM ({GIVEN_BACK}) back
      UNION ALL SELECT donation_id, amount_minor FROM ({LOST}) lost) both_ways
GROUP BY donation_id
"""
"""What went back of each gift, by refund or lost dispute."""

GIFTS = f"donations_donation d LEFT JOIN ({GONE}) gone ON gone.donation_id = d.id"
BACK = "coalesce(gone.minor, 0)"
KEPT = f"(d.amount_minor - {BACK})"
GIVER = "coalesce((SELECT p.merged_into_id FROM donors_donor p WHERE p.id = d.donor_id), d.donor_id)"
"""Who gave; of somebody who was merged the record that stands for both."""


def year_sql(ends_in_month: int, day: str = "d.given_on") -> str:
    """This function will return the year of a day, named after the calendar year it ends in, as SQL."""
    if ends_in_month == 12:
        return f"extract(year FROM {day})::int"
    return f"extract(year FROM {day} + interval '{12 - ends_in_month} months')::int"


def where(asked: Asked, span: Span | None = None) -> tuple[str, dict[str, Any]]:
    """This function will return the conditions on gifts, the same as the list of gifts has for this filter."""
    return filtering.conditions(asked.filters(span))


def rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """This function will return what the database answers, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
