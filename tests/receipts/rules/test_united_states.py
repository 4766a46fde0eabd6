"""Every row of the law table for the United States, with the figures of its boundaries."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.dating import Basis
from ledger.money import MixedCurrencies, Money
from receipts.rules import shapes, united_states
from receipts.rules import statements as sentences
from receipts.rules.shapes import Kind, NotReceiptable, Ok, OtherForm, Payer
from tests.receipts.rules.facts import (
    ANNA,
    BOOK,
    PRINTED,
    RELIGIOUS,
    US,
    benefit,
    broken,
    gift,
    receipt,
    usd,
    violations,
    with_code,
    without,
)

COATS: dict[str, Any] = {"kind": Kind.PROPERTY, "description": "40 winter coats"}
GALA = gift(usd(150_00), kind=Kind.TICKET, benefits=(benefit(usd(50_00)),))


def decide(line: shapes.GiftLine, **changes: Any) -> shapes.Decision:
    entity = replace(US, **changes)
    return united_states.receiptable(gift=line, entity=entity, donor=ANNA, book=BOOK)


def codes(*lines: shapes.GiftLine, **changes: Any) -> list[str]:
    return receipt(*lines, entity=changes.pop("entity", US), **changes).codes


def amounts(*lines: shapes.GiftLine) -> shapes.Amounts:
    return united_states.amounts(lines=lines, book=BOOK)


def test_a_plain_gift_breaks_nothing() -> None:
    subject = receipt(gift(usd(100_00)), entity=US)
    assert violations(subject) == []
    assert subject.codes == ["us_none", "us_keep"]


def test_US_01_the_donee_is_named_as_recorded() -> None:
    subject = receipt(gift(usd(100_00)), entity=US)
    for wrong in ("", "Harbor Missions"):
        assert broken(replace(subject, entity=replace(US, legal_name=wrong))) == ["US-01"]
    assert broken(replace(subject, entity=replace(US, registered_name=""))) == []


@pytest.mark.parametrize(("minor", "total"), [(100_00, 99_99), (100_00, 100_01), (0, 0), (-1, -1)], ids=str)
def test_US_02_amounts_are_above_zero_and_make_the_total(minor: int, total: int) -> None:
    subject = receipt(gift(usd(100_00)), entity=US, eligible=None)
    wrong = replace(subject, lines=(gift(usd(minor)),), total=usd(total))
    assert "US-02" in broken(wrong)
    assert "US-02" not in broken(subject)


def test_US_02_a_receipt_has_one_currency() -> None:
    mixed = (gift(usd(30_00)), gift(Money(50_000, "KRW")))
    assert "US-02" in broken(
        replace(receipt(mixed[0], entity=US), lines=mixed[:1], total=Money(30_00, "EUR"))
    )
    with pytest.raises(MixedCurrencies):
        amounts(*mixed)


def test_US_03_a_thing_is_described_and_never_valued() -> None:
    stock = gift(None, kind=Kind.STOCK, description="10 shares ABC", payment="p2")
    subject = receipt(gift(None, **COATS), stock, entity=US)
    assert violations(subject) == []
    assert "us_property" in subject.codes
    assert amounts(*subject.lines).eligible == usd(0)
    valued = gift(usd(3_000_00), **COATS)
    assert "US-03" in broken(replace(subject, lines=(valued,), total=usd(3_000_00)))
    assert "US-03" in broken(replace(subject, lines=(replace(stock, description=""),)))


def test_US_04_exactly_one_statement_about_goods_or_services() -> None:
    assert codes(gift(usd(300_00)))[0] == "us_none"
    assert codes(gift(usd(300_00)), entity=RELIGIOUS)[0] == "us_intangible_religious"
    assert codes(GALA, entity=RELIGIOUS)[0] == "us_described"
    subject = receipt(gift(usd(300_00)), entity=US)
    assert broken(with_code(subject, "us_intangible_religious")) == ["US-04", "US-11"]
    assert broken(with_code(subject, "us_none")) == ["US-04"]
    assert broken(with_code(without(subject, "us_none"), "us_described", benefits="x", value="y")) == [
        "US-04"
    ]


def test_US_04_what_was_provided_is_described_with_a_good_faith_value() -> None:
    (described,) = (one for one in receipt(GALA, entity=US).statements if one.code == "us_described")
    words = sentences.text(statement=described, language="en")
    assert "a dinner" in words
    assert "$50.00" in words


@pytest.mark.parametrize(
    ("line", "due"),
    [
        (gift(usd(150_00)), False),
        (gift(usd(249_99)), False),
        (gift(usd(250_00)), True),
        (gift(usd(300_00), refunded=usd(50_01)), False),
        (gift(Money(300_000, "KRW")), True),
        (gift(Money(300_000, "KRW"), equivalent=usd(217_00)), False),
        (gift(None, **COATS), True),
        (gift(None, **COATS, claimed=usd(249_99)), False),
    ],
)
def test_US_05_250_for_each_single_contribution(line: shapes.GiftLine, due: bool) -> None:
    assert united_states.is_acknowledgment_due(gift=line, book=BOOK) is due


def test_US_05_gifts_are_never_added_up_and_a_large_one_needs_the_statement() -> None:
    twice = receipt(gift(usd(150_00)), gift(usd(150_00), payment="p2"), entity=US)
    assert broken(without(twice, "us_none")) == ["US-04"]
    assert broken(without(receipt(gift(usd(250_00)), entity=US), "us_none")) == ["US-04", "US-05"]


@pytest.mark.parametrize(
    ("on", "late"),
    [
        (date(2025, 4, 15), "none"),
        (date(2025, 4, 16), "after_filing"),
        (date(2025, 10, 15), "after_filing"),
        (date(2025, 10, 16), "after_extension"),
    ],
)
def test_US_06_contemporaneous(on: date, late: str) -> None:
    assert united_states.lateness(tax_year=2024, on=on) == late
    subject = receipt(gift(usd(100_00)), entity=US, issued_on=on)
    assert united_states.deadline(receipt=subject) == date(2025, 1, 31)
    found = violations(subject)
    assert [(one.id, one.is_warning) for one in found] == ([] if late == "none" else [("US-06", True)])


def test_US_07_every_line_prints_date_and_amount() -> None:
    subject = receipt(gift(usd(20_00)), entity=US)
    for field in ("given_on", "amount"):
        assert broken(replace(subject, printed=PRINTED - {field})) == ["US-07"]
    assert "US-07" in broken(replace(subject, lines=(gift(None),), total=usd(0)))


@pytest.mark.parametrize(
    ("paid", "value", "due"),
    [
        (75_00, 30_00, False),
        (75_01, 30_00, True),
        (80_00, 30_00, True),
        (70_00, 30_00, False),
        (100_00, 40_00, True),
    ],
)
def test_US_08_disclosure_above_75_of_payment(paid: int, value: int, due: bool) -> None:
    line = gift(usd(paid), benefits=(benefit(usd(value)),))
    assert united_states.is_disclosure_due(gift=line, book=BOOK) is due
    subject = receipt(line, entity=US)
    assert ("us_quid_pro_quo" in subject.codes) is due
    assert broken(subject) == []
    changed = without(subject, "us_quid_pro_quo") if due else with_code(subject, "us_quid_pro_quo")
    assert broken(changed) == ["US-08"]


def test_US_08_tells_both_amounts() -> None:
    subject = receipt(gift(usd(80_00), benefits=(benefit(usd(30_00)),)), gift(usd(10_00)), entity=US)
    (found,) = (one for one in subject.statements if one.code == "us_quid_pro_quo")
    assert dict(found.fills) == {"paid": "$80.00", "value": "$30.00", "eligible": "$50.00"}


def test_US_08_a_refund_takes_no_disclosure_away() -> None:
    line = gift(usd(80_00), refunded=usd(10_00), benefits=(benefit(usd(30_00)),))
    subject = receipt(line, entity=US)
    assert subject.codes == ["us_described", "us_quid_pro_quo", "refund_gift_first", "us_keep"]
    assert (subject.eligible, broken(subject)) == (usd(40_00), [])


def test_US_08_without_benefits_or_dollars() -> None:
    won = gift(Money(300_000, "KRW"), benefits=(benefit(Money(40_000, "KRW")),))
    assert united_states.is_disclosure_due(gift=won, book=BOOK)
    assert not united_states.is_disclosure_due(gift=replace(won, equivalent=usd(75_00)), book=BOOK)
    assert not united_states.is_disclosure_due(gift=gift(usd(500_00)), book=BOOK)
    assert not united_states.is_disclosure_due(gift=gift(None, **COATS), book=BOOK)


@pytest.mark.parametrize(
    ("paid", "value", "eligible"), [(100_00, 40_00, 60_00), (40_00, 60_00, 0), (80_00, 30_00, 50_00)]
)
def test_US_09_deductible_is_the_excess_over_fair_value(paid: int, value: int, eligible: int) -> None:
    line = gift(usd(paid), benefits=(benefit(usd(value), cost=usd(1_00)),))
    assert amounts(line).eligible == usd(eligible)
    subject = receipt(line, entity=US)
    assert broken(replace(subject, eligible=usd(eligible + 1))) == ["US-09"]
    if not eligible:
        assert decide(line) == NotReceiptable("purchase")


def test_US_09_a_gala_after_a_refund_keeps_its_dinner() -> None:
    """D3: 150 for a dinner of 50; 60 goes back, the gift first."""
    assert amounts(GALA) == shapes.Amounts(usd(150_00), usd(0), usd(150_00), usd(50_00), usd(100_00))
    after = replace(GALA, refunded=usd(60_00))
    assert amounts(after) == shapes.Amounts(usd(150_00), usd(60_00), usd(90_00), usd(50_00), usd(40_00))
    assert "refund_gift_first" in codes(after)
    assert amounts(replace(GALA, refunded=usd(120_00))).eligible == usd(0)


@given(paid=st.integers(1, 10**7), value=st.integers(0, 10**7), back=st.integers(0, 10**7))
def test_US_09_is_never_negative_nor_above_what_is_held(paid: int, value: int, back: int) -> None:
    refunded = min(paid, back)
    line = gift(usd(paid), refunded=usd(refunded), benefits=(benefit(usd(value)),))
    sums = amounts(line)
    assert 0 <= sums.eligible.minor <= sums.paid.minor == paid - refunded
    assert sums.eligible.minor >= sums.paid.minor - value


def test_US_11_intangible_religious_benefits_only_by_a_religious_body() -> None:
    worship = benefit(None, description="worship", is_intangible_religious=True)
    line = gift(usd(300_00), benefits=(worship,))
    subject = receipt(line, entity=RELIGIOUS)
    assert subject.codes[0] == "us_intangible_religious"
    assert broken(subject) == []
    assert broken(replace(subject, entity=US)) == ["US-04", "US-11"]
    sold = replace(worship, is_sold_commercially=True, fair_value=usd(40_00))
    assert amounts(replace(line, benefits=(sold,))).eligible == usd(260_00)
    assert "US-11" in broken(replace(subject, lines=(replace(line, benefits=(sold,)),)))


def test_US_12_another_year_or_the_day_written_on_a_check_is_refused() -> None:
    subject = receipt(gift(usd(100_00)), entity=US)
    for changes in ({"given_on": date(2025, 1, 1)}, {"basis": Basis.WRITTEN}):
        assert broken(replace(subject, lines=(replace(subject.lines[0], **changes),))) == ["US-12"]


def test_US_13_an_annual_receipt_lists_every_gift() -> None:
    lines = [gift(usd(50_00), payment=f"p{place}") for place in range(12)]
    subject = receipt(*lines, gift(usd(100_00), payment="extra"), entity=US)
    assert (subject.total, broken(subject)) == (usd(700_00), [])
    assert broken(replace(subject, covers=subject.covers | {"forgotten"})) == ["US-13"]
    assert broken(replace(subject, covers=frozenset())) == []


def test_US_14_no_social_security_number() -> None:
    names = {field.name for shape in (shapes.DonorFacts, shapes.EntityFacts) for field in fields(shape)}
    assert [name for name in names if "ssn" in name or "tin" in name.split("_") or "resident" in name] == []
    subject = receipt(gift(usd(100_00)), entity=US)
    assert broken(replace(subject, donor=replace(ANNA, address=("SSN 123-45-6789",)))) == ["US-14"]
    assert broken(replace(subject, donor=replace(ANNA, address=("Los Angeles 90017-1234",)))) == []


def test_US_15_a_vehicle_above_500_has_a_form_of_its_own() -> None:
    car = gift(None, kind=Kind.VEHICLE, description="a pickup", claimed=usd(500_00))
    assert decide(car) == Ok()
    assert decide(replace(car, claimed=usd(500_01))) == OtherForm("1098-C", "vehicle_1098c")
    assert decide(replace(car, claimed=None)) == NotReceiptable("vehicle_1098c")
    subject = receipt(car, entity=US)
    assert broken(subject) == []
    assert broken(replace(subject, lines=(replace(car, claimed=usd(500_01)),))) == ["US-15"]


def test_US_16_the_sponsor_of_a_fund_is_the_giver() -> None:
    grant = gift(usd(5_000_00), payer=Payer.DAF)
    assert decide(grant) == NotReceiptable("daf")
    assert decide(replace(grant, payer=Payer.CHARITY)) == NotReceiptable("daf")
    assert decide(replace(grant, payer=Payer.EMPLOYER)) == Ok()
    subject = receipt(gift(usd(5_000_00)), entity=US)
    assert broken(replace(subject, lines=(grant,))) == ["US-16"]
    ira = receipt(gift(usd(5_000_00), payer=Payer.IRA_QCD), entity=US)
    assert decide(ira.lines[0]) == Ok()
    assert "us_ira" in ira.codes
    assert broken(without(ira, "us_ira")) == ["US-16"]


@pytest.mark.parametrize("kind", [Kind.SERVICES, Kind.USE_OF_PROPERTY, Kind.PLEDGE, Kind.PURCHASE])
def test_US_17_what_is_no_gift_gets_no_receipt(kind: Kind) -> None:
    line = gift(usd(100_00), kind=kind)
    reason = {Kind.PLEDGE: "pledge", Kind.PURCHASE: "purchase"}.get(kind, "services")
    assert decide(line) == NotReceiptable(reason)
    subject = receipt(gift(usd(100_00)), entity=US)
    assert broken(replace(subject, lines=(line,))) == ["US-17"]
    among = replace(subject, lines=(gift(usd(60_00)), replace(line, amount=usd(40_00))))
    assert broken(among) == ["US-17"]


def test_US_17_a_volunteers_costs_are_described_and_not_valued() -> None:
    costs = gift(None, kind=Kind.VOLUNTEER_EXPENSES, description="drove the tour of May 2024")
    subject = receipt(costs, entity=US)
    assert (decide(costs), broken(subject)) == (Ok(), [])
    assert broken(replace(subject, lines=(replace(costs, description=""),))) == ["US-17"]
    valued = replace(subject, lines=(replace(costs, amount=usd(300_00)),), total=usd(300_00), eligible=None)
    assert broken(valued) == ["US-17"]


def test_US_18_control_is_stated_exactly_when_a_line_is_person_directed() -> None:
    subject = receipt(gift(usd(50_00), is_person_directed=True), entity=US)
    assert "us_control" in subject.codes
    assert broken(without(subject, "us_control")) == ["US-18"]
    plain = receipt(gift(usd(50_00)), entity=US)
    assert broken(with_code(plain, "us_control", entity="x")) == ["US-18"]


def test_US_19_a_foreign_amount_carries_dollars_and_rate() -> None:
    won = gift(
        Money(50_000, "KRW"), equivalent=usd(36_20), rate_on=date(2024, 6, 15), rate_source="Bank of Example"
    )
    subject = receipt(won, entity=US)
    assert "us_foreign" in subject.codes
    assert broken(subject) == []
    for changes in (
        {"equivalent": None},
        {"equivalent": Money(1, "EUR")},
        {"rate_on": None},
        {"rate_source": ""},
    ):
        wrong = replace(subject, lines=(replace(won, **changes),))
        assert broken(wrong) == []
        assert [one.id for one in violations(wrong) if one.is_warning] == ["US-19"]


def test_US_20_the_kind_of_every_gift_is_printed() -> None:
    subject = receipt(gift(usd(50_00)), gift(None, **COATS), entity=US)
    assert broken(subject) == []
    assert broken(replace(subject, printed=PRINTED - {"kind"})) == ["US-20"]


def test_only_a_501c3_of_the_country_gives_receipts() -> None:
    assert decide(gift(usd(1_00))) == Ok()
    assert decide(gift(usd(1_00)), is_501c3=False) == NotReceiptable("not_501c3")
    assert decide(gift(usd(1_00)), country="KR") == NotReceiptable("not_501c3")
    assert decide(gift(usd(1_00), refunded=usd(1_00))) == NotReceiptable("refunded")


@pytest.mark.parametrize(
    ("back", "correction", "duties"),
    [
        (0, "none", ()),
        (60_00, "replace", ("tell_donor_of_replacement",)),
        (100_00, "void", ("tell_donor_deduction_is_void",)),
        (150_00, "void", ("tell_donor_deduction_is_void",)),
    ],
)
def test_a_refund_after_issue(back: int, correction: str, duties: tuple[str, ...]) -> None:
    subject = receipt(GALA, entity=US)
    action = united_states.on_refund(receipt=subject, refunded=usd(back), refunded_on=date(2025, 2, 3))
    assert action == shapes.Action(shapes.Correction(correction), duties)
    assert united_states.retention_until(receipt=subject) == date(2032, 1, 20)


@pytest.mark.parametrize(
    ("wrong", "law"),
    [
        (gift(None, **COATS | {"description": ""}, payment="p2"), "US-03"),
        (gift(None, payment="p2"), "US-07"),
        (gift(usd(1_00), given_on=date(2023, 12, 31), payment="p2"), "US-12"),
        (gift(None, kind=Kind.VEHICLE, description="a van", claimed=usd(501_00), payment="p2"), "US-15"),
        (gift(usd(1_00), payer=Payer.DAF, payment="p2"), "US-16"),
        (gift(None, kind=Kind.VOLUNTEER_EXPENSES, payment="p2"), "US-17"),
        (gift(Money(1_000, "KRW"), payment="p2"), "US-19"),
    ],
)
def test_one_wrong_line_among_good_ones_is_found(wrong: shapes.GiftLine, law: str) -> None:
    subject = receipt(gift(usd(10_00)), entity=US)
    found = violations(replace(subject, lines=(*subject.lines, wrong)))
    assert law in [one.id for one in found if one.is_warning is (law == "US-19")]
