"""What seldom happens to a gift on its way to a paper: each has its reason, and no other gift waits for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from donations import benefiting
from donations.benefiting import Return
from donations.entering import Detail
from donations.models import Donation
from donors.models import Donor
from ledger.models import FundText
from receipts import correcting, drafting, gathering, issuing, judging, marking
from receipts.models import Coverage, Issuer, Obstacle, Receipt, ReceiptLine
from tests import facts
from tests.facts import NOW
from tests.receipts import bodies
from tests.receipts.test_corrections import restate
from tests.receipts.test_scenarios_d import LATER, annual, codes, hindrance, reason, single, totals

pytestmark = pytest.mark.django_db


def draft(*gifts: Donation, law: str = "US") -> drafting.Draft:
    """One paper over gifts of one donor, as a person looks at it before it is issued."""
    first = gifts[0]
    ask = drafting.Ask(
        donor_id=first.donor_id,
        entity=bodies.body(law).entity,
        tax_year=2025,
        donation_ids=[gift.pk for gift in gifts],
        kind=Receipt.Kind.ANNUAL,
    )
    return drafting.draft_many(asks=[ask], now=NOW)[0]


# Judged


def test_a_questioned_payment_waits_with_its_words() -> None:
    gift = facts.donation()
    facts.dispute(gift)
    assert hindrance(gift) == "disputed"
    assert Obstacle.objects.get().words == judging.HELD["disputed"]


def test_a_return_for_a_gift_in_another_currency_cannot_be_weighed() -> None:
    dinner = [Return("Dinner", fair_value_minor=3_000)]
    assert hindrance(bodies.given(10_000, law="CA", currency="USD", returns=dinner)) == "mixed_currencies"
    assert Obstacle.objects.get().words.endswith("the law counts in CAD")


def test_an_event_in_another_currency_cannot_be_told_as_the_law_asks() -> None:
    assert hindrance(bodies.ticket(10_000, dinner=4_000, law="AU", currency="USD")) == "year_unsettled"


def test_a_vehicle_above_500_needs_another_form() -> None:
    van = bodies.thing("A van", kind=Donation.Kind.VEHICLE, detail=Detail(claimed_minor=50_001))
    assert reason(van) == "vehicle_1098c"


def test_british_thanks_are_said_for_what_gift_aid_does_not_know() -> None:
    gift = bodies.given(10_000, law="UK", returns=[Return("Mug", fair_value_minor=500)])
    assert codes(single(gift)) == ["uk_acknowledged"]


def test_a_korean_form_nobody_has_read_waits() -> None:
    company = bodies.organization("예시산업", business_number="220-81-62517")
    gift = bodies.given(1_000_000, law="KR", by=company, on=date(2026, 6, 15))
    issuer = bodies.body("KR")
    issuer.prior_totals.create(year=2025, currency="KRW", total_minor=1)
    Issuer.objects.filter(pk=issuer.pk).update(form="63-3")
    assert hindrance(gift) == "KR-01"


def test_two_papers_of_one_body_and_year_are_drafted_on_one_sum_of_the_year_before() -> None:
    bodies.body("KR").prior_totals.create(year=2025, currency="KRW", total_minor=1)
    gifts = [
        bodies.given(1_000_000, law="KR", by=bodies.organization(name, business_number=number), on=on)
        for name, number, on in [
            ("예시산업", "220-81-62517", date(2026, 6, 15)),
            ("둘째산업", "123-82-00008", date(2026, 6, 16)),
        ]
    ]
    issued = issuing.decide_together(donation_ids=[gift.pk for gift in gifts], now=NOW)
    assert [totals(receipt) for receipt in issued] == [[("KRW", 1_000_000, 1_000_000)]] * 2


def test_the_gift_that_breaks_the_law_is_named_and_not_its_neighbor() -> None:
    grace = bodies.person()
    good = bodies.given(5_000, by=grace)
    bad = bodies.thing("Shoes for 078-05-1120", by=grace)
    made = draft(good, bad)
    assert [(one.donation_id, one.code) for one in made.obstacles] == [(bad.pk, "US-14")]
    # Late for its year is a warning, and stops neither.
    assert {one.id for one in made.violations} == {"US-06", "US-14"}
    assert draft(good).is_ready


def test_what_no_gift_breaks_alone_concerns_the_whole_paper() -> None:
    made = draft(*[bodies.given(5_000, law="CA", by=bodies.person()) for _ in range(2)], law="CA")
    assert {one.code for one in made.obstacles} == {"CA-13", "CA-15"}
    assert len(made.obstacles) == 4


# Issued together, and each by itself


def test_where_many_fail_together_each_is_decided_by_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gifts = [bodies.given(5_000), bodies.given(6_000)]
    real = issuing.decide

    def together(**_: Any) -> list[Receipt]:
        raise RuntimeError("too many")

    def alone(*, donation_id: uuid.UUID, now: Any) -> Receipt | None:
        if donation_id == gifts[0].pk:
            raise RuntimeError("this one")
        return real(donation_id=donation_id, now=now)

    monkeypatch.setattr(issuing, "decide_together", together)
    monkeypatch.setattr(issuing, "decide", alone)
    assert issuing.issue_due(now=NOW) == 1
    assert Coverage.objects.get().donation_id == gifts[1].pk
    assert str(gifts[0].pk) in caplog.text
    assert issuing.due(since=None, now=NOW) == [gifts[0].pk]


@pytest.mark.parametrize("where", ["decide_together", "decide"])
def test_lost_numbers_stop_every_gift_at_once(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    bodies.given(5_000)

    def failing(**_: Any) -> None:
        raise RuntimeError("too many")

    def lost(**_: Any) -> None:
        raise marking.MarksUnusable("gone")

    monkeypatch.setattr(issuing, "decide_together", failing)
    monkeypatch.setattr(issuing, where, lost)
    with pytest.raises(marking.MarksUnusable):
        issuing.issue_due(now=NOW)
    assert not Receipt.objects.exists()


# Corrected


def test_a_gift_that_is_right_or_has_no_paper_is_not_corrected() -> None:
    gift, bare = bodies.given(5_000), bodies.given(6_000)
    single(gift)
    assert not correcting.correct(donation_id=gift.pk, now=LATER)
    assert not correcting.correct(donation_id=bare.pk, now=LATER)
    assert Receipt.objects.count() == 1


def test_a_paper_another_worker_replaced_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    gift = bodies.given(5_000)
    single(gift)
    bodies.refunded(gift, 1_000)
    real = gathering.gather

    def while_we_waited(ids: Any, **told: Any) -> Any:
        monkeypatch.setattr(gathering, "gather", real)
        assert correcting.correct(donation_id=gift.pk, now=LATER)
        return real(ids, **told)

    monkeypatch.setattr(gathering, "gather", while_we_waited)
    assert not correcting.correct(donation_id=gift.pk, now=LATER)
    assert [one.total_minor for one in Receipt.objects.order_by("number")] == [5_000, 4_000]


def test_papers_from_before_facts_were_hashed_follow_what_is_said_since(unguarded: None) -> None:
    gifts = [bodies.given(minor) for minor in (5_000, 6_000, 7_000)]
    for gift in gifts:
        single(gift)
    ReceiptLine.objects.update(facts_hash="")
    assert not any(correcting.correct(donation_id=gift.pk, now=LATER) for gift in gifts)
    dinner = Return("Dinner", fair_value_minor=2_000)
    benefiting.add(donation_id=gifts[0].pk, given=dinner, actor=facts.staff_member(), now=LATER)
    restate(gifts[1], description="for the boat")
    corrected = [correcting.correct(donation_id=gift.pk, now=LATER) for gift in gifts]
    assert corrected == [True, True, False]


def test_what_a_person_must_mend_leaves_the_paper_and_the_rest_stands_on_the_new_one() -> None:
    grace = bodies.person()
    gifts = [bodies.given(5_000, by=grace), bodies.given(6_000, by=grace)]
    old = annual(grace)
    benefiting.add(donation_id=gifts[0].pk, given=Return("Dinner"), actor=facts.staff_member(), now=LATER)
    assert correcting.correct_due(now=LATER) == 1
    new = bodies.the_receipt()
    assert (new.replaces, new.kind, totals(new)) == (old, "annual", [("USD", 6_000, 6_000)])
    assert [(one.donation_id, one.code) for one in Obstacle.objects.all()] == [(gifts[0].pk, "fmv_unknown")]


@pytest.mark.parametrize("spoiled", ["fund", "line"])
def test_what_hinders_the_whole_paper_hinders_each_gift_on_it(spoiled: str) -> None:
    grace = bodies.person()
    gifts = [bodies.given(5_000, by=grace), bodies.given(6_000, by=grace)]
    annual(grace)
    bodies.refunded(gifts[0], 1_000)
    if spoiled == "fund":
        FundText.objects.all().delete()
    else:
        for gift in gifts:
            benefiting.add(donation_id=gift.pk, given=Return("Tea"), actor=facts.staff_member(), now=LATER)
    assert correcting.correct_due(now=LATER) == 1
    assert not Receipt.objects.filter(voiding__isnull=True).exists()
    assert waiting() == sorted(gift.pk for gift in gifts)


def waiting() -> Sequence[uuid.UUID]:
    return sorted(Obstacle.objects.values_list("donation_id", flat=True))


def test_a_gift_of_somebody_who_waits_for_the_year_waits_with_the_others() -> None:
    gift = bodies.given(5_000, on=date(2026, 6, 15))
    single(gift)
    hannah = bodies.person("Hannah Lee", receipt_rhythm=Donor.Rhythm.ANNUAL)
    restate(gift, donor_id=hannah.pk)
    assert correcting.correct_due(now=LATER) == 1
    assert Receipt.objects.get().voiding.reason == "corrected"
    assert not Coverage.objects.exists()
    assert not Obstacle.objects.exists()
    assert issuing.due(since=None, now=LATER) == []
