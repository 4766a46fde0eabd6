"""After the typing: a second person agrees, a giver is found, the tax day is chosen, the slip goes to the bank."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest

from books import slipping
from donations import (
    batching,
    entering,
    identifying_givers,
    overriding,
    posting_batches,
)
from donations.dating import Basis
from donations.identifying_givers import UnableToIdentify
from donations.models import Batch, BatchRow, Donation
from donations.overriding import UnableToOverride
from donations.posting_batches import UnableToPost
from ledger import closing
from ledger.models import Entry, Fund
from reports import crossing_years
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.donations import batches
from tests.donations.batches import usd
from tests.donations.test_batch_posting import cannot_post, on_account, sound
from tests.facts import NOW
from tests.journeys.pages import text_of

pytestmark = pytest.mark.django_db
Giver = BatchRow.Giver


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
