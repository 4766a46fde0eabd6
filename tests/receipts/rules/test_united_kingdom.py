"""Gift Aid: the declaration and its states, which donations it carries, and the schedule to its last column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from receipts.rules import claiming, declarations, parameters, shapes, united_kingdom
from receipts.rules import statements as sentences
from receipts.rules.declarations import Declaration, Form, Scope, State, WrongStep
from receipts.rules.shapes import Kind, NotReceiptable, Ok, OtherForm, Payer
from tests.receipts.rules.facts import ANNA, COMPANY, UK, benefit, gbp, gift, receipt, usd, violations

MADE = date(2025, 5, 10)
WHOLE = Declaration(
    charity="Harbour Mission UK",
    first_name="Anna",
    last_name="Example",
    home_address="12 Example Lane, London SW1A 0AA",
    scopes=frozenset({Scope.PAST, Scope.PRESENT, Scope.FUTURE}),
    wants_gift_aid=True,
    explanation_version=1,
    made_on=MADE,
)
ORAL = replace(WHOLE, form=Form.ORAL)
LATER = date(2026, 1, 1)


def state(declaration: Declaration, on: date = LATER) -> State:
    return declarations.state(declaration=declaration, on=on)


def claimable(declaration: Declaration | None = WHOLE, on: date = LATER, **changes: Any) -> shapes.Decision:
    line = gift(gbp(20_00), **({"given_on": date(2025, 6, 1)} | changes))
    return united_kingdom.claimable(gift=line, entity=UK, donor=ANNA, declaration=declaration, on=on)


@pytest.mark.parametrize(
    "changes",
    [
        {"charity": ""},
        {"first_name": ""},
        {"last_name": ""},
        {"home_address": ""},
        {"scopes": frozenset()},
        {"wants_gift_aid": False},
        {"explanation_version": None},
    ],
)
def test_UK_01_a_declaration_has_six_parts(changes: dict[str, Any]) -> None:
    assert declarations.missing(declaration=WHOLE) == []
    wrong = replace(WHOLE, **changes)
    assert [one.id for one in declarations.missing(declaration=wrong)] == ["UK-01"]
    assert state(wrong) is State.INCOMPLETE
    assert claimable(wrong) == NotReceiptable("declaration_incomplete")


def test_UK_01_the_words_a_donor_is_asked_for() -> None:
    subject = receipt(gift(gbp(20_00)), entity=UK)
    assert violations(subject) == []
    wants, taxpayer = (sentences.text(statement=one, language="en") for one in subject.statements)
    assert "Gift Aid my donation of £20.00" in wants
    assert "Harbour Mission UK" in wants
    assert "responsibility to pay any difference" in taxpayer


def test_UK_01_a_spoken_declaration_waits_for_its_record() -> None:
    assert state(ORAL) is State.AWAITING_RECORD
    assert claimable(ORAL) == NotReceiptable("declaration_awaiting_record")
    sent = declarations.record(declaration=ORAL, on=date(2025, 5, 20))
    assert state(sent, date(2025, 5, 19)) is State.AWAITING_RECORD
    assert state(sent, date(2025, 5, 20)) is State.ACTIVE
    assert claimable(sent) == Ok()
    with pytest.raises(WrongStep, match="record while active"):
        declarations.record(declaration=sent, on=LATER)


@pytest.mark.parametrize(("days", "is_undone"), [(0, True), (30, True), (31, False)])
def test_UK_01_thirty_days_to_undo_a_spoken_one(days: int, is_undone: bool) -> None:
    sent = declarations.record(declaration=ORAL, on=MADE)
    on = MADE + timedelta(days=days)
    cancelled = declarations.cancel(declaration=sent, on=on)
    assert cancelled.cancelled_from == (date.min if is_undone else on)
    assert state(cancelled) is State.CANCELLED
    given_before = claimable(cancelled, given_on=MADE)
    assert given_before == (NotReceiptable("declaration_cancelled") if is_undone else Ok())


def test_UK_01_cancelling_and_ending() -> None:
    unsent = declarations.cancel(declaration=ORAL, on=LATER)
    assert unsent.cancelled_from == date.min
    cancelled = declarations.cancel(declaration=WHOLE, on=date(2025, 6, 1))
    assert state(cancelled, date(2025, 5, 31)) is State.ACTIVE
    assert claimable(cancelled) == NotReceiptable("declaration_cancelled")
    assert claimable(cancelled, given_on=date(2025, 5, 31)) == Ok()
    ended = declarations.end(declaration=WHOLE, on=date(2025, 12, 31))
    assert (state(ended, date(2025, 12, 31)), state(ended)) == (State.ACTIVE, State.ENDED)
    assert claimable(ended) == Ok()
    assert claimable(ended, on=date(2026, 2, 1), given_on=LATER) == NotReceiptable("outside_declaration")
    for step in (declarations.cancel, declarations.end):
        with pytest.raises(WrongStep):
            step(declaration=cancelled, on=LATER)


@pytest.mark.parametrize(
    ("scopes", "given_on", "is_covered"),
    [
        ({Scope.SINGLE}, MADE, True),
        ({Scope.SINGLE}, date(2025, 5, 11), False),
        ({Scope.PRESENT}, MADE, True),
        ({Scope.FUTURE}, MADE, False),
        ({Scope.FUTURE}, date(2025, 5, 11), True),
        ({Scope.PAST}, date(2025, 5, 9), True),
        ({Scope.PAST}, date(2021, 5, 10), True),
        ({Scope.PAST}, date(2021, 5, 9), False),
        ({Scope.PAST}, date(2025, 5, 11), False),
    ],
)
def test_UK_01_what_a_declaration_covers(scopes: set[Scope], given_on: date, is_covered: bool) -> None:
    declaration = replace(WHOLE, scopes=frozenset(scopes))
    assert declarations.covers(declaration=declaration, given_on=given_on) is is_covered
    bounded = replace(WHOLE, valid_from=date(2025, 5, 9), valid_to=date(2025, 5, 11))
    expected = date(2025, 5, 9) <= given_on <= date(2025, 5, 11)
    assert declarations.covers(declaration=bounded, given_on=given_on) is expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": Kind.PROPERTY}, "not_money"),
        ({"kind": Kind.PURCHASE}, "purchase"),
        ({"payer": Payer.EMPLOYER}, "not_individual"),
        ({"payer": Payer.DAF}, "daf"),
        ({"benefits": (benefit(gbp(1_00)),)}, "benefit"),
        ({"refunded": gbp(20_00)}, "refunded"),
    ],
)
def test_UK_01_donations_that_no_declaration_carries(changes: dict[str, Any], reason: str) -> None:
    assert claimable(**changes) == NotReceiptable(reason)


def test_UK_01_without_a_declaration_or_a_charity() -> None:
    line = gift(gbp(20_00))
    assert claimable(None) == NotReceiptable("no_declaration")
    decide = united_kingdom.receiptable
    assert decide(gift=line, entity=UK, donor=ANNA) == OtherForm("gift_aid")
    assert decide(gift=line, entity=UK, donor=COMPANY) == NotReceiptable("not_individual")
    for wrong in (replace(UK, registration=""), replace(UK, country="US")):
        assert decide(gift=line, entity=wrong, donor=ANNA) == NotReceiptable("not_registered")


ANNAS = claiming.Line(
    on=date(2026, 1, 31),
    amount=gbp(200_00),
    title="Prof",
    first_name="Anna",
    last_name="House-Martin",
    house="12",
    postcode="sw1a0aa",
)
SMALL = claiming.Line(
    on=date(2026, 1, 31), amount=gbp(55_00), aggregated="Thursday club", parts=(gbp(30_00), gbp(25_00))
)


def rows(*lines: claiming.Line) -> list[claiming.Row]:
    claim = claiming.claim(lines=lines)
    assert claim.refused == ()
    return [row for schedule in claim.schedules for row in schedule]


def why(line: claiming.Line) -> list[str]:
    claim = claiming.claim(lines=[line])
    assert claim.schedules == ()
    ((refused,),) = ((one.violations for one in claim.refused),)
    assert {one.id for one in refused} == {"UK-02"}
    return [one.words for one in refused]


def test_UK_02_a_row_as_the_office_reads_it() -> None:
    assert rows(ANNAS) == [
        ("1", "Prof", "Anna", "House Martin", "12", "SW1A 0AA", "", "", "31/01/26", "200.00")
    ]
    assert len(claiming.COLUMNS) == 10
    assert rows(replace(ANNAS, amount=gbp(7), is_sponsored=True))[0][7:] == ("yes", "31/01/26", "0.07")


@pytest.mark.parametrize(
    ("changes", "column", "cell"),
    [
        ({"title": "n/a"}, 1, ""),
        ({"title": "Reverend"}, 1, ""),
        ({"first_name": "A"}, 2, "A"),
        ({"first_name": "A" * 35}, 2, "A" * 35),
        ({"first_name": "B" * 36}, 2, "B"),
        ({"last_name": "E" * 35}, 3, "E" * 35),
        ({"last_name": "  van   Example "}, 3, "van Example"),
        ({"postcode": "s19  2bd"}, 5, "S19 2BD"),
        ({"postcode": "", "is_abroad": True}, 5, "X"),
        ({"aggregated": "n/a"}, 6, ""),
        ({"aggregated": "n/a"}, 3, "House Martin"),
    ],
)
def test_UK_02_columns(changes: dict[str, Any], column: int, cell: str) -> None:
    assert rows(replace(ANNAS, **changes))[0][column] == cell


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_name": "n/a"}, "the first name is missing"),
        ({"last_name": ""}, "the last name is missing or above 35 characters"),
        ({"last_name": "E" * 36}, "the last name is missing or above 35 characters"),
        ({"house": "-"}, "the house name or number is missing"),
        ({"house": "c/o Harbour Mission"}, "the address is not a home"),
        ({"postcode": ""}, "the postcode is missing or malformed"),
        ({"postcode": "12345"}, "the postcode is missing or malformed"),
        ({"amount": gbp(0)}, "the amount is not above zero in pounds"),
        ({"amount": usd(1)}, "the amount is not above zero in pounds"),
    ],
)
def test_UK_02_what_cannot_be_said_goes_to_a_person(changes: dict[str, Any], words: str) -> None:
    assert why(replace(ANNAS, **changes)) == [words]


def test_UK_02_aggregates() -> None:
    assert rows(SMALL) == [("1", "", "", "", "", "", "Thursday club", "", "31/01/26", "55.00")]
    full = replace(SMALL, amount=gbp(1_000_00), parts=(gbp(25_00),) * 40)
    assert rows(full)[0][-1] == "1000.00"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"aggregated": "T" * 36}, "the description is above 35 characters"),
        ({"parts": (gbp(30_01), gbp(24_99))}, "a donation is above 30.00"),
        ({"parts": (gbp(30_00),)}, "the donations do not make the amount"),
        ({"amount": gbp(1_025_00), "parts": (gbp(25_00),) * 41}, "the line is above 1,000.00"),
        ({"house": "12"}, "an aggregate names nobody"),
    ],
)
def test_UK_02_aggregates_that_are_refused(changes: dict[str, Any], words: str) -> None:
    assert why(replace(SMALL, **changes)) == [words]


def test_UK_02_a_series_stands_on_one_line_with_its_latest_day() -> None:
    monthly = [replace(ANNAS, on=date(2026, month, 15), amount=gbp(10_00)) for month in (3, 1, 2)]
    sponsored = replace(ANNAS, is_sponsored=True)
    together = claiming.series(lines=[*monthly, SMALL, sponsored, SMALL])
    assert together == [
        replace(ANNAS, on=date(2026, 3, 15), amount=gbp(30_00)),
        SMALL,
        sponsored,
        SMALL,
    ]


@examples(count=st.sampled_from([0, 1, 999, 1_000, 1_001, 2_000, 2_345]))
def test_UK_02_a_thousand_rows_a_schedule(count: int) -> None:
    claim = claiming.claim(lines=[ANNAS] * count)
    assert sum(map(len, claim.schedules)) == count
    assert all(len(schedule) == 1_000 for schedule in claim.schedules[:-1])
    for schedule in claim.schedules:
        assert [row[0] for row in schedule] == [str(number) for number in range(1, len(schedule) + 1)]


def test_UK_02_a_wrong_line_does_not_stop_the_others() -> None:
    claim = claiming.claim(lines=[replace(ANNAS, house=""), ANNAS])
    assert [one.line.house for one in claim.refused] == [""]
    assert [row[0] for row in claim.schedules[0]] == ["1"]


def test_UK_02_a_year_without_figures_is_refused() -> None:
    with pytest.raises(parameters.UnknownYear):
        claiming.claim(lines=[replace(ANNAS, on=date(2028, 6, 1))])


@pytest.mark.parametrize(("given", "tax"), [(100_00, 25_00), (1, 0), (2, 1), (3, 1), (10_01, 2_50)])
def test_a_quarter_of_the_gift_is_claimed(given: int, tax: int) -> None:
    assert united_kingdom.reclaim(given=gbp(given)) == gbp(tax)


def test_UK_01_a_claim_comes_within_four_years_of_the_tax_year() -> None:
    assert claimable(on=date(2030, 4, 5)) == Ok()
    assert claimable(on=date(2030, 4, 6)) == NotReceiptable("too_late")
    days = (date(2026, 4, 5), date(2026, 4, 6))
    assert [united_kingdom.tax_year_of(given_on=on) for on in days] == [2025, 2026]


def test_sums_days_and_refunds() -> None:
    subject = receipt(gift(gbp(20_00)), gift(None, kind=Kind.PROPERTY, payment="p2"), entity=UK)
    assert subject.eligible == gbp(20_00)
    kept = (replace(subject.lines[0], refunded=gbp(5_00)), subject.lines[1])
    assert united_kingdom.amounts(lines=kept) == shapes.Amounts(
        gbp(20_00), gbp(5_00), gbp(15_00), gbp(0), gbp(15_00)
    )
    assert united_kingdom.deadline(receipt=subject) == date(2029, 4, 5)
    assert united_kingdom.retention_until(receipt=subject) == date(2031, 4, 5)
    on = date(2025, 2, 1)
    nothing = united_kingdom.on_refund(receipt=subject, refunded=gbp(0), refunded_on=on)
    assert nothing == shapes.Action(shapes.Correction.NONE)
    part = united_kingdom.on_refund(receipt=subject, refunded=gbp(5_00), refunded_on=on)
    assert part == shapes.Action(shapes.Correction.REPLACE, ("repay_gift_aid",))
