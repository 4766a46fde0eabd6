"""Papers follow what a person corrects, enters or voids, and nothing else (D2, D3, D23, B30)."""

from __future__ import annotations

from datetime import date

import pytest

from donations import benefiting, restating
from donations.benefiting import Return
from donations.models import Donation
from donors.models import Donor, Message
from receipts import correcting, voiding
from receipts.models import Coverage, Exclusion, Obstacle, Receipt
from tests import facts
from tests.receipts import bodies
from tests.receipts.test_scenarios_d import LATER, a_year_of_gifts, annual, page, single, totals

pytestmark = pytest.mark.django_db


def restate(gift: Donation, **changes: object) -> None:
    restating.restate(
        donation_id=gift.pk, changes=changes, reason="entered wrongly", actor=facts.staff_member(), now=LATER
    )


def test_a_gift_of_somebody_else_leaves_no_link_between_their_papers() -> None:
    grace, hannah = bodies.person(), bodies.person("Hannah Lee")
    gift = bodies.given(5_000, by=grace)
    old = single(gift)
    restate(gift, donor_id=hannah.pk)
    assert correcting.correct_due(now=LATER) == 1
    assert correcting.due(now=LATER) == []
    old, new = Receipt.objects.order_by("number")
    assert (old.donor, old.voiding.reason) == (grace, "corrected")
    assert (new.donor, new.replaces) == (hannah, None)
    assert Coverage.objects.get().receipt == new


def test_another_year_moves_the_gift_to_the_other_years_series() -> None:
    grace = bodies.person()
    gifts = [bodies.given(5_000, by=grace), bodies.given(6_000, by=grace)]
    annual(grace)
    restate(gifts[0], given_on=date(2024, 12, 31))
    assert correcting.correct_due(now=LATER) == 1
    old, new, moved = Receipt.objects.order_by("-tax_year", "number")
    assert (old.serial, old.voiding.reason) == ("2025-000001", "corrected")
    assert (new.serial, new.replaces, totals(new)) == ("2025-000002", old, [("USD", 6_000, 6_000)])
    assert (moved.serial, moved.kind, totals(moved)) == ("2024-000001", "single", [("USD", 5_000, 5_000)])
    assert moved.replaces is None


def test_a_return_entered_later_makes_the_paper_true_again_and_its_withdrawal_too() -> None:
    gift = bodies.given(15_000)
    single(gift)
    actor = facts.staff_member()
    dinner = benefiting.add(
        donation_id=gift.pk, given=Return("Dinner", fair_value_minor=5_000), actor=actor, now=LATER
    )
    assert correcting.correct_due(now=LATER) == 1
    assert totals(bodies.the_receipt()) == [("USD", 15_000, 10_000)]
    benefiting.withdraw(benefit_id=dinner.pk, donation_id=gift.pk, actor=actor, now=LATER)
    assert correcting.correct_due(now=LATER) == 1
    assert totals(bodies.the_receipt()) == [("USD", 15_000, 15_000)]
    assert correcting.correct_due(now=LATER) == 0
    assert [one.replaces_id is None for one in Receipt.objects.order_by("number")] == [True, False, False]


def test_a_return_of_unknown_value_voids_the_paper_and_waits() -> None:
    gift = bodies.given(15_000)
    single(gift)
    benefiting.add(donation_id=gift.pk, given=Return("Dinner"), actor=facts.staff_member(), now=LATER)
    assert correcting.correct_due(now=LATER) == 1
    assert not Receipt.objects.filter(voiding__isnull=True).exists()
    assert Obstacle.objects.get().code == "fmv_unknown"
    assert Message.objects.get().kind == "receipt_voided"


def test_d23_a_merge_changes_nothing_on_issued_papers() -> None:
    grace, other = bodies.person(), bodies.person("Grace S Kim")
    first, second = single(bodies.given(5_000, by=grace)), single(bodies.given(6_000, by=other))
    before = list(Receipt.objects.order_by("number").values())
    late = bodies.given(7_000, by=other)
    Donor.objects.filter(pk=other.pk).update(merged_into=grace)
    assert correcting.correct_due(now=LATER) == 0
    assert list(Receipt.objects.order_by("number").values()) == before
    assert {first.donor, second.donor} == {grace, other}
    # What is issued from now on is the survivor's.
    assert single(late).donor == grace


def test_b30_a_later_name_or_address_changes_no_paper() -> None:
    gift = bodies.given(5_000)
    old = single(gift)
    text = page(old)
    Donor.objects.update(name="Grace Park", address="elsewhere")
    assert correcting.correct_due(now=LATER) == 0
    assert page(old) == text


# What a person voids


def test_a_person_voids_with_a_reason_and_the_new_paper_names_the_number() -> None:
    grace, _ = a_year_of_gifts()
    old = annual(grace)
    actor = facts.staff_member()
    with pytest.raises(voiding.ReasonMissing):
        voiding.void(receipt_id=old.pk, words=" ", actor=actor, now=LATER)
    new = voiding.void(receipt_id=old.pk, words="wrong address", actor=actor, now=LATER)
    assert new is not None
    assert (new.replaces, new.kind, new.lines.count()) == (old, "annual", 13)
    old.refresh_from_db()
    assert (old.voiding.reason, old.voiding.words, old.voiding.voided_by) == (
        "in_error",
        "wrong address",
        actor,
    )
    with pytest.raises(voiding.AlreadyVoid):
        voiding.void(receipt_id=old.pk, words="again", actor=actor, now=LATER)


def test_a_voided_gift_may_wait_or_be_excluded() -> None:
    actor = facts.staff_member()
    first, second = bodies.given(5_000), bodies.given(6_000)
    old = single(first)
    assert voiding.void(receipt_id=old.pk, words="a mistake", actor=actor, now=LATER, then="wait") is None
    assert single(first, now=LATER).replaces == old
    other = single(second)
    assert voiding.void(receipt_id=other.pk, words="not hers", actor=actor, now=LATER, then="exclude") is None
    kept = Exclusion.objects.get()
    assert (kept.reason, kept.words, kept.decided_by) == ("by_staff", "not hers", actor)
    assert correcting.correct_due(now=LATER) == 0
