"""Receipts after money moved: one worker at a time, and none who dies keeps the others out."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from receipts import finishing, following_up, issuing
from tests import threads


def test_while_one_is_at_it_the_other_does_something_else(
    committed_db: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_asked, calls = threading.Barrier(2, timeout=20), []

    def issue(**given: object) -> int:
        calls.append(given)
        both_asked.wait()
        return 0

    monkeypatch.setattr(issuing, "issue_due", issue)
    monkeypatch.setattr(finishing, "finish_due", lambda **_: 0)

    def follow() -> bool:
        is_mine = following_up.follow_up(since=now - timedelta(days=7), now=now)
        if not is_mine:
            both_asked.wait()
        return is_mine

    done = threads.results(threads.at_once([follow, follow]))
    assert sorted(done) == [False, True]
    assert len(calls) == 1


def test_trouble_lets_the_next_one_in(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> int:
        raise RuntimeError("no paper")

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "issue_due", fail)
        with pytest.raises(RuntimeError):
            following_up.follow_up(since=now, now=now)
    assert following_up.follow_up(since=now, now=now)
