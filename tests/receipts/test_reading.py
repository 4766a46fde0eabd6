"""Schema 2 is read strictly: what does not hold together is refused by the name of its field."""

from __future__ import annotations

from typing import Any

import pytest

from receipts import snapshots
from tests.receipts import papers

US_TOTAL = {
    "currency": "USD",
    "currency_exponent": 2,
    "total_minor": 10000,
    "benefit_minor": 0,
    "eligible_minor": 10000,
}


@pytest.mark.parametrize("template", papers.ENTITIES)
def test_every_law_has_a_snapshot_that_reads(template: str) -> None:
    read = snapshots.read(papers.snapshot(template))
    assert (read.schema, read.template, read.law) == (2, template, template[:2].upper())
    assert read.totals[0].total_minor == read.total_minor == 10000
    assert [clause.text for clause in read.clauses] == list(read.statements)


def test_things_count_nothing_and_currencies_are_never_mixed() -> None:
    won = papers.line(currency="KRW", currency_exponent=0, amount_minor=50000, eligible_minor=50000)
    dinner = papers.line(
        amount_minor=15000,
        refunded_minor=6000,
        benefits=[{"description": "Dinner", "value_minor": 5000}],
        benefit_minor=5000,
        eligible_minor=4000,
    )
    read = snapshots.read(papers.snapshot(lines=[won, dinner, papers.thing()]))
    assert [
        (one.currency, one.total_minor, one.benefit_minor, one.eligible_minor) for one in read.totals
    ] == [
        ("KRW", 50000, 0, 50000),
        ("USD", 9000, 5000, 4000),
    ]
    assert (read.currency, read.total_minor) == ("KRW", 50000)
    assert [line.is_thing for line in read.lines] == [False, False, True]


LINES: list[tuple[dict[str, Any], str]] = [
    ({"amount_minor": None}, r"amount_minor is absent, but something"),
    ({"amount_minor": None, "eligible_minor": 0}, r"lines\[0\].description is empty"),
    ({"amount_minor": 1.5, "eligible_minor": 1}, r"lines\[0\].amount_minor is not a whole"),
    ({"amount_minor": -1, "eligible_minor": 0}, r"lines\[0\].amount_minor is below zero"),
    ({"refunded_minor": 10001, "eligible_minor": 0}, r"lines\[0\].refunded_minor is more than"),
    ({"refunded_minor": 1, "eligible_minor": 10000}, r"lines\[0\].eligible_minor is more than"),
    ({"benefit_minor": -1}, r"lines\[0\].benefit_minor is below zero"),
    ({"benefits": [{"description": ""}]}, r"lines\[0\].benefits\[0\].description is empty"),
    ({"benefits": {}}, r"lines\[0\].benefits is not a list"),
    ({"quantity": 0}, r"lines\[0\].quantity is below 1"),
    ({"kind": "gold"}, r"lines\[0\].kind is not one of"),
    ({"currency": "usd"}, r"lines\[0\].currency is not three capital"),
    ({"currency_exponent": 4}, r"lines\[0\].currency_exponent is not between"),
    ({"equivalent": {"currency": "USD"}}, r"lines\[0\].equivalent.currency_exponent is not a whole"),
    ({"equivalent": "USD 1"}, r"lines\[0\].equivalent. is not an object"),
    ({"appraiser": {"name": ""}}, r"lines\[0\].appraiser.name is empty"),
    ({"fund": None}, r"lines\[0\].fund is empty"),
]


@pytest.mark.parametrize(("changes", "why"), LINES)
def test_a_line_that_does_not_hold_together_is_refused(changes: dict[str, Any], why: str) -> None:
    broken = papers.line() | changes
    with pytest.raises(snapshots.SnapshotRefused, match=why):
        snapshots.read(papers.snapshot() | {"lines": [broken]})


WHOLES: list[tuple[dict[str, Any], str]] = [
    ({"template": "us-1"}, "template is not one of us-3, ca-1"),
    ({"law": "CA"}, "law is not one of US"),
    ({"rules": ""}, "rules is empty"),
    ({"tax_year": 20260}, "tax_year is not a year"),
    ({"totals": []}, "totals is empty"),
    ({"totals": [US_TOTAL | {"total_minor": 9999, "eligible_minor": 0}]}, r"totals\[0\].total_minor is 9999"),
    ({"totals": [US_TOTAL | {"benefit_minor": 1}]}, r"totals\[0\].benefit_minor is 1"),
    ({"totals": [US_TOTAL | {"eligible_minor": 1}]}, r"totals\[0\].eligible_minor is 1"),
    (
        {"totals": [US_TOTAL | {"eligible_minor": 10001}]},
        r"totals\[0\].eligible_minor is more than the total",
    ),
    ({"totals": [US_TOTAL, US_TOTAL]}, r"totals\[1\].currency is USD a second time"),
    ({"totals": [US_TOTAL | {"currency": "EUR"}]}, r"totals\[0\].total_minor is 10000"),
    (
        {"totals": [{**US_TOTAL, "currency": "EUR", "total_minor": 0, "eligible_minor": 0}]},
        "totals has none for USD",
    ),
    ({"lines": []}, "lines is empty"),
    ({"statements": ["No goods"]}, r"statements\[0\]. is not an object"),
    (
        {"statements": [{"code": "us_none", "version": 0, "text": "No goods"}]},
        r"statements\[0\].version is below 1",
    ),
    (
        {"statements": [{"code": "us_none", "version": 1, "text": "law " * 600}]},
        r"statements\[0\].text is a paragraph above 2000",
    ),
    ({"collector": {"name": ""}}, "collector.name is empty"),
    ({"information_copy": None}, "information_copy is neither true nor false"),
    ({"test": "no"}, "test is neither true nor false"),
    ({"donor": {"name": "Kim", "address": []}}, "donor.is_person is neither"),
]


@pytest.mark.parametrize(("changes", "why"), WHOLES)
def test_a_whole_that_does_not_hold_together_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(snapshots.SnapshotRefused, match=why):
        snapshots.read(papers.snapshot() | changes)
