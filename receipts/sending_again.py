"""Sending again: somebody asks for the letter of a receipt once more. It is the same letter, once a day at most."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from donors import corresponding
from donors.models import Message
from receipts import mailing
from receipts.models import Receipt
from staff import auditing
from staff.models import User


class UnableToSend(ValueError):
    """`code` is `void`, `drawn` (its file is not there yet), `today` (sent again today) or `mailbox`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def send_again(*, receipt_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Queue the letter of a receipt that stands once more, to where its giver reads mail now.

    Raises UnableToSend. This function will write down who asked for it.
    """
    with transaction.atomic():
        known = Receipt.objects.select_related(
            "series__entity", "donor__merged_into", "voiding", "rendering", "replaces"
        )
        receipt = known.get(pk=receipt_id)
        if hasattr(receipt, "voiding"):
            raise UnableToSend("void")
        if not hasattr(receipt, "rendering"):
            raise UnableToSend("drawn")
        today = receipt.series.entity.day_of(now)
        letter = replace(
            mailing.letter(receipt=receipt, now=now), cause=f"receipt:{receipt.pk}:again:{today.isoformat()}"
        )
        if corresponding.queue_all(letters=[letter], now=now) == [None]:
            is_sent = Message.objects.filter(kind=letter.kind, cause=letter.cause).exists()
            raise UnableToSend("today" if is_sent else "mailbox")
        auditing.record(
            actor=actor,
            action="receipt.sent_again",
            target=f"receipt:{receipt.pk}",
            details={"serial": receipt.serial},
            now=now,
        )
