"""Receipts after money moved: turns that are short, shared by all who are free, and nobody stops the others."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from donations import taking_turns
from donations.models import Donation
from jobs import ringing
from receipts import correcting, drafting, following_up, issuing, marking, numbering, tasks
from receipts.models import Coverage, Receipt, Rendering, Series
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW

WEEK = timedelta(days=7)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[object, ...], int]]:
    """Each bell: its task, its arguments and how many receipts had their number then."""
    heard: list[tuple[str, tuple[object, ...], int]] = []

    def ring(*names: str, first: tuple[object, ...] = (), within: float | None = None) -> None:
        assert within == following_up.HEARD
        heard.append((names[0], first, Receipt.objects.count()))

    monkeypatch.setattr(ringing, "ring", ring)
    return heard


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn of two gifts."""
    monkeypatch.setattr(issuing, "BATCH", 2)
    monkeypatch.setattr(issuing, "LEAST", 1)


def given(count: int) -> list[Donation]:
    """Gifts, a minute apart."""
    return [facts.donation(given_at=NOW - timedelta(minutes=count - place)) for place in range(count)]


def test_a_turn_rings_for_the_next_one_before_it_begins(
    db: None, rung: list[tuple[str, tuple[object, ...], int]], small: None
) -> None:
    gifts = given(5)
    following_up.follow_up(since=NOW - WEEK, now=NOW)
    assert rung == [(following_up.TASK, (following_up.microseconds(gifts[2].given_at),), 0)]
    # What it numbered it drew, and the next turn goes on where this one ended.
    assert set(Rendering.objects.values_list("receipt__lines__donation", flat=True)) == {
        gifts[0].pk,
        gifts[1].pk,
    }
    following_up.follow_up(since=NOW - WEEK, now=NOW, given_from=gifts[2].given_at)
    # Of three that are left it took half.
    assert rung[1:] == [(following_up.TASK, (following_up.microseconds(gifts[3].given_at),), 2)]
    assert Rendering.objects.count() == 3
    following_up.follow_up(since=NOW - WEEK, now=NOW, given_from=gifts[3].given_at)
    following_up.follow_up(since=NOW - WEEK, now=NOW, given_from=gifts[4].given_at)
    assert (Receipt.objects.count(), Rendering.objects.count()) == (5, 5)
    assert [name for name, _, _ in rung[2:]] == [following_up.TASK]


def test_the_bell_brings_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(following_up, "follow_up", lambda **told: asked.append(told["given_from"]))
    tasks.follow_up()
    odd = NOW.replace(microsecond=123_457).astimezone(ZoneInfo("Asia/Seoul"))
    tasks.follow_up(following_up.microseconds(odd))
    assert asked == [None, odd]


