"""Reading Stripe's answers into our words. Pure: plain dictionaries in, frozen states out.

Unknown fields and unknown words are let through; a field we need that is missing or of another shape raises
`ProcessorUnsure`, so the event waits for a person instead of posting something wrong.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from ledger.money import Money
from payments.gateway import (
    BalanceLine,
    ChargeState,
    DisputeState,
    InvoiceState,
    Notice,
    PayoutState,
    PlanState,
    ProcessorUnsure,
    RefundState,
    SessionState,
)

Raw = Mapping[str, Any]
State = TypeVar("State")


def careful(read: Callable[[Raw], State]) -> Callable[[Raw], State]:
    """Turns a missing or misshapen field into ProcessorUnsure."""

    def reader(raw: Raw) -> State:
        try:
            return read(raw)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProcessorUnsure(f"unreadable {read.__name__}: {error!r}") from error

    return reader


def _time(value: Any) -> datetime:
    return datetime.fromtimestamp(int(value), UTC)


def _time_or_none(value: Any) -> datetime | None:
    return None if value is None else _time(value)


def _day(value: Any) -> date:
    return _time(value).date()


def _ref(value: Any) -> str:
    """An id, whether the object came expanded or not."""
    if value is None:
        return ""
    return str(value["id"]) if isinstance(value, Mapping) else str(value)


def _money(raw: Raw, key: str = "amount") -> Money:
    return Money(raw[key], str(raw["currency"]).upper())


def _reference(raw: Raw) -> str:
    return str((raw.get("metadata") or {}).get("reference", ""))


@careful
def balance_line(raw: Raw) -> BalanceLine:
    rate = raw.get("exchange_rate")
    return BalanceLine(
        ref=str(raw["id"]),
        kind=str(raw["type"]),
        amount_minor=int(raw["amount"]),
        fee_minor=int(raw["fee"]),
        net_minor=int(raw["net"]),
        currency=str(raw["currency"]).upper(),
        source_ref=_ref(raw.get("source")),
        created_at=_time(raw["created"]),
        available_on=_day(raw["available_on"]),
        exchange_rate=None if rate is None else Decimal(str(rate)),
    )


def _balance(value: Any) -> BalanceLine | None:
    return balance_line(value) if isinstance(value, Mapping) else None


@careful
def charge(raw: Raw) -> ChargeState:
    details = raw.get("payment_method_details") or {}
    method = str(details.get("type") or "unknown")
    return ChargeState(
        ref=str(raw["id"]),
        payment_ref=_ref(raw.get("payment_intent")),
        amount=_money(raw),
        status=str(raw["status"]),
        created_at=_time(raw["created"]),
        method=method,
        last4=str((details.get(method) or {}).get("last4") or ""),
        reference=_reference(raw),
        customer_ref=_ref(raw.get("customer")),
        refunded_minor=int(raw["amount_refunded"]),
        failure_code=str(raw.get("failure_code") or ""),
        is_live=bool(raw["livemode"]),
        balance=_balance(raw.get("balance_transaction")),
    )


@careful
def session(raw: Raw) -> SessionState:
    payment = raw.get("payment_intent")
    latest = payment.get("latest_charge") if isinstance(payment, Mapping) else None
    return SessionState(
        ref=str(raw["id"]),
        reference=str(raw.get("client_reference_id") or ""),
        status=str(raw["status"]),
        payment_status=str(raw["payment_status"]),
        is_monthly=raw["mode"] == "subscription",
        amount=_money(raw, "amount_total"),
        url=str(raw.get("url") or ""),
        expires_at=_time(raw["expires_at"]),
        customer_ref=_ref(raw.get("customer")),
        plan_ref=_ref(raw.get("subscription")),
        charge=charge(latest) if isinstance(latest, Mapping) else None,
        is_live=bool(raw["livemode"]),
    )


@careful
def refund(raw: Raw) -> RefundState:
    return RefundState(
        ref=str(raw["id"]),
        charge_ref=_ref(raw["charge"]),
        amount=_money(raw),
        status=str(raw["status"]),
        created_at=_time(raw["created"]),
        reason=str(raw.get("reason") or ""),
        reference=_reference(raw),
        balance=_balance(raw.get("balance_transaction")),
        failure_balance=_balance(raw.get("failure_balance_transaction")),
    )


@careful
def dispute(raw: Raw) -> DisputeState:
    details = raw.get("evidence_details") or {}
    return DisputeState(
        ref=str(raw["id"]),
        charge_ref=_ref(raw["charge"]),
        amount=_money(raw),
        status=str(raw["status"]),
        reason=str(raw.get("reason") or ""),
        created_at=_time(raw["created"]),
        due_at=_time_or_none(details.get("due_by")),
        balances=tuple(balance_line(line) for line in raw["balance_transactions"]),
    )


@careful
def plan(raw: Raw) -> PlanState:
    item = raw["items"]["data"][0]
    price = item["price"]
    ends = {"canceled", "incomplete_expired", "unpaid"}
    return PlanState(
        ref=str(raw["id"]),
        reference=_reference(raw),
        customer_ref=_ref(raw["customer"]),
        status=str(raw["status"]),
        amount=Money(
            int(price["unit_amount"]) * int(item.get("quantity") or 1), str(price["currency"]).upper()
        ),
        interval=str(price["recurring"]["interval"]),
        started_at=_time(raw["start_date"]),
        next_charge_at=None if raw["status"] in ends else _time_or_none(item.get("current_period_end")),
        ended_at=_time_or_none(raw.get("ended_at")),
        latest_invoice_ref=_ref(raw.get("latest_invoice")),
        is_live=bool(raw["livemode"]),
    )


@careful
def invoice(raw: Raw) -> InvoiceState:
    parent = (raw.get("parent") or {}).get("subscription_details") or {}
    payments = (raw.get("payments") or {}).get("data") or []
    return InvoiceState(
        ref=str(raw["id"]),
        plan_ref=_ref(parent.get("subscription")),
        status=str(raw["status"]),
        amount=_money(raw, "amount_due"),
        payment_refs=tuple(
            _ref(payment["payment"].get("payment_intent"))
            for payment in payments
            if payment["status"] == "paid"
        ),
        attempts=int(raw["attempt_count"]),
        next_attempt_at=_time_or_none(raw.get("next_payment_attempt")),
    )


@careful
def payout(raw: Raw) -> PayoutState:
    return PayoutState(
        ref=str(raw["id"]),
        amount=_money(raw),
        status=str(raw["status"]),
        created_at=_time(raw["created"]),
        arrives_on=_day(raw["arrival_date"]),
        is_automatic=bool(raw["automatic"]),
        is_reconciled=raw.get("reconciliation_status") == "completed",
        balance_ref=_ref(raw.get("balance_transaction")),
        failure_balance_ref=_ref(raw.get("failure_balance_transaction")),
    )


@careful
def notice(raw: Raw) -> Notice:
    return Notice(
        ref=str(raw["id"]),
        kind=str(raw["type"]),
        object_ref=str(raw["data"]["object"].get("id") or ""),
        created_at=_time(raw["created"]),
        is_live=bool(raw["livemode"]),
        api_version=str(raw.get("api_version") or ""),
    )
