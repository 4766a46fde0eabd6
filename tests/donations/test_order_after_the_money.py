"""What happens after the money may be told in any order and again; every kind of notice is dealt with as written."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection, transaction

from donations import settling
from faults.picturing import picture
from payments import inbox
from payments.gateway import Notice
from payments.models import ProcessorEvent
from tests.donations import undoing
from tests.donations.giving import Supporter, notices, paperwork, settle_all
from tests.donations.test_after_the_money import charge_of, operate

pytestmark = pytest.mark.slow


def told(supporter: Supporter, order: list[Notice]) -> dict[str, list[tuple[object, ...]]]:
    with transaction.atomic():
        settle_all(supporter.processor, now=supporter.now, order=order)
        paperwork(now=supporter.now)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        result = picture()
        undoing.undo()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return result


def failed_refund(supporter: Supporter, charge: str) -> None:
    refund = supporter.processor.v1.refunds.create({"charge": charge, "amount": 4_000})
    operate(supporter, f"refunds/{refund.id}/fail")
    supporter.processor.v1.refunds.create({"charge": charge, "amount": 1_000})


def appealed(supporter: Supporter, charge: str) -> None:
    made = operate(supporter, "disputes", charge=charge, kind="inquiry")
    operate(supporter, f"disputes/{made['id']}/escalate")
    operate(supporter, f"disputes/{made['id']}/close", outcome="lost")
    operate(supporter, f"disputes/{made['id']}/appeal")


def doubted(supporter: Supporter, charge: str) -> None:
    operate(supporter, "fraud_warnings", charge=charge)
    made = operate(supporter, "reviews", charge=charge)
    operate(supporter, f"reviews/{made['id']}/close", outcome="refunded_as_fraud")
    supporter.processor.v1.refunds.create({"charge": charge})


@pytest.mark.parametrize("story", [failed_refund, appealed, doubted], ids=lambda story: story.__name__)
def test_shuffled_and_repeated_notices_end_alike(story: Any, supporter: Supporter) -> None:
    supporter.give()
    story(supporter, charge_of(supporter))
    events = notices(supporter.processor)
    expected = told(supporter, events)
    assert expected["books"]
    dice = random.Random(story.__name__)
    for _ in range(4):
        shuffled = dice.sample(events, len(events)) + dice.choices(events, k=3)
        assert told(supporter, shuffled) == expected, [event.kind for event in shuffled]


ROWS = {
    "refund.created": "settled", "refund.updated": "settled", "refund.failed": "settled",
    "charge.refunded": "settled", "charge.dispute.created": "settled",
    "charge.dispute.funds_withdrawn": "settled", "charge.dispute.funds_reinstated": "settled",
    "charge.dispute.closed": "settled", "radar.early_fraud_warning.created": "settled",
    "radar.early_fraud_warning.updated": "settled", "review.opened": "settled", "review.closed": "settled",
    "customer.created": "ignored", "payment_intent.created": "ignored",
}  # fmt: skip


def test_every_notice_after_the_money_is_acted_upon_and_every_other_is_stored(supporter: Supporter) -> None:
    supporter.give()
    charge = charge_of(supporter)
    made = operate(supporter, "disputes", charge=charge)
    operate(supporter, f"disputes/{made['id']}/close", outcome="won")
    doubted(supporter, charge)
    supporter.give()
    failed_refund(supporter, charge_of(supporter))
    for notice in notices(supporter.processor):
        pk, _ = inbox.keep(notice=notice, now=supporter.now)
        settling.settle(event_id=pk, now=supporter.now)
    seen = dict(ProcessorEvent.objects.order_by("id").values_list("kind", "status"))
    assert {kind: seen[kind] for kind in ROWS} == ROWS
    assert set(seen.values()) == {"settled", "ignored"}
