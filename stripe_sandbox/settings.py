"""What one sandbox process was told on its command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from stripe_sandbox.tables import timing


@dataclass
class Settings:
    host: str = "127.0.0.1"
    port: int = 12111
    public_url: str = ""
    state: str | None = None
    webhook_url: str | None = None
    webhook_secret: str = "whsec_sandbox"
    webhook_workers: int = 1  # one keeps events in order; Stripe promises none
    webhook_retries: tuple[float, ...] = timing.WEBHOOK_RETRIES
    latency: float = 0.0  # seconds added to every API call, slept outside the lock
    bank_debit_seconds: float = 3.0  # 0: a bank debit waits for the operator
    settle: dict[str, tuple[str, Decimal]] = field(
        default_factory=dict
    )  # charge currency -> settlement, rate
    refund_status: str = "succeeded"  # or "pending": what the next refunds are
    quiet: bool = False

    def base_url(self) -> str:
        """This function will return where hosted pages are found."""
        return self.public_url or f"http://{self.host}:{self.port}"
