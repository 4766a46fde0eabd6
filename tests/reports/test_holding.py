"""Who gave and for what is handed to the program of a Parquet file once: the file is the one that rows alone make."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyarrow.parquet
import pytest

from donors import merging
from reports.files import columnar, holding, making, writing_parquet
from reports.files.copying import Block
from reports.files.holding import Held
from reports.files.making import Format
from reports.kinds import Kind
from reports.lists import selecting
from reports.lists.declaring import Column
from reports.lists.gifts import DONATIONS
from reports.lists.selecting import Selection
from tests import facts
from tests import making as made
from tests.reports.test_exporting import NOON
from tests.reports.test_sharing import selection

pytestmark = pytest.mark.django_db
NAMES = ["=1+1", "김철수", "<b>Kim", "'tis", 'a "quoted", name', "two\nlines", "🙂" * 20]
PERSONAL = ("donor_id", "donor_name", "donor_email")


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "LONG", 1)
    monkeypatch.setattr(selecting, "SAMPLED", 100)


def give() -> None:
    """Each of the names gives twice, and one giver is another one now."""
    for place, name in enumerate(NAMES):
        giver = made.donor(name=name, email=f"{place}@example.org", now=NOON)
        for day in range(2):
            made.donation(by=giver, at=NOON + timedelta(days=day, minutes=place))
    into = facts.donor("Grace Kim", "grace@example.org")
    merging.merge(donor_id=giver.pk, into_id=into.pk, reason="the same", actor=facts.staff_member(), now=NOON)


def file(of: Selection, form: Format = Format.PARQUET) -> bytes:
    return b"".join(content for content, _ in making.pieces(of=of, form=form))


def only(*names: str) -> Selection:
    whole = selection()
    return dataclasses.replace(whole, columns=tuple(one for one in whole.columns if one.name in names))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was handed over."""
    names: list[str] = []
    tables = holding.tables

    def noted(**given: Any) -> tuple[Held, ...]:
        found = tables(**given)
        names.extend(table.name for table in found)
        return found

    monkeypatch.setattr(holding, "tables", noted)
    return names


def test_the_file_is_the_one_that_rows_alone_make(held: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    give()
    looked_up = file(selection())
    assert held == ["giver", "campaign"]
    monkeypatch.setattr(holding, "MOST", 0)
    held.clear()
    assert file(selection()) == looked_up
    assert held == []
    rows = pyarrow.parquet.read_table(io.BytesIO(looked_up)).to_pylist()
    assert [row["donor_name"] for row in rows[: len(NAMES)]] == [
        "'=1+1",
        *NAMES[1:3],
        "''tis",
        *NAMES[4:-1],
        "Grace Kim",
    ]
    assert rows[-1]["donor_email"] == "grace@example.org"
    assert list(rows[0]) == [column.name for column in DONATIONS.columns]


def test_what_nobody_asked_for_is_not_handed_over(held: list[str]) -> None:
    give()
    impersonal = [
        column.name for column in DONATIONS.columns if not column.is_personal and column.name != "donor_id"
    ]
    file(only(*impersonal))
    assert held == ["campaign"]
    held.clear()
    file(only("donation_id", "gross"))
    assert held == []
    of = only(*PERSONAL)
    assert pyarrow.parquet.read_schema(io.BytesIO(file(of))).names == list(PERSONAL)
    assert held == ["giver"]


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
def test_other_formats_have_their_names_in_the_rows(held: list[str], form: Format) -> None:
    give()
    file(selection(), form)
    assert held == []


@pytest.mark.parametrize(("most", "expected"), [(3, ["campaign"]), (len(NAMES) + 1, ["giver", "campaign"])])
def test_a_large_table_stays_where_it_is(
    held: list[str], monkeypatch: pytest.MonkeyPatch, most: int, expected: list[str]
) -> None:
    give()
    monkeypatch.setattr(holding, "MOST", most)
    file(selection())
    assert held == expected


def test_amounts_are_exact_and_a_giver_nobody_knows_stops_the_file() -> None:
    columns = (
        Column("name", "g.name", Kind.TEXT, ("giver",)),
        Column("amount", "x", Kind.AMOUNT, thousandths="x"),
    )
    table = Held("giver", columns[:1], b'1,Grace\n2,"Kim, ""C"""\n')

    def write(rows: bytes) -> Iterator[tuple[bytes, int]]:
        return writing_parquet.write(columns=columns, blocks=[Block(rows, rows.count(b"\n"))], tables=[table])

    content = b"".join(block for block, _ in write(b"-10,2\n,1\n999999999999999999,2\n"))
    told = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
    assert [(row["name"], str(row["amount"])) for row in told] == [
        ('Kim, "C"', "-0.010"),
        ("Grace", "None"),
        ('Kim, "C"', "999999999999999.999"),
    ]
    with pytest.raises(writing_parquet.UnableToWrite, match="KeyUnknown: giver"):
        list(write(b"10,3\n"))


def test_a_dictionary_is_for_what_repeats() -> None:
    columns = (Column("id", "x"), Column("state", "x"))
    rows = b"".join(b"%d,paid\n" % place for place in range(columnar.OFTEN))
    made_of = writing_parquet.write(columns=columns, blocks=[Block(rows, columnar.OFTEN)])
    content = b"".join(block for block, _ in made_of)
    group = pyarrow.parquet.ParquetFile(io.BytesIO(content)).metadata.row_group(0)
    assert [group.column(place).has_dictionary_page for place in range(2)] == [False, True]
