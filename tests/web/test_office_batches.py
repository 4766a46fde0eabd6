"""The office enters a batch without a script: count and total first, rows, splits, cash, a second person, posting."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from donations import batching
from donations.batching import Piece
from donations.models import Batch, BatchRow, Donation, Reversal
from donors import keeping
from donors.models import Donor
from ledger.models import Fund
from ledger.money import Money
from payments.models import BankAccount
from reports import batch_tasks, suggesting
from staff.models import Role
from tests import making
from tests.journeys.pages import text_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def approver(signed_in: SignIn) -> Client:
    return signed_in(Role.APPROVER)


@pytest.fixture
def kim(today: datetime) -> Donor:
    profile = {"name": "Chulsoo Kim", "local_name": "김철수", "email": "chulsoo@example.org"}
    actor = making.user(email="keeper@example.org", now=today)
    return keeping.add(donor_id=uuid.uuid4(), profile=profile, actor=actor, now=today)


@pytest.fixture
def account(today: datetime) -> BankAccount:
    making.campaign()
    return BankAccount.objects.create(
        entity=making.entity(), name="Harbor Bank", currency="USD", added_at=today
    )


def words(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def cover(account: BankAccount, today: datetime, **given: Any) -> dict[str, Any]:
    day = (today - timedelta(days=1)).date().isoformat()
    return {
        "batch_id": str(uuid.uuid4()),
        "expected_count": "2",
        "expected": "150.00",
        "bank_account": account.pk,
        "came_on": day,
        "deposit_on": day,
        "method": "check",
        "fund": making.fund().pk,
        "campaign": making.campaign().slug,
        "event": "Sunday offering",
        "counter_one": "Ada",
        "counter_two": "Ben",
        **given,
    }


@pytest.fixture
def batch(finance: Client, account: BankAccount, today: datetime) -> Batch:
    answer = finance.post(reverse("office:batch_new"), cover(account, today))
    assert answer.status_code == 302
    return Batch.objects.get()


def row(**given: Any) -> dict[str, Any]:
    start = {"row_id": str(uuid.uuid4()), "amount": "50.00", "check_number": "", "donor": "kim c", "memo": ""}
    return {**start, "fund": making.fund().pk, "sure_basis": "on", **given}


def save(client: Client, batch: Batch, **given: Any) -> HttpResponse:
    return client.post(reverse("office:batch_save", args=[batch.pk]), row(**given))


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
    def filled(self, finance: Client, batch: Batch, *, last: str = "100.00") -> None:
        save(finance, batch, check_number="11")
        save(finance, batch, amount=last, donor="?", check_number="12")

    def test_posting_is_blocked_in_words_until_it_agrees(
        self, finance: Client, batch: Batch, kim: Donor
    ) -> None:
        self.filled(finance, batch, last="90.00")
        shown = finance.get(reverse("office:batch", args=[batch.pk]))
        assert '<button disabled aria-describedby="why">' in shown.content.decode()
        assert "The total does not agree with what was counted." in words(shown)
        answer = finance.post(reverse("office:batch_post", args=[batch.pk]))
        assert answer.status_code == 422
        assert not Donation.objects.exists()

    def test_what_will_happen_is_shown_then_done(self, finance: Client, batch: Batch, kim: Donor) -> None:
        self.filled(finance, batch)
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
        self.filled(finance, batch)
        Fund.objects.update(is_open=False)
        answer = finance.post(reverse("office:batch_post", args=[batch.pk]))
        assert "Row 1: All funds must be open" in words(answer)

    def test_a_second_person_agrees(
        self, finance: Client, approver: Client, batch: Batch, kim: Donor
    ) -> None:
        self.filled(finance, batch, last="90.00")
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
        self.filled(finance, batch, last="90.00")
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
        TestEnding().filled(finance, batch)
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


class TestAmending:
    def gift(self, finance: Client, batch: Batch) -> Donation:
        TestEnding().filled(finance, batch)
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
        closing.close(
            entity=making.entity(), through_on=(today - timedelta(days=1)).date(), closed_by="u", now=today
        )
        told = words(finance.get(reverse("office:amend", args=[gift.pk])))
        assert "The period of this gift is closed" in told

    def test_an_online_gift_is_given_back_elsewhere(self, finance: Client, today: datetime) -> None:
        gift = making.donation(by=making.donor(now=today), at=today)
        told = words(finance.get(reverse("office:amend", args=[gift.pk])))
        assert "This gift came through the processor" in told


class TestList:
    def test_open_ones_stand_first_with_totals_of_the_filter(
        self, finance: Client, batch: Batch, kim: Donor, account: BankAccount, today: datetime
    ) -> None:
        TestEnding().filled(finance, batch)
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
