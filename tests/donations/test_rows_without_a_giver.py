"""Loose cash that was mistyped or bounced is put right by its row; a giver may stay unknown for good."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from books import accepting, suggesting
from donations import collecting, identifying_givers, leaving_unknown, reversing_rows
from donations.identifying_givers import UnableToIdentify
from donations.leaving_unknown import UnableToLeave
from donations.models import BatchRow, Donation, LeftUnknown, RowReversal, RowTruth
from donations.postings import Share
from donations.reversing_rows import UnableToReverse, WrongRow
from ledger import balances, closing
from ledger.models import Entry, Fund
from ledger.money import Money
from receipts.models import Receipt
from reports import batches as listed
from reports import month_checks
from staff.models import AuditEvent
from tests import facts
from tests.books import banks
from tests.campaigns import making
from tests.donations import batches
from tests.donations.batches import usd
from tests.donations.test_batch_posting import on_account, sound
from tests.facts import NOW
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db
Kind, Giver = RowReversal.Kind, BatchRow.Giver
LAST = date(2026, 11, 30)


def row(giver: BatchRow.Giver = Giver.NOBODY, amount: str = "412.00") -> BatchRow:
    """A row of a posted batch, with a check beside it."""
    batch = batches.opened(count=2, total=(usd(amount) + usd("100.00")).plain)
    batches.saved(batch, "100.00")
    made = batches.saved(batch, amount, giver=giver)
    batches.post(batch)
    return made


def reverse(of: BatchRow, kind: RowReversal.Kind = Kind.MISTAKE, **told: Any) -> RowReversal:
    wrong = WrongRow(row_id=of.pk, kind=kind, **{"reason": "digits swapped", **told})
    return reversing_rows.reverse(wrong=wrong, actor=batches.finance(), now=NOW)


def refused(code: str, of: BatchRow, kind: RowReversal.Kind = Kind.MISTAKE, **told: Any) -> None:
    with pytest.raises(UnableToReverse) as error:
        reverse(of, kind, **told)
    assert error.value.code == code


def leave(source: object, reason: str = "The envelope had no name") -> LeftUnknown:
    return leaving_unknown.leave(source=str(source), reason=reason, actor=batches.finance(), now=NOW)


def raised() -> list[Money]:
    slug = facts.campaign().slug
    return balances.received(segments=[slug])[slug]


class TestRows:
    def test_loose_cash_that_was_mistyped_is_what_it_was_in_fact(self) -> None:
        made = row()
        fund = facts.campaign().fund
        back = reverse(made, truth=[(fund, usd("421.00"))])
        assert on_account("1000") == 52_100
        assert raised() == [usd("521.00")]
        entry = Entry.objects.get(source=f"row_reversed:{made.pk}")
        assert entry.reverses == Entry.objects.get(source=f"offering:{made.pk}")
        assert (entry.booked_on, entry.memo) == (batches.CAME, "Batch 1")
        assert reverse(made, truth=[(fund, usd("421.00"))]) == back
        refused("gone", made, truth=[(fund, usd("400.00"))])
        assert AuditEvent.objects.filter(action="batch.row_reversed").count() == 1
        assert Donation.objects.count() == 1
        sound()

    def test_the_bank_shows_the_deposit_as_it_was_in_fact(self) -> None:
        made = row()
        reverse(made, truth=[(facts.general(), usd("421.00"))])
        line = banks.line(made.batch.bank_account, 52_100)
        [found] = suggesting.suggest(account=line.bank_account, lines=[line])[line.pk]
        accepting.accept(
            line_id=line.pk,
            parts=list(found.parts),
            score=90,
            is_automatic=False,
            actor=batches.finance(),
            now=NOW,
        )
        [stands] = month_checks.bank(entity=making.entity(), last=LAST)
        assert (stands.off, stands.waiting, stands.booked) == (usd("0.00"), 0, usd("521.00"))

    def test_a_check_of_nobody_that_bounced_leaves_on_its_day(self) -> None:
        made = row()
        reverse(made, Kind.BOUNCED, happened_on=date(2026, 11, 20))
        assert Entry.objects.get(source=f"row_reversed:{made.pk}").booked_on == date(2026, 11, 20)
        assert (on_account("1000"), raised()) == (10_000, [usd("100.00")])
        sound()

    def test_what_never_was_leaves_nothing(self) -> None:
        reverse(row())
        assert on_account("1000") == 10_000
        assert not RowTruth.objects.exists()
        sound()

    def test_a_closed_month_is_put_right_in_the_open_one(self) -> None:
        made = row()
        closing.close(entity=making.entity(), through_on=date(2026, 11, 19), closed_by="u", now=NOW)
        reverse(made, truth=[(facts.campaign().fund, usd("421.00"))])
        for source in ("row_reversed", "row_true"):
            entry = Entry.objects.get(source=f"{source}:{made.pk}")
            assert entry.booked_on == date(2026, 11, 20)
            assert entry.memo == "Batch 1 Of 2026-11-18, a period that is closed."

    def test_money_nobody_was_named_for_bounces_too_and_nobody_is_asked_any_more(self) -> None:
        made = row(Giver.UNKNOWN)
        refused("unknown_giver", made, truth=[(facts.general(), usd("5.00"))])
        reverse(made, Kind.BOUNCED, happened_on=date(2026, 11, 20))
        assert not listed.unknown_rows().exists()
        with pytest.raises(UnableToIdentify, match="gone"):
            identifying_givers.identify(
                row_id=made.pk, donor_id=facts.donor().pk, actor=batches.finance(), now=NOW
            )
        sound()

    def test_left_unknown_it_can_be_put_right(self) -> None:
        made = row(Giver.UNKNOWN)
        leave(made.pk)
        reverse(made, truth=[(facts.campaign().fund, usd("421.00"))])
        assert raised() == [usd("521.00")]
        sound()

    def test_what_cannot_be_taken_back_so(self) -> None:
        made = row()
        fund = facts.campaign().fund
        refused("reason", made, reason=" ")
        refused("resident_number", made, reason="900101-1234567")
        refused("truth", made, Kind.BOUNCED, truth=[(fund, usd("1.00"))], happened_on=date(2026, 11, 20))
        for day in (None, date(2026, 11, 17), date(2026, 11, 21)):
            refused("day", made, Kind.BOUNCED, happened_on=day)
        refused("amount", made, truth=[(fund, Money(5, "KRW"))])
        refused("same", made, truth=[(fund, usd("412.00"))])
        other = Fund.objects.create(entity=making.entity(), code="OLD", restriction="none", is_open=False)
        refused("fund", made, truth=[(other, usd("1.00"))])
        refused("giver", BatchRow.objects.get(giver="donor"))
        still_open = batches.opened()
        refused("open", batches.saved(still_open, "100.00", giver=Giver.NOBODY))
        with pytest.raises(UnableToReverse, match="unknown"):
            reverse(BatchRow(pk=uuid.uuid4()))
        assert not RowReversal.objects.exists()

    def test_the_database_says_so_too(self) -> None:
        made = row()
        gift = BatchRow.objects.get(giver="donor")
        fields: dict[str, Any] = {"reason": "x", "reversed_by": batches.finance(), "recorded_at": NOW}
        with refused_by("row_reversal_is_of_no_gift"):
            RowReversal.objects.create(row=gift, kind="mistake", **fields)
        bounced = RowReversal.objects.create(row=made, kind="bounced", **fields)
        with refused_by("row_truth_is_of_a_mistake"):
            RowTruth.objects.create(reversal=bounced, fund=facts.general(), amount_minor=1)


class TestUnknown:
    def test_nobody_will_know_and_it_stays_income_without_a_receipt(self) -> None:
        made = row(Giver.UNKNOWN)
        assert list(listed.unknown_rows()) == [made]
        before = raised()
        kept = leave(made.pk)
        assert leave(made.pk, "again") == kept
        assert kept.reason == "The envelope had no name"
        assert not listed.unknown_rows().exists()
        facts.paperwork()
        assert raised() == before
        assert Receipt.objects.count() == Donation.objects.count() == 1
        assert AuditEvent.objects.filter(action="giver.left_unknown").count() == 1
        look = month_checks.look(making.entity(), date(2026, 11, 1), NOW)
        assert look["unknown_givers"].is_fine
        sound()

    def test_who_turns_up_after_all_is_named(self) -> None:
        made = row(Giver.UNKNOWN)
        leave(made.pk)
        identifying_givers.identify(
            row_id=made.pk, donor_id=facts.donor().pk, actor=batches.finance(), now=NOW
        )
        assert Donation.objects.count() == 2
        with pytest.raises(UnableToLeave, match="unknown"):
            leave(made.pk)
        sound()

    def test_money_of_a_processors_file_may_stay_unknown(self) -> None:
        fund = facts.general()
        collecting.keep_unknown(
            entity=making.entity(), ref="paypal:7A",
            share=Share(fund.pk, False, usd("30.00"), ""), fee=usd("1.00"), at=NOW, now=NOW,
        )  # fmt: skip
        assert collecting.unknown_refs() == ["paypal:7A"]
        look = month_checks.look(making.entity(), date(2026, 11, 1), NOW)
        assert look["unknown_givers"].words == "1 giver is not known."
        leave("paypal:7A")
        assert collecting.unknown_refs() == []
        assert collecting.unknown("paypal:7A") is not None

    def test_a_reason_is_asked_for(self) -> None:
        made = row(Giver.UNKNOWN)
        for reason, code in ((" ", "reason"), ("900101-1234567", "resident_number")):
            with pytest.raises(UnableToLeave, match=code):
                leave(made.pk, reason)
        with pytest.raises(UnableToLeave, match="unknown"):
            leave(row().pk)

    def test_only_what_waits_for_a_giver_can_be_left(self) -> None:
        offering = Entry.objects.get(source=f"offering:{row().pk}")
        with refused_by("left_unknown_is_unidentified"):
            LeftUnknown.objects.create(
                entry=offering, reason="x", decided_by=batches.finance(), decided_at=NOW
            )
