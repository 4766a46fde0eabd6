"""Failing: telling the giver, once and in plain words, that money did not come."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Checkout, RecurringPlan
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


def plan_payment_failed(*, plan: RecurringPlan, invoice_ref: str, now: datetime) -> None:
    """This function will tell a monthly giver once for each failed month, with the way to mend it."""
    language = plan.checkout.language
    with translation.override(language):
        paragraphs = [
            _("Dear %(name)s,") % {"name": plan.checkout.donor_name},
            _("This month's gift of %(amount)s could not be collected. We will try again by ourselves.")
            % {"amount": plan.amount.shown(language)},
            _("If your card has changed, you can change it here:"),
            f"{settings.BASE_URL}{reverse('portal:sign_in')}",
        ]
        _queue(
            kind=Message.Kind.PLAN_FAILED,
            cause=f"invoice:{invoice_ref}",
            entity=plan.entity,
            to_email=plan.checkout.email,
            language=language,
            subject=_("Your monthly gift could not be collected"),
            paragraphs=paragraphs,
            now=now,
        )


def plan_ended(*, plan: RecurringPlan, now: datetime) -> None:
    """This function will confirm to a monthly giver, once, that nothing more will be collected."""
    language = plan.checkout.language
    with translation.override(language):
        paragraphs = [
            _("Dear %(name)s,") % {"name": plan.checkout.donor_name},
            _("Your monthly gift of %(amount)s has ended. Nothing more will be collected.")
            % {"amount": plan.amount.shown(language)},
            _("Thank you for all you have given."),
        ]
        _queue(
            kind=Message.Kind.PLAN_ENDED,
            cause=f"plan:{plan.pk}",
            entity=plan.entity,
            to_email=plan.checkout.email,
            language=language,
            subject=_("Your monthly gift has ended"),
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
