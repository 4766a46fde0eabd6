"""Rows that break the laws of deliveries, thanks and bounces."""

from __future__ import annotations

from collections.abc import Callable

from receipts.models import Acknowledgment, Delivery, Receipt
from tests import facts
from tests.facts import NOW


def receipt() -> Receipt:
    facts.donation()
    facts.paperwork()
    return Receipt.objects.get()


def delivered_twice_one_way() -> None:
    Delivery.objects.create(receipt=receipt(), channel="email", planned_at=NOW)


def sent_at_no_time() -> None:
    receipt()
    Delivery.objects.update(status="sent", done_at=None)


def thanked(*, times: int = 1, **given: object) -> None:
    gift = facts.donation()
    for _ in range(times):
        Acknowledgment.objects.create(donation=gift, donor=gift.donor, kind="gift", made_at=NOW, **given)


def bounced_twice() -> None:
    first = facts.bounce()
    facts.bounce(message=first.message)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "delivery_once_per_channel": [delivered_twice_one_way],
    "delivery_done_when_sent": [sent_at_no_time],
    "acknowledgment_once_per_person": [lambda: thanked(times=2)],
    "acknowledgment_printed_only_on_paper": [lambda: thanked(printed_at=NOW)],
    "bounce_once_per_status": [bounced_twice],
}
