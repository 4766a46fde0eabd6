"""What waits for a person can be tried again or set aside from the first page, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from donors.models import Message
from payments.models import ProcessorEvent
from staff.models import AuditEvent, Role

pytestmark = pytest.mark.django_db
AGAIN = "/en/office/again/"


@pytest.fixture
def parked(now: datetime) -> ProcessorEvent:
    return ProcessorEvent.objects.create(
        ref="evt_1",
        kind="charge.succeeded",
        object_ref="ch_1",
        created_at=now,
        api_version="x",
        received_at=now,
        settle_after=now,
        settled_at=now,
        status=ProcessorEvent.Status.PARKED,
        reason="NeedsAPerson: charge of nobody",
    )


def test_a_parked_notice_is_tried_again_once(
    signed_in: Callable[..., Client], parked: ProcessorEvent
) -> None:
    office = signed_in(Role.FINANCE)
    page = office.get("/en/office/").content.decode()
    assert "charge of nobody" in page
    assert "Try again" in page
    assert office.post(AGAIN, {"deed": "settle", "id": parked.pk}).status_code == 302
    parked.refresh_from_db()
    assert (parked.status, parked.settled_at) == ("received", None)
    answer = office.post(AGAIN, {"deed": "settle", "id": parked.pk}, follow=True).content.decode()
    assert "already" in answer
    assert AuditEvent.objects.filter(action="settle again").count() == 1


def test_a_parked_notice_is_set_aside(signed_in: Callable[..., Client], parked: ProcessorEvent) -> None:
    signed_in(Role.FINANCE).post(AGAIN, {"deed": "set_aside", "id": parked.pk})
    parked.refresh_from_db()
    assert parked.status == "ignored"


def test_a_refused_letter_goes_back_into_the_outbox(signed_in: Callable[..., Client], now: datetime) -> None:
    letter = Message.objects.create(
        id=uuid4(),
        kind=Message.Kind.RECEIPT,
        cause="receipt:1",
        to_email="a@example.org",
        sender="b@example.org",
        language="en",
        subject="s",
        text="t",
        status=Message.Status.REFUSED,
        attempts=8,
        send_after=now,
        queued_at=now,
    )
    signed_in(Role.FINANCE).post(AGAIN, {"deed": "send", "id": letter.pk})
    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == ("queued", 0)


@pytest.mark.parametrize(
    "given", [{}, {"deed": "settle", "id": "x"}, {"deed": "send", "id": "1"}, {"deed": "no", "id": "1"}]
)
def test_nonsense_changes_nothing(
    signed_in: Callable[..., Client], parked: ProcessorEvent, given: dict[str, str]
) -> None:
    assert signed_in(Role.FINANCE).post(AGAIN, given).status_code == 302
    parked.refresh_from_db()
    assert parked.status == "parked"
