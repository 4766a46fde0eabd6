"""A gift over the desk that was wrong: it goes back whole, what is true is entered anew, and the books tell both."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from donations import (
    benefiting,
    counting_batches,
    crediting,
    giving_back,
    postings,
    refunding,
    restating,
    reversing,
)
from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import Detail
from donations.models import Donation, Refund, Reversal, SoftCredit
from donations.reversing import UnableToReverse, Wrong
from ledger import balances, closing, posting
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from receipts import mending
from receipts.models import Exclusion, Receipt, Voiding
from reports import filtering, listing, timelines
from tests import facts
from tests.campaigns import making
from tests.donations import batches, desk
from tests.donations.batches import usd
from tests.donations.test_batch_posting import on_account, sound
from tests.facts import NOW

pytestmark = pytest.mark.django_db
Kind = Reversal.Kind


def wrong(gift: Donation, kind: Reversal.Kind = Kind.MISTAKE, **given: Any) -> Wrong:
    values: dict[str, Any] = {"reason": "typed wrong", "gift_id": uuid.uuid4(), **given}
    if kind != Kind.MISTAKE:
        values.setdefault("happened_on", date(2026, 11, 20))
    return Wrong(donation_id=gift.pk, kind=kind, **values)


def given_back(gift: Donation, **given: Any) -> Reversal:
    """Somebody proposes to give it back, somebody else agrees, and the receipt follows."""
    asked = giving_back.propose(
        donation_id=gift.pk,
        request_id=uuid.uuid4(),
        happened_on=given.get("happened_on", date(2026, 11, 20)),
        reason="asked for it",
        actor=batches.finance(),
        now=NOW,
    )
    mending.approve(request_id=asked.pk, is_at_bank=False, actor=batches.approver(), now=NOW)
    return Reversal.objects.get(refund__donation=gift)


def reverse(gift: Donation, kind: Reversal.Kind = Kind.MISTAKE, **given: Any) -> Reversal:
    return reversing.reverse(wrong=wrong(gift, kind, **given), actor=batches.finance(), now=NOW)


def refused(code: str, gift: Donation, kind: Reversal.Kind = Kind.MISTAKE, **given: Any) -> None:
    with pytest.raises(UnableToReverse) as told:
        reverse(gift, kind, **given)
    assert told.value.code == code
    assert not Reversal.objects.filter(refund__donation=gift).exists()


def batched(amount: str = "520.00") -> Donation:
    batches.posted(amount)
    return Donation.objects.get()


class TestMistakes:
    def test_a_posted_gift_of_the_wrong_amount_is_reversed_and_entered_anew(
        self, check_laws: Callable[[], None]
    ) -> None:
        gift = batched("520.00")
        made = reverse(gift, truth=[(gift.campaign.fund, usd("250.00"))])
        true = made.replaced_by
        assert true is not None
        assert (true.amount, true.donor, true.given_on, true.last4) == (
            usd("250.00"),
            gift.donor,
            gift.given_on,
            gift.last4,
        )
        back = Entry.objects.get(kind="reversal")
        assert back.reverses == Entry.objects.get(source=f"hand:{gift.pk}")
        assert back.booked_on == batches.CAME
        assert refunding.refunded(donation=gift) == gift.amount
        assert (on_account("1000"), on_account("1050")) == (25_000, 0)
        raised = balances.received(segments=[gift.campaign.slug])[gift.campaign.slug]
        assert raised == [usd("250.00")]
        check_laws()
        sound()

    def test_the_bank_shows_what_was_carried_there_in_fact(self) -> None:
        gift = batched("520.00")
        batch = gift.batched.row.batch
        assert counting_batches.deposited(batch=batch) == usd("520.00")
        reverse(gift, truth=[(gift.campaign.fund, usd("250.00"))])
        assert counting_batches.deposited(batch=batch) == usd("250.00")

    def test_a_check_that_bounced_was_at_the_bank(self) -> None:
        gift = batched("520.00")
        reverse(gift, Kind.BOUNCED)
        assert counting_batches.deposited(batch=gift.batched.row.batch) == usd("520.00")

    def test_a_gift_entered_by_itself_lies_in_the_drawer(self) -> None:
        gift = desk.enter(desk.check())
        reverse(gift, truth=[(facts.general(), usd("250.00"))])
        assert (on_account("1000"), on_account("1050")) == (0, 25_000)
        assert [row["fund__code"] for row in Line.objects.filter(account__code="1050", entry__kind="donation")
                .order_by("-id").values("fund__code")[:1]] == ["GEN"]  # fmt: skip
        sound()

    def test_one_that_never_was_has_nothing_in_its_place(self) -> None:
        gift = batched("520.00")
        assert reverse(gift).replaced_by is None
        assert on_account("1000") == 0
        sound()

    def test_the_same_again_is_the_one_that_was_done(self) -> None:
        gift = batched("520.00")
        told = wrong(gift, truth=[(gift.campaign.fund, usd("250.00"))])
        first = reversing.reverse(wrong=told, actor=batches.finance(), now=NOW)
        assert reversing.reverse(wrong=told, actor=batches.finance(), now=NOW) == first
        assert Refund.objects.count() == 1
        with pytest.raises(UnableToReverse, match="gone"):
            reverse(gift, Kind.BOUNCED)

    def test_everything_that_was_true_stays_true(self) -> None:
        adviser = facts.donor("Lydia Advises", "lydia@example.org")
        half = facts.donor("Half Thanked", "half@example.org")
        gift = desk.enter(
            desk.thing(
                detail=Detail(quantity=40, claimed_minor=300_000, equivalent=Money(5, "KRW"),
                              rate_on=date(2026, 11, 1), rate_source="bank"),
                returns=[Return("a hat", 500, is_token=True)],
                credits=[Credit(adviser.pk, SoftCredit.Kind.OTHER)],
                is_anonymous=True,
            )
        )  # fmt: skip
        crediting.thank(
            donation_id=gift.pk,
            credit=Credit(half.pk, SoftCredit.Kind.OTHER, 150_000),
            actor=batches.finance(),
            now=NOW,
        )
        restating.restate(
            donation_id=gift.pk,
            changes={"given_on": date(2026, 11, 1)},
            reason="postcard",
            actor=batches.finance(),
            now=NOW,
        )
        true = reverse(gift, truth=[(gift.campaign.fund, usd("1000.00"))]).replaced_by
        assert true is not None
        true.refresh_from_db()
        assert (true.given_on, true.date_rule, true.kind) == (date(2026, 11, 1), "staff", "property")
        assert (true.detail.quantity, true.detail.claimed_minor) == (40, 300_000)
        assert true.detail.equivalent_currency == "KRW"
        assert [one.description for one in true.benefits.all()] == ["a hat"]
        assert dict(true.soft_credits.values_list("donor__name", "amount_minor")) == {
            "Lydia Advises": 100_000,
            "Half Thanked": 100_000,
        }
        assert true.recognition.is_anonymous
        assert on_account("1350") == 100_000
        sound()

    def test_a_thing_that_was_called_money_is_taken_from_where_it_lies(self) -> None:
        gift = desk.enter(desk.check())
        restating.restate(
            donation_id=gift.pk,
            changes={"kind": "property", "description": "coats"},
            reason="no check",
            actor=batches.finance(),
            now=NOW,
        )
        reverse(Donation.objects.get(pk=gift.pk))
        assert (on_account("1050"), on_account("1350")) == (0, 0)
        sound()

    def test_money_the_bank_line_brought_is_at_the_bank(self) -> None:
        gift = desk.enter(desk.check())
        made = reverse(gift, truth=[(facts.general(), usd("250.00"))], is_at_bank=True)
        assert made.replaced_by is not None
        assert Entry.objects.filter(source=f"deposit:{made.replaced_by.pk}").exists()
        assert on_account("1000") == 0  # the bank's own line put it there, in another room

    def test_a_ticket_is_taken_back_with_what_was_bought(self) -> None:
        ticket = desk.enter(
            desk.check(kind=Donation.Kind.TICKET, amount=usd("150.00"), returns=[Return("Dinner", 5_000)])
        )
        benefiting.add(donation_id=ticket.pk, given=Return("Wine", 1_000), actor=batches.finance(), now=NOW)
        assert on_account("4200") == -6_000
        true = reverse(ticket, truth=[(ticket.campaign.fund, usd("80.00"))]).replaced_by
        assert true is not None
        assert (on_account("4200"), on_account("4100") + on_account("4000")) == (-6_000, -2_000)
        sound()


class TestPeriods:
    def test_a_mistake_of_a_closed_month_is_put_right_in_the_open_one_with_a_reference(self) -> None:
        """E10."""
        gift = batched("520.00")
        before = closing.close(
            entity=making.entity(), through_on=date(2026, 11, 19), closed_by="u", now=NOW
        ).checksum
        reverse(gift, truth=[(gift.campaign.fund, usd("250.00"))])
        fresh = Entry.objects.filter(kind__in=["reversal", "donation"]).order_by("-id")[:2]
        for entry in fresh:
            assert entry.booked_on == date(2026, 11, 20)
            assert entry.memo == "Of 2026-11-18, a period that is closed."
        assert closing.checksum(entity_id=making.entity().pk, through_on=date(2026, 11, 19)) == before
        sound()


class TestBounced:
    @pytest.mark.parametrize("kind", [Kind.BOUNCED, Kind.RETURNED])
    def test_it_leaves_the_bank_on_the_day_it_happened(self, kind: Reversal.Kind) -> None:
        gift = batched("520.00")
        taken = given_back if kind == Kind.RETURNED else reverse
        taken(gift, **({"kind": kind} if kind == Kind.BOUNCED else {}), happened_on=date(2026, 11, 19))
        entry = Entry.objects.get(kind="reversal")
        assert entry.booked_on == date(2026, 11, 19)
        assert on_account("1000") == 0
        assert Refund.objects.get().reason == kind.value
        sound()

    def test_the_day_lies_between_its_coming_and_today(self) -> None:
        gift = batched("520.00")
        for day in (date(2026, 11, 17), date(2026, 11, 21), None):
            refused("day", gift, Kind.BOUNCED, happened_on=day)


class TestRefusals:
    def test_reasons_truths_and_funds(self) -> None:
        gift = batched("520.00")
        fund = gift.campaign.fund
        refused("reason", gift, reason="  ")
        refused("resident_number", gift, reason="900101-1234567")
        refused("truth", gift, Kind.BOUNCED, truth=[(fund, usd("1.00"))])
        refused("amount", gift, truth=[(fund, Money(5, "KRW"))])
        refused("same", gift, truth=[(fund, usd("520.00"))])
        Fund.objects.filter(pk=fund.pk).update(is_open=False)
        fund.refresh_from_db()
        refused("fund", gift, truth=[(fund, usd("1.00"))])

    def test_what_went_back_before_or_was_sold_is_not_taken_back(self) -> None:
        gift = desk.enter(desk.check())
        back = Refund.objects.create(
            donation=gift, processor_ref="elsewhere", amount_minor=100, refunded_at=NOW, recorded_at=NOW
        )
        back.parts.create(fund=gift.campaign.fund, amount_minor=100)
        refused("gone", gift)
        shares = desk.enter(desk.thing(kind=Donation.Kind.STOCK, method="stock", description="10 ABC",
                                       days={Basis.TRANSFER: date(2026, 11, 17)}))  # fmt: skip
        posting.post(
            entity=shares.entity,
            kind=Entry.Kind.SALE,
            source=f"sale:{shares.pk}",
            happened_at=NOW,
            postings=postings.deposited([(shares.campaign.fund_id, usd("5.00"))]),
            now=NOW,
        )
        refused("sold", shares)

    def test_only_what_came_over_the_desk_and_stands(self) -> None:
        online = facts.donation()
        refused("desk", online)
        with pytest.raises(UnableToReverse, match="unknown"):
            reversing.reverse(
                wrong=Wrong(donation_id=uuid.uuid4(), kind=Kind.MISTAKE, reason="x", gift_id=uuid.uuid4()),
                actor=batches.finance(),
                now=NOW,
            )
        assert not reversing.can_be_reversed(donation=online)

    def test_what_cannot_be_entered_anew_is_refused_whole(self) -> None:
        gift = batched("520.00")
        other = facts.donor("Daniel Kim", "daniel@example.org")
        credit = Credit(other.pk, SoftCredit.Kind.OTHER)
        crediting.thank(donation_id=gift.pk, credit=credit, actor=batches.finance(), now=NOW)
        other.merged_into = facts.donor()
        other.save()
        refused("other", gift, truth=[(gift.campaign.fund, usd("1.00"))])
        assert not Refund.objects.exists()


class TestPapers:
    def papered(self, amount: str = "520.00") -> tuple[Donation, Receipt]:
        gift = batched(amount)
        facts.paperwork()
        return gift, Receipt.objects.get()

    def mend(self, gift: Donation, kind: Reversal.Kind = Kind.MISTAKE, **given: Any) -> Reversal:
        return mending.reverse(wrong=wrong(gift, kind, **given), actor=batches.finance(), now=NOW)

    def test_the_old_receipt_is_replaced_by_one_that_says_what_is_true(self) -> None:
        gift, old = self.papered()
        made = self.mend(gift, truth=[(gift.campaign.fund, usd("250.00"))])
        assert old.voiding.reason == Voiding.Reason.CORRECTED
        new = Receipt.objects.exclude(pk=old.pk).get()
        assert (new.replaces, new.total) == (old, usd("250.00"))
        assert [line.donation for line in new.lines.all()] == [made.replaced_by]
        assert Exclusion.objects.get().donation == gift
        facts.paperwork()
        assert Receipt.objects.count() == 2
        sound()

    def test_a_bounced_check_voids_its_receipt_and_the_giver_is_told_why(self) -> None:
        gift, old = self.papered()
        self.mend(gift, Kind.BOUNCED)
        assert old.voiding.reason == Voiding.Reason.REFUNDED
        facts.paperwork()
        told = gift.donor.messages.get(kind="receipt_voided")
        assert "The bank did not pay your check of $520.00" in told.text
        assert "returned to you" not in told.text

    def test_money_we_gave_back_is_told_as_before(self) -> None:
        gift, _old = self.papered()
        given_back(gift)
        assert "was returned to you" in gift.donor.messages.get(kind="receipt_voided").text

    def test_a_gift_that_never_was_is_no_money_that_went_back(self) -> None:
        gift, old = self.papered()
        self.mend(gift)
        told = gift.donor.messages.get(kind="receipt_voided").text
        assert "returned to you" not in told
        assert old.serial in told

    def test_without_a_receipt_only_money_is_told_of(self) -> None:
        for kind, words in (
            (Kind.MISTAKE, None),
            (Kind.BOUNCED, "was not paid"),
            (Kind.RETURNED, "back to you"),
        ):
            donor = facts.donor(f"Giver {kind}", f"{kind}@example.org")
            gift = desk.enter(desk.check(donor_id=donor.pk))
            (given_back if kind == Kind.RETURNED else self.mend)(
                gift, **({} if kind == Kind.RETURNED else {"kind": kind})
            )
            facts.paperwork()
            subjects = list(donor.messages.filter(kind="refund_made").values_list("subject", flat=True))
            assert [(words or "") in subject for subject in subjects] == ([True] if words else [])


class TestReading:
    def test_lists_ladders_and_the_history_tell_it(self) -> None:
        gift = batched("520.00")
        made = reverse(gift, truth=[(gift.campaign.fund, usd("250.00"))], reason="two digits")
        rows = listing.page(filters=filtering.Filters(), language="en").rows
        shown = {row.id: (row.state, row.net) for row in rows}
        assert made.replaced_by is not None
        assert shown == {gift.pk: ("refunded", usd("0")), made.replaced_by.pk: ("paid", usd("250.00"))}
        [total] = listing.totals(filters=filtering.Filters())
        assert (total.gross, total.refunded, total.net) == (usd("770.00"), usd("520.00"), usd("250.00"))
        entries = timelines.entries(donation=gift)
        moments = timelines.of(donation=gift, entries=entries)
        told = next(one for one in moments if one.kind == "reversed_mistake")
        assert told.words.endswith("two digits")
        assert told.target is not None
