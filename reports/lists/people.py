"""Lists of people: donors, their standing gifts and their pledges."""

from typing import Any

from donations.models import Pledge
from reports import escaping, knowing, standing
from reports.lists.declaring import Asked, Column, Join, Kind, Listing, UnreadableFilter, among
from staff.models import Role

_READERS = frozenset({Role.FINANCE, Role.APPROVER})
_GIVER = Join(f"""JOIN (SELECT dn.id, coalesce(s.id, dn.id) AS donor_id,
    {escaping.guarded("coalesce(s.name, dn.name)")} AS name,
    {escaping.guarded("coalesce(s.email, dn.email)")} AS email
  FROM donors_donor dn LEFT JOIN donors_donor s ON s.id = dn.merged_into_id OFFSET 0) g ON g.id = x.donor_id""")
_CAMPAIGN = Join(f"""JOIN (SELECT c.id, {escaping.guarded("coalesce(ct.title, c.slug)")} AS title
  FROM campaigns_campaign c LEFT JOIN campaigns_campaigntext ct
    ON ct.campaign_id = c.id AND ct.language = %(language)s OFFSET 0) c ON c.id = x.campaign_id""")
_BODY = Join("JOIN ledger_legalentity e ON e.id = x.entity_id")
_FUND = Join("JOIN ledger_fund f ON f.id = x.fund_id")
_OF_A_GIVER = (
    Column("donor_id", "g.donor_id", needs=("giver",)),
    Column("donor_name", "g.name", Kind.TEXT, ("giver",), is_personal=True, is_guarded=True),
    Column("donor_email", "g.email", Kind.TEXT, ("giver",), is_personal=True, is_guarded=True),
)


def _donors(asked: Asked) -> tuple[str, dict[str, Any]]:
    if asked.get("state", "") not in ("", *knowing.STATES):
        raise UnreadableFilter("state")
    found = knowing.donors(
        search=asked.get("q", ""),
        state=asked.get("state", ""),
        kind=asked.get("kind", ""),
        rhythm=asked.get("rhythm", ""),
    )
    return among("x.id", found)


_GIVEN = Join("""LEFT JOIN (SELECT coalesce(p.merged_into_id, p.id) AS donor_id, count(*) AS gifts,
    min(d.given_on) AS first_on, max(d.given_on) AS last_on
  FROM donations_donation d JOIN donors_donor p ON p.id = d.donor_id GROUP BY 1) v ON v.donor_id = x.id""")

DONORS = Listing(
    key="donors",
    roles=_READERS,
    base="donors_donor x",
    joins={"given": _GIVEN},
    columns=(
        Column("donor_id", "x.id"),
        Column("kind", "x.kind"),
        Column("name", "x.name", Kind.TEXT, is_personal=True),
        Column("local_name", "x.local_name", Kind.TEXT, is_personal=True),
        Column("email", "x.email", Kind.TEXT, is_personal=True),
        Column("phone", "x.phone", Kind.TEXT, is_personal=True),
        Column("address", "x.address", Kind.TEXT, is_personal=True),
        Column("postcode", "x.postcode", Kind.TEXT, is_personal=True),
        Column("country", "x.country"),
        Column("language", "x.language"),
        Column("receipts_come", "x.receipt_rhythm"),
        Column("wants_post", "CASE WHEN x.wants_post THEN 'yes' ELSE 'no' END"),
        Column("do_not_contact", "CASE WHEN x.do_not_contact THEN 'yes' ELSE 'no' END"),
        Column("died_on", "x.died_on", Kind.DAY, is_personal=True),
        Column("known_since", "(x.created_at AT TIME ZONE 'UTC')::date", Kind.DAY),
        Column("gifts", "coalesce(v.gifts, 0)", Kind.WHOLE, ("given",)),
        Column("first_gift_on", "v.first_on", Kind.DAY, ("given",)),
        Column("last_gift_on", "v.last_on", Kind.DAY, ("given",)),
        Column("merged_into", "x.merged_into_id"),
    ),
    order="x.created_at, x.id",
    conditions=_donors,
    filters=frozenset({"q", "state", "kind", "rhythm"}),
    donor="x.id",
)


