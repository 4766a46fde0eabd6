"""Lists of people: donors, their standing gifts and their pledges."""

from typing import Any

from django.db.models.functions import Now

from donations.models import Pledge, RecurringPlan
from reports import knowing, promised, standing
from reports.kinds import Kind
from reports.lists import joining, understanding
from reports.lists.declaring import Asked, Column, Join, Listing, UnreadableFilter, among, amount
from staff.models import Role

_READERS = frozenset({Role.FINANCE, Role.APPROVER})
_GIVER, _CAMPAIGN = joining.giver("x.donor_id"), joining.campaign("x.campaign_id")
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
    wanted = standing.Asked(
        state=understanding.choice(asked, "state", standing.STATES),
        search=understanding.text(asked, "q"),
        entity=understanding.text(asked, "entity"),
        campaign=understanding.text(asked, "campaign"),
        currency=understanding.text(asked, "currency"),
        reason=understanding.choice(asked, "reason", RecurringPlan.EndReason.values),
        ended_from=understanding.day(asked, "ended_from"),
        card_from=understanding.day(asked, "card_from"),
        card_before=understanding.day(asked, "card_before"),
    )
    return among("x.id", standing.plans(wanted))


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
        amount("amount", "x.amount_minor"),
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
    filters=frozenset(
        {
            *("q", "state", "entity", "campaign", "currency", "reason"),
            *("ended_from", "card_from", "card_before"),
        }
    ),
    summed=("x.currency", "x.amount_minor"),
    donor="x.donor_id",
)


def _pledges(asked: Asked) -> tuple[str, dict[str, Any]]:
    found = promised.pledges(
        state=understanding.choice(asked, "state", promised.STATES),
        search=understanding.text(asked, "q"),
        kind=understanding.choice(asked, "kind", Pledge.Kind.values),
        now=Now(),
    )
    return among("x.id", found)


_LATE = """(CASE WHEN x.status = 'open'
  THEN greatest(coalesce(n.due_minor, 0) - coalesce(k.kept_minor, 0), 0) ELSE 0 END)::bigint"""

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
        "parts": Join("""LEFT JOIN (SELECT i.pledge_id,
    sum(i.amount_minor) FILTER (WHERE i.due_on < (now() AT TIME ZONE z.zone)::date) AS due_minor,
    min(i.due_on) FILTER (WHERE i.amount_minor > coalesce(y.kept_minor, 0)) AS next_on
  FROM donations_instalment i JOIN donations_pledge g ON g.id = i.pledge_id
  JOIN ledger_legalentity z ON z.id = g.entity_id LEFT JOIN (SELECT instalment_id, sum(amount_minor) AS kept_minor
    FROM donations_pledgepayment GROUP BY 1) y ON y.instalment_id = i.id
  GROUP BY 1) n ON n.pledge_id = x.id"""),
    },
    columns=(
        Column("pledge_id", "x.id"),
        Column("entity", "e.code", needs=("body",)),
        *_OF_A_GIVER,
        Column("kind", "x.kind"),
        Column("campaign", "c.title", Kind.TEXT, ("campaign",), is_guarded=True),
        Column("fund", "f.code", needs=("fund",)),
        Column("promised_on", "x.promised_on", Kind.DAY),
        amount("amount", "x.amount_minor"),
        amount("kept", "coalesce(k.kept_minor, 0)", "kept"),
        amount("late", _LATE, "kept", "parts"),
        Column("next_on", "CASE WHEN x.status = 'open' THEN n.next_on END", Kind.DAY, ("parts",)),
        Column("currency", "x.currency"),
        Column("status", "x.status"),
        Column("is_conditional", "CASE WHEN x.is_conditional THEN 'yes' ELSE 'no' END"),
        Column("is_booked", "CASE WHEN x.is_booked THEN 'yes' ELSE 'no' END"),
        Column("note", "x.note", Kind.TEXT, is_personal=True),
    ),
    order="x.promised_on, x.id",
    conditions=_pledges,
    filters=frozenset({"state", "kind", "q"}),
    summed=("x.currency", "x.amount_minor"),
    donor="x.donor_id",
)
