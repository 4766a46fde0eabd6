"""Giving, many times: gifts begun by the real deeds and paid on the sandbox's hosted page, and their notices."""

import contextlib
import hashlib
import hmac
import json
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench import standing
from campaigns.models import GivingPage
from donations import giving
from donations.models import Checkout
from donations.models.intents import Frequency
from ledger.money import Money
from payments import gateway

CARD = "4242424242424242"


class NotPaid(Exception):
    """The sandbox's hosted page did not take a card that it should take."""


def gift(number: int, *, slug: str = "family") -> giving.Gift:
    """This function will return a gift of an own donor, of an amount that depends on the number alone."""
    page = GivingPage.objects.select_related("campaign__fund", "entity").get(campaign__slug=slug)
    return giving.Gift(
        page=page,
        fund=page.campaign.fund,
        frequency=Frequency.ONCE,
        amount=Money(1000 + (number * 7919) % 90000, "USD"),
        cover=None,
        donor_name=f"Giver {uuid.uuid4().hex[:12]}",
        email=f"giver-{uuid.uuid4().hex[:12]}@example.org",
        language="en",
        is_anonymous=number % 10 == 0,
        wants_letter=number % 3 == 0,
        letter_wording="Send me the letter",
        note="",
        source="bench",
    )


def give(count: int, *, side_by_side: int = 1) -> list[uuid.UUID]:
    """Begin and pay gifts, as supporters would. This function will return the ids of their checkouts."""
    if side_by_side == 1:
        return [_give_one(number) for number in range(count)]
    with ThreadPoolExecutor(max_workers=side_by_side) as pool:
        return list(pool.map(_give_aside, range(count)))


def _give_aside(number: int) -> uuid.UUID:
    try:
        return _give_one(number)
    finally:
        connection.close()


@contextlib.contextmanager
def at(processor: standing.Server) -> Iterator[None]:
    """This function will let the deeds of this process speak to another sandbox for a while."""
    before = settings.STRIPE_API_BASE
    settings.STRIPE_API_BASE = processor.url
    gateway.connect.cache_clear()
    try:
        yield
    finally:
        settings.STRIPE_API_BASE = before
        gateway.connect.cache_clear()


def begin_unpaid(count: int) -> list[Checkout]:
    """Begin gifts that stay unpaid. This function will return their checkouts with all a gift is made of."""
    begun = [
        giving.begin(checkout_id=uuid.uuid4(), gift=gift(number), now=timezone.now())
        for number in range(count)
    ]
    ids = [each.checkout.pk for each in begun]
    return list(Checkout.objects.select_related("campaign").filter(pk__in=ids).order_by("began_at", "pk"))


def _give_one(number: int) -> uuid.UUID:
    begun = giving.begin(checkout_id=uuid.uuid4(), gift=gift(number), now=timezone.now())
    if begun.payment_url is None:
        raise NotPaid(f"no payment page for {begun.checkout.pk}")
    fields = {
        "email": begun.checkout.email,
        "name": begun.checkout.donor_name,
        "method": "card",
        "card": CARD,
    }
    request = urllib.request.Request(begun.payment_url, data=urllib.parse.urlencode(fields).encode())
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(request, timeout=30) as page:
            raise NotPaid(f"{begun.payment_url} answered {page.status}")
    except urllib.error.HTTPError as answer:
        with answer:
            if answer.code != 303:
                raise NotPaid(f"{begun.payment_url} answered {answer.code}") from answer
    return begun.checkout.pk


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


def events(*, after: str, kinds: Sequence[str]) -> list[bytes]:
    """This function will return the webhook bodies of such events since the event `after`, oldest first."""
    found = [event for event in _events(after=after) if event["type"] in kinds]
    return [json.dumps(event).encode() for event in found[::-1]]


def newest() -> str:
    """This function will return the id of the newest event, empty when there is none."""
    return next((str(event["id"]) for event in _events(after="")), "")


def _events(*, after: str) -> Iterator[dict[str, Any]]:
    query = {"limit": "100"}
    while True:
        url = f"{settings.STRIPE_API_BASE}/v1/events?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {settings.STRIPE_API_KEY}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            page = json.loads(answer.read())
        for event in page["data"]:
            if event["id"] == after:
                return
            yield event
        if not page["has_more"]:
            return
        query["starting_after"] = page["data"][-1]["id"]


def signature(body: bytes) -> str:
    """This function will return the header with which the processor would sign these bytes now."""
    stamp = int(time.time())
    secret = settings.STRIPE_WEBHOOK_SECRETS[0]
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"
