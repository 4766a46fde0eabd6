"""The processor in our words. `stripe_gateway` speaks them to Stripe; nothing above knows another name.

Every state is what the processor said when asked, never what an event carried. Amounts are `Money`; times are
aware datetimes; `reference` is our own id that came back with the object (a Checkout or RefundRequest id).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Protocol

from ledger.money import Money


class ProcessorUnsure(Exception):
    """Nobody knows whether it happened: time-out, reset, 5xx, unreadable answer. Look before asking again."""


class StoredFailure(ProcessorUnsure):
    """A 5xx that the processor stores under the idempotency key: the same key will answer it for ever."""


class ProcessorBusy(ProcessorUnsure):
    """It did not happen: the processor, or our own limit on calls under way, turned the call away."""


class ProcessorRefused(Exception):
    """It did not and will not happen as asked; `code` is the processor's word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ObjectMissing(ProcessorRefused):
    """The processor knows no such object."""


class ForgedEvent(Exception):
    """A webhook whose signature, time or shape is wrong."""


@dataclass(frozen=True, slots=True)
class SessionRequest:
    reference: str
    attempt: int
    amount: Money
    months: int
    """Months from one charge to the next; 0 for a gift given once."""
    charge_day: int | None
    """The day of the month a recurring gift is charged on; None for the day it begins."""
    label: str
    """A neutral fund code: it is shown on the payment page and in the processor's records."""
    language: str
    email: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line of the processor's balance: what a charge, refund, dispute, fee or payout did to it."""

    ref: str
    kind: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    source_ref: str
    created_at: datetime
    available_on: date
    exchange_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class RefundState:
    ref: str
    charge_ref: str
    amount: Money
    status: str
    created_at: datetime
    reason: str
    reference: str
    balance: BalanceLine | None
    failure_balance: BalanceLine | None


@dataclass(frozen=True, slots=True)
class ChargeState:
    ref: str
    payment_ref: str
    amount: Money
    status: str
    created_at: datetime
    method: str
    last4: str
    reference: str
    customer_ref: str
    refunded_minor: int
    failure_code: str
    is_live: bool
    balance: BalanceLine | None
    decline_code: str = ""


@dataclass(frozen=True, slots=True)
class SessionState:
    ref: str
    reference: str
    status: str
    payment_status: str
    is_recurring: bool
    amount: Money
    url: str
    expires_at: datetime
    customer_ref: str
    plan_ref: str
    charge: ChargeState | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class DisputeState:
    ref: str
    charge_ref: str
    amount: Money
    status: str
    reason: str
    created_at: datetime
    due_at: datetime | None
    balances: tuple[BalanceLine, ...]


@dataclass(frozen=True, slots=True)
class FraudWarningState:
    ref: str
    charge_ref: str
    kind: str
    is_actionable: bool
    """Neither disputed yet nor given back: a refund could still prevent a dispute."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewState:
    ref: str
    charge_ref: str
    is_open: bool
    reason: str
    outcome: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CardState:
    """What a plan is collected by. Of a method that is no card only the kind and what it shows."""

    ref: str
    customer_ref: str
    brand: str
    last4: str
    expires_on: date | None
    """The last day it is good for."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan for somebody whose card the processor keeps already; nothing is charged before `first_at`."""

    reference: str
    customer_ref: str
    method_ref: str
    amount: Money
    months: int
    label: str
    first_at: datetime
    charge_day: int
    """The day of the month that is meant, where the month of `first_at` is too short for it."""


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan is to be from its next charge on. `first_at` moves that charge; None leaves its date alone."""

    amount: Money
    months: int
    label: str
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanState:
    ref: str
    reference: str
    customer_ref: str
    status: str
    amount: Money
    interval: str
    started_at: datetime
    next_charge_at: datetime | None
    ended_at: datetime | None
    latest_invoice_ref: str
    is_live: bool
    months: int = 1
    label: str = ""
    item_ref: str = ""
    product_ref: str = ""
    anchored_at: datetime | None = None
    charge_day: int | None = None
    """The day of the month that is meant: 31 in a plan that is charged on 28 February."""
    ends_at: datetime | None = None
    is_paused: bool = False
    resumes_at: datetime | None = None
    end_reason: str = ""
    card: CardState | None = None
    kept_card: CardState | None = None
    """The customer's default: another one when it was changed on the processor's page."""


@dataclass(frozen=True, slots=True)
class InvoiceState:
    ref: str
    plan_ref: str
    status: str
    amount: Money
    payment_refs: tuple[str, ...]
    attempts: int
    next_attempt_at: datetime | None
    payment_ref: str = ""
    """The payment it is to be collected by, paid or not."""
    is_first: bool = False
    """Of the period in which the plan began: the payment page told its payer itself."""
    needs_bank: bool = False
    """The giver's bank wants to be asked on `page_url`."""
    page_url: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PayoutState:
    ref: str
    amount: Money
    status: str
    created_at: datetime
    arrives_on: date
    is_automatic: bool
    is_reconciled: bool
    balance_ref: str
    failure_balance_ref: str


