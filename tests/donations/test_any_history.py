"""Any history: whatever givers, staff, banks, notices and the clock do, in whatever order, the books end as on paper.

The model is what a person would write on paper: who paid how much, what went back, who disputed. It knows neither
notices nor tries. After each history everything is healed and told, and books, processor and model must agree.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from donations import giving, refunding, settling, sweeping
from donations.models import Checkout, Donation, Refund, RefundPolicy
from ledger.models import LegalEntity
from ledger.money import Money
from payments import catching_up, gateway, inbox
from staff.models import User
from tests.donations import undoing
from tests.donations.giving import gift, notices, selfcheck
from tests.sandbox.driving import Browser, Sandbox

FAULTS = ("reset", "500_after", "500_before_sticky", "429", "half_json", "empty_200")
SESSIONS, REFUNDS = "/v1/checkout/sessions", "/v1/refunds"
WHICH, SHARE = st.integers(0, 50), st.integers(1, 100)


@dataclass
class Paper:
    """One gift on paper."""

    id: uuid.UUID
    minor: int
    url: str | None = None
    is_paid: bool = False
    back: list[int] = field(default_factory=list)
    dispute: str = ""
    outcome: str = ""

    @property
    def left(self) -> int:
        return self.minor - sum(self.back)


class House:
    """What every history of one test shares; set before the machine is made."""

    processor: Sandbox


class AnyHistory(RuleBasedStateMachine):
    """Givers, staff, their banks and the line between us and the processor."""

    def __init__(self) -> None:
        super().__init__()
        self.processor = House.processor
        self.processor.operate("POST", "reset")
        gateway.connect.cache_clear()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        # What a second person decides has histories of its own (`test_approving`); here one person may give all back.
        for entity in LegalEntity.objects.all():
            RefundPolicy.objects.update_or_create(
                entity=entity, currency="USD", defaults={"alone_up_to_minor": 10**9}
            )
        self.ahead = timedelta()
        self._pass(0)
        self.papers: list[Paper] = []

    @property
    def now(self) -> datetime:
        return datetime.now().astimezone() + self.ahead

    def _pass(self, minutes: int) -> None:
        """Time goes by here and at the processor: a payment page lasts a day for both."""
        self.ahead += timedelta(minutes=minutes)
        self.processor.operate("POST", "clock", {"set": self.now.timestamp()})

    def paid(self, which: int) -> Paper | None:
        found = [paper for paper in self.papers if paper.is_paid]
        return found[which % len(found)] if found else None

    def charge(self, paper: Paper) -> dict[str, Any]:
        objects = self.processor.operate("GET", "record")["objects"]["charge"]
        rows = objects.values() if isinstance(objects, dict) else objects
        # A card that was declined left a charge of its own before the one that counts.
        return next(
            row
            for row in rows
            if row["metadata"].get("reference") == str(paper.id) and row["status"] == "succeeded"
        )

    # Givers

    @rule(minor=st.integers(1000, 90_000), fault=st.sampled_from(["", "", "", *FAULTS]))
    def give(self, minor: int, fault: str) -> None:
        if fault:
            self.processor.operate("POST", "faults", {"mode": fault, "path": SESSIONS, "method": "POST"})
        paper = Paper(uuid.uuid4(), minor)
        self.papers.append(paper)
        self._press(paper)

    @precondition(lambda self: self.papers)
    @rule(which=WHICH)
    def press_again(self, which: int) -> None:
        self._press(self.papers[which % len(self.papers)])

    def _press(self, paper: Paper) -> None:
        asked = gift(amount=Money(paper.minor, "USD"), email=f"giver-{paper.id.hex[:8]}@example.org")
        begun = giving.begin(checkout_id=paper.id, gift=asked, now=self.now)
        assert paper.url is None or begun.payment_url in (None, paper.url), "one form was shown two pages"
        paper.url = paper.url or begun.payment_url

    @precondition(lambda self: any(paper.url and not paper.is_paid for paper in self.papers))
    @rule(which=WHICH, is_declined=st.sampled_from([False, False, True]))
    def confirm(self, which: int, is_declined: bool) -> None:
        waiting = [paper for paper in self.papers if paper.url and not paper.is_paid]
        paper = waiting[which % len(waiting)]
        card = "4000000000000002" if is_declined else "4242424242424242"
        page = Browser().pay(str(paper.url), card=card)
        assert page.status == (402 if is_declined else 303)
        paper.is_paid = not is_declined

    # Notices and the clock

    @rule(picked=st.lists(st.integers(0, 400), min_size=1, max_size=6), loses_answers=st.booleans())
    def notify(self, picked: list[int], loses_answers: bool) -> None:
        """Some notices, in any order, some of them again; perhaps the object behind the first cannot be fetched."""
        told = notices(self.processor)
        if not told:
            return
        if loses_answers:
            self.processor.operate("POST", "faults", {"mode": "html_error", "method": "GET"})
        for place in picked:
            pk, _ = inbox.keep(notice=told[place % len(told)], now=self.now)
            settling.settle(event_id=pk, now=self.now)
        self.processor.operate("DELETE", "faults")

    @rule(minutes=st.sampled_from([1, 3, 30]))
    def sweep(self, minutes: int) -> None:
        self._pass(minutes)
        sweeping.run(now=self.now)

    # Money back

    @precondition(lambda self: any(paper.is_paid for paper in self.papers))
    @rule(which=WHICH, share=SHARE, fault=st.sampled_from(["", "", *FAULTS]), presses=st.integers(1, 2))
    def refund(self, which: int, share: int, fault: str, presses: int) -> None:
        """Staff ask, perhaps twice with one form. What the books allow must be what paper allows."""
        paper = self.paid(which)
        donation = Donation.objects.filter(checkout_id=paper.id).first() if paper else None
        if paper is None or donation is None or paper.dispute:
            return
        minor = max(1, paper.minor * share // 100)
        # What happened at the processor and was not told yet is refused there, not here.
        if minor > paper.left:
            return
        if fault:
            self.processor.operate("POST", "faults", {"mode": fault, "path": REFUNDS, "method": "POST"})
        asked: dict[str, Any] = {
            "donation_id": donation.pk,
            "amount": Money(minor, "USD"),
            "reason": "asked for",
            "actor": User.objects.order_by("pk")[0],
            "request_id": uuid.uuid4(),
        }
        for _ in range(presses):
            refunding.request(**asked, now=self.now)
        paper.back.append(minor)

    @precondition(lambda self: any(paper.is_paid for paper in self.papers))
    @rule(which=WHICH, share=SHARE)
    def refund_at_the_processor(self, which: int, share: int) -> None:
        paper = self.paid(which)
        if paper is None or paper.dispute or self._has_pending_refund(paper):
            return
        minor = min(max(1, paper.minor * share // 100), paper.left)
        if minor:
            self.processor.v1.refunds.create({"charge": self.charge(paper)["id"], "amount": minor})
            paper.back.append(minor)

    def _has_pending_refund(self, paper: Paper) -> bool:
        """Staff asked and nobody knows the answer: the processor may not hold it yet."""
        return bool(self.charge(paper)["amount_refunded"] != sum(paper.back))

    @precondition(lambda self: any(paper.is_paid for paper in self.papers))
    @rule(which=WHICH)
    def dispute(self, which: int) -> None:
        paper = self.paid(which)
        if paper is None or paper.dispute or paper.back:
            return
        made = self.processor.operate("POST", "disputes", {"charge": self.charge(paper)["id"]})
        paper.dispute = made["id"]

    @precondition(lambda self: any(paper.dispute and not paper.outcome for paper in self.papers))
    @rule(which=WHICH, outcome=st.sampled_from(["won", "lost"]))
    def decide(self, which: int, outcome: str) -> None:
        open_ones = [paper for paper in self.papers if paper.dispute and not paper.outcome]
        paper = open_ones[which % len(open_ones)]
        self.processor.operate("POST", f"disputes/{paper.dispute}/close", {"outcome": outcome})
        paper.outcome = outcome

    # What must hold

    def teardown(self) -> None:
        try:
            self.processor.operate("DELETE", "faults")
            self._converge()
            self._compare()
        finally:
            undoing.undo()
            with contextlib.suppress(transaction.TransactionManagementError):
                self.whole.__exit__(None, None, None)

    def _converge(self) -> None:
        for minutes in (3, 30, 150):
            self._pass(minutes)
            sweeping.run(now=self.now)
        for event_id in catching_up.run(now=self.now):
            settling.settle(event_id=event_id, now=self.now)
        sweeping.reconcile(now=self.now)
        self._pass(40)
        sweeping.run(now=self.now)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _compare(self) -> None:
        for paper in self.papers:
            donations = list(Donation.objects.filter(checkout_id=paper.id))
            assert len(donations) == int(paper.is_paid)
            if not paper.is_paid:
                continue
            donation = donations[0]
            assert donation.amount_minor == paper.minor
            assert Checkout.objects.get(pk=paper.id).status == Checkout.Status.PAID
            back = Refund.objects.filter(donation=donation).values_list("amount_minor", flat=True)
            assert sorted(back) == sorted(paper.back)
            disputes = list(donation.disputes.values_list("closing__outcome", flat=True))
            assert disputes == ([paper.outcome or None] if paper.dispute else [])
        selfcheck(now=self.now)


# A history is read as it is; making it shorter takes minutes and is done only when somebody looks for it.
PHASES = [Phase.explicit, Phase.generate, *([Phase.shrink] if "HISTORIES" in os.environ else [])]


def run(*, histories: int, steps: int) -> None:
    run_state_machine_as_test(
        AnyHistory,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            derandomize="HISTORIES" not in os.environ,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_any_short_history_ends_as_on_paper(house: None, processor: Sandbox) -> None:
    House.processor = processor
    run(histories=8, steps=12)


@pytest.mark.slow
def test_any_long_history_ends_as_on_paper(house: None, processor: Sandbox) -> None:
    """`HISTORIES=200` in the environment: as many, each other than yesterday's."""
    House.processor = processor
    run(histories=int(os.environ.get("HISTORIES", "20")), steps=40)
