"""What the tests drive with: a sandbox process, a browser without scripts, a verifying webhook endpoint."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import stripe

SECRET = "whsec_sandbox_tests"
ROOT = Path(__file__).resolve().parents[2]


class Sandbox:
    """A sandbox process on a free port."""

    def __init__(
        self, *, webhook_url: str | None = None, state: Path | None = None, options: list[str] | None = None
    ) -> None:
        command = [
            sys.executable,
            "-m",
            "stripe_sandbox",
            "--port",
            "0",
            "--webhook-secret",
            SECRET,
            "--quiet",
        ]
        if webhook_url:
            command += ["--webhook-url", webhook_url]
        if state:
            command += ["--state", str(state)]
        self.process = subprocess.Popen(
            [*command, *(options or [])], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        self.url = line.removeprefix("Stripe sandbox on ").strip()
        assert self.url.startswith("http://127.0.0.1:"), line
        self.http = stripe.RequestsClient()
        self.client = stripe.StripeClient(
            "sk_test_sandbox", base_addresses={"api": self.url}, http_client=self.http
        )
        self.v1 = self.client.v1

    def operate(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """This function will use the operator's door and return its JSON."""
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            data=json.dumps(body or {}).encode() if method == "POST" else None,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def drain(self) -> None:
        """This function will wait until every queued event is delivered."""
        assert self.operate("POST", "deliveries/drain", {"timeout": 15})["drained"]

    def stop(self) -> int:
        """This function will end the process with SIGTERM and return its exit code."""
        cast(Any, self.http).close()  # untyped in the package
        self.process.terminate()
        code = self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def kill(self) -> None:
        """This function will end the process with SIGKILL."""
        cast(Any, self.http).close()  # untyped in the package
        self.process.kill()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.stop()


@dataclass
class Page:
    status: int
    url: str  # where a redirect leads
    html: str

    @property
    def alert(self) -> str:
        found = re.search(r'role="alert">([^<]*)<', self.html)
        return found[1] if found else ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


class Browser:
    """Fills in forms and does not follow redirects."""

    def __init__(self) -> None:
        self.opener = urllib.request.build_opener(_Stay)

    def open(self, url: str, **fields: str) -> Page:
        """This function will GET a page, or POST the fields to it."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(urllib.request.Request(url, data=body), timeout=30) as answer:
                return Page(answer.status, answer.headers.get("Location", ""), answer.read().decode())
        except urllib.error.HTTPError as answer:
            with answer:
                return Page(answer.code, answer.headers.get("Location", ""), answer.read().decode())

    def pay(self, url: str, card: str = "4242424242424242", **fields: str) -> Page:
        """This function will fill in a Checkout page with a card."""
        return self.open(
            url,
            **{"email": "grace@example.org", "name": "Grace Kim", "method": "card", "card": card, **fields},
        )


class Receiver:
    """A webhook endpoint in a thread; keeps what was signed well, and counts what was not."""

    def __init__(self) -> None:
        self.events: list[stripe.Event] = []
        self.refused: list[str] = []
        self.statuses: list[int] = []  # answers to give before 200 becomes the rule
        self._changed = threading.Condition()
        receiving = self

        class Endpoint(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiving.take(body, self.headers.get("Stripe-Signature", ""))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/stripe"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body: bytes, signature: str) -> int:
        with self._changed:
            if self.statuses:
                return self.statuses.pop(0)
            try:
                self.events.append(stripe.Webhook.construct_event(body, signature, SECRET))
            except stripe.SignatureVerificationError as error:
                self.refused.append(str(error))
                return 400
            finally:
                self._changed.notify_all()
        return 200

    def forget(self) -> None:
        """This function will empty what was received."""
        with self._changed:
            self.events, self.refused, self.statuses = [], [], []

    def types(self) -> list[str]:
        """This function will return the types of the events in the order of their arrival."""
        return [str(event.type) for event in self.events]

    def wait_for(self, kind: str, *, seconds: float = 10) -> stripe.Event:
        """This function will return the first event of a type, waiting for it."""
        with self._changed:
            assert self._changed.wait_for(lambda: kind in self.types(), seconds), (
                f"no {kind} in {self.types()}"
            )
            return next(event for event in self.events if event.type == kind)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ignored: object) -> None:
        with contextlib.suppress(OSError):
            self.server.shutdown()
            self.server.server_close()


def one_off(
    sandbox: Sandbox, amount: int = 2500, currency: str = "usd", **more: Any
) -> stripe.checkout.Session:
    """This function will open a Checkout Session for a single donation."""
    params: dict[str, Any] = {
        "mode": "payment",
        "submit_type": "donate",
        "success_url": "https://give.example.org/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://give.example.org/back",
        "client_reference_id": "donation-1",
        "customer_creation": "always",
        "metadata": {"checkout": "c-1"},
        "payment_intent_data": {"metadata": {"donation": "d-1"}, "description": "Gift to the rescue fund"},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount,
                    "product_data": {"name": "Rescue fund"},
                },
            }
        ],
        **more,
    }
    given = {name: value for name, value in params.items() if value is not None}
    return sandbox.v1.checkout.sessions.create(cast(Any, given))


def monthly(
    sandbox: Sandbox, amount: int = 5000, currency: str = "usd", **more: Any
) -> stripe.checkout.Session:
    """This function will open a Checkout Session for a monthly donation."""
    recurring = {"currency": currency, "unit_amount": amount, "recurring": {"interval": "month"}}
    price = {**recurring, "product_data": {"name": "Monthly gift"}}
    return one_off(
        sandbox,
        mode="subscription",
        payment_intent_data=None,
        customer_creation=None,
        **{
            "subscription_data": {"metadata": {"plan": "p-1"}},
            "line_items": [{"quantity": 1, "price_data": price}],
            **more,
        },
    )


def paid(
    sandbox: Sandbox, browser: Browser, amount: int = 2500, currency: str = "usd", **fields: str
) -> stripe.PaymentIntent:
    """This function will make a one-off donation and return its intent, expanded down to the money."""
    session = one_off(sandbox, amount, currency)
    assert session.url
    page = browser.pay(session.url, **fields)
    assert page.status == 303, page.html
    done = sandbox.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    return done.payment_intent
