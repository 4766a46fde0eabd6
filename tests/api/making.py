"""Rows for the tests of the API; what a test does not care about is filled in."""

import hashlib
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.test import Client

from api import keying
from api.models import ApiKey
from donations.models import Designation, Donation, Recognition
from donors.models import Donor
from receipts.models import Receipt, ReceiptLine, Series
from staff import roles
from staff.models import Role, User
from tests.campaigns import making as campaigns

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ALL_SCOPES = tuple(ApiKey.Scope.values)


def user(*held: Role, email: str = "") -> User:
    made = User.objects.create_user(email=email or f"{uuid.uuid4().hex[:12]}@example.org", name="Ann Staff")
    for role in held:
        roles.grant(user=made, role=role, now=NOW)
    return made


def signed_in(*held: Role) -> Client:
    client = Client()
    client.force_login(user(*held))
    return client


def key(*held: Role, scopes: Sequence[str] = ALL_SCOPES, expires_at: datetime | None = None) -> keying.Issued:
    return keying.issue(owner=user(*held), name="test", scopes=scopes, expires_at=expires_at, now=NOW)


def bearer(issued: keying.Issued) -> Client:
    return Client(headers={"Authorization": f"Bearer {issued.shown}"})


def donor(name: str = "Grace Kim", **given: object) -> Donor:
    email = f"{uuid.uuid4().hex[:10]}@example.org"
    values = {
        "name": name,
        "name_key": name.lower(),
        "email": email,
        "email_key": email,
        "created_at": NOW,
        **given,
    }
    return Donor.objects.create(**values)


def donation(*, minor: int = 50_00, is_anonymous: bool = False, **given: object) -> Donation:
    values: dict[str, object] = {
        "entity": campaigns.entity(),
        "campaign": campaigns.any_campaign(),
        "rail": "processor",
        "method": "card",
        "last4": "4242",
        "processor_ref": f"ch_{uuid.uuid4().hex}",
        "payment_ref": f"pi_{uuid.uuid4().hex}",
        "amount_minor": minor,
        "currency": "USD",
        "given_at": NOW,
        "given_on": NOW.date(),
        "date_rule": "charge_in_entity_zone",
        "language": "en",
        "is_live": False,
        "recorded_at": NOW,
        **given,
    }
    values.setdefault("donor", None)
    values["donor"] = values["donor"] or donor()
    with transaction.atomic():
        made = Donation.objects.create(**values)
        Designation.objects.create(donation=made, fund=campaigns.any_fund(), amount_minor=minor)
        Recognition.objects.create(donation=made, is_anonymous=is_anonymous, changed_at=NOW)
    return made


def donations(count: int) -> list[Donation]:
    """Some with equal times, so that only the primary key orders them."""
    giver = donor()
    return [donation(donor=giver, given_at=NOW - timedelta(minutes=place // 3)) for place in range(count)]


def receipt(of: Donation, *, number: int = 1) -> Receipt:
    series, _ = Series.objects.get_or_create(entity=of.entity, year=2026, defaults={"last_hash": "0" * 64})
    Series.objects.filter(pk=series.pk).update(next_number=number + 1)
    made = Receipt.objects.create(
        series=series,
        number=number,
        serial=f"2026-{number:06}",
        donor=of.donor,
        tax_year=2026,
        law="US",
        language="en",
        currency=of.currency,
        total_minor=of.amount_minor,
        eligible_minor=of.amount_minor,
        snapshot="{}",
        snapshot_sha256=hashlib.sha256(b"{}").hexdigest(),
        previous_hash="0" * 64,
        hash=hashlib.sha256(str(number).encode()).hexdigest(),
        issued_at=NOW,
        issued_on=NOW.date(),
    )
    ReceiptLine.objects.create(receipt=made, donation=of, amount_minor=of.amount_minor)
    return made


def beside(work: Callable[[], object]) -> threading.Thread:
    """Another client at the same moment: a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
