"""Cursor lists with the filters of the API."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from stripe_sandbox import balances, errors
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

Params = dict[str, Any]
Test = Callable[[Obj], bool]

NOT_FILTERS = frozenset(("limit", "starting_after", "ending_before", "expand"))
RANGES: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def answer(world: World, kind: str, params: Params, url: str) -> Obj:
    """This function will return one page of the objects of a kind, the newest first, as a list object."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise errors.invalid(
            "Limit must be between 1 and 100.", param="limit", code="parameter_invalid_integer"
        )
    if kind == "balance_transaction":
        balances.ripen(world)
    tests = [
        test
        for name, wanted in params.items()
        if name not in NOT_FILTERS
        for test in [_test(world, kind, name, wanted)]
    ]
    if kind == "subscription" and "status" not in params:
        tests.append(lambda row: row["status"] != "canceled")  # listed only when asked for
    rows: Iterable[Obj] = world.newest_first(kind)
    backwards = "ending_before" in params
    if backwards:
        rows = _after(world, kind, world.kinds[kind].values(), params["ending_before"], "ending_before")
    elif "starting_after" in params:
        rows = _after(world, kind, rows, params["starting_after"], "starting_after")
    fitting = (row for row in rows if all(test(row) for test in tests) and not row.get("deleted"))
    found = list(itertools.islice(fitting, limit + 1))
    data = found[:limit]
    return {
        "object": "list",
        "data": data[::-1] if backwards else data,
        "has_more": len(found) > limit,
        "url": url,
    }


def _after(world: World, kind: str, rows: Iterable[Obj], cursor: str, param: str) -> Iterable[Obj]:
    world.get(kind, cursor, param=param)
    return itertools.islice(itertools.dropwhile(lambda row: row["id"] != cursor, rows), 1, None)


def _test(world: World, kind: str, name: str, wanted: Any) -> Test:
    if name in (
        "created",
        "arrival_date",
        "due_date",
        "current_period_end",
        "current_period_start",
        "canceled_at",
    ):
        return _in_range(name, wanted)
    special = SPECIAL.get((kind, name))
    if special:
        return special(world, wanted)
    return lambda row: bool(row.get(name) == wanted)


def _in_range(name: str, wanted: Any) -> Test:
    if isinstance(wanted, int):
        return lambda row: bool(row[name] == wanted)
    bounds = [(RANGES[word], bound) for word, bound in wanted.items()]
    return lambda row: row[name] is not None and all(test(row[name], bound) for test, bound in bounds)


def _held_by_payout(world: World, wanted: str) -> Test:
    payout = world.get("payout", wanted, param="payout")
    if not payout["automatic"]:
        raise errors.invalid(
            "Balance transaction history can only be filtered on automatic payouts, not manual.",
            param="payout",
        )
    return lambda row: world.notes[row["id"]].get("payout") == wanted


def _of_types(world: World, wanted: list[str]) -> Test:
    if len(wanted) > 20:
        raise errors.invalid("You may pass at most 20 types.", param="types")
    return lambda row: row["type"] in wanted


def _of_type(world: World, wanted: str) -> Test:
    """`charge.*` stands for all events of a group."""
    if wanted.endswith("*"):
        return lambda row: bool(row["type"].startswith(wanted[:-1]))
    return lambda row: bool(row["type"] == wanted)


def _delivered(world: World, wanted: bool) -> Test:
    return lambda row: (row["pending_webhooks"] == 0) is wanted


def _subscription_status(world: World, wanted: str) -> Test:
    if wanted == "all":
        return lambda row: True
    if wanted == "ended":
        return lambda row: row["status"] in ("canceled", "incomplete_expired")
    return lambda row: bool(row["status"] == wanted)


def _invoice_of_subscription(world: World, wanted: str) -> Test:
    return lambda row: bool(
        ((row["parent"] or {}).get("subscription_details") or {}).get("subscription") == wanted
    )


def _payment(world: World, wanted: Params) -> Test:
    return lambda row: all(row["payment"].get(name) == value for name, value in wanted.items())


def _customer_details(world: World, wanted: Params) -> Test:
    return lambda row: (row["customer_details"] or {}).get("email") == wanted["email"]


def _price(world: World, wanted: str) -> Test:
    return lambda row: any(item["price"]["id"] == wanted for item in row["items"]["data"])


SPECIAL: dict[tuple[str, str], Callable[[World, Any], Test]] = {
    ("balance_transaction", "payout"): _held_by_payout,
    ("event", "types"): _of_types,
    ("event", "type"): _of_type,
    ("event", "delivery_success"): _delivered,
    ("subscription", "status"): _subscription_status,
    ("subscription", "price"): _price,
    ("invoice", "subscription"): _invoice_of_subscription,
    ("invoice_payment", "payment"): _payment,
    ("checkout.session", "customer_details"): _customer_details,
}


def all_rows(rows: list[Obj], url: str) -> Obj:
    """This function will return a list object that holds everything at once."""
    return {"object": "list", "data": rows, "has_more": False, "url": url}
