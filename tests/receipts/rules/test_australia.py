"""The three things a receipt of a deductible gift recipient must state, and the receipt of an event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from receipts.rules import australia, shapes
from receipts.rules.shapes import Kind, NotReceiptable, Ok
from tests.receipts.rules.facts import ABN, ANNA, AU, aud, benefit, broken, gift, receipt, with_code, without

SUBJECT = receipt(gift(aud(100_00)), entity=AU)
BALL = gift(
    aud(200_00),
    kind=Kind.TICKET,
    description="Harbour ball",
    benefits=(benefit(aud(40_00)),),
)


def decide(line: shapes.GiftLine, **changes: Any) -> shapes.Decision:
    return australia.receiptable(gift=line, entity=replace(AU, **changes), donor=ANNA)


@pytest.mark.parametrize(
    "changes", [{"legal_name": ""}, {"registration": ""}, {"registration": "51824753557"}]
)
def test_AU_01_name_abn_and_the_fact_of_a_gift(changes: dict[str, Any]) -> None:
    assert broken(SUBJECT) == []
    assert broken(replace(SUBJECT, entity=replace(AU, **changes))) == ["AU-01"]
    assert broken(without(SUBJECT, "au_gift")) == ["AU-01"]


def test_AU_01_an_event_tells_amount_and_market_value() -> None:
    subject = receipt(BALL, entity=AU)
    assert subject.codes == ["au_event"]
    fills = dict(subject.statements[0].fills)
    assert fills == {"event": "Harbour ball", "paid": "A$200.00", "value": "A$40.00"}
    assert (broken(subject), subject.eligible) == ([], aud(160_00))
    assert broken(with_code(subject, "au_gift")) == ["AU-01"]
    part = replace(BALL, refunded=aud(50_00))
    assert australia.amounts(lines=(part, SUBJECT.lines[0])) == shapes.Amounts(
        aud(300_00), aud(50_00), aud(250_00), aud(40_00), aud(210_00)
    )
    assert receipt(BALL, SUBJECT.lines[0], entity=AU).codes == ["au_gift", "au_event"]
    for without_what in ({"description": ""}, {"benefits": ()}):
        assert broken(replace(subject, lines=(replace(BALL, **without_what),))) == ["AU-01"]


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        (ABN, True),
        ("51824753556", True),
        ("51824753557", False),
        ("5182475355", False),
        ("5182475355a", False),
    ],
)
def test_AU_01_the_business_number_checks(number: str, is_good: bool) -> None:
    assert australia.is_abn(number) is is_good


def test_what_gets_a_receipt() -> None:
    assert decide(gift(aud(1_00))) == Ok()
    assert decide(BALL) == Ok()
    assert decide(gift(aud(1_00)), is_dgr=False) == NotReceiptable("not_dgr")
    assert decide(gift(aud(1_00)), country="US") == NotReceiptable("not_dgr")
    assert decide(gift(aud(1_00), kind=Kind.PLEDGE)) == NotReceiptable("pledge")
    assert decide(gift(aud(1_00), benefits=(benefit(aud(1)),))) == NotReceiptable("benefit")
    assert decide(replace(BALL, benefits=(benefit(None),))) == NotReceiptable("fmv_unknown")


def test_days_and_refunds() -> None:
    days = (date(2024, 6, 30), date(2024, 7, 1))
    assert [australia.tax_year_of(given_on=on) for on in days] == [2024, 2025]
    assert australia.deadline(receipt=SUBJECT) == date(2024, 7, 31)
    assert australia.retention_until(receipt=SUBJECT) == date(2032, 1, 20)
    action = australia.on_refund(receipt=SUBJECT, refunded=aud(1_00), refunded_on=date(2025, 2, 1))
    assert action == shapes.Action(shapes.Correction.REPLACE)
