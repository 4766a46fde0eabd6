"""A gift that several notices tell of is fetched once; a notice that came first is still believed by nobody."""

from __future__ import annotations

from donations import settling
from donations.models import Checkout
from payments import inbox
from payments.gateway import Notice
from payments.models import ProcessorEvent
from tests.donations.giving import Supporter, notices, only_donation, selfcheck, settle_all

TELLING = ("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")


def _fetches(supporter: Supporter) -> int:
    seen = supporter.processor.operate("GET", "requests")["requests"]
    return sum(call["method"] == "GET" and not call["path"].endswith("/events") for call in seen)


def _settle(notice: Notice, supporter: Supporter) -> ProcessorEvent.Status:
    pk, _ = inbox.keep(notice=notice, now=supporter.now)
    return settling.settle(event_id=pk, now=supporter.now)


def test_T35_the_second_and_third_telling_ask_nobody_and_post_nothing(supporter: Supporter) -> None:
    supporter.give()
    told = [notice for notice in notices(supporter.processor) if notice.kind in TELLING]
    assert len(told) == len(TELLING)
    before = _fetches(supporter)
    assert {_settle(notice, supporter) for notice in told} == {ProcessorEvent.Status.SETTLED}
    assert _fetches(supporter) == before + 1
    settle_all(supporter.processor, now=supporter.now)
    selfcheck(now=supporter.now)


def test_whichever_telling_comes_first_is_fetched(supporter: Supporter) -> None:
    checkout = supporter.give()
    told = [notice for notice in notices(supporter.processor) if notice.kind in TELLING]
    for notice in told[::-1]:
        _settle(notice, supporter)
    checkout.refresh_from_db()
    assert checkout.status == Checkout.Status.PAID
    assert only_donation().amount == checkout.amount
    selfcheck(now=supporter.now)
