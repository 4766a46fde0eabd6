"""The approved sentences of every law, each with its versions; a receipt keeps the version it was issued with.

A wording is never edited: a better one is added below it with the next version. The language of the law comes
first, a reader's translation after it. Wording in French exists where Canada asks for it (CA-01, CA-14).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from receipts.rules import shapes


class UnknownWording(LookupError):
    """There is no such sentence, version or language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a sentence by language; `law` is the language in which the law asks for it."""

    version: int
    law: str
    texts: dict[str, str]


def _us(english: str, korean: str) -> tuple[Wording, ...]:
    return (Wording(1, "en", {"en": english, "ko": korean}),)


def _canada(english: str, french: str, korean: str) -> tuple[Wording, ...]:
    return (Wording(1, "en", {"en": english, "fr": french, "ko": korean}),)


def _korea(korean: str, english: str) -> tuple[Wording, ...]:
    return (Wording(1, "ko", {"ko": korean, "en": english}),)


WORDINGS: dict[str, tuple[Wording, ...]] = {
    "us_none": _us(
        "No goods or services were provided in exchange for this contribution.",
        "이 후원의 대가로 제공된 재화나 용역은 없습니다.",
    ),
    "us_intangible_religious": _us(
        "No goods or services were provided in exchange for this contribution, "
        "other than intangible religious benefits.",
        "이 후원의 대가로 무형의 종교적 혜택 외에 제공된 재화나 용역은 없습니다.",
    ),
    "us_described": _us(
        "In exchange for this contribution we provided: {benefits}. "
        "Our good faith estimate of the value is {value}.",
        "이 후원의 대가로 다음을 제공하였습니다: {benefits}. 당 기관이 성실히 추정한 그 가액은 {value}입니다.",
    ),
    "us_insubstantial": _us(
        "Under Internal Revenue Service guidelines the estimated value of {benefits} is not substantial; "
        "therefore, the full amount of your payment is a deductible contribution.",
        "미국 국세청 지침에 따라 {benefits}의 추정 가액은 크지 않으므로 납입하신 금액 전체가 공제 대상 후원금입니다.",
    ),
    "us_quid_pro_quo": _us(
        "The amount of your contribution that is deductible for federal income tax purposes is limited to the "
        "excess of the money (and the value of any property) you contributed over the value of the goods or "
        "services we provided. You paid {paid}; we estimate that value at {value}; the excess is {eligible}.",
        "연방 소득세에서 공제되는 금액은 납입하신 금액(및 기부하신 재산의 가액)에서 당 기관이 제공한 재화나 용역의 "
        "가액을 뺀 초과분으로 한정됩니다. 납입액 {paid}, 추정 가액 {value}, 초과분 {eligible}.",
    ),
    "us_keep": _us(
        "Please keep this written acknowledgment with your tax records; "
        "you must have it before you file your return for the year of the gift.",
        "이 영수증을 세금 신고 자료와 함께 보관해 주십시오.",
    ),
    "us_control": _us(
        "This contribution was given to {entity}, which has full control and discretion over its use.",
        "이 후원금은 {entity}에 기부되었으며, 그 사용에 관한 모든 권한과 재량은 이 기관에 있습니다.",
    ),
    "us_ira": _us(
        "This contribution was received directly from your individual retirement account "
        "(qualified charitable distribution).",
        "이 후원금은 개인퇴직계좌(IRA)에서 직접 받은 것입니다(적격 자선 분배).",
    ),
    "us_property": _us(
        "Property is described and not valued; its value is for the donor to establish.",
        "현물은 내역만 기재하고 가액은 기재하지 않습니다. 가액은 기부자가 산정합니다.",
    ),
    "us_foreign": _us(
        "Amounts in {currency} were converted to US dollars at the rate of {day} ({source}).",
        "{currency} 금액은 {day} 환율({source})로 미국 달러로 환산하였습니다.",
    ),
    "refund_gift_first": _us(
        "A refund is taken from the gift first, then from the price of what was provided.",
        "환불금은 먼저 기부금 부분에서, 그다음 제공된 것의 가격에서 차감합니다.",
    ),
    "ca_official": _canada(
        "Official receipt for income tax purposes",
        "Reçu officiel aux fins de l’impôt sur le revenu",
        "소득세용 공식 영수증",
    ),
    "ca_agency": _canada(
        "Canada Revenue Agency: canada.ca/charities-giving",
        "Agence du revenu du Canada : canada.ca/organismes-bienfaisance-dons",
        "캐나다 국세청: canada.ca/charities-giving",
    ),
    "ca_advantage": _canada(
        "Advantage received: {benefits}, fair market value {value}.",
        "Avantage reçu : {benefits}, juste valeur marchande {value}.",
        "받으신 혜택: {benefits}, 공정시장가액 {value}.",
    ),
    "ca_eligible": _canada(
        "Eligible amount of gift for tax purposes: {eligible}.",
        "Montant admissible du don aux fins de l’impôt : {eligible}.",
        "세법상 공제 대상 기부금: {eligible}.",
    ),
    "ca_appraised": _canada(
        "Appraised by {appraiser}, {address}.",
        "Évalué par {appraiser}, {address}.",
        "감정인: {appraiser}, {address}.",
    ),
    "kr_request": _korea(
        "「소득세법」 제34조, 「조세특례제한법」 제58조ㆍ제76조ㆍ제88조의4 및 「법인세법」 제24조에 따른 기부금을 "
        "위와 같이 기부하였음을 증명하여 주시기 바랍니다.",
        "Please certify that the donation under Article 34 of the Income Tax Act, Articles 58, 76 and 88-4 of the "
        "Restriction of Special Taxation Act and Article 24 of the Corporate Tax Act was made as above.",
    ),
    "kr_certified": _korea(
        "위와 같이 기부금을 기부받았음을 증명합니다.",
        "We certify that the donation was received as above.",
    ),
    "kr_information_copy": _korea(
        "이 문서는 안내용 사본입니다. 전자기부금영수증은 홈택스에서 발급됩니다.",
        "This page is a copy for information. The electronic receipt is issued through Hometax.",
    ),
    "uk_acknowledged": _us(
        "Thank you. {charity} received the gifts above. This is an acknowledgment and not a tax receipt: in the United "
        "Kingdom a charity claims Gift Aid itself, on the declaration of a giver who is a UK taxpayer.",
        "감사합니다. {charity}은(는) 위의 후원을 받았습니다. 이 문서는 후원 확인서이며 세금 영수증이 아닙니다. "
        "영국에서는 영국 납세자인 후원자의 신고에 따라 단체가 직접 기프트 에이드를 청구합니다.",
    ),
    "uk_wants_gift_aid": _us(
        "I want to Gift Aid my donation of {amount} and the donations in the scope above to {charity}.",
        "{charity}에 대한 {amount} 후원과 위 범위의 후원에 기프트 에이드를 적용하기를 원합니다.",
    ),
    "uk_taxpayer": _us(
        "I am a UK taxpayer and understand that if I pay less Income Tax and/or Capital Gains Tax in the current "
        "tax year than the amount of Gift Aid claimed on all my donations it is my responsibility to pay any "
        "difference.",
        "본인은 영국 납세자이며, 해당 과세연도에 납부한 소득세와 양도소득세가 본인의 모든 후원에 대해 청구된 "
        "기프트 에이드 금액보다 적으면 그 차액을 본인이 납부할 책임이 있음을 이해합니다.",
    ),
    "uk_notify": _us(
        "Please tell {charity} if you want to cancel this declaration, change your name or home address, or no "
        "longer pay sufficient tax on your income and/or capital gains.",
        "이 신고를 철회하시거나, 성함이나 집 주소가 바뀌거나, 소득이나 양도소득에 대한 세금을 더 이상 충분히 내지 않게 "
        "되시면 {charity}에 알려 주십시오.",
    ),
    "uk_oral_cancel": _us(
        "You may cancel this declaration within 30 days of this record; it then never had effect.",
        "이 기록을 보낸 날부터 30일 안에 이 신고를 철회할 수 있으며, 그 경우 처음부터 효력이 없습니다.",
    ),
    "au_gift": _us("This receipt is for a gift.", "이 영수증은 기부에 대한 것입니다."),
    "au_event": _us(
        "This receipt is for a contribution made in return for a right to attend or participate in a fund-raising "
        "event: {event}. Contribution {paid}; GST inclusive market value of the right {value}.",
        "이 영수증은 모금 행사({event})에 참석하거나 참가할 권리의 대가로 낸 기여금에 대한 것입니다. 기여금 {paid}, "
        "그 권리의 GST 포함 시장가액 {value}.",
    ),
}


def newest(code: str, **fills: str) -> shapes.Statement:
    """This function will return a sentence in its newest version, filled, or raise `UnknownWording`."""
    if code not in WORDINGS:
        raise UnknownWording(code)
    return shapes.Statement(code, WORDINGS[code][-1].version, tuple(sorted(fills.items())))


def _wording(statement: shapes.Statement) -> Wording:
    for wording in WORDINGS.get(statement.code, ()):
        if wording.version == statement.version:
            return wording
    raise UnknownWording(f"{statement.code} version {statement.version}")


def text(*, statement: shapes.Statement, language: str) -> str:
    """Write out a sentence in one language, as it was worded in its version.

    Raises `UnknownWording`. This function will return the text.
    """
    texts = _wording(statement).texts
    if language not in texts:
        raise UnknownWording(f"{statement.code} version {statement.version} in {language}")
    return texts[language].format_map(dict(statement.fills))


def paragraphs(*, statements: Iterable[shapes.Statement], language: str) -> Sequence[str]:
    """Write out all sentences for a reader: in the law's language, and after each its translation if it is another.

    French stands alone: it is a language of Canadian law. A sentence without the reader's language stands in the
    law's alone. This function will return the paragraphs.
    """
    written: list[str] = []
    for statement in statements:
        wording = _wording(statement)
        if language in {wording.law, "fr"} and language in wording.texts:
            written.append(text(statement=statement, language=language))
            continue
        written.append(text(statement=statement, language=wording.law))
        if language in wording.texts:
            written.append(text(statement=statement, language=language))
    return written
