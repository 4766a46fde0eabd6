"""Compile shapes into validators of what the sandbox is about to say.

A validator returns None when the value is as documented, otherwise a list of complaints. Each class is
compiled once, on first use, so a whole Checkout Session costs some microseconds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from stripe_sandbox.contracts import reading

Complaints = list[str] | None
Check = Callable[[Any], Complaints]


class ContractBroken(Exception):
    """The sandbox was about to say something that Stripe's types do not allow: a defect of the sandbox."""


class ObjectCheck:
    """Validates one class; compiled when first used, for classes refer to each other in circles."""

    def __init__(self, place: reading.Place) -> None:
        self.place = place
        self.checks: dict[str, Check] | None = None
        self.required: frozenset[str] = frozenset()

    def compile(self) -> dict[str, Check]:
        """This function will compile the fields of the class, once."""
        documented = reading.fields(self.place)
        self.required = frozenset(name for name, field in documented.items() if field.required)
        self.checks = {name: compiled(field.shape) for name, field in documented.items()}
        return self.checks

    def __call__(self, value: Any) -> Complaints:
        if not isinstance(value, dict):
            return [f": expected a {'.'.join(self.place.qualified)} object, got {value!r:.60}"]
        checks = self.checks if self.checks is not None else self.compile()
        complaints: list[str] = []
        for name, inner in value.items():
            check = checks.get(name)
            if check is None:
                complaints.append(f".{name}: not a documented field")
                continue
            found = check(inner)
            if found:
                complaints.extend(f".{name}{complaint}" for complaint in found)
        if not self.required <= value.keys():
            complaints.extend(f".{name}: missing" for name in sorted(self.required - value.keys()))
        return complaints or None


@functools.cache
def compiled(shape: reading.Shape) -> Check:
    """This function will return the validator of a shape."""
    match shape:
        case reading.Place():
            return ObjectCheck(shape)
        case reading.Scalar():
            return _scalar(shape.name)
        case reading.Literals():
            return _literals(shape.values)
        case reading.Nullable():
            return _nullable(compiled(shape.inner))
        case reading.Many():
            return _many(compiled(shape.item))
        case reading.Page():
            return _page(compiled(shape.item))
        case _:
            return _loose(shape)


def _loose(shape: reading.Shape) -> Check:
    match shape:
        case reading.Expandable():
            return _expandable(compiled(shape.inner))
        case reading.OneOf():
            return _one_of([compiled(option) for option in shape.options])
        case reading.Mapping():
            return lambda value: (
                None if isinstance(value, dict) else [f": expected an object, got {value!r:.60}"]
            )
        case _:
            return lambda value: None


def _scalar(name: str) -> Check:
    kinds: dict[str, tuple[type, ...]] = {
        "int": (int,),
        "str": (str,),
        "bool": (bool,),
        "float": (float, int),
    }
    if name == "Decimal":
        return _decimal
    wanted = kinds[name]

    def check(value: Any) -> Complaints:
        if type(value) in wanted:  # exact types: True must not pass for 1
            return None
        return [f": expected {name}, got {value!r:.60}"]

    return check


def _decimal(value: Any) -> Complaints:
    """Decimals travel as strings, so that no float is ever involved."""
    try:
        Decimal(value if isinstance(value, str) else "")
    except InvalidOperation:
        return [f": expected a decimal string, got {value!r:.60}"]
    return None


def _literals(values: tuple[Any, ...]) -> Check:
    allowed = frozenset(values)

    def check(value: Any) -> Complaints:
        if value.__hash__ is not None and value in allowed:
            return None
        return [f": {value!r:.60} is not one of {sorted(map(str, allowed))[:12]}"]

    return check


def _nullable(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def _expandable(inner: Check) -> Check:
    return lambda value: None if isinstance(value, str) and value else inner(value)


def _many(item: Check) -> Check:
    def check(value: Any) -> Complaints:
        if not isinstance(value, list):
            return [f": expected a list, got {value!r:.60}"]
        complaints = []
        for position, element in enumerate(value):
            for complaint in item(element) or ():
                complaints.append(f"[{position}]{complaint}")
        return complaints or None

    return check


def _page(item: Check) -> Check:
    rows = _many(item)

    def check(value: Any) -> Complaints:
        if not isinstance(value, dict) or value.get("object") != "list":
            return [f": expected a list object, got {value!r:.60}"]
        missing = [f".{name}: missing" for name in ("data", "has_more", "url") if name not in value]
        return missing or rows(value["data"])

    return check


def _one_of(options: list[Check]) -> Check:
    def check(value: Any) -> Complaints:
        closest: list[str] | None = None
        for option in options:
            complaints = option(value)
            if not complaints:
                return None
            if closest is None or len(complaints) < len(closest):
                closest = complaints
        return closest

    return check
