"""Reading receipts: who may see which, the stored bytes, and the copy that says a receipt is void."""

import json

from django.db.models import QuerySet

from donors import belonging
from paper import storing
from receipts import rendering, sealing
from receipts.models import Receipt, Seal, Voiding


class NotDrawnYet(Exception):
    """The receipt is numbered but its file is still being made."""


def filename(receipt: Receipt) -> str:
    """The name of the file: the number, never the donor."""
    return f"receipt-{receipt.serial}.pdf"


def visible_to(*, email_key: str) -> QuerySet[Receipt]:
    """Receipts a proven mailbox may see: those of the donors that belong to it, merged and joint ones too."""
    return Receipt.objects.filter(donor__in=belonging.ids(email_key=email_key))


def file_of(*, receipt: Receipt) -> bytes:
    """The stored bytes, as issued. Raises NotDrawnYet, or storing.DocumentDamaged if they changed."""
    drawn = getattr(receipt, "rendering", None)
    if drawn is None:
        raise NotDrawnYet(receipt.serial)
    return storing.load(sha256=drawn.document_id)


def copy_of(*, receipt: Receipt) -> bytes:
    """The file to hand out: the stored bytes, or a copy marked VOID when the receipt no longer stands."""
    original = file_of(receipt=receipt)
    if not Voiding.objects.filter(receipt=receipt).exists():
        return original
    return drawn_again(receipt=receipt)


def drawn_again(*, receipt: Receipt, is_copy: bool = False) -> bytes:
    """Draw a receipt from its frozen words, marked as what it is: void, a copy, or both.

    This function will return the file, which keeps the code that leads to the page that says how the receipt stands;
    it is not signed as the original was.
    """
    voiding = Voiding.objects.filter(receipt=receipt).first()
    successor = Receipt.objects.filter(replaces=receipt).first()
    kept = Seal.objects.filter(receipt=receipt).first()
    return rendering.render(
        json.loads(receipt.snapshot),
        seal=sealing.Seal(kept.key_id, bytes(kept.signature)) if kept else None,
        copy=is_copy,
        void={
            "on": voiding.voided_on.isoformat(),
            "replaced_by": successor.serial if successor else None,
        }
        if voiding
        else None,
    )
