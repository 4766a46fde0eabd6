"""What keeps a gift from its receipt: shown, tried again, and gone when somebody mended it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from donors.models import Donor
from receipts import correcting, founding, handing_out, issuing, obstructing
from receipts.models import AnnualRun, Exclusion, Issuer, Obstacle, Receipt
from receipts.rules import choosing
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.facts import NOW
from tests.receipts import bodies

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


def obstacle() -> Obstacle:
    return Obstacle.objects.get()


def test_a_body_without_an_issuer_or_with_a_closed_one_issues_nothing() -> None:
    gift = facts.donation()
    Issuer.objects.update(is_open=False)
    assert issuing.issue_due(now=NOW) == 0
    assert (obstacle().code, str(obstacle())) == ("issuer_closed", f"{gift.pk} issuer_closed")
    Issuer.objects.all().delete()
    assert issuing.issue_due(now=LATER) == 0
    assert (obstacle().code, obstacle().noticed_at) == ("no_issuer", LATER)
    founding.found(entity=making.entity(), now=LATER)
    assert issuing.issue_due(now=LATER) == 0  # not yet its time
    assert obstructing.try_again(entity_id=making.entity().pk, now=LATER) == 1
    assert issuing.issue_due(now=LATER) == 1
    assert not Obstacle.objects.exists()


def test_a_country_whose_law_we_do_not_know_has_no_issuer() -> None:
    entity = making.entity()
    entity.country = "DE"
    with pytest.raises(choosing.NoLaw):
        founding.found(entity=type(entity)(**{"country": "DE"}), now=NOW)


def test_what_lasts_is_tried_ever_later() -> None:
    gift = facts.donation()
    for hours, wait in ((0, timedelta(minutes=10)), (5, timedelta(hours=5)), (90, timedelta(hours=24))):
        at = NOW + timedelta(hours=hours)
        obstructing.obstruct(donation_id=gift.pk, code="CA-10", words="", now=at)
        assert (obstacle().noticed_at, obstacle().try_after) == (NOW, at + wait)
    obstructing.obstruct(donation_id=gift.pk, code="CA-08", words="", now=LATER)
    assert obstacle().noticed_at == LATER
    assert obstructing.try_again(donation_ids=[gift.pk], now=LATER) == 1


def test_a_body_that_became_exempt_gives_what_it_could_not_give() -> None:
    gift = facts.donation()
    Issuer.objects.update(is_tax_exempt=False)
    issuing.issue_due(now=NOW)
    assert Exclusion.objects.get(donation=gift).reason == "not_501c3"
    assert correcting.correct_due(now=LATER) == 0
    Issuer.objects.update(is_tax_exempt=True, changed_at=LATER)
    assert correcting.correct_due(now=LATER) == 1
    assert Receipt.objects.get().lines.get().donation == gift
    assert not Exclusion.objects.exists()


def test_a_gift_that_comes_after_its_annual_run_gets_a_paper_of_its_own() -> None:
    giver = bodies.person(receipt_rhythm="annual")
    gift = bodies.given(5_000, by=giver)
    assert issuing.issue_due(now=NOW) == 0
    AnnualRun.objects.create(
        entity=gift.entity,
        tax_year=2025,
        status="issued",
        requested_by=facts.staff_member(),
        requested_at=NOW,
        approved_by=facts.staff_member("other@example.org"),
        approved_at=NOW,
        issue_on=NOW.date(),
    )
    assert issuing.issue_due(now=NOW) == 1
    assert Receipt.objects.get().kind == "single"


@pytest.mark.parametrize(
    ("law", "on", "year"),
    [("AU", date(2025, 7, 1), 2026), ("UK", date(2025, 4, 5), 2024), ("UK", date(2025, 4, 6), 2025)],
)
def test_an_annual_run_is_of_the_tax_year_of_its_law(law: str, on: date, year: int) -> None:
    giver = bodies.person(receipt_rhythm="annual")
    gift = bodies.given(5_000, by=giver, law=law, on=on)
    waiting = issuing.waiting_now().filter(pk=gift.pk)
    for ran in (year - 1, year):
        assert not waiting.exists()
        AnnualRun.objects.create(
            entity=gift.entity,
            tax_year=ran,
            status="delivered",
            requested_by=facts.staff_member(),
            requested_at=NOW,
            approved_by=facts.staff_member("other@example.org"),
            approved_at=NOW,
            issue_on=NOW.date(),
        )
    assert waiting.exists()


def test_the_bodys_own_rhythm_counts_for_who_has_not_chosen() -> None:
    facts.donation()
    Issuer.objects.update(default_rhythm="annual")
    assert issuing.due(since=None, now=NOW) == []
    Donor.objects.update(receipt_rhythm="none")
    assert len(issuing.due(since=None, now=NOW)) == 1


def test_a_copy_is_an_event_and_no_new_paper() -> None:
    gift = bodies.given(5_000)
    receipt = issuing.decide(donation_id=gift.pk, now=NOW)
    assert receipt is not None
    handing_out.copied(receipt=receipt, actor="portal", donor=gift.donor, now=NOW)
    handing_out.copied(receipt=receipt, actor=facts.staff_member(), now=NOW)
    told = AuditEvent.objects.filter(action="receipt.copied").order_by("number")
    assert [(event.actor.split(":")[0], "donor" in event.details) for event in told] == [
        ("system", True),
        ("user", False),
    ]
    assert Receipt.objects.count() == 1
