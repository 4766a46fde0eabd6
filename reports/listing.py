"""The list of donations: fifty rows at a time by cursor, and totals of everything the filter holds."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from ledger.money import Money
from reports import filtering
from reports.filtering import Filters

SIZE = 50

SETTLED = """
LEFT JOIN payments_balancetransaction b ON b.source_ref = d.processor_ref AND b.kind IN ('charge', 'payment')
"""
"""The line of the processor's balance that a charge made: at most one."""

MOVED = """
SELECT moved.donation_id, sum(moved.fee_minor)::bigint AS fee_minor, sum(moved.net_minor)::bigint AS net_minor
FROM (SELECT x.donation_id, t.fee_minor, t.net_minor
        FROM (SELECT donation_id, processor_ref FROM donations_refund
              UNION ALL SELECT donation_id, processor_ref FROM donations_dispute) x
        JOIN LATERAL (SELECT t.fee_minor, t.net_minor FROM payments_balancetransaction t
          WHERE t.source_ref = x.processor_ref OFFSET 0) t ON TRUE
      UNION ALL SELECT r.donation_id, 0, -r.amount_minor FROM donations_refund r
        JOIN donations_reversal v ON v.refund_id = r.id) moved
GROUP BY moved.donation_id
"""
"""What refunds and disputes did to the balance afterwards, and what was reversed over the desk, by donation.

They are few beside what they are looked up in, whatever a list does with all of its gifts: hence the OFFSET 0.
"""

# What PayPal kept of a gift, and gave back of it, stands in the books alone: asked for its gifts only.
_KEPT = """(SELECT coalesce(sum((SELECT sum(wl.amount_minor) FROM ledger_line wl
    WHERE wl.entry_id = we.id AND wl.currency = d.currency
      AND wl.account_id = (SELECT wa.id FROM ledger_account wa WHERE wa.code = '5100'))), 0)::bigint
  FROM ledger_entry we WHERE we.source = ANY (ARRAY['balance:' || d.processor_ref] || ARRAY(
    SELECT 'balance:' || wr.processor_ref FROM donations_refund wr WHERE wr.donation_id = d.id)))"""
_BACK = """(SELECT coalesce(sum(wr.amount_minor), 0)::bigint FROM donations_refund wr
 WHERE wr.donation_id = d.id AND wr.processor_ref LIKE 'paypal:%%')"""

# What else came over the desk has no fee and is settled as it came.
SETTLED_IN = "coalesce(b.currency, CASE WHEN d.rail = 'desk' THEN d.currency END)"
FEE = f"CASE WHEN d.rail <> 'desk' THEN b.fee_minor WHEN d.method = 'paypal' THEN {_KEPT} ELSE 0 END"
NET = f"""CASE WHEN d.rail <> 'desk' THEN b.net_minor
  WHEN d.method = 'paypal' THEN d.amount_minor - {_KEPT} - {_BACK} ELSE d.amount_minor END"""

GIVEN_BACK = """
SELECT r.donation_id, sum(r.amount_minor)::bigint AS amount_minor FROM donations_refund r
LEFT JOIN donations_refundfailure rf ON rf.refund_id = r.id
WHERE rf.id IS NULL GROUP BY r.donation_id
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One donation as the list shows it. `fee` and `net` are of the balance, None until it is known."""

    id: uuid.UUID
    given_at: datetime
    given_on: date
    donor_id: uuid.UUID
    donor: str
    campaign: str
    entity: str
    funds: str
    amount: Money
    refunded: Money
    fee: Money | None
    net: Money | None
    method: str
    last4: str
    is_monthly: bool
    state: str


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    older: str
    """Cursor of the next page; empty on the last one."""


@dataclass(frozen=True, slots=True)
class Total:
    """Sums in one currency given and one currency settled in; `unsettled` donations have no fee yet."""

    currency: str
    count: int
    gross: Money
    refunded: Money
    fees: Money | None
    net: Money | None
    unsettled: int


class NoSuchCursor(ValueError):
    """The cursor was not made by `page`."""


