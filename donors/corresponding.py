"""Corresponding: the outbox. A message is a row before it is a mail, and one cause sends one mail."""

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Case, F, Q, When

from donors import bouncing, lettering, withholding
from donors.models import Attachment, Donor, Message
from ledger.models import LegalEntity
from paper import storing
from staff import auditing
from staff.models import User

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
SENDING_FOR_LONG = timedelta(minutes=10)
BATCH = 50
MINUTE = timedelta(minutes=1)


def sender(entity: LegalEntity | None = None) -> str:
    """The From line of an entity: its own name and address, neutral words only."""
    entity = entity or LegalEntity.objects.order_by("id").first()
    return formataddr((entity.legal_name, entity.email)) if entity else ""


def sender_to(*, donors: Sequence[Donor]) -> str:
    """This function will return the From line of the body these donors gave to last; of the house if to none yet."""
    newest = LegalEntity.objects.filter(donations__donor__in=donors).order_by("-donations__given_at")
    return sender(newest.first())


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be said to whom, once for its `kind` and `cause`; `attachments` are (file name, SHA-256)."""

    kind: Message.Kind
    cause: str
    to_email: str
    sender: str
    language: str
    subject: str
    text: str
    donor_id: UUID | None
    attachments: Sequence[tuple[str, str]] = ()


def queue(
    *,
    kind: Message.Kind,
    cause: str,
    to_email: str,
    sender: str,
    language: str,
    subject: str,
    text: str,
    donor_id: UUID | None,
    now: datetime,
    attachments: Sequence[tuple[str, str]] = (),
) -> UUID | None:
    """Put a message into the outbox, in the transaction of what causes it.

    `attachments` are (file name, SHA-256 of a stored document). This function will return the message's id,
    or None when a message of this kind for this cause exists already, or its reader would not have it.
    """
    letter = Letter(
        kind=kind,
        cause=cause,
        to_email=to_email,
        sender=sender,
        language=language,
        subject=subject,
        text=text,
        donor_id=donor_id,
        attachments=attachments,
    )
    return queue_all(letters=[letter], now=now)[0]


def queue_all(*, letters: Sequence[Letter], now: datetime) -> list[UUID | None]:
    """Put many messages into the outbox at once: a handful of statements, however many they are.

    This function will return, in the order of the letters, what `queue` returns for each.
    """
    withheld = withholding.reasons(
        [withholding.Meant(letter.kind, letter.donor_id, letter.to_email) for letter in letters]
    )
    wanted = [
        None if reason or not letter.to_email else _fresh(letter, now=now)
        for letter, reason in zip(letters, withheld, strict=True)
    ]
    fresh = [message for message in wanted if message is not None]
    if not fresh:
        return [None] * len(letters)
    with transaction.atomic():
        Message.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1_000)
        stored = set(
            Message.objects.filter(pk__in=[message.pk for message in fresh]).values_list("pk", flat=True)
        )
        Attachment.objects.bulk_create(
            (
                Attachment(message=message, document_id=sha256, filename=name)
                for letter, message in zip(letters, wanted, strict=True)
                if message is not None and message.pk in stored
                for name, sha256 in letter.attachments
            ),
            batch_size=1_000,
        )
    return [message.pk if message and message.pk in stored else None for message in wanted]


def _fresh(letter: Letter, *, now: datetime) -> Message:
    return Message(
        id=uuid4(),
        donor_id=letter.donor_id,
        kind=letter.kind,
        cause=letter.cause,
        to_email=letter.to_email,
        sender=" ".join(letter.sender.split())[:254],
        language=letter.language,
        subject=" ".join(letter.subject.split())[:200],
        text=letter.text,
        send_after=now,
        queued_at=now,
    )


def _room(*, now: datetime) -> int:
    """How many may be claimed now: a renewal day must not make us look like a sender of junk.

    Whoever asks takes turns until the transaction ends, or two workers would give away the same room.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7210009)")
    # One question: between two, a letter that is just leaving would be counted by neither.
    under_way = Q(status=Message.Status.SENDING, send_after__gt=now - MINUTE)
    lately = Message.objects.filter(Q(sent_at__gt=now - MINUTE) | under_way).count()
    return max(0, min(BATCH, settings.MAIL_PER_MINUTE - lately))