@dataclass(frozen=True, slots=True)
class Notice:
    """An event, as far as it is believed: which kind, about which object, when."""

    ref: str
    kind: str
    object_ref: str
    created_at: datetime
    is_live: bool
    api_version: str


class Gateway(Protocol):
    """What a processor must be able to do. Every call may raise ProcessorUnsure or ProcessorRefused."""

    def open_session(self, request: SessionRequest) -> SessionState: ...
    def find_session(self, *, reference: str, since: datetime) -> SessionState | None: ...
    def session(self, ref: str) -> SessionState: ...
    def charge(self, ref: str) -> ChargeState: ...
    def charge_of_payment(self, payment_ref: str) -> ChargeState | None: ...
    def charges(self, *, since: datetime) -> Iterator[ChargeState]: ...
    def send_refund(self, *, reference: str, attempt: int, charge_ref: str, amount: Money) -> RefundState: ...
    def refund(self, ref: str) -> RefundState: ...
    def refunds_of(self, charge_ref: str) -> Iterator[RefundState]: ...
    def dispute(self, ref: str) -> DisputeState: ...
    def fraud_warning(self, ref: str) -> FraudWarningState: ...
    def review(self, ref: str) -> ReviewState: ...
    def plan(self, ref: str) -> PlanState: ...
    def invoice(self, ref: str) -> InvoiceState: ...
    def invoice_of_payment(self, payment_ref: str) -> InvoiceState | None: ...
    def payout(self, ref: str) -> PayoutState: ...
    def payout_lines(self, payout_ref: str) -> Iterator[BalanceLine]: ...
    def balance_lines(self, *, since: datetime) -> Iterator[BalanceLine]: ...
    def balance(self) -> list[Money]: ...
    def notices(self, *, since: datetime) -> Iterator[Notice]: ...
    def failed_charges(self, *, payment_ref: str) -> Iterator[ChargeState]: ...
    def plans_of(self, customer_ref: str) -> Iterator[PlanState]: ...
    def unpaid_invoices(self, plan_ref: str) -> Iterator[InvoiceState]: ...
    def card(self, ref: str) -> CardState: ...
    def open_plan(self, *, key: str, request: PlanRequest) -> PlanState: ...
    def change_terms(self, *, key: str, plan: PlanState, terms: PlanTerms) -> PlanState: ...
    def end_plan_at(self, *, key: str, plan_ref: str, at: datetime | None) -> PlanState: ...
    def pause_plan(self, *, key: str, plan_ref: str, until: datetime) -> PlanState: ...
    def resume_plan(self, *, key: str, plan_ref: str) -> PlanState: ...
    def stop_plan(self, *, key: str, plan_ref: str) -> PlanState: ...
    def use_card(self, *, key: str, plan_ref: str, method_ref: str) -> PlanState: ...
    def pay_invoice(self, *, key: str, invoice_ref: str, method_ref: str) -> InvoiceState: ...
    def void_invoice(self, *, key: str, invoice_ref: str) -> InvoiceState: ...
    def card_page_url(self, *, customer_ref: str, return_url: str, language: str) -> str: ...
    def verify(self, *, body: bytes, signature: str, now: datetime) -> Notice: ...


@cache
def connect() -> Gateway:
    """The one gateway of this process, made when first needed (importing stripe costs 0.3 s)."""
    from payments.stripe_gateway import StripeGateway

    return StripeGateway.from_settings()
