"""Several people release the same money in the same moment: what is there is released, and no cent more."""

from __future__ import annotations

from functools import partial

from books import measuring, releasing
from books.models import Release
from books.releasing import UnableToRelease
from tests import facts, threads
from tests.books.holding import PAPER, center, given, usd, wanted
from tests.facts import NOW


def test_three_of_2000_out_of_5000_are_two(committed_db: None) -> None:
    given(500_000)
    actor, fund = facts.staff_member(), center()
    asked = [wanted(200_000) for _ in range(3)]
    outcomes = threads.at_once(
        [partial(releasing.release, wanted=one, paper=PAPER, actor=actor, now=NOW) for one in asked]
    )
    refused = [one for one in outcomes if isinstance(one, UnableToRelease)]
    assert [(one.code, one.left) for one in refused] == [("above", usd(100_000))]
    assert Release.objects.count() == 2
    assert measuring.restricted(fund_id=fund.pk, currency="USD") == usd(100_000)


def test_one_form_sent_three_times_at_once_is_one_release(committed_db: None) -> None:
    given(500_000)
    actor, asked = facts.staff_member(), wanted(200_000)
    made = threads.results(
        threads.at_once(
            [partial(releasing.release, wanted=asked, paper=PAPER, actor=actor, now=NOW) for _ in range(3)]
        )
    )
    assert {one.pk for one in made} == {asked.id}
    assert Release.objects.count() == 1
