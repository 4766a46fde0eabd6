"""The wire: form-encoded nested names in, JSON out."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

PIECES = re.compile(r"[^\[\]]+")


def decoded(text: str) -> dict[str, Any]:
    """This function will turn `a[b][0]=c` into {"a": {"b": ["c"]}}."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        pieces = PIECES.findall(name) or [name]
        inside = root
        for piece in pieces[:-1]:
            deeper = inside.setdefault(piece, {})
            if not isinstance(deeper, dict):
                deeper = inside[piece] = {}
            inside = deeper
        if name.endswith("[]"):  # a[]=x: the unindexed spelling of a list
            row = inside.setdefault(pieces[-1], {})
            row[str(len(row))] = value
        else:
            inside[pieces[-1]] = value
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}


def encoded(value: Any) -> bytes:
    """This function will return the JSON of an answer, as Stripe prints it."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()
