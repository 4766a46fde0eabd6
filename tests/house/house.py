"""The house as files: which there are and what they say."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import cache, wraps
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "ledger", "staff", "jobs", "paper", "donors", "campaigns", "outreach", "payments", "donations", "books", "receipts",
    "reports", "web", "api",
)  # fmt: skip
ACROSS = ("stripe_sandbox", "launcher", "config")
MONEY_ROOMS = ("ledger", "payments", "donations", "books", "receipts", "reports", "campaigns", "paper")


def _python(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and "__pycache__" not in path.parts
    )


IN_ROOMS = _python(*ROOMS)
PRODUCT = [*_python(*ROOMS, *ACROSS), ROOT / "manage.py", ROOT / "run.py"]
PYTHON = [*PRODUCT, *_python("tests")]
MIGRATIONS = sorted(path for room in ROOMS for path in (ROOT / room / "migrations").glob("0*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def each(paths: Sequence[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One rule over many files is one test that names every file which breaks it."""

    def over(rule: Callable[[Path], None]) -> Callable[[], None]:
        @wraps(rule)
        def test() -> None:
            broken = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as error:
                    broken.append(f"{name(path)}: {error}")
            assert not broken, "\n".join(broken)

        del test.__wrapped__  # or pytest would look for a fixture named path
        return test

    return over


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def is_door(path: Path) -> bool:
    """Views, tasks, commands and machines' doors: they translate and make one call."""
    parts = path.relative_to(ROOT).parts
    in_web = parts[0] in {"web", "api"} and "demo" not in parts
    return in_web or parts[-1] in {"tasks.py", "admin.py"} or "commands" in parts


def calls(path: Path) -> list[tuple[int, str]]:
    """Line and dotted name of every call."""
    return [
        (node.lineno, ast.unparse(node.func)) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)
    ]


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