def _plans(asked: Asked) -> tuple[str, dict[str, Any]]:
    if asked.get("state", "") not in ("", *standing.STATES):
        raise UnreadableFilter("state")
    return among(
        "x.id", standing.plans(standing.Asked(state=asked.get("state", ""), search=asked.get("q", "")))
    )


PLANS = Listing(
    key="plans",
    roles=_READERS,
    base="donations_recurringplan x",
    joins={"body": _BODY, "giver": _GIVER, "campaign": _CAMPAIGN, "fund": _FUND},
    columns=(
        Column("plan_id", "x.id"),
        Column("entity", "e.code", needs=("body",)),
        *_OF_A_GIVER,
        Column("campaign", "c.title", Kind.TEXT, ("campaign",), is_guarded=True),
        Column("fund", "f.code", needs=("fund",)),
        Column("amount", escaping.exact("x.amount_minor", "x.currency"), Kind.AMOUNT),
        Column("currency", "x.currency"),
        Column("interval", "x.interval"),
        Column("interval_count", "x.interval_count", Kind.WHOLE),
        Column("status", "x.status"),
        Column("end_reason", "x.end_reason"),
        Column("started_on", "(x.started_at AT TIME ZONE e.zone)::date", Kind.DAY, ("body",)),
        Column("next_charge_on", "(x.next_charge_at AT TIME ZONE e.zone)::date", Kind.DAY, ("body",)),
        Column("ended_on", "(x.ended_at AT TIME ZONE e.zone)::date", Kind.DAY, ("body",)),
        Column("card_expires_on", "x.card_expires_on", Kind.DAY),
        Column("failed_attempts", "x.failed_attempts", Kind.WHOLE),
    ),
    order="x.started_at, x.id",
    conditions=_plans,
    filters=frozenset({"q", "state"}),
    summed=("x.currency", "x.amount_minor"),
    donor="x.donor_id",
)


def _pledges(asked: Asked) -> tuple[str, dict[str, Any]]:
    status = asked.get("state", "")
    if not status:
        return "TRUE", {}
    if status not in Pledge.Status.values:
        raise UnreadableFilter("state")
    return "x.status = %(state)s", {"state": status}


PLEDGES = Listing(
    key="pledges",
    roles=_READERS,
    base="donations_pledge x",
    joins={
        "body": _BODY,
        "giver": _GIVER,
        "campaign": _CAMPAIGN,
        "fund": _FUND,
        "kept": Join("""LEFT JOIN (SELECT i.pledge_id, sum(y.amount_minor)::bigint AS kept_minor
  FROM donations_pledgepayment y JOIN donations_instalment i ON i.id = y.instalment_id
  GROUP BY 1) k ON k.pledge_id = x.id"""),
    },
    columns=(
        Column("pledge_id", "x.id"),
        Column("entity", "e.code", needs=("body",)),
        *_OF_A_GIVER,
        Column("kind", "x.kind"),
        Column("campaign", "c.title", Kind.TEXT, ("campaign",), is_guarded=True),
        Column("fund", "f.code", needs=("fund",)),
        Column("promised_on", "x.promised_on", Kind.DAY),
        Column("amount", escaping.exact("x.amount_minor", "x.currency"), Kind.AMOUNT),
        Column("kept", escaping.exact("coalesce(k.kept_minor, 0)", "x.currency"), Kind.AMOUNT, ("kept",)),
        Column("currency", "x.currency"),
        Column("status", "x.status"),
        Column("is_conditional", "CASE WHEN x.is_conditional THEN 'yes' ELSE 'no' END"),
        Column("is_booked", "CASE WHEN x.is_booked THEN 'yes' ELSE 'no' END"),
        Column("note", "x.note", Kind.TEXT, is_personal=True),
    ),
    order="x.promised_on, x.id",
    conditions=_pledges,
    filters=frozenset({"state"}),
    summed=("x.currency", "x.amount_minor"),
    donor="x.donor_id",
)
