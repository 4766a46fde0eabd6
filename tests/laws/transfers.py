"""Rows that break the laws of transfer codes."""

from __future__ import annotations

from collections.abc import Callable

from donations.models import TransferPromise
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


def promise(**given: object) -> TransferPromise:
    asked = facts.campaign()
    values: dict[str, object] = {
        "code": "RSC-000001",
        "entity": making.entity(),
        "campaign": asked,
        "fund": asked.fund,
        "currency": "USD",
        "language": "en",
        "promised_at": NOW,
        **given,
    }
    return TransferPromise.objects.create(**values)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "transfer_code_is_neutral": [
        lambda: promise(code="HELP-12345"),
        lambda: promise(code="rsc-123456"),
        lambda: promise(code="RSC-12345"),
    ],
    "transfer_amount_is_positive": [lambda: promise(amount_minor=0)],
    "transfer_received_has_a_donation": [
        lambda: promise(status="received"),
        lambda: promise(donation=facts.donation()),
    ],
}
