"""Ways: the demo's other ways to give and its source codes. Every number here is plainly no account of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaigns import sourcing
from campaigns.models import Campaign, SourceCode, WayToGive, WayToGiveDetail, WayToGiveText
from ledger.models import LegalEntity
from web.demo import asking

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Way:
    """One way with its words and lines, English first."""

    kind: WayToGive.Kind
    currency: str
    words: tuple[str, str]
    details: tuple[Lines, Lines]


WAYS = (
    Way(
        WayToGive.Kind.CHEQUE,
        "USD",
        (
            "Write the name of the purpose on the memo line. The receipt bears the day you posted the cheque.",
            "수표 메모란에 후원 목적을 적어 주십시오. 영수증의 날짜는 수표를 부치신 날입니다.",
        ),
        (
            (
                ("Pay to the order of", "Harbour Mission Inc."),
                ("Send to", "100 Example Street, Springfield, VA 22150"),
            ),
            (
                ("수취인", "Harbour Mission Inc."),
                ("보내실 곳", "100 Example Street, Springfield, VA 22150, USA"),
            ),
        ),
    ),
    Way(
        WayToGive.Kind.BANK_TRANSFER,
        "USD",
        (
            "From a bank in the United States. Please write only your gift code on the transfer.",
            "미국 은행에서 보내실 때입니다. 이체하실 때 후원 코드만 적어 주십시오.",
        ),
        (
            (
                ("Account holder", "Harbour Mission Inc."),
                ("Bank", "Example Bank (invented for this demo)"),
                ("Routing number", "000000000"),
                ("Account number", "0000 0000 1234"),
            ),
            (
                ("예금주", "Harbour Mission Inc."),
                ("은행", "Example Bank (데모용 가상 은행)"),
                ("라우팅 번호", "000000000"),
                ("계좌 번호", "0000 0000 1234"),
            ),
        ),
    ),
    Way(
        WayToGive.Kind.BANK_TRANSFER,
        "KRW",
        (
            "From a bank in Korea. The receipt is one of the United States; for a Korean one give to our sister body.",
            "한국 은행에서 보내실 때입니다. 영수증은 미국 영수증이며, 한국 기부금영수증은 자매 법인에 후원하시면 "
            "받으실 수 있습니다.",
        ),
        (
            (
                ("Account holder", "Harbour Mission Inc."),
                ("Bank", "보기은행 (invented for this demo)"),
                ("Account number", "000-000-001234"),
            ),
            (
                ("예금주", "Harbour Mission Inc."),
                ("은행", "보기은행 (데모용 가상 은행)"),
                ("계좌 번호", "000-000-001234"),
            ),
        ),
    ),
    Way(
        WayToGive.Kind.STOCK,
        "USD",
        (
            "Tell us by email what you send: brokers do not tell us who gave. We state the shares, not their worth.",
            "무엇을 보내시는지 이메일로 알려 주십시오. 증권사는 보내신 분을 알려 주지 않습니다. "
            "영수증에는 주식의 값이 아니라 종목과 수량이 적힙니다.",
        ),
        (
            (
                ("Broker", "Example Brokerage (invented for this demo)"),
                ("DTC number", "0000"),
                ("Account", "HM-000000"),
            ),
            (("증권사", "Example Brokerage (데모용 가상 회사)"), ("DTC 번호", "0000"), ("계좌", "HM-000000")),
        ),
    ),
    Way(
        WayToGive.Kind.DONOR_ADVISED_FUND,
        "USD",
        (
            "Recommend a grant to us by our legal name and EIN. Your fund gives you the receipt; we thank you.",
            "기금에 저희 법인 이름과 EIN으로 추천해 주십시오. 영수증은 기금에서 받으시고, "
            "저희는 감사 편지를 보내 드립니다.",
        ),
        (
            (("Legal name", "Harbour Mission Inc."), ("EIN", "00-0000000")),
            (("법인 이름", "Harbour Mission Inc."), ("EIN", "00-0000000")),
        ),
    ),
)
SISTERS_WAYS = (
    Way(
        WayToGive.Kind.BANK_TRANSFER,
        "KRW",
        (
            "From a bank in Korea. Please write only your gift code on the transfer. The receipt is a Korean one.",
            "한국 은행에서 보내실 때입니다. 이체하실 때 후원 코드만 적어 주십시오. 한국 기부금영수증이 발급됩니다.",
        ),
        (
            (
                ("Account holder", "하버선교회"),
                ("Bank", "보기은행 (invented for this demo)"),
                ("Account number", "000-000-005678"),
            ),
            (
                ("예금주", "하버선교회"),
                ("은행", "보기은행 (데모용 가상 은행)"),
                ("계좌 번호", "000-000-005678"),
            ),
        ),
    ),
)
OF_BODY = {"US": WAYS, "KR": SISTERS_WAYS}
SOURCES = (
    ("bulletin", "Church bulletin / 교회 주보", "general"),
    ("table-card", "Table card / 테이블 카드", "family"),
    ("letter-212", "Weekly letter 212 / 주간 소식 212호", "family"),
)


def write(*, bodies: Mapping[str, LegalEntity], now: datetime) -> None:
    """This function will add the ways and codes that are missing; the rest stays as edited."""
    for code, ways in OF_BODY.items():
        for position, way in enumerate(ways, start=1):
            _way(way, position=position, entity=bodies[code])
    for code, words, slug in SOURCES:
        if not SourceCode.objects.filter(code=code).exists():
            campaign = Campaign.objects.get(slug=slug)
            sourcing.name(code=code, words=words, campaign=campaign, actor=asking.ACTOR, now=now)


def _way(way: Way, *, position: int, entity: LegalEntity) -> None:
    row, is_new = WayToGive.objects.get_or_create(
        entity=entity, kind=way.kind, currency=way.currency, defaults={"position": position}
    )
    if not is_new:
        return
    for language, words, details in zip(("en", "ko"), way.words, way.details, strict=True):
        WayToGiveText.objects.create(way=row, language=language, words=words)
        WayToGiveDetail.objects.bulk_create(
            WayToGiveDetail(way=row, language=language, position=place, label=label, value=value)
            for place, (label, value) in enumerate(details, start=1)
        )
