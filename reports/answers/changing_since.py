"""Changing since: what was written down after an export left the house: gifts, money that went back, corrections."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from books.models import JournalExport
from jobs.models import Job
from ledger.money import Money
from reports.answers import weighing

KINDS = ("gift", "refund", "refund_failed", "reversal", "dispute_lost", "correction")
MOST = 200


@dataclass(frozen=True, slots=True)
class Export:
    """A file that left: of the books or a list. `key` names it in an address."""

    key: str
    what: str
    number: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Sum:
    """How often something happened since, and what it moves, by currency; a correction moves no money."""

    kind: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was written down since. `given_on` is the day of the gift it is about."""

    kind: str
    at: datetime
    donation_id: uuid.UUID
    given_on: date
    amount: Money
    words: str


def exports(*, most: int = 12) -> list[Export]:
    """This function will return the newest files that left, the newest first."""
    journals = [
        Export(f"journal:{one.pk}", str(one.target), one.number, one.exported_at)
        for one in JournalExport.objects.order_by("-exported_at", "-id")[:most]
    ]
    jobs = Job.objects.filter(kind__startswith="export_", status=Job.Status.SUCCEEDED, ended_at__isnull=False)
    lists = [
        Export(f"job:{one.pk}", one.kind.removeprefix("export_"), None, one.requested_at)
        for one in jobs.order_by("-requested_at", "-id")[:most]
    ]
    return sorted([*journals, *lists], key=lambda one: one.at, reverse=True)[:most]


_CHANGES = """
SELECT 'gift' AS kind, d.recorded_at AS at, d.id, d.given_on, d.amount_minor AS minor, d.currency, '' AS words
FROM donations_donation d WHERE d.recorded_at > %(since)s AND {entity}
UNION ALL
SELECT CASE WHEN v.id IS NULL THEN 'refund' ELSE 'reversal' END, r.recorded_at, d.id, d.given_on, -r.amount_minor,
  d.currency, coalesce(v.reason, '') FROM donations_refund r JOIN donations_donation d ON d.id = r.donation_id
LEFT JOIN donations_reversal v ON v.refund_id = r.id WHERE r.recorded_at > %(since)s AND {entity}
UNION ALL
SELECT 'refund_failed', f.recorded_at, d.id, d.given_on, r.amount_minor, d.currency, ''
FROM donations_refundfailure f JOIN donations_refund r ON r.id = f.refund_id
JOIN donations_donation d ON d.id = r.donation_id WHERE f.recorded_at > %(since)s AND {entity}
UNION ALL
SELECT 'dispute_lost', k.recorded_at, d.id, d.given_on, -x.amount_minor, d.currency, ''
FROM donations_disputeclosing k JOIN donations_dispute x ON x.id = k.dispute_id
JOIN donations_donation d ON d.id = x.donation_id
WHERE k.outcome = 'lost' AND k.recorded_at > %(since)s AND {entity}
UNION ALL
SELECT 'correction', n.corrected_at, d.id, d.given_on, 0, d.currency, n.reason
FROM donations_correction n JOIN donations_donation d ON d.id = n.donation_id
WHERE n.corrected_at > %(since)s AND {entity}
"""


def _changes(entity: str, since: datetime) -> tuple[str, dict[str, Any]]:
    clause = "d.entity_id = (SELECT id FROM ledger_legalentity WHERE code = %(entity)s)" if entity else "TRUE"
    return _CHANGES.format(entity=clause), {"since": since, "entity": entity}


def sums(*, entity: str, since: datetime) -> list[Sum]:
    """This function will return what happened since, by kind and currency."""
    sql, params = _changes(entity, since)
    found = weighing.rows(
        f"SELECT kind, currency, count(*)::int AS count, sum(minor)::bigint AS minor FROM ({sql}) c GROUP BY 1, 2",
        params,
    )
    made = [Sum(row["kind"], row["count"], Money(row["minor"], row["currency"])) for row in found]
    return sorted(made, key=lambda one: (KINDS.index(one.kind), one.amount.currency))


def changes(*, entity: str, since: datetime, kind: str = "", most: int = MOST) -> list[Change]:
    """This function will return the newest changes since, at most `most`."""
    sql, params = _changes(entity, since)
    found = weighing.rows(
        f"SELECT * FROM ({sql}) c WHERE %(kind)s = '' OR kind = %(kind)s ORDER BY at DESC, id LIMIT %(most)s",
        params | {"kind": kind, "most": most},
    )
    return [
        Change(
            row["kind"],
            row["at"],
            row["id"],
            row["given_on"],
            Money(row["minor"], row["currency"]),
            row["words"],
        )
        for row in found
    ]
