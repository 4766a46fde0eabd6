"""A gift is corrected by a row that keeps both words; returns are added and withdrawn by rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from donations import benefiting, restating
from donations.benefiting import Return, UnableToBenefit
from donations.models import Benefit, Correction, Donation
from donations.restating import UnableToRestate
from donors.models import Donor
from ledger.models import Line
from staff.models import AuditEvent
from tests import facts
from tests.donations import desk
from tests.donations.test_entering import merged, parted
from tests.facts import NOW

pytestmark = pytest.mark.django_db


def restate(gift: Donation, reason: str = "Written down wrongly", **changes: Any) -> Correction:
    return restating.restate(
        donation_id=gift.pk, changes=changes, reason=reason, actor=facts.staff_member(), now=NOW
    )


def test_every_fact_that_may_be_corrected() -> None:
    gift, other = desk.enter(desk.check()), desk.organization()
    made = restate(
        gift,
        donor_id=other.pk,
        given_on=date(2026, 11, 10),
        kind="ticket",
        payer="charity",
        description="A table of eight",
        is_person_directed=True,
    )
    now = Donation.objects.get(pk=gift.pk)
    assert (now.donor, now.given_on, now.date_rule) == (other, date(2026, 11, 10), "staff")
    assert (now.kind, now.payer, now.description, now.is_person_directed) == (
        "ticket", "charity", "A table of eight", True,
    )  # fmt: skip
    assert (made.before["donor_id"], made.after["donor_id"]) == (str(gift.donor_id), str(other.pk))
    assert made.before["given_on"] == "2026-11-16"
    assert AuditEvent.objects.get(action="donation.restated").details["correction"] == made.pk


def test_a_day_may_be_corrected_with_its_rule() -> None:
    gift = desk.enter(desk.check())
    restate(gift, given_on=date(2026, 11, 12), date_rule="hand")
    assert Donation.objects.get(pk=gift.pk).date_rule == "hand"


def test_an_online_gift_gets_another_giver() -> None:
    gift, other = facts.donation(), facts.donor("Daniel Kim", "daniel@example.org")
    restate(gift, donor_id=other.pk)
    assert Donation.objects.get(pk=gift.pk).donor == other


def test_a_thing_entered_as_money_moves_to_its_account(check_laws: Callable[[], None]) -> None:
    gift = desk.enter(desk.check())
    made = restate(gift, kind="property", description="40 coats")
    lines = Line.objects.filter(entry__source=f"restated:{made.pk}").order_by("id")
    assert [(line.account.code, line.amount_minor) for line in lines] == [("1350", 25_000), ("1050", -25_000)]
    restate(gift, kind="vehicle")
    assert Line.objects.filter(entry__kind="adjustment").count() == 2
    check_laws()


def test_the_database_takes_no_change_without_its_correction() -> None:
    gift = desk.enter(desk.check())
    with refused_by_trigger():
        Donation.objects.filter(pk=gift.pk).update(description="else")
    restate(gift, description="A check for coats")
    with refused_by_trigger():
        Donation.objects.filter(pk=gift.pk).update(description="")


def refused_by_trigger() -> Any:
    from django.db import IntegrityError, transaction

    class Refused:
        def __enter__(self) -> None:
            self.block = transaction.atomic()
            self.block.__enter__()

        def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
            self.block.__exit__(kind, error, trace)
            assert kind is IntegrityError
            assert "correct it by a correction" in str(error)
            return True

    return Refused()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "nothing"),
        ({"kind": "cash"}, "nothing"),
        ({"description": "x", "reason": " \t"}, "reason"),
        ({"kind": "services"}, "kind"),
        ({"payer": "nobody"}, "kind"),
        ({"kind": "property"}, "description"),
        ({"payer": "daf"}, "payer"),
        ({"given_on": date(2026, 11, 21)}, "day"),
        ({"given_on": "soon"}, "day"),
        ({"given_on": date(1990, 1, 1)}, "day"),
        ({"donor_id": uuid.UUID(int=0)}, "donor"),
    ],
)
def test_what_cannot_be(changes: dict[str, Any], code: str) -> None:
    gift = desk.enter(desk.check())
    with pytest.raises(UnableToRestate) as refused:
        restate(gift, **changes)
    assert refused.value.code == code
    assert not Correction.objects.exists()


@pytest.mark.parametrize(("donor", "code"), [(merged, "donor"), (parted, "parted")])
def test_a_giver_who_cannot_be(donor: Callable[[], Donor], code: str) -> None:
    with pytest.raises(UnableToRestate, match=code):
        restate(desk.enter(desk.check()), donor_id=donor().pk)


def test_an_ira_belongs_to_a_person() -> None:
    gift = desk.enter(desk.check(donor_id=desk.organization().pk))
    with pytest.raises(UnableToRestate, match="payer"):
        restate(gift, payer="ira_qcd")


def test_a_charge_is_money_and_an_unknown_gift_is_none() -> None:
    with pytest.raises(UnableToRestate, match="kind"):
        restate(facts.donation(), kind="property", description="coats")
    with pytest.raises(UnableToRestate, match="unknown"):
        restate(Donation(pk=facts.fresh_id()), description="x")
    with pytest.raises(TypeError):
        restate(facts.donation(), amount_minor=1)


def test_returns_are_added_once_and_withdrawn_by_a_row() -> None:
    gift, actor = desk.enter(desk.check()), facts.staff_member()
    dinner = Return("Dinner", 5_000, 3_000)
    first = benefiting.add(donation_id=gift.pk, given=dinner, actor=actor, now=NOW)
    assert benefiting.add(donation_id=gift.pk, given=dinner, actor=actor, now=NOW) == first
    assert benefiting.standing(donation_id=gift.pk) == [first]
    gone = benefiting.withdraw(benefit_id=first.pk, donation_id=gift.pk, actor=actor, now=NOW)
    assert benefiting.withdraw(benefit_id=first.pk, donation_id=gift.pk, actor=actor, now=NOW) == gone
    assert benefiting.standing(donation_id=gift.pk) == []
    again = benefiting.add(donation_id=gift.pk, given=dinner, actor=actor, now=NOW + timedelta(days=1))
    assert benefiting.standing(donation_id=gift.pk) == [again]
    assert Benefit.objects.count() == 3
    assert AuditEvent.objects.filter(action__startswith="benefit.").count() == 3


def test_returns_that_cannot_be() -> None:
    gift, actor = desk.enter(desk.check()), facts.staff_member()
    for given, code in [
        (Return(" "), "description"),
        (Return("x", -1), "value"),
        (Return("x", 1, -1), "value"),
    ]:
        with pytest.raises(UnableToBenefit, match=code):
            benefiting.add(donation_id=gift.pk, given=given, actor=actor, now=NOW)
    with pytest.raises(UnableToBenefit, match="unknown"):
        benefiting.add(donation_id=facts.fresh_id(), given=Return("x"), actor=actor, now=NOW)
    with pytest.raises(UnableToBenefit, match="unknown"):
        benefiting.withdraw(benefit_id=0, donation_id=gift.pk, actor=actor, now=NOW)
