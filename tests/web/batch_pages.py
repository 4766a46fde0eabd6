"""A batch of the office for tests of its pages: who is signed in, what is typed, what the page says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donations.models import Batch
from donors import keeping
from donors.models import Donor
from payments.models import BankAccount
from staff.models import Role
from tests import making

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


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def cover(account: BankAccount, today: datetime, **given: Any) -> dict[str, Any]:
    day = (making.entity().day_of(today) - timedelta(days=1)).isoformat()
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


def save(client: Client, batch: Batch, **given: Any) -> Any:
    return client.post(reverse("office:batch_save", args=[batch.pk]), row(**given))


def filled(client: Client, batch: Batch, *, last: str = "100.00") -> None:
    """Type a check of Kim's and money whose giver is not known."""
    save(client, batch, check_number="11")
    save(client, batch, amount=last, donor="?", check_number="12")
