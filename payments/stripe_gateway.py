"""Stripe, and the only importer of its package. It translates; it decides nothing.

A call has 3 seconds to connect and 8 to answer and is tried once: trying again is the sweeper's work, because
only a look-up can tell whether the first call was carried out. Calls under way are limited, so a hanging
processor can never take every thread of the web server.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import requests
import stripe
from django.conf import settings
from django.db import connection

from ledger.money import Money
from payments import offering_methods, reading
from payments.gateway import (
    BalanceLine,
    ChargeState,
    DisputeState,
    ForgedEvent,
    FraudWarningState,
    InvoiceState,
    Notice,
    ObjectMissing,
    PayoutState,
    ProcessorBusy,
    ProcessorRefused,
    ProcessorUnsure,
    RefundState,
    ReviewState,
    SessionRequest,
    SessionState,
    StoredFailure,
)
from payments.stripe_plans import StripePlans

TIMEOUT = (3.0, 8.0)
MOST_UNDER_WAY = 26
"""Calls under way in one process: fewer than the threads of the web server (deploy/serving.py), so that a processor
that hangs leaves some for pages."""
HANGS = 2.0
"""Seconds after which a call says that the processor hangs: then nobody waits for a place any more."""
DOCUMENTED = {"invalid_request_error", "card_error"}
"""The types of error by which Stripe refuses a call with a 400; an `idempotency_error` has a class of its own."""
CHARGE_HOUR = 14
"""In UTC: the one hour at which it is the same day in Honolulu, New York and Seoul."""
SKEW = 300
"""Seconds a webhook's time may differ from ours, both ways (the package itself only refuses the past)."""

CHARGE = ["balance_transaction"]
SESSION = ["payment_intent.latest_charge.balance_transaction"]
REFUND = ["balance_transaction", "failure_balance_transaction"]

Result = TypeVar("Result")


def _let_go_of_the_database() -> None:
    """Whoever waits for the processor gives the connection back to the pool.

    A pool smaller than the threads must not decide how many gifts can begin at once, and a processor that hangs
    must not keep pages from the database.
    """
    if not connection.in_atomic_block:
        connection.close()


