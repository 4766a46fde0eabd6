"""Alerting: telling the people here who should act, once each, when money moves against what was meant.

The mails name amounts and days and where to look, never a giver: they go through mailboxes we do not keep.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Dispute, Donation, FraudWarning, Refund, RefundRequest
from donors import corresponding
from donors.models import Message
from ledger.money import Money
from staff.models import Role, User

Words = Callable[[str], tuple[str, list[str]]]
"""Subject and paragraphs in a language."""


def people(*, role: Role) -> QuerySet[User]:
    """Who is told: everybody active who was given the role, and where nobody was, the admins."""
    active = User.objects.filter(is_active=True).order_by("id")
    holders = active.filter(grants__role=role)
    return holders if holders.exists() else active.filter(grants__role=Role.ADMIN)


def refund_proposed(*, refund_request: RefundRequest, now: datetime) -> None:
    """This function will ask those who may approve, but for the person who proposed it."""

    def words(language: str) -> tuple[str, list[str]]:
        told = {
            "amount": refund_request.amount.shown(language),
            "name": refund_request.requested_by.name,
        }
        return _("A refund waits for a second person"), [
            _("%(name)s proposed to give %(amount)s back. Please approve or decline it within 7 days.") % told
        ]

    _tell(
        people(role=Role.APPROVER).exclude(pk=refund_request.requested_by_id),
        cause=f"refund_proposed:{refund_request.pk}",
        donation=refund_request.donation,
        words=words,
        now=now,
        page=("office:proposal", refund_request.pk),
    )


def refund_decided(*, refund_request: RefundRequest, now: datetime) -> None:
    """This function will tell the person who proposed a refund how it was decided."""

    def words(language: str) -> tuple[str, list[str]]:
        amount = refund_request.amount.shown(language)
        by = refund_request.decided_by.name if refund_request.decided_by else ""
        if refund_request.status == RefundRequest.Status.DECLINED:
            told = _("%(name)s declined to give %(amount)s back: %(reason)s")
        elif refund_request.status == RefundRequest.Status.EXPIRED:
            told = _("Nobody decided within 7 days to give %(amount)s back, so nothing was done.")
        else:
            told = _("%(name)s approved to give %(amount)s back.")
        return _("Your proposed refund was decided"), [
            told % {"name": by, "amount": amount, "reason": refund_request.answer}
        ]

    _tell(
        User.objects.filter(pk=refund_request.requested_by_id, is_active=True),
        cause=f"refund_decided:{refund_request.pk}",
        donation=refund_request.donation,
        words=words,
        now=now,
    )


def refund_failed(*, donation: Donation, refund: Refund, now: datetime) -> None:
    """This function will tell finance that a refund came back and the giver is still waiting for it."""

    def words(language: str) -> tuple[str, list[str]]:
        amount = Money(refund.amount_minor, donation.currency).shown(language)
        return _("A refund did not arrive"), [
            _("%(amount)s came back: the giver's bank did not take it.") % {"amount": amount},
            _("The money is with the processor again. Please ask the giver for another way."),
        ]

    _tell(
        people(role=Role.FINANCE),
        cause=f"refund_failed:{refund.processor_ref}",
        donation=donation,
        words=words,
        now=now,
    )


def dispute_opened(*, dispute: Dispute, donation: Donation, is_inquiry: bool, now: datetime) -> None:
    """This function will tell finance of an inquiry, and of a dispute, each once, with the day to answer by."""

    def words(language: str) -> tuple[str, list[str]]:
        told = {"amount": Money(dispute.amount_minor, donation.currency).shown(language)}
        if is_inquiry:
            subject = _("A bank asks about a payment")
            said = _("A giver's bank asks about a payment of %(amount)s. No money has moved.")
        else:
            subject = _("A payment is disputed")
            said = _("A giver's bank took %(amount)s back. It is held until the dispute is decided.")
        paragraphs = [said % told]
        if dispute.due_at is not None:
            day = donation.entity.day_of(dispute.due_at).isoformat()
            paragraphs.append(_("Please answer it at the processor by %(day)s.") % {"day": day})
        return subject, paragraphs

    phase = "inquiry" if is_inquiry else "dispute"
    _tell(
        people(role=Role.FINANCE),
        cause=f"{phase}_opened:{dispute.processor_ref}",
        donation=donation,
        words=words,
        now=now,
    )


def dispute_closed(*, dispute: Dispute, donation: Donation, outcome: str, now: datetime) -> None:
    """This function will tell finance how a dispute ended."""

    def words(language: str) -> tuple[str, list[str]]:
        told = {"amount": Money(dispute.amount_minor, donation.currency).shown(language)}
        said = {
            "won": _("The dispute over %(amount)s was won; the money is ours again."),
            "lost": _("The dispute over %(amount)s was lost; the receipt becomes void."),
            "withdrawn": _("The dispute over %(amount)s ended without taking money."),
            "appealed": _("The dispute over %(amount)s was lost and is won on appeal: the money came back."),
        }[outcome]
        return _("A dispute has ended"), [said % told]

    _tell(
        people(role=Role.FINANCE),
        cause=f"dispute_{outcome}:{dispute.processor_ref}",
        donation=donation,
        words=words,
        now=now,
    )


def warned(*, warning: FraudWarning, donation: Donation, now: datetime) -> None:
    """This function will tell finance that a payment may be disputed soon, and that a refund would prevent it."""

    def words(language: str) -> tuple[str, list[str]]:
        told = {"amount": donation.amount.shown(language)}
        return _("A payment may be fraudulent"), [
            _("The card's bank reports that a payment of %(amount)s may be fraudulent.") % told,
            _("Giving it back now prevents a dispute and its fee. Please look at the gift."),
        ]

    _tell(
        people(role=Role.FINANCE),
        cause=f"fraud_warning:{warning.processor_ref}",
        donation=donation,
        words=words,
        now=now,
    )


def _tell(
    to: QuerySet[User],
    *,
    cause: str,
    donation: Donation,
    words: Words,
    now: datetime,
    page: tuple[str, object] | None = None,
) -> None:
    view, key = page or ("office:donation", donation.pk)
    for person in to:
        with translation.override(person.language):
            subject, paragraphs = words(person.language)
            address = f"{settings.BASE_URL}{reverse(view, args=[key])}"
            corresponding.queue(
                kind=Message.Kind.STAFF_NOTICE,
                cause=f"{cause}:{person.pk}",
                to_email=person.email,
                sender=corresponding.sender(donation.entity),
                language=person.language,
                subject=subject,
                text="\n\n".join([*paragraphs, _("Look here: %(address)s") % {"address": address}]),
                donor_id=None,
                now=now,
            )


def causes(*, keys: Sequence[str]) -> list[str]:
    """The causes under which staff may have been told of these: one for each person."""
    users = list(User.objects.order_by("id").values_list("id", flat=True))
    return [f"{key}:{user}" for key in keys for user in users]
