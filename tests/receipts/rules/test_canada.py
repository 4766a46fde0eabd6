"""Every row of the law table for Canada, with the figures of its boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from receipts.rules import canada, parameters, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Kind, NotReceiptable, Ok, Payer
from tests.receipts.rules.facts import (
    ANNA,
    BOOK,
    CA,
    COMPANY,
    PRINTED,
    benefit,
    broken,
    cad,
    gift,
    receipt,
    violations,
    with_code,
    without,
)

PAINTING: dict[str, Any] = {
    "kind": Kind.PROPERTY,
    "description": "a painting",
    "appraiser_name": "D. Example",
    "appraiser_address": "3 Example Road, Toronto",
}
DINNER = gift(cad(100_00), benefits=(benefit(cad(50_00)),))
SUBJECT = receipt(gift(cad(100_00)), entity=CA)


def decide(line: shapes.GiftLine, donor: shapes.DonorFacts = ANNA, **changes: Any) -> shapes.Decision:
    return canada.receiptable(gift=line, entity=replace(CA, **changes), donor=donor, book=BOOK)


def test_a_plain_gift_breaks_nothing() -> None:
    assert violations(SUBJECT) == []
    assert SUBJECT.codes == ["ca_official", "ca_eligible", "ca_agency"]
    assert violations(receipt(gift(cad(1_00)), entity=CA, donor=COMPANY)) == []


def test_CA_01_the_statement_in_both_languages_of_the_law() -> None:
    assert broken(without(SUBJECT, "ca_official")) == ["CA-01"]
    written = SUBJECT.statements[0]
    assert (
        sentences.text(statement=written, language="en").lower() == "official receipt for income tax purposes"
    )
    assert sentences.text(statement=written, language="fr").startswith("Reçu officiel aux fins de l’impôt")


@pytest.mark.parametrize(
    "changes",
    [
        {"legal_name": ""},
        {"legal_name": "Harbor"},
        {"address": ("9 Other Road",)},
        {"registered_address": ()},
    ],
)
def test_CA_02_name_and_address_as_recorded(changes: dict[str, Any]) -> None:
    assert broken(replace(SUBJECT, entity=replace(CA, **changes))) == ["CA-02"]


@pytest.mark.parametrize(
    "number", ["", "123456789RR001", "12345678RR0001", "123456789rr0001", "123456789RR0001 "]
)
def test_CA_03_registration_number(number: str) -> None:
    assert broken(replace(SUBJECT, entity=replace(CA, registration=number))) == ["CA-03"]
    assert decide(gift(cad(1_00)), registration=number) == NotReceiptable("not_registered")
    assert decide(gift(cad(1_00)), country="US") == NotReceiptable("not_registered")


def test_CA_04_serial_number_is_unique() -> None:
    assert broken(replace(SUBJECT, serial="")) == ["CA-04"]
    assert broken(replace(SUBJECT, earlier_serials=frozenset({SUBJECT.serial}))) == ["CA-04"]
    assert broken(replace(SUBJECT, earlier_serials=frozenset({"2024-000002"}))) == []


def test_CA_05_place_of_issue() -> None:
    assert broken(replace(SUBJECT, place="")) == ["CA-05"]


def test_CA_06_a_thing_needs_its_very_day() -> None:
    by_year = replace(SUBJECT, lines=(gift(cad(100_00), is_day_known=False),))
    assert broken(by_year) == []
    thing = receipt(gift(cad(2_000_00), **PAINTING), entity=CA)
    assert broken(thing) == []
    assert broken(replace(thing, lines=(replace(thing.lines[0], is_day_known=False),))) == ["CA-06"]
    assert broken(replace(SUBJECT, printed=PRINTED - {"given_on"})) == ["CA-06"]


def test_CA_07_day_of_issue_is_always_printed() -> None:
    assert broken(replace(SUBJECT, printed=PRINTED - {"issued_on"})) == ["CA-07"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"address": ()},
        {"first_name": ""},
        {"last_name": ""},
        {"name": "Anna Example"},
        {"name": "A. B. Example"},
    ],
)
def test_CA_08_donor_in_full(changes: dict[str, Any]) -> None:
    assert broken(replace(SUBJECT, donor=replace(ANNA, **changes))) == ["CA-08"]


def test_CA_08_no_address_no_receipt() -> None:
    assert decide(gift(cad(1_00)), replace(ANNA, address=())) == NotReceiptable("no_address")
    assert broken(replace(SUBJECT, donor=replace(ANNA, name="Anna Example", initial=""))) == []


def test_CA_09_amount_or_fair_value() -> None:
    thing = receipt(gift(cad(2_000_00), **PAINTING), entity=CA)
    assert thing.eligible == cad(2_000_00)
    assert decide(replace(thing.lines[0], amount=None)) == NotReceiptable("fmv_unknown")
    found = broken(replace(thing, lines=(replace(thing.lines[0], amount=None),)))
    assert "CA-09" in found
    assert "CA-12" in found  # nor can anything be eligible
    assert broken(replace(SUBJECT, total=cad(99_99))) == ["CA-09"]
    assert "CA-09" in broken(replace(SUBJECT, lines=(gift(cad(0)),), total=cad(0), eligible=cad(0)))


@pytest.mark.parametrize("changes", [{"description": ""}, {"appraiser_name": ""}, {"appraiser_address": ""}])
def test_CA_10_things_and_appraisers(changes: dict[str, Any]) -> None:
    thing = receipt(gift(cad(2_000_00), **PAINTING), entity=CA)
    assert "ca_appraised" in thing.codes
    assert broken(replace(thing, lines=(replace(thing.lines[0], **changes),))) == ["CA-10"]


@pytest.mark.parametrize(("value", "ids"), [(90_00, []), (1_000_00, []), (1_000_01, ["CA-10"])])
def test_CA_10_above_a_thousand_things_are_appraised(value: int, ids: list[str]) -> None:
    """D6 under Canadian law."""
    plain = receipt(gift(cad(value), kind=Kind.PROPERTY, description="40 winter coats"), entity=CA)
    assert (broken(plain), "ca_appraised" in plain.codes) == (ids, False)


def test_CA_11_the_advantage_is_told() -> None:
    subject = receipt(DINNER, gift(cad(1_00)), entity=CA)
    (told,) = (one for one in subject.statements if one.code == "ca_advantage")
    assert dict(told.fills) == {"benefits": "a dinner", "value": "CA$50.00"}
    assert broken(subject) == []
    assert broken(without(subject, "ca_advantage")) == ["CA-11"]
    assert broken(with_code(SUBJECT, "ca_advantage")) == ["CA-11"]
    nameless = replace(DINNER, benefits=(benefit(cad(50_00), description=""),))
    assert broken(replace(subject, lines=(nameless, subject.lines[1]))) == ["CA-11"]


@pytest.mark.parametrize(
    ("value", "advantage", "eligible"),
    [
        (100_00, 80_00, 20_00),
        (100_00, 10_00, 100_00),
        (100_00, 10_01, 89_99),
        (1_000_00, 75_00, 1_000_00),
        (1_000_00, 75_01, 924_99),
        (100_00, 0, 100_00),
    ],
)
def test_CA_12_eligible_amount_boundaries(value: int, advantage: int, eligible: int) -> None:
    line = gift(cad(value), benefits=(benefit(cad(advantage)),))
    assert decide(line) == Ok()
    subject = receipt(line, entity=CA)
    assert subject.eligible == cad(eligible)
    assert broken(subject) == []
    assert broken(replace(subject, eligible=cad(eligible - 1))) == ["CA-12"]
    assert broken(without(subject, "ca_eligible")) == ["CA-12"]


def test_CA_12_above_80_percent_is_no_gift() -> None:
    for advantage in (80_01, 81_00, 100_00, 200_00):
        line = gift(cad(100_00), benefits=(benefit(cad(advantage)),))
        assert decide(line) == NotReceiptable("advantage_over_80pct")
        assert "CA-12" in broken(receipt(line, entity=CA))
        assert "CA-12" in broken(receipt(line, gift(cad(500_00), payment="p2"), entity=CA))


def test_CA_12_money_that_comes_back_always_counts() -> None:
    voucher = benefit(cad(5_00), description="a voucher", is_cash_like=True)
    assert canada.counted_advantage(gift=gift(cad(100_00), benefits=(voucher,))) == cad(5_00)
    both = gift(cad(100_00), benefits=(voucher, benefit(cad(10_00))))
    assert canada.counted_advantage(gift=both) == cad(5_00)
    unknown = gift(cad(100_00), benefits=(benefit(None),))
    assert decide(unknown) == NotReceiptable("fmv_unknown")


def test_CA_12_after_a_refund_what_stands_is_tested_again() -> None:
    """D3 under Canadian law: the gift part goes back first."""
    line = replace(DINNER, amount=cad(150_00), refunded=cad(60_00))
    subject = receipt(line, entity=CA)
    assert subject.eligible == cad(40_00)
    assert "refund_gift_first" in subject.codes
    assert decide(replace(line, refunded=cad(88_00))) == NotReceiptable("advantage_over_80pct")
    both = (line, gift(cad(10_00), payment="p2"))
    assert canada.amounts(lines=both) == shapes.Amounts(
        cad(160_00), cad(60_00), cad(100_00), cad(50_00), cad(50_00)
    )
    assert "refund_gift_first" in receipt(*both, entity=CA).codes
    assert "refund_gift_first" not in receipt(gift(cad(10_00), refunded=cad(1_00)), entity=CA).codes


def test_CA_12_a_year_without_figures_is_refused() -> None:
    with pytest.raises(parameters.UnknownYear):
        canada.amounts(lines=(gift(cad(1_00), given_on=date(2028, 1, 1)),))


def test_CA_13_signature() -> None:
    for signature in ("hand", "electronic", "facsimile"):
        assert broken(replace(SUBJECT, signature=signature)) == []
    assert broken(replace(SUBJECT, signature="")) == ["CA-13"]
    assert broken(replace(SUBJECT, signatory="")) == ["CA-13"]
    for condition in canada.FACSIMILE:
        entity = replace(CA, facsimile_conditions=canada.FACSIMILE - {condition})
        assert broken(replace(SUBJECT, entity=entity, signature="facsimile")) == ["CA-13"]


def test_CA_14_the_agency_and_its_address() -> None:
    assert broken(without(SUBJECT, "ca_agency")) == ["CA-14"]
    words = sentences.text(statement=SUBJECT.statements[-1], language="en")
    assert "Canada Revenue Agency" in words
    assert "canada.ca/charities-giving" in words


@pytest.mark.parametrize(
    "changes",
    [{"has_form_fields": True}, {"is_signed": False}, {"is_copy_kept": False}, {"is_mailed": True}],
)
def test_CA_15_cannot_be_altered(changes: dict[str, Any]) -> None:
    assert broken(replace(SUBJECT, **changes)) == ["CA-15"]
    assert broken(replace(SUBJECT, is_mailed=True, is_encrypted=True)) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payer": Payer.CHARITY}, "daf"),
        ({"kind": Kind.SERVICES}, "services"),
        ({"refunded": cad(100_00)}, "refunded"),
    ],
)
def test_what_is_no_gift(changes: dict[str, Any], reason: str) -> None:
    assert decide(gift(cad(100_00), **changes)) == NotReceiptable(reason)


def test_days_and_refunds() -> None:
    assert canada.deadline(receipt=SUBJECT) == date(2025, 2, 28)
    assert canada.deadline(receipt=replace(SUBJECT, tax_year=2023)) == date(2024, 2, 29)
    assert canada.retention_until(receipt=SUBJECT) == date(2026, 12, 31)
    on = date(2025, 3, 1)
    nothing = canada.on_refund(receipt=SUBJECT, refunded=cad(0), refunded_on=on)
    assert nothing == shapes.Action(shapes.Correction.NONE)
    small = canada.on_refund(receipt=SUBJECT, refunded=cad(49_99), refunded_on=on)
    assert small == shapes.Action(shapes.Correction.REPLACE, ("keep_both_copies",))
    large = canada.on_refund(receipt=SUBJECT, refunded=cad(50_00), refunded_on=on)
    assert large.duties == ("keep_both_copies", "information_return")
    assert large.due_on == date(2025, 5, 30)
    assert canada.on_refund(receipt=SUBJECT, refunded=cad(100_00), refunded_on=on).correction == "void"
