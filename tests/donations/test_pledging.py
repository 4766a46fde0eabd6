"""Promises: in parts, kept by gifts, given up by two, reminded of; and what the books know of them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from donations import giving_up, keeping_pledges, pledging, reminding_pledges
from donations.models import Donation, Pledge, PledgePayment, WriteOff, WriteOffRequest
from donations.pledging import NewPledge, UnableToPledge
from donors.models import Donor, Message
from ledger import balances
from ledger.models import Entry, Fund
from ledger.money import Money
from staff.models import AuditEvent, User
from tests import facts, making
from tests.refusing import refused_by

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
TODAY = NOW.date()

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def wanted(**changed: Any) -> NewPledge:
    campaign = making.campaign()
    amount = changed.get("amount", usd(120_000))
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "entity": making.entity(),
        "donor_id": facts.donor().pk,
        "campaign": campaign,
        "fund": campaign.fund,
        "amount": amount,
        "promised_on": date(2026, 1, 15),
        "parts": [(date(2026, 2, 1), amount)],
        **changed,
    }
    return NewPledge(**values)


def promised(**changed: Any) -> Pledge:
    return pledging.promise(pledge=wanted(**changed), actor=facts.staff_member(), now=NOW)


def given(minor: int, *, by: Donor | None = None, on: date = date(2026, 2, 3)) -> Donation:
    at = datetime(on.year, on.month, on.day, 17, tzinfo=UTC)
    return making.donation(by=by or facts.donor(), amount=usd(minor), at=at)


def keep(pledge: Pledge, gift: Donation, amount: Money | None = None) -> list[PledgePayment]:
    return keeping_pledges.keep(
        pledge_id=pledge.pk, donation_id=gift.pk, amount=amount, actor=facts.staff_member(), now=NOW
    )


def state(pledge: Pledge) -> str:
    return Pledge.objects.get(pk=pledge.pk).status


def second() -> User:
    return facts.staff_member("ben@example.org")


class TestPromising:
    def test_equal_parts_sum_and_fall_on_the_months_last_day_where_it_has_none(self) -> None:
        parts = pledging.schedule(amount=usd(10_000), count=3, first_on=date(2026, 1, 31), months=1)
        assert parts == [
            (date(2026, 1, 31), usd(3_334)),
            (date(2026, 2, 28), usd(3_333)),
            (date(2026, 3, 31), usd(3_333)),
        ]

    @pytest.mark.parametrize(("minor", "count"), [(100, 0), (2, 3), (100_000, 121)])
    def test_too_few_or_too_many_parts(self, minor: int, count: int) -> None:
        with pytest.raises(UnableToPledge, match="count"):
            pledging.schedule(amount=usd(minor), count=count, first_on=TODAY, months=1)

    def test_the_same_form_twice_is_one_promise(self) -> None:
        asked = wanted()
        actor = facts.staff_member()
        made = [pledging.promise(pledge=asked, actor=actor, now=NOW) for _ in range(2)]
        assert made[0] == made[1]
        assert AuditEvent.objects.filter(action="pledge.entered").count() == 1
        assert not Entry.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"note": "900101-1234567"}, "resident_number"),
            ({"amount": Money(0, "USD"), "parts": []}, "amount"),
            ({"promised_on": date(2026, 3, 11)}, "day"),
            ({"is_booked": True, "condition": "if the house is bought"}, "conditional"),
            ({"parts": []}, "parts"),
            ({"parts": [(date(2026, 2, 1), Money(120_000, "KRW"))]}, "parts"),
            ({"parts": [(date(2026, 2, 1), Money(1, "USD"))]}, "sum"),
            ({"parts": [(date(2026, 1, 1), Money(120_000, "USD"))]}, "days"),
            (
                {
                    "parts": [
                        (date(2026, 3, 1), Money(60_000, "USD")),
                        (date(2026, 2, 1), Money(60_000, "USD")),
                    ]
                },
                "days",
            ),
            ({"donor_id": uuid.UUID(int=1)}, "unknown"),
            ({"kind": Pledge.Kind.GRANT}, "organization"),
        ],
    )
    def test_what_cannot_be_promised(self, changed: dict[str, Any], code: str) -> None:
        with pytest.raises(UnableToPledge) as refused:
            promised(**changed)
        assert refused.value.code == code
        assert not Pledge.objects.exists()

    def test_a_closed_fund_and_a_merged_giver_are_refused(self) -> None:
        closed = making.fund(code="OLD")
        Fund.objects.filter(pk=closed.pk).update(is_open=False)
        closed.refresh_from_db()
        with pytest.raises(UnableToPledge, match="fund"):
            promised(fund=closed)
        other = facts.donor("Ann Lee", "ann@example.org")
        Donor.objects.filter(pk=other.pk).update(merged_into=facts.donor())
        with pytest.raises(UnableToPledge, match="merged"):
            promised(donor_id=other.pk)

    def test_one_written_down_wrongly_is_taken_back_for_a_reason(self) -> None:
        pledge, actor = promised(), facts.staff_member()
        with pytest.raises(UnableToPledge, match="reason"):
            pledging.cancel(pledge_id=pledge.pk, reason=" ", actor=actor, now=NOW)
        with pytest.raises(UnableToPledge, match="resident_number"):
            pledging.cancel(pledge_id=pledge.pk, reason="Kim 900101-1234567", actor=actor, now=NOW)
        assert pledging.cancel(pledge_id=pledge.pk, reason="Twice", actor=actor, now=NOW).status == "canceled"
        with pytest.raises(UnableToPledge, match="ended"):
            pledging.cancel(pledge_id=pledge.pk, reason="Twice", actor=actor, now=NOW)
        with pytest.raises(UnableToPledge, match="unknown"):
            pledging.cancel(pledge_id=uuid.uuid4(), reason="Twice", actor=actor, now=NOW)

    def test_what_the_books_know_is_not_taken_back_by_one_person(self) -> None:
        pledge = promised(is_booked=True)
        with pytest.raises(UnableToPledge, match="write_off"):
            pledging.cancel(pledge_id=pledge.pk, reason="Twice", actor=facts.staff_member(), now=NOW)


class TestKeeping:
    def test_a_gift_keeps_the_part_due_first_and_the_last_one_fulfils(self) -> None:
        parts = pledging.schedule(amount=usd(9_000), count=3, first_on=date(2026, 2, 1), months=1)
        pledge = promised(amount=usd(9_000), parts=parts)
        gift = given(4_000)
        assert [payment.amount_minor for payment in keep(pledge, gift)] == [3_000, 1_000]
        assert [part.left.minor for part in keeping_pledges.parts(pledge=pledge)] == [0, 2_000, 3_000]
        assert pledging.left(pledge) == usd(5_000)
        with pytest.raises(UnableToPledge, match="nothing"):
            keep(pledge, gift)
        keep(pledge, given(20_000))
        assert state(pledge) == "fulfilled"
        with pytest.raises(UnableToPledge, match="ended"):
            keep(pledge, given(1))

    def test_as_much_as_was_said_and_never_more_than_there_is(self) -> None:
        pledge, gift = promised(amount=usd(5_000), parts=[(date(2026, 2, 1), usd(5_000))]), given(3_000)
        keep(pledge, gift, usd(1_000))
        assert keeping_pledges.unused(donation=gift) == usd(2_000)
        for amount in (usd(2_001), Money(1, "KRW")):
            with pytest.raises(UnableToPledge, match="too_much"):
                keep(pledge, gift, amount)
        with pytest.raises(UnableToPledge, match="nothing"):
            keep(pledge, gift, usd(0))

    def test_which_gifts_fit(self) -> None:
        pledge = promised()
        before = given(1_000, on=date(2026, 1, 14))
        other = given(1_000, by=facts.donor("Ann Lee", "ann@example.org"))
        used, free = given(1_000), given(2_000, on=date(2026, 2, 9))
        keep(pledge, used)
        assert keeping_pledges.fitting(pledge=pledge) == [free]
        for gift in (before, other):
            with pytest.raises(UnableToPledge, match="gift"):
                keep(pledge, gift)
        with pytest.raises(UnableToPledge, match="gift"):
            keeping_pledges.keep(
                pledge_id=pledge.pk,
                donation_id=uuid.uuid4(),
                amount=None,
                actor=facts.staff_member(),
                now=NOW,
            )

    def test_after_a_merge_two_records_are_one_giver(self) -> None:
        pledge = promised()
        other = facts.donor("Grace A. Kim", "grace.kim@example.org")
        gift = given(1_000, by=other)
        Donor.objects.filter(pk=facts.donor().pk).update(merged_into=other)
        pledge.refresh_from_db()
        assert keeping_pledges.fitting(pledge=pledge) == [gift]
        assert [payment.amount_minor for payment in keep(pledge, gift)] == [1_000]

    def test_a_mistake_is_taken_back_and_the_promise_is_open_again(self) -> None:
        pledge, gift = promised(amount=usd(1_000), parts=[(date(2026, 2, 1), usd(1_000))]), given(1_000)
        keep(pledge, gift)
        assert state(pledge) == "fulfilled"
        keeping_pledges.take_back(
            pledge_id=pledge.pk, donation_id=gift.pk, actor=facts.staff_member(), now=NOW
        )
        assert (state(pledge), pledging.left(pledge)) == ("open", usd(1_000))
        with pytest.raises(UnableToPledge, match="nothing"):
            keeping_pledges.take_back(
                pledge_id=pledge.pk, donation_id=gift.pk, actor=facts.staff_member(), now=NOW
            )

    def test_a_gift_that_went_back_keeps_it_no_longer(self) -> None:
        parts = pledging.schedule(amount=usd(4_000), count=2, first_on=date(2026, 2, 1), months=1)
        pledge = promised(amount=usd(4_000), parts=parts)
        gift = given(4_000)
        keep(pledge, gift)
        facts.refund(gift, 2_500)
        assert keeping_pledges.follow_refunds(now=NOW) == 1
        assert keeping_pledges.follow_refunds(now=NOW) == 0
        assert [part.left.minor for part in keeping_pledges.parts(pledge=pledge)] == [500, 2_000]
        assert state(pledge) == "open"

    def test_a_gift_lost_in_a_dispute_keeps_it_no_longer(self) -> None:
        pledge, gift = promised(), given(1_000)
        keep(pledge, gift)
        facts.dispute(gift, "lost")
        assert keeping_pledges.follow_refunds(now=NOW) == 1
        assert pledging.left(pledge) == usd(120_000)

    def test_no_more_is_kept_than_there_is_says_the_database_too(self) -> None:
        pledge, gift = promised(), given(1_000)
        part = keeping_pledges.parts(pledge=pledge)[0].instalment
        for minor in (1_001, -1, 120_001):
            with refused_by("pledge_payment_fits"):
                PledgePayment.objects.create(
                    instalment=part, donation=gift, amount_minor=minor, applied_at=NOW
                )


class TestBooks:
    def test_a_booked_promise_is_income_once(self) -> None:
        pledge = promised(amount=usd(120_000), is_booked=True)
        assert balances.of_account(code="1200", currency="USD") == usd(120_000)
        gift = given(120_000)
        keep(pledge, gift)
        assert balances.of_account(code="1200", currency="USD") == usd(0)
        income = [balances.of_account(code=code, currency="USD").minor for code in ("4000", "4100")]
        assert sum(income) == -120_000
        assert balances.received(segments=[gift.campaign.slug]) == {gift.campaign.slug: [usd(120_000)]}

    def test_taken_back_it_is_a_receivable_again(self) -> None:
        pledge = promised(amount=usd(1_000), parts=[(date(2026, 2, 1), usd(1_000))], is_booked=True)
        gift = given(1_000)
        keep(pledge, gift)
        keeping_pledges.take_back(
            pledge_id=pledge.pk, donation_id=gift.pk, actor=facts.staff_member(), now=NOW
        )
        assert balances.of_account(code="1200", currency="USD") == usd(1_000)

    def test_what_is_written_off_leaves_the_receivable(self) -> None:
        pledge = promised(amount=usd(1_000), parts=[(date(2026, 2, 1), usd(1_000))], is_booked=True)
        keep(pledge, given(400))
        asked = giving_up.ask(pledge_id=pledge.pk, reason="They moved", actor=facts.staff_member(), now=NOW)
        giving_up.decide(request_id=asked.pk, is_agreed=True, actor=second(), now=NOW)
        assert WriteOff.objects.get().amount_minor == 600
        assert state(pledge) == "written_off"
        assert balances.of_account(code="1200", currency="USD") == usd(0)
        assert balances.of_account(code="5190", currency="USD") == usd(600)


class TestGivingUp:
    def test_two_people_and_a_reason(self) -> None:
        pledge, actor = promised(), facts.staff_member()
        with pytest.raises(UnableToPledge, match="reason"):
            giving_up.ask(pledge_id=pledge.pk, reason=" ", actor=actor, now=NOW)
        with pytest.raises(UnableToPledge, match="resident_number"):
            giving_up.ask(pledge_id=pledge.pk, reason="Kim 900101-1234567", actor=actor, now=NOW)
        asked = giving_up.ask(pledge_id=pledge.pk, reason="They moved", actor=actor, now=NOW)
        with pytest.raises(UnableToPledge, match="asked"):
            giving_up.ask(pledge_id=pledge.pk, reason="again", actor=actor, now=NOW)
        with pytest.raises(UnableToPledge, match="own"):
            giving_up.decide(request_id=asked.pk, is_agreed=True, actor=actor, now=NOW)
        declined = giving_up.decide(request_id=asked.pk, is_agreed=False, actor=second(), now=NOW)
        assert (declined.status, state(pledge)) == ("declined", "open")
        with pytest.raises(UnableToPledge, match="decided"):
            giving_up.decide(request_id=asked.pk, is_agreed=True, actor=second(), now=NOW)
        again = giving_up.ask(pledge_id=pledge.pk, reason="They moved", actor=actor, now=NOW)
        giving_up.decide(request_id=again.pk, is_agreed=True, actor=second(), now=NOW)
        with pytest.raises(UnableToPledge, match="ended"):
            giving_up.ask(pledge_id=pledge.pk, reason="They moved", actor=actor, now=NOW)

    def test_one_that_was_kept_meanwhile_is_not_given_up(self) -> None:
        pledge = promised(amount=usd(1_000), parts=[(date(2026, 2, 1), usd(1_000))])
        asked = giving_up.ask(pledge_id=pledge.pk, reason="They moved", actor=facts.staff_member(), now=NOW)
        keep(pledge, given(1_000))
        with pytest.raises(UnableToPledge, match="ended"):
            giving_up.decide(request_id=asked.pk, is_agreed=True, actor=second(), now=NOW)
        assert WriteOffRequest.objects.get().status == "asked"


class TestMatching:
    def company(self) -> Donor:
        made = facts.donor("Blue Yard Inc.", "giving@blueyard.example.org")
        Donor.objects.filter(pk=made.pk).update(kind=Donor.Kind.ORGANIZATION)
        return made

    def test_an_employer_doubles_a_gift_once(self) -> None:
        own, company = given(5_000), self.company()
        asked = {
            "kind": Pledge.Kind.MATCH,
            "donor_id": company.pk,
            "matches_id": own.pk,
            "amount": usd(5_000),
        }
        pledge = promised(**asked)
        with pytest.raises(UnableToPledge, match="claimed"):
            promised(**asked)
        keep(pledge, given(5_000, by=company))
        assert state(pledge) == "fulfilled"

    def test_it_names_the_gift_of_somebody_else(self) -> None:
        company = self.company()
        for matches in (None, uuid.uuid4(), given(5_000, by=company).pk):
            with pytest.raises(UnableToPledge, match="matches"):
                promised(kind=Pledge.Kind.MATCH, donor_id=company.pk, matches_id=matches)


class TestReminding:
    DUE = date(2026, 4, 1)

    def letters(self, day: date) -> list[str]:
        Message.objects.all().delete()
        reminding_pledges.remind(now=datetime(day.year, day.month, day.day, 15, tzinfo=UTC))
        return [message.text for message in Message.objects.filter(kind="pledge_due")]

    def test_a_week_before_on_the_day_and_two_weeks_after_each_once(self) -> None:
        promised(parts=[(self.DUE, usd(120_000))])
        told = {
            days: len(self.letters(self.DUE + timedelta(days=days)))
            for days in (-8, -7, -6, 0, 1, 13, 14, 15, 45, 46)
        }
        assert [days for days, count in told.items() if count] == [-7, 0, 14]

    def test_it_names_what_is_left_and_speaks_their_language(self) -> None:
        giver = facts.donor("김은혜", "eunhye@example.org")
        Donor.objects.filter(pk=giver.pk).update(language="ko")
        pledge = promised(donor_id=giver.pk, parts=[(self.DUE, usd(120_000))])
        keep(pledge, given(20_000, by=giver))
        (text,) = self.letters(self.DUE)
        assert "김은혜" in text
        assert "1,000" in text
        assert "약정" in text

    @pytest.mark.parametrize("changed", [{"wants_reminders": False}, {"condition": "if the house is bought"}])
    def test_nobody_is_reminded_who_would_not_have_it(self, changed: dict[str, Any]) -> None:
        promised(parts=[(self.DUE, usd(120_000))], **changed)
        assert self.letters(self.DUE) == []

    def test_what_is_given_or_ended_is_not_reminded_of(self) -> None:
        kept = promised(amount=usd(1_000), parts=[(self.DUE, usd(1_000))])
        keep(kept, given(1_000))
        wrong = promised(parts=[(self.DUE, usd(120_000))])
        pledging.cancel(pledge_id=wrong.pk, reason="Twice", actor=facts.staff_member(), now=NOW)
        assert self.letters(self.DUE) == []
