"""Compile request parameter classes into parsers: text from the form body becomes typed values, or a 400.

Stripe refuses what it does not know; so does the sandbox. The parameter's name in an error is written as
Stripe writes it: `line_items[0][price_data][currency]`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from stripe_sandbox.contracts import reading

Parse = Callable[[Any, str], Any]

WHOLE = re.compile(r"-?\d{1,18}")


class Refused(Exception):
    """A parameter is unknown, missing or malformed."""

    def __init__(self, message: str, *, param: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


class ObjectParse:
    """Parses one TypedDict of parameters; compiled at first use."""

    def __init__(self, place: reading.Place) -> None:
        self.place = place
        self.parsers: dict[str, Parse] | None = None
        self.required: tuple[str, ...] = ()

    def compile(self) -> dict[str, Parse]:
        """This function will compile the parameters of the class, once."""
        documented = reading.fields(self.place)
        self.required = tuple(name for name, field in documented.items() if field.required)
        self.parsers = {name: compiled(field.shape) for name, field in documented.items()}
        return self.parsers

    def __call__(self, value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refused(f"Invalid object: {at}", param=at, code="parameter_invalid_empty")
        parsers = self.parsers if self.parsers is not None else self.compile()
        parsed: dict[str, Any] = {}
        for name, inner in value.items():
            here = f"{at}[{name}]" if at else name
            parse = parsers.get(name)
            if parse is None:
                raise Refused(f"Received unknown parameter: {here}", param=here, code="parameter_unknown")
            parsed[name] = parse(inner, here)
        for name in self.required:
            if name not in parsed:
                here = f"{at}[{name}]" if at else name
                raise Refused(f"Missing required param: {here}.", param=here, code="parameter_missing")
        return parsed


@functools.cache
def parser(module_name: str, class_name: str) -> ObjectParse:
    """This function will return the parser of one class of request parameters."""
    return ObjectParse(reading.find(module_name, class_name))


@functools.cache
def compiled(shape: reading.Shape) -> Parse:
    """This function will return the parser of a shape; it raises `Refused`."""
    match shape:
        case reading.Place():
            return ObjectParse(shape)
        case reading.Scalar():
            return SCALARS[shape.name]
        case reading.Literals():
            return _literals(shape.values)
        case reading.Many():
            return _many(compiled(shape.item))
        case reading.OneOf():
            return _one_of([compiled(option) for option in shape.options])
        case reading.Mapping():
            return _mapping
        case reading.Nullable():
            return compiled(shape.inner)
        case _:
            return lambda value, at: value


def _whole(value: Any, at: str) -> int:
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise Refused(f"Invalid integer: {value!s:.60}", param=at, code="parameter_invalid_integer")
    return int(value)


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str):
        raise Refused(f"Invalid string: {value!s:.60}", param=at, code="parameter_invalid_string_blank")
    return value


def _truth(value: Any, at: str) -> bool:
    if value not in ("true", "false"):
        raise Refused(f"Invalid boolean: {value!s:.60}", param=at)
    return bool(value == "true")


def _decimal(value: Any, at: str) -> Decimal:
    try:
        return Decimal(_text(value, at))
    except InvalidOperation:
        raise Refused(f"Invalid decimal: {value!s:.60}", param=at) from None


SCALARS: dict[str, Parse] = {
    "int": _whole,
    "str": _text,
    "bool": _truth,
    "float": _decimal,
    "Decimal": _decimal,
}


def _mapping(value: Any, at: str) -> dict[str, str]:
    """Metadata: at most 50 keys of 40 characters and values of 500, as documented."""
    if not isinstance(value, dict):
        raise Refused(f"Invalid object: {at}", param=at)
    if len(value) > 50:
        raise Refused("You can have up to 50 metadata keys.", param=at)
    for key, text in value.items():
        if len(key) > 40 or len(_text(text, f"{at}[{key}]")) > 500:
            raise Refused(f"Metadata key or value too long: {key:.60}", param=f"{at}[{key}]")
    return value


def _literals(values: tuple[Any, ...]) -> Parse:
    def parse(value: Any, at: str) -> Any:
        if value not in values:
            names = ", ".join(str(allowed) for allowed in values[:20])
            raise Refused(f"Invalid {at}: must be one of {names}", param=at)
        return value

    return parse


def _many(item: Parse) -> Parse:
    def parse(value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refused(f"Invalid array: {at}", param=at)
        return [item(element, f"{at}[{position}]") for position, element in enumerate(value)]

    return parse


def _one_of(options: list[Parse]) -> Parse:
    def parse(value: Any, at: str) -> Any:
        refused: Refused | None = None
        for option in options:
            try:
                return option(value, at)
            except Refused as refusal:  # the deepest complaint says most
                if refused is None or len(refusal.param) > len(refused.param):
                    refused = refusal
        raise refused or Refused(f"Invalid value: {at}", param=at)

    return parse
