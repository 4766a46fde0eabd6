"""Posting: count and total agree or a second person says so; rows become gifts; the bank gets one deposit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from donations import (
    batching,
    counting_batches,
    reading_rows,
)
from donations.batching import Part
from donations.dating import Basis
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchedGift, BatchRow, Donation, SoftCredit
from donations.posting_batches import UnableToPost
from ledger import balances, closing
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from reports import selfchecking
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.donations import batches, desk
from tests.donations.batches import usd
from tests.facts import NOW

pytestmark = pytest.mark.django_db
Giver = BatchRow.Giver


def cannot_post(batch: Batch) -> UnableToPost:
    with pytest.raises(UnableToPost) as told:
        batches.post(batch)
    assert not Donation.objects.exists()
    assert not Entry.objects.exists()
    assert Batch.objects.get(pk=batch.pk).status == Batch.Status.OPEN
    return told.value


def lines(source: str) -> list[tuple[str, str, int]]:
    found = Line.objects.filter(entry__source=source).order_by("id")
    return list(found.values_list("account__code", "fund__code", "amount_minor"))


def on_account(code: str) -> int:
    return balances.of_account(code=code, currency="USD").minor


def sound() -> None:
    """No law of the books is broken; those of papers and beats need a worker, which is not here."""
    asked = {"I3", "I5", "I6", "I13", "I30", "I31"}
    assert [one for one in selfchecking.run(now=NOW) if one.code in asked and one.rows] == []


class TestCounting:
    def test_the_numbers_tell_how_far_it_is(self) -> None:
        batch = batches.opened(count=3, total="100.00")
        batches.saved(batch, "75.00")
        count = counting_batches.of(batch=batch)
        assert (count.missing, count.difference, count.short) == (2, usd("75") - usd("100"), usd("25.00"))
        assert not count.agrees
        assert not count.is_swap_likely

    def test_swapped_digits_are_suspected_and_the_row_is_named(self) -> None:
        """E14: twelve pieces of 1,241.00 by two counters, entered as 1,214.00."""
        batch = batches.opened(count=12, total="1241.00")
        for number in range(11):
            batches.saved(batch, f"{100 + number}.00")
        batches.saved(batch, "59.00")
        count = counting_batches.of(batch=batch)
        assert count.total == usd("1214.00")
        assert count.difference == Money(-2_700, "USD")
        assert count.is_swap_likely
        assert cannot_post(batch).codes == ("total",)
        row = batch.rows.get(amount_minor=5_900)
        batching.save_row(
            batch_id=batch.pk, piece=batches.piece("95.00", id=row.pk), actor=batches.finance(), now=NOW
        )
        assert counting_batches.of(batch=batch).difference == usd("9.00")

    def test_the_row_whose_digits_would_mend_it_is_named(self) -> None:
        batch = batches.opened(count=2, total="76.00")
        batches.saved(batch, "25.00")
        batches.saved(batch, "24.00")
        assert counting_batches.of(batch=batch).suspects == (1,)
        assert counting_batches.swaps(1_100) == {-90}
        assert counting_batches.swaps(5) == set()

    def test_things_are_counted_and_not_carried_to_the_bank(self) -> None:
        batch = batches.opened(count=2, total="300.00")
        batches.saved(batch, "100.00")
        batches.saved(
            batch,
            "200.00",
            method="in_kind",
            kind=Donation.Kind.PROPERTY,
            description="4 coats",
            check_number="",
        )
        count = counting_batches.of(batch=batch)
        assert (count.total, count.to_bank) == (usd("300.00"), usd("100.00"))


class TestPosting:
    def test_a_stack_of_checks_becomes_gifts_and_one_deposit(self) -> None:
        batch = batches.opened(count=2, total="350.00")
        other = facts.donor("Daniel Kim", "daniel@example.org")
        row = batches.saved(batch, "100.00", check_number="1042", memo="For the children")
        batches.saved(
            batch,
            "250.00",
            other,
            parts=[Part(batch.fund, usd("200.00")), Part(facts.general(), usd("50.00"))],
        )
        done = batches.post(batch)
        assert (done.status, done.ended_by, done.ended_at) == (Batch.Status.POSTED, batches.finance(), NOW)
        gift = BatchedGift.objects.get(row=row).donation
        assert (gift.amount, gift.donor, gift.last4, gift.note) == (
            usd("100.00"),
            facts.donor(),
            "1042",
            "For the children",
        )
        assert (gift.given_on, gift.date_rule) == (batches.CAME, "received")
        assert sorted(lines(f"deposit:{batch.pk}")) == sorted(
            [
                ("1000", batch.fund.code, 30000),
                ("1050", batch.fund.code, -30000),
                ("1000", "GEN", 5000),
                ("1050", "GEN", -5000),
            ]
        )
        deposit = Entry.objects.get(source=f"deposit:{batch.pk}")
        assert (deposit.kind, deposit.booked_on, deposit.memo) == (
            "deposit",
            batches.DEPOSIT,
            f"Batch {batch.number}",
        )
        assert on_account("1050") == 0
        assert on_account("1000") == 35_000
        assert AuditEvent.objects.filter(action="batch.posted").get().details["total"] == "350.00"
        sound()

    def test_posted_twice_it_is_posted_once(self) -> None:
        batch = batches.posted("100.00")
        assert batches.post(batch).ended_at == NOW
        assert Donation.objects.count() == 1
        assert Entry.objects.filter(kind="deposit").count() == 1

    def test_one_check_of_two_people_is_a_gift_of_each(self) -> None:
        batch = batches.opened(total="300.00")
        son = facts.donor("Daniel Kim", "daniel@example.org")
        parts = [Part(batch.fund, usd("250.00")), Part(batch.fund, usd("50.00"), son.pk)]
        row = batches.saved(batch, "300.00", parts=parts, credited_id=None, check_number="9")
        batches.post(batch)
        gifts = {gift.donation.donor: gift.donation.amount for gift in row.gifts.all()}
        assert gifts == {facts.donor(): usd("250.00"), son: usd("50.00")}
        sound()

    def test_somebody_merged_meanwhile_gives_as_the_survivor_once(self) -> None:
        batch = batches.opened(total="300.00")
        wife = facts.donor("Grace K.", "other@example.org")
        parts = [Part(batch.fund, usd("250.00")), Part(batch.fund, usd("50.00"), wife.pk)]
        batches.saved(batch, "300.00", parts=parts)
        wife.merged_into = facts.donor()
        wife.save()
        batches.post(batch)
        assert Donation.objects.get().amount == usd("300.00")

    def test_loose_cash_has_no_giver_and_counts_for_its_campaign(self) -> None:
        batch = batches.opened(total="412.00")
        row = batches.loose(batch, "412.00", n2000=20, n100=12)
        assert reading_rows.gifts(batch=batch, row=row, parts=[], giver=None) == []
        batches.post(batch)
        assert not Donation.objects.exists()
        assert lines(f"offering:{row.pk}") == [
            ("1050", batch.fund.code, 41_200),
            ("4100" if batch.fund.is_restricted else "4000", batch.fund.code, -41_200),
        ]
        raised = balances.received(segments=[batch.campaign.slug])[batch.campaign.slug]
        assert raised == [usd("412.00")]
        sound()

    def test_kinds_of_rows_become_what_entering_makes_of_them(self, check_laws: Callable[[], None]) -> None:
        batch = batches.opened(count=5, total="1000.00")
        sponsor, adviser = desk.organization(), facts.donor("Lydia Advises", "lydia@example.org")
        batches.saved(batch, "500.00", sponsor, payer=Donation.Payer.DAF, credited_id=adviser.pk)
        batches.saved(batch, "150.00", kind=Donation.Kind.TICKET, benefit="Dinner", benefit_minor=5_000)
        batches.saved(
            batch,
            "200.00",
            kind=Donation.Kind.STOCK,
            method="stock",
            description="10 shares ABC",
            days={Basis.TRANSFER: batches.CAME},
        )
        batches.saved(
            batch,
            "50.00",
            kind=Donation.Kind.PROPERTY,
            method="in_kind",
            description="Coats",
            is_anonymous=True,
        )
        company = desk.organization("Ferry Company")
        batches.saved(batch, "100.00", company, payer=Donation.Payer.EMPLOYER, credited_id=facts.donor().pk)
        batches.post(batch)
        credits = dict(SoftCredit.objects.values_list("donation__payer", "kind"))
        assert credits == {"daf": "adviser", "employer": "match"}
        ticket = Donation.objects.get(kind="ticket")
        assert [(one.description, one.fair_value_minor) for one in ticket.benefits.all()] == [
            ("Dinner", 5_000)
        ]
        assert on_account("1000") == 75_000
        assert on_account("1300") == 20_000
        assert on_account("1350") == 5_000
        check_laws()
        sound()

    def test_a_person_beside_a_person_is_thanked_as_other(self) -> None:
        batch = batches.opened()
        batches.saved(batch, credited_id=facts.donor("Ann Thanked", "ann@example.org").pk)
        batches.post(batch)
        assert SoftCredit.objects.get().kind == "other"

    def test_what_has_become_impossible_stops_the_whole_batch_and_names_the_row(self) -> None:
        batch = batches.opened(count=2, total="200.00")
        batches.saved(batch)
        batches.saved(batch, parts=[Part(facts.general(), usd("100.00"))])
        Fund.objects.filter(code="GEN").update(is_open=False)
        told = cannot_post(batch)
        assert (told.codes, told.position) == (("fund",), 2)

    @pytest.mark.parametrize(
        ("code", "given"),
        [("counters", {"counter_two": ""}), ("count", {"count": 2}), ("total", {"total": "99"})],
    )
    def test_what_keeps_it_open(self, code: str, given: dict[str, Any]) -> None:
        batch = batches.opened(**given)
        batches.saved(batch, "100.00")
        assert cannot_post(batch).codes == (code,)

    def test_an_empty_one_and_one_that_was_discarded_are_not_posted(self) -> None:
        batch = batches.opened()
        assert cannot_post(batch).codes == ("empty", "count", "total")
        batching.discard(batch_id=batch.pk, reason="x", actor=batches.finance(), now=NOW)
        with pytest.raises(UnableToPost, match="ended"):
            batches.post(batch)

    def test_cash_is_counted_by_denomination_before(self) -> None:
        batch = batches.opened(total="25.00")
        batches.saved(batch, "25.00", method="cash", check_number="")
        assert cannot_post(batch).codes == ("cash",)
        batching.count_cash(batch_id=batch.pk, pieces={2_000: 1, 500: 1, 100: 0})
        assert counting_batches.of(batch=batch).is_cash_counted
        batches.post(batch)
        with pytest.raises(UnableToBatch):
            batching.count_cash(batch_id=batch.pk, pieces={2_000: 1})

    def test_denominations_and_pieces_are_of_something(self) -> None:
        for pieces in ({0: 1}, {100: -1}):
            with pytest.raises(UnableToBatch, match="cash"):
                batching.count_cash(batch_id=batches.opened().pk, pieces=pieces)

    def test_a_period_closed_meanwhile_stops_it_until_the_day_is_changed(self) -> None:
        batch = batches.opened(deposit_on=date(2026, 11, 18))
        batches.saved(batch)
        closing.close(entity=making.entity(), through_on=date(2026, 11, 18), closed_by="u", now=NOW)
        with pytest.raises(UnableToPost, match="closed"):
            batches.post(batch)
        batching.change_cover(
            batch_id=batch.pk,
            cover=batches.cover(deposit_on=date(2026, 11, 19)),
            actor=batches.finance(),
            now=NOW,
        )
        batches.post(batch)
        gift = Entry.objects.get(kind="donation")
        assert (gift.booked_on, gift.memo) == (date(2026, 11, 19), "Of 2026-11-18, a period that is closed.")
