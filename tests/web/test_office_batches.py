"""The office enters a batch without a script: count and total first, rows, who is meant, the list of batches."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import batching
from donations.batching import Piece
from donations.models import Batch, BatchRow
from donors.models import Donor
from ledger.money import Money
from payments.models import BankAccount
from reports import suggesting
from tests import making
from tests.web.batch_pages import (
    account,
    approver,
    batch,
    cover,
    filled,
    finance,
    kim,
    save,
    words,
)

__all__ = ["account", "approver", "batch", "finance", "kim"]
pytestmark = pytest.mark.django_db


class TestCover:
    def test_without_count_and_total_no_batch_begins(
        self, finance: Client, account: BankAccount, today: datetime
    ) -> None:
        told = cover(account, today, expected_count="", expected="")
        answer = finance.post(reverse("office:batch_new"), told)
        assert answer.status_code == 422
        assert words(answer).count("This field is required.") == 2
        assert not Batch.objects.exists()

    def test_refusals_stand_beside_their_fields(
        self, finance: Client, account: BankAccount, today: datetime
    ) -> None:
        for told, said in (
            ({"expected": "1e3"}, "This is not an amount"),
            ({"counter_two": "ADA"}, "Two different people count."),
            ({"deposit_on": "2020-01-01"}, "The deposit lies on the day it came or later"),
        ):
            answer = finance.post(reverse("office:batch_new"), cover(account, today, **told))
            assert answer.status_code == 422
            assert said in words(answer)

    def test_a_closed_day_is_refused_with_the_next_open_one(
        self, finance: Client, account: BankAccount, today: datetime
    ) -> None:
        from ledger import closing

        day = (today - timedelta(days=3)).date()
        closing.close(entity=making.entity(), through_on=day, closed_by="u", now=today)
        told = cover(account, today, came_on=day.isoformat(), deposit_on=day.isoformat())
        answer = finance.post(reverse("office:batch_new"), told)
        assert f"The first open day is {day + timedelta(days=1)}" in words(answer)

    def test_without_a_bank_account_it_says_so(self, finance: Client) -> None:
        assert "There is no bank account yet" in words(finance.get(reverse("office:batch_new")))

    def test_it_can_be_changed_while_it_is_open(self, finance: Client, batch: Batch, today: datetime) -> None:
        address = reverse("office:batch_change", args=[batch.pk])
        shown = finance.get(address).content.decode()
        assert 'value="150.00"' in shown
        told = cover(batch.bank_account, today, expected="200.00")
        assert finance.post(address, told).status_code == 302
        assert Batch.objects.get().expected_minor == 20_000
        Batch.objects.update(status="discarded", ended_at=today, ended_by=batch.opened_by)
        assert "not open any more" in words(finance.post(address, told))


class TestRows:
    def test_a_row_is_saved_and_the_next_begins(self, finance: Client, batch: Batch, kim: Donor) -> None:
        answer = save(finance, batch, memo="For the roof")
        assert answer.status_code == 302
        assert BatchRow.objects.get().donor == kim
        shown = words(finance.get(answer["Location"]))
        for told in ("1 of 2 entered, $50.00: $100.00 short", "For the roof", "Piece 2"):
            assert told in shown
        assert 'aria-live="polite"' in finance.get(answer["Location"]).content.decode()

    def test_at_most_six_places_are_reached_by_the_tab_key(self, finance: Client, batch: Batch) -> None:
        shown = finance.get(reverse("office:batch", args=[batch.pk])).content.decode()
        entry = shown[shown.index("<h2") : shown.index("</form>", shown.index('id="entry"'))]
        after = entry[entry.index('name="amount"') - 60 :]
        places = re.findall(r"<(?:input|select|button|textarea|a)\b[^>]*>", after)
        reached = [one for one in places if 'type="hidden"' not in one and 'tabindex="-1"' not in one]
        season = timezone.now().month in {12, 1}
        assert len(reached) <= 6 + season

    def test_unknown_loose_and_nobody_at_all(self, finance: Client, batch: Batch, kim: Donor) -> None:
        save(finance, batch, donor="?")
        save(finance, batch, donor="-")
        answer = save(finance, batch, donor="zzz")
        assert answer.status_code == 422
        assert "Nobody fits. Enter them first." in words(answer)
        assert list(BatchRow.objects.order_by("position").values_list("giver", flat=True)) == [
            "unknown",
            "nobody",
        ]

    def test_several_who_fit_are_offered(
        self, finance: Client, batch: Batch, kim: Donor, today: datetime
    ) -> None:
        other = making.donor(name="Kim Chae", email="other@example.org", now=today)
        answer = save(finance, batch)
        assert "Several fit: choose one below." in words(answer)
        assert str(other.pk) in answer.content.decode()
        save(finance, batch, donor_id=str(other.pk), donor_for="kim c")
        assert BatchRow.objects.get().donor == other

    def test_what_cannot_be_read_is_told(self, finance: Client, batch: Batch, kim: Donor) -> None:
        for told, said in (
            ({"amount": "5,00"}, "This is not an amount"),
            ({"amount": "0"}, "The amount must be above zero."),
            ({"memo": "900101-1234567"}, "A resident number is never kept here."),
            ({"check_number": "12/4"}, "Enter a valid value."),
        ):
            answer = save(finance, batch, **told)
            assert answer.status_code == 422
            assert said in words(answer)
        assert not BatchRow.objects.exists()

    def test_a_check_seen_before_needs_a_tick(self, finance: Client, batch: Batch, kim: Donor) -> None:
        save(finance, batch, check_number="1042")
        answer = save(finance, batch, check_number="1042")
        assert answer.status_code == 422
        assert f"Check 1042 of $50.00 is in batch {batch.number}" in words(answer)
        assert reverse("office:batch", args=[batch.pk]) in answer.content.decode()
        assert save(finance, batch, check_number="1042", accepts_twin="on").status_code == 302

    def test_a_row_is_taken_out(self, finance: Client, batch: Batch, kim: Donor, today: datetime) -> None:
        save(finance, batch)
        address = reverse("office:batch_remove", args=[batch.pk, BatchRow.objects.get().pk])
        finance.post(address)
        assert not BatchRow.objects.exists()
        Batch.objects.update(status="discarded", ended_at=today, ended_by=batch.opened_by)
        assert "not open any more" in words(finance.post(address, follow=True))

    def test_swapped_digits_are_hinted_at(self, finance: Client, batch: Batch, kim: Donor) -> None:
        save(finance, batch, amount="105.00")
        save(finance, batch, amount="54.00")
        shown = words(finance.get(reverse("office:batch", args=[batch.pk])))
        assert "The difference can be divided by 9: swapped digits? Look at row 2." in shown
        assert "$9.00 over" in shown


class TestPeople:
    @pytest.mark.parametrize(
        "typed", ["김", "기", "철수", "kim c", "c kim", "CHUL", "chulsoo@", "Kim, Chulsoo"]
    )
    def test_one_person_is_found_in_either_script(self, kim: Donor, today: datetime, typed: str) -> None:
        making.donor(name="Grace Park", email="grace@example.org", now=today)
        assert [one.id for one in suggesting.suggest(typed=typed)] == [kim.pk]

    def test_ids_serials_accounts_and_numbers(
        self, finance: Client, batch: Batch, kim: Donor, today: datetime
    ) -> None:
        assert [one.id for one in suggesting.suggest(typed=str(kim.pk))] == [kim.pk]
        assert suggesting.suggest(typed=" ") == []
        assert suggesting.suggest(typed="''") == []
        assert suggesting.suggest(typed="%") == []
        actor = making.user(email="keeper@example.org2", now=today)
        piece = Piece(
            id=uuid.uuid4(), amount=Money(100, "USD"), giver=BatchRow.Giver.DONOR, donor_id=kim.pk,
            account_last4="6789", is_sure_of_day=True,
        )  # fmt: skip
        batching.save_row(batch_id=batch.pk, piece=piece, actor=actor, now=today)
        assert [one.id for one in suggesting.suggest(typed="6789")] == [kim.pk]
        gift = making.donation(by=kim, at=today)
        receipt = making.receipt(of=gift, now=today)
        [found] = suggesting.suggest(typed=receipt.serial.lower())
        assert found.last is not None
        assert (found.id, found.last.amount) == (kim.pk, making.HUNDRED)
        Donor.objects.filter(pk=kim.pk).update(kind="organization", business_number="1234567891")
        assert [one.id for one in suggesting.suggest(typed="123-45-67891")] == [kim.pk]
        Donor.objects.filter(pk=kim.pk).update(postcode="22150")
        assert [one.id for one in suggesting.suggest(typed="22150")] == [kim.pk]

    def test_a_survivor_answers_for_whoever_was_merged(self, kim: Donor, today: datetime) -> None:
        old = making.donor(name="C. S. Gim", email="old@example.org", merged_into=kim, now=today)
        making.donation(by=old, at=today)
        [found] = suggesting.suggest(typed="gim")
        assert found.id == kim.pk
        assert found.last is not None

    def test_the_list_below_the_field_shows_the_last_gift(
        self, finance: Client, kim: Donor, today: datetime
    ) -> None:
        making.donation(by=kim, at=today)
        shown = finance.get(reverse("office:batch_people"), {"q": "김"}).content.decode()
        assert 'role="option"' in shown
        assert "$100.00" in shown
        assert "Nobody fits." in finance.get(reverse("office:batch_people"), {"q": "zz"}).content.decode()

    def test_the_best_fit_comes_first(self, today: datetime) -> None:
        names = ("Ann Kimball", "Kimball Ann", "Kim")
        made = {name: making.donor(name=name, email=f"{name[:3]}@x.org", now=today).pk for name in names}
        found = [one.id for one in suggesting.suggest(typed="kim")]
        assert found == [made["Kim"], made["Kimball Ann"], made["Ann Kimball"]]


class TestList:
    def test_open_ones_stand_first_with_totals_of_the_filter(
        self, finance: Client, batch: Batch, kim: Donor, account: BankAccount, today: datetime
    ) -> None:
        filled(finance, batch)
        finance.post(reverse("office:batch_post", args=[batch.pk]))
        finance.post(reverse("office:batch_new"), cover(account, today))
        shown = words(finance.get(reverse("office:batches")))
        assert "2 batches in USD $300.00 $150.00" in shown
        assert shown.index("0 of 2") < shown.index("2 of 2")
        assert "1 row waits for its giver" in shown
        posted = words(finance.get(reverse("office:batches"), {"status": "posted"}))
        assert "1 batch in USD $150.00 $150.00" in posted
        none = words(finance.get(reverse("office:batches"), {"status": "discarded"}))
        assert "No batch fits these filters." in none
        assert finance.get(reverse("office:batches"), {"status": "zz"}).status_code == 400

    def test_an_empty_house_says_how_to_begin(self, finance: Client) -> None:
        assert "No batch yet." in words(finance.get(reverse("office:batches")))
