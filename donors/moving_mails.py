"""What is written when a giver takes another address: to the new mailbox, to the old one, and to the office."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from donors import corresponding
from donors.models import Donor, EmailChange, Message
from staff.models import Role, User


def ask_new(*, change: EmailChange, token: str, language: str, now: datetime) -> None:
    """This function will ask the new mailbox whether it is the giver's."""
    with translation.override(language):
        _queue(
            change,
            step="new",
            to=change.new_email,
            subject=_("Please confirm your new address"),
            paragraphs=[
                _("Somebody asked that the mail about their gifts come to this address from now on."),
                _("If it was you, open this page and press the button, within 24 hours:"),
                _page(language, "confirm", token),
                _("If it was not you, do nothing."),
            ],
            language=language,
            now=now,
        )


def tell_old(*, change: EmailChange, token: str, undo: str, language: str, now: datetime) -> None:
    """This function will tell the old mailbox at once, and ask it too unless a card has spoken for it."""
    with translation.override(language):
        asked = (
            [
                _("If it was you, open this page and press the button, within 24 hours:"),
                _page(language, "confirm", token),
            ]
            if token
            else []
        )
        _queue(
            change,
            step="old",
            to=change.old_email,
            subject=_("Your address is about to change"),
            paragraphs=[
                _("Somebody asked that the mail about your gifts go to another address from now on."),
                *asked,
                _("If it was not you, press here. Nothing changes then, and everybody is signed out:"),
                _page(language, "undo", undo),
            ],
            language=language,
            now=now,
        )


def tell_moved(*, change: EmailChange, undo: str, moved: Sequence[uuid.UUID], now: datetime) -> None:
    """This function will tell both mailboxes that the change is made; the old one can take it back for seven days."""
    if not moved:
        return
    language = Donor.objects.values_list("language", flat=True).get(pk=moved[0])
    with translation.override(language):
        _queue(
            change,
            step="moved_old",
            to=change.old_email,
            subject=_("Your address was changed"),
            paragraphs=[
                _("The mail about your gifts goes to another address from now on."),
                _(
                    "If it was not you, press here within seven days: the change is taken back, all are signed out:"
                ),
                _page(language, "undo", undo),
            ],
            language=language,
            now=now,
        )
        _queue(
            change,
            step="moved_new",
            to=change.new_email,
            subject=_("Your address was changed"),
            paragraphs=[
                _("The mail about your gifts comes to this address from now on."),
                _("All your gifts and receipts: %(address)s") % {"address": _portal(language)},
            ],
            language=language,
            now=now,
        )


def tell_undone(*, change: EmailChange, now: datetime) -> None:
    """This function will tell both mailboxes that nothing has changed after all."""
    found = Donor.objects.filter(pk__in=change.donor_ids).values_list("language", flat=True).first()
    language = found or "en"
    with translation.override(language):
        for step, to in (("undone_old", change.old_email), ("undone_new", change.new_email)):
            _queue(
                change,
                step=step,
                to=to,
                subject=_("The change of address was taken back"),
                paragraphs=[_("The old address counts again, and everybody is signed out.")],
                language=language,
                now=now,
            )


def tell_office(*, change: EmailChange, donor_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """This function will ask the office to look at records that could not follow, as their name has the address."""
    for user in _office():
        with translation.override(user.language):
            links = [f"{settings.BASE_URL}/{user.language}/office/donors/{pk}/" for pk in donor_ids]
            corresponding.queue(
                kind=Message.Kind.STAFF_NOTICE,
                cause=f"email_change:{change.pk}:{change.status}:{user.pk}",
                to_email=user.email,
                sender=corresponding.sender(),
                language=user.language,
                subject=_("Two records of one giver may be one"),
                text="\n\n".join(
                    [
                        _("A giver took another address, and a record with the same name has it already."),
                        _(
                            "Nothing was joined. Please look at both, and join them if they are the same person:"
                        ),
                        *links,
                    ]
                ),
                donor_id=None,
                now=now,
            )


def _office() -> list[User]:
    active = User.objects.filter(is_active=True).order_by("id")
    holders = list(active.filter(grants__role=Role.FINANCE).distinct())
    return holders or list(active.filter(grants__role=Role.ADMIN).distinct())


def _page(language: str, deed: str, token: str) -> str:
    return f"{_portal(language)}email/{deed}/{token}/"


def _portal(language: str) -> str:
    return f"{settings.BASE_URL}/{language}/portal/"


def _queue(
    change: EmailChange,
    *,
    step: str,
    to: str,
    subject: str,
    paragraphs: list[str],
    language: str,
    now: datetime,
) -> None:
    corresponding.queue(
        kind=Message.Kind.EMAIL_CHANGE,
        cause=f"email_change:{change.pk}:{step}",
        to_email=to,
        sender=corresponding.sender(),
        language=language,
        subject=subject,
        text="\n\n".join([_("Hello,"), *paragraphs]),
        donor_id=None,
        now=now,
    )
