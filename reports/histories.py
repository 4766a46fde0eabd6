"""What one e-mail address gave, for its owner: only what bears that address, donors merged or not."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection

from donations.models import RecurringPlan
from donors.models import Donor
from ledger.money import Money
from reports import filtering


@dataclass(frozen=True, slots=True)
class Given:
    """One gift in its giver's history. `serial` names the receipt that covers it now."""

    id: uuid.UUID
    given_on: date
    donor_id: uuid.UUID
    donor: str
    campaign: str
    slug: str
    funds: str
    amount: Money
    refunded: Money
    method: str
    last4: str
    is_monthly: bool
    state: str
    receipt_id: uuid.UUID | None
    serial: str


@dataclass(frozen=True, slots=True)
class Year:
    """What was given in one year and currency, refunds taken off."""

    year: int
    kept: Money


# Merging points at the survivor and repoints nothing: the owner of an address sees the gifts of every donor
# that stands and bears it, and of every donor merged into one of those, however long the chain.
_OWN = """
WITH RECURSIVE own AS (
  SELECT id FROM donors_donor WHERE email_key = %(key)s AND email_key <> '' AND merged_into_id IS NULL
  UNION
  SELECT d.id FROM donors_donor d JOIN own ON d.merged_into_id = own.id
)
"""


def donors(*, email_key: str) -> list[Donor]:
    """This function will return the donors who share an address, merged ones left out, by name."""
    return list(
        Donor.objects.filter(email_key=email_key, merged_into__isnull=True)
        .exclude(email_key="")
        .order_by("name", "id")
    )


def donor_ids(*, email_key: str) -> list[uuid.UUID]:
    """This function will return every donor whose gifts belong to the address."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN + "SELECT id FROM own", {"key": email_key})
        return [row[0] for row in cursor.fetchall()]


_GIVEN = (
    _OWN
    + f"""
SELECT d.id, d.given_on, coalesce(s.id, dn.id) AS donor_id, coalesce(s.name, dn.name) AS donor,
  coalesce(ct.title, c.slug) AS campaign, c.slug,
  (SELECT string_agg(coalesce(ft.name, f.code), ' + ' ORDER BY g.id) FROM donations_designation g
    JOIN ledger_fund f ON f.id = g.fund_id
    LEFT JOIN ledger_fundtext ft ON ft.fund_id = f.id AND ft.language = %(language)s
    WHERE g.donation_id = d.id) AS funds,
  d.amount_minor, d.currency, {filtering.REFUNDED} AS refunded, d.method, d.last4,
  d.plan_id IS NOT NULL AS is_monthly, {filtering.STATE} AS state, r.id AS receipt_id, coalesce(r.serial, '') AS serial
FROM donations_donation d
JOIN own ON own.id = d.donor_id
JOIN donors_donor dn ON dn.id = d.donor_id
LEFT JOIN donors_donor s ON s.id = dn.merged_into_id
JOIN campaigns_campaign c ON c.id = d.campaign_id
LEFT JOIN campaigns_campaigntext ct ON ct.campaign_id = c.id AND ct.language = %(language)s
LEFT JOIN receipts_coverage co ON co.donation_id = d.id
LEFT JOIN receipts_receipt r ON r.id = co.receipt_id
ORDER BY d.given_at DESC, d.id DESC
LIMIT %(limit)s
"""
)


def gifts(*, email_key: str, language: str, limit: int = 1000) -> list[Given]:
    """This function will return the gifts of an address, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, {"key": email_key, "language": language, "limit": limit})
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in found:
        currency = row.pop("currency")
        row["amount"] = Money(row.pop("amount_minor"), currency)
        row["refunded"] = Money(row["refunded"], currency)
    return [Given(**row) for row in found]


_YEARS = (
    _OWN
    + f"""
SELECT extract(year FROM d.given_on)::int, d.currency,
  sum(CASE WHEN {filtering.DISPUTED} THEN 0 ELSE d.amount_minor - {filtering.REFUNDED} END)::bigint
FROM donations_donation d JOIN own ON own.id = d.donor_id
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""
)


def years(*, email_key: str) -> list[Year]:
    """This function will return totals by year and currency, newest first; refunds and disputes are taken off."""
    with connection.cursor() as cursor:
        cursor.execute(_YEARS, {"key": email_key})
        return [Year(year, Money(minor, currency)) for year, currency, minor in cursor.fetchall()]


def plans(*, email_key: str) -> list[RecurringPlan]:
    """This function will return the standing gifts of an address that have not ended, oldest first."""
    running = RecurringPlan.objects.filter(donor_id__in=donor_ids(email_key=email_key))
    return list(
        running.exclude(status__in=[RecurringPlan.Status.ENDED, RecurringPlan.Status.INCOMPLETE])
        .select_related("campaign", "donor", "fund")
        .prefetch_related("campaign__texts")
        .order_by("started_at", "id")
    )


def ended_plans(*, email_key: str) -> list[RecurringPlan]:
    """This function will return the newest standing gifts of an address that have ended: they can begin again."""
    return list(
        RecurringPlan.objects.filter(
            donor_id__in=donor_ids(email_key=email_key), status=RecurringPlan.Status.ENDED
        )
        .select_related("campaign", "entity")
        .prefetch_related("campaign__texts")
        .order_by("-ended_at", "-id")[:5]
    )
