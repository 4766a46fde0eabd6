"""Plain files for whoever checks without us: they name nobody, and what was changed in them is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from receipts import publishing, rendering, verifying
from receipts.publishing import Voided
from receipts.verifying import Answer
from tests.receipts import keys, samples

PLACE = {"verify_at": "https://give.example.org", "template": "us-2"}
SNAPSHOT = samples.snapshot(**PLACE)
SIGNATURE = keys.seal_of(SNAPSHOT).signature


def files(folder: Path, *, voided: bool = False) -> list[str]:
    content = rendering.render(SNAPSHOT, seal=keys.seal_of(SNAPSHOT), signer=keys.signer())
    (folder / "receipt.pdf").write_bytes(content)
    known = keys.known(keys.signer())
    told = publishing.public_keys(seals=known.seals.values(), certificates=known.certificates)
    (folder / "keys.json").write_text(json.dumps(told))
    entries = [(publishing.mark(SIGNATURE), Voided(date(2027, 2, 3)))] if voided else []
    (folder / "voids.txt").write_text(publishing.void_list(entries))
    return [
        str(folder / "receipt.pdf"),
        "--keys",
        str(folder / "keys.json"),
        "--voids",
        str(folder / "voids.txt"),
    ]


def test_the_command_answers_for_a_valid_receipt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = files(tmp_path)
    assert verifying.main(asked) == 0
    valid = "VALID: receipt 2026-000123 of Harbour Mission, issued 2026-11-21, $100.00."
    assert capsys.readouterr().out == f"{valid}\n"
    assert verifying.main(asked[:3]) == 0
    assert capsys.readouterr().out == (
        f"{valid} Whether it was voided since is not known without the list of void receipts (--voids).\n"
    )


def test_the_command_answers_for_a_void_an_altered_and_a_foreign_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = files(tmp_path, voided=True)
    assert verifying.main(asked) == 1
    assert capsys.readouterr().out.startswith("VOID since 2027-02-03: receipt 2026-000123")
    file = Path(asked[0])
    file.write_bytes(file.read_bytes().replace(b"/Author", b"/author"))
    assert verifying.main(asked) == 1
    assert capsys.readouterr().out.startswith("ALTERED")
    file.write_bytes(b"%PDF-1.4 something else")
    assert verifying.main(asked) == 1
    assert capsys.readouterr().out.startswith("UNKNOWN")


@pytest.mark.parametrize("spoiled", ["receipt.pdf", "keys.json", "voids.txt"])
def test_a_file_that_is_missing_is_told(
    spoiled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = files(tmp_path)
    (tmp_path / spoiled).unlink()
    assert verifying.main(asked) == 2
    assert spoiled in capsys.readouterr().err


def test_what_replaced_a_void_receipt_is_named_by_its_mark_only() -> None:
    text = publishing.void_list(
        [(publishing.mark(SIGNATURE), Voided(date(2027, 2, 3), publishing.mark(bytes(64))))]
    )
    assert "2026-000123" not in text
    voids = publishing.read_voids(text)
    content = rendering.render(SNAPSHOT, seal=keys.seal_of(SNAPSHOT), signer=keys.signer())
    verdict = verifying.verify(content, keys=keys.known(keys.signer()), voids=voids)
    assert (verdict.answer, verdict.void_on) == (Answer.REPLACED, date(2027, 2, 3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"version": 1}',
        '{"version": 2, "seals": {}, "certificates": []}',
        '{"version": 1, "seals": {"AAAA": "####"}, "certificates": []}',
        '{"version": 1, "seals": {"AAAAAAAAAAAAAAAA": "' + "A" * 43 + '="}, "certificates": []}',
        '{"version": 1, "seals": [], "certificates": []}',
    ],
)
def test_a_file_of_keys_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(publishing.UnreadableFile):
        publishing.read_keys(text)


@pytest.mark.parametrize(
    "text", ["", "void", f"{publishing.VOID_HEAD}\nA 2027-02-03", f"{publishing.VOID_HEAD}\nA 3.2.2027 -"]
)
def test_a_list_of_void_receipts_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(publishing.UnreadableFile):
        publishing.read_voids(text)


def test_both_files_are_read_as_they_were_written() -> None:
    known = keys.known(keys.signer(), keys.signer("rsa"))
    text = json.dumps(publishing.public_keys(seals=known.seals.values(), certificates=known.certificates))
    read = publishing.read_keys(text)
    assert dict(read.seals) == dict(known.seals)
    assert set(read.certificates) == set(known.certificates)
    entries = {publishing.mark(bytes([n]) * 64): Voided(date(2026, 1, n)) for n in range(1, 20)}
    assert publishing.read_voids(publishing.void_list(entries.items())) == {
        mark: told for mark, told in entries.items()
    }
