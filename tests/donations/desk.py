"""Gifts over the desk for tests, made by the real deed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from donations import entering
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import Donation
from donors import keeping
from donors.models import Donor
from ledger.money import Money
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


def check(**given: Any) -> HandGift:
    """A check of $250.00 that came by mail on 18 November 2026, postmarked two days before."""
    asked = facts.campaign()
    amount = given.pop("amount", Money(25_000, "USD"))
    made = HandGift(
        id=uuid.uuid4(),
        entity=making.entity(),
        donor_id=given.pop("donor_id", None) or facts.donor().pk,
        campaign=asked,
        parts=given.pop("parts", None) or [(asked.fund, amount)],
        amount=amount,
        method="check",
        came_on=date(2026, 11, 18),
        days={Basis.POSTMARK: date(2026, 11, 16), Basis.RECEIVED: date(2026, 11, 18)},
    )
    return replace(made, **given)


def thing(**given: Any) -> HandGift:
    """Forty winter coats, worth $2,000.00 in our books."""
    values: dict[str, Any] = {
        "amount": Money(200_000, "USD"),
        "method": "in_kind",
        "kind": Donation.Kind.PROPERTY,
        "description": "40 winter coats",
        "days": {Basis.HAND: date(2026, 11, 18), Basis.RECEIVED: date(2026, 11, 18)},
        **given,
    }
    return check(**values)


def enter(gift: HandGift) -> Donation:
    return entering.enter(gift=gift, actor=facts.staff_member(), now=NOW)


def organization(name: str = "Lighthouse Charitable") -> Donor:
    known = Donor.objects.filter(name=name).first()
    return known or keeping.add(
        donor_id=uuid.uuid4(),
        profile={"kind": "organization", "name": name},
        actor=facts.staff_member(),
        now=NOW,
    )