def _cursor(row: Row) -> str:
    return urlsafe_b64encode(f"{row.given_at.isoformat()}|{row.id}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    try:
        at, pk = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode().split("|")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise NoSuchCursor(text)
        return moment, uuid.UUID(pk)
    except (ValueError, NotBase64) as error:
        raise NoSuchCursor(text) from error


_PAGE = """
WITH chosen AS MATERIALIZED (
  SELECT d.* FROM donations_donation d WHERE {where} {after}
  ORDER BY d.given_at DESC, d.id DESC LIMIT %(limit)s
)
SELECT d.id, d.given_at, d.given_on, coalesce(s.id, dn.id) AS donor_id, coalesce(s.name, dn.name) AS donor,
  coalesce(ct.title, c.slug) AS campaign, e.code AS entity,
  (SELECT string_agg(f.code, ' + ' ORDER BY g.id) FROM donations_designation g
    JOIN ledger_fund f ON f.id = g.fund_id WHERE g.donation_id = d.id) AS funds,
  d.amount_minor, d.currency, {refunded} AS refunded, {settled_in} AS settled_in,
  {fee} + coalesce(m.fee_minor, 0) AS fee, {net} + coalesce(m.net_minor, 0) AS net,
  d.method, d.last4, d.plan_id IS NOT NULL AS is_monthly, {state} AS state
FROM chosen d
JOIN ledger_legalentity e ON e.id = d.entity_id
JOIN donors_donor dn ON dn.id = d.donor_id
LEFT JOIN donors_donor s ON s.id = dn.merged_into_id
JOIN campaigns_campaign c ON c.id = d.campaign_id
LEFT JOIN campaigns_campaigntext ct ON ct.campaign_id = c.id AND ct.language = %(language)s
{settled}
LEFT JOIN LATERAL (
  SELECT sum(moved.fee_minor)::bigint AS fee_minor, sum(moved.net_minor)::bigint AS net_minor
  FROM (SELECT t.fee_minor, t.net_minor
          FROM (SELECT processor_ref FROM donations_refund WHERE donation_id = d.id
                UNION ALL SELECT processor_ref FROM donations_dispute WHERE donation_id = d.id) x
          JOIN payments_balancetransaction t ON t.source_ref = x.processor_ref
        UNION ALL SELECT 0, -r.amount_minor FROM donations_refund r
          JOIN donations_reversal v ON v.refund_id = r.id WHERE r.donation_id = d.id) moved
) m ON TRUE
ORDER BY d.given_at DESC, d.id DESC
"""


def page(*, filters: Filters, language: str, after: str = "", size: int = SIZE) -> Page:
    """The donations after a cursor, newest first. Raises NoSuchCursor.

    This function will return at most `size` rows and the cursor of the page that follows.
    """
    where, params = filtering.conditions(filters)
    params |= {"limit": size + 1, "language": language}
    follow = ""
    if after:
        params["after_at"], params["after_id"] = _read_cursor(after)
        follow = "AND (d.given_at, d.id) < (%(after_at)s, %(after_id)s)"
    sql = _PAGE.format(
        where=where,
        after=follow,
        refunded=filtering.REFUNDED,
        state=filtering.STATE,
        settled=SETTLED,
        settled_in=SETTLED_IN,
        fee=FEE,
        net=NET,
    )
    rows = [_row(found) for found in _select(sql, params)]
    return Page(rows[:size], _cursor(rows[size - 1]) if len(rows) > size else "")


def _row(found: Mapping[str, Any]) -> Row:
    values = dict(found)
    currency, settled = values.pop("currency"), values.pop("settled_in")
    values["amount"] = Money(values.pop("amount_minor"), currency)
    values["refunded"] = Money(values["refunded"], currency)
    values["fee"], values["net"] = _settled(values["fee"], settled), _settled(values["net"], settled)
    return Row(**values)


def _settled(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)


_TOTALS = """
SELECT d.currency, {settled_in} AS settled_in, count(*)::int AS count, sum(d.amount_minor)::bigint AS gross,
  coalesce(sum(r.amount_minor), 0)::bigint AS refunded,
  sum({fee} + coalesce(m.fee_minor, 0))::bigint AS fees,
  sum({net} + coalesce(m.net_minor, 0))::bigint AS net,
  count(*) FILTER (WHERE b.id IS NULL AND d.rail = 'processor')::int AS unsettled
FROM donations_donation d
{settled}
LEFT JOIN ({given_back}) r ON r.donation_id = d.id
LEFT JOIN ({moved}) m ON m.donation_id = d.id
WHERE {where}
GROUP BY d.currency, {settled_in}
ORDER BY d.currency, settled_in NULLS LAST
"""


def totals(*, filters: Filters) -> list[Total]:
    """This function will return sums over the whole filter, by currency given and currency settled in.

    Gifts not settled yet are counted with the others of their currency where all of those settle in one.
    """
    where, params = filtering.conditions(filters)
    sql = _TOTALS.format(
        where=where,
        settled=SETTLED,
        given_back=GIVEN_BACK,
        moved=MOVED,
        settled_in=SETTLED_IN,
        fee=FEE,
        net=NET,
    )
    found = [_total(row) for row in _select(sql, params)]
    sums: list[Total] = []
    for total in found:
        settling = [other for other in found if other.currency == total.currency and other.net is not None]
        if total.net is None and len(settling) == 1:
            sums[-1] = _together(sums[-1], total)
        else:
            sums.append(total)
    return sums


def _together(settled: Total, waiting: Total) -> Total:
    return replace(
        settled,
        count=settled.count + waiting.count,
        gross=settled.gross + waiting.gross,
        refunded=settled.refunded + waiting.refunded,
        unsettled=waiting.unsettled,
    )


def _total(found: Mapping[str, Any]) -> Total:
    currency, settled = found["currency"], found["settled_in"]
    return Total(
        currency=currency,
        count=found["count"],
        gross=Money(found["gross"], currency),
        refunded=Money(found["refunded"], currency),
        fees=_settled(found["fees"], settled),
        net=_settled(found["net"], settled),
        unsettled=found["unsettled"],
    )


def _select(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
