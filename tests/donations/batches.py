"""Batches for tests, made by the real deeds: two counters, a stack of checks, an offering."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from donations import batching, posting_batches
from donations.batching import Cover, Piece
from donations.models import Batch, BatchRow
from donors.models import Donor
from ledger.money import Money
from payments.models import BankAccount
from staff import roles
from staff.models import Role, User
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

CAME, DEPOSIT = date(2026, 11, 18), date(2026, 11, 20)


def usd(text: str) -> Money:
    whole, _, part = text.replace(",", "").partition(".")
    return Money(int(whole + part.ljust(2, "0")), "USD")


def account(**given: Any) -> BankAccount:
    values = {"name": "Harbor Bank", "currency": "USD", "last4": "4321", "added_at": NOW, **given}
    found = BankAccount.objects.filter(entity=making.entity(), name=values["name"]).first()
    return found or BankAccount.objects.create(entity=making.entity(), **values)


def cover(*, count: int = 1, total: str = "100.00", **given: Any) -> Cover:
    asked = facts.campaign()
    made = Cover(
        bank_account=account(),
        fund=asked.fund,
        campaign=asked,
        method="check",
        expected_count=count,
        expected=usd(total),
        came_on=CAME,
        deposit_on=DEPOSIT,
        event="Sunday offering",
        counter_one="Ada Counts",
        counter_two="Ben Checks",
    )
    return replace(made, **given)


def opened(*, count: int = 1, total: str = "100.00", **given: Any) -> Batch:
    return batching.open_batch(
        batch_id=uuid.uuid4(), cover=cover(count=count, total=total, **given), actor=finance(), now=NOW
    )


def finance() -> User:
    return facts.staff_member()


def approver() -> User:
    user = facts.staff_member("approver@example.org")
    roles.grant(user=user, role=Role.APPROVER, now=NOW)
    return user


def piece(amount: str = "100.00", donor: Donor | None = None, **given: Any) -> Piece:
    """A check of Grace Kim's, unless told otherwise."""
    giver = given.pop("giver", BatchRow.Giver.DONOR)
    named = (donor or facts.donor()).pk if giver == BatchRow.Giver.DONOR else None
    values: dict[str, Any] = {"id": uuid.uuid4(), "check_number": str(1000 + facts.number()), **given}
    return Piece(amount=usd(amount), giver=giver, donor_id=named, **values)


def saved(batch: Batch, amount: str = "100.00", donor: Donor | None = None, **given: Any) -> BatchRow:
    return batching.save_row(batch_id=batch.pk, piece=piece(amount, donor, **given), actor=finance(), now=NOW)


def loose(batch: Batch, amount: str, **notes: int) -> BatchRow:
    """Loose cash, counted in notes: `loose(batch, "25.00", n2000=1, n500=1)`."""
    row = saved(batch, amount, giver=BatchRow.Giver.NOBODY, method="cash", check_number="")
    counted = {int(name[1:]): pieces for name, pieces in notes.items()}
    batching.count_cash(batch_id=batch.pk, pieces=counted)
    return row


def post(batch: Batch) -> Batch:
    return posting_batches.post(batch_id=batch.pk, actor=finance(), now=NOW)


def posted(*amounts: str, **given: Any) -> Batch:
    """A posted batch of checks of Grace Kim's."""
    total = Money(sum(usd(amount).minor for amount in amounts), "USD").plain
    made = opened(count=len(amounts), total=total)
    for amount in amounts:
        saved(made, amount, **given)
    return post(made)
