"""What every law stands on: figures by year, sentences by version, sums, refunds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from string import Formatter
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from receipts.rules import checking, parameters, refunding, shapes
from receipts.rules import statements as sentences
from tests.receipts.rules.facts import CA, CHECKED_AT, US, benefit, cad, gift, receipt, usd

TABLES: list[parameters.Table[Any]] = [
    parameters.US_THRESHOLDS,
    parameters.US_LOW_COST,
    parameters.CANADA,
    parameters.KOREA,
    parameters.GIFT_AID,
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_have_a_source_and_do_not_overlap(table: parameters.Table[Any]) -> None:
    rows = sorted(table.rows, key=lambda row: row.first)
    assert all(row.source and row.first <= row.last for row in rows)
    assert all(before.last < after.first for before, after in pairwise(rows))
    assert all(bool(row.verified_by) == (row.verified_at is not None) for row in rows)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_year_to_come_is_never_guessed(table: parameters.Table[Any]) -> None:
    with pytest.raises(parameters.UnknownYear, match=table.name):
        table.of(2028)


def test_somebody_confirms_a_row() -> None:
    table = parameters.US_LOW_COST
    with pytest.raises(
        parameters.UnverifiedYear, match=r"nobody has checked the figures of 2026 \(Rev\. Proc"
    ):
        table.of(2026)
    checked = table.confirmed(year=2026, by="A. Example, CPA", at=CHECKED_AT)
    assert checked.of(2026).article == usd(13_90)
    assert (checked.row(2026).verified_by, checked.row(2026).verified_at) == ("A. Example, CPA", CHECKED_AT)
    assert checked.row(2024) == table.row(2024)
    with pytest.raises(ValueError, match="answer for"):
        table.confirmed(year=2026, by=" ", at=CHECKED_AT)
    with pytest.raises(parameters.UnknownYear):
        table.confirmed(year=2019, by="A. Example", at=CHECKED_AT)


WORDINGS = [(code, wording) for code, versions in sentences.WORDINGS.items() for wording in versions]


@pytest.mark.parametrize(
    ("code", "wording"), WORDINGS, ids=[f"{code} {one.version}" for code, one in WORDINGS]
)
def test_every_sentence_has_its_languages_with_the_same_places(code: str, wording: sentences.Wording) -> None:
    wanted = {"en", "ko", "fr"} if code.startswith("ca_") else {"en", "ko"}
    assert set(wording.texts) == wanted
    assert wording.law in wording.texts
    places = {
        frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
        for text in wording.texts.values()
    }
    assert len(places) == 1
    assert [one.version for one in sentences.WORDINGS[code]] == list(
        range(1, len(sentences.WORDINGS[code]) + 1)
    )


def said(code: str, language: str) -> str:
    return sentences.text(statement=shapes.Statement(code, 1), language=language)


def test_the_sentence_of_the_law_is_the_one_that_courts_have_read() -> None:
    assert said("us_none", "en") == "No goods or services were provided in exchange for this contribution."


def test_a_receipt_keeps_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sentences.newest("us_none")
    better = sentences.Wording(2, "en", {"en": "Nothing came back.", "ko": "대가는 없었습니다."})
    monkeypatch.setitem(sentences.WORDINGS, "us_none", (*sentences.WORDINGS["us_none"], better))
    assert sentences.newest("us_none").version == 2
    assert sentences.text(statement=before, language="en") == said("us_none", "en")
    assert sentences.text(statement=sentences.newest("us_none"), language="en") == "Nothing came back."


def test_the_laws_language_comes_first() -> None:
    american = receipt(gift(usd(10_00)), entity=US).statements
    assert sentences.paragraphs(statements=american, language="en") == [
        said("us_none", "en"),
        said("us_keep", "en"),
    ]
    korean = sentences.paragraphs(statements=american, language="ko")
    assert korean == [
        said("us_none", "en"),
        said("us_none", "ko"),
        said("us_keep", "en"),
        said("us_keep", "ko"),
    ]
    assert sentences.paragraphs(statements=american, language="fr") == [
        said("us_none", "en"),
        said("us_keep", "en"),
    ]
    canadian = receipt(gift(cad(10_00)), entity=CA).statements
    french = sentences.paragraphs(statements=canadian, language="fr")
    assert french[0] == "Reçu officiel aux fins de l’impôt sur le revenu"
    assert len(french) == len(canadian)
    request = [sentences.newest("kr_request")]
    assert len(sentences.paragraphs(statements=request, language="ko")) == 1
    assert sentences.paragraphs(statements=request, language="en")[0].startswith("「소득세법」")


def test_unknown_wordings_are_refused() -> None:
    with pytest.raises(sentences.UnknownWording, match="nothing"):
        sentences.newest("nothing")
    for statement in (shapes.Statement("us_none", 9), shapes.Statement("nothing", 1)):
        with pytest.raises(sentences.UnknownWording, match=f"version {statement.version}"):
            sentences.text(statement=statement, language="en")
    with pytest.raises(sentences.UnknownWording, match="in fr"):
        sentences.text(statement=sentences.newest("us_none"), language="fr")


@pytest.mark.parametrize(
    ("back", "gift_left", "paid"),
    [(0, 100_00, 150_00), (60_00, 40_00, 90_00), (100_00, 0, 50_00), (120_00, 0, 30_00), (150_00, 0, 0)],
)
def test_the_gift_part_goes_back_first(back: int, gift_left: int, paid: int) -> None:
    found = refunding.left(paid=usd(150_00), benefit=usd(50_00), refunded=usd(back))
    assert found == refunding.Left(usd(paid), usd(50_00), usd(gift_left))


@pytest.mark.parametrize("back", [-1, 150_01])
def test_no_more_goes_back_than_came(back: int) -> None:
    with pytest.raises(refunding.RefundAbovePayment):
        refunding.left(paid=usd(150_00), benefit=usd(50_00), refunded=usd(back))


@examples(
    paid=st.integers(0, 10**6),
    worth=st.integers(0, 10**6),
    first=st.integers(0, 10**6),
    then=st.integers(0, 10**6),
)
def test_two_refunds_are_one(paid: int, worth: int, first: int, then: int) -> None:
    first = min(first, paid)
    then = min(then, paid - first)
    once = refunding.left(paid=usd(paid), benefit=usd(worth), refunded=usd(first + then))
    before = refunding.left(paid=usd(paid), benefit=usd(worth), refunded=usd(first))
    twice = refunding.left(paid=before.paid, benefit=before.benefit, refunded=usd(then))
    assert once == twice
    assert once.gift.minor >= 0


def test_a_receipt_without_an_eligible_amount_counts_in_full() -> None:
    subject = replace(receipt(gift(usd(10_00)), entity=US), eligible=None)
    assert refunding.correction(receipt=subject, refunded=usd(9_99)) == "replace"
    assert refunding.correction(receipt=subject, refunded=usd(10_00)) == "void"


def test_years_later_is_never_a_day_too_early() -> None:
    assert refunding.after_years(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert refunding.after_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_sums_never_guess() -> None:
    with pytest.raises(shapes.ValueUnknown, match="a benefit"):
        checking.fair_value([benefit(None, description="")], currency="USD")
    assert checking.fair_value([], currency="USD") == usd(0)
    assert checking.currency_of([], otherwise="CAD") == "CAD"