def test_gifts_that_fail_do_not_stop_those_after_them(
    db: None,
    rung: list[tuple[str, tuple[object, ...], int]],
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gifts = given(6)
    fails_for(monkeypatch, gifts[:3])
    assert issuing.issue_due(now=NOW) == 3
    assert set(Coverage.objects.values_list("donation_id", flat=True)) == {gift.pk for gift in gifts[3:]}
    assert issuing.due(since=None, now=NOW) == [gift.pk for gift in gifts[:3]]


def test_gifts_of_one_moment_that_all_fail_are_not_tried_for_ever(
    db: None,
    rung: list[tuple[str, tuple[object, ...], int]],
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gifts = [facts.donation(given_at=NOW) for _ in range(6)]
    fails_for(monkeypatch, gifts)
    assert issuing.issue_due(now=NOW) == 0
    assert issuing.issue_turn(now=NOW, given_from=NOW) == (0, None)


def test_gifts_of_one_moment_are_all_decided(
    db: None, rung: list[tuple[str, tuple[object, ...], int]], small: None
) -> None:
    for _ in range(6):
        facts.donation(given_at=NOW)
    following_up.follow_up(since=NOW - WEEK, now=NOW, given_from=NOW)
    # Only once it knows that the next turn will not be the same again.
    assert rung == [(following_up.TASK, (following_up.microseconds(NOW),), 2)]
    assert issuing.issue_due(now=NOW) == 4


def test_where_numbers_are_lost_nobody_rings_to_find_it_out_again(
    db: None, rung: list[tuple[str, tuple[object, ...], int]], small: None, caplog: pytest.LogCaptureFixture
) -> None:
    given(5)
    line = marking.Line(number=7, hash="a" * 64)
    marking.set_marks(entity_code=making.entity().code, tax_year=2026, lines=[line])
    following_up.follow_up(since=NOW - WEEK, now=NOW)
    assert "number 7 is on paper, the database ends at 0" in caplog.text
    assert (rung, Receipt.objects.count()) == ([], 0)


def fails_for(monkeypatch: pytest.MonkeyPatch, gifts: list[Donation]) -> None:
    """Make what numbers receipts fail where one of these gifts is among them."""
    real, bad = drafting.draft_gathered, {gift.pk for gift in gifts}

    def draft(*, asks: Any, **told: Any) -> Any:
        if bad & {donation_id for ask in asks for donation_id in ask.donation_ids}:
            raise RuntimeError("no paper")
        return real(asks=asks, **told)

    monkeypatch.setattr(drafting, "draft_gathered", draft)


def test_two_at_once_take_gifts_of_their_own(
    committed_db: None,
    now: datetime,
    rung: list[tuple[str, tuple[object, ...], int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither waits for the other's gifts: both hold theirs before either takes its numbers."""
    monkeypatch.setattr(issuing, "LEAST", 2)
    for _ in range(5):
        facts.donation()
    both, real, taken = threading.Barrier(2, timeout=20), issuing.decide_together, []

    def together(*, donation_ids: Any, now: datetime) -> list[Receipt]:
        taken.append(set(donation_ids))
        both.wait()
        return real(donation_ids=donation_ids, now=now)

    monkeypatch.setattr(issuing, "decide_together", together)
    deed = lambda: following_up.follow_up(since=now - WEEK, now=now)  # noqa: E731
    threads.results(threads.at_once([deed, deed]))
    assert sorted(len(some) for some in taken) == [2, 2]
    assert not taken[0] & taken[1]
    assert Coverage.objects.count() == 4
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert Series.objects.get().next_number == 5
    found = Receipt.objects.order_by("number")
    assert found[0].previous_hash == numbering.GENESIS
    assert [one.previous_hash for one in found[1:]] == [one.hash for one in found[:3]]


def test_what_somebody_decided_meanwhile_is_left_as_it_is(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look found them waiting; when they were ours, they had a receipt."""
    gifts = given(2)
    monkeypatch.setattr(issuing, "_due", lambda **_: [(gift.given_at, gift.pk) for gift in gifts])
    assert issuing.decide(donation_id=gifts[0].pk, now=NOW)
    assert issuing.issue_turn(now=NOW).issued == 1
    assert Receipt.objects.count() == 2


def test_free_gifts_are_taken_without_waiting(committed_db: None) -> None:
    gifts = [facts.donation().pk for _ in range(4)]
    held = threading.Event()
    done = threading.Event()

    def hold() -> list[Any]:
        with transaction.atomic():
            taking_turns.take(gifts[:2])
            held.set()
            assert done.wait(20)
        return []

    def take() -> list[Any]:
        try:
            assert held.wait(20)
            with transaction.atomic():
                return taking_turns.take_free(gifts, most=1) + taking_turns.take_free([], most=5)
        finally:
            done.set()

    assert threads.results(threads.at_once([hold, take])) == [[], [gifts[2]]]
    with transaction.atomic():
        assert taking_turns.take_free(gifts, most=3) == gifts[:3]
        # No more are held than were taken.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            assert cursor.fetchone() == (3,)


def test_only_one_corrects_at_a_time(
    committed_db: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_asked, correctors = threading.Barrier(2, timeout=20), []

    def correct(**_: object) -> None:
        correctors.append(threading.get_ident())
        both_asked.wait()

    monkeypatch.setattr(correcting, "correct_due", correct)

    def follow() -> None:
        following_up.follow_up(since=now - WEEK, now=now)
        if threading.get_ident() not in correctors:
            both_asked.wait()

    threads.results(threads.at_once([follow, follow]))
    assert len(correctors) == 1


def test_trouble_lets_the_next_one_in(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("no paper")

    with monkeypatch.context() as broken:
        broken.setattr(correcting, "correct_due", fail)
        with pytest.raises(RuntimeError):
            following_up.follow_up(since=now, now=now)
    corrected: list[object] = []
    monkeypatch.setattr(correcting, "correct_due", lambda **told: corrected.append(told))
    following_up.follow_up(since=now, now=now)
    assert corrected == [{"now": now}]
