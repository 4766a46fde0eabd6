"""The same snapshot is the same bytes, in any process and thread, with every letter inside."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pypdf
import pytest

from paper import binding, drawing
from receipts import rendering
from tests.receipts import papers, samples
from tests.receipts.reading import read, require_inert

ROOT = Path(__file__).parents[2]


def all_samples() -> list[dict[str, Any]]:
    rare: dict[str, Any] = {"name": "뷁쀍 Đặng", "local_name": None, "address": []}
    every = [
        *samples.many(6, seed=3, lines=3),
        samples.korean(),
        samples.annual(45),
        samples.snapshot(donor=rare),
    ]
    return [
        *every,
        samples.snapshot(entity=samples.ENTITY | {"local_name": "".join(map(chr, range(0xAC00, 0xACB8)))}),
    ]


def fingerprint() -> str:
    found = hashlib.sha256()
    for snapshot in [*all_samples(), *map(papers.snapshot, sorted(papers.ENTITIES))]:
        found.update(rendering.render(snapshot))
        found.update(rendering.render(snapshot, preview=True))
        found.update(rendering.render(snapshot, void={"on": "2027-02-03", "replaced_by": None}))
    return found.hexdigest()


STREAM = re.compile(rb"/Length (\d+)>>\nstream\n")


def unpacked(content: bytes) -> bytes:
    """A file with its streams as they were before they were packed: the same with every build of zlib."""
    parts, at = [], 0
    for found in STREAM.finditer(content):
        start, end = found.end(), found.end() + int(found[1])
        packed = content[start:end]
        if found.start() < at or not content[at : found.start()].endswith(b"/FlateDecode"):
            continue
        plain = zlib.decompress(packed)
        assert zlib.compress(plain) == packed
        head = re.sub(rb"\d+$", b"", content[at : found.start()])
        parts += [head, plain]
        at = end
    tail = content[at : content.rindex(b"xref\n0 ")]
    return b"".join([*parts, tail])


def golden(papers_of: list[dict[str, Any]], **marks: Any) -> str:
    found = hashlib.sha256()
    for snapshot in papers_of:
        found.update(unpacked(rendering.render(snapshot, **marks)))
    return found.hexdigest()


GOLDEN_OF_SCHEMA_1 = "934fdea7d3552f2d597bd7b4e904fbf99ec0b07569a36e6d625d12b3f7f9d760"
GOLDEN = {
    "au-1": "f9b7a5ea03e40a9908d275513631855d40e537bb8da19a4a7ad9e0b5f15f0d36",
    "ca-1": "84060954823202d42cd8d6d3873c672fdc8a1932db3a212337e2a7666dc724ee",
    "kr-1": "93198bc2f4613305c197522fabed4ced46aea92bff9cf751eb23cb52ca36dc68",
    "uk-1": "fa55ea92e98f484163d7e0a23b020337885b28d271eb7a2cc20c3bf4b53c15ee",
    "us-3": "78278b8d253c0e0399d206fbdebae21d1e5116321894e9e5eebfd614a2b58f83",
}


def test_receipts_of_schema_1_are_drawn_as_they_were_issued() -> None:
    """Many are in givers' hands: a change here is a forgery."""
    assert golden(all_samples()) == GOLDEN_OF_SCHEMA_1


@pytest.mark.parametrize("template", sorted(papers.ENTITIES))
def test_a_template_never_changes_under_its_name(template: str) -> None:
    """Whoever wants it to look different makes the next template, and leaves this one to the receipts it drew."""
    drawn = [papers.snapshot(template, language=language) for language in ("en", "ko")]
    assert golden([*drawn, papers.year(45, template)]) == GOLDEN[template]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "4242"])
def test_another_process_makes_the_same_bytes(seed: str) -> None:
    program = "from tests.receipts import test_reproducing; print(test_reproducing.fingerprint())"
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Seoul", "SOURCE_DATE_EPOCH": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == fingerprint()


def test_threads_do_not_disturb_each_other() -> None:
    snapshots = list(samples.many(40, seed=11))
    alone = [rendering.render(snapshot) for snapshot in snapshots]
    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(rendering.render, snapshots)) == alone


class Forgetful(dict[object, object]):
    def __setitem__(self, key: object, value: object) -> None: ...


def test_what_was_drawn_before_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process keeps for the next file of the same kind is only ever what it would have drawn."""
    every = [*all_samples(), *map(papers.snapshot, sorted(papers.ENTITIES)), *all_samples()]
    for name in papers.ENTITIES:
        every += [papers.snapshot(name, language="ko"), papers.year(9, name), papers.snapshot(name)]
    with monkeypatch.context() as nothing_is_kept:
        nothing_is_kept.setattr(drawing, "_stamps", Forgetful())
        nothing_is_kept.setattr(drawing, "_letters", Forgetful())
        nothing_is_kept.setattr(binding, "_grown_often", binding._grown)
        alone = [rendering.render(snapshot) for snapshot in every]
    assert [rendering.render(snapshot) for snapshot in every] == alone
    assert [rendering.render(snapshot) for snapshot in reversed(every)] == alone[::-1]
    monkeypatch.setattr(drawing, "_stamps", {})
    monkeypatch.setattr(drawing, "MOST_STAMPS", 3)
    monkeypatch.setattr(drawing, "_letters", {})
    monkeypatch.setattr(drawing, "MOST_LETTERS", 2)
    assert [rendering.render(snapshot) for snapshot in every] == alone
    assert 1 <= len(drawing._stamps) <= 3
    assert 1 <= len(drawing._letters) <= 2


def pages_of(reader: pypdf.PdfReader) -> list[Any]:
    return list(reader.pages)


def fonts_of(reader: pypdf.PdfReader) -> list[Any]:
    return [font.get_object() for page in pages_of(reader) for font in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize("place", range(10))
def test_every_font_is_inside_and_every_letter_has_a_glyph(place: int) -> None:
    reader = read(rendering.render(all_samples()[place]))
    for font in fonts_of(reader):
        program = font["/FontDescriptor"]["/FontFile2"].get_data()
        assert program[:4] == b"\0\1\0\0"
        assert re.fullmatch(r"/[A-Z]{6}\+Pretendard-(Regular|Bold)", font["/BaseFont"])
        mapped = set(re.findall(r"<(..)> <", font["/ToUnicode"].get_data().decode()))
        for page in pages_of(reader):
            for code in shown_codes(page, font):
                assert code in mapped
    require_inert(rendering.render(all_samples()[place]))


def shown_codes(page: Any, font: Any) -> set[str]:
    name = next(key for key, value in page["/Resources"]["/Font"].items() if value.get_object() == font)
    shown = re.findall(name + r" [\d.]+ Tf<([0-9a-f]*)>Tj", page.get_contents().get_data().decode())
    return {code.upper() for text in shown for code in re.findall("..", text)}


def test_the_web_starts_without_reportlab() -> None:
    program = "import sys; from receipts import rendering; print('reportlab' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"
