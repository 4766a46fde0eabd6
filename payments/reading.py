"""Reading Stripe's answers into our words. Pure: plain dictionaries in, frozen states out.

Unknown fields and unknown words are let through; a field we need that is missing or of another shape raises
`ProcessorUnsure`, so the event waits for a person instead of posting something wrong.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from ledger.money import Money
from payments.gateway import (
    BalanceLine,
    CardState,
    ChargeState,
    DisputeState,
    FraudWarningState,
    InvoiceState,
    Notice,
    PayoutState,
    PlanState,
    ProcessorUnsure,
    RefundState,
    ReviewState,
    SessionState,
)

Raw = Mapping[str, Any]
State = TypeVar("State")


def careful(read: Callable[[Raw], State]) -> Callable[[Raw], State]:
    """Turns a missing or misshapen field into ProcessorUnsure."""

    def reader(raw: Raw) -> State:
        try:
            return read(raw)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
            raise ProcessorUnsure(f"unreadable {read.__name__}: {error!r}") from error

    return reader


def _whole(value: Any) -> int:
    """A whole number as it stands: a fraction or a text is not cut down to one."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is not a word")
    return value


def _time(value: Any) -> datetime:
    return datetime.fromtimestamp(_whole(value), UTC)


def _time_or_none(value: Any) -> datetime | None:
    return None if value is None else _time(value)


def _day(value: Any) -> date:
    return _time(value).date()


def _ref(value: Any) -> str:
    """An id, whether the object came expanded or not."""
    if value is None:
        return ""
    return _word(value["id"] if isinstance(value, Mapping) else value)


def _money(raw: Raw, key: str = "amount") -> Money:
    return Money(raw[key], _word(raw["currency"]).upper())


def _reference(raw: Raw) -> str:
    return str((raw.get("metadata") or {}).get("reference", ""))


@careful
def balance_line(raw: Raw) -> BalanceLine:
    rate = raw.get("exchange_rate")
    return BalanceLine(
        ref=_word(raw["id"]),
        kind=_word(raw["type"]),
        amount_minor=_whole(raw["amount"]),
        fee_minor=_whole(raw["fee"]),
        net_minor=_whole(raw["net"]),
        currency=Money(0, _word(raw["currency"]).upper()).currency,
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
        ref=_word(raw["id"]),
        payment_ref=_ref(raw.get("payment_intent")),
        amount=_money(raw),
        status=_word(raw["status"]),
        created_at=_time(raw["created"]),
        method=method,
        last4=str((details.get(method) or {}).get("last4") or ""),
        reference=_reference(raw),
        customer_ref=_ref(raw.get("customer")),
        refunded_minor=_whole(raw["amount_refunded"]),
        failure_code=str(raw.get("failure_code") or ""),
        is_live=bool(raw["livemode"]),
        balance=_balance(raw.get("balance_transaction")),
        decline_code=str((raw.get("outcome") or {}).get("reason") or raw.get("failure_code") or ""),
    )


@careful
def session(raw: Raw) -> SessionState:
    payment = raw.get("payment_intent")
    latest = payment.get("latest_charge") if isinstance(payment, Mapping) else None
    return SessionState(
        ref=_word(raw["id"]),
        reference=str(raw.get("client_reference_id") or ""),
        status=_word(raw["status"]),
        payment_status=_word(raw["payment_status"]),
        is_recurring=raw["mode"] == "subscription",
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
        ref=_word(raw["id"]),
        charge_ref=_ref(raw["charge"]),
        amount=_money(raw),
        status=_word(raw["status"]),
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
        ref=_word(raw["id"]),
        charge_ref=_ref(raw["charge"]),
        amount=_money(raw),
        status=_word(raw["status"]),
        reason=str(raw.get("reason") or ""),
        created_at=_time(raw["created"]),
        due_at=_time_or_none(details.get("due_by")),
        balances=tuple(balance_line(line) for line in raw["balance_transactions"]),
    )


@careful
def fraud_warning(raw: Raw) -> FraudWarningState:
    return FraudWarningState(
        ref=_word(raw["id"]),
        charge_ref=_ref(raw["charge"]),
        kind=str(raw.get("fraud_type") or ""),
        is_actionable=raw["actionable"] is True,
        created_at=_time(raw["created"]),
    )


@careful
def review(raw: Raw) -> ReviewState:
    is_open = raw["open"]
    if not isinstance(is_open, bool):
        raise TypeError("open is yes or no")
    return ReviewState(
        ref=_word(raw["id"]),
        charge_ref=_ref(raw["charge"]),
        is_open=is_open,
        reason=str(raw.get("reason") or ""),
        outcome=str(raw.get("closed_reason") or ""),
        created_at=_time(raw["created"]),
    )


