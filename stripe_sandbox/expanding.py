"""`expand[]`: replace ids by objects along a path, without touching what is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_sandbox import checkout, errors, listing, refunding
from stripe_sandbox.contracts import catalogue, reading
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

DEEPEST = 4


def _refunds(world: World, charge: Obj) -> Obj:
    return listing.all_rows(refunding.refunds_of(world, charge["id"]), f"/v1/charges/{charge['id']}/refunds")


def _line_items(world: World, session: Obj) -> Obj:
    return checkout.line_items(world, {}, session["id"])


def _payments(world: World, invoice: Obj) -> Obj:
    rows = [row for row in world.newest_first("invoice_payment") if row["invoice"] == invoice["id"]]
    return listing.all_rows(rows, f"/v1/invoice_payments?invoice={invoice['id']}")


def _subscriptions(world: World, customer: Obj) -> Obj:
    rows = [
        row
        for row in world.newest_first("subscription")
        if row["customer"] == customer["id"] and row["status"] != "canceled"
    ]
    return listing.all_rows(rows, f"/v1/customers/{customer['id']}/subscriptions")


# Lists that are sent only when asked for.
ASKED_FOR: dict[tuple[str, str], Callable[[World, Obj], Obj]] = {
    ("charge", "refunds"): _refunds,
    ("checkout.session", "line_items"): _line_items,
    ("invoice", "payments"): _payments,
    ("customer", "subscriptions"): _subscriptions,
}


def expanded(world: World, thing: Obj, paths: list[str]) -> Obj:
    """This function will return a copy of an object with the paths expanded; raises 400 for a bad path."""
    for path in paths:
        if path.count(".") >= DEEPEST + (path.startswith("data.")):
            raise errors.invalid(f"You cannot expand more than {DEEPEST} levels: {path}", param="expand")
        thing = _follow(world, thing, path.split("."), path)
    return thing


def _follow(world: World, thing: Any, steps: list[str], path: str) -> Any:
    if isinstance(thing, list):
        return [_follow(world, row, steps, path) for row in thing]
    if not steps or thing is None:
        return thing
    name, rest = steps[0], steps[1:]
    if not isinstance(thing, dict) or not _known(thing, name):
        raise errors.invalid(f"This property cannot be expanded ({path}).", param="expand")
    value = thing.get(name)
    asked_for = ASKED_FOR.get((thing.get("object", ""), name))
    if asked_for and value is None:
        value = asked_for(world, thing)
    elif isinstance(value, str):
        value = _looked_up(world, thing, name, value, path)
    return {**thing, name: _follow(world, value, rest, path)}


def _known(thing: Obj, name: str) -> bool:
    kind = thing.get("object", "")
    return name in thing or (kind in catalogue.KINDS and name in catalogue.documented(kind))


def _looked_up(world: World, thing: Obj, name: str, identity: str, path: str) -> Any:
    kind = thing.get("object", "")
    if kind in catalogue.KINDS and not _expandable(catalogue.documented(kind)[name].shape):
        raise errors.invalid(f"This property cannot be expanded ({path}).", param="expand")
    return world.objects.get(identity, identity)


def _expandable(shape: reading.Shape) -> bool:
    if isinstance(shape, reading.Nullable):
        return _expandable(shape.inner)
    return isinstance(shape, reading.Expandable)
