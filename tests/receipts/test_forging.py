"""P23, T66, D15: a forged or edited paper, a void one, a replaced one: offline by the command, and by the page."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from donations import guarding
from ledger.money import Money
from receipts import asking, keyholding, publishing, reading, sealing, verifying
from receipts.models import Receipt, Seal
from tests import facts
from tests.campaigns import making

pytestmark = pytest.mark.django_db
Judge = Callable[[bytes], tuple[int, str]]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.RECEIPT_KEYS = tmp_path / "keys"
    settings.BASE_URL = "https://give.example.org"
    keyholding.make_missing(entities=[(making.entity().code, "Harbour Mission Inc.")], now=facts.NOW)
    return tmp_path / "keys"


def issued(minor: int = 65_000) -> Receipt:
    asked = facts.campaign()
    gift = facts.donation({asked.fund: minor})
    facts.paperwork()
    return Receipt.objects.get(lines__donation=gift, replaces=None)


@pytest.fixture
def judge(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judge:
    """The command, with the public files as they stand at that moment and no database."""

    def judged(content: bytes) -> tuple[int, str]:
        (tmp_path / "receipt.pdf").write_bytes(content)
        (tmp_path / "voids.txt").write_text(publishing.void_list(asking.void_receipts()))
        known = folder / keyholding.PUBLIC
        code = verifying.main(
            [*(str(tmp_path / "receipt.pdf"), "--keys", str(known)), "--voids", str(tmp_path / "voids.txt")]
        )
        return code, capsys.readouterr().out

    return judged


def shown(client: Client, content: bytes) -> str:
    page = client.post("/en/verify/", {"file": SimpleUploadedFile("a.pdf", content)})
    assert page.status_code == 200
    return page.content.decode()


def edited(content: bytes, *, before: str, after: str) -> bytes:
    """What an editor of PDF files does: unpack the streams, write another amount, pack them again."""
    found = 0

    def again(match: re.Match[bytes]) -> bytes:
        nonlocal found
        try:
            text = zlib.decompress(match[2])
        except zlib.error:
            text = match[2]
        if before.encode() not in text:
            return match[0]
        found += 1
        return match[1] + zlib.compress(text.replace(before.encode(), after.encode())) + match[3]

    changed = re.sub(rb"(stream\r?\n)(.*?)(\r?\nendstream)", again, content, flags=re.DOTALL)
    return changed if found else content.replace(before.encode(), after.encode())


def test_D15_six_hundred_fifty_made_six_thousand_five_hundred(judge: Judge, client: Client) -> None:
    receipt = issued(65_000)
    content = reading.file_of(receipt=receipt)
    assert judge(content) == (
        0,
        f"VALID: receipt {receipt.serial} of Harbour Mission Inc., issued 2026-11-20, $650.00.\n",
    )
    assert "$650.00" in shown(client, content)
    # The amount stands in the sealed source as minor units, and on the page as text.
    for before, after in (("65000", "650000"), ("650.00", "6500.00"), ("$650", "$6,5")):
        forged = edited(content, before=before, after=after)
        if forged == content:
            continue
        code, words = judge(forged)
        assert code == 1
        assert not words.startswith("VALID")
        assert "6,500" not in words
        assert "Valid." not in shown(client, forged)
    assert edited(content, before="65000", after="650000") != content


def test_D15_a_true_code_on_a_false_paper_shows_the_true_amount(client: Client) -> None:
    receipt = issued(65_000)
    code = sealing.code(bytes(Seal.objects.get(receipt=receipt).signature))
    page = client.get(f"/en/verify/{code}/").content.decode()
    assert "$650.00" in page
    assert "Compare this with the paper." in page


def test_D15_a_void_paper_printed_again_is_void(judge: Judge, client: Client) -> None:
    receipt = issued()
    content = reading.file_of(receipt=receipt)
    facts.refund(receipt.lines.get().donation, 65_000)
    facts.paperwork()
    code, words = judge(content)
    assert (code, words[:22]) == (1, "VOID since 2026-11-20:")
    assert "Void since 20 November 2026." in shown(client, content)
    assert "VALID" not in judge(reading.copy_of(receipt=Receipt.objects.get(pk=receipt.pk)))[1]


def test_D15_a_replaced_paper_names_what_replaced_it(judge: Judge, client: Client) -> None:
    receipt = issued()
    content = reading.file_of(receipt=receipt)
    facts.refund(receipt.lines.get().donation, 5_000)
    facts.paperwork()
    successor = Receipt.objects.get(replaces=receipt)
    code, words = judge(content)
    assert (code, "VOID since 2026-11-20 and replaced:" in words) == (1, True)
    assert f"Receipt {successor.serial} replaces it." in shown(client, content)
    assert judge(reading.file_of(receipt=successor))[0] == 0
    assert successor.total == Money(60_000, "USD")


def test_T66_whatever_does_not_match_gets_one_answer(client: Client) -> None:
    receipt = issued()
    code = sealing.code(bytes(Seal.objects.get(receipt=receipt).signature))
    other = ("B" if code[10] != "B" else "C").join([code[:10], code[11:]])
    answers = set()
    for asked in (receipt.serial, other, code[:-8], "A" * len(code)):
        page = client.post("/en/verify/", {"code": asked}, follow=True).content.decode()
        answers.add(re.sub(r'value="[^"]*"|/verify/[^"]*', "", page))
        assert receipt.serial not in re.sub(r'value="[^"]*"|href="[^"]*"', "", page)
    assert len(answers) == 1
    assert "Not ours." in answers.pop()


def test_T66_twenty_wrong_tries_an_hour_from_one_network(client: Client) -> None:
    receipt = issued()
    code = sealing.code(bytes(Seal.objects.get(receipt=receipt).signature))
    for number in range(guarding.MOST_UNMATCHED):
        page = client.get(f"/en/verify/{'A' * 20}{number}/")
        assert page.status_code == 200
    for answer in (client.get(f"/en/verify/{code}/"), client.post("/en/verify/", {"code": "", "file": ""})):
        assert answer.status_code == 429
        assert receipt.serial not in answer.content.decode()
    # Somebody elsewhere, and whoever holds true papers only, is never stopped.
    assert client.get(f"/en/verify/{code}/", REMOTE_ADDR="198.51.100.7").status_code == 200


def test_P23_true_papers_are_never_counted(client: Client) -> None:
    code = sealing.code(bytes(Seal.objects.get(receipt=issued()).signature))
    for _ in range(guarding.MOST_UNMATCHED + 2):
        assert client.get(f"/en/verify/{code}/").status_code == 200


def test_the_page_reveals_nothing_more_than_the_paper_shows(client: Client) -> None:
    receipt = issued()
    code = sealing.code(bytes(Seal.objects.get(receipt=receipt).signature))
    page = client.get(f"/en/verify/{code}/").content.decode()
    hidden = [receipt.donor.email, receipt.donor.name, str(receipt.pk), str(receipt.donor_id)]
    assert [word for word in hidden if word in page] == []
    assert json.loads(receipt.snapshot)["serial"] in page
