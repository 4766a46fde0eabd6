"""`python -m launcher.living`: two years of the invented mission, lived through with the sandbox's clock.

The rooms speak HTTP to the processor only; what the world does to it (time, cards, payouts) is done from here.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from typing import Any

CARD, BROKEN = "4242424242424242", "4000000000000341"


class _Stay(urllib.request.HTTPRedirectHandler):
    """A paid page leads back to ours, where nobody looks."""

    def redirect_request(self, *_told: Any) -> None:
        return None


class SandboxStreet:
    """The operator's door of the sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._opener = urllib.request.build_opener(_Stay)

    def turn_back(self, *, to: datetime) -> None:
        """This function will set the clock without doing anything on the way; nothing is told of what follows."""
        self._operate("deliveries", mode="drop")
        self._operate("clock", set=to.timestamp())

    def go_on(self, *, to: datetime) -> None:
        """This function will move the clock forward and let happen what falls due; never back."""
        now = self._ask("GET", f"{self.url}/_sandbox/clock")["now"]
        if to.timestamp() > now:
            self._operate("clock", to=to.timestamp())

    def pay(self, *, url: str, name: str, email: str) -> None:
        """This function will fill in a payment page with a card that works."""
        fields = {"email": email, "name": name, "method": "card", "card": CARD}
        body = urllib.parse.urlencode(fields).encode()
        try:
            self._opener.open(self._request(url, body), timeout=30).close()
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code != 303:
                    raise

    def break_card(self, *, customer_ref: str) -> None:
        """This function will give a customer a card that is declined from now on."""
        self._operate(f"customers/{customer_ref}/card", number=BROKEN)

    def pay_out(self, *, currency: str) -> str | None:
        """This function will let the processor pay out, and return the payout's name; None when there is nothing."""
        try:
            return str(self._operate("payouts", currency=currency)["id"])
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code != 400:
                    raise
        return None

    def set_right(self) -> None:
        """This function will let the clock be that of this machine again, and tell of what happens from now on."""
        self._operate("clock", set=datetime.now(UTC).timestamp())
        self._operate("deliveries", mode="normal")

    def _operate(self, path: str, **given: object) -> Any:
        return self._ask("POST", f"{self.url}/_sandbox/{path}", json.dumps(given).encode())

    def _ask(self, method: str, url: str, body: bytes | None = None) -> Any:
        request = self._request(url, body, method=method, headers={"Content-Type": "application/json"})
        with self._opener.open(request, timeout=60) as answer:
            return json.loads(answer.read())

    def _request(self, url: str, body: bytes | None, **more: Any) -> urllib.request.Request:
        if not url.startswith(f"{self.url}/"):
            raise ValueError(f"{url} is not on this street")
        return urllib.request.Request(url, data=body, **more)  # noqa: S310  # the sandbox's own address


def main() -> int:
    """This function will write the two years into the system the environment names; once is enough."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    from web.demo.years import living

    if not (settings.INSECURE_LOCAL and settings.STRIPE_API_BASE):
        print("The years are written only with INSECURE_LOCAL=1 and the sandbox, on your own machine.")
        return 1
    street = SandboxStreet(settings.STRIPE_API_BASE)
    try:
        is_new = living.live(street=street, now=datetime.now(UTC))
    finally:
        street.set_right()
    print("Two years are written." if is_new else "The years are written already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
