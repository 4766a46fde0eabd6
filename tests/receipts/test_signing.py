"""Signed files: other people's programs find the signature good, any changed byte is found, the bytes stay."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from PIL import Image

from paper import signing
from receipts import rendering, sealing, verifying
from receipts.verifying import Answer
from tests.receipts import keys, samples
from tests.receipts.reading import catalog, require_inert

ROOT = Path(__file__).parents[2]
PLACE = {"verify_at": "https://give.example.org", "template": "us-2"}


def snapshot(**given: object) -> dict[str, object]:
    return samples.snapshot(**{**PLACE, **given})


def signed(kind: str = "p256", **given: object) -> bytes:
    told = snapshot(**given)
    return rendering.render(told, seal=keys.seal_of(told), signer=keys.signer(kind))


@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_poppler_finds_the_signature_good_and_total(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    file.write_bytes(signed(kind))
    said = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "CN=Harbour Mission" in said
    assert "ETSI.CAdES.detached" in said


def test_openssl_finds_the_message_good(tmp_path: Path) -> None:
    content = signed()
    start, end = content.rindex(b"/Contents<") + 9, content.rindex(b">/ByteRange") + 1
    message = bytes.fromhex(content[start + 1 : end - 1].decode())
    (tmp_path / "message.der").write_bytes(message)
    (tmp_path / "content").write_bytes(content[:start] + content[end:])
    (tmp_path / "own.pem").write_text(keys.signer().certified.pem)
    command = [
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "message.der",
        "-content",
        "content",
    ]
    answer = subprocess.run(
        [
            *command,
            "-certfile",
            "own.pem",
            "-CAfile",
            "own.pem",
            "-partial_chain",
            "-purpose",
            "any",
            "-out",
            "got",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "77"])
def test_another_process_signs_the_same_bytes(seed: str) -> None:
    program = (
        "import hashlib; from tests.receipts import test_signing as t;"
        "print(hashlib.sha256(t.signed() + t.korean()).hexdigest())"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": number, "TZ": "Asia/Seoul"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in (seed, "5")
    ]
    assert answers[0] == answers[1]


def korean() -> bytes:
    told = {**samples.korean(), **PLACE}
    return rendering.render(told, seal=keys.seal_of(told), signer=keys.signer())


def long() -> bytes:
    told = {**samples.annual(60), **PLACE}
    return rendering.render(told, seal=keys.seal_of(told), signer=keys.signer())


@pytest.mark.parametrize("make", [signed, korean, long])
def test_the_paper_s_code_is_read_and_names_the_seal(make: Callable[[], bytes], tmp_path: Path) -> None:
    content = make()
    file = tmp_path / "receipt.pdf"
    file.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "200", "-gray", str(file), str(tmp_path / "page")], check=True)
    last = sorted(tmp_path.glob("page*"))[-1]
    found = zxingcpp.read_barcodes(Image.open(last))
    assert len(found) == 1
    assert found[0].text.startswith("HTTPS://GIVE.EXAMPLE.ORG/V/")
    signature = sealing.from_code(found[0].text.rpartition("/")[2])
    verdict = verifying.verify(content, keys=keys.known(keys.signer()), voids=None)
    assert verdict.seal is not None
    assert signature == verdict.seal.signature


def test_the_file_holds_nothing_that_acts_and_one_invisible_field() -> None:
    content = signed()
    root: Any = catalog(content)
    fields = root["/AcroForm"]["/Fields"]
    assert [field.get_object()["/FT"] for field in fields] == ["/Sig"]
    assert fields[0].get_object()["/Rect"] == [0, 0, 0, 0]
    figures = [
        kid.get_object() for kid in root["/StructTreeRoot"]["/K"]["/K"] if kid.get_object()["/S"] == "/Figure"
    ]
    assert "give.example.org/verify" in figures[0]["/Alt"]
    require_inert(rendering.render(snapshot(), seal=keys.seal_of(snapshot())))


def test_any_changed_byte_is_found() -> None:
    content = signed()
    known = keys.known(keys.signer())
    assert verifying.verify(content, keys=known, voids=None).answer == Answer.VALID
    slot = content.rindex(b"/Contents<")
    for place in [*range(9, len(content), 997), slot + 300, len(content) - 2]:
        changed = bytearray(content)
        changed[place] ^= 1
        answer = verifying.verify(bytes(changed), keys=known, voids=None).answer
        assert answer in {Answer.ALTERED, Answer.UNKNOWN}, place


@pytest.mark.parametrize("extra", [b"\n", b"%%EOF\n", b"1 0 obj<</Type/Catalog>>endobj"])
def test_what_is_added_behind_is_found(extra: bytes) -> None:
    known = keys.known(keys.signer())
    assert verifying.verify(signed() + extra, keys=known, voids=None).answer == Answer.ALTERED


def test_a_file_that_was_never_signed_is_drawn_again_and_compared() -> None:
    told = snapshot()
    content = rendering.render(told, seal=keys.seal_of(told))
    known = keys.known()
    assert verifying.verify(content, keys=known, voids=None).answer == Answer.VALID
    swapped = content.replace(b"/Author", b"/author")
    assert verifying.verify(swapped, keys=known, voids=None).answer == Answer.ALTERED


def test_a_true_seal_in_a_false_paper_is_found() -> None:
    """Somebody takes the sealed source of a real receipt and prints another amount around it."""
    true = snapshot()
    false = snapshot(total_minor=1_000_000, lines=[samples.line(amount_minor=1_000_000)])
    forged = rendering.render(false, seal=keys.seal_of(true))
    known = keys.known(keys.signer())
    assert verifying.verify(forged, keys=known, voids=None).answer == Answer.ALTERED
    # The same with the true source put inside, so that its seal holds.
    part = rendering.render(true, seal=keys.seal_of(true))
    kept = part[
        part.index(b"<</Type/AlmonerReceipt") : part.index(b"endstream", part.index(b"<</Type/Almoner"))
    ]
    start = forged.index(b"<</Type/AlmonerReceipt")
    grafted = forged[:start] + kept + forged[forged.index(b"endstream", start) :]
    assert verifying.verify(grafted, keys=known, voids=None).answer == Answer.ALTERED


def test_a_stranger_s_key_is_not_ours() -> None:
    told = snapshot()
    strange = rendering.render(told, seal=keys.seal_of(told, key=keys.OTHER_SEAL), signer=keys.signer())
    assert verifying.verify(strange, keys=keys.known(keys.signer()), voids=None).answer == Answer.UNKNOWN
    key = ec.generate_private_key(ec.SECP256R1())
    theirs = signing.Signer(key, [keys.certificate(key)])
    resigned = rendering.render(told, seal=keys.seal_of(told), signer=theirs)
    assert verifying.verify(resigned, keys=keys.known(keys.signer()), voids=None).answer == Answer.ALTERED


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"\0" * 5000, "김철수".encode() * 99])
def test_what_is_no_receipt_is_unknown(content: bytes) -> None:
    assert verifying.verify(content, keys=keys.known(), voids=None).answer == Answer.UNKNOWN


def test_keys_come_as_pem_and_as_pkcs12_with_a_password() -> None:
    own = keys.certificate(keys.P256)
    private = keys.P256.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    bundle = pkcs12.serialize_key_and_certificates(
        b"us", keys.P256, own, None, serialization.BestAvailableEncryption(b"secret")
    )
    first = signing.load(private + keys.pem(own).encode(), password=None)
    second = signing.load(bundle, password=b"secret")
    assert first.message(bytes(32)) == second.message(bytes(32))
    with pytest.raises(signing.UnusableKey):
        signing.load(bundle, password=b"wrong")
    with pytest.raises(signing.UnusableKey):
        signing.load(private, password=None)
    with pytest.raises(signing.UnusableKey):
        signing.load(b"-----BEGIN nothing", password=None)


def test_a_key_that_cannot_sign_receipts_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(signing.UnusableKey):
        signing.Signer(curve, [keys.certificate(curve)])
    with pytest.raises(signing.UnusableKey):
        signing.Signer(keys.P256, [keys.certificate(keys.rsa_key())])
    edwards = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(signing.UnusableKey):
        signing.load(edwards + keys.pem(keys.certificate(keys.P256)).encode(), password=None)


def test_a_preview_and_a_void_copy_carry_the_code_but_no_signature() -> None:
    told = snapshot()
    copy = rendering.render(told, seal=keys.seal_of(told), void={"on": "2027-02-03", "replaced_by": None})
    assert b"/ByteRange" not in copy
    assert verifying.verify(copy, keys=keys.known(), voids=None).answer == Answer.ALTERED
    assert "/AcroForm" not in catalog(copy)


def test_the_day_of_the_signature_is_the_day_of_issue() -> None:
    assert b"/M(D:20261121000000Z)" in signed()
    assert datetime(2026, 11, 21, tzinfo=UTC).date().isoformat() == samples.snapshot()["issued_on"]
