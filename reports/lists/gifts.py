"""The list of donations, one row each, oldest first."""

import dataclasses

from reports import filtering, listing
from reports.kinds import Kind
from reports.lists import asking_gifts, joining
from reports.lists.declaring import Column, Join, Listing, Span, amount, local
from staff.models import Role

_PAID = filtering.state_sql(refunded="coalesce(r.amount_minor, 0)", disputed="q.donation_id IS NOT NULL")

# A designation of the whole amount is the only
# one, since all are positive and sum to it: nearly every gift's fund comes by a join, and only divided gifts ask one by
# one (a million such questions took most of the file's time).
_JOINS = {
    "body": Join("JOIN ledger_legalentity e ON e.id = d.entity_id"),
    "giver": joining.giver("d.donor_id"),
    "campaign": joining.campaign("d.campaign_id"),
    "fund": Join(
        """LEFT JOIN donations_designation gw ON gw.donation_id = d.id AND gw.amount_minor = d.amount_minor
LEFT JOIN ledger_fund whole ON whole.id = gw.fund_id"""
    ),
    "settled": Join(listing.SETTLED),
    "back": Join(
        f"LEFT JOIN ({listing.GIVEN_BACK}) r ON r.donation_id = d.id",
        table="donations_refund",
        nothing="CROSS JOIN (SELECT NULL::bigint AS amount_minor) r",
    ),
    "moved": Join(
        f"LEFT JOIN ({listing.MOVED}) m ON m.donation_id = d.id",
        table="donations_refund, donations_dispute",
        nothing="CROSS JOIN (SELECT NULL::bigint AS fee_minor, NULL::bigint AS net_minor) m",
    ),
    "held": Join(
        f"""LEFT JOIN (SELECT DISTINCT x.donation_id FROM donations_dispute x
  LEFT JOIN donations_disputeclosing k ON k.dispute_id = x.id
  WHERE {filtering.HELD_BY_DISPUTE}) q ON q.donation_id = d.id""",
        table="donations_dispute",
        nothing="CROSS JOIN (SELECT NULL::uuid AS donation_id) q",
    ),
    "payout": Join(
        """LEFT JOIN payments_payoutline pl ON pl.balance_transaction_id = b.id
LEFT JOIN payments_payout po ON po.id = pl.payout_id""",
        needs=("settled",),
        table="payments_payoutline",
        nothing="CROSS JOIN (SELECT NULL::text AS ref) po",
    ),
    "paper": Join(
        """LEFT JOIN receipts_coverage co ON co.donation_id = d.id
LEFT JOIN receipts_receipt re ON re.id = co.receipt_id""",
        table="receipts_coverage",
        nothing="CROSS JOIN (SELECT NULL::text AS serial) re",
    ),
}
_FUND = """coalesce(whole.code, (SELECT string_agg(f.code, ' + ' ORDER BY gd.id) FROM donations_designation gd
  JOIN ledger_fund f ON f.id = gd.fund_id WHERE gd.donation_id = d.id))"""


def _settled(name: str, whole: str) -> Column:
    """An amount of the balance. Nearly every gift is a charge in dollars that nothing moved since: told at once."""
    minor = f"({whole} + coalesce(m.{name}_minor, 0))"
    at_once = f"b.currency = 'USD' AND m.{name}_minor IS NULL AND d.rail <> 'desk'"
    return _at_once(
        amount(name, minor, "settled", "moved", currency=listing.SETTLED_IN), at_once, f"b.{name}_minor"
    )


def _at_once(column: Column, condition: str, minor: str) -> Column:
    """This function will return an amount that under a condition is so many cents, which costs less to tell."""
    return dataclasses.replace(
        column,
        sql=f"CASE WHEN {condition} THEN {minor} * 0.01 ELSE {column.sql} END",
        thousandths=f"CASE WHEN {condition} THEN {minor} * 10 ELSE {column.thousandths} END",
    )


_REFUNDED = _at_once(
    amount("refunded", "coalesce(r.amount_minor, 0)", "back", currency="d.currency"),
    "r.amount_minor IS NULL AND d.currency = 'USD'",
    "0",
)


DONATIONS = Listing(
    key="donations",
    roles=frozenset({Role.FINANCE, Role.APPROVER}),
    base="donations_donation d",
    joins=_JOINS,
    columns=(
        Column("donation_id", "d.id"),
        Column("given_on", "d.given_on", Kind.DAY),
        Column("given_at_local", local("d.given_at", "e.zone"), Kind.MOMENT, ("body",)),
        Column("entity", "e.code", needs=("body",)),
        Column("donor_id", "g.donor_id", needs=("giver",)),
        Column("donor_name", "g.name", Kind.TEXT, ("giver",), is_personal=True, is_guarded=True),
        Column("donor_email", "g.email", Kind.TEXT, ("giver",), is_personal=True, is_guarded=True),
        Column("campaign", "c.title", Kind.TEXT, ("campaign",), is_guarded=True),
        Column("fund", _FUND, needs=("fund",)),
        amount("gross", "d.amount_minor", currency="d.currency"),
        Column("currency", "d.currency"),
        _REFUNDED,
        _settled("fee", listing.FEE),
        _settled("net", listing.NET),
        Column("settlement_currency", listing.SETTLED_IN, needs=("settled",)),
        Column("frequency", "CASE WHEN d.plan_id IS NULL THEN 'once' ELSE 'monthly' END"),
        Column("method", "d.method"),
        Column("last4", "d.last4"),
        Column(
            "state",
            f"CASE WHEN q.donation_id IS NULL AND r.amount_minor IS NULL THEN 'paid' ELSE {_PAID} END",
            needs=("back", "held"),
        ),
        Column("charge_id", "d.processor_ref"),
        Column("payment_id", "d.payment_ref"),
        Column("payout_id", "po.ref", needs=("payout",)),
        Column("receipt", "re.serial", needs=("paper",)),
        Column("source", "d.source", Kind.TEXT),
        Column("note", "d.note", Kind.TEXT, is_personal=True),
    ),
    order="d.given_at, d.id",
    conditions=asking_gifts.conditions,
    filters=asking_gifts.FILTERS,
    summed=("d.currency", "d.amount_minor"),
    donor="d.donor_id",
    personal_roles=frozenset({Role.FINANCE}),
    span=Span("donations_donation", "d", "given_at"),
    clock="SELECT e.zone FROM ledger_legalentity e ORDER BY e.id LIMIT 1",
)
