"""The law of promises can be broken, and then it says so."""

from __future__ import annotations

from datetime import date

import pytest

from donations import giving_up, keeping_pledges
from donations.models import Donation, Pledge
from ledger.money import Money
from tests import facts
from tests.donations.test_pledging import NOW, given, keep, promised, second
from tests.reports.breaking import broken, sql

pytestmark = pytest.mark.django_db


def booked() -> Pledge:
    """A promise the books know, kept in part."""
    made = promised(
        amount=Money(1_000, "USD"), parts=[(date(2026, 2, 1), Money(1_000, "USD"))], is_booked=True
    )
    keep(made, given(400))
    return made


def test_what_the_deeds_write_breaks_nothing() -> None:
    pledge = booked()
    assert broken("I70") == []
    asked = giving_up.ask(pledge_id=pledge.pk, reason="They moved", actor=facts.staff_member(), now=NOW)
    giving_up.decide(request_id=asked.pk, is_agreed=True, actor=second(), now=NOW)
    assert broken("I70") == []


def test_i70_a_promise_called_kept_that_is_not(unguarded: None) -> None:
    pledge = booked()
    sql("UPDATE donations_pledge SET status = 'fulfilled', ended_at = now()")
    rows = broken("I70")
    assert f"pledge {pledge.pk} is fulfilled, 400 of 1000 was given" in rows
    assert f"pledge {pledge.pk} is owed 600 in the books, 0 is to come" in rows


def test_i70_a_gift_that_keeps_more_than_it_is(unguarded: None) -> None:
    booked()
    sql("UPDATE donations_pledgepayment SET amount_minor = 500")
    assert any("keeps 500 of promises, it is 400" in row for row in broken("I70"))


def test_i70_a_promise_that_was_given_up_without_saying_what(unguarded: None) -> None:
    pledge = booked()
    sql("UPDATE donations_pledge SET status = 'written_off', ended_at = now()")
    rows = broken("I70")
    assert f"pledge {pledge.pk} is written_off, 400 was given and 0 given up of 1000" in rows


def test_i70_parts_that_are_not_the_promise_and_hold_more_than_they_are(unguarded: None) -> None:
    pledge = booked()
    sql("UPDATE donations_instalment SET amount_minor = 300")
    rows = broken("I70")
    assert f"part 1 of pledge {pledge.pk} is 300, 400 was given" in rows
    assert f"pledge {pledge.pk} is 1000, its parts are 300" in rows


def test_i70_a_gift_that_went_back_and_still_keeps_a_promise(unguarded: None) -> None:
    booked()
    gift = Donation.objects.get()
    facts.refund(gift, 100)
    sql("UPDATE donations_refund SET recorded_at = now() - interval '2 days'")
    assert f"gift {gift.pk} keeps 400 of promises, 300 of it stayed" in broken("I70")
    keeping_pledges.follow_refunds(now=NOW)
    assert broken("I70") == []


def test_i70_a_gift_in_another_currency(unguarded: None) -> None:
    booked()
    sql("UPDATE donations_pledge SET currency = 'KRW'")
    assert any("of another body or currency" in row for row in broken("I70"))
