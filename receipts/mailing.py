"""Mailing: what goes with a receipt into the outbox. Subjects are neutral; the file has no name in its name."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from donations import holding, linking, refunding
from donations.models import Donation
from donors import corresponding
from donors.models import Message
from receipts import explaining, reading
from receipts.models import Receipt


def send_receipt(*, receipt: Receipt, sha256: str, now: datetime) -> None:
    """This function will queue the mail that carries a receipt, once for each receipt."""
    donor = receipt.donor
    with translation.override(receipt.language):
        amount = receipt.total.shown(receipt.language)
        if receipt.replaces is None:
            kind, subject = Message.Kind.RECEIPT, _("Your receipt %(serial)s")
            opening = _("Thank you. We received your gift of %(amount)s. Your receipt is attached.")
        else:
            kind, subject = Message.Kind.RECEIPT_CORRECTED, _("Your corrected receipt %(serial)s")
            opening = _(
                "Your gift now stands at %(amount)s. The attached receipt cancels and replaces no. %(replaced)s."
            )
        words = {
            "serial": receipt.serial,
            "amount": amount,
            "replaced": receipt.replaces.serial if receipt.replaces else "",
        }
        _queue(
            kind=kind,
            receipt=receipt,
            subject=subject % words,
            paragraphs=[
                _("Dear %(name)s,") % {"name": donor.name},
                *explaining.sentences(receipt=receipt),
                opening % words,
                *_gift_line(receipt),
                _portal_line(),
            ],
            attachments=[(reading.filename(receipt), sha256)],
            now=now,
        )


def tell_voided(*, receipt: Receipt, donations: Sequence[Donation], now: datetime) -> None:
    """Say that a receipt no longer stands and that no other takes its place, once for each receipt.

    `donations` are the gifts that stood on it. This function will queue the mail.
    """
    with translation.override(receipt.language):
        one = donations[0] if len(donations) == 1 else None
        is_lost = any(holding.is_lost(donation=donation) for donation in donations)
        is_back = all(not refunding.refunded(donation=gift) < gift.amount for gift in donations)
        amount = one.amount if one and not is_lost else receipt.total
        words = {"serial": receipt.serial, "amount": amount.shown(receipt.language)}
        if is_lost and one:
            said = [
                _("Your bank took your gift of %(amount)s back, so receipt %(serial)s is no longer valid."),
                _("Please do not use it for your taxes."),
            ]
        elif is_back:
            said = [
                _("Your gift of %(amount)s was returned to you, so receipt %(serial)s is no longer valid."),
                _("Please do not use it for your taxes. It can take your bank some days to show the money."),
            ]
        else:
            said = [
                _("What receipt %(serial)s says was corrected, so it is no longer valid."),
                _("Please do not use it for your taxes."),
            ]
        paragraphs = [
            _("Dear %(name)s,") % {"name": receipt.donor.name},
            *(sentence % words for sentence in said),
            _portal_line(),
        ]
        _queue(
            kind=Message.Kind.RECEIPT_VOIDED,
            receipt=receipt,
            subject=_("Receipt %(serial)s is no longer valid") % words,
            paragraphs=paragraphs,
            attachments=[],
            now=now,
        )


def _gift_line(receipt: Receipt) -> list[str]:
    """The private address of the gift, when the receipt is about one gift only."""
    donations = list(receipt.lines.order_by("id").values_list("donation", flat=True)[:2])
    if len(donations) != 1:
        return []
    address = linking.address(kind="d", id=donations[0])
    return [_("What became of this gift, at any time: %(address)s") % {"address": address}]


def _portal_line() -> str:
    address = f"{settings.BASE_URL}{reverse('portal:sign_in')}"
    return _("All your gifts and receipts: %(address)s") % {"address": address}


def _queue(
    *,
    kind: Message.Kind,
    receipt: Receipt,
    subject: str,
    paragraphs: list[str],
    attachments: list[tuple[str, str]],
    now: datetime,
) -> None:
    entity = receipt.series.entity
    corresponding.queue(
        kind=kind,
        cause=f"receipt:{receipt.pk}",
        to_email=receipt.donor.email,
        sender=corresponding.sender(entity),
        language=receipt.language,
        subject=subject,
        text="\n\n".join([*paragraphs, f"{entity.legal_name}\n{entity.registration}"]),
        donor_id=receipt.donor_id,
        now=now,
        attachments=attachments,
    )
