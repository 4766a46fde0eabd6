"""Posting: count and total agree or a second person says so; rows become gifts; the bank gets one deposit."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from books import slipping
from donations import (
    batching,
    counting_batches,
    entering,
    identifying_givers,
    overriding,
    posting_batches,
)
from donations.batching import Part
from donations.dating import Basis
from donations.identifying_givers import UnableToIdentify
from donations.models import Batch, BatchedGift, BatchRow, Donation, SoftCredit
from donations.overriding import UnableToOverride
from donations.posting_batches import UnableToPost
from ledger import balances, closing
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from reports import crossing_years, selfchecking
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.donations import batches, desk
from tests.donations.batches import usd
from tests.facts import NOW
from tests.journeys.pages import text_of

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
        with pytest.raises(batching.UnableToBatch):
            batching.count_cash(batch_id=batch.pk, pieces={2_000: 1})

    def test_denominations_and_pieces_are_of_something(self) -> None:
        for pieces in ({0: 1}, {100: -1}):
            with pytest.raises(batching.UnableToBatch, match="cash"):
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


class TestOverriding:
    def short(self) -> Batch:
        batch = batches.opened(count=1, total="110.00")
        batches.saved(batch, "100.00")
        return batch

    def ask(self, batch: Batch, reason: str = "One note was torn") -> Batch:
        return overriding.ask(batch_id=batch.pk, reason=reason, actor=batches.finance(), now=NOW)

    def test_a_second_person_agrees_and_both_stand_in_the_record(self) -> None:
        batch = self.ask(self.short())
        assert "total" in cannot_post(batch).codes
        with pytest.raises(UnableToOverride, match="self"):
            overriding.approve(batch_id=batch.pk, actor=batches.finance(), now=NOW)
        for _ in range(2):
            overriding.approve(batch_id=batch.pk, actor=batches.approver(), now=NOW)
        done = batches.post(batch)
        assert done.status == Batch.Status.POSTED
        told = AuditEvent.objects.get(action="batch.posted").details
        assert told["override_asked_by"] == batches.finance().pk
        assert told["override_by"] == batches.approver().pk
        approved = AuditEvent.objects.get(action="batch.override_approved").details
        assert (approved["asked_by"], approved["difference"]) == (batches.finance().pk, "-10.00")
        sound()

    def test_any_change_takes_it_back(self) -> None:
        batch = self.ask(self.short())
        overriding.approve(batch_id=batch.pk, actor=batches.approver(), now=NOW)
        batches.saved(batch, "5.00")
        assert Batch.objects.get(pk=batch.pk).override_asked_by is None
        with pytest.raises(UnableToPost):
            batches.post(batch)
        with pytest.raises(UnableToOverride, match="nothing"):
            overriding.approve(batch_id=batch.pk, actor=batches.approver(), now=NOW)

    def test_it_is_asked_for_with_a_reason_and_only_where_it_is_needed(self) -> None:
        batch = self.short()
        for code, reason in (("reason", "  "), ("resident_number", "900101-1234567")):
            with pytest.raises(UnableToOverride, match=code):
                self.ask(batch, reason)
        even = batches.opened()
        batches.saved(even)
        with pytest.raises(UnableToOverride, match="agrees"):
            self.ask(even)
        self.ask(batch)
        overriding.approve(batch_id=batch.pk, actor=batches.approver(), now=NOW)
        with pytest.raises(UnableToOverride, match="asked"):
            self.ask(batch)

    def test_it_is_taken_back(self) -> None:
        batch = self.ask(self.short())
        for _ in range(2):
            done = overriding.withdraw(batch_id=batch.pk, actor=batches.finance(), now=NOW)
        assert (done.override_asked_by, done.override_reason) == (None, "")
        assert AuditEvent.objects.filter(action="batch.override_withdrawn").count() == 1

    def test_an_ended_batch_needs_nobody(self) -> None:
        with pytest.raises(UnableToOverride, match="ended"):
            self.ask(batches.posted("5.00"))


class TestIdentifying:
    def unknown(self, **given: Any) -> BatchRow:
        batch = batches.opened()
        row = batches.saved(batch, giver=Giver.UNKNOWN, hint="blue ink, Annandale", **given)
        batches.post(batch)
        return row

    def identify(self, row: BatchRow, donor_id: uuid.UUID | None = None) -> BatchRow:
        return identifying_givers.identify(
            row_id=row.pk, donor_id=donor_id or facts.donor().pk, actor=batches.finance(), now=NOW
        )

    def test_money_without_a_name_is_in_the_books_and_no_gift(self) -> None:
        row = self.unknown()
        assert not Donation.objects.exists()
        assert Entry.objects.get(source=f"unidentified:{row.pk}").kind == "unidentified"
        assert on_account("1000") == 10_000
        sound()

    def test_named_it_becomes_a_gift_and_no_periods_sum_changes(self) -> None:
        row = self.unknown()
        before = on_account("4100") + on_account("4000")
        for _ in range(2):
            named = self.identify(row)
        assert (named.donor, named.hint, named.identified_by) == (facts.donor(), "", batches.finance())
        gift = row.gifts.get().donation
        assert (gift.amount, gift.given_on) == (usd("100.00"), batches.CAME)
        back = Entry.objects.get(source=f"identified:{row.pk}")
        first = Entry.objects.get(source=f"unidentified:{row.pk}")
        assert (back.reverses, back.booked_on, first.booked_on) == (first, batches.CAME, batches.CAME)
        assert on_account("4100") + on_account("4000") == before
        assert on_account("1050") == 0
        sound()

    def test_in_a_closed_period_both_go_to_the_first_open_day(self) -> None:
        row = self.unknown()
        closing.close(entity=making.entity(), through_on=date(2026, 11, 19), closed_by="u", now=NOW)
        self.identify(row)
        days = set(
            Entry.objects.filter(kind__in=["identified", "donation"]).values_list("booked_on", flat=True)
        )
        assert days == {date(2026, 11, 20)}
        sound()

    def test_refusals(self) -> None:
        open_row = batches.saved(batches.opened(), giver=Giver.UNKNOWN, check_number="5")
        with pytest.raises(UnableToIdentify, match="open"):
            self.identify(open_row)
        row = self.unknown()
        with pytest.raises(UnableToIdentify, match="unknown"):
            self.identify(row, uuid.uuid4())
        self.identify(row)
        with pytest.raises(UnableToIdentify, match="other"):
            self.identify(row, facts.donor("Daniel Kim", "daniel@example.org").pk)

    def test_what_cannot_be_a_gift_is_refused_and_stays_unknown(self) -> None:
        row = self.unknown()
        Fund.objects.filter(pk=row.batch.fund_id).update(is_open=False)
        with pytest.raises(UnableToIdentify, match="fund"):
            self.identify(row)
        assert BatchRow.objects.get(pk=row.pk).giver == Giver.UNKNOWN


class TestTaxDays:
    """C3 and C4 on rows of a batch."""

    NOW = datetime(2027, 1, 4, 15, 0, tzinfo=UTC)

    def gift(self, days: dict[Basis, date]) -> Donation:
        came = date(2027, 1, 3)
        cover = batches.cover(came_on=came, deposit_on=came)
        batch = batching.open_batch(batch_id=uuid.uuid4(), cover=cover, actor=batches.finance(), now=self.NOW)
        batching.save_row(
            batch_id=batch.pk,
            piece=batches.piece("100.00", days=days, is_sure_of_day=True),
            actor=batches.finance(),
            now=self.NOW,
        )
        posting_batches.post(batch_id=batch.pk, actor=batches.finance(), now=self.NOW)
        return Donation.objects.get()

    def test_the_postmark_decides_the_tax_year_and_the_deposit_the_books(self) -> None:
        days = {
            Basis.RECEIVED: date(2027, 1, 3),
            Basis.POSTMARK: date(2026, 12, 31),
            Basis.WRITTEN: date(2026, 12, 31),
        }
        gift = self.gift(days)
        assert (gift.given_on, gift.date_rule) == (date(2026, 12, 31), "postmark")
        [crossing] = crossing_years.crossings(entity=making.entity(), year=2026)
        assert (crossing.donation_id, crossing.booked_on) == (gift.pk, date(2027, 1, 3))

    def test_the_day_written_on_a_check_never_wins(self) -> None:
        days = {
            Basis.RECEIVED: date(2027, 1, 3),
            Basis.POSTMARK: date(2027, 1, 2),
            Basis.WRITTEN: date(2026, 12, 31),
        }
        assert self.gift(days).given_on == date(2027, 1, 2)

    def test_handed_over_in_january_is_january(self) -> None:
        days = {
            Basis.RECEIVED: date(2027, 1, 3),
            Basis.HAND: date(2027, 1, 3),
            Basis.WRITTEN: date(2026, 12, 31),
        }
        gift = self.gift(days)
        assert (gift.given_on, gift.date_rule) == (date(2027, 1, 3), "hand")
        assert entering.is_basis_weak(method="check", days=days) is False


class TestSlip:
    def batch(self) -> Batch:
        batch = batches.opened(count=4, total="1241.00")
        batches.saved(batch, "800.00", check_number="1042", account_last4="6789")
        batches.saved(batch, "416.00", check_number="")
        batches.saved(batch, "5.00", method="cash", check_number="")
        row = batches.saved(batch, "20.00", giver=Giver.NOBODY, method="cash", check_number="")
        batching.count_cash(batch_id=batch.pk, pieces={2_000: 1, 100: 5})
        assert row.position == 4
        return batches.post(batch)

    @pytest.mark.parametrize(
        ("paper", "width"), [("letter", b"[0 0 612 792]"), ("a4", b"[0 0 595.28 841.89]")]
    )
    def test_checks_by_number_and_cash_by_denomination_sum_to_the_batch(
        self, paper: Any, width: bytes
    ) -> None:
        batch = self.batch()
        made = slipping.slip(batch=batch, paper=paper, language="en")
        assert width in made
        words = " ".join(text_of(made).split())
        for told in (
            "Check 1042 account ending in 6789 $800.00",
            "Check without number $416.00",
            "Checks: 2 $1,216.00",
            "$20.00 × 1 $20.00",
            "$1.00 × 5 $5.00",
            "Cash $25.00",
            "Total of the deposit $1,241.00",
            "Harbor Bank ···4321",
            "Counted by Ada Counts and Ben Checks",
            "Day of the deposit: 2026-11-20",
        ):
            assert told in words
        assert "Grace" not in words
        assert slipping.slip(batch=batch, paper=paper, language="en") == made

    def test_in_korean(self) -> None:
        words = text_of(slipping.slip(batch=self.batch(), paper="a4", language="ko"))
        assert "입금표" in words
        assert "입금 합계" in words

    def test_many_checks_run_over_several_pages_and_the_total_stands_once(self) -> None:
        batch = batches.opened(count=90, total="90.00")
        for number in range(90):
            batches.saved(batch, "1.00", check_number=str(5_000 + number))
        words = text_of(slipping.slip(batch=batches.post(batch), paper="letter", language="en"))
        assert words.count("Total of the deposit") == 1
        assert "page 3" in words
        assert all(f"Check {5_000 + number}" in words for number in range(90))

    def test_an_open_batch_has_none(self) -> None:
        with pytest.raises(slipping.NotPosted):
            slipping.slip(batch=batches.opened(), paper="letter", language="en")
