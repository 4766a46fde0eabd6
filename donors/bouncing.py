"""Bouncing: a mail server says that a message did not arrive, and a person hears of it.

It says so while we send (a refusal), or later by a report to our address (RFC 3464) or a notice of a mail provider.
Whatever comes in was written by a stranger: it counts only when it names a message of ours, by the id that only its
reader and the servers on the way know, and, if it names a mailbox, the one we wrote to. It can then do no more than
stop mail to that mailbox.
"""

import logging
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from donors import matching, reporting_undelivered
from donors.models import Bounce, Donor, Message
from donors.reporting_undelivered import Report

logger = logging.getLogger(__name__)

_NOT_THE_MAILBOX = re.compile(r"^5\.(?:2\.2|2\.3|3\.4|7\.\d+)$")
"""Full, too large, or not liked: the message is lost, the mailbox is not."""


class Outcome(Enum):
    """What became of a report."""

    NOT_A_REPORT = "not a report"
    UNKNOWN = "no message of ours"
    KNOWN = "known already"
    DELAYED = "still being tried"
    BOUNCED = "did not arrive"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report, and the message it is about."""

    outcome: Outcome
    message_id: uuid.UUID | None = None


def take_mail(*, raw: bytes, now: datetime) -> Taken:
    """Take in a mail that reached the address for bounces, whatever it is; no bytes make it fail.

    This function will return what it was.
    """
    report = reporting_undelivered.read(raw)
    return take(report=report, now=now) if report else Taken(Outcome.NOT_A_REPORT)


def take(*, report: Report, now: datetime) -> Taken:
    """Write down that a message did not arrive, or not yet; the same report again changes nothing.

    A final one marks the message and, unless only this message was refused, the mailbox: receipts for it go to the
    print queue, other mail stays here, and it stands on the first page of the office until the address changes.
    This function will return what became of it.
    """
    message = _meant(report)
    if message is None:
        return Taken(Outcome.UNKNOWN)
    with transaction.atomic():
        is_new = _note(message=message, report=report, now=now)
    if not is_new:
        return Taken(Outcome.KNOWN, message.pk)
    return Taken(Outcome.BOUNCED if report.is_final else Outcome.DELAYED, message.pk)


def refused(*, message: Message, code: int, words: bytes | str, now: datetime) -> None:
    """This function will take a mail server's refusal while we were sending the way a report is taken."""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    status = reporting_undelivered.status_in(said) or f"{code // 100}.0.0"
    report = Report(message.pk, is_final=True, status=status, words=f"{code} {said}"[:300], mailbox="")
    with transaction.atomic():
        _note(message=message, report=report, now=now)


def _meant(report: Report) -> Message | None:
    message = Message.objects.filter(pk=report.message_id).first()
    if message is None or (message.status == Message.Status.QUEUED and not message.attempts):
        return None
    wrote_to = matching.email_key(message.to_email)
    if report.mailbox and matching.email_key(report.mailbox) != wrote_to:
        logger.warning("a report about message %s names another mailbox", message.pk)
        return None
    return message


def _note(*, message: Message, report: Report, now: datetime) -> bool:
    # Two reports about one message take turns, or both would be new.
    Message.objects.select_for_update().get(pk=message.pk)
    known = list(message.bounces.filter(status__startswith=report.status).values_list("is_final", flat=True))
    if any(known) or (known and not report.is_final):
        return False
    # A delay that becomes final under the same code is told again, because facts are only added.
    status = f"{report.status} end" if known else report.status
    Bounce.objects.create(
        message=message, is_final=report.is_final, status=status[:12], words=report.words, received_at=now
    )
    if report.is_final:
        Message.objects.filter(pk=message.pk, status=Message.Status.SENT).update(
            error=f"bounced {report.status}".strip()
        )
        if not _NOT_THE_MAILBOX.match(report.status):
            _shut(message, now=now)
    return True


def _shut(message: Message, *, now: datetime) -> None:
    """The mailbox is gone for everybody who has it; one that was changed since we wrote is not meant."""
    key = matching.email_key(message.to_email)
    Donor.objects.filter(email_key=key, email_failed_at__isnull=True).exclude(email_key="").update(
        email_failed_at=now
    )


def reopen(*, email_key: str) -> int:
    """A mailbox has shown that it works: somebody came by a link that was mailed to it.

    This function will return how many donors may be written to again.
    """
    shut = Donor.objects.filter(email_key=email_key, email_failed_at__isnull=False).exclude(email_key="")
    return shut.update(email_failed_at=None)
