"""What one e-mail address gave, for its owner: only what bears that address, donors merged or not."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection

from campaigns.models import Campaign
from donations.models import Checkout, RecurringPlan
from donors import belonging
from donors.models import Donor
from ledger.money import Money
from reports import filtering

BANK_TAKES = 5
"""Working days after which a payment from a bank account is expected at the latest."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """One moment as our clock and as the giver's clock showed it."""

    here: datetime
    there: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """One gift in its giver's history. `serial` names the receipt that covers it now."""

    id: uuid.UUID
    given_on: date
    clocks: Clocks | None
    donor_id: uuid.UUID
    donor: str
    campaign: str
    slug: str
    is_campaign_shown: bool
    funds: str
    amount: Money
    refunded: Money
    method: str
    last4: str
    kind: str
    description: str
    is_monthly: bool
    state: str
    receipt_id: uuid.UUID | None
    serial: str


@dataclass(frozen=True, slots=True)
class Year:
    """What was given in one year and currency, refunds taken off."""

    year: int
    kept: Money
    gifts: int


@dataclass(frozen=True, slots=True)
class Credited:
    """A gift of somebody else that this person is thanked for."""

    kind: str
    given_on: date
    campaign: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Pending:
    """A payment from a bank account that is not a gift yet."""

    began_on: date
    expected_by: date
    campaign: str
    amount: Money


def donors(*, email_key: str) -> list[Donor]:
    """This function will return the donors who share an address, merged ones left out, by name."""
    return list(
        Donor.objects.filter(email_key=email_key, merged_into__isnull=True)
        .exclude(email_key="")
        .order_by("name", "id")
    )


def donor_ids(*, email_key: str) -> list[uuid.UUID]:
    """This function will return every donor whose gifts belong to the address."""
    return belonging.ids(email_key=email_key)


_NAMED = """
LEFT JOIN campaigns_campaigntext ct ON ct.campaign_id = c.id AND ct.language = %(language)s"""
_GIVEN = (
    belonging.OWN
    + f"""
SELECT d.id, d.given_on, d.given_at, e.zone, d.giver_zone, coalesce(s.id, dn.id) AS donor_id,
  coalesce(s.name, dn.name) AS donor, coalesce(ct.title, c.slug) AS campaign, c.slug,
  (c.published_at IS NOT NULL AND c.status = ANY(%(shown)s)) AS is_campaign_shown,
  (SELECT string_agg(coalesce(ft.name, f.code), ' + ' ORDER BY g.id) FROM donations_designation g
    JOIN ledger_fund f ON f.id = g.fund_id
    LEFT JOIN ledger_fundtext ft ON ft.fund_id = f.id AND ft.language = %(language)s
    WHERE g.donation_id = d.id) AS funds,
  d.amount_minor, d.currency, {filtering.REFUNDED} AS refunded, d.method, d.last4, d.kind, d.description,
  d.plan_id IS NOT NULL AS is_monthly, {filtering.STATE} AS state, r.id AS receipt_id, coalesce(r.serial, '') AS serial
FROM donations_donation d
JOIN own ON own.id = d.donor_id
JOIN donors_donor dn ON dn.id = d.donor_id
JOIN ledger_legalentity e ON e.id = d.entity_id
LEFT JOIN donors_donor s ON s.id = dn.merged_into_id
JOIN campaigns_campaign c ON c.id = d.campaign_id {_NAMED}
LEFT JOIN receipts_coverage co ON co.donation_id = d.id
LEFT JOIN receipts_receipt r ON r.id = co.receipt_id
WHERE %(year)s::int IS NULL OR extract(year FROM d.given_on) = %(year)s
ORDER BY d.given_at DESC, d.id DESC
LIMIT %(limit)s OFFSET %(skip)s
"""
)


def gifts(
    *, email_key: str, language: str, year: int | None = None, skip: int = 0, limit: int = 1000
) -> list[Given]:
    """This function will return the gifts of an address, newest first; of one tax year when `year` is given."""
    asked: dict[str, Any] = {
        "key": email_key,
        "language": language,
        "year": year,
        "skip": skip,
        "limit": limit,
    }
    asked["shown"] = [str(status) for status in Campaign.SHOWN]
    found = _rows(_GIVEN, asked)
    for row in found:
        currency = row.pop("currency")
        row["amount"] = Money(row.pop("amount_minor"), currency)
        row["refunded"] = Money(row["refunded"], currency)
        row["clocks"] = _clocks(row.pop("given_at"), row.pop("zone"), row.pop("giver_zone"))
    return [Given(**row) for row in found]


def _clocks(at: datetime, ours: str, theirs: str) -> Clocks | None:
    """Both clocks when the giver's stood on another day than ours (C2); None when one day says it all."""
    if not theirs:
        return None
    try:
        there = at.astimezone(ZoneInfo(theirs))
    except (ZoneInfoNotFoundError, ValueError):
        return None  # the browser's own word, and no clock of this world
    here = at.astimezone(ZoneInfo(ours))
    return Clocks(here=here, there=there) if here.date() != there.date() else None


_YEARS = (
    belonging.OWN
    + f"""
SELECT extract(year FROM d.given_on)::int AS year, d.currency,
  sum(CASE WHEN {filtering.DISPUTED} THEN 0 ELSE d.amount_minor - {filtering.REFUNDED} END)::bigint AS kept,
  count(*) AS gifts
FROM donations_donation d JOIN own ON own.id = d.donor_id
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""
)


def years(*, email_key: str) -> list[Year]:
    """This function will return totals by year and currency, newest first; refunds and disputes are taken off.

    A thing that was given counts with the value it has in the books, as everywhere.
    """
    return [
        Year(row["year"], Money(row["kept"], row["currency"]), row["gifts"])
        for row in _rows(_YEARS, {"key": email_key})
    ]


_CREDITED = (
    belonging.OWN
    + f"""
SELECT k.kind, k.amount_minor, d.currency, d.given_on, coalesce(ct.title, c.slug) AS campaign
FROM donations_softcredit k
JOIN own ON own.id = k.donor_id
JOIN donations_donation d ON d.id = k.donation_id
JOIN campaigns_campaign c ON c.id = d.campaign_id {_NAMED}
WHERE d.donor_id NOT IN (SELECT id FROM own)
ORDER BY d.given_at DESC, k.id DESC LIMIT 200
"""
)


def credits(*, email_key: str, language: str) -> list[Credited]:
    """This function will return gifts of others an address is thanked for, newest first: no part of any total (D8)."""
    return [
        Credited(row["kind"], row["given_on"], row["campaign"], Money(row["amount_minor"], row["currency"]))
        for row in _rows(_CREDITED, {"key": email_key, "language": language})
    ]


def pending(*, email_key: str, language: str) -> list[Pending]:
    """This function will return payments from a bank that wait for its word, and the day it is expected by."""
    waiting = (
        Checkout.objects.filter(status=Checkout.Status.CONFIRMING, email__iexact=email_key)
        .exclude(email="")
        .select_related("entity", "campaign")
        .prefetch_related("campaign__texts")
        .order_by("-began_at", "-id")
    )
    return [
        Pending(
            began_on=one.entity.day_of(one.began_at),
            expected_by=_working_days_after(one.entity.day_of(one.began_at), days=BANK_TAKES),
            campaign=_title(one.campaign, language),
            amount=one.amount,
        )
        for one in waiting
    ]


def _title(campaign: Campaign, language: str) -> str:
    titles = {text.language: text.title for text in campaign.texts.all()}
    return titles.get(language) or titles.get("en") or campaign.slug


def _working_days_after(day: date, *, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _rows(sql: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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
