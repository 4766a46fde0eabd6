"""The day of a gift: which event counts, in which zone, and when a person has to say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from donations import dating
from donations.dating import Basis

NEW_YORK = "America/New_York"
DEC_31, JAN_2, JAN_3 = date(2025, 12, 31), date(2026, 1, 2), date(2026, 1, 3)


@pytest.mark.parametrize(
    ("method", "events", "on", "basis"),
    [
        ("check", {Basis.WRITTEN: DEC_31, Basis.POSTMARK: DEC_31, Basis.RECEIVED: JAN_3}, DEC_31, Basis.POSTMARK),
        ("check", {Basis.WRITTEN: DEC_31, Basis.POSTMARK: JAN_2}, JAN_2, Basis.POSTMARK),
        ("check", {Basis.WRITTEN: DEC_31, Basis.HAND: JAN_3}, JAN_3, Basis.HAND),
        ("check", {Basis.RECEIVED: JAN_3}, JAN_3, Basis.RECEIVED),
        # 00:10 on New Year's Day in New York, and two minutes before midnight
        ("card", {Basis.CHARGE: datetime(2026, 1, 1, 5, 10, tzinfo=UTC)}, date(2026, 1, 1), Basis.CHARGE),
        ("card", {Basis.CHARGE: datetime(2026, 1, 1, 4, 58, tzinfo=UTC)}, DEC_31, Basis.CHARGE),
        ("bank_debit", {Basis.SENT: DEC_31, Basis.SETTLEMENT: JAN_3}, JAN_3, Basis.SETTLEMENT),
        ("text", {Basis.SENT: datetime(2025, 12, 31, 23, 0, tzinfo=UTC)}, DEC_31, Basis.SENT),
        ("stock", {Basis.TRANSFER: DEC_31, Basis.RECEIVED: date(2025, 12, 1)}, DEC_31, Basis.TRANSFER),
    ],
)  # fmt: skip
def test_US_12_the_event_that_counts_gives_the_day(
    method: str, events: dict[Basis, date | datetime], on: date, basis: Basis
) -> None:
    assert dating.given(method=method, events=events, zone=NEW_YORK) == dating.Dated(on, basis, "org_zone")


HONOLULU_EVE = datetime(2026, 1, 1, 9, 59, tzinfo=UTC)


def test_the_rule_that_made_an_instant_a_day_is_kept() -> None:
    """C1: 23:59 on 31 December in Honolulu is 04:59 on New Year's Day in New York. C2: 08:00 in Seoul."""
    charged: dict[Basis, date | datetime] = {Basis.CHARGE: HONOLULU_EVE}
    own = dating.given(method="card", events=charged, zone="America/New_York")
    assert own == dating.Dated(date(2026, 1, 1), Basis.CHARGE, "org_zone")
    late = dating.given(method="card", events=charged, zone="America/New_York", rule="latest_us_zone")
    assert late == dating.Dated(date(2025, 12, 31), Basis.CHARGE, "latest_us_zone")
    seoul: dict[Basis, date | datetime] = {Basis.CHARGE: datetime(2025, 12, 31, 23, 0, tzinfo=UTC)}
    assert dating.given(method="card", events=seoul, zone="America/New_York").on == date(2025, 12, 31)


def test_a_gift_without_a_basis_goes_to_a_person() -> None:
    with pytest.raises(dating.NoBasis, match="check: none of"):
        dating.given(method="check", events={Basis.WRITTEN: date(2025, 12, 31)}, zone="UTC")
    with pytest.raises(ValueError, match="unknown rule"):
        dating.given(method="check", events={}, zone="UTC", rule="mine")
    with pytest.raises(ValueError, match="unknown method"):
        dating.given(method="pigeon", events={}, zone="UTC")
    with pytest.raises(ValueError, match="needs a zone"):
        dating.given(method="card", events={Basis.CHARGE: HONOLULU_EVE.replace(tzinfo=None)}, zone="UTC")


@pytest.mark.parametrize(
    ("on", "asks"),
    [
        (date(2025, 12, 19), False),
        (date(2025, 12, 20), True),
        (date(2026, 1, 15), True),
        (date(2026, 1, 16), False),
    ],
)
def test_the_basis_is_asked_for_around_new_year(on: date, asks: bool) -> None:
    assert dating.asks_for_basis(on) is asks


def test_the_day_a_person_wrote_never_counts() -> None:
    assert all(Basis.WRITTEN not in bases for bases in dating.BASES.values())
