"""A long list is read by two connections of one snapshot: the same rows in the same order as by one."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from donations.models import Donation
from ledger.money import Money
from reports import filtering
from reports.files import copying, making, sharing
from reports.files.making import Format
from reports.filtering import Filters
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


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Forty rows are a long list, and every block of the table is looked at. The threads that read are noted."""
    monkeypatch.setattr(selecting, "LONG", GIFTS // 2)
    monkeypatch.setattr(selecting, "SAMPLED", 100)
    readers: list[str] = []
    read = copying.read

    def noted(raw: copying.Connection, **given: object) -> Iterator[copying.Block]:
        readers.append(f"{threading.current_thread().name} {raw.info.backend_pid}")
        yield from read(raw, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "read", noted)
    return readers


def connections_at_work() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("form", Format)
def test_two_hands_write_the_file_that_one_writes(committed_db: None, long: list[str], form: Format) -> None:
    give()
    shared = [piece for piece, _ in making.pieces(of=selection(), form=form)]
    assert len({reader.split()[-1] for reader in long}) == 2
    assert len([reader for reader in long if reader.startswith("second half")]) == 1
    long.clear()
    alone = [piece for piece, _ in making.pieces(of=selection(), form=form, may_keep=False)]
    assert len({reader.split()[-1] for reader in long}) == 1
    assert b"".join(shared) == b"".join(alone)
    assert connections_at_work() == 0


def test_both_halves_are_of_one_moment(committed_db: None, long: list[str]) -> None:
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


def test_who_leaves_early_leaves_nothing_running(committed_db: None, long: list[str]) -> None:
    give()
    stream = making.pieces(of=selection(), form=Format.CSV)
    next(stream)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert connections_at_work() == 0
    assert rows_of(making.pieces(of=selection(), form=Format.CSV))


def test_what_goes_wrong_in_the_second_half_is_told(
    committed_db: None, long: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give()
    noted = copying.read

    def broken(raw: copying.Connection, **given: object) -> Iterator[copying.Block]:
        if threading.current_thread().name.startswith("second half"):
            given["statement"] = "SELECT 1 / 0"
        yield from noted(raw, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "read", broken)
    with pytest.raises(psycopg.errors.DivisionByZero):
        rows_of(making.pieces(of=selection(), form=Format.CSV))
    assert connections_at_work() == 0


def test_a_transaction_that_wrote_is_read_by_itself(db: None, long: list[str]) -> None:
    give()  # not committed: another connection would not see it
    assert not sharing.is_possible()
    assert len(rows_of(making.pieces(of=selection(), form=Format.CSV))) == GIFTS
    assert len({reader.split()[-1] for reader in long}) == 1


def test_a_list_is_cut_only_where_it_is_long_and_shared_only_where_it_is_most(
    db: None, long: list[str]
) -> None:
    give()
    few = Filters(given_to=NOON.date())
    with transaction.atomic():
        assert selecting.cuts(of=selection(few)) is None
        found = selecting.cuts(of=selection())
    assert found is not None
    assert found.is_most
    assert (found.early, found.middle) == (NOON, NOON + timedelta(hours=GIFTS // 2 - 1))
    conditions, params = selecting.windows(of=selection(), at=[found.early, found.middle])
    assert conditions == [
        "d.given_at < %(cut0)s",
        "d.given_at >= %(cut0)s AND d.given_at < %(cut1)s",
        "d.given_at >= %(cut1)s",
    ]
    assert params == {"cut0": found.early, "cut1": found.middle}
