"""Read the type annotations of the `stripe` package, without importing them, into small shapes.

The package is generated from Stripe's OpenAPI specification: every response field and every request parameter
of the pinned API version is an annotation in it. They are read from source with `ast`, because at run time
most of them are strings that name things imported only for type checkers.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Anything:
    """No promise about the value."""


@dataclass(frozen=True)
class Scalar:
    name: str  # int, str, bool, float, Decimal


@dataclass(frozen=True)
class Literals:
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Mapping:
    """An object with free keys, such as metadata."""


@dataclass(frozen=True)
class Many:
    item: Shape


@dataclass(frozen=True)
class Nullable:
    inner: Shape


@dataclass(frozen=True)
class OneOf:
    options: tuple[Shape, ...]


@dataclass(frozen=True)
class Expandable:
    """An id, or the object itself once expanded."""

    inner: Shape


@dataclass(frozen=True)
class Page:
    """Stripe's list object."""

    item: Shape


@dataclass(frozen=True)
class Place:
    """A class of the package: its file and its (possibly nested) name."""

    path: str
    qualified: tuple[str, ...]


Shape = Anything | Scalar | Literals | Mapping | Many | Nullable | OneOf | Expandable | Page | Place


@dataclass(frozen=True)
class Field:
    shape: Shape
    required: bool


@dataclass
class Module:
    names: dict[tuple[str, ...], ast.ClassDef | ast.Assign]
    imports: dict[str, tuple[str, str]]


def package_root() -> Path:
    """This function will return the directory of the installed `stripe` package."""
    spec = importlib.util.find_spec("stripe")
    if spec is None or spec.origin is None:
        raise RuntimeError("The stripe package is not installed; the sandbox takes its contract from it.")
    return Path(spec.origin).parent


@functools.cache
def _module(path: str) -> Module:
    module = Module(names={}, imports={})
    _visit(ast.parse(Path(path).read_text(encoding="utf-8")).body, (), module)
    return module


def _visit(body: list[ast.stmt], prefix: tuple[str, ...], module: Module) -> None:
    for node in body:
        if isinstance(node, ast.ClassDef):
            module.names[(*prefix, node.name)] = node
            _visit(node.body, (*prefix, node.name), module)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stripe"):
            for alias in node.names:
                module.imports[alias.asname or alias.name] = (node.module or "", alias.name)
        elif isinstance(node, ast.If):  # "if TYPE_CHECKING:"
            _visit(node.body, prefix, module)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            module.names[(*prefix, node.targets[0].id)] = node


def _file_of(module_name: str) -> str:
    place = package_root().joinpath(*module_name.split(".")[1:])
    plain = place.with_suffix(".py")
    return str(plain if plain.exists() else place / "__init__.py")


def find(module_name: str, class_name: str) -> Place:
    """This function will return the place of a class of the package; raises KeyError when it is gone."""
    return _look_up(Place(_file_of(module_name), ()), class_name)


def _look_up(scope: Place, name: str) -> Place:
    module = _module(scope.path)
    parts = tuple(name.split("."))
    for depth in range(len(scope.qualified), -1, -1):
        if scope.qualified[:depth] + parts in module.names:
            return Place(scope.path, scope.qualified[:depth] + parts)
    if parts[0] in module.imports:
        origin, original = module.imports[parts[0]]
        return _look_up(Place(_file_of(origin), ()), ".".join((original, *parts[1:])))
    raise KeyError(name)


@functools.cache
def fields(place: Place) -> dict[str, Field]:
    """This function will return the documented fields of a class by name."""
    node = _module(place.path).names[place.qualified]
    if not isinstance(node, ast.ClassDef):
        raise TypeError(f"{'.'.join(place.qualified)} is not a class")
    found: dict[str, Field] = {}
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            annotation = _unquoted(statement.annotation)
            if _head(annotation) == "ClassVar":
                continue
            name = statement.target.id
            optional = _head(annotation) in ("Optional", "NotRequired")
            found[name] = Field(shape_of(annotation, place), required=not optional)
    return found


def _unquoted(annotation: ast.expr) -> ast.expr:
    while isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    return annotation


def _head(annotation: ast.expr) -> str:
    return ast.unparse(annotation.value) if isinstance(annotation, ast.Subscript) else ""


def shape_of(annotation: ast.expr, scope: Place) -> Shape:
    """This function will return the shape that an annotation, read inside `scope`, describes."""
    annotation = _unquoted(annotation)
    if isinstance(annotation, ast.BinOp):
        return _one_of([*_alternatives(annotation)], scope)
    if isinstance(annotation, ast.Subscript):
        return _subscripted(annotation, scope)
    name = ast.unparse(annotation)
    if name in ("int", "str", "bool", "float", "Decimal"):
        return Scalar(name)
    if name in ("Any", "object", "UntypedStripeObject", "StripeObject"):
        return Anything()
    if name == "None":
        return Literals((None,))
    place = _look_up(scope, name)
    target = _module(place.path).names[place.qualified]
    if isinstance(target, ast.Assign):
        return shape_of(target.value, Place(place.path, place.qualified[:-1]))
    return place


def _alternatives(annotation: ast.expr) -> list[ast.expr]:
    if isinstance(annotation, ast.BinOp):
        return [*_alternatives(annotation.left), *_alternatives(annotation.right)]
    return [annotation]


def _subscripted(annotation: ast.Subscript, scope: Place) -> Shape:
    inner = annotation.slice
    elements = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
    head = ast.unparse(annotation.value)
    if head == "Literal":
        return Literals(tuple(ast.literal_eval(element) for element in elements))
    if head in ("Dict", "dict", "UntypedStripeObject"):
        return Mapping()
    if head == "Union":
        return _one_of(elements, scope)
    only = shape_of(elements[0], scope)
    if head == "NotRequired":
        return only
    wrappers: dict[str, Any] = {
        "Optional": Nullable,
        "List": Many,
        "list": Many,
        "ExpandableField": Expandable,
        "ListObject": Page,
    }
    wrapped: Shape = wrappers[head](only)
    return wrapped


def _one_of(elements: list[ast.expr], scope: Place) -> Shape:
    """An enumeration that Stripe leaves open (`Literal[...] | str`) is closed: we say only what is in it."""
    options = [shape_of(element, scope) for element in elements]
    if any(isinstance(option, Literals) and set(option.values) != {""} for option in options):
        options = [option for option in options if option != Scalar("str")]
    return options[0] if len(options) == 1 else OneOf(tuple(options))
