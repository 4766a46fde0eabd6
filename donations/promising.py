"""Promising: a neutral code to write on a bank transfer, so that the bank's line finds its giver (F42).

The code is the fund's neutral letters and a random number: a bank clerk learns nothing of the cause, and nobody can
tell from one code how many there are. Nothing is promised to us either: a code that no transfer names lapses.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models import Campaign, GivingPage, WayToGive
from donations import guarding
from donations.models import TransferPromise
from donors import corresponding, refusing
from donors.models import Message
from ledger.models import LegalEntity
from ledger.money import Money

LASTS = timedelta(days=90)
TRIES = 8
PREFIX = 3


class UnableToPromise(Exception):
    """There is no transfer to be made this way; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for. Everything about themselves may be empty."""

    page: GivingPage
    currency: str
    amount: Money | None
    donor_name: str
    email: str
    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Promised:
    """The stored code, and whether it was also mailed."""

    promise: TransferPromise
    is_mailed: bool


def promise(*, promise_id: uuid.UUID, asked: Asked, now: datetime) -> Promised:
    """Hand out a code. One form is one code, however often it is sent: the row's key is the form's id.

    The mail goes out in the same transaction, and only within the limits of `guarding`. Raises UnableToPromise.
    This function will return the code.
    """
    known = find(promise_id=promise_id)
    if known is not None:
        return Promised(known, was_mailed(known))
    _refuse_what_cannot_be(asked)
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                made = _made(promise_id=promise_id, asked=asked, now=now)
                is_mailed = bool(asked.email) and _mail(made, now=now)
            return Promised(made, is_mailed)
        except IntegrityError:
            # Two presses of one form, or one number drawn twice.
            known = find(promise_id=promise_id)
            if known is not None:
                return Promised(known, was_mailed(known))
    raise UnableToPromise("no_number")


def find(*, promise_id: uuid.UUID) -> TransferPromise | None:
    """This function will return a code with what its page tells, or None."""
    return TransferPromise.objects.select_related("entity", "campaign", "fund").filter(pk=promise_id).first()


def ends_at(promise: TransferPromise) -> datetime:
    """This function will return until when a code is expected to be used."""
    return promise.promised_at + LASTS


def amount(promise: TransferPromise) -> Money | None:
    """This function will return how much somebody meant to send, if they said."""
    return None if promise.amount_minor is None else Money(promise.amount_minor, promise.currency)


def lapse(*, now: datetime) -> int:
    """This function will let codes go that nobody used for 90 days, and return how many.

    A transfer that names one later is received all the same.
    """
    unused = TransferPromise.objects.filter(status=TransferPromise.Status.OPEN, promised_at__lte=now - LASTS)
    return unused.update(status=TransferPromise.Status.LAPSED)


def _refuse_what_cannot_be(asked: Asked) -> None:
    if any(map(refusing.is_held_by, (asked.donor_name, asked.email))):
        raise UnableToPromise("resident_number")
    page = asked.page
    if not page.is_open or not Campaign.objects.filter(pk=page.campaign_id).takes_gifts().exists():
        raise UnableToPromise("page_closed")
    transfers = WayToGive.objects.filter(
        entity=page.entity_id, kind=WayToGive.Kind.BANK_TRANSFER, is_shown=True, currency=asked.currency
    )
    if not transfers.exists():
        raise UnableToPromise("no_account")


def _made(*, promise_id: uuid.UUID, asked: Asked, now: datetime) -> TransferPromise:
    campaign = asked.page.campaign
    made = TransferPromise(
        id=promise_id,
        code=f"{campaign.fund.code[:PREFIX].ljust(PREFIX, 'X')}-{secrets.randbelow(10**6):06}",
        entity=asked.page.entity,
        campaign=campaign,
        fund=campaign.fund,
        amount_minor=asked.amount.minor if asked.amount else None,
        currency=asked.currency,
        donor_name=asked.donor_name[:120],
        email=asked.email,
        language=asked.language,
        source=asked.source[:60],
        promised_at=now,
    )
    made.save(force_insert=True)
    return made


def was_mailed(promise: TransferPromise) -> bool:
    """This function will return whether the code was mailed to its taker."""
    sent = Message.objects.filter(kind=Message.Kind.TRANSFER_CODE, cause=f"transfer:{promise.pk}")
    return sent.exists()


def _mail(promise: TransferPromise, *, now: datetime) -> bool:
    """Nothing that was typed stands in the mail but the amount: it may go to a stranger's address."""
    if not guarding.may_mail_promise(email=promise.email, now=now):
        return False
    entity: LegalEntity = promise.entity
    with translation.override(promise.language):
        page = f"{settings.BASE_URL}{reverse('giving:transfer', args=[promise.pk])}"
        paragraphs = [
            _("Your gift code for a bank transfer: %(code)s") % {"code": promise.code},
            _("Write only this code on the transfer: as the payer's name, the memo or the message."),
            *_amount_line(promise),
            _("The account to pay to stands here: %(address)s") % {"address": page},
            _("If you did not ask for this code, ignore this mail: nothing happens."),
            entity.legal_name,
        ]
        queued = corresponding.queue(
            kind=Message.Kind.TRANSFER_CODE,
            cause=f"transfer:{promise.pk}",
            to_email=promise.email,
            sender=corresponding.sender(entity),
            language=promise.language,
            subject=_("Your gift code %(code)s") % {"code": promise.code},
            text="\n\n".join(paragraphs),
            donor_id=None,
            now=now,
        )
    return queued is not None


def _amount_line(promise: TransferPromise) -> list[str]:
    meant = amount(promise)
    return [_("You meant to send %(amount)s.") % {"amount": meant.shown(promise.language)}] if meant else []
