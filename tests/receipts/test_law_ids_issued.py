"""Every row of the law table that a receipt can break, on receipts that were issued: none is broken as the snapshot
tells it, and a fact that is altered breaks its own row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from donations.benefiting import Return
from donations.entering import Detail
from ledger.money import Money
from receipts import informing, issuing, keyholding, recalling
from receipts.models import Issuer, Obstacle
from receipts.models import Receipt as Issued
from receipts.rules import choosing, shapes
from receipts.rules.shapes import Kind, Payer, Receipt, Statement
from tests.facts import NOW
from tests.receipts import bodies
from tests.receipts.rules.facts import PRINTED

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)
Change = Callable[[Receipt], Receipt]


def recalled(issued: Issued) -> Receipt:
    """The snapshot, and what the paper cannot tell of itself: what the authority has on record, how it is printed."""
    told = recalling.recall(receipt=issued)
    issuer = Issuer.objects.select_related("entity").get(entity=issued.series.entity)
    prior = informing.prior_receipts(issuer=issuer, tax_year=issued.tax_year) if issuer.law == "KR" else None
    body = informing.entity_facts(issuer, prior=prior)
    known = ("registered_name", "registered_address", "is_exclusively_religious", "prior_receipts")
    entity = replace(told.entity, **{key: getattr(body, key) for key in known})
    donor = issued.donor
    return replace(
        told,
        entity=entity,
        donor=replace(
            told.donor, first_name=donor.first_name, initial=donor.initial, last_name=donor.last_name
        ),
        lines=tuple(replace(line, payment=str(place)) for place, line in enumerate(told.lines)),
        covers=frozenset(str(place) for place in range(len(told.lines))),
        printed=PRINTED,
        signature="electronic",
        is_signed=True,
        is_copy_kept=True,
    )


def broken(receipt: Receipt) -> set[str]:
    rules = choosing.law_of(country=receipt.entity.country)
    return {found.id for found in rules.validate(receipt=receipt)}


def issue(gift: Any) -> Receipt:
    made = issuing.decide(donation_id=gift.pk, now=NOW)
    assert made is not None, list(Obstacle.objects.values_list("code", "words"))
    return recalled(Issued.objects.get(pk=made.pk))


def american() -> Receipt:
    return issue(bodies.given(30_000, on=DAY, returns=[Return("Dinner", fair_value_minor=4_000)]))


def in_euros() -> Receipt:
    detail = Detail(equivalent=Money(11_000, "USD"), rate_on=DAY, rate_source="Federal Reserve H.10")
    return issue(bodies.given(10_000, on=DAY, currency="EUR", detail=detail))


def canadian() -> Receipt:
    gift = bodies.given(10_000, on=DAY, law="CA", returns=[Return("Dinner", fair_value_minor=3_000)])
    return issue(gift)


def canadian_thing() -> Receipt:
    detail = Detail(
        fair_value_minor=250_000, appraiser_name="Ada Appraiser", appraiser_address="9 Example Road, Toronto"
    )
    return issue(bodies.thing("A painting", value=250_000, detail=detail, on=DAY, law="CA"))


def korean() -> Receipt:
    """Of an organization: the paper itself is the receipt."""
    bodies.body("KR").prior_totals.create(year=2025, currency="KRW", total_minor=300_000_000)
    company = bodies.organization("예시산업", business_number="220-81-62517")
    return issue(bodies.given(1_000_000, law="KR", by=company, on=DAY))


def korean_copy() -> Receipt:
    """Of a person: the receipt itself stands in Hometax."""
    bodies.body("KR").prior_totals.create(year=2025, currency="KRW", total_minor=300_000_000)
    return issue(bodies.given(50_000, law="KR", on=DAY))


def australian() -> Receipt:
    return issue(bodies.ticket(10_000, dinner=4_000, law="AU", on=DAY))


def british() -> Receipt:
    return issue(bodies.given(10_000, law="UK", on=DAY))


# What is altered


def paper(**changed: Any) -> Change:
    return lambda receipt: replace(receipt, **changed)


def body(**changed: Any) -> Change:
    return lambda receipt: replace(receipt, entity=replace(receipt.entity, **changed))


def giver(**changed: Any) -> Change:
    return lambda receipt: replace(receipt, donor=replace(receipt.donor, **changed))


def line(**changed: Any) -> Change:
    return lambda receipt: replace(receipt, lines=(replace(receipt.lines[0], **changed), *receipt.lines[1:]))


def benefit(**changed: Any) -> Change:
    def altered(receipt: Receipt) -> Receipt:
        first = receipt.lines[0]
        return line(benefits=(replace(first.benefits[0], **changed),))(receipt)

    return altered


def without(code: str) -> Change:
    return lambda receipt: replace(
        receipt, statements=tuple(one for one in receipt.statements if one.code != code)
    )


def saying(code: str, *, instead_of: str = "") -> Change:
    return lambda receipt: replace(
        without(instead_of)(receipt),
        statements=(*without(instead_of)(receipt).statements, Statement(code, 1)),
    )


def unprinted(word: str) -> Change:
    return lambda receipt: replace(receipt, printed=receipt.printed - {word})


def one_more(key: str) -> Change:
    """A sum that is one off."""
    return lambda receipt: replace(
        receipt, **{key: getattr(receipt, key) + Money(1, getattr(receipt, key).currency)}
    )


def used_serial(receipt: Receipt) -> Receipt:
    return replace(receipt, earlier_serials=frozenset({receipt.serial}))


def elsewhere(receipt: Receipt) -> Receipt:
    return replace(receipt, receipted_elsewhere=frozenset({receipt.lines[0].payment}))


Case = tuple[str, Callable[[], Receipt], Change, set[str]]
CASES: list[Case] = [
    ("US-01", american, body(legal_name="Harbor Mission"), set()),
    ("US-02", american, one_more("total"), set()),
    ("US-03", american, line(kind=Kind.PROPERTY), set()),
    ("US-04", american, saying("us_none", instead_of="us_described"), set()),
    ("US-05", american, without("us_described"), {"US-04"}),  # no statement is not exactly one
    ("US-06", american, paper(issued_on=date(2027, 4, 16)), set()),
    ("US-07", american, unprinted("amount"), set()),
    ("US-08", american, without("us_quid_pro_quo"), set()),
    ("US-09", american, one_more("eligible"), set()),
    ("US-10", american, saying("us_insubstantial"), set()),
    ("US-11", american, saying("us_intangible_religious", instead_of="us_described"), {"US-04"}),
    ("US-12", american, paper(tax_year=2027), set()),
    ("US-13", american, paper(covers=frozenset({"0", "1"})), set()),
    ("US-14", american, line(description="for 078-05-1120"), set()),
    (
        "US-15",
        american,
        line(kind=Kind.VEHICLE, claimed=Money(50_001, "USD"), description="A van"),
        {"US-03"},
    ),
    ("US-16", american, line(payer=Payer.DAF), set()),
    ("US-17", american, line(kind=Kind.SERVICES), set()),
    ("US-18", american, line(is_person_directed=True), set()),
    ("US-19", in_euros, line(rate_source=""), set()),
    ("US-20", american, unprinted("kind"), set()),
    ("CA-01", canadian, without("ca_official"), set()),
    ("CA-02", canadian, body(address=("1 Elsewhere",)), set()),
    ("CA-03", canadian, body(registration="123456789"), set()),
    ("CA-04", canadian, used_serial, set()),
    ("CA-05", canadian, paper(place=""), set()),
    ("CA-06", canadian_thing, line(is_day_known=False), set()),
    ("CA-07", canadian, unprinted("issued_on"), set()),
    ("CA-08", canadian, giver(address=()), set()),
    ("CA-09", canadian, one_more("total"), set()),
    ("CA-10", canadian_thing, line(appraiser_name="", appraiser_address=""), set()),
    ("CA-11", canadian, without("ca_advantage"), set()),
    ("CA-12", canadian, one_more("eligible"), set()),
    ("CA-13", canadian, paper(signature="facsimile"), set()),
    ("CA-14", canadian, without("ca_agency"), set()),
    ("CA-15", canadian, paper(is_signed=False), set()),
    ("KR-01", korean, paper(form_version="kr-45-2/2001-01-01"), set()),
    ("KR-02", korean, used_serial, set()),
    ("KR-03", korean, giver(business_number="220-81-62518"), set()),
    ("KR-04", korean, body(legal_basis=""), set()),
    ("KR-05", korean, paper(collector=shapes.Collector(name="모집처", registration="", address="")), set()),
    ("KR-06", korean, one_more("total"), set()),
    ("KR-07", korean, line(code="99"), {"KR-10"}),  # the summary counts by code
    ("KR-08", korean, paper(signatory=""), set()),
    ("KR-09", korean, paper(serial=""), {"KR-02"}),  # a row of the ledger is full when every box is
    ("KR-10", korean, line(refunded=Money(1_000_000, "KRW")), {"KR-06", "KR-09", "KR-12"}),
    ("KR-11", korean, body(prior_receipts=Money(300_000_001, "KRW")), set()),
    ("KR-12", korean, one_more("eligible"), set()),
    ("KR-13", korean, line(description="900101-1234567"), set()),
    ("KR-14", korean, elsewhere, set()),
    ("KR-01", korean_copy, paper(form_version="kr-63-3/2001-01-01"), set()),
    ("KR-03", korean_copy, giver(address=()), set()),
    ("KR-14", korean_copy, line(is_in_hometax=True), set()),
    ("AU-01", australian, body(registration="51 824 753 557"), set()),
    ("AU-01", australian, without("au_event"), set()),
]


@pytest.fixture(autouse=True)
def _signing(tmp_path: Any, settings: Any) -> None:
    settings.RECEIPT_KEYS = str(tmp_path)
    keyholding.make_missing(entities=[("CA", "Harbour Mission Canada")], now=NOW)


KINDS = list(dict.fromkeys(issued for _, issued, _, _ in CASES))


@pytest.mark.parametrize("issued", KINDS, ids=lambda issued: issued.__name__)
def test_an_issued_receipt_breaks_nothing_and_each_altered_fact_breaks_its_own_row(
    issued: Callable[[], Receipt],
) -> None:
    receipt = issued()
    assert broken(receipt) == set()
    told = [(law, also, broken(change(receipt))) for law, made, change, also in CASES if made is issued]
    assert [(law, found) for law, _, found in told] == [(law, {law} | also) for law, also, _ in told]


def test_british_thanks_are_no_receipt_and_can_break_none() -> None:
    receipt = british()
    assert receipt.codes == ["uk_acknowledged"]
    assert broken(receipt) == set()
    assert broken(one_more("total")(receipt)) == set()


def test_every_row_that_a_receipt_can_break_is_here() -> None:
    breakable = [law.id for rules in choosing.ALL for law in rules.LAWS if law.is_broken is not None]
    assert sorted({law for law, _, _, _ in CASES}) == sorted(breakable)
