"""Standing gifts in tests: a stage whose clock is the sandbox's, where what is told is settled as the days go by."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from donations import changing_plans, settling, sweeping
from donations.changing_plans import Asker
from donations.models import Donation, PlanChange, RecurringPlan
from donations.models.intents import Frequency
from donations.wishing import Wish
from donors import corresponding
from donors.models import Message
from ledger.money import Money
from payments import inbox
from tests.donations.giving import Supporter, notices, paperwork, settle_all
from tests.sandbox.driving import Sandbox

GOOD, POOR, STOLEN, LOST, PICKUP = (
    "4242424242424242",
    "4000000000000341",
    "4000000000009979",
    "4000000000009987",
    "4000000000009961",
)
BANK_ASKS = "4000002760003184"
GRACE = Asker(PlanChange.Asker.DONOR, block="192.0.2.0/24")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Stage:
    processor: Sandbox
    now: datetime

    def set(self, text: str) -> None:
        """This function will put both clocks on a moment, doing nothing on the way."""
        self.now = at(text)
        self.processor.operate("POST", "clock", {"set": self.now.timestamp()})

    def go(self, text: str) -> None:
        """This function will let time pass at the processor, then settle what it told and sweep once."""
        self.now = at(text)
        self.processor.operate("POST", "clock", {"to": self.now.timestamp()})
        self.catch_up()

    def catch_up(self) -> None:
        settle_all(self.processor, now=self.now)
        sweeping.run(now=self.now + timedelta(seconds=1))
        settle_all(self.processor, now=self.now + timedelta(seconds=2))
        paperwork(now=self.now + timedelta(seconds=3))
        while corresponding.send_due(now=self.now + timedelta(seconds=4)):
            pass

    def give(
        self, amount: int = 5000, *, slug: str = "general", card: str = GOOD, **asked: Any
    ) -> RecurringPlan:
        """This function will begin a standing gift through the payment page."""
        supporter = Supporter(self.processor, self.now)
        values = {"frequency": Frequency.MONTHLY, "amount": Money(amount, "USD"), **asked}
        begun = supporter.begin(slug, **values)
        supporter.pay(begun, card=card)
        self.catch_up()
        return RecurringPlan.objects.get(checkout=begun.checkout)

    def card(self, plan: RecurringPlan, number: str) -> None:
        self.processor.operate("POST", f"customers/{plan.customer_ref}/card", {"number": number})

    def ask(self, plan: RecurringPlan, kind: PlanChange.Kind, **wish: Any) -> PlanChange:
        reason = wish.pop("reason", None)
        change = changing_plans.ask(
            plan_id=plan.pk,
            change_id=uuid.uuid4(),
            wish=Wish(kind=kind, **wish),
            asker=GRACE,
            reason=reason,
            now=self.now,
        )
        plan.refresh_from_db()
        return change

    def attempts(self) -> int:
        """This function will count every charge the processor ever tried."""
        return len(self.processor.v1.charges.list({"limit": 100}).data)


def days() -> list[str]:
    """The days of the gifts, oldest first."""
    return [str(day) for day in Donation.objects.order_by("given_at").values_list("given_on", flat=True)]


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("queued_at", "id"))


def settle_shuffled(stage: Stage, order: list[Any]) -> None:
    for notice in order:
        pk, _ = inbox.keep(notice=notice, now=stage.now)
        settling.settle(event_id=pk, now=stage.now)


__all__ = ["Stage", "at", "days", "mails", "notices"]
