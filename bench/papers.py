"""Papers: the receipts that every engine draws, as snapshots for ours and as the same words for the others.

A third of them is Korean and carries both languages, as ours do. `words` are all that stands on our page, in its order;
how they are set is up to each engine.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from receipts import rendering, sealing, snapshots

COUNT = 150
Snapshot = Mapping[str, Any]

ENTITY: dict[str, Any] = {
    "legal_name": "Harbour Mission Inc.",
    "local_name": "하버 선교회",
    "address": ["100 Example Street", "Springfield, VA 22150", "United States"],
    "registration": "EIN 00-0000000",
    "status_line": "501(c)(3) public charity",
    "signatory": "Anna Example, Treasurer",
    "email": "give@example.org",
    "paper": "letter",
    "legal_basis": "",
    "legal_basis_code": "",
    "form": "",
    "form_version": "",
}
STATEMENTS = (
    (
        "us_intangible_religious",
        "No goods or services were provided in exchange for this contribution, other than intangible religious"
        " benefits.",
        "이 후원의 대가로 무형의 종교적 혜택 외에 제공된 재화나 용역은 없습니다.",
    ),
    (
        "us_keep",
        "Please keep this written acknowledgment with your tax records; you must have it before you file your return"
        " for the year of the gift.",
        "이 영수증을 세금 신고 자료와 함께 보관해 주십시오.",
    ),
)
TERMS = {
    "en": "If this group cannot travel, your gift helps the next one.",
    "ko": "이 가족이 길을 나설 수 없게 되면 후원금은 다음 가족을 돕는 데 쓰입니다.",
}
FUND = {"en": "Family rescue", "ko": "가족 구출"}
FAMILY, GIVEN = "김이박최정강조윤장임한오서신권", "민서준하윤지우현수아은영호성진경미선재혁동"
LABELS = {
    "Donation receipt": "후원금 영수증",
    "Receipt number": "영수증 번호",
    "Date issued": "발행일",
    "Tax year": "귀속 연도",
    "Total received": "후원금 합계",
    "Received from": "후원자",
    "Date received": "후원일",
    "Kind": "종류",
    "Given for": "후원 내용",
    "Amount (USD)": "금액",
    "Card": "카드",
}


def snapshot(number: int) -> dict[str, Any]:
    """This function will return the frozen content of a receipt, the same each time for the same number."""
    chance = random.Random(number)
    is_korean = chance.random() < 0.35
    language = "ko" if is_korean else "en"
    name = chance.choice(FAMILY) + chance.choice(GIVEN) + chance.choice(GIVEN)
    minor = chance.randint(500, 500_000)
    line = {
        "given_on": f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}",
        "method": "card",
        "fund": FUND[language],
        "kind": "cash",
        "code": "",
        "description": "",
        "quantity": 1,
        "unit_value_minor": None,
        "currency": "USD",
        "currency_exponent": 2,
        "amount_minor": minor,
        "refunded_minor": 0,
        "benefits": [],
        "benefit_minor": 0,
        "eligible_minor": minor,
        "equivalent": None,
        "appraiser": None,
        "note": None,
        "basis": "charge",
    }
    total = {
        "currency": "USD",
        "currency_exponent": 2,
        "total_minor": minor,
        "benefit_minor": 0,
        "eligible_minor": minor,
    }
    statements = [
        {"code": code, "version": 1, "text": text}
        for code, english, korean in STATEMENTS
        for text in ([english, korean] if is_korean else [english])
    ]
    return {
        "schema": 2,
        "template": "us-3",
        "law": "US",
        "rules": "US/2026.1",
        "language": language,
        "serial": f"2026-{number + 1:06d}",
        "kind": "single",
        "tax_year": 2026,
        "replaces": None,
        "issued_on": "2026-11-21",
        "place": "",
        "entity": ENTITY,
        "donor": {
            "name": name if is_korean else f"Giver {number}",
            "local_name": None,
            "address": [f"{number} Maple Avenue", "Springfield, VA 22150"],
            "number": "",
            "is_person": True,
        },
        "lines": [line],
        "totals": [total],
        "statements": statements,
        "terms": [TERMS[language]],
        "collector": None,
        "information_copy": False,
        "test": False,
        "verify_at": "https://give.example.org",
    }


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the page: the head, the title, facts as label and value, the giver, the table, the closing."""

    name: str
    head: tuple[str, ...]
    title: str
    facts: tuple[tuple[str, str], ...]
    giver: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    closing: tuple[str, ...]


def words(told: Snapshot) -> Words:
    """This function will return the words of a receipt, for engines that do not know what a receipt is."""
    entity, line, is_korean = told["entity"], told["lines"][0], told["language"] == "ko"

    def label(text: str) -> str:
        return f"{LABELS[text]} {text}" if is_korean else text

    amount = f"${line['amount_minor'] / 100:,.2f}"
    issued = "2026년 11월 21일" if is_korean else "21 November 2026"
    given = line["given_on"].replace("-", ". ") if is_korean else _day(line["given_on"])
    return Words(
        name=entity["legal_name"],
        head=(
            entity["local_name"],
            ", ".join(entity["address"]),
            " · ".join([entity["registration"], entity["status_line"], entity["email"]]),
        ),
        title=label("Donation receipt"),
        facts=(
            (label("Receipt number"), told["serial"]),
            (label("Date issued"), issued),
            (label("Tax year"), str(told["tax_year"])),
            (label("Total received"), amount),
        ),
        giver=(label("Received from"), told["donor"]["name"], *told["donor"]["address"]),
        table=(
            tuple(label(text) for text in ("Date received", "Kind", "Given for", "Amount (USD)")),
            (given, label("Card"), line["fund"], amount),
            (label("Total received"), "", "", amount),
        ),
        closing=(
            *(statement["text"] for statement in told["statements"]),
            *told["terms"],
            f"Signed for {entity['legal_name']}",
            entity["signatory"],
            "Scan this code, or go to give.example.org/verify, to see whether this receipt stands.",
            f"{told['template']} · {told['rules']} · 6e3b526d6ee4    Page 1 of 1",
        ),
    )


def _day(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%d %b %Y").lstrip("0")


def rate(draw: Callable[[Snapshot], bytes], receipts: Sequence[Snapshot]) -> float:
    """This function will return receipts per second of processor time: a rate of one core."""
    began = time.process_time()
    for receipt in receipts:
        draw(receipt)
    return len(receipts) / (time.process_time() - began)


def fonts() -> dict[str, Path]:
    """This function will return the files of the faces that every engine uses, by weight."""
    from paper import typesetting

    return {weight: typesetting.FOLDER / typesetting.FILES[weight] for weight in ("regular", "bold")}


@cache
def signed() -> Callable[[Snapshot], bytes]:
    """Ours, whole: the seal over the canonical snapshot, its QR code, tagged PDF/A, the file signed (PAdES, P-256).

    This function will return what draws it.
    """
    from paper import signing

    key = ec.generate_private_key(ec.SECP256R1())
    signer = signing.Signer(key, [_certificate(key)])
    seal_key = Ed25519PrivateKey.generate()

    def draw(told: Snapshot) -> bytes:
        source = snapshots.canonical(told)  # once, as `receipts.finishing` has it at hand from its row
        return rendering.render(told, seal=sealing.make(source, key=seal_key), signer=signer, source=source)

    return draw


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Harbour Mission")])
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2046, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
