"""The house as files: which there are and what they say."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "ledger", "staff", "jobs", "paper", "donors", "campaigns", "outreach", "payments", "donations", "receipts",
    "reports", "web", "api",
)  # fmt: skip
ACROSS = ("stripe_sandbox", "launcher", "config")
MONEY_ROOMS = ("ledger", "payments", "donations", "receipts", "reports", "campaigns", "paper")


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