class StripeGateway(StripePlans):
    def __init__(
        self,
        *,
        api_key: str,
        api_base: str,
        webhook_secrets: list[str],
        timeout: tuple[float, float] = TIMEOUT,
        most_under_way: int = MOST_UNDER_WAY,
    ) -> None:
        stripe.enable_telemetry = False
        addresses: Any = {"api": api_base} if api_base else {}
        address = api_base or stripe.DEFAULT_API_BASE
        self._client = stripe.StripeClient(
            api_key,
            base_addresses=addresses,
            max_network_retries=0,
            http_client=stripe.RequestsClient(
                timeout=timeout, session=_session(address=address, most_under_way=most_under_way)
            ),
        ).v1
        self._secrets = webhook_secrets
        self._is_live = "_live_" in api_key
        self._places = threading.BoundedSemaphore(most_under_way)
        self._since: dict[int, float] = {}

    @classmethod
    def from_settings(cls) -> "StripeGateway":
        return cls(
            api_key=settings.STRIPE_API_KEY,
            api_base=settings.STRIPE_API_BASE,
            webhook_secrets=settings.STRIPE_WEBHOOK_SECRETS,
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        _let_go_of_the_database()
        if not self._found_place():
            raise ProcessorBusy("too many calls under way")
        self._since[threading.get_ident()] = time.monotonic()
        try:
            yield
        except stripe.RateLimitError as error:
            raise ProcessorBusy("rate limit") from error
        except stripe.InvalidRequestError as error:
            raise _refusal(error) from error
        except (stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError) as error:
            raise ProcessorRefused(type(error).__name__, str(error)) from error
        except stripe.APIError as error:
            # Only an answer in the processor's own words is kept under the key; a page of some proxy is not.
            is_kept = (error.http_status or 0) >= 500 and isinstance(error.json_body, dict)
            kind_of_failure = StoredFailure if is_kept else ProcessorUnsure
            raise kind_of_failure(f"answer {error.http_status}") from error
        except stripe.StripeError as error:
            if error.http_status == 402:
                raise ProcessorRefused(error.code or "declined", "declined") from error
            raise ProcessorUnsure(f"{type(error).__name__} {error.http_status}") from error
        finally:
            self._since.pop(threading.get_ident(), None)
            self._places.release()

    def _found_place(self) -> bool:
        """In a rush one waits a moment; behind calls that hang nobody does, or waiting would take every thread."""
        if self._places.acquire(blocking=False):
            return True
        oldest = min(list(self._since.values()), default=time.monotonic())
        return time.monotonic() - oldest < HANGS and self._places.acquire(timeout=1)

    def _ask(self, read: Callable[[reading.Raw], Result], call: Callable[[], Any]) -> Result:
        return read(self._told(call))

    def _told(self, call: Callable[[], Any]) -> dict[str, Any]:
        """What was answered, as plain dictionaries; an answer without a word is no answer."""
        with self._asking():
            answer = call()
        told = answer.to_dict() if isinstance(answer, stripe.StripeObject) else None
        if not told:
            raise ProcessorUnsure("empty answer")
        return told

    def _each(
        self, read: Callable[[reading.Raw], Result], list_page: Callable[..., Any], filters: dict[str, Any]
    ) -> Iterator[Result]:
        """Every object of a list, newest first, page by page."""
        after: dict[str, Any] = {}
        while True:
            page = self._told(lambda after=after: list_page({"limit": 100, **filters, **after}))  # type: ignore[misc]
            yield from (read(row) for row in _rows(page))
            if not page.get("has_more") or not page["data"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    # Sessions

    def open_session(self, request: SessionRequest) -> SessionState:
        price: dict[str, Any] = {
            "currency": request.amount.currency.lower(),
            "unit_amount": request.amount.minor,
            "product_data": {"name": request.label},
        }
        reference = {"reference": request.reference}
        params: Any = {
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "client_reference_id": request.reference,
            "metadata": reference,
            "customer_email": request.email,
            "locale": request.language,
            "expires_at": int(request.expires_at.timestamp()),
            "submit_type": "donate",
            # A filter on what the device and the account can do, never a list of its own (endive refuses those).
            "allowed_payment_method_types": list(
                offering_methods.offered(currency=request.amount.currency, is_recurring=request.months > 0)
            ),
            "expand": SESSION,
        }
        if request.months:
            price["recurring"] = {"interval": "month", "interval_count": request.months}
            params |= {"mode": "subscription", "subscription_data": _schedule(request, reference)}
        else:
            params |= {
                "mode": "payment",
                "customer_creation": "always",
                "payment_intent_data": {"metadata": reference, "statement_descriptor_suffix": request.label},
            }
        key = f"checkout-{request.reference}-{request.attempt}"
        return self._ask(
            reading.session, lambda: self._client.checkout.sessions.create(params, {"idempotency_key": key})
        )

    def find_session(self, *, reference: str, since: datetime) -> SessionState | None:
        """Look by our own id among the sessions made since a little before we asked (lists, never search)."""
        filters = {"created": {"gte": int(since.timestamp()) - SKEW}}
        for found in self._each(reading.session, self._client.checkout.sessions.list, filters):
            if found.reference == reference:
                return self.session(found.ref)
        return None

    def session(self, ref: str) -> SessionState:
        return self._ask(
            reading.session, lambda: self._client.checkout.sessions.retrieve(ref, {"expand": SESSION})
        )

    # Charges and refunds

    def charge(self, ref: str) -> ChargeState:
        return self._ask(reading.charge, lambda: self._client.charges.retrieve(ref, {"expand": CHARGE}))

    def charge_of_payment(self, payment_ref: str) -> ChargeState | None:
        """The latest charge of a payment, or None while there is none."""
        params: Any = {"expand": ["latest_charge.balance_transaction"]}
        payment = self._told(lambda: self._client.payment_intents.retrieve(payment_ref, params))
        latest = payment.get("latest_charge")
        return reading.charge(latest) if isinstance(latest, dict) else None

    def charges(self, *, since: datetime) -> Iterator[ChargeState]:
        filters = {"created": {"gte": int(since.timestamp())}, "expand": ["data.balance_transaction"]}
        return self._each(reading.charge, self._client.charges.list, filters)

    def send_refund(self, *, reference: str, attempt: int, charge_ref: str, amount: Money) -> RefundState:
        params: Any = {
            "charge": charge_ref,
            "amount": amount.minor,
            "metadata": {"reference": reference},
            "expand": REFUND,
        }
        key = f"refund-{reference}-{attempt}"
        return self._ask(
            reading.refund, lambda: self._client.refunds.create(params, {"idempotency_key": key})
        )

    def refund(self, ref: str) -> RefundState:
        return self._ask(reading.refund, lambda: self._client.refunds.retrieve(ref, {"expand": REFUND}))

    def refunds_of(self, charge_ref: str) -> Iterator[RefundState]:
        filters = {"charge": charge_ref, "expand": [f"data.{path}" for path in REFUND]}
        return self._each(reading.refund, self._client.refunds.list, filters)

    def dispute(self, ref: str) -> DisputeState:
        return self._ask(reading.dispute, lambda: self._client.disputes.retrieve(ref))

    def fraud_warning(self, ref: str) -> FraudWarningState:
        return self._ask(reading.fraud_warning, lambda: self._client.radar.early_fraud_warnings.retrieve(ref))

    def review(self, ref: str) -> ReviewState:
        return self._ask(reading.review, lambda: self._client.reviews.retrieve(ref))

    # Standing gifts: the rest is in `stripe_plans`

    def invoice_of_payment(self, payment_ref: str) -> InvoiceState | None:
        """The invoice a payment belongs to (`charge.invoice` is gone since basil), or None."""
        filters: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_ref}, "limit": 1}
        page = self._told(lambda: self._client.invoice_payments.list(filters))
        for row in _rows(page):
            found = row["invoice"]
            return self.invoice(found if isinstance(found, str) else found["id"])
        return None

    # Payouts and the balance

    def payout(self, ref: str) -> PayoutState:
        return self._ask(reading.payout, lambda: self._client.payouts.retrieve(ref))

    def payout_lines(self, payout_ref: str) -> Iterator[BalanceLine]:
        return self._each(
            reading.balance_line, self._client.balance_transactions.list, {"payout": payout_ref}
        )

    def balance_lines(self, *, since: datetime) -> Iterator[BalanceLine]:
        filters = {"created": {"gte": int(since.timestamp())}}
        return self._each(reading.balance_line, self._client.balance_transactions.list, filters)

    def balance(self) -> list[Money]:
        """What the processor owes us, available and pending together, one amount for each currency."""
        answer = self._told(self._client.balance.retrieve)
        sums: dict[str, int] = {}
        for part in [*answer["available"], *answer["pending"]]:
            currency = str(part["currency"]).upper()
            sums[currency] = sums.get(currency, 0) + int(part["amount"])
        return [Money(minor, currency) for currency, minor in sorted(sums.items())]

    # Events

    def notices(self, *, since: datetime) -> Iterator[Notice]:
        filters = {"created": {"gte": int(since.timestamp())}}
        return self._each(reading.notice, self._client.events.list, filters)

    def verify(self, *, body: bytes, signature: str, now: datetime) -> Notice:
        """The notice in a webhook's body. Raises ForgedEvent unless one of our secrets signed it just now."""
        try:
            text = body.decode()
            stamp = _stamp(signature)
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ForgedEvent("unreadable") from error
        if not -SKEW <= int(now.timestamp()) - stamp <= SKEW:
            raise ForgedEvent("too old or from the future")
        if not any(self._signed_with(secret, text, signature) for secret in self._secrets):
            raise ForgedEvent("no secret of ours signed it")
        try:
            return reading.notice(raw)
        except ProcessorUnsure as error:
            raise ForgedEvent("not an event") from error

    @staticmethod
    def _signed_with(secret: str, text: str, signature: str) -> bool:
        try:
            return bool(stripe.WebhookSignature.verify_header(text, signature, secret, None))
        except stripe.SignatureVerificationError:
            return False


