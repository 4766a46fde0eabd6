"""The rules of the house that a machine can see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.house import house
from tests.house.house import IN_ROOMS, MIGRATIONS, PRODUCT, ROOMS, ROOT

NO_SUCH_MODULE = {
    "services", "utils", "util", "helpers", "helper", "common", "core", "signals", "manager", "managers", "handler",
    "handlers", "data", "info", "misc", "tools", "legacy", "transactions", "orders", "customers", "v2", "processing",
}  # fmt: skip
NO_SUCH_CLASS = re.compile(r"(Transaction|Order|Customer|Manager|Handler|Helper|Utils?|Service|Data|Info)$")
CLASSES_NAMED_BY_OTHERS = {
    "payments/models.py:BalanceTransaction": "the processor's own word for a line of its balance",
    "api/paging.py:Order": "how a list is sorted, not something ordered",
    "staff/models.py:UserManager": "Django finds it by this base class",
}
ATOMIC_IN_DOORS = {
    "api/keying.py": "the deed of keys: they belong to the room of machines and to no room below it",
    "config/management/commands/grant_rights.py": "rights are given all or none; there is no deed behind it",
}
READS_THE_CLOCK = {
    "launcher": "the launcher runs before and beside Django and measures real time",
    "stripe_sandbox": "the sandbox's clock is its own",
}
ROOM_MODELS = [
    model for room in ROOMS if room not in {"web", "api"} for model in apps.get_app_config(room).get_models()
]


@house.each(PRODUCT)
def test_no_module_is_named_by_nothing(path: Path) -> None:
    if path.parts[-2] == "stripe_sandbox" and path.stem == "customers":
        return  # the sandbox speaks the processor's words
    assert path.stem not in NO_SUCH_MODULE
    assert not NO_SUCH_MODULE & set(path.relative_to(ROOT).parts[:-1])


@house.each(IN_ROOMS)
def test_no_class_bears_a_banned_word(path: Path) -> None:
    named = [node.name for node in ast.walk(house.tree(path)) if isinstance(node, ast.ClassDef)]
    banned = {f"{house.name(path)}:{name}" for name in named if NO_SUCH_CLASS.search(name)}
    assert banned <= set(CLASSES_NAMED_BY_OTHERS)


@house.each(IN_ROOMS)
def test_nothing_happens_behind_your_back(path: Path) -> None:
    imports = house.imported(path)
    assert not [
        name for name in imports if "signals" in name or name.endswith((".receiver", "GenericForeignKey"))
    ]
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.ClassDef):
            methods = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
            assert not methods & {"save", "delete", "save_base"}, node.name
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            targets = [ast.unparse(inner.targets[0]) for inner in node.body if isinstance(inner, ast.Assign)]
            assert "ordering" not in targets


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_lives_in_it(room: str) -> None:
    words = ast.get_docstring(house.tree(ROOT / room / "__init__.py"))
    assert words
    assert 3 <= len(words.splitlines()) <= 10
    assert "Never here" in words or "never" in words.lower() or room in {"reports", "web", "api"}


@house.each(IN_ROOMS)
def test_a_module_says_what_it_is(path: Path) -> None:
    tree = house.tree(path)
    trivial = path.name in {"apps.py", "__init__.py", "urls.py"} or not tree.body
    assert trivial or ast.get_docstring(tree)


@house.each(PRODUCT)
def test_no_error_is_swallowed(path: Path) -> None:
    for node in ast.walk(house.tree(path)):
        if isinstance(node, ast.ExceptHandler):
            is_broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            is_silent = all(isinstance(inner, ast.Pass | ast.Continue) for inner in node.body)
            assert not (is_broad and is_silent), f"line {node.lineno}"


@house.each(PRODUCT)
def test_only_doors_read_the_clock(path: Path) -> None:
    if house.is_door(path) or path.relative_to(ROOT).parts[0] in READS_THE_CLOCK:
        return
    read = {
        "timezone.now",
        "datetime.now",
        "datetime.utcnow",
        "date.today",
        "datetime.datetime.now",
        "time.time",
    }
    assert [(line, call) for line, call in house.calls(path) if call in read] == []


@house.each([path for path in PRODUCT if house.is_door(path)])
def test_doors_open_no_transaction(path: Path) -> None:
    if house.name(path) in ATOMIC_IN_DOORS:
        return
    opened = [
        (line, call)
        for line, call in house.calls(path)
        if call.split(".")[-1] in {"atomic", "select_for_update"}
    ]
    assert opened == []


@house.each([path for path in IN_ROOMS if path.relative_to(ROOT).parts[0] in house.MONEY_ROOMS])
def test_money_is_never_a_float(path: Path) -> None:
    drawing = path.relative_to(ROOT).parts[0] == "paper"  # points of a page are lengths, not money
    calls = [(line, call) for line, call in house.calls(path) if call in {"float", "models.FloatField"}]
    assert drawing or calls == []


@house.each(IN_ROOMS)
def test_only_payments_speaks_http(path: Path) -> None:
    wire = {"requests", "urllib.request", "urllib3", "http.client", "httpx", "aiohttp", "socket"}
    # The gateway gives stripe's own client its pool of connections; it makes no call by itself.
    allowed = {"requests"} if path == ROOT / "payments" / "stripe_gateway.py" else set()
    assert not house.imported(path) & wire - allowed


@house.each(MIGRATIONS)
def test_a_migration_is_named_by_what_it_does(path: Path) -> None:
    assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+\.py", path.name)
    assert "auto_" not in path.name
    assert not re.fullmatch(r"\d{4}_(initial|alter_\w+|remove_\w+)\.py", path.name)


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room / "migrations").is_dir()])
def test_migrations_are_one_line(room: str) -> None:
    numbers = [int(path.name[:4]) for path in MIGRATIONS if path.relative_to(ROOT).parts[0] == room]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("model", ROOM_MODELS, ids=lambda model: model._meta.label)
def test_money_is_kept_as_whole_minor_units(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        assert not isinstance(field, models.FloatField), field.name
        if field.name.endswith("_minor"):
            assert isinstance(field, models.BigIntegerField), field.name


# Texts that no person types: written by us, or by the processor.
UNLIMITED = {
    "donations.Checkout.session_url": "the processor's own address",
    "receipts.Receipt.snapshot": "frozen JSON, as long as the receipt is",
}


@pytest.mark.parametrize("model", ROOM_MODELS, ids=lambda model: model._meta.label)
def test_every_text_has_a_limit(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField):
            assert field.max_length or f"{model._meta.label}.{field.name}" in UNLIMITED, field.name


@pytest.mark.parametrize("model", ROOM_MODELS, ids=lambda model: model._meta.label)
def test_facts_are_never_removed_with_something_else(model: type[models.Model]) -> None:
    from reports.fact_tables import FACT_TABLES

    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and model._meta.db_table in FACT_TABLES:
            assert field.remote_field.on_delete is models.PROTECT, field.name


def test_the_migrations_are_up_to_date(db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
