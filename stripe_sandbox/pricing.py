"""Products and prices: made in passing by `price_data`, or on their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import currencies
from stripe_sandbox.world import World


def make_product(world: World, params: dict[str, Any], *, active: bool = True) -> Obj:
    """This function will create a product from `name`, `description` and `metadata`."""
    now = world.now()
    return world.make(
        "product",
        name=params["name"],
        description=params.get("description"),
        metadata=params.get("metadata") or {},
        active=active,
        type="service",
        updated=now,
        created=now,
    )


def make_price(world: World, params: dict[str, Any], *, at: str = "", active: bool = True) -> Obj:
    """`params` is a `price_data` or the body of POST /v1/prices. This function will create a price."""
    currency = checked_currency(params["currency"], at=at)
    unit_amount = params.get("unit_amount")
    if unit_amount is None and params.get("unit_amount_decimal") is not None:
        unit_amount = _whole(params["unit_amount_decimal"], at)
    if unit_amount is None:
        raise errors.invalid(
            "You must specify unit_amount.", param=f"{at}[unit_amount]", code="parameter_missing"
        )
    if unit_amount < 0:
        raise errors.invalid("Invalid non-negative integer", param=f"{at}[unit_amount]")
    recurring = params.get("recurring")
    return world.make(
        "price",
        product=_product_of(world, params, at=at, active=active)["id"],
        currency=currency,
        unit_amount=unit_amount,
        unit_amount_decimal=str(unit_amount),
        recurring=_recurring(recurring) if recurring else None,
        type="recurring" if recurring else "one_time",
        billing_scheme="per_unit",
        tax_behavior="unspecified",
        active=active,
        nickname=params.get("nickname"),
        metadata=params.get("metadata") or {},
    )


def _whole(amount: Decimal, at: str) -> int:
    if amount != amount.to_integral_value():
        raise errors.invalid("The sandbox takes whole minor units only.", param=f"{at}[unit_amount_decimal]")
    return int(amount)


def _product_of(world: World, params: dict[str, Any], *, at: str, active: bool) -> Obj:
    if params.get("product"):
        return world.get("product", params["product"], param=f"{at}[product]")
    if not params.get("product_data"):
        raise errors.invalid(
            "You must specify either product or product_data.",
            param=f"{at}[product_data]",
            code="parameter_missing",
        )
    return make_product(world, params["product_data"], active=active)


def _recurring(wanted: dict[str, Any]) -> Obj:
    return catalogue.part(
        "price",
        "Recurring",
        interval=wanted["interval"],
        interval_count=wanted.get("interval_count", 1),
        usage_type="licensed",
    )


def checked_currency(currency: str, *, at: str = "") -> str:
    """This function will return the currency in lower case, or refuse one that Stripe does not know."""
    lowered = currency.lower()
    if lowered not in currencies.SUPPORTED:
        raise errors.invalid(f"Invalid currency: {currency}.", param=f"{at}[currency]" if at else "currency")
    return lowered


def check_total(total: int, currency: str, *, param: str) -> None:
    """This function will refuse a charge that is too small or too large for its currency."""
    least = currencies.minimum(currency)
    if total < least:
        raise errors.invalid(
            f"The total amount due must add up to at least {currencies.shown(least, currency)}.",
            code="amount_too_small",
            param=param,
        )
    if total > currencies.MAXIMUM:
        raise errors.invalid(
            f"The total amount must be no more than {currencies.shown(currencies.MAXIMUM, currency)}.",
            code="amount_too_large",
            param=param,
        )