def _schedule(request: SessionRequest, reference: dict[str, str]) -> dict[str, Any]:
    """With a day of its own the first charge waits for that day, and the time until then costs nothing."""
    if request.charge_day is None:
        return {"metadata": reference}
    day = {"day_of_month": request.charge_day, "hour": CHARGE_HOUR, "minute": 0, "second": 0}
    return {"metadata": reference, "billing_cycle_anchor_config": day, "proration_behavior": "none"}


def _session(*, address: str, most_under_way: int) -> requests.Session:
    """One pool of kept connections for all threads, with a place for every call under way.

    The library would read proxies and passwords from the environment and a file at each call; they are read
    once here: the proxies for this address, no passwords.
    """
    session = requests.Session()
    session.trust_env = False
    session.proxies.update(requests.utils.get_environ_proxies(address))
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=most_under_way)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _refusal(error: stripe.InvalidRequestError) -> Exception:
    """What a 400 or 404 means. One of a type nobody documented says nothing certain: it is looked up, not believed."""
    if error.http_status == 404:
        return ObjectMissing(error.code or "invalid_request", str(error.user_message or error))
    told = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    kind = told.get("type") if isinstance(told, dict) else None
    if kind not in DOCUMENTED:
        return ProcessorUnsure(f"answer {error.http_status} in words we do not know")
    return ProcessorRefused(error.code or "invalid_request", str(error.user_message or error))


def _rows(page: dict[str, Any]) -> list[dict[str, Any]]:
    rows = page.get("data")
    if not isinstance(rows, list):
        raise ProcessorUnsure("a list without rows")
    return rows


def _stamp(signature: str) -> int:
    """The one time in a signature's header. With two, the package would sign the first and we believe the last.

    Raises ValueError for anything else than plain letters with exactly one time.
    """
    if not signature.isascii():
        raise ValueError("not plain letters")
    stamps = [part.removeprefix("t=") for part in signature.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not stamps[0].isdecimal():
        raise ValueError("not exactly one time")
    return int(stamps[0])
