"""Rows of an open batch: what may be written, what is asked first, what is refused; nothing of it is a gift."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from donations import batching, counting_batches, recognizing_checks
from donations.batching import Part
from donations.dating import Basis
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchRow, BatchRowPart, Donation
from ledger import closing
from ledger.models import Entry
from ledger.money import Money
from payments.models import BankAccount
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.donations import batches, desk
from tests.donations.batches import usd
from tests.facts import NOW

pytestmark = pytest.mark.django_db
Giver = BatchRow.Giver


def refused(code: str, **given: Any) -> UnableToBatch:
    batch = given.pop("batch", None) or batches.opened()
    with pytest.raises(UnableToBatch) as told:
        batches.saved(batch, given.pop("amount", "100.00"), given.pop("donor", None), **given)
    assert told.value.code == code
    assert not BatchRow.objects.filter(batch=batch).exists() or "batch" in given
    return told.value


class TestBeginning:
    def test_a_batch_begins_with_count_and_total_and_gets_the_next_number(self) -> None:
        first, second = batches.opened(count=3, total="75.00"), batches.opened()
        assert (second.number, first.expected_count, first.expected_minor) == (first.number + 1, 3, 7_500)
        assert first.status == Batch.Status.OPEN
        assert AuditEvent.objects.filter(action="batch.opened", target=f"batch:{first.pk}").exists()

    def test_the_same_form_sent_twice_is_one_batch(self) -> None:
        key = uuid.uuid4()
        for _ in range(2):
            batching.open_batch(batch_id=key, cover=batches.cover(), actor=batches.finance(), now=NOW)
        assert Batch.objects.count() == 1

    @pytest.mark.parametrize(
        ("code", "changed"),
        [
            ("count", {"expected_count": 0}),
            ("count", {"expected_count": 501}),
            ("amount", {"expected": Money(0, "USD")}),
            ("bank", {"expected": Money(1, "KRW")}),
            ("method", {"method": "bank_transfer"}),
            ("one_counter", {"counter_one": "Ada  Park", "counter_two": "ada park"}),
            ("resident_number", {"event": "900101-1234567"}),
            ("day", {"came_on": date(2026, 11, 21)}),
            ("deposit_day", {"deposit_on": date(2026, 11, 17)}),
            ("deposit_day", {"deposit_on": date(2026, 12, 5)}),
        ],
    )
    def test_what_cannot_be_is_refused(self, code: str, changed: dict[str, Any]) -> None:
        with pytest.raises(UnableToBatch) as told:
            batching.open_batch(
                batch_id=uuid.uuid4(), cover=batches.cover(**changed), actor=batches.finance(), now=NOW
            )
        assert told.value.code == code
        assert not Batch.objects.exists()

    def test_a_closed_account_takes_no_deposit_and_a_closed_fund_no_gift(self) -> None:
        BankAccount.objects.filter(pk=batches.account().pk).update(is_open=False)
        with pytest.raises(UnableToBatch, match="bank"):
            batches.opened()

    def test_another_bodys_fund_is_refused(self) -> None:
        fund = making.fund("OUT")
        fund.is_open = False
        fund.save()
        with pytest.raises(UnableToBatch, match="fund"):
            batches.opened(fund=fund)

    def test_a_deposit_in_a_closed_period_is_refused_with_the_next_open_day(self) -> None:
        closing.close(entity=making.entity(), through_on=date(2026, 11, 19), closed_by="u", now=NOW)
        with pytest.raises(UnableToBatch, match="closed"):
            batches.opened(deposit_on=date(2026, 11, 19))
        assert counting_batches.first_open_day(entity_id=making.entity().pk) == date(2026, 11, 20)
        assert batches.opened(deposit_on=date(2026, 11, 20)).status == Batch.Status.OPEN

    def test_the_envelope_can_be_corrected_and_its_body_cannot(self) -> None:
        batch = batches.opened()
        changed = batches.cover(count=2, total="250.00")
        done = batching.change_cover(batch_id=batch.pk, cover=changed, actor=batches.finance(), now=NOW)
        assert (done.expected_count, done.expected_minor, done.number) == (2, 25_000, batch.number)
        won = batches.account(name="Won", currency="KRW")
        with pytest.raises(UnableToBatch, match="other_body"):
            batching.change_cover(
                batch_id=batch.pk,
                cover=replace(changed, bank_account=won, expected=Money(5, "KRW")),
                actor=batches.finance(),
                now=NOW,
            )


class TestRows:
    def test_a_row_takes_what_the_batch_begins_with_and_is_no_gift(self) -> None:
        batch = batches.opened(count=2, total="150.00")
        row = batches.saved(batch, "100.00")
        assert (row.method, row.campaign, row.days) == ("check", batch.campaign, {"received": "2026-11-18"})
        assert [(part.fund, part.amount_minor) for part in row.parts.all()] == [(batch.fund, 10_000)]
        assert not Donation.objects.exists()
        assert not Entry.objects.exists()

    def test_the_same_form_sent_twice_is_one_row_and_later_words_win(self) -> None:
        batch = batches.opened(count=2, total="150.00")
        typed = batches.piece("100.00")
        for amount in ("100.00", "100.00", "120.00"):
            batching.save_row(
                batch_id=batch.pk,
                piece=replace(typed, amount=usd(amount)),
                actor=batches.finance(),
                now=NOW,
            )
        row = BatchRow.objects.get()
        assert (row.amount_minor, row.position) == (12_000, 1)
        assert sum(row.parts.values_list("amount_minor", flat=True)) == 12_000

    def test_a_form_of_another_batch_is_refused(self) -> None:
        row = batches.saved(batches.opened())
        refused("entered", batch=batches.opened(), id=row.pk)

    def test_a_row_taken_out_leaves_the_others_where_they_are(self) -> None:
        batch = batches.opened(count=3, total="300.00")
        rows = [batches.saved(batch) for _ in range(3)]
        for _ in range(2):
            batching.remove_row(batch_id=batch.pk, row_id=rows[1].pk, actor=batches.finance(), now=NOW)
        assert list(batch.rows.order_by("position").values_list("position", flat=True)) == [1, 3]
        assert batches.saved(batch).position == 4
        assert not BatchRowPart.objects.filter(row=rows[1].pk).exists()
        assert AuditEvent.objects.filter(action="batch.row_removed").count() == 1

    def test_an_ended_batch_takes_nothing_any_more(self) -> None:
        batch = batches.opened()
        with pytest.raises(UnableToBatch, match="reason"):
            batching.discard(batch_id=batch.pk, reason=" ", actor=batches.finance(), now=NOW)
        with pytest.raises(UnableToBatch, match="resident_number"):
            batching.discard(batch_id=batch.pk, reason="900101-1234567", actor=batches.finance(), now=NOW)
        for _ in range(2):
            done = batching.discard(batch_id=batch.pk, reason="begun twice", actor=batches.finance(), now=NOW)
        assert done.status == Batch.Status.DISCARDED
        refused("ended", batch=batch)
        with pytest.raises(UnableToBatch, match="ended"):
            batching.count_cash(batch_id=batch.pk, pieces={100: 1})

    def test_a_posted_batch_is_not_discarded(self) -> None:
        with pytest.raises(UnableToBatch, match="ended"):
            batching.discard(batch_id=batches.posted("5.00").pk, reason="x", actor=batches.finance(), now=NOW)

    @pytest.mark.parametrize(
        ("code", "given"),
        [
            ("amount", {"amount": "0.00"}),
            ("resident_number", {"memo": "900101-1234567"}),
            ("resident_number", {"hint": "900101-1234567", "giver": Giver.UNKNOWN}),
            ("method", {"method": "bank_transfer"}),
            ("method", {"giver": Giver.UNKNOWN, "method": "in_kind"}),
            ("nameless_thing", {"giver": Giver.NOBODY, "kind": Donation.Kind.PROPERTY}),
            ("nameless_thing", {"giver": Giver.NOBODY, "benefit": "a dinner"}),
            ("description", {"kind": Donation.Kind.PROPERTY, "method": "in_kind"}),
            ("ticket", {"kind": Donation.Kind.TICKET}),
            ("benefit", {"benefit_minor": 500}),
            ("organization", {"payer": Donation.Payer.DAF}),
            ("day", {"days": {Basis.RECEIVED: date(2026, 11, 18), Basis.POSTMARK: date(2027, 1, 1)}}),
        ],
    )
    def test_what_cannot_become_a_gift_cannot_be_a_row(self, code: str, given: dict[str, Any]) -> None:
        refused(code, **given)

    def test_nobody_of_that_name_and_another_currency_are_refused(self) -> None:
        batch = batches.opened()
        for code, changed in (
            ("unknown", {"donor_id": uuid.uuid4()}),
            ("unknown", {"donor_id": None}),
            ("currency", {"amount": Money(5, "KRW")}),
        ):
            with pytest.raises(UnableToBatch, match=code):
                batching.save_row(
                    batch_id=batch.pk,
                    piece=replace(batches.piece(), **changed),
                    actor=batches.finance(),
                    now=NOW,
                )

    def test_a_batch_holds_so_many_rows_and_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(batching, "MOST_ROWS", 1)
        batch = batches.opened()
        batches.saved(batch)
        with pytest.raises(UnableToBatch, match="full"):
            batches.saved(batch)


class TestParts:
    def test_a_check_is_split_over_funds_and_people(self) -> None:
        batch = batches.opened(total="300.00")
        son = facts.donor("Daniel Kim", "daniel@example.org")
        parts = [
            Part(batch.fund, usd("100.00")),
            Part(facts.general(), usd("150.00")),
            Part(facts.general(), usd("50.00"), son.pk),
        ]
        row = batches.saved(batch, "300.00", parts=parts)
        assert [(part.fund.code, part.donor, part.amount_minor) for part in row.parts.order_by("id")] == [
            (batch.fund.code, None, 10_000),
            ("GEN", None, 15_000),
            ("GEN", son, 5_000),
        ]

    def test_parts_sum_are_positive_and_named_once(self) -> None:
        batch = batches.opened(total="300.00")
        fund, general = batch.fund, facts.general()
        closed = making.fund("SHUT")
        closed.is_open = False
        closed.save()
        for code, parts in (
            ("sum", [Part(fund, usd("99.00"))]),
            ("part", [Part(fund, usd("101.00")), Part(general, Money(-100, "USD"))]),
            ("twice", [Part(fund, usd("50.00")), Part(fund, usd("50.00"), facts.donor().pk)]),
            ("fund", [Part(closed, usd("100.00"))]),
        ):
            refused(code, batch=batch, parts=parts)
        other = [Part(fund, usd("50.00")), Part(general, usd("50.00"), facts.donor().pk)]
        refused("nameless_part", batch=batch, giver=Giver.UNKNOWN, parts=other)


class TestTwins:
    def test_a_check_seen_before_is_asked_about_and_the_batch_is_named(self) -> None:
        first = batches.posted("50.00", check_number="001 042")
        told = refused("twin", amount="50.00", check_number="1042")
        assert told.twin is not None
        assert told.twin.row is not None
        assert told.twin.row.batch == first
        batch = batches.opened()
        row = batches.saved(batch, "50.00", check_number="1042", accepts_twin=True)
        assert row.accepts_twin
        assert row.check_number == "1042"

    @pytest.mark.parametrize(
        "given", [{"check_number": "1043"}, {"amount": "51.00"}, {"method": "cash"}, {"other": True}]
    )
    def test_another_number_sum_way_or_giver_is_another_check(self, given: dict[str, Any]) -> None:
        batches.posted("50.00", check_number="1042")
        if given.pop("other", False):
            given["donor"] = facts.donor("Daniel Kim", "daniel@example.org")
        batches.saved(batches.opened(), **{"amount": "50.00", "check_number": "1042", **given})

    def test_without_a_giver_number_and_sum_are_enough_to_ask(self) -> None:
        batches.saved(batches.opened(), "50.00", giver=Giver.UNKNOWN, check_number="77")
        refused("twin", amount="50.00", check_number="77")
        refused("twin", amount="50.00", check_number="77", giver=Giver.UNKNOWN)

    def test_what_was_discarded_or_lies_long_ago_is_no_twin(self) -> None:
        batch = batches.opened()
        batches.saved(batch, "50.00", check_number="77")
        batching.discard(batch_id=batch.pk, reason="twice", actor=batches.finance(), now=NOW)
        batches.saved(batches.opened(), "50.00", check_number="77")
        later = recognizing_checks.twin(
            row_id=uuid.uuid4(),
            check_number="77",
            amount=usd("50.00"),
            donor_id=facts.donor().pk,
            came_on=date(2027, 4, 1),
        )
        assert later is None

    def test_a_gift_entered_by_itself_is_a_twin_by_its_last_digits(self) -> None:
        gift = desk.enter(desk.check(last4="1042"))
        told = refused("twin", amount="250.00", check_number="881042")
        assert told.twin is not None
        assert told.twin.donation == gift

    def test_a_number_is_kept_without_blanks_and_noughts(self) -> None:
        assert [recognizing_checks.number(typed) for typed in (" 00-12 a", "000", "", "7")] == [
            "12A",
            "0",
            "",
            "7",
        ]


class TestNewYear:
    """C3 to C5: which day counts is asked while the envelope is still at hand."""

    NOW = datetime(2027, 1, 4, 15, 0, tzinfo=UTC)

    def opened(self) -> Batch:
        day = date(2027, 1, 3)
        return batching.open_batch(
            batch_id=uuid.uuid4(),
            cover=batches.cover(came_on=day, deposit_on=date(2027, 1, 4)),
            actor=batches.finance(),
            now=self.NOW,
        )

    def save(self, batch: Batch, **given: Any) -> BatchRow:
        piece = batches.piece("100.00", **given)
        return batching.save_row(batch_id=batch.pk, piece=piece, actor=batches.finance(), now=self.NOW)

    def test_around_the_new_year_nobody_is_silent_about_how_a_check_came(self) -> None:
        batch = self.opened()
        with pytest.raises(UnableToBatch, match="weak_basis"):
            self.save(batch)
        row = self.save(batch, is_sure_of_day=True)
        again = replace(batches.piece("110.00"), id=row.pk)
        kept = batching.save_row(batch_id=batch.pk, piece=again, actor=batches.finance(), now=self.NOW)
        assert kept.days == {"received": "2027-01-03"}
        self.save(batch, method="cash", check_number="")
        self.save(batch, giver=Giver.UNKNOWN)

    def test_a_postmark_answers_it(self) -> None:
        days = {Basis.RECEIVED: date(2027, 1, 3), Basis.POSTMARK: date(2026, 12, 31)}
        assert self.save(self.opened(), days=days).days["postmark"] == "2026-12-31"

    def test_in_november_it_is_not_asked(self) -> None:
        assert batches.saved(batches.opened()).days == {"received": "2026-11-18"}
