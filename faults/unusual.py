"""Unusual deeds: what single cases need besides the everyday ones of `deeds`."""

import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import get_connection
from django.db import connection, transaction
from django.test import override_settings

from donations import settling
from donors import corresponding
from donors.models import Message
from faults import deeds
from faults.picturing import picture
from ledger import closing
from ledger.models import Entry, LegalEntity, PeriodClose
from payments import inbox, reading
from payments.models import ProcessorEvent


def close_books(*, now: datetime) -> str:
    """This function will close the books through yesterday and return the checksum of what is closed."""
    entity = LegalEntity.objects.get(code="US")
    today = now.astimezone(ZoneInfo(entity.zone)).date()
    closed = closing.close(
        entity=entity, through_on=today - timedelta(days=1), closed_by="finance@example.org", now=now
    )
    return closed.checksum


def checksum_of_closed(*, now: datetime) -> str:
    """This function will count the closed period's lines again and return their checksum."""
    closed = PeriodClose.objects.order_by("-through_on", "-pk")[0]
    return closing.checksum(entity_id=closed.entity_id, through_on=closed.through_on)


def entries(*, now: datetime) -> list[dict[str, str]]:
    """This function will return every entry of the books: when it happened, when it was booked, and its memo."""
    return [
        {
            "source": entry.source,
            "happened_on": str(entry.happened_at.astimezone(ZoneInfo(entry.entity.zone)).date()),
            "booked_on": str(entry.booked_on),
            "memo": entry.memo,
        }
        for entry in Entry.objects.select_related("entity").order_by("pk")
    ]


def confluence(*, orders: list[list[dict[str, Any]]], now: datetime) -> list[int]:
    """Settle the same notices in each order, each time from the same beginning.

    This function will return the places of the orders that end in other books than the first.
    """
    first, others = "", []
    for place, order in enumerate(orders):
        with transaction.atomic():
            for raw in order:
                pk, _ = inbox.keep(notice=reading.notice(raw), now=now)
                settling.settle(event_id=pk, now=now)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            left = ProcessorEvent.objects.filter(status__in=["received", "parked"])
            seen = json.dumps([picture(), list(left.values_list("kind", "reason"))], default=str)
            transaction.set_rollback(True)
        first = first or seen
        if seen != first:
            others.append(place)
    return others


def settle_refs(*, refs: list[str], now: datetime) -> list[str]:
    """This function will settle these notices, in this order, and return their states."""
    return [deeds.settle_one(ref=ref, now=now) for ref in refs]


def queue_mails(*, count: int, now: datetime) -> int:
    """This function will put so many mails into the outbox, and one sign-in link after them."""
    kinds = [Message.Kind.STAFF_NOTICE] * count + [Message.Kind.SIGN_IN]
    for number, kind in enumerate(kinds):
        corresponding.queue(
            kind=kind,
            cause=f"rush:{number}",
            to_email="giver@example.org",
            sender="give@example.org",
            language="en",
            subject="A rush",
            text="One of many.",
            donor_id=None,
            now=now,
        )
    return len(kinds)


def send_mails(*, per_minute: int, rounds: int, now: datetime) -> list[str]:
    """Let two workers ring for the outbox so often at one moment.

    This function will return the kinds of what was sent, in no order.
    """
    with override_settings(
        MAIL_PER_MINUTE=per_minute, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"
    ):
        get_connection().close()

        def ring() -> None:
            for _ in range(rounds):
                corresponding.send_due(now=now)
            connection.close()

        workers = [threading.Thread(target=ring) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return list(Message.objects.filter(status=Message.Status.SENT).values_list("kind", flat=True))


def begin_trusting(*, authority: str, **arguments: Any) -> str | None:
    """This function will begin a gift on a machine whose list of trusted authorities is that file."""
    import stripe

    stripe.ca_bundle_path = authority
    return deeds.begin(**arguments)


def refund_trusting(*, authority: str, **arguments: Any) -> str:
    """This function will ask for a refund on such a machine."""
    import stripe

    stripe.ca_bundle_path = authority
    return deeds.refund(**arguments)


DEEDS: dict[str, Callable[..., Any]] = {
    deed.__name__: deed
    for deed in (
        close_books,
        checksum_of_closed,
        entries,
        confluence,
        settle_refs,
        queue_mails,
        send_mails,
        begin_trusting,
        refund_trusting,
    )
}
