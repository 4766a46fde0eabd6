"""Deeds: what a process of the product does, by name. Each runs in a fork of its own and answers in plain JSON.

The arguments are plain JSON too, so that a history can be read, and replayed by its seed.
"""

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.test import Client, override_settings

from campaigns.models import GivingPage
from config.celery import app, database_queue
from donations import folding, giving, refunding, settling, sweeping
from donations.models import Checkout, Donation, Refund, RefundRequest
from donations.models.intents import Frequency
from donors import corresponding
from donors.models import Message
from faults import forking, steering
from jobs import ringing
from ledger.money import Money
from payments import catching_up, gateway, inbox
from payments.models import ProcessorEvent
from reports import selfchecking
from staff.models import User
from web.giving import vouching

SLUG, MONTHLY_SLUG = "family", "safe-house"
WEBHOOKS = "/api/webhooks/stripe/"
RINGS_WITHIN = 60.0
SURELY_NOT_DONE = (giving.OtherGift, giving.GiftRefused, refunding.UnableToRefund)


def gift(*, amount_minor: int, email: str, monthly: bool = False) -> giving.Gift:
    """This function will return a gift on the demo's own page."""
    slug = MONTHLY_SLUG if monthly else SLUG
    page = GivingPage.objects.select_related("campaign__fund", "entity").get(campaign__slug=slug)
    return giving.Gift(
        page=page,
        fund=page.campaign.fund,
        frequency=Frequency.MONTHLY if monthly else Frequency.ONCE,
        amount=Money(amount_minor, "USD"),
        cover=None,
        donor_name="Grace Kim",
        email=email,
        language="en",
        is_anonymous=False,
        wants_letter=False,
        letter_wording="",
        note="",
        source="",
    )


def begin(
    *, checkout_id: str, amount_minor: int, email: str, monthly: bool = False, now: datetime
) -> str | None:
    """This function will return the address of the payment page, or None while nobody knows it."""
    asked = gift(amount_minor=amount_minor, email=email, monthly=monthly)
    return giving.begin(checkout_id=uuid.UUID(checkout_id), gift=asked, now=now).payment_url


def fund_of_page(*, now: datetime) -> int:
    """This function will return the fund that the giving page gives to."""
    return GivingPage.objects.select_related("campaign").get(campaign__slug=SLUG).campaign.fund_id


def form(*, checkout_id: str, amount_minor: int, email: str, fund: int) -> dict[str, str]:
    """This function will return the giving form as a browser sends it."""
    return {
        "token": vouching.token(checkout_id=uuid.UUID(checkout_id), slug=SLUG),
        "currency": "USD",
        "freq": "once",
        "amount_once": "100",
        "other": f"{amount_minor // 100}.{amount_minor % 100:02}",
        "fund": str(fund),
        "name": "Grace Kim",
        "email": email,
        "hand": "1",
    }


def look(*, path: str, now: datetime) -> int:
    """This function will return the status of a public page."""
    return Client(raise_request_exception=False).get(path, HTTP_HOST="localhost").status_code


def press(*, checkout_id: str, amount_minor: int, email: str, fund: int, now: datetime) -> dict[str, Any]:
    """The form itself, through every layer of the web. This function will return status, address and words."""
    fields = form(checkout_id=checkout_id, amount_minor=amount_minor, email=email, fund=fund)
    answer = Client(raise_request_exception=False).post(
        f"/en/give/{SLUG}/", fields, HTTP_HOST="localhost", HTTP_ORIGIN="http://localhost"
    )
    return {
        "status": answer.status_code,
        "location": answer.headers.get("Location", ""),
        "page": answer.content.decode()[:20000],
    }


def deliver(*, events: list[dict[str, Any]], secret: str, accepted: list[str], now: datetime) -> list[int]:
    """Webhooks, one after the other, through the door. This function will return the statuses answered."""
    statuses = []
    with override_settings(STRIPE_WEBHOOK_SECRETS=accepted or settings.STRIPE_WEBHOOK_SECRETS):
        gateway.connect.cache_clear()
        for event in events:
            body = json.dumps(event).encode()
            signed = steering.signature(body, secret=secret)
            answer = Client(raise_request_exception=False).post(
                WEBHOOKS,
                body,
                content_type="application/json",
                HTTP_HOST="localhost",
                HTTP_STRIPE_SIGNATURE=signed,
            )
            statuses.append(answer.status_code)
    return statuses


def deliver_without_broker(**arguments: Any) -> list[int]:
    """This function will bring webhooks through the door while nobody listens where the broker should be."""
    app.conf.broker_url = "amqp://127.0.0.1:9//"
    return deliver(**arguments)


def deliver_to_database_queue(**arguments: Any) -> list[int]:
    """This function will bring webhooks through the door with the queue inside the database."""
    use_database_queue()
    delivered = deliver(**arguments)
    ringing.wait_until_rung(within=RINGS_WITHIN)
    return delivered


def fold(*, now: datetime) -> int:
    """This function will fold what gifts and entries left to be counted, and return how much that was."""
    return folding.fold_all()


