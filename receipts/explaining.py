"""Explaining: what a giver is told about money that went back, once for each refund and in whichever mail comes.

The mail with a corrected or first receipt carries the words; only a gift that never gets a receipt has a mail for
the refund alone.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from donations import reversing
from donations.models import Donation, Refund
from donors import corresponding, profiling
from donors.models import Message
from ledger.money import Money
from receipts.models import Receipt, ReceiptLine, Voiding


def needing_words(*, receipts: Sequence[Receipt]) -> set[uuid.UUID]:
    """This function will return which of these receipts are about money that went back or came back; most are not."""
    lines = ReceiptLine.objects.filter(receipt__in=[receipt.pk for receipt in receipts])
    moved = Q(receipt__replaces__isnull=False) | Q(refunded_minor__gt=0)
    came_back = Q(donation__refunds__failure__isnull=False)
    return set(lines.filter(moved | came_back).values_list("receipt", flat=True))


def sentences(*, receipt: Receipt) -> list[str]:
    """What happened to the money since the receipt this one replaces, or since the gift.

    The amounts on the papers decide, not clocks. This function will return sentences in the language that is
    active.
    """
    said: list[str] = []
    for line in receipt.lines.select_related("donation").order_by("id"):
        gift = line.donation
        returned, given_back = _since_former(receipt=receipt, line=line)
        if returned > 0:
            said.append(_returned(Money(returned, gift.currency), receipt.language))
        if given_back > 0:
            said += _given_back(gift, Money(given_back, gift.currency), receipt.language)
    for gift, gone in _left_the_paper(receipt):
        said += _given_back(gift, gone, receipt.language)
    return said


def _left_the_paper(receipt: Receipt) -> Iterator[tuple[Donation, Money]]:
    """Gifts that stood on the receipt this one replaces and went back altogether, with what went back since."""
    if receipt.replaces is None:
        return
    kept = set(receipt.lines.values_list("donation_id", flat=True))
    former = receipt.replaces.lines.exclude(donation_id__in=kept).select_related("donation").order_by("id")
    for line in former:
        back = sum(line.donation.refunds.filter(failure__isnull=True).values_list("amount_minor", flat=True))
        if back > line.refunded_minor:
            yield line.donation, Money(back - line.refunded_minor, line.donation.currency)


def _since_former(*, receipt: Receipt, line: ReceiptLine) -> tuple[int, int]:
    """Minor units that came back to us and that went back to the giver, as their mails have not told yet."""
    former, gift = receipt.replaces, line.donation
    if former is None:
        return _came_back_after_a_mail(gift), line.refunded_minor
    told = ReceiptLine.objects.filter(receipt=former, donation=gift).first()
    more = line.refunded_minor - (told.refunded_minor if told else 0)
    if more <= 0 and former.voiding.reason == Voiding.Reason.REFUNDED:
        # It was void because everything had gone back, and not everything stayed away.
        return gift.amount_minor - line.refunded_minor, 0
    return -more, more


def _came_back_after_a_mail(gift: Donation) -> int:
    failed = gift.refunds.filter(failure__isnull=False)
    causes = {_cause(refund): refund.amount_minor for refund in failed}
    told = Message.objects.filter(kind=Message.Kind.REFUND_MADE, cause__in=list(causes))
    return sum(causes[message.cause] for message in told)


def _cause(refund: Refund) -> str:
    return f"refund:{refund.processor_ref}"


def _given_back(gift: Donation, amount: Money, language: str) -> list[str]:
    words = {"amount": amount.shown(language), "gift": gift.amount.shown(language)}
    kind = reversing.kind_of(donation_id=gift.pk)
    if kind == reversing.Kind.BOUNCED:
        return [unpaid(gift, language)]
    if kind == reversing.Kind.MISTAKE:
        return [_("We had written %(gift)s down by mistake; what is true has taken its place.") % words]
    return [
        _("%(amount)s of your gift of %(gift)s was given back to you.") % words,
        _("It can take your bank some days to show the money."),
    ]


def _returned(amount: Money, language: str) -> str:
    return _(
        "The %(amount)s we sent back did not reach your bank account and came back to us. "
        "We will write to you about another way."
    ) % {"amount": amount.shown(language)}


def unpaid(gift: Donation, language: str) -> str:
    """This function will return a sentence about a check that its bank did not pay, in the language that is active."""
    return _("The bank did not pay your check of %(gift)s, so it counts as no gift.") % {
        "gift": gift.amount.shown(language)
    }


def tell_refunded(*, donation: Donation, now: datetime) -> None:
    """Tell of refunds that no receipt's mail tells of, because the gift gets no receipt.

    This function will queue one mail for each refund that went back since the gift's last receipt.
    """
    line = ReceiptLine.objects.filter(donation=donation).order_by("-receipt__issued_at", "-id").first()
    standing = donation.refunds.filter(failure__isnull=True)
    untold = sum(standing.values_list("amount_minor", flat=True)) - (line.refunded_minor if line else 0)
    if reversing.kind_of(donation_id=donation.pk) == reversing.Kind.MISTAKE:
        return  # nothing was given back: only we had it wrong
    newest: list[Refund] = []
    for refund in standing.order_by("-refunded_at", "-id"):
        if untold <= 0:
            break
        newest.append(refund)
        untold -= refund.amount_minor
    _tell(donation=donation, refunds=reversed(newest), now=now)


def _tell(*, donation: Donation, refunds: Iterable[Refund], now: datetime) -> None:
    entity, donor = donation.entity, donation.donor
    language = profiling.language_of(donor=donor, otherwise=donation.language)
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
                cause=_cause(refund),
                to_email=donor.email,
                sender=corresponding.sender(entity),
                language=language,
                subject=_subject(donation, amount, language),
                text="\n\n".join([*paragraphs, f"{entity.legal_name}\n{entity.registration}"]),
                donor_id=donor.pk,
                now=now,
            )


def _subject(gift: Donation, amount: Money, language: str) -> str:
    words = {"amount": amount.shown(language)}
    if reversing.kind_of(donation_id=gift.pk) == reversing.Kind.BOUNCED:
        return _("Your check of %(amount)s was not paid") % words
    return _("%(amount)s is on its way back to you") % words