def _claim(*, now: datetime) -> list[Message]:
    due = Q(status=Message.Status.QUEUED, send_after__lte=now) | Q(
        status=Message.Status.SENDING, send_after__lte=now - SENDING_FOR_LONG
    )
    with transaction.atomic():
        room = _room(now=now)
        claimed = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(due)
            # Somebody waits for a link at this moment; everything else can wait its turn.
            .order_by(Case(When(kind=Message.Kind.SIGN_IN, then=0), default=1), "send_after", "id")[:room]
        )
        Message.objects.filter(pk__in=[message.pk for message in claimed]).update(
            status=Message.Status.SENDING, attempts=F("attempts") + 1, send_after=now
        )
    return claimed


def send_due(*, now: datetime) -> int:
    """Send what waits in the outbox, one batch, outside any transaction.

    A passing error is tried again later with a growing pause; a refusal of the address, or the eighth failure,
    marks the message `refused` and leaves it to a person. This function will return how many were sent.
    """
    claimed = _wanted(_claim(now=now))
    if not claimed:
        return 0
    sent = 0
    post_office = get_connection()
    try:
        for message in claimed:
            sent += _send(message=message, connection=post_office, now=now)
    finally:
        post_office.close()
    return sent


def _wanted(claimed: list[Message]) -> list[Message]:
    """Leave out what its reader would not have any more: they died, said no, or their mailbox is gone."""
    reasons = withholding.reasons(
        [withholding.Meant(message.kind, message.donor_id, message.to_email) for message in claimed]
    )
    for message, reason in zip(claimed, reasons, strict=True):
        if reason:
            Message.objects.filter(pk=message.pk).update(
                status=Message.Status.REFUSED, error=f"{withholding.WITHHELD}{reason}"
            )
    return [message for message, reason in zip(claimed, reasons, strict=True) if not reason]


def _send(*, message: Message, connection: BaseEmailBackend, now: datetime) -> int:
    try:
        letter = lettering.letter(message, now=now)
        letter.connection = connection
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        answers = list(error.recipients.values())
        is_final = all(code >= 500 for code, _ in answers)
        _postpone(message, error="recipient refused", now=now, is_final=is_final)
        if is_final:
            bouncing.refused(message=message, code=answers[0][0], words=answers[0][1], now=now)
        return 0
    except (smtplib.SMTPException, OSError) as error:
        _postpone(message, error=type(error).__name__, now=now, is_final=False)
        return 0
    except (ValueError, storing.DocumentDamaged, storing.DocumentNotFound) as error:
        # A letter that can never be written (an address of two lines, a damaged file) must not stop the others.
        _postpone(message, error=type(error).__name__, now=now, is_final=True)
        return 0
    sent = Message.objects.filter(pk=message.pk)
    sent.update(status=Message.Status.SENT, sent_at=now, error="")
    if message.kind in {Message.Kind.SIGN_IN, Message.Kind.EMAIL_CHANGE}:
        sent.update(text="")  # the text carried a live link
    return 1


def _postpone(message: Message, *, error: str, now: datetime, is_final: bool) -> None:
    attempts = message.attempts + 1
    if is_final or attempts >= MOST_ATTEMPTS:
        logger.warning("message %s is left to a person: %s", message.pk, error)
        Message.objects.filter(pk=message.pk).update(status=Message.Status.REFUSED, error=error)
        return
    Message.objects.filter(pk=message.pk).update(
        status=Message.Status.QUEUED, error=error, send_after=now + timedelta(seconds=30 * 2**attempts)
    )


def send_again(*, message_id: UUID, actor: User, now: datetime) -> bool:
    """Put a message that was left to a person back into the outbox; the deed is written down.

    This function will return whether the message was refused before.
    """
    with transaction.atomic():
        refused = Message.objects.filter(pk=message_id, status=Message.Status.REFUSED)
        queued = refused.update(status=Message.Status.QUEUED, attempts=0, send_after=now, error="")
        if queued:
            auditing.record(actor=actor, action="send again", target=f"message:{message_id}", now=now)
    return bool(queued)
