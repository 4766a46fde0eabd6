"""Hostile and broken words: printed as words, or refused by name; never run, never boxed."""

from __future__ import annotations

from typing import Any

import pytest

from paper import texts
from receipts import rendering, snapshots
from tests.receipts import samples
from tests.receipts.reading import read, require_inert, unwrapped, words

HOSTILE = [
    "<b>Kim",
    "</para>",
    "<img src=/etc/passwd>",
    '<a href="javascript:alert(1)">Kim</a>',
    "javascript:app.alert(1)",
    "Kim) Tj ET /JS (app.alert(1)) BT (",
    "%%EOF",
    "{0.__class__} %s ${x}",
    "]]> --> &amp; &lt;",
    "=HYPERLINK(1)",
    "../../etc/passwd",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(text: str) -> None:
    entity = samples.ENTITY | {"legal_name": text, "signatory": text}
    snapshot = samples.snapshot(
        entity=entity,
        serial=text[:24],
        donor={"name": text, "local_name": text, "address": [text]},
        lines=[samples.line(fund=text, note=text, method=text)],
        statements=[text],
        terms=[text],
    )
    content = rendering.render(snapshot)
    assert unwrapped(words(content)).count(text) >= 7
    require_inert(content)


@pytest.mark.parametrize("text", ["😀" * 200, "金哲洙", "سلام", "Kim 🙏"])
@pytest.mark.parametrize("field", ["donor", "fund", "statement", "entity"])
def test_words_without_glyphs_are_refused_not_boxed(text: str, field: str) -> None:
    by_field: dict[str, dict[str, Any]] = {
        "donor": {"donor": {"name": text, "local_name": None, "address": []}},
        "fund": {"lines": [samples.line(fund=text)]},
        "statement": {"statements": [text]},
        "entity": {"entity": samples.ENTITY | {"local_name": text}},
    }
    with pytest.raises(texts.UnprintableText):
        rendering.render(samples.snapshot(**by_field[field]))


def test_megabytes_overrides_and_nulls_are_cut_to_size() -> None:
    donor = {"name": "W" * 1_000_000, "local_name": "Kim\u202e\x00Lee", "address": ["x" * 1_000_000, "\x07"]}
    content = rendering.render(samples.snapshot(donor=donor))
    joined = words(content).replace("\n", "")
    assert joined.count("W" * 200) == 1
    assert "W" * 201 not in joined
    assert "KimLee" in joined
    assert len(read(content).pages) == 1


def test_a_statement_of_law_is_never_cut() -> None:
    with pytest.raises(snapshots.SnapshotRefused, match="paragraph above 2000"):
        rendering.render(samples.snapshot(statements=["law " * 600]))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"schema": 3}, "schema is not 1 or 2"),
        ({"language": "fr"}, "language is not one of"),
        ({"total_minor": 9999}, "its lines add up to 10000"),
        ({"total_minor": 100.0}, "total_minor is not a whole number"),
        ({"lines": []}, "lines is empty"),
        ({"lines": [samples.line(amount_minor=True)]}, r"lines\[0\].amount_minor is not a whole"),
        ({"lines": [samples.line(amount_minor=10**15)]}, "out of range"),
        ({"lines": [samples.line(refunded_minor=-1)]}, "refund below zero"),
        ({"lines": [samples.line(given_on="2026-13-01")]}, "given_on is not a day"),
        ({"lines": "abc"}, "lines is not a list"),
        ({"lines": [1]}, "is not an object"),
        ({"serial": "\u200b"}, "serial is empty"),
        ({"donor": {"name": "", "address": []}}, "donor.name is empty"),
        ({"donor": {"name": 7, "address": []}}, "donor.name is not a text"),
        ({"donor": {"name": "Kim", "address": [7]}}, "holds something that is not a text"),
        ({"currency_exponent": 9}, "currency_exponent"),
        ({"entity": samples.ENTITY | {"paper": "napkin"}}, "entity.paper is not one of letter, a4"),
    ],
)
def test_a_snapshot_that_does_not_hold_together_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(snapshots.SnapshotRefused, match=why):
        rendering.render(samples.snapshot(**changes))
