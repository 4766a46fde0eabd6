"""Intents may yet happen and have a state; facts happened and are only ever added; recognition is neither money."""

from donations.models.batches import (
    Batch,
    BatchedGift,
    BatchRow,
    BatchRowPart,
    CashCount,
    LeftUnknown,
    Reversal,
    RowReversal,
    RowTruth,
)
from donations.models.credits import Recognition, Tribute
from donations.models.details import Benefit, Correction, GiftDetail, GiftEvent, SoftCredit
from donations.models.facts import (
    Designation,
    Dispute,
    DisputeClosing,
    DisputeMovement,
    DisputeStep,
    Donation,
    FraudWarning,
    Refund,
    RefundFailure,
    RefundPart,
    Review,
    ReviewClosing,
)
from donations.models.givers import GiverDetail
from donations.models.intents import Checkout, RefundPolicy, RefundRequest, RefundRequestPart
from donations.models.plans import PlanChange, PlanFailure, RecurringPlan
from donations.models.pledges import (
    Instalment,
    Pledge,
    PledgePayment,
    PledgeReminder,
    WriteOff,
    WriteOffRequest,
)
from donations.models.transfers import TransferPromise

__all__ = [
    "Batch",
    "BatchRow",
    "BatchRowPart",
    "BatchedGift",
    "Benefit",
    "CashCount",
    "Checkout",
    "Correction",
    "Designation",
    "Dispute",
    "DisputeClosing",
    "DisputeMovement",
    "DisputeStep",
    "Donation",
    "FraudWarning",
    "GiftDetail",
    "GiftEvent",
    "GiverDetail",
    "Instalment",
    "LeftUnknown",
    "PlanChange",
    "PlanFailure",
    "Pledge",
    "PledgePayment",
    "PledgeReminder",
    "Recognition",
    "RecurringPlan",
    "Refund",
    "RefundFailure",
    "RefundPart",
    "RefundPolicy",
    "RefundRequest",
    "RefundRequestPart",
    "Reversal",
    "Review",
    "ReviewClosing",
    "RowReversal",
    "RowTruth",
    "SoftCredit",
    "TransferPromise",
    "Tribute",
    "WriteOff",
    "WriteOffRequest",
]
