"""Receipts as they are issued: sealed and signed with the keys of the folder, and found again by their code."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from donations.models import Donation
from paper import storing
from receipts import asking, finishing, issuing, keyholding, publishing, reading, sealing, verifying
from receipts.models import Receipt, Seal, SealKey, SigningCertificate
from receipts.verifying import Answer
from tests import facts
from tests.campaigns import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.RECEIPT_KEYS = tmp_path / "keys"
    settings.BASE_URL = "https://give.example.org"
    return tmp_path / "keys"


@pytest.fixture
def has_keys(folder: Path) -> Path:
    keyholding.make_missing(entities=[(making.entity().code, "Harbour Mission")], now=facts.NOW)
    return folder


def issued() -> Receipt:
    facts.donation()
    facts.paperwork()
    return Receipt.objects.select_related("rendering").get()


def code_of(receipt: Receipt) -> str:
    return sealing.code(bytes(Seal.objects.get(receipt=receipt).signature))


def test_an_issued_receipt_is_sealed_signed_and_verifies_offline(has_keys: Path) -> None:
    receipt = issued()
    content = reading.file_of(receipt=receipt)
    public = json.loads((has_keys / keyholding.PUBLIC).read_text())
    assert list(public["seals"]) == [SealKey.objects.get().pk]
    verdict = verifying.verify(content, keys=asking.known_keys(), voids=None)
    assert (verdict.answer, verdict.serial, verdict.issuer) == (
        Answer.VALID,
        receipt.serial,
        receipt.series.entity.legal_name,
    )
    arguments = [str(has_keys.parent / "receipt.pdf"), "--keys", str(has_keys / keyholding.PUBLIC)]
    Path(arguments[0]).write_bytes(content)
    assert verifying.main(arguments) == 0


def test_another_installation_s_keys_do_not_know_it(has_keys: Path) -> None:
    content = reading.file_of(receipt=issued())
    strange = asking.known_keys()
    assert (
        verifying.verify(content, keys=type(strange)({}, strange.certificates), voids=None).answer
        == "unknown"
    )


def test_without_keys_receipts_are_issued_unsealed(folder: Path) -> None:
    receipt = issued()
    assert not Seal.objects.exists()
    assert b"/AlmonerReceipt" not in reading.file_of(receipt=receipt)
    assert asking.by_file(reading.file_of(receipt=receipt), language="en").answer == Answer.UNKNOWN


def test_only_a_seal_without_an_entity_s_own_key(folder: Path) -> None:
    keyholding.make_missing(entities=[], now=facts.NOW)
    content = reading.file_of(receipt=issued())
    assert b"/ByteRange" not in content
    assert not SigningCertificate.objects.exists()
    assert verifying.verify(content, keys=asking.known_keys(), voids=None).answer == Answer.VALID


def test_drawing_it_again_gives_the_stored_bytes(has_keys: Path) -> None:
    from receipts import rendering

    receipt = issued()
    kept = Seal.objects.get(receipt=receipt)
    again = rendering.render(
        json.loads(receipt.snapshot),
        seal=sealing.Seal(kept.key_id, bytes(kept.signature)),
        signer=keyholding.signer(entity_code=receipt.series.entity.code),
    )
    assert storing.load(sha256=receipt.rendering.document_id) == again


def test_a_receipt_that_could_not_be_drawn_is_not_sealed(has_keys: Path) -> None:
    facts.donation(donor_id=facts.donor(name="Grace \U0001f600 Kim").pk)
    facts.paperwork()
    assert not finishing.finish(receipt_id=Receipt.objects.get().pk, now=facts.NOW)
    assert not Seal.objects.exists()
    assert not Receipt.objects.filter(rendering__isnull=False).exists()


def test_a_seal_of_a_former_key_stays_when_it_is_drawn_later(has_keys: Path, folder: Path) -> None:
    facts.donation()
    issuing.issue_due(now=facts.NOW)
    receipt = Receipt.objects.get()
    former = keyholding.sealing_key()
    assert former is not None
    seal = sealing.make(receipt.snapshot.encode(), key=former)
    public = former.public_key().public_bytes_raw()
    SealKey.objects.create(id=seal.key_id, public_key=public, added_at=facts.NOW)
    Seal.objects.create(receipt=receipt, key_id=seal.key_id, signature=seal.signature, sealed_at=facts.NOW)
    (folder / keyholding.SEAL).unlink()
    keyholding.make_missing(entities=[], now=facts.NOW)
    assert finishing.finish(receipt_id=receipt.pk, now=facts.NOW)
    assert asking.by_file(reading.file_of(receipt=receipt), language="en").answer == Answer.VALID
    assert Seal.objects.get().key_id == seal.key_id


def test_the_code_tells_where_the_receipt_stands(has_keys: Path) -> None:
    receipt = issued()
    told = asking.by_code(code_of(receipt).lower(), language="en")
    assert (told.answer, told.serial, told.amount) == (Answer.VALID, receipt.serial, "$100.00")
    assert told.giver == "G• K•"
    gift = Donation.objects.get()
    facts.refund(gift, 2_500)
    facts.paperwork()
    replaced = asking.by_code(code_of(receipt), language="en")
    successor = Receipt.objects.get(replaces=receipt)
    assert (replaced.answer, replaced.replaced_by) == (Answer.REPLACED, successor.serial)
    facts.refund(gift, 7_500)
    facts.paperwork()
    assert asking.by_code(code_of(successor), language="en").answer == Answer.VOID
    voids = dict(asking.void_receipts())
    assert set(voids) == {publishing.mark(bytes(seal.signature)) for seal in Seal.objects.all()}
    assert [bool(told.replaced_by) for told in voids.values()].count(True) == 1


def test_the_copy_of_a_void_receipt_keeps_its_code(has_keys: Path) -> None:
    receipt = issued()
    facts.refund(Donation.objects.get(), 10_000)
    facts.paperwork()
    copy = reading.copy_of(receipt=receipt)
    assert b"/AlmonerReceipt" in copy
    assert b"/ByteRange" not in copy
    assert asking.by_file(copy, language="en").answer == Answer.ALTERED
    assert asking.by_file(reading.file_of(receipt=receipt), language="en").answer == Answer.VOID


@pytest.mark.parametrize("code", ["", "A", "김철수", "A" * 103, "A" * 5000, "=" * 103, "../../etc/passwd"])
def test_a_code_that_is_none_is_not_ours(code: str, has_keys: Path) -> None:
    assert asking.by_code(code, language="en").answer == Answer.UNKNOWN


def test_keys_are_made_once_and_read_by_their_owner_alone(has_keys: Path) -> None:
    before = {path.name: path.read_bytes() for path in has_keys.iterdir()}
    assert keyholding.make_missing(entities=[(making.entity().code, "x")], now=facts.NOW) == []
    assert {path.name: path.read_bytes() for path in has_keys.iterdir()} == before
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in has_keys.iterdir()}
    assert modes.pop(keyholding.PUBLIC) == 0o644
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(has_keys.stat().st_mode) == 0o700


def test_a_new_key_leaves_old_papers_verifiable(has_keys: Path) -> None:
    old = reading.file_of(receipt=issued())
    for path in has_keys.iterdir():
        path.unlink()
    keyholding.make_missing(entities=[(making.entity().code, "Harbour Mission")], now=facts.NOW)
    facts.donation()
    facts.paperwork()
    assert SealKey.objects.count() == SigningCertificate.objects.count() == 2
    assert asking.by_file(old, language="en").answer == Answer.VALID


@pytest.mark.parametrize("name", ["seal.pem", "us.pem", "us.p12"])
def test_a_spoiled_key_is_told_by_its_file(name: str, folder: Path) -> None:
    folder.mkdir()
    (folder / name).write_bytes(b"-----BEGIN NONSENSE-----")
    with pytest.raises(keyholding.UnusableKeys, match=name):
        keyholding.signer(entity_code="US") if name.startswith("us") else keyholding.sealing_key()


def test_the_command_makes_keys_for_every_entity(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = making.entity().code.lower()
    call_command("make_receipt_keys")
    assert {path.name for path in folder.iterdir()} == {"seal.pem", f"{code}.pem", "receipt-keys.json"}
    (folder / "seal.pem").write_bytes(b"nonsense")
    keyholding.forget()
    with pytest.raises(CommandError, match=r"seal\.pem"):
        call_command("make_receipt_keys")


def test_the_page_answers_a_scanned_code(has_keys: Path, client: Client) -> None:
    receipt = issued()
    moved = client.get(f"/V/{code_of(receipt)}", headers={"accept-language": "ko"})
    assert moved.status_code == 302
    page = client.get(moved["Location"])
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    text = page.content.decode()
    assert receipt.serial in text
    assert "G• K•" in text
    assert "Grace" not in text
    assert "grace@example.org" not in text


def test_the_page_judges_a_file(has_keys: Path, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = reading.file_of(receipt=issued())
    for sent, words in ((content, "Valid."), (content + b" ", "Altered."), (b"something", "Not ours.")):
        page = client.post("/en/verify/", {"file": SimpleUploadedFile("a.pdf", sent)})
        assert page.status_code == 200
        assert words in page.content.decode()


def test_the_page_says_what_to_do_with_bad_input(has_keys: Path, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    large = SimpleUploadedFile("a.pdf", b"0" * 4_000_001)
    for sent in ({}, {"code": "  "}, {"file": large}):
        page = client.post("/en/verify/", sent)
        assert page.status_code == 422
        assert "There is a problem" in page.content.decode()
    for code in ("김철수", "<b>", "..", "%00"):
        page = client.post("/en/verify/", {"code": code}, follow=True)
        assert "Not ours." in page.content.decode()


def test_plain_files_stand_where_anyone_finds_them(has_keys: Path, client: Client) -> None:
    receipt = issued()
    told = client.get("/.well-known/receipt-keys.json").json()
    assert list(told["seals"]) == [SealKey.objects.get().pk]
    facts.refund(Donation.objects.get(), 10_000)
    facts.paperwork()
    answer = client.get("/.well-known/void-receipts.txt")
    assert answer["Cache-Control"] == "public, max-age=300"
    voids = publishing.read_voids(answer.content.decode())
    verdict = verifying.verify(reading.file_of(receipt=receipt), keys=asking.known_keys(), voids=voids)
    assert verdict.answer == Answer.VOID
    with translation.override("en"):
        assert receipt.serial not in answer.content.decode()
