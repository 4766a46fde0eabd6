"""Giving in tests: through the real deeds and the sandbox's hosted page, as a supporter would."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.models import GivingPage
from donations import giving, settling
from donations.models import Checkout, Donation
from donations.models.intents import Frequency
from ledger.money import Money
from payments import inbox
from payments.gateway import Notice
from payments.models import ProcessorEvent
from receipts import correcting, finishing, issuing
from reports import selfchecking
from tests.sandbox.driving import Browser, Page, Sandbox


def gift(slug: str = "family", **changes: Any) -> giving.Gift:
    page = GivingPage.objects.select_related("campaign__fund", "entity").get(campaign__slug=slug)
    asked = {
        "page": page,
        "fund": page.campaign.fund,
        "frequency": Frequency.ONCE,
        "amount": Money(10000, "USD"),
        "cover": None,
        "donor_name": "Grace Kim",
        "email": "grace@example.org",
        "language": "en",
        "is_anonymous": False,
        "wants_letter": False,
        "letter_wording": "",
        "note": "",
        "source": "",
    }
    return giving.Gift(**{**asked, **changes})


@dataclass
class Supporter:
    """Somebody who gives through the hosted page."""

    processor: Sandbox
    now: datetime

    def begin(self, slug: str = "family", **changes: Any) -> giving.Begun:
        return giving.begin(checkout_id=uuid.uuid4(), gift=gift(slug, **changes), now=self.now)

    def pay(self, begun: giving.Begun, **fields: str) -> Page:
        assert begun.payment_url
        page = Browser().pay(begun.payment_url, **fields)
        assert page.status == 303, page.html
        return page

    def give(self, slug: str = "family", **changes: Any) -> Checkout:
        begun = self.begin(slug, **changes)
        self.pay(begun)
        return begun.checkout


def notices(processor: Sandbox) -> list[Notice]:
    """Every event the sandbox has made, oldest first."""
    from payments import gateway

    found = list(gateway.connect().notices(since=datetime.fromtimestamp(0).astimezone()))
    return found[::-1]


def settle_all(processor: Sandbox, *, now: datetime, order: list[Notice] | None = None) -> None:
    """Deliver events in an order and settle each at once, as the worker does."""
    for notice in notices(processor) if order is None else order:
        pk, _ = inbox.keep(notice=notice, now=now)
        settling.settle(event_id=pk, now=now)
    left = ProcessorEvent.objects.filter(status__in=["received", "parked"])
    assert not left.exists(), list(left.values_list("kind", "status", "reason"))


def paperwork(*, now: datetime) -> None:
    """What the receipts room does after money moved."""
    correcting.correct_due(now=now)
    issuing.issue_due(now=now)
    finishing.finish_due(now=now)


def selfcheck(*, now: datetime) -> None:
    """Every invariant, of the database and against the sandbox's own record."""
    findings = [*selfchecking.run(now=now), *selfchecking.against_processor(now=now)]
    unexplained = selfchecking.unexplained(findings)
    assert unexplained == [], unexplained


def only_donation() -> Donation:
    return Donation.objects.select_related("entity", "donor", "campaign").get()
