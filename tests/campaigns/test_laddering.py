"""What a giving page may ask for, and that a change of it is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from campaigns import laddering
from campaigns.laddering import CurrencyAsk, Ladder, PageAsk
from campaigns.models import CampaignText, GivingPage, PresetAmount
from staff.models import AuditEvent
from tests import facts

ASK = PageAsk(
    has_fee_cover=False,
    offers={"USD": CurrencyAsk(5_00, Ladder((20_00, 50_00, 100_00), 50_00), Ladder((10_00, 20_00, 30_00)))},
    leads={"en": "Your gift opens a door."},
)


@pytest.fixture
def page(db: None) -> GivingPage:
    return facts.campaign().giving_page


def change(page: GivingPage, wanted: PageAsk, now: datetime) -> bool:
    return laddering.change(page_id=page.pk, wanted=wanted, actor=facts.staff_member(), now=now)


def test_a_page_asks_for_what_was_saved_and_the_trail_tells_both(page: GivingPage, now: datetime) -> None:
    before = laddering.asked(page=page)
    assert change(page, ASK, now)
    page.refresh_from_db()
    assert laddering.asked(page=page) == ASK
    assert PresetAmount.objects.filter(is_default=True).count() == 1
    assert CampaignText.objects.get(language="en").lead == "Your gift opens a door."
    event = AuditEvent.objects.get()
    assert (event.action, event.target) == ("giving_page.changed", f"giving_page:{page.pk}")
    assert event.details["before"]["has_fee_cover"] is before.has_fee_cover
    assert event.details["after"]["offers"]["USD"]["once"]["default"] == 50_00


def test_saved_again_nothing_changes_and_nothing_is_written_down(page: GivingPage, now: datetime) -> None:
    assert change(page, ASK, now)
    assert not change(page, ASK, now)
    assert AuditEvent.objects.count() == 1


def with_once(ladder: Ladder, minimum: int = 5_00) -> PageAsk:
    offer = CurrencyAsk(minimum, ladder, ASK.offers["USD"].monthly)
    return replace(ASK, offers={"USD": offer})


@pytest.mark.parametrize(
    ("wanted", "where", "code"),
    [
        (with_once(Ladder((20_00, 50_00))), "USD_once", "count"),
        (with_once(Ladder(tuple(range(10_00, 80_00, 10_00)))), "USD_once", "count"),
        (with_once(Ladder((20_00, 20_00, 50_00))), "USD_once", "count"),
        (with_once(Ladder((20_00, 50_00, 99_99))), "USD_once", "round"),
        (with_once(Ladder((4_00, 50_00, 60_00))), "USD_once", "small"),
        (with_once(Ladder((20_00, 50_00, 1_000_000_00))), "USD_once", "small"),
        (with_once(Ladder((20_00, 50_00, 60_00), 30_00)), "USD_once_default", "unlisted"),
        (with_once(Ladder((20_00, 50_00, 60_00), 60_00)), "USD_once_default", "high"),
        (with_once(Ladder((20_00, 30_00, 50_00, 60_00), 50_00)), "USD_once_default", "high"),
        (with_once(Ladder((20_00, 50_00, 60_00)), minimum=0), "USD_minimum", "minimum"),
        (replace(ASK, leads={"en": " "}), "lead_en", "lead"),
        (replace(ASK, leads={"en": "x" * 161}), "lead_en", "lead"),
        (replace(ASK, leads={"en": "Yes", "ko": "예"}), "page", "changed"),
        (replace(ASK, offers={**ASK.offers, "EUR": ASK.offers["USD"]}), "page", "changed"),
    ],
)
def test_what_a_page_may_not_ask_is_refused_at_its_field(
    page: GivingPage, now: datetime, wanted: PageAsk, where: str, code: str
) -> None:
    before: Any = laddering.asked(page=page)
    with pytest.raises(laddering.UnableToLadder) as refused:
        change(page, wanted, now)
    assert (refused.value.where, refused.value.code) == (where, code)
    assert laddering.asked(page=page) == before
    assert not AuditEvent.objects.exists()
