"""Failing: telling the giver, once and in plain words, that money did not come."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Checkout
from donors import corresponding
from donors.models import Message
from ledger.models import LegalEntity


def payment_failed(*, checkout: Checkout, now: datetime) -> None:
    """This function will end an attempt whose payment failed after the payment page, and tell its giver once."""
    with transaction.atomic():
        if not Checkout.advance(pk=checkout.pk, to=Checkout.Status.FAILED, now=now):
            return
        with translation.override(checkout.language):
            again = reverse("giving:give", args=[checkout.page.campaign.slug])
            paragraphs = [
                _("Dear %(name)s,") % {"name": checkout.donor_name},
                _("Your bank did not complete your gift of %(amount)s. Nothing was taken.")
                % {"amount": checkout.amount.shown(checkout.language)},
                _("If you wish to try again, your form is still filled in here:"),
                f"{settings.BASE_URL}{again}?again={checkout.pk}",
            ]
            _queue(
                kind=Message.Kind.PAYMENT_FAILED,
                cause=f"checkout:{checkout.pk}",
                entity=checkout.entity,
                to_email=checkout.email,
                language=checkout.language,
                subject=_("Your gift did not go through"),
                paragraphs=paragraphs,
                now=now,
            )


def _queue(
    *,
    kind: Message.Kind,
    cause: str,
    entity: LegalEntity,
    to_email: str,
    language: str,
    subject: str,
    paragraphs: list[str],
    now: datetime,
) -> None:
    corresponding.queue(
        kind=kind,
        cause=cause,
        to_email=to_email,
        sender=corresponding.sender(entity),
        language=language,
        subject=subject,
        text="\n\n".join([*paragraphs, entity.legal_name]),
        donor_id=None,
        now=now,
    )
