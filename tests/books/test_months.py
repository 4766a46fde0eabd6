"""Month's end: a list that is counted and said, a close in turn, opened again by two people (B23, E10)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from books import checking_months, closing_months
from books.checking_months import CHECKS, Found, UnableToBegin, UnableToCheck
from books.closing_months import UnableToCloseMonth, UnableToReopenMonth
from books.models import CheckItem, MonthEnd, Reopening
from donations.models import Donation
from ledger import closing
from ledger.models import Entry, LegalEntity
from ledger.money import Money
from staff.models import AuditEvent, User
from tests import making
from tests.facts import staff_member

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TODAY = NOW.date()
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
COUNTED = [check.code for check in CHECKS if check.is_counted]
SAID = [check.code for check in CHECKS if not check.is_counted]

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> User:
    return staff_member("anna@example.org")


@pytest.fixture
def second() -> User:
    return staff_member("ben@example.org")


@pytest.fixture
def body() -> LegalEntity:
    """A body with a gift in January."""
    given(datetime(2026, 1, 20, 17, tzinfo=UTC))
    return making.entity()


def given(at: datetime) -> Donation:
    return making.donation(by=making.donor(now=at), amount=Money(700, "USD"), at=at)


def fine(_entity: LegalEntity, _month: date, _now: datetime) -> Mapping[str, Found]:
    return {code: Found(0) for code in COUNTED}


def but(code: str) -> closing_months.Look:
    def look(entity: LegalEntity, month: date, now: datetime) -> Mapping[str, Found]:
        return {**fine(entity, month, now), code: Found(2, "Two are left.")}

    return look


def begun(body: LegalEntity, actor: User, month: date = JANUARY) -> MonthEnd:
    return checking_months.begin(entity=body, month=month, today=TODAY, actor=actor, now=NOW)


def said(body: LegalEntity, actor: User, month: date = JANUARY) -> MonthEnd:
    """The list with everything ticked that cannot be counted."""
    taken = begun(body, actor, month)
    for code in SAID:
        checking_months.tick(month_end_id=taken.pk, code=code, actor=actor, now=NOW)
    return taken


def closed(body: LegalEntity, actor: User, month: date = JANUARY) -> MonthEnd:
    taken = said(body, actor, month)
    return closing_months.close(month_end_id=taken.pk, look=fine, actor=actor, now=NOW)


def test_months_follow_one_another_from_the_first_entry_on(body: LegalEntity, actor: User) -> None:
    assert checking_months.next_month(entity=body) == JANUARY
    closed(body, actor)
    assert checking_months.next_month(entity=body) == FEBRUARY
    closed(body, actor, FEBRUARY)
    assert closing.closed_through(entity_id=body.pk) == date(2026, 2, 28)


def test_a_body_without_entries_has_no_month_to_close(actor: User) -> None:
    empty = making.entity()
    assert checking_months.next_month(entity=empty) is None
    with pytest.raises(UnableToBegin) as refused:
        begun(empty, actor)
    assert (refused.value.code, refused.value.next_month) == ("order", None)


def test_a_list_is_begun_once_and_not_for_months_before_the_turn_or_ahead(
    body: LegalEntity, actor: User
) -> None:
    assert begun(body, actor) == begun(body, actor)
    assert MonthEnd.objects.count() == AuditEvent.objects.filter(action="month.begun").count() == 1
    with pytest.raises(UnableToBegin, match="not_over"):
        begun(body, actor, date(2026, 4, 1))
    closed(body, actor)
    with pytest.raises(UnableToBegin) as refused:
        begun(body, actor, date(2025, 12, 1))
    assert (refused.value.code, refused.value.next_month) == ("order", FEBRUARY)


def test_the_list_says_what_is_found_now_and_who_said_what(body: LegalEntity, actor: User) -> None:
    taken = begun(body, actor)
    checking_months.tick(month_end_id=taken.pk, code="disputes", actor=actor, now=NOW)
    checking_months.waive(
        month_end_id=taken.pk,
        code="batches",
        reason="It comes\n next week",
        found=Found(2, "Two."),
        actor=actor,
        now=NOW,
    )
    lines = {
        line.check.code: line
        for line in checking_months.lines(month_end=taken, found=but("batches")(body, JANUARY, NOW))
    }
    assert lines["laws"].is_done
    assert (lines["disputes"].is_done, lines["disputes"].is_waived) == (True, False)
    assert (lines["batches"].is_done, lines["batches"].is_waived) == (True, True)
    kept = lines["batches"].said
    assert kept is not None
    assert (kept.reason, kept.found) == ("It comes next week", {"count": 2, "words": "Two."})
    assert not lines["reports_read"].is_done
    checking_months.take_back(month_end_id=taken.pk, code="batches", actor=actor, now=NOW)
    again = {line.check.code: line for line in checking_months.lines(month_end=taken, found={})}
    assert not again["batches"].is_done
    assert CheckItem.objects.filter(code="batches").count() == 2


@pytest.mark.parametrize(("code", "refusal"), [("laws", "counted"), ("nothing", "unknown")])
def test_nobody_ticks_what_is_counted(body: LegalEntity, actor: User, code: str, refusal: str) -> None:
    taken = begun(body, actor)
    with pytest.raises(UnableToCheck, match=refusal):
        checking_months.tick(month_end_id=taken.pk, code=code, actor=actor, now=NOW)
    assert not CheckItem.objects.exists()


@pytest.mark.parametrize(
    ("code", "reason", "refusal"),
    [
        ("payouts", " ", "stays"),
        ("batches", " ", "reason"),
        ("batches", "Kim 900101-1234567", "resident_number"),
    ],
)
def test_what_must_be_mended_is_not_left_aside_nor_anything_without_a_reason(
    body: LegalEntity, actor: User, code: str, reason: str, refusal: str
) -> None:
    taken = begun(body, actor)
    with pytest.raises(UnableToCheck, match=refusal):
        checking_months.waive(
            month_end_id=taken.pk, code=code, reason=reason, found=None, actor=actor, now=NOW
        )
    assert not CheckItem.objects.exists()


def test_nothing_is_said_about_a_closed_month_or_one_that_is_not_there(
    body: LegalEntity, actor: User
) -> None:
    taken = closed(body, actor)
    for pk, refusal in ((taken.pk, "closed"), (uuid.uuid4(), "unknown")):
        with pytest.raises(UnableToCheck) as refused:
            checking_months.tick(month_end_id=pk, code="disputes", actor=actor, now=NOW)
        assert refused.value.code == refusal


@pytest.mark.parametrize("code", COUNTED)
def test_a_month_stays_open_while_anything_counted_is_open(body: LegalEntity, actor: User, code: str) -> None:
    taken = said(body, actor)
    with pytest.raises(UnableToCloseMonth) as refused:
        closing_months.close(month_end_id=taken.pk, look=but(code), actor=actor, now=NOW)
    assert (refused.value.code, refused.value.checks) == ("open", (code,))
    assert closing.closed_through(entity_id=body.pk) is None


def test_a_month_stays_open_while_nobody_has_looked(body: LegalEntity, actor: User) -> None:
    taken = begun(body, actor)
    with pytest.raises(UnableToCloseMonth) as refused:
        closing_months.close(month_end_id=taken.pk, look=fine, actor=actor, now=NOW)
    assert refused.value.checks == tuple(SAID)


def test_a_month_closes_in_turn_when_it_is_over_and_once(body: LegalEntity, actor: User) -> None:
    february, march = said(body, actor, FEBRUARY), said(body, actor, MARCH)
    for taken, refusal in ((february, "order"), (march, "not_over")):
        with pytest.raises(UnableToCloseMonth) as refused:
            closing_months.close(month_end_id=taken.pk, look=fine, actor=actor, now=NOW)
        assert refused.value.code == refusal
    january = closed(body, actor)
    assert january.close is not None
    assert january.close.through_on == date(2026, 1, 31)
    with pytest.raises(UnableToCloseMonth) as refused:
        closing_months.close(month_end_id=january.pk, look=fine, actor=actor, now=NOW)
    assert refused.value.code == "closed"
    with pytest.raises(UnableToCloseMonth) as refused:
        closing_months.close(month_end_id=uuid.uuid4(), look=fine, actor=actor, now=NOW)
    assert refused.value.code == "unknown"


def test_e10_a_january_refund_entered_in_february_is_booked_there_and_says_where_it_belongs(
    body: LegalEntity, actor: User
) -> None:
    closed(body, actor)
    late = given(datetime(2026, 1, 30, 17, tzinfo=UTC))
    entry = Entry.objects.get(source=f"charge:{late.processor_ref}")
    assert entry.booked_on == date(2026, 2, 1)
    assert "2026-01-30" in entry.memo


def test_e10_opening_a_month_again_takes_two_people_and_a_reason_and_is_in_the_log(
    body: LegalEntity, actor: User, second: User
) -> None:
    january = closed(body, actor)
    assert january.close is not None
    with pytest.raises(UnableToReopenMonth, match="reason"):
        closing_months.ask_to_reopen(close_id=january.close.pk, reason=" ", actor=actor, now=NOW)
    with pytest.raises(UnableToReopenMonth, match="resident_number"):
        closing_months.ask_to_reopen(
            close_id=january.close.pk, reason="Kim 900101-1234567", actor=actor, now=NOW
        )
    asked = closing_months.ask_to_reopen(
        close_id=january.close.pk, reason="A refund was forgotten", actor=actor, now=NOW
    )
    with pytest.raises(UnableToReopenMonth, match="asked"):
        closing_months.ask_to_reopen(close_id=january.close.pk, reason="again", actor=second, now=NOW)
    with pytest.raises(UnableToReopenMonth, match="own"):
        closing_months.decide(reopening_id=asked.pk, is_agreed=True, actor=actor, now=NOW)
    decided = closing_months.decide(
        reopening_id=asked.pk, is_agreed=True, actor=second, now=NOW + timedelta(hours=1)
    )
    assert decided.status == Reopening.Status.APPROVED
    january.refresh_from_db()
    assert (january.status, january.close_id) == (MonthEnd.Status.OPEN, None)
    assert checking_months.next_month(entity=body) == JANUARY
    told = list(
        AuditEvent.objects.filter(action__startswith="period.")
        .order_by("number")
        .values_list("action", flat=True)
    )
    assert told == ["period.reopening_asked", "period.reopening_approved"]
    with pytest.raises(UnableToReopenMonth, match="decided"):
        closing_months.decide(reopening_id=asked.pk, is_agreed=False, actor=second, now=NOW)
    with pytest.raises(UnableToReopenMonth, match="again"):
        closing_months.ask_to_reopen(close_id=asked.close_id, reason="why", actor=actor, now=NOW)
    anew = closing_months.close(month_end_id=january.pk, look=fine, actor=actor, now=NOW)
    assert anew.close_id not in (None, asked.close_id)


def test_what_is_declined_stays_closed_and_can_be_asked_again(
    body: LegalEntity, actor: User, second: User
) -> None:
    january = closed(body, actor)
    assert january.close is not None
    asked = closing_months.ask_to_reopen(close_id=january.close.pk, reason="why", actor=actor, now=NOW)
    closing_months.decide(reopening_id=asked.pk, is_agreed=False, actor=second, now=NOW)
    assert closing.closed_through(entity_id=body.pk) == date(2026, 1, 31)
    closing_months.ask_to_reopen(close_id=january.close.pk, reason="why", actor=actor, now=NOW)


def test_only_the_latest_month_is_opened_also_when_another_closed_meanwhile(
    body: LegalEntity, actor: User, second: User
) -> None:
    january = closed(body, actor)
    assert january.close is not None
    asked = closing_months.ask_to_reopen(close_id=january.close.pk, reason="why", actor=actor, now=NOW)
    closed(body, actor, FEBRUARY)
    with pytest.raises(UnableToReopenMonth, match="later"):
        closing_months.decide(reopening_id=asked.pk, is_agreed=True, actor=second, now=NOW)
    asked.refresh_from_db()
    assert asked.status == Reopening.Status.ASKED
    with pytest.raises(UnableToReopenMonth, match="later"):
        closing_months.ask_to_reopen(close_id=january.close.pk, reason="why", actor=actor, now=NOW)
