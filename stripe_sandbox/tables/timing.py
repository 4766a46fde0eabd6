"""When things happen. All seconds unless said; what is real time and what is clock time is noted.

Shortened on purpose (real time): Stripe's sandbox retries a webhook three times over some hours; here within
two minutes. Unverified against the real service: the exact retry schedule, the hour between draft and charge
being exact, and that hard declines are never retried by Stripe itself.
"""

from __future__ import annotations

HOUR, DAY = 3600, 86400

WEBHOOK_TIMEOUT = 10.0  # real time: how long the receiver may think
WEBHOOK_RETRIES = (2.0, 15.0, 60.0)  # real time after the first, second and third failure; then given up

SESSION_SHORTEST = 30 * 60  # expires_at, from now
SESSION_LONGEST = 24 * HOUR
EXPIRY_SLACK = 60  # a caller's clock and our own may differ while a request travels

AVAILABLE_AFTER = {"card": 2 * DAY, "us_bank_account": 4 * DAY}
AVAILABLE_AFTER_ELSEWHERE = 2 * DAY
PAYOUT_ARRIVES_AFTER = 2 * DAY

DRAFT_LASTS = HOUR  # clock time: from invoice.created to finalization and the first attempt
DUNNING = (3 * DAY, 3 * DAY, 3 * DAY)  # clock time between attempts: four attempts in all
DISPUTE_OPENS_AFTER = 1
FRAUD_WARNING_AFTER = 1  # test card 4000000000005423
REFUND_FAILS_AFTER = 1  # test card 4000000000005126
DISPUTE_ANSWER_WITHIN = 7 * DAY

IDEMPOTENCY_KEYS_LAST = 24 * HOUR  # of the sandbox's clock; the operator can expire them at once
TEST_CLOCK_LASTS = 30 * DAY


def available_after(method: str) -> int:
    """This function will return the seconds until a charge by a method becomes available."""
    return AVAILABLE_AFTER.get(method, AVAILABLE_AFTER_ELSEWHERE)
