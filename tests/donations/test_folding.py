"""Deltas become sums: beside gifts that go on arriving, by one at a time, wholly or not at all."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from donations import folding, rebuilding, recording, tasks
from donations.models import Donation
from ledger import balances
from ledger import folding as book_folding
from ledger.money import Money
from tests import facts, threads
from tests.facts import NOW
from tests.reports.breaking import broken

LAWS = ("I40", "I41", "I42", "I43", "I44")
DELTAS = "SELECT (SELECT count(*) FROM donations_giftdelta) + (SELECT count(*) FROM ledger_linedelta)"


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def filling(room: str) -> str:
    """What the migration of a room's rollups does with the facts that were there before it."""
    places = importlib.import_module(f"{room}.migrations").__path__
    (path,) = Path(places[0]).glob("*_rollups.py")
    return str(importlib.import_module(f"{room}.migrations.{path.stem}").FILL)


def unlawful() -> list[str]:
    return [row for code in LAWS for row in broken(code)]


def this_year() -> list[tuple[int, int]]:
    """Gifts of this year and what stayed of them, by currency."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(gifts)::bigint, sum(given_minor - back_minor)::bigint"
            f" FROM ({folding.MONTHS}) m WHERE month >= %s GROUP BY currency ORDER BY currency",
            [date(NOW.year, 1, 1)],
        )
        return list(cursor.fetchall())


def test_a_gift_counts_at_once_and_the_same_after_the_fold(db: None) -> None:
    gift = facts.donation()
    assert this_year() == [(1, 10_000)]
    facts.refund(gift, 2_500)
    assert this_year() == [(1, 7_500)]
    waiting = one(DELTAS)
    assert waiting > 0
    assert folding.fold_all() == waiting
    assert one(DELTAS) == 0
    assert this_year() == [(1, 7_500)]
    assert balances.received(segments=["family"]) == {"family": [Money(7_500, "USD")]}
    assert folding.fold_all() == 0
    assert unlawful() == []


def test_a_fold_takes_parts(db: None) -> None:
    for _ in range(3):
        facts.donation()
    assert folding.fold_gifts(most=2) == 2
    assert (this_year(), unlawful()) == ([(3, 30_000)], [])
    assert folding.fold_gifts(most=2) == 1
    assert book_folding.fold(most=5) == 5
    assert unlawful() == []


def test_a_fold_that_is_taken_back_loses_nothing(db: None) -> None:
    facts.donation()
    before = one(DELTAS)
    with transaction.atomic():
        folding.fold_gifts()
        assert one(DELTAS) < before
        transaction.set_rollback(True)
    assert one(DELTAS) == before
    assert (this_year(), unlawful()) == ([(1, 10_000)], [])


def test_a_second_delivery_of_one_fact_is_not_counted_again(db: None) -> None:
    given = facts.received()
    for _ in range(2):
        recording.record(received=given, now=NOW)
    gift = Donation.objects.get()
    fact = facts.refund(gift, 10_000)
    facts.returned(fact)
    facts.returned(fact)
    assert (this_year(), unlawful()) == ([(1, 10_000)], [])


def test_the_application_folds_and_rebuilds_with_its_own_rights(
    as_application: Callable[[], None],
) -> None:
    """The sums are no facts: whoever may add a fact may count it. Only adding them up wrongly would be a harm, and
    that the self-check names."""
    facts.campaign()
    facts.donor()
    as_application()
    facts.refund(facts.donation(), 100)
    folding.fold_all()
    rebuilding.rebuild()
    assert unlawful() == []
    assert one("SELECT count(*) FROM donations_giveryear") > 0


def test_what_was_there_before_the_rollups_is_counted_by_their_migrations(db: None) -> None:
    facts.refund(facts.donation(), 2_500)
    facts.dispute(facts.donation(), "lost")
    tables = "giftdelta giftback giftday giftmonth giftsize giveryear givercohort"
    gifts, books = filling("donations"), filling("ledger")
    with connection.cursor() as cursor:
        for table in [
            *(f"donations_{name}" for name in tables.split()),
            "ledger_linedelta",
            "ledger_linemonth",
        ]:
            cursor.execute(f"DELETE FROM {table}")
        assert this_year() == []
        cursor.execute(books)
        cursor.execute(gifts)
    assert (this_year(), unlawful()) == ([(2, 7_500)], [])
    folding.fold_all()
    assert (this_year(), unlawful()) == ([(2, 7_500)], [])


def test_codes_that_were_there_before_are_counted_by_their_migration(db: None) -> None:
    facts.refund(facts.donation(source="spring"), 2_500)
    facts.donation(source="card")
    folding.fold_all()
    path = importlib.import_module("donations.migrations.0019_sums_by_code")
    with connection.cursor() as cursor:
        for table in ("giftsource", "giversource", "sourcecohort"):
            cursor.execute(f"DELETE FROM donations_{table}")
        assert [row for row in broken("I43") if "spring" in row]
        cursor.execute(path.FILL)
    assert unlawful() == []
    folding.fold_all()
    assert unlawful() == []


def test_the_timetable_folds_and_the_command_rebuilds(db: None) -> None:
    facts.donation()
    tasks.fold()
    assert one(DELTAS) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE donations_giftday SET gifts = 7")
    assert unlawful()
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert out.getvalue().startswith("rebuilt in ")
    assert unlawful() == []


@pytest.mark.parametrize("table", ["donations_giveryear", "donations_giversource"])
@pytest.mark.parametrize("wrong", [
    "DELETE FROM {table}",
    "UPDATE {table} SET year = year - 1",
    "INSERT INTO {table} SELECT (jsonb_populate_record(r, '{{\"donor_id\": \"{nobody}\"}}')).* FROM {table} r",
])  # fmt: skip
def test_rows_of_givers_that_are_missing_wrong_or_too_many_are_put_right(
    db: None, table: str, wrong: str
) -> None:
    facts.donation(source="spring")
    folding.fold_all()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} r ORDER BY r")
        right = cursor.fetchall()
        cursor.execute(wrong.format(table=table, nobody=facts.fresh_id()))
        assert cursor.rowcount == len(right) > 0
        rebuilding.rebuild()
        cursor.execute(f"SELECT * FROM {table} r ORDER BY r")
        assert cursor.fetchall() == right


@pytest.mark.parametrize(("many", "rebuilt"), [(10, 0), (1, 1)])
def test_many_deltas_are_not_folded_but_everything_is_counted_anew(
    db: None, monkeypatch: pytest.MonkeyPatch, many: int, rebuilt: int
) -> None:
    calls: list[int] = []
    rebuild = rebuilding.rebuild

    def noted() -> None:
        calls.append(1)
        rebuild()

    monkeypatch.setattr(rebuilding, "MANY", many)
    monkeypatch.setattr(rebuilding, "rebuild", noted)
    for _ in range(3):
        facts.donation()
    assert rebuilding.keep_up() == min(3, many + 1)
    told = (len(calls), one(DELTAS), this_year(), unlawful())
    assert told == (rebuilt, 0, [(3, 30_000)], [])


@pytest.mark.usefixtures("committed_db")
def test_one_folds_at_a_time_and_nobody_waits_for_it() -> None:
    facts.donation()
    before = one(DELTAS)
    with transaction.atomic():
        assert book_folding.is_mine()
        (outcome,) = threads.at_once([folding.fold_all])
        assert outcome == 0
        (gift,) = threads.results(threads.at_once([facts.donation]))
        assert gift.pk
    assert one(DELTAS) > before
    assert folding.fold_all() == 2 * before
    assert unlawful() == []


@pytest.mark.usefixtures("committed_db")
def test_nothing_is_lost_or_counted_twice_while_gifts_arrive_and_others_fold_and_rebuild() -> None:
    facts.campaign()
    givers = [facts.donor(f"Giver {place}", f"giver{place}@example.org") for place in range(3)]

    def give(place: int) -> int:
        for turn in range(4):
            gift = facts.donation(donor_id=givers[(place + turn) % 3].pk)
            if turn % 2:
                facts.refund(gift, 2_500)
        return 4

    def fold() -> int:
        return sum(folding.fold_gifts(most=2) + book_folding.fold(most=3) for _ in range(12))

    def rebuild() -> int:
        for _ in range(3):
            rebuilding.rebuild()
        return 0

    threads.results(threads.at_once([lambda: give(0), lambda: give(1), lambda: give(2), fold, fold, rebuild]))
    assert (this_year(), unlawful()) == ([(12, 105_000)], [])
    folding.fold_all()
    assert one(DELTAS) == 0
    assert (this_year(), unlawful()) == ([(12, 105_000)], [])


@pytest.mark.usefixtures("committed_db")
def test_two_refunds_of_one_gift_in_the_same_second_are_both_counted() -> None:
    gift = facts.donation()
    threads.results(threads.at_once([lambda: facts.refund(gift, 4_000), lambda: facts.refund(gift, 6_000)]))
    assert this_year() == [(1, 0)]
    assert unlawful() == []
