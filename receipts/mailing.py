"""Mailing: what goes with a receipt into the outbox. Subjects are neutral; the file has no name in its name."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from donations import holding, linking, refunding, reversing
from donations.models import Donation
from donors import corresponding
from donors.models import Donor, Message
from ledger.models import LegalEntity
from receipts import delivering, explaining, reading, yearly_linking
from receipts.models import Delivery, Receipt, ReceiptLine


def send_receipts(*, drawn: Iterable[tuple[Receipt, str]], now: datetime) -> int:
    """Send the receipts whose files (by SHA-256) were just kept, each the way that is right for its donor.

    A receipt of the annual run waits until the run plans it (`delivering.plan`). Called in the transaction that stores
    the files and their `Rendering` rows, with a handful of statements however many there are.
    This function will return how many mails it queued.
    """
    receipts = [receipt for receipt, _sha256 in drawn]
    delivering.plan(receipts=[receipt for receipt in receipts if receipt.run_id is None], now=now)
    return _send(delivering.waiting_mails_of(receipts), now=now)


def send_planned(*, now: datetime, limit: int = 500) -> int:
    """This function will queue the mails that were planned after their files were made, and return how many."""
    with transaction.atomic():
        waiting = delivering.waiting_mails(limit=limit)
        locked = set(
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(pk__in=[way.pk for way in waiting], message__isnull=True)
            .values_list("pk", flat=True)
        )
        return _send([way for way in waiting if way.pk in locked], now=now)


def _send(ways: Sequence[Delivery], *, now: datetime) -> int:
    if not ways:
        return 0
    told = explaining.needing_words(receipts=[way.receipt for way in ways])
    gifts = _single_gifts(ways)
    letters = [
        _letter(way.receipt, has_news=way.receipt_id in told, gift=gifts.get(way.receipt_id), now=now)
        for way in ways
    ]
    queued = corresponding.queue_all(letters=letters, now=now)
    # A mail of before there were ways is that receipt's mail; what has none by now is not wanted any more.
    causes = [letter.cause for letter, message_id in zip(letters, queued, strict=True) if message_id is None]
    receipts = Q(kind=Message.Kind.RECEIPT) | Q(kind=Message.Kind.RECEIPT_CORRECTED)
    known = dict(Message.objects.filter(receipts, cause__in=causes).values_list("cause", "pk"))
    for way, letter, message_id in zip(ways, letters, queued, strict=True):
        way.message_id = message_id or known.get(letter.cause)
    delivering.note_queued([way for way in ways if way.message_id])
    delivering.turn(ways=[way for way in ways if not way.message_id], now=now)
    return sum(1 for message_id in queued if message_id)


def letter(*, receipt: Receipt, now: datetime) -> corresponding.Letter:
    """This function will return the letter of one receipt, as it goes out first."""
    way = Delivery(receipt=receipt, channel=Delivery.Channel.EMAIL)
    gift = _single_gifts([way]).get(receipt.pk)
    return _letter(receipt, has_news=bool(explaining.needing_words(receipts=[receipt])), gift=gift, now=now)


def _letter(
    receipt: Receipt, *, has_news: bool, gift: uuid.UUID | None, now: datetime
) -> corresponding.Letter:
    entity = receipt.series.entity
    reader = receipt.donor.merged_into or receipt.donor
    with translation.override(receipt.language):
        kind, subject, opening = _opening(receipt)
        is_annual = receipt.kind == Receipt.Kind.ANNUAL
        paragraphs = [
            _("Dear %(name)s,") % {"name": receipt.donor.name},
            *(explaining.sentences(receipt=receipt) if has_news else []),
            opening,
            *(_open_lines(receipt, reader=reader, now=now) if is_annual else []),
            *_gift_line(gift),
            _portal_line(),
            f"{entity.legal_name}\n{entity.registration}",
        ]
    return corresponding.Letter(
        kind=kind,
        cause=f"receipt:{receipt.pk}",
        to_email=reader.email,
        sender=corresponding.sender(entity),
        language=receipt.language,
        subject=subject,
        text="\n\n".join(paragraphs),
        donor_id=reader.pk,
        attachments=[] if is_annual else [(reading.filename(receipt), receipt.rendering.document_id)],
    )


def _opening(receipt: Receipt) -> tuple[Message.Kind, str, str]:
    """What the mail is, its subject and its first sentence. No subject names a cause, a place or a person."""
    words = {
        "serial": receipt.serial,
        "year": receipt.tax_year,
        "amount": _totals(receipt),
        "replaced": receipt.replaces.serial if receipt.replaces else "",
    }
    if receipt.kind == Receipt.Kind.ANNUAL:
        subject = _("Your %(year)s giving summary")
        if receipt.replaces is None:
            kind = Message.Kind.RECEIPT
            opening = _("Thank you. One receipt holds all your gifts of %(year)s: %(amount)s.")
        else:
            kind = Message.Kind.RECEIPT_CORRECTED
            opening = _(
                "Your gifts of %(year)s now stand at %(amount)s. The new receipt cancels and replaces no. %(replaced)s."
            )
    elif receipt.replaces is None:
        kind, subject = Message.Kind.RECEIPT, _("Your receipt %(serial)s")
        opening = _("Thank you. We received your gift of %(amount)s. Your receipt is attached.")
    else:
        kind, subject = Message.Kind.RECEIPT_CORRECTED, _("Your corrected receipt %(serial)s")
        opening = _(
            "Your gift now stands at %(amount)s. The attached receipt cancels and replaces no. %(replaced)s."
        )
    return kind, subject % words, opening % words


def _totals(receipt: Receipt) -> str:
    """Each currency by itself, never a mixed sum; a thing without a value is named by the receipt alone."""
    totals = sorted(
        receipt.totals.all(), key=lambda total: (total.currency != receipt.currency, total.currency)
    )
    shown = [total.total.shown(receipt.language) for total in totals]
    return ", ".join(shown) or receipt.total.shown(receipt.language)


def _open_lines(receipt: Receipt, *, reader: Donor, now: datetime) -> list[str]:
    year = yearly_linking.Year(reader, receipt.series.entity, receipt.tax_year)
    return _link_lines(year, language=receipt.language, now=now)


def _link_lines(year: yearly_linking.Year, *, language: str, now: datetime) -> list[str]:
    address = yearly_linking.address(year=year, language=language, now=now)
    return [
        _("Open my summary:") + "\n" + address,
        _(
            "The link works for 30 days. It opens this one document and nothing else, so nobody is signed in by it."
        ),
    ]


def send_summaries(
    *, donor_ids: Sequence[uuid.UUID], entity: LegalEntity, tax_year: int, now: datetime
) -> int:
    """Write to donors all of whose gifts of a year have their receipts: a summary, once for each year and entity.

    It is no receipt and has no number; whoever does not want it says so by one press. Donors without a mailbox, who
    wish nothing, or may not be written to are left out. This function will return how many mails it queued.
    """
    donors = Donor.objects.filter(pk__in=donor_ids).select_related("merged_into").order_by("pk")
    letters = [
        _summary(donor.merged_into or donor, entity=entity, tax_year=tax_year, now=now)
        for donor in donors
        if delivering.channel_of(donor) == Delivery.Channel.EMAIL
    ]
    return sum(1 for queued in corresponding.queue_all(letters=letters, now=now) if queued)


def _summary(donor: Donor, *, entity: LegalEntity, tax_year: int, now: datetime) -> corresponding.Letter:
    year = yearly_linking.Year(donor, entity, tax_year)
    with translation.override(donor.language):
        words = {"year": tax_year}
        paragraphs = [
            _("Dear %(name)s,") % {"name": donor.name},
            _("Thank you. Here is a list of all your gifts of %(year)s with the numbers of their receipts.")
            % words,
            _("You have had the receipts already; this list is none, and you need not keep it."),
            *_link_lines(year, language=donor.language, now=now),
            _portal_line(),
            entity.legal_name,
        ]
        subject = _("Your %(year)s giving summary") % words
    return corresponding.Letter(
        kind=Message.Kind.YEARLY_SUMMARY,
        cause=f"summary:{entity.pk}:{tax_year}:{donor.pk}",
        to_email=donor.email,
        sender=corresponding.sender(entity),
        language=donor.language,
        subject=subject,
        text="\n\n".join(paragraphs),
        donor_id=donor.pk,
    )


def _said_of_void(receipt: Receipt, donations: Sequence[Donation]) -> tuple[dict[str, str], list[str]]:
    """Why a receipt no longer stands, in sentences of the language that is active, and what fills their places."""
    one = donations[0] if len(donations) == 1 else None
    is_lost = any(holding.is_lost(donation=donation) for donation in donations)
    is_back = all(not refunding.refunded(donation=gift) < gift.amount for gift in donations)
    kinds = {reversing.kind_of(donation_id=gift.pk) for gift in donations}
    amount = one.amount if one and not is_lost else receipt.total
    words = {"serial": receipt.serial, "amount": amount.shown(receipt.language)}
    if is_lost and one:
        said = [
            _("Your bank took your gift of %(amount)s back, so receipt %(serial)s is no longer valid."),
            _("Please do not use it for your taxes."),
        ]
    elif one and kinds == {reversing.Kind.BOUNCED}:
        said = [
            explaining.unpaid(one, receipt.language),
            _("Receipt %(serial)s is no longer valid. Please do not use it for your taxes."),
        ]
    elif is_back and reversing.Kind.MISTAKE not in kinds:
        said = [
            _("Your gift of %(amount)s was returned to you, so receipt %(serial)s is no longer valid."),
            _("Please do not use it for your taxes. It can take your bank some days to show the money."),
        ]
    else:
        said = [
            _("What receipt %(serial)s says was corrected, so it is no longer valid."),
            _("Please do not use it for your taxes."),
        ]
    return words, said


def tell_voided(*, receipt: Receipt, donations: Sequence[Donation], now: datetime) -> None:
    """Say that a receipt no longer stands and that no other takes its place, once for each receipt.

    `donations` are the gifts that stood on it. This function will queue the mail.
    """
    with translation.override(receipt.language):
        words, said = _said_of_void(receipt, donations)
        paragraphs = [
            _("Dear %(name)s,") % {"name": receipt.donor.name},
            *(sentence % words for sentence in said),
            _portal_line(),
        ]
        entity = receipt.series.entity
        corresponding.queue(
            kind=Message.Kind.RECEIPT_VOIDED,
            cause=f"receipt:{receipt.pk}",
            to_email=receipt.donor.email,
            sender=corresponding.sender(entity),
            language=receipt.language,
            subject=_("Receipt %(serial)s is no longer valid") % words,
            text="\n\n".join([*paragraphs, f"{entity.legal_name}\n{entity.registration}"]),
            donor_id=receipt.donor_id,
            now=now,
        )


def _single_gifts(ways: Sequence[Delivery]) -> dict[uuid.UUID, uuid.UUID]:
    """The gift of each receipt that is about one gift only."""
    lines: dict[uuid.UUID, list[uuid.UUID]] = {}
    for receipt_id, donation_id in ReceiptLine.objects.filter(
        receipt__in=[way.receipt_id for way in ways if way.receipt.kind == Receipt.Kind.SINGLE]
    ).values_list("receipt", "donation"):
        lines.setdefault(receipt_id, []).append(donation_id)
    return {receipt_id: gifts[0] for receipt_id, gifts in lines.items() if len(gifts) == 1}


def _gift_line(gift: uuid.UUID | None) -> list[str]:
    """The private address of the gift, when the receipt is about one gift only."""
    if gift is None:
        return []
    address = linking.address(kind="d", id=gift)
    return [_("What became of this gift, at any time: %(address)s") % {"address": address}]


def _portal_line() -> str:
    address = f"{settings.BASE_URL}{reverse('portal:sign_in')}"
    return _("All your gifts and receipts: %(address)s") % {"address": address}