def post(*, now: datetime) -> int:
    """A minute of the timetable's letters, to a post office that takes everything.

    This function will return how many letters that are due, or under way, still wait.
    """
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        while corresponding.send_due(now=now):
            pass
    is_due = Q(status=Message.Status.QUEUED, send_after__lte=now) | Q(status=Message.Status.SENDING)
    return Message.objects.filter(is_due).count()


def use_database_queue() -> None:
    """This function will have this process ring on the queue inside the database, as deployed without a broker."""
    app.conf.broker_url = "pgmq://database"
    app.conf.broker_transport_options = database_queue()


def settle(*, now: datetime) -> list[str]:
    """A worker's round over the inbox. This function will return the states the notices came to."""
    return [str(settling.settle(event_id=event_id, now=now).value) for event_id in inbox.waiting(now=now)]


def settle_one(*, ref: str, now: datetime) -> str:
    """This function will settle one notice and return its state."""
    pk = ProcessorEvent.objects.values_list("pk", flat=True).get(ref=ref)
    return str(settling.settle(event_id=pk, now=now).value)


def sweep(*, now: datetime) -> dict[str, int]:
    """This function will drive what stopped halfway to its end, and return what it did."""
    return vars(sweeping.run(now=now))


def catch_up(*, now: datetime) -> int:
    """This function will take missed notices from the processor's list and return how many were settled."""
    found = catching_up.run(now=now)
    for event_id in found[::-1]:
        settling.settle(event_id=event_id, now=now)
    return len(found)


def reconcile(*, now: datetime) -> dict[str, int]:
    """This function will settle what the processor's balance shows and our books do not explain."""
    return vars(sweeping.reconcile(now=now))


def refund(*, checkout_id: str, amount_minor: int, request_id: str, now: datetime) -> str:
    """This function will ask for a refund as staff do, and return the state of the request."""
    donation = Donation.objects.get(checkout_id=checkout_id)
    made = refunding.request(
        donation_id=donation.pk,
        amount=Money(amount_minor, donation.currency),
        reason="asked for by the donor",
        actor=User.objects.order_by("pk")[0],
        request_id=uuid.UUID(request_id),
        now=now,
    )
    return str(made.status)


def begin_after_lost_connections(**arguments: Any) -> str | None:
    """This function will begin a gift in a process whose pooled connections the server has just closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        mine = cursor.fetchone()[0]
    connection.close()  # back to the pool, alive
    import psycopg

    with psycopg.connect(settings_dsn(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 2000)", [mine])
    return begin(**arguments)


def settings_dsn() -> str:
    """This function will return the address of the product's database as libpq reads it."""
    known = connection.settings_dict
    return f"host={known['HOST']} port={known['PORT']} user={known['USER']} dbname={known['NAME']} sslmode=disable"


def tell(*, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """This function will return the facts and intents, as plain rows."""
    return {
        "checkouts": [
            {"id": str(row.pk), "status": row.status, "attempt": row.attempt, "url": row.session_url}
            for row in Checkout.objects.order_by("began_at", "pk")
        ],
        "donations": [
            {"checkout": str(row.checkout_id), "charge": row.processor_ref, "minor": row.amount_minor}
            for row in Donation.objects.order_by("recorded_at", "pk")
        ],
        "requests": [
            {"id": str(row.pk), "status": row.status, "attempt": row.attempt}
            for row in RefundRequest.objects.order_by("requested_at", "pk")
        ],
        "refunds": [
            {"request": str(row.request_id or ""), "ref": row.processor_ref, "minor": row.amount_minor}
            for row in Refund.objects.order_by("recorded_at", "pk")
        ],
        "events": [
            {"ref": row.ref, "kind": row.kind, "status": row.status, "reason": row.reason}
            for row in ProcessorEvent.objects.order_by("pk")
        ],
    }


def check(*, now: datetime) -> list[str]:
    """This function will return every law that is broken, in the database and against the processor."""
    findings = [*selfchecking.run(now=now), *selfchecking.against_processor(now=now)]
    return selfchecking.unexplained(findings)


RIGHT: dict[str, Callable[..., Any]] = {
    deed.__name__: deed
    for deed in (
        begin,
        fund_of_page,
        look,
        press,
        deliver,
        deliver_without_broker,
        deliver_to_database_queue,
        settle,
        settle_one,
        sweep,
        fold,
        post,
        catch_up,
        reconcile,
        refund,
        begin_after_lost_connections,
        tell,
        check,
    )
}


def do(
    deed: Callable[..., Any], arguments: dict[str, Any], *, now: datetime, around: dict[str, str]
) -> tuple[str, Any, str]:
    """Run one deed in this process, under other settings where `around` has some.

    A refusal of ours means it surely was not done; after any other error nobody knows.
    This function will return the kind of outcome, its value and its words.
    """
    try:
        with override_settings(**around):
            gateway.connect.cache_clear()
            return forking.OK, deed(**arguments, now=now), ""
    except SURELY_NOT_DONE as refused:
        return forking.FAIL, None, f"{type(refused).__name__}: {refused}"
    except Exception as error:
        return forking.INFO, None, f"{type(error).__name__}: {error}"
