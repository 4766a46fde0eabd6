"""No fund gives back more than it was given, parts of a request sum to it, and nobody approves alone."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from donations.models import Donation, Refund, RefundPart, RefundRequest, RefundRequestPart
from ledger.models import Fund
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW
from tests.refusing import refused_by


@pytest.fixture(autouse=True)
def _as_the_application(request: pytest.FixtureRequest) -> None:
    if "committed_db" not in request.fixturenames:
        facts_first = request.getfixturevalue("as_application")
        facts.campaign()
        facts.donor()
        facts_first()


def two_funds() -> tuple[Donation, Fund, Fund]:
    """A gift of $100.00: $70.00 for one fund and $30.00 for the other."""
    first, second = making.any_fund(), facts.general()
    return facts.donation({first: 7_000, second: 3_000}), first, second


def back(of: Donation, parts: dict[Fund, int]) -> Refund:
    made = Refund.objects.create(
        donation=of,
        processor_ref=f"re_{facts.number()}_{uuid.uuid4().hex[:6]}",
        amount_minor=sum(parts.values()),
        refunded_at=NOW,
        recorded_at=NOW,
    )
    RefundPart.objects.bulk_create(
        RefundPart(refund=made, fund=fund, amount_minor=minor) for fund, minor in parts.items()
    )
    return made


def test_no_part_passes_its_designation() -> None:
    gift, first, second = two_funds()
    with refused_by("refund_part_not_above_designation"):
        back(gift, {second: 3_001})
    back(gift, {first: 1_000, second: 2_000})
    with refused_by("refund_part_not_above_designation"):
        back(gift, {first: 1_000, second: 1_001})
    back(gift, {first: 6_000, second: 1_000})
    with refused_by("refund_not_above_donation"):
        back(gift, {first: 1})


def test_no_part_comes_out_of_a_fund_the_gift_was_not_for() -> None:
    gift = facts.donation()
    with refused_by("refund_part_not_above_designation"):
        back(gift, {facts.general(): 1})


def test_what_came_back_may_go_again() -> None:
    gift, first, second = two_funds()
    facts.returned(facts.refund(gift, 10_000))
    back(gift, {first: 7_000, second: 3_000})


def test_two_refunds_at_once_cannot_pass_a_designation_together(committed_db: None) -> None:
    gift, _, second = two_funds()

    def give_back() -> bool:
        with transaction.atomic():
            back(gift, {second: 2_000})
        return True

    outcomes = threads.at_once([give_back, give_back])
    assert [outcome for outcome in outcomes if outcome is True] == [True]
    assert RefundPart.objects.get().amount_minor == 2_000


@pytest.mark.parametrize("parts", [[999], [1_001], [600, 399]])
def test_parts_of_a_request_sum_to_it(parts: list[int]) -> None:
    gift, first, second = two_funds()
    asked = facts.request(gift)
    with refused_by("refund_request_parts_sum_to_request"):
        for fund, minor in zip([first, second], parts, strict=False):
            RefundRequestPart.objects.create(refund_request=asked, fund=fund, amount_minor=minor)


def test_a_proposal_is_sent_only_when_somebody_else_approved_it() -> None:
    asked = facts.request(facts.donation(), status="proposed")
    with refused_by("refund_request_approved_by_somebody"):
        RefundRequest.objects.filter(pk=asked.pk).update(status="requested")
    with refused_by("refund_request_decided_by_another_person"):
        RefundRequest.objects.filter(pk=asked.pk).update(
            status="requested", decided_by=asked.requested_by, decided_at=NOW
        )
    RefundRequest.objects.filter(pk=asked.pk).update(
        status="requested",
        decided_by=facts.staff_member("other@example.org"),
        decided_at=NOW + timedelta(hours=1),
    )
