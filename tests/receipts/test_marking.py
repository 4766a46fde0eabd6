"""The marks of numbers outside the database (X46): on the disk before any paper leaves, and asked before any number."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypedDict

import pytest

from receipts import finishing, following_up, issuing, marking
from receipts.marking import Line
from receipts.models import Receipt, Rendering
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


class Year(TypedDict):
    entity_code: str
    tax_year: int


HASH = "ab" * 32
MARK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
US: Year = {"entity_code": "US", "tax_year": 2026}


def lines(first: int, last: int) -> list[Line]:
    return [Line(number, HASH, MARK) for number in range(first, last + 1)]


def test_a_series_without_marks_stands_at_nothing(own_marks: Path) -> None:
    assert marking.highest(**US) == 0
    assert marking.series() == []
    assert marking.after(**US, number=0) == []
    marking.demand_reconciled(**US, last_number=0)


def test_marks_are_only_added_and_the_last_line_tells_the_highest(own_marks: Path) -> None:
    assert marking.set_marks(**US, lines=lines(201, 400)) == 400
    before = marking.place(**US).read_bytes()
    assert marking.set_marks(**US, lines=lines(1, 200)) == 400  # the other worker was slower
    assert marking.place(**US).read_bytes().startswith(before)
    assert marking.highest(**US) == 400
    assert [line.number for line in marking.after(**US, number=397)] == [398, 399, 400]
    assert marking.after(**US, number=399) == [Line(400, HASH, MARK)]
    assert marking.place(**US).stat().st_mode & 0o077 == 0


def test_a_paper_drawn_twice_is_one_paper(own_marks: Path) -> None:
    marking.set_marks(**US, lines=lines(1, 2))
    marking.set_marks(**US, lines=[Line(2, HASH, MARK), Line(3, HASH)])
    assert marking.after(**US, number=0) == [Line(1, HASH, MARK), Line(2, HASH, MARK), Line(3, HASH)]


@pytest.mark.parametrize("kept", [0, 1, 40, 105])
def test_a_line_cut_short_is_no_line_and_the_next_one_stands_by_itself(own_marks: Path, kept: int) -> None:
    marking.set_marks(**US, lines=lines(1, 1))
    with marking.place(**US).open("ab") as file:
        file.write(f"2 {HASH} {MARK} 2"[:kept].encode())
    assert marking.highest(**US) == 1
    assert marking.set_marks(**US, lines=lines(3, 3)) == 3
    # What was cut after its last character is whole once it is ended: a number too many is no harm, one too few is.
    assert [line.number for line in marking.after(**US, number=0)] == ([1, 2, 3] if kept == 105 else [1, 3])


def test_the_name_of_a_series_is_safe_in_any_folder(own_marks: Path) -> None:
    marking.set_marks(entity_code="A/../B-1", tax_year=2026, lines=lines(1, 1))
    assert marking.series() == [("A/../B-1", 2026)]
    assert {path.parent for path in own_marks.iterdir()} == {own_marks}
    (own_marks / "notes.txt").write_text("not ours")
    assert marking.series() == [("A/../B-1", 2026)]


def test_one_flush_for_a_whole_batch(own_marks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marking.set_marks(**US, lines=lines(1, 1))
    flushed: list[int] = []
    real = os.fsync

    def flush(descriptor: int) -> None:
        flushed.append(descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", flush)
    marking.set_marks(**US, lines=lines(2, 201))
    assert len(flushed) == 1


def test_a_folder_that_is_a_file_stops_numbers_and_papers(settings: Any, tmp_path: Path, db: None) -> None:
    facts.donation()
    issuing.issue_due(now=NOW)
    settings.RECEIPT_MARKS = tmp_path / "file"
    settings.RECEIPT_MARKS.write_text("")
    facts.donation()
    with pytest.raises(marking.MarksUnusable):
        finishing.finish_due(now=NOW)
    with pytest.raises(marking.MarksUnusable):
        issuing.issue_due(now=NOW)
    assert (Receipt.objects.count(), Rendering.objects.count()) == (1, 0)


def test_the_mark_is_there_before_the_paper(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper that cannot be kept leaves its mark behind: the mark may be ahead of papers, never behind."""
    from paper import storing

    facts.donation()
    issuing.issue_due(now=NOW)

    def full(**_: object) -> list[str]:
        assert marking.highest(entity_code=making.entity().code, tax_year=2026) == 1
        raise marking.MarksUnusable("the disk is full")

    monkeypatch.setattr(storing, "store_all", full)
    with pytest.raises(marking.MarksUnusable):
        finishing.finish_due(now=NOW)
    monkeypatch.undo()
    assert finishing.finish_due(now=NOW) == 1
    found = marking.after(entity_code=making.entity().code, tax_year=2026, number=0)
    assert [line.hash for line in found] == [Receipt.objects.get().hash]


def test_while_numbers_are_lost_none_is_given_and_files_are_still_drawn(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    facts.donation()
    issuing.issue_due(now=NOW)
    code = making.entity().code
    marking.set_marks(entity_code=code, tax_year=2026, lines=lines(2, 5))
    facts.donation()
    following_up.follow_up(since=NOW, now=NOW)
    assert "number 5 is on paper, the database ends at 1" in caplog.text
    assert (Receipt.objects.count(), Rendering.objects.count()) == (1, 1)
