"""T27 to T31: hostile words in every field a giver can fill, on every template: printed as words, or refused."""

from __future__ import annotations

import ast
import dataclasses
import json
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from paper import texts
from receipts import rendering, snapshots, summarizing
from tests.receipts import papers
from tests.receipts.reading import described, read, require_inert, unwrapped, words
from tests.receipts.test_reproducing import ROOT

PAYLOADS = [
    "<b>Kim",
    "</para>",
    "</para><para>",
    "<br/><br/><br/>",
    "<b><i><u><font color=red>",
    "<font name=NoSuchFont>Kim</font>",
    "<para leading=1e9>",
    "<img src=/etc/passwd>",
    '<img src="file:///etc/hostname"/>',
    '<img src="http://127.0.0.1:9/x.png" width="1" height="1"/>',
    '<img src="data:image/png;base64,iVBORw0KGgo="/>',
    '<img src="/usr/share/pixmaps/debian-logo.png"/>',
    '<a href="javascript:alert(1)">Kim</a>',
    '<a href="file:///etc/passwd">Kim</a>',
    '<link href="http://example.org">Kim</link>',
    '<onDraw name="x" label="y"/>',
    '<index item="x"/>',
    '<seq id="x"/>',
    "<font color=\"[[[getattr(pow, 'x') for x in [1]]]]\">",
    '<para><font color=\'__import__("os").system("id")\'>',
    "javascript:app.alert(1)",
    "Kim) Tj ET /JS (app.alert(1)) BT (",
    "endstream endobj 1 0 obj <</OpenAction",
    "%%EOF",
    ">>/AA<</O<</S/JavaScript>>",
    "{0.__class__} %s %(x)s ${x} {{x}} {% x %}",
    "]]> --> &amp; &lt; &#60;b&#62;",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///z'>]>&y;",
    "=HYPERLINK(1)",
    '=cmd|"/C calc"!A0',
    "@SUM(1+1)*cmd",
    "-2+3+cmd",
    "../../etc/passwd",
    "\\\\server\\share",
    "'; DROP TABLE receipts; --",
    "\\u0000 \\x1b[31m",
    "W" * 200,
]


