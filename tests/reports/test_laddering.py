"""F08: suggested amounts beside what was given in the last ninety days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from donations.models import Donation
from ledger.money import Money
from reports import laddering
from tests import facts


def usd(*whole: int) -> list[Money]:
    return [Money(amount * 100, "USD") for amount in whole]


def given(whole: int, *, at: datetime, cover: int = 0) -> Donation:
    """This function will record one gift made on the page."""
    total = whole * 100 + cover
    checkout = facts.checkout(amount_minor=total, cover_minor=cover)
    return facts.donation({facts.campaign().fund: total}, checkout=checkout, given_at=at)


@pytest.fixture
def page_id(db: None) -> int:
    return facts.campaign().giving_page.pk


def height(page_id: int, amounts: list[Money], now: datetime, **more: Any) -> laddering.Height:
    return laddering.height(page_id=page_id, amounts=amounts, is_recurring=False, now=now, **more)


def test_F08_nobody_gave_so_nothing_is_too_high(page_id: int, now: datetime) -> None:
    found = height(page_id, usd(100, 200, 300), now)
    assert (found.suggested, found.given, found.gifts, found.is_high) == (
        Money(20_000, "USD"),
        None,
        0,
        False,
    )


@pytest.mark.parametrize(
    ("amounts", "is_high"),
    [((50, 60, 70), False), ((50, 61, 70), True), ((20, 50, 70, 80), False), ((20, 60, 62, 80), True)],
)
def test_F08_above_one_and_a_fifth_of_the_middle_gift(
    page_id: int, now: datetime, amounts: tuple[int, ...], is_high: bool
) -> None:
    for whole in (20, 50, 500):
        given(whole, at=now - timedelta(days=3), cover=100)
    found = height(page_id, usd(*amounts), now)
    assert (found.given, found.gifts) == (Money(5_000, "USD"), 3)
    assert found.is_high is is_high


def test_F08_only_this_page_currency_frequency_and_ninety_days_count(page_id: int, now: datetime) -> None:
    given(10, at=now - timedelta(days=91))
    given(40, at=now - timedelta(days=89))
    assert height(page_id, usd(40, 45, 48), now).gifts == 1
    assert height(page_id, [Money(50_000, "KRW")], now).gifts == 0
    assert height(page_id + 1, usd(40), now).gifts == 0
    assert laddering.height(page_id=page_id, amounts=usd(40), is_recurring=True, now=now).gifts == 0
