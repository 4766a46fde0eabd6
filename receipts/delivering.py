"""Delivering: which way a receipt goes to its donor, decided once for each receipt, and how far it has come.

A way is chosen by what the donor wishes and by what works: by mail, unless they asked for paper, have no address for
mail, or their mailbox refused us; by nothing, when they wish none, may not be written to, or have died. Such a receipt
still lies in the portal. A mail that did not arrive goes on to the post, so one receipt can have two ways.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, prefetch_related_objects

from donors import withholding
from donors.models import Donor, Message
from receipts.models import Delivery, Receipt

Channel = Delivery.Channel
Status = Delivery.Status


def channel_of(donor: Donor, *, is_receipt: bool = True) -> Delivery.Channel:
    """Whoever wishes no receipts may still be thanked for what another gave: then `is_receipt` is false.

    This function will return the way a letter goes to a donor, as they and their mailbox stand now.
    """
    reader = donor.merged_into or donor
    is_left_alone = reader.do_not_contact or reader.died_on is not None
    if is_left_alone or (is_receipt and reader.receipt_rhythm == Donor.Rhythm.NONE):
        return Channel.NONE
    has_mailbox = bool(reader.email) and reader.email_failed_at is None
    if has_mailbox and not (reader.wants_post and reader.address):
        return Channel.EMAIL
    # Without a postal address either it waits in the print queue, where somebody sees what is missing.
    return Channel.POST


def plan(*, receipts: Iterable[Receipt], now: datetime) -> list[Delivery]:
    """Decide how each receipt goes, and write it down; a receipt that has a way already keeps it.

    The annual run calls it for what it issued; receipts issued outside a run are planned when their file is made.
    Planned mails leave by `mailing.send_planned`, as soon as the file exists; planned letters wait in the print queue.
    This function will return the ways of these receipts, in the order of the receipts.
    """
    known = {receipt.pk: receipt for receipt in receipts}
    if not known:
        return []
    with transaction.atomic():
        planned = set(Delivery.objects.filter(receipt__in=known).values_list("receipt", flat=True))
        fresh = [receipt for pk, receipt in known.items() if pk not in planned]
        prefetch_related_objects(
            fresh, "donor__merged_into"
        )  # what was read with the receipts stays as it is
        Delivery.objects.bulk_create(
            [_decided(receipt, now=now) for receipt in fresh], ignore_conflicts=True, batch_size=2_000
        )
        ways = Delivery.objects.filter(receipt__in=known).order_by("id")
    place = {pk: position for position, pk in enumerate(known)}
    return sorted(ways, key=lambda way: (place[way.receipt_id], way.pk))


def _decided(receipt: Receipt, *, now: datetime) -> Delivery:
    channel = channel_of(receipt.donor)
    # What goes nowhere is done as soon as it is decided.
    done_at = now if channel == Channel.NONE else None
    return Delivery(receipt=receipt, channel=channel, planned_at=now, done_at=done_at)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the receipts of a run went out: mailed, still to be mailed, printed, to be printed, left out, come back."""

    sent: int
    to_send: int
    printed: int
    to_print: int
    left_out: int
    bounced: int


def tally(*, run_id: uuid.UUID) -> Tally:
    """Each receipt counts once, by its newest way; `bounced` tells besides how many mails came back.

    This function will return the counts; all but `bounced` sum to the planned receipts of the run.
    """
    ways = Delivery.objects.filter(receipt__run_id=run_id)
    mailed, posted = Q(channel=Channel.EMAIL), Q(channel=Channel.POST)
    done, waiting = Q(status=Status.SENT), Q(status=Status.WAITING)
    return Tally(
        **ways.aggregate(
            sent=Count("id", filter=mailed & done),
            to_send=Count("id", filter=mailed & waiting),
            printed=Count("id", filter=posted & done),
            to_print=Count("id", filter=posted & waiting),
            left_out=Count("id", filter=Q(channel=Channel.NONE)),
            bounced=Count("id", filter=Q(status=Status.BOUNCED)),
        )
    )


_QUEUED = """
UPDATE receipts_delivery AS way SET message_id = told.message
  FROM unnest(%s::bigint[], %s::uuid[]) AS told (id, message) WHERE way.id = told.id
"""


def note_queued(ways: Sequence[Delivery]) -> None:
    """This function will write down which message carries each way."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUED, [[way.pk for way in ways], [way.message_id for way in ways]])


def note_sent(*, now: datetime) -> int:
    """This function will mark what the outbox has sent since, and return how many."""
    under_way = Delivery.objects.filter(channel=Channel.EMAIL, status=Status.WAITING, message__isnull=False)
    sent = under_way.filter(message__status=Message.Status.SENT)
    return Delivery.objects.filter(pk__in=list(sent.values_list("pk", flat=True)[:2_000])).update(
        status=Status.SENT, done_at=now
    )


def note_bounced(*, now: datetime) -> int:
    """Receipts whose mail came back, was refused for good, or was withheld at the last moment take another way.

    This function will return how many there were.
    """
    lost = Q(message__bounces__is_final=True) | Q(
        message__status=Message.Status.REFUSED, message__error__startswith=withholding.WITHHELD
    )
    mailed = Delivery.objects.filter(channel=Channel.EMAIL).exclude(status=Status.BOUNCED)
    with transaction.atomic():
        gone = list(
            Delivery.objects.select_for_update(of=["self"])
            .filter(pk__in=mailed.filter(lost).values("pk"))
            .select_related("receipt__donor__merged_into")
            .order_by("id")
        )
        turn(ways=gone, now=now)
    return len(gone)


def turn(*, ways: Sequence[Delivery], now: datetime) -> None:
    """This function will mark mails that do not arrive, and send their receipts by post, or nowhere if that is the
    donor's wish by now."""
    Delivery.objects.filter(pk__in=[way.pk for way in ways]).update(status=Status.BOUNCED)
    second = [_second(way.receipt, now=now) for way in ways]
    Delivery.objects.bulk_create(second, ignore_conflicts=True)


def _second(receipt: Receipt, *, now: datetime) -> Delivery:
    if channel_of(receipt.donor) == Channel.NONE:
        return Delivery(receipt=receipt, channel=Channel.NONE, planned_at=now, done_at=now)
    return Delivery(receipt=receipt, channel=Channel.POST, planned_at=now)


def _unsent() -> QuerySet[Delivery]:
    """Planned mails whose receipt has its file and that no message carries yet."""
    return Delivery.objects.filter(
        channel=Channel.EMAIL,
        status=Status.WAITING,
        message__isnull=True,
        receipt__rendering__isnull=False,
        # What stopped being true before it left is not sent as true; its replacement names it.
        receipt__voiding__isnull=True,
    ).order_by("id")


_TOLD = ("donor__merged_into", "series__entity", "replaces", "rendering", "totals")
"""What the letter of a receipt tells."""


def waiting_mails(*, limit: int = 500) -> list[Delivery]:
    """This function will return the oldest of these, with everything their letters tell."""
    return list(
        _unsent()
        .select_related("receipt__donor__merged_into", "receipt__series__entity", "receipt__replaces")
        .select_related("receipt__rendering")
        .prefetch_related("receipt__totals")[:limit]
    )


def waiting_mails_of(receipts: Iterable[Receipt]) -> list[Delivery]:
    """This function will return the mails these receipts wait for; what was read of a receipt is not read again."""
    known = {receipt.pk: receipt for receipt in receipts}
    ways = list(_unsent().filter(receipt__in=known))
    for way in ways:
        way.receipt = known[way.receipt_id]
    prefetch_related_objects([way.receipt for way in ways], *_TOLD)
    return ways
