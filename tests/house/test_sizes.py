"""Sizes: a file is read in one sitting, a function on one screen."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house import house

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
HARD_LIMIT = 70
OVER_FORTY: set[str] = set()
"""Functions of more than forty lines, each with its reason beside it; none has one."""


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from its name to its end; what it says of itself does not count."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    words = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return lines - words


def long_functions(limit: int) -> set[str]:
    return {
        f"{path.relative_to(house.ROOT)}:{node.name}"
        for path in house.PRODUCT
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > limit
    }


@house.each(house.PYTHON)
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    length = path.read_text(encoding="utf-8").count("\n")
    assert length <= LONGEST_FILE


def test_no_function_passes_the_hard_limit() -> None:
    assert long_functions(HARD_LIMIT) == set()


def test_functions_of_more_than_forty_lines_are_listed() -> None:
    assert long_functions(LONGEST_FUNCTION) == OVER_FORTY
