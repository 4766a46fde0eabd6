"""Reading JSON strictly: what two readers could understand differently is refused."""

import json
import math
import re
from collections.abc import Iterable
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

LARGEST_BODY = 1_048_576
DEEPEST = 20
LARGEST_INTEGER = 2**63 - 1
# Possessive, and an unfinished text counts as one piece: each sign is looked at once, whatever is sent.
_PIECES = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(_("The request is larger than this address accepts."))


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without repeated names, endless nesting, NaN, lone surrogates, NUL or immense numbers."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise BodyTooLarge
        return read(raw)


def read(raw: bytes) -> Any:
    """The value in a JSON text. Raises ParseError whose words say what is wrong, without echoing it."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(_("The text is not UTF-8.")) from error
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except (ValueError, RecursionError) as error:
        raise ParseError(_("The text is not JSON.")) from error
    _check_texts([value])
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for piece in _PIECES.finditer(text):
        sign = piece[0]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ParseError(_("The text is nested too deeply."))
        elif sign in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        _check_text(name)
        _check_texts([value])
        if name in result:
            raise ParseError(_("A name stands twice in the same object."))
        result[name] = value
    return result


def _check_texts(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, list):
            _check_texts(value)


def _check_text(text: str) -> None:
    if _FORBIDDEN.search(text):
        raise ParseError(_("A text holds a sign that cannot be stored."))


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(_("NaN and Infinity are not numbers in JSON."))


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -LARGEST_INTEGER <= int(digits) <= LARGEST_INTEGER:
        raise ParseError(_("A number is too large."))
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ParseError(_("A number is too large."))
    return value
