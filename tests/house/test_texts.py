"""Every text a page can show is said in Korean too, and the catalogs agree with each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from config.management.commands import compile_texts

ROOT = Path(settings.ROOT)
FOLDER = ROOT / "locale" / "ko" / "LC_MESSAGES"
ROOMS = (
    "api",
    "books",
    "campaigns",
    "config",
    "donations",
    "donors",
    "ledger",
    "outreach",
    "receipts",
    "reports",
    "staff",
    "web",
)
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
INLINE = re.compile(r"""_\((["'])(.+?)\1\)""")
PLACE = re.compile(r"%\((\w+)\)s")
Key = tuple[str | None, str]


def nodes(of: Iterable[Any]) -> Iterator[Any]:
    """Every node of a template, however deep."""
    for node in of:
        yield node
        for name in getattr(node, "child_nodelists", ()):
            yield from nodes(getattr(node, name, None) or ())
        for _, inner in getattr(node, "conditions_nodelists", ()):
            yield from nodes(inner)


def said_in_templates() -> dict[Key, str]:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    found: dict[Key, str] = {}
    for file in sorted((ROOT / "web" / "templates").rglob("*.*")):
        name = str(file.relative_to(ROOT / "web" / "templates"))
        for node in nodes(engine.get_template(name).nodelist):
            if isinstance(node, TranslateNode) and isinstance(node.filter_expression.var.literal, str):
                found[(_context(node), node.filter_expression.var.literal)] = name
            elif isinstance(node, BlockTranslateNode):
                found[(_context(node), node.render_token_list(node.singular)[0])] = name
        for match in INLINE.finditer(file.read_text()):
            found[(None, match[2])] = name
    return found


def _context(node: Any) -> str | None:
    if node.message_context is None:
        return None
    word = node.message_context.var  # a plain word, or what would be looked up
    return str(getattr(word, "literal", word))


def said_in_python() -> dict[Key, str]:
    found: dict[Key, str] = {}
    for file in sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        with file.open("rb") as opened:
            for _, message, _, context in extract("python", opened, keywords=KEYWORDS):
                text = message[0] if isinstance(message, tuple) else message
                if text:
                    found[(context, text)] = str(file.relative_to(ROOT))
    return found


@pytest.fixture(scope="module")
def korean() -> Catalog:
    return compile_texts.merged(sorted(FOLDER.glob("*.po")), language="ko")


def test_everything_said_is_said_in_korean(korean: Catalog) -> None:
    said = said_in_templates() | said_in_python()
    missing = [
        f"{place}: {text!r}"
        for (context, text), place in said.items()
        if not korean.get(text, context=context)
    ]
    assert len(said) > 150
    assert missing == []


def test_places_to_fill_are_the_same_in_both_languages(korean: Catalog) -> None:
    wrong = []
    for message in korean:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACE.findall(str(message.id if isinstance(message.id, str) else message.id[1])))
        wrong += [message.id for form in forms if not set(PLACE.findall(str(form))) <= wanted]
        if isinstance(message.id, str) and set(PLACE.findall(str(forms[0]))) != wanted:
            wrong.append(message.id)
    assert wrong == []


def test_compiling_is_skipped_when_nothing_changed(tmp_path: Path) -> None:
    folder = tmp_path / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for file in FOLDER.glob("*.po"):
        (folder / file.name).write_bytes(file.read_bytes())
    assert compile_texts.compile_folder(folder) is True
    assert compile_texts.compile_folder(folder) is False
    assert (folder / "django.mo").stat().st_size > 1000
