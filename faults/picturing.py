"""A picture of the business state, without ids or times of recording: two histories are equal if these are."""

from __future__ import annotations

from typing import Any

from django.db import connection

_PICTURE = {
    "checkouts": "SELECT status, amount_minor, currency, session_ref FROM donations_checkout",
    "plans": "SELECT processor_ref, status, amount_minor, next_charge_at FROM donations_recurringplan",
    "donors": "SELECT name, email_key FROM donors_donor",
    "donations": (
        "SELECT d.processor_ref, d.amount_minor, d.currency, d.given_at, d.given_on, d.method, n.name, p.processor_ref"
        " FROM donations_donation d JOIN donors_donor n ON n.id = d.donor_id"
        " LEFT JOIN donations_recurringplan p ON p.id = d.plan_id"
    ),
    "designations": (
        "SELECT d.processor_ref, f.code, g.amount_minor FROM donations_designation g"
        " JOIN donations_donation d ON d.id = g.donation_id JOIN ledger_fund f ON f.id = g.fund_id"
    ),
    "refunds": (
        "SELECT r.processor_ref, r.amount_minor, f.balance_ref FROM donations_refund r"
        " LEFT JOIN donations_refundfailure f ON f.refund_id = r.id"
    ),
    "disputes": (
        "SELECT s.processor_ref, s.amount_minor, m.balance_ref, m.amount_minor, z.outcome FROM donations_dispute s"
        " LEFT JOIN donations_disputemovement m ON m.dispute_id = s.id"
        " LEFT JOIN donations_disputeclosing z ON z.dispute_id = s.id"
    ),
    "payouts": (
        "SELECT p.ref, p.amount_minor, b.ref, f.balance_ref FROM payments_payout p"
        " LEFT JOIN payments_payoutline l ON l.payout_id = p.id"
        " LEFT JOIN payments_balancetransaction b ON b.id = l.balance_transaction_id"
        " LEFT JOIN payments_payoutfailure f ON f.payout_id = p.id"
    ),
    "books": (
        "SELECT e.source, e.kind, e.booked_on, a.code, f.code, l.amount_minor, l.currency, l.segment"
        " FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_account a ON a.id = l.account_id"
        " JOIN ledger_fund f ON f.id = l.fund_id"
    ),
    "receipts": (
        "SELECT r.total_minor, r.currency, v.reason FROM receipts_receipt r"
        " LEFT JOIN receipts_voiding v ON v.receipt_id = r.id"
        " WHERE v.id IS NULL"
    ),
    "messages": "SELECT DISTINCT kind, to_email FROM donors_message WHERE kind NOT LIKE 'receipt%%'",
}


def picture() -> dict[str, list[tuple[Any, ...]]]:
    """Every business table, sorted."""
    result = {}
    with connection.cursor() as cursor:
        for name, query in _PICTURE.items():
            cursor.execute(query.replace("%%", "%"))
            result[name] = sorted(cursor.fetchall(), key=repr)
    return result