def filled(template: str, text: str) -> dict[str, Any]:
    """This function will return a receipt with a text in every field that a giver, or a file of givers, can fill."""
    first = papers.snapshot(template)["lines"][0]
    line = first | {
        "fund": text,
        "description": text,
        "note": text,
        "method": text[:40],
        "benefits": [{"description": text, "value_minor": 0}],
        "appraiser": {"name": text, "address": text},
        "equivalent": {
            "currency": "EUR",
            "currency_exponent": 2,
            "minor": 1,
            "rate_on": "2026-01-02",
            "source": text[:80],
        },
    }
    return papers.snapshot(
        template,
        lines=[line],
        donor={"name": text, "local_name": text, "address": [text], "number": text[:20], "is_person": False},
        collector={"name": text, "registration": text[:40], "address": text},
        terms=[text],
    )


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("a page opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("template", sorted(papers.ENTITIES))
def test_t27_hostile_words_are_only_words(template: str) -> None:
    assert len(PAYLOADS) == 37
    for text in PAYLOADS:
        started = time.process_time()
        content = rendering.render(filled(template, text))
        assert time.process_time() - started < 2
        assert unwrapped(words(content)).replace(" ", "").count(text.replace(" ", "")) >= 3, text
        require_inert(content)


@pytest.mark.usefixtures("no_network")
def test_t27_a_summary_is_as_deaf_as_a_receipt() -> None:
    one = papers.summary(1)["lines"][0]
    lines = [one | {"fund": text, "description": text, "receipt": text[:24]} for text in PAYLOADS]
    total = {"currency": "USD", "currency_exponent": 2, "total_minor": 5000 * len(lines)}
    content = summarizing.draw(papers.summary(lines=lines, totals=[total]))
    shown = unwrapped(words(content)).replace(" ", "")
    for text in PAYLOADS:
        assert text.replace(" ", "") in shown
    require_inert(content)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u200b", "\x00", "\u00ad", "\ufeff"])
def test_t27_marks_that_turn_or_hide_letters_are_left_out(mark: str) -> None:
    content = rendering.render(filled("us-3", f"Grace{mark} Kim"))
    assert "Grace Kim" in words(content)
    assert mark not in words(content)


def test_t27_ten_kilobytes_of_a_name_and_nested_tags_are_cut_to_size() -> None:
    for text in ("x" * 10_000, "<b>" * 3_000, "<br/>" * 100_000):
        started = time.process_time()
        content = rendering.render(filled("us-3", text) | {"terms": []})
        assert time.process_time() - started < 2
        assert len(read(content).pages) <= 3
    with pytest.raises(snapshots.SnapshotRefused, match="is empty"):
        rendering.render(filled("us-3", "\u200b" * 100_000 + "Kim"))


PRINTED = ["김승은", "뷁쀍", "金承恩", "Nguyễn Thị Ánh", "Zoë Šimić-O’Brien", "Владимир", "さくら", "K" * 200]
REFUSED = ["ชื่อ", "سلام", "שלום", "😀", "Kim 🙏🏽", "नमस्ते"]


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_t29_a_name_is_read_back_as_it_is_composed(name: str, form: Any) -> None:
    donor = papers.snapshot()["donor"] | {"name": unicodedata.normalize(form, name)}
    content = rendering.render(papers.snapshot(donor=donor))
    shown = words(content)
    assert unicodedata.normalize("NFC", name) in shown.replace("\n", "") or name in unwrapped(shown)
    assert "■" not in shown
    assert "\ufffd" not in shown


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("template", sorted(papers.ENTITIES))
def test_t29_a_name_no_font_has_is_refused_by_its_letters(template: str, name: str) -> None:
    donor = papers.snapshot(template)["donor"] | {"name": name}
    with pytest.raises(texts.UnprintableText) as refusal:
        rendering.render(papers.snapshot(template, donor=donor))
    assert refusal.value.missing <= set(name)


LARGEST = """
import json, re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
resource.setrlimit(resource.RLIMIT_DATA, (512 * 2**20, 512 * 2**20))
from receipts import rendering, snapshots
from tests.receipts import papers
text = "가나다라마바사 " * 25
snapshot = papers.year(snapshots.MAX_LINES_OF_SCHEMA_2)
for line in snapshot["lines"]:
    line |= {"fund": text, "description": "W" * 200, "note": "<b>" * 66}
content = rendering.render(snapshot)
# This process's own peak: `ru_maxrss` begins at the peak of the process that started it.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
print(json.dumps({"bytes": len(content), "peak": peak}))
"""


@pytest.mark.slow
def test_t30_the_largest_receipt_is_drawn_within_its_limits() -> None:
    """What may be asked of a drawing is capped, so nothing it is given can keep a worker: 20 s and 512 MB hold."""
    answer = subprocess.run(
        [sys.executable, "-c", LARGEST], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-500:]
    told = json.loads(answer.stdout)
    assert 10 * 1024 < told["peak"] < 512 * 1024
    line = papers.line()
    too_many = papers.snapshot() | {"lines": [line] * (snapshots.MAX_LINES_OF_SCHEMA_2 + 1)}
    with pytest.raises(snapshots.SnapshotRefused, match="lines is not a list of at most"):
        rendering.render(too_many)


@pytest.mark.parametrize("template", sorted(papers.ENTITIES))
def test_t31_a_file_names_its_issuer_and_nothing_else(template: str) -> None:
    snapshot = papers.snapshot(template)
    content = rendering.render(snapshot)
    assert content == rendering.render(snapshot)
    metadata = described(content)
    assert metadata.author == snapshot["entity"]["legal_name"]
    assert metadata.creator == metadata.producer == "Almoner"
    about = json.dumps({key: str(value) for key, value in metadata.items()}, ensure_ascii=False)
    for secret in (snapshot["donor"]["name"], snapshot["donor"]["address"][0], "@", "/home", str(ROOT)):
        assert secret not in about
        assert secret.encode() not in content.replace(b"@", b"")


ALLOWED = {("reportlab.pdfbase.ttfonts", "SUBSETN"), ("reportlab.pdfbase.ttfonts", "TTFontFace")}


def markup_doors(source: str) -> set[tuple[str, str]]:
    """What a module takes from reportlab beyond the reading of fonts: only its paragraphs and tables know markup."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "reportlab":
            found |= {(node.module or "", name.name) for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {(name.name, "") for name in node.names if name.name.split(".")[0] == "reportlab"}
    return found - ALLOWED


def test_t28_no_module_can_read_markup() -> None:
    bad = "from reportlab.platypus import Paragraph\nimport reportlab.pdfgen.canvas\n"
    assert markup_doors(bad) == {("reportlab.platypus", "Paragraph"), ("reportlab.pdfgen.canvas", "")}
    for room in ("paper", "receipts", "web", "api", "donors", "donations", "reports"):
        for path in (ROOT / room).rglob("*.py"):
            assert markup_doors(path.read_text(encoding="utf-8")) == set(), path


def said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from said(one)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from said(getattr(value, field.name))


@pytest.mark.parametrize("template", sorted(papers.ENTITIES))
def test_t28_every_text_behind_the_door_has_been_cleaned(template: str) -> None:
    dirty = "\u202e<b>Kim\x00\u200b  Lee\u0301\u0301\u0301\u0301"
    words_of = list(said(snapshots.read(filled(template, dirty))))
    assert sum("<b>Kim Le" in text for text in words_of) >= 8
    for text in words_of:
        assert texts.pdf_text(text, limit=2_000) == text
