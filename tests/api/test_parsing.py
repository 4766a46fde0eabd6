"""Reading JSON strictly: texts two readers could understand differently are refused before anybody reads them."""

import time

import pytest
from rest_framework.exceptions import ParseError

from api import parsing

REFUSED = {
    "duplicate names": '{"a": 1, "a": 2}',
    "duplicate names deep inside": '{"a": [{"b": 1, "b": 1}]}',
    "NaN": '{"a": NaN}',
    "Infinity": "[Infinity]",
    "minus Infinity": "[-Infinity]",
    "a fraction beyond all numbers": '{"a": 1e400}',
    "2**63": f"[{2**63}]",
    "-(2**63)": f"[{-(2**63)}]",
    "ten thousand digits": "9" * 10_000,
    "nested 21 deep": "[" * 21 + "]" * 21,
    "nested 100,000 deep": "[" * 100_000,
    "objects nested deep": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "NUL": '"a\\u0000b"',
    "NUL in a list": '["\\u0000"]',
    "NUL in a name": '{"a\\u0000": 1}',
    "lone surrogate": '{"a": "\\ud800"}',
    "two texts": '{"a": 1} {"b": 2}',
    "comment": '{"a": 1} // x',
    "single quotes": "{'a': 1}",
    "byte order mark": "\ufeff{}",
    "nothing": "",
    "raw control sign": '"a\nb"',
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(ParseError):
        parsing.read(REFUSED[name].encode())


def test_not_utf8() -> None:
    with pytest.raises(ParseError):
        parsing.read(b'{"a": "\xff"}')


def test_accepted() -> None:
    assert parsing.read('{"이름": ["김", {"n": 9223372036854775807}], "b": "}]["}'.encode()) == {
        "이름": ["김", {"n": 2**63 - 1}],
        "b": "}][",
    }
    assert parsing.read(b"[" * 20 + b"]" * 20)


@pytest.mark.parametrize(
    "text", ['"' + '\\"' * 500_000, '"' * 999_999, "\\" * 1_000_000, '"' + "\\" * 999_999]
)
def test_hostile_quotes_take_no_time(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ParseError):
        parsing.read(text.encode())
    assert time.process_time() - began < 2
