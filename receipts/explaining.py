"""Explaining: what a giver is told about money that went back, once for each refund and in whichever mail comes.

The mail with a corrected or first receipt carries the words; only a gift that never gets a receipt has a mail for
the refund alone.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Donation, Refund, RefundFailure
from donors import corresponding
from donors.models import Message
from ledger.money import Money
from receipts.models import Receipt


def sentences(*, receipt: Receipt) -> list[str]:
    """What happened to the money since the receipt this one replaces, or since the gift.

    This function will return sentences in the language that is active.
    """
    former = receipt.replaces
    said: list[str] = []
    for line in receipt.lines.select_related("donation").order_by("id"):
        gift = line.donation
        back, came_back = (
            gift.refunds.filter(failure__isnull=True),
            RefundFailure.objects.filter(refund__donation=gift),
        )
        if former is not None:
            back = back.filter(recorded_at__gt=former.issued_at)
            came_back = came_back.filter(recorded_at__gt=former.issued_at)
        given_back = back.aggregate(sum=Sum("amount_minor"))["sum"]
        returned = came_back.aggregate(sum=Sum("refund__amount_minor"))["sum"]
        if returned:
            said.append(_returned(Money(returned, gift.currency), receipt.language))
        if given_back:
            said += _given_back(gift, Money(given_back, gift.currency), receipt.language)
    return said


def _given_back(gift: Donation, amount: Money, language: str) -> list[str]:
    words = {"amount": amount.shown(language), "gift": gift.amount.shown(language)}
    return [
        _("%(amount)s of your gift of %(gift)s was given back to you.") % words,
        _("It can take your bank some days to show the money."),
    ]


def _returned(amount: Money, language: str) -> str:
    return _(
        "The %(amount)s we sent back did not reach your bank account and came back to us. "
        "We will write to you about another way."
    ) % {"amount": amount.shown(language)}


def tell_refunded(*, donation: Donation, now: datetime) -> None:
    """Tell of refunds that no receipt's mail tells of, because the gift gets no receipt.

    This function will queue one mail for each refund that went back since the gift's last receipt.
    """
    last = Receipt.objects.filter(lines__donation=donation).order_by("-issued_at", "-number").first()
    refunds = donation.refunds.filter(failure__isnull=True)
    if last is not None:
        refunds = refunds.filter(recorded_at__gt=last.issued_at)
    _tell(donation=donation, refunds=refunds.order_by("refunded_at", "id"), now=now)


def _tell(*, donation: Donation, refunds: Iterable[Refund], now: datetime) -> None:
    entity, donor, language = donation.entity, donation.donor, donation.language
    for refund in refunds:
        with translation.override(language):
            amount = Money(refund.amount_minor, donation.currency)
            paragraphs = [
                _("Dear %(name)s,") % {"name": donor.name},
                *_given_back(donation, amount, language),
                _("There is no receipt for a gift that was given back."),
            ]
            corresponding.queue(
                kind=Message.Kind.REFUND_MADE,
                cause=f"refund:{refund.processor_ref}",
                to_email=donor.email,
                sender=corresponding.sender(entity),
                language=language,
                subject=_("%(amount)s is on its way back to you") % {"amount": amount.shown(language)},
                text="\n\n".join([*paragraphs, f"{entity.legal_name}\n{entity.registration}"]),
                donor_id=donor.pk,
                now=now,
            )
