"""The office ends a batch: splits, cash, a second person, posting; a giver is found, a gift turns out wrong."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations.models import Batch, BatchRow, Donation, Reversal
from donors.models import Donor
from ledger.models import Fund
from ledger.money import Money
from reports import batch_tasks
from tests import making
from tests.journeys.pages import text_of
from tests.web.batch_pages import (
    account,
    approver,
    batch,
    filled,
    finance,
    kim,
    row,
    words,
)

__all__ = ["account", "approver", "batch", "finance", "kim"]
pytestmark = pytest.mark.django_db


class TestWhole:
    def address(self, batch: Batch, key: object = None) -> str:
        return reverse("office:batch_row", args=[batch.pk, key or uuid.uuid4()])

    def whole(self, **given: Any) -> dict[str, Any]:
        return row(what="check", method="check", campaign=making.campaign().slug, basis="received", **given)

    def test_more_brings_along_what_was_typed(self, finance: Client, batch: Batch) -> None:
        told = row(amount="41.00", check_number="77", more="1")
        shown = finance.post(reverse("office:batch_save", args=[batch.pk]), told).content.decode()
        assert 'value="41.00"' in shown
        assert told["row_id"] in shown
        bare = finance.post(reverse("office:batch_save", args=[batch.pk]), {"more": "1"})
        assert bare.status_code == 200

    def test_one_check_is_split_over_funds_and_people_and_shown_again(
        self, finance: Client, batch: Batch, kim: Donor, today: datetime
    ) -> None:
        son = making.donor(name="Daniel Park", email="daniel@example.org", now=today)
        other = making.fund(code="RSC", restriction=Fund.Restriction.PURPOSE, name="Rescue")
        key = uuid.uuid4()
        told = self.whole(
            row_id=str(key), part_amount_1="30.00", part_amount_2="20.00", part_donor_2="daniel"
        )
        told |= {"part_fund_1": making.fund().pk, "part_fund_2": other.pk, "account_last4": "6789"}
        assert finance.post(self.address(batch, key), told).status_code == 302
        parts = BatchRow.objects.get().parts.order_by("id")
        assert [(part.fund.code, part.donor, part.amount_minor) for part in parts] == [
            ("GEN", None, 3_000),
            ("RSC", son, 2_000),
        ]
        shown = finance.get(self.address(batch, key)).content.decode()
        assert 'value="Daniel Park"' in shown
        assert 'value="30.00"' in shown

    def test_troubles_of_the_split(self, finance: Client, batch: Batch, kim: Donor) -> None:
        for told, said in (
            ({"part_amount_1": "30.00"}, "The parts do not add up to the amount."),
            ({"part_donor_1": "kim c"}, "Write an amount."),
            ({"part_amount_1": "x"}, "This is not an amount"),
        ):
            answer = finance.post(self.address(batch), self.whole(**told))
            assert answer.status_code == 422
            assert said in words(answer)

    def test_a_ticket_with_its_dinner_and_a_thing(self, finance: Client, batch: Batch, kim: Donor) -> None:
        key = uuid.uuid4()
        ticket = self.whole(row_id=str(key), benefit="Dinner", benefit_value="20.00") | {"what": "ticket"}
        assert finance.post(self.address(batch, key), ticket).status_code == 302
        kept = BatchRow.objects.get()
        assert (kept.kind, kept.benefit, kept.benefit_minor, kept.method) == (
            "ticket",
            "Dinner",
            2_000,
            "check",
        )
        assert 'value="Dinner"' in finance.get(self.address(batch, key)).content.decode()
        coats = self.whole(description="Coats") | {"what": "property", "amount": "10"}
        assert finance.post(self.address(batch), coats).status_code == 302
        bare = self.whole() | {"what": "property"}
        assert "Describe what was given." in words(finance.post(self.address(batch), bare))

    def test_a_fund_thanks_its_adviser_and_is_an_organization(
        self, finance: Client, batch: Batch, kim: Donor, today: datetime
    ) -> None:
        told = self.whole(thanked="kim c") | {"what": "daf"}
        answer = words(finance.post(self.address(batch), told))
        assert "The giver of this kind is an organization" in answer

    def test_days_are_written_with_what_they_are(
        self, finance: Client, batch: Batch, kim: Donor, today: datetime
    ) -> None:
        assert "Write the day." in words(
            finance.post(self.address(batch), self.whole() | {"basis": "postmark"})
        )
        day = (today - timedelta(days=4)).date().isoformat()
        key = uuid.uuid4()
        told = self.whole(row_id=str(key), basis_on=day, written_on=day) | {"basis": "postmark"}
        assert finance.post(self.address(batch, key), told).status_code == 302
        assert BatchRow.objects.get().days["postmark"] == day
        assert day in finance.get(self.address(batch, key)).content.decode()

    def test_unknown_with_a_hint_is_shown_again(self, finance: Client, batch: Batch) -> None:
        key = uuid.uuid4()
        told = self.whole(row_id=str(key), hint="blue ink") | {"donor": "?"}
        assert finance.post(self.address(batch, key), told).status_code == 302
        shown = finance.get(self.address(batch, key)).content.decode()
        assert 'value="?"' in shown
        assert 'value="blue ink"' in shown


class TestEnding:
    def test_posting_is_blocked_in_words_until_it_agrees(
        self, finance: Client, batch: Batch, kim: Donor
    ) -> None:
        filled(finance, batch, last="90.00")
        shown = finance.get(reverse("office:batch", args=[batch.pk]))
        assert '<button disabled aria-describedby="why">' in shown.content.decode()
        assert "The total does not agree with what was counted." in words(shown)
        answer = finance.post(reverse("office:batch_post", args=[batch.pk]))
        assert answer.status_code == 422
        assert not Donation.objects.exists()

    def test_what_will_happen_is_shown_then_done(self, finance: Client, batch: Batch, kim: Donor) -> None:
        filled(finance, batch)
        address = reverse("office:batch_post", args=[batch.pk])
        told = words(finance.get(address))
        assert "2 pieces of $150.00 come into the books." in told
        assert "1 waits under Today" in told
        answer = finance.post(address, follow=True)
        assert f"Batch {batch.number} is in the books." in words(answer)
        assert "Posted by" in words(answer)
        assert finance.get(address).status_code == 302
        assert Donation.objects.get().amount == Money(5_000, "USD")
        for paper in ("letter", "a4"):
            slip = finance.get(reverse("office:batch_slip", args=[batch.pk, paper]))
            assert slip["Content-Type"] == "application/pdf"
            assert "Total of the deposit $150.00" in text_of(slip.content)
        assert finance.get(reverse("office:batch_slip", args=[batch.pk, "a3"])).status_code == 404

    def test_a_row_that_became_impossible_is_named(self, finance: Client, batch: Batch, kim: Donor) -> None:
        filled(finance, batch)
        Fund.objects.update(is_open=False)
        answer = finance.post(reverse("office:batch_post", args=[batch.pk]))
        assert "Row 1: All funds must be open" in words(answer)

    def test_a_second_person_agrees(
        self, finance: Client, approver: Client, batch: Batch, kim: Donor
    ) -> None:
        filled(finance, batch, last="90.00")
        address = reverse("office:batch_override", args=[batch.pk])
        assert "Write why." in words(finance.post(address, {"deed": "ask", "reason": ""}, follow=True))
        finance.post(address, {"deed": "ask", "reason": "A note was torn"})
        [task], count = batch_tasks.overrides()
        assert (task.batch, count, task.amount) == (batch.pk, 1, Money(-1_000, "USD"))
        assert "A batch that does not agree" in words(approver.get(reverse("office:today")))
        told = approver.post(address, {"deed": "unheard"}, follow=True)
        assert "This is not yours to do." in words(told)
        assert "This is not yours to do." in words(finance.post(address, {"deed": "approve"}, follow=True))
        shown = approver.get(reverse("office:batch", args=[batch.pk]))
        assert "A note was torn" in words(shown)
        assert 'value="approve"' in shown.content.decode()
        approver.post(address, {"deed": "approve"})
        assert "has agreed" in words(finance.get(reverse("office:batch", args=[batch.pk])))
        finance.post(reverse("office:batch_post", args=[batch.pk]))
        assert Batch.objects.get().status == "posted"

    def test_it_is_taken_back(self, finance: Client, batch: Batch, kim: Donor) -> None:
        filled(finance, batch, last="90.00")
        address = reverse("office:batch_override", args=[batch.pk])
        finance.post(address, {"deed": "ask", "reason": "torn"})
        finance.post(address, {"deed": "withdraw"})
        assert Batch.objects.get().override_asked_by is None

    def test_cash_is_counted(self, finance: Client, batch: Batch, today: datetime) -> None:
        address = reverse("office:batch_cash", args=[batch.pk])
        assert "$20.00" in words(finance.get(address))
        assert finance.post(address, {"n_2000": "-1"}).status_code == 422
        assert finance.post(address, {"n_2000": "2", "n_100": "", "n_25": "4"}).status_code == 302
        assert dict(batch.cash_counts.values_list("denomination_minor", "pieces")) == {2_000: 2, 25: 4}
        Batch.objects.update(status="discarded", ended_at=today, ended_by=batch.opened_by)
        assert "not open any more" in words(finance.post(address, {"n_2000": "1"}))

    def test_it_is_discarded_with_a_reason(self, finance: Client, batch: Batch) -> None:
        address = reverse("office:batch_discard", args=[batch.pk])
        assert "become no gifts" in words(finance.get(address))
        assert "Write why." in words(finance.post(address, {"reason": ""}))
        answer = finance.post(address, {"reason": "twice"}, follow=True)
        assert "Discarded by" in words(answer)
        assert Batch.objects.get().status == "discarded"
        slip = reverse("office:batch_slip", args=[batch.pk, "letter"])
        assert finance.get(slip).status_code == 404


class TestIdentifying:
    def test_from_today_to_a_gift(self, finance: Client, batch: Batch, kim: Donor) -> None:
        filled(finance, batch)
        finance.post(reverse("office:batch_post", args=[batch.pk]))
        waiting = BatchRow.objects.get(giver="unknown")
        address = reverse("office:batch_identify", args=[waiting.pk])
        assert address in finance.get(reverse("office:today")).content.decode()
        shown = words(finance.get(reverse("office:batch_unknown")))
        assert "$100.00" in shown
        assert "1 row" in shown
        assert "Nobody fits" in words(finance.post(address, {"donor": "zzz"}))
        answer = finance.post(address, {"donor": "김"}, follow=True)
        assert "The gift was entered." in words(answer)
        assert Donation.objects.filter(donor=kim).count() == 2
        assert "The giver is known." in words(finance.get(address))
        assert "Nothing to identify." in words(finance.get(reverse("office:batch_unknown")))
        other = making.donor(name="Zoe Other", email="zoe@example.org", now=timezone.now())
        assert "The giver is known." in words(finance.post(address, {"donor": "zoe"}))
        assert not Donation.objects.filter(donor=other).exists()


class TestAmending:
    def gift(self, finance: Client, batch: Batch) -> Donation:
        filled(finance, batch)
        finance.post(reverse("office:batch_post", args=[batch.pk]))
        return Donation.objects.get()

    def told(self, **given: Any) -> dict[str, Any]:
        fund = making.fund().pk
        return {
            "gift_id": str(uuid.uuid4()),
            "kind": "mistake",
            "reason": "typed wrong",
            f"fund_{fund}": "5",
            **given,
        }

    def test_a_wrong_amount_is_reversed_and_shown_beside_what_is_true(
        self, finance: Client, batch: Batch, kim: Donor
    ) -> None:
        gift = self.gift(finance, batch)
        address = reverse("office:amend", args=[gift.pk])
        assert address in finance.get(reverse("office:donation", args=[gift.pk])).content.decode()
        assert "The whole gift is reversed" in words(finance.get(address))
        answer = finance.post(address, self.told(), follow=True)
        true = Reversal.objects.get().replaced_by
        assert true is not None
        assert answer.redirect_chain[-1][0] == reverse("office:donation", args=[true.pk])
        assert "It stands in the place of a gift that was written down wrong" in words(answer)
        before = words(finance.get(reverse("office:donation", args=[gift.pk])))
        assert "In its place stands a gift of $5.00" in before
        assert f"Batch {batch.number}" in before
        assert "This gift went back already." in words(finance.get(address))

    def test_troubles_stand_at_their_fields(self, finance: Client, batch: Batch, kim: Donor) -> None:
        gift = self.gift(finance, batch)
        address = reverse("office:amend", args=[gift.pk])
        fund = f"fund_{making.fund().pk}"
        for told, said in (
            ({fund: "x"}, "This is not an amount"),
            ({fund: "50.00"}, "Nothing was changed."),
            ({"reason": ""}, "This field is required."),
            ({"kind": "bounced", "happened_on": "2020-01-01"}, "This day cannot be."),
        ):
            answer = finance.post(address, self.told(**told))
            assert answer.status_code == 422
            assert said in words(answer)
        assert not Reversal.objects.exists()

    def test_a_closed_period_is_told_before(
        self, finance: Client, batch: Batch, kim: Donor, today: datetime
    ) -> None:
        from ledger import closing

        gift = self.gift(finance, batch)
        entity = making.entity()
        day = entity.day_of(today) - timedelta(days=1)
        closing.close(entity=entity, through_on=day, closed_by="u", now=today)
        told = words(finance.get(reverse("office:amend", args=[gift.pk])))
        assert "The period of this gift is closed" in told

    def test_an_online_gift_is_given_back_elsewhere(self, finance: Client, today: datetime) -> None:
        gift = making.donation(by=making.donor(now=today), at=today)
        told = words(finance.get(reverse("office:amend", args=[gift.pk])))
        assert "This gift came through the processor" in told
