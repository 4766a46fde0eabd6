"""Snapshots of invented receipts, the same for the same seed: for tests and for measuring."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

ENTITY: dict[str, Any] = {
    "legal_name": "Harbour Mission",
    "local_name": "하버선교회",
    "address": ["1200 Example Street, Suite 300", "Los Angeles, CA 90017, USA"],
    "registration": "EIN 00-0000000",
    "status_line": "501(c)(3) public charity",
    "signatory": "Anna Example, Treasurer",
    "email": "gifts@harbour.example.org",
    "paper": "letter",
}
STATEMENT = (
    "No goods or services were provided in exchange for these contributions,"
    " other than intangible religious benefits."
)
KEEP = (
    "Please keep this written acknowledgment with your tax records. You must have it before you file your"
    " return for the year in which the gift was made."
)
STATEMENT_KO = "이 후원의 대가로 무형의 종교적 혜택 외에 제공된 재화나 용역은 없습니다."
TERMS = "If this group cannot travel, your gift helps the next one."
TERMS_KO = "이 일행이 이동할 수 없게 되면 후원금은 다음 일행을 위해 쓰입니다."

_FIRST = [
    "Grace",
    "Samuel",
    "Hannah",
    "José",
    "Renée",
    "Peter",
    "Miriam",
    "Zoë",
    "Björn",
    "Lydia",
    "Caleb",
    "Esther",
]
_LAST = [
    "Kim",
    "O’Brien",
    "García",
    "Smith-Jones",
    "Nowak",
    "Park",
    "Müller",
    "Okafor",
    "Lee",
    "Šimić",
    "Andersson",
]
_FAMILY = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구라진"
_GIVEN = "민서준하윤지우현수아은영호성진경미선재혁동희석원태연주빈슬기나래찬솔별봄결율담온휘람혜정규"
_CITY = ["서울특별시 종로구 세종대로", "부산광역시 해운대구 센텀중앙로", "대전광역시 유성구 대학로"]
_FUNDS = [
    ("Rescue of families", "가족 구출"),
    ("Safe house", "쉼터 운영"),
    ("Community center", "공동체 회관"),
    ("General fund", "일반 후원"),
]
_METHODS = ["card", "bank_debit", "kakao_pay", "check", "bank_transfer"]


def snapshot(**changes: Any) -> dict[str, Any]:
    """This function will return one English receipt, with the fields given by name replaced."""
    return {
        "schema": 1,
        "template": "us-1",
        "language": "en",
        "serial": "2026-000123",
        "kind": "single",
        "replaces": None,
        "issued_on": "2026-11-21",
        "entity": dict(ENTITY),
        "donor": {
            "name": "Grace Kim",
            "local_name": None,
            "address": ["12 Maple Avenue", "Springfield, CA 90210"],
        },
        "lines": [line(given_on="2026-11-20")],
        "currency": "USD",
        "currency_exponent": 2,
        "total_minor": 10000,
        "statements": [STATEMENT, KEEP],
        "terms": [TERMS],
        "test": False,
    } | changes


def line(**changes: Any) -> dict[str, Any]:
    """This function will return one donation's line."""
    return {
        "given_on": "2026-11-20",
        "method": "card",
        "fund": "Rescue of families",
        "amount_minor": 10000,
        "refunded_minor": 0,
        "note": None,
    } | changes


def korean(**changes: Any) -> dict[str, Any]:
    """This function will return a Korean receipt of ₩50,000 for 김철수."""
    return (
        snapshot(
            language="ko",
            entity=ENTITY | {"paper": "a4"},
            donor={
                "name": "김철수",
                "local_name": "Kim Cheolsu",
                "address": ["서울특별시 종로구 세종대로 12", "101동 1203호", "03172"],
            },
            lines=[line(method="kakao_pay", fund="가족 구출", amount_minor=50000)],
            currency="KRW",
            currency_exponent=0,
            total_minor=50000,
            statements=[STATEMENT_KO, STATEMENT],
            terms=[TERMS_KO],
        )
        | changes
    )


def annual(count: int, **changes: Any) -> dict[str, Any]:
    """This function will return an annual receipt with `count` lines."""
    lines = [
        line(
            given_on=(date(2026, 1, 3) + timedelta(days=place * 360 // count)).isoformat(),
            fund=_FUNDS[place % 4][0],
            method=_METHODS[place % 5],
            amount_minor=5000 + place * 125,
        )
        for place in range(count)
    ]
    return (
        snapshot(kind="annual", lines=lines, total_minor=sum(each["amount_minor"] for each in lines))
        | changes
    )


def many(count: int, *, seed: int = 7, lines: int = 1) -> Iterator[dict[str, Any]]:
    """This function will yield different receipts, about a third of them Korean, the same for the same
    seed."""
    chance = random.Random(seed)
    for place in range(count):
        is_korean = chance.random() < 0.35
        amounts = [chance.randint(500, 500000) for _ in range(lines)]
        rows = []
        for amount in amounts:
            fund = chance.choice(_FUNDS)[is_korean]
            given_on = date(2026, 1, 3) + timedelta(days=chance.randint(0, 360))
            rows.append(
                line(
                    given_on=given_on.isoformat(),
                    fund=fund,
                    method=chance.choice(_METHODS),
                    amount_minor=amount,
                )
            )
        base = korean if is_korean else snapshot
        donor = _korean_donor(chance) if is_korean else _donor(chance)
        yield base(serial=f"2026-{place + 1:06d}", donor=donor, lines=rows, total_minor=sum(amounts))


def _donor(chance: random.Random) -> dict[str, Any]:
    name = f"{chance.choice(_FIRST)} {chance.choice('ABCDEFGHJKLMNPRSTW')}. {chance.choice(_LAST)}"
    address = [f"{chance.randint(1, 9999)} Maple Avenue", f"Springfield, CA {chance.randint(90001, 96162)}"]
    return {"name": name, "local_name": None, "address": address}


def _korean_donor(chance: random.Random) -> dict[str, Any]:
    name = chance.choice(_FAMILY) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
    address = [f"{chance.choice(_CITY)} {chance.randint(1, 400)}", f"{chance.randint(10000, 63999):05d}"]
    return {"name": name, "local_name": None, "address": address}
