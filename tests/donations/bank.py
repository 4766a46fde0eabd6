"""A processor that answers refunds at once, for tests that are about us and not about the wire."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from datetime import datetime

from ledger.money import Money
from payments.gateway import ProcessorRefused, ProcessorUnsure, RefundState
from tests import facts


@dataclass
class Bank:
    """Gives back whatever it is asked for, once for each key; `mood` may make it silent or stubborn."""

    now: datetime = facts.NOW
    mood: str = "willing"
    sent: dict[str, RefundState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def send_refund(self, *, reference: str, attempt: int, charge_ref: str, amount: Money) -> RefundState:
        if self.mood == "silent":
            raise ProcessorUnsure("time-out")
        if self.mood == "stubborn":
            raise ProcessorRefused("charge_disputed", "has been charged back")
        with self._lock:
            if reference not in self.sent:
                self.sent[reference] = self._made(reference, charge_ref, amount)
            return self.sent[reference]

    def _made(self, reference: str, charge_ref: str, amount: Money) -> RefundState:
        ref = f"re_{charge_ref}_{next(self._numbers)}"
        line = facts.line("refund", -amount.minor, source=ref, currency=amount.currency, ref=f"txn_{ref}")
        return RefundState(ref, charge_ref, amount, "succeeded", self.now, "", reference, line, None)

    def refunds_of(self, charge_ref: str) -> list[RefundState]:
        return [state for state in self.sent.values() if state.charge_ref == charge_ref]