@careful
def card(raw: Raw) -> CardState:
    kind = _word(raw["type"])
    details = raw.get(kind) or {}
    year, month = details.get("exp_year"), details.get("exp_month")
    return CardState(
        ref=_word(raw["id"]),
        customer_ref=_ref(raw.get("customer")),
        brand=str(details.get("brand") or kind)[:20],
        last4=str(details.get("last4") or "")[:4],
        expires_on=date(year, month, monthrange(year, month)[1]) if year and month else None,
    )


def _card(value: Any) -> CardState | None:
    return card(value) if isinstance(value, Mapping) else None


def _kept_card(customer: Any) -> CardState | None:
    settings = customer.get("invoice_settings") or {} if isinstance(customer, Mapping) else {}
    return _card(settings.get("default_payment_method"))


MONTHS = {"month": 1, "year": 12}


@careful
def plan(raw: Raw) -> PlanState:
    item = raw["items"]["data"][0]
    price = item["price"]
    ends = {"canceled", "incomplete_expired", "unpaid"}
    recurring, product = price["recurring"], price.get("product")
    anchored_at = _time_or_none(raw.get("billing_cycle_anchor"))
    config = raw.get("billing_cycle_anchor_config") or {}
    pause = raw.get("pause_collection") or {}
    return PlanState(
        ref=_word(raw["id"]),
        reference=_reference(raw),
        customer_ref=_ref(raw["customer"]),
        status=_word(raw["status"]),
        amount=Money(
            _whole(price["unit_amount"]) * _whole(item.get("quantity") or 1), _word(price["currency"]).upper()
        ),
        interval=_word(recurring["interval"]),
        started_at=_time(raw["start_date"]),
        next_charge_at=None if raw["status"] in ends else _time_or_none(item.get("current_period_end")),
        ended_at=_time_or_none(raw.get("ended_at")),
        latest_invoice_ref=_ref(raw.get("latest_invoice")),
        is_live=bool(raw["livemode"]),
        months=MONTHS.get(recurring["interval"], 0) * _whole(recurring.get("interval_count") or 1),
        label=str(product.get("name") or "") if isinstance(product, Mapping) else "",
        item_ref=_word(item["id"]),
        product_ref=_ref(product),
        anchored_at=anchored_at,
        charge_day=config.get("day_of_month") or (anchored_at.day if anchored_at else None),
        ends_at=None if raw.get("ended_at") else _time_or_none(raw.get("cancel_at")),
        is_paused=bool(pause),
        resumes_at=_time_or_none(pause.get("resumes_at")),
        end_reason=str((raw.get("cancellation_details") or {}).get("reason") or ""),
        card=_card(raw.get("default_payment_method")),
        kept_card=_kept_card(raw["customer"]),
    )


def _is_asking(payment: Any) -> bool:
    return isinstance(payment, Mapping) and payment.get("status") == "requires_action"


@careful
def invoice(raw: Raw) -> InvoiceState:
    parent = (raw.get("parent") or {}).get("subscription_details") or {}
    payments = (raw.get("payments") or {}).get("data") or []
    return InvoiceState(
        ref=_word(raw["id"]),
        plan_ref=_ref(parent.get("subscription")),
        status=_word(raw["status"]),
        amount=_money(raw, "amount_due"),
        payment_refs=tuple(
            _ref(payment["payment"].get("payment_intent"))
            for payment in payments
            if payment["status"] == "paid"
        ),
        attempts=_whole(raw["attempt_count"]),
        next_attempt_at=_time_or_none(raw.get("next_payment_attempt")),
        payment_ref=next(
            (ref for payment in payments if (ref := _ref(payment["payment"].get("payment_intent")))), ""
        ),
        is_first=raw.get("billing_reason") == "subscription_create",
        needs_bank=any(_is_asking(payment["payment"].get("payment_intent")) for payment in payments),
        page_url=str(raw.get("hosted_invoice_url") or ""),
        created_at=_time_or_none(raw.get("created")),
    )


@careful
def payout(raw: Raw) -> PayoutState:
    return PayoutState(
        ref=_word(raw["id"]),
        amount=_money(raw),
        status=_word(raw["status"]),
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
        ref=_word(raw["id"]),
        kind=_word(raw["type"]),
        object_ref=str(raw["data"]["object"].get("id") or ""),
        created_at=_time(raw["created"]),
        is_live=bool(raw["livemode"]),
        api_version=str(raw.get("api_version") or ""),
    )
