"""A long list is read by two connections of one snapshot: the same rows in the same order as by one."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from donations.models import Donation
from ledger.money import Money
from reports import filtering
from reports.files import copying, filling_rows, making, programs, second_half, sharing
from reports.files.making import Format
from reports.files.second_half import Asked, Told
from reports.filtering import Filters
from reports.kinds import Kind
from reports.lists import selecting
from reports.lists.gifts import DONATIONS
from reports.lists.selecting import Selection
from tests import making as made
from tests.reports.test_exporting import NOON, USD

GIFTS = 40


def selection(filters: Filters = Filters()) -> Selection:  # noqa: B008 - it is frozen
    where, params = filtering.conditions(filters)
    return Selection(
        listing=DONATIONS,
        columns=DONATIONS.columns,
        where=f"({where})",
        params={**params, "language": "en"},
    )


def give(count: int = GIFTS) -> None:
    giver = made.donor(name="김철수", now=NOON)
    for place in range(count):
        made.donation(by=giver, amount=Money(100 + place, USD), at=NOON + timedelta(hours=place))


def rows_of(pieces: Iterator[making.Piece]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(block for block, _ in pieces).decode())))


@dataclass
class Readers:
    """Who read what: statements read by this process, and those handed to another one."""

    here: int = 0
    beside: int = 0

    def taken(self) -> tuple[int, int]:
        taken = (self.here, self.beside)
        self.here = self.beside = 0
        return taken


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Forty rows are a long list, and every block of the table is looked at. Who reads is noted."""
    monkeypatch.setattr(selecting, "LONG", GIFTS // 2)
    monkeypatch.setattr(selecting, "SAMPLED", 100)
    readers = Readers()
    read, line = copying.read, Asked.line

    def reads(raw: copying.Connection, **given: Any) -> Iterator[copying.Block]:
        readers.here += 1
        yield from read(raw, **given)

    def hands_over(asked: Asked) -> bytes:
        readers.beside += 1
        return line(asked)

    monkeypatch.setattr(copying, "read", reads)
    monkeypatch.setattr(Asked, "line", hands_over)
    return readers


def connections_at_work() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def plain(content: bytes, form: Format) -> bytes:
    """A workbook's halves are pressed apart, so only what is in it is the same."""
    if form is not Format.XLSX:
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        return b"".join(name.encode() + book.read(name) for name in book.namelist())


@pytest.mark.parametrize("form", Format)
def test_two_hands_write_the_file_that_one_writes(committed_db: None, long: Readers, form: Format) -> None:
    give()
    held = 2 if form is Format.PARQUET else 0  # givers and campaigns
    shared = list(making.pieces(of=selection(), form=form))
    assert long.taken() == (held + 2, 1)
    again = list(making.pieces(of=selection(), form=form))
    assert long.taken() == (held + 2, 1)
    alone = list(making.pieces(of=selection(), form=form, may_keep=False))
    assert long.taken() == (held + 2, 0)
    one, two, three = (b"".join(content for content, _ in pieces) for pieces in (shared, again, alone))
    if form is Format.CSV:  # by the clock of the entity, which is not the session's
        assert [row["given_at_local"] for row in rows_of(iter(shared))][:2] == [
            "2026-03-10 12:00:00",
            "2026-03-10 13:00:00",
        ]
    assert one == two
    assert plain(one, form) == plain(three, form)
    assert sum(rows for _, rows in shared) == sum(rows for _, rows in alone) == GIFTS
    assert connections_at_work() == 0


def test_both_halves_are_of_one_moment(committed_db: None, long: Readers) -> None:
    give()
    stream = making.pieces(of=selection(), form=Format.CSV)
    pieces = [next(stream), next(stream)]  # the heading, then rows: the snapshot is taken

    def give_later() -> None:
        made.donation(by=made.donor(now=NOON), amount=Money(99_900, USD), at=NOON + timedelta(days=400))
        connection.close()

    other = threading.Thread(target=give_later)
    other.start()
    other.join()
    rows = rows_of(iter([*pieces, *stream]))
    assert [row["gross"] for row in rows] == [f"{(100 + place) / 100:.2f}" for place in range(GIFTS)]
    assert Donation.objects.count() == GIFTS + 1


def test_who_leaves_early_leaves_nothing_running(committed_db: None, long: Readers) -> None:
    give()
    stream = making.pieces(of=selection(), form=Format.CSV)
    next(stream)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert connections_at_work() == 0
    assert rows_of(making.pieces(of=selection(), form=Format.CSV))


def test_what_goes_wrong_in_the_second_half_is_told(
    committed_db: None, long: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give()
    line = Asked.line
    broken = "COPY (SELECT 1 / 0) TO STDOUT WITH (FORMAT csv)"
    monkeypatch.setattr(Asked, "line", lambda asked: line(dataclasses.replace(asked, copy=broken)))
    with pytest.raises(sharing.HalfLost, match="division by zero"):
        rows_of(making.pieces(of=selection(), form=Format.CSV))
    assert connections_at_work() == 0


def test_a_program_that_cannot_start_is_told(
    committed_db: None, long: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    give()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(sharing.HalfLost):
        rows_of(making.pieces(of=selection(), form=Format.CSV))
    assert connections_at_work() == 0


def test_a_half_that_nobody_wants_any_more_ends_by_itself(committed_db: None) -> None:
    """Whoever asked may have been killed: then the program's input ends, in the middle of what it reads."""
    raw = connection.copy()
    raw.connect()
    info = raw.connection.info
    where = json.dumps({**info.get_parameters(), "password": info.password})
    raw.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    snapshot = raw.connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
    for_ever = "COPY (SELECT pg_sleep(600)) TO STDOUT WITH (FORMAT csv)"
    with (
        tempfile.TemporaryFile() as kept,
        programs.start(second_half.__name__, str(kept.fileno()), files=[kept.fileno()]) as child,
    ):
        told, words = child.communicate(Asked(where, snapshot, "UTC", for_ever, None).line())
    raw.connection.execute("ROLLBACK")
    raw.close()
    assert told == b""
    assert b"canceling statement" in words
    assert child.returncode != 0
    assert connections_at_work() == 0


def test_a_half_that_nobody_wanted_before_it_began_ends_too(committed_db: None) -> None:
    connection.ensure_connection()
    info = connection.connection.info
    is_over = threading.Event()
    with psycopg.connect(**info.get_parameters(), password=info.password) as raw:
        ending = threading.Thread(target=second_half._end, args=(io.BytesIO(b""), raw, is_over))
        ending.start()
        is_over.wait()
        with pytest.raises(psycopg.errors.QueryCanceled):
            raw.execute("SELECT pg_sleep(600)")
    ending.join()
    assert connections_at_work() == 0


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (None, b'1,Kim\n2,"a,b"\n'),
        (
            (Kind.WHOLE, Kind.TEXT),
            b'<row><c><v>1</v></c><c t="inlineStr"><is><t xml:space="preserve">Kim</t></is></c></row>'
            b'<row><c><v>2</v></c><c t="inlineStr"><is><t xml:space="preserve">a,b</t></is></c></row>',
        ),
    ],
)
def test_a_half_stands_in_its_file_as_it_was_told(
    committed_db: None, kinds: tuple[Kind, ...] | None, told: bytes
) -> None:
    form = copying.CSV if kinds is None else filling_rows.FORM
    copy = f"COPY (VALUES (1, 'Kim'), (2, 'a,b')) TO STDOUT WITH ({form})"
    asked = Asked("{}", "", "UTC", copy, kinds)
    assert Asked.read(asked.line()) == asked
    kept, telling = io.BytesIO(), io.BytesIO()
    connection.ensure_connection()
    second_half.write(connection.connection, asked, kept=kept, telling=telling, is_over=threading.Event())
    [line] = telling.getvalue().splitlines()
    one = Told.read(line)
    assert (one.size, one.rows) == (len(kept.getvalue()), 2)
    content = kept.getvalue()
    if kinds is not None:
        assert (one.plain, one.crc) == (len(told), zlib.crc32(told))
        content = zlib.decompressobj(-15).decompress(content)
    assert content == told


def test_a_transaction_that_wrote_is_read_by_itself(db: None, long: Readers) -> None:
    give()  # not committed: another connection would not see it
    assert not sharing.is_possible()
    assert len(rows_of(making.pieces(of=selection(), form=Format.CSV))) == GIFTS
    assert long.taken() == (2, 0)


def test_a_list_is_cut_only_where_it_is_long_and_shared_only_where_it_is_most(
    db: None, long: Readers
) -> None:
    give()
    few = Filters(given_to=NOON.date())
    with transaction.atomic():
        assert selecting.cuts(of=selection(few)) is None
        found = selecting.cuts(of=selection())
    assert found is not None
    assert found.is_most
    assert (found.early, found.middle) == (NOON, NOON + timedelta(hours=GIFTS // 2 - 1))
    windows, params = selecting.windows(of=selection(), at=[found.early, found.middle])
    assert [window.is_long for window in windows] == [False, True, True]
    assert [window.sql for window in windows] == [
        "d.given_at < %(cut0)s",
        "d.given_at >= %(cut0)s AND d.given_at < %(cut1)s",
        "d.given_at >= %(cut1)s",
    ]
    assert params == {"cut0": found.early, "cut1": found.middle}
