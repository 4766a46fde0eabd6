"""Intents may yet happen and have a state; facts happened and are only ever added; recognition is neither money."""

from donations.models.credits import Recognition
from donations.models.facts import (
    Designation,
    Dispute,
    DisputeClosing,
    DisputeMovement,
    Donation,
    Refund,
    RefundFailure,
    RefundPart,
)
from donations.models.intents import Checkout, RecurringPlan, RefundRequest

__all__ = [
    "Checkout",
    "Designation",
    "Dispute",
    "DisputeClosing",
    "DisputeMovement",
    "Donation",
    "Recognition",
    "RecurringPlan",
    "Refund",
    "RefundFailure",
    "RefundPart",
    "RefundRequest",
]
