"""In which order events are made. Stripe promises no order of arrival.

Taken from recorded sequences in Stripe's documentation; the exact order inside one second is unverified
against the real service, and no caller may rely on it (deliveries can be shuffled to prove that). The tests
hold the sandbox to this table.
"""

from __future__ import annotations

ORDER: dict[str, tuple[str, ...]] = {
    "card payment, one-off": (
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ),
    "card declined": (
        "customer.created",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ),
    "bank debit submitted": (
        "customer.created",
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
    ),
    "bank debit succeeds": (
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ),
    "bank debit fails": (
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ),
    "refund": ("refund.created", "charge.refunded"),
    "refund fails": ("refund.updated", "refund.failed", "charge.refund.updated", "charge.updated"),
    "dispute opens": ("charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.updated"),
    "dispute won": ("charge.dispute.funds_reinstated", "charge.dispute.closed"),
    "early fraud warning, then a full refund": (
        "radar.early_fraud_warning.created",
        "refund.created",
        "charge.refunded",
        "radar.early_fraud_warning.updated",
    ),
    "payment reviewed": ("review.opened", "review.closed"),
    "dispute lost": ("charge.dispute.closed",),
    "payout": ("payout.created", "payout.updated", "payout.paid", "payout.reconciliation_completed"),
    "subscription begins": (
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "payment_method.attached",
        "invoice.created",
        "customer.subscription.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
    ),
    "renewal succeeds": (
        "invoice.created",
        "customer.subscription.updated",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ),
    "renewal declines": (
        "invoice.created",
        "customer.subscription.updated",
        "payment_intent.created",
        "invoice.finalized",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.subscription.updated",
    ),
}
