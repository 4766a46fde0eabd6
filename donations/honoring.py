"""Honoring: the family reads, once, that a gift was made in honor or memory of somebody. Never how much."""

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Checkout, Donation, Tribute
from donors import corresponding
from donors.models import Message


def tell_family(*, checkout: Checkout, donation: Donation, now: datetime) -> UUID | None:
    """Queue the notice when the first money of a dedicated gift is in the books, in the same transaction.

    `donation` must be new. The third person becomes no donor and joins no list; the amount, the purpose and, if the
    giver asked for it, the giver's name stay unsaid. Months that follow tell nobody again.
    This function will return the message's id, or None when there is nobody to tell.
    """
    tribute: Tribute | None = getattr(checkout, "tribute", None)
    if tribute is None or not tribute.notify_email:
        return None
    if Donation.objects.filter(checkout=checkout).exclude(pk=donation.pk).exists():
        return None
    with translation.override(checkout.language):
        return corresponding.queue(
            kind=Message.Kind.TRIBUTE,
            cause=f"tribute:{tribute.pk}",
            to_email=tribute.notify_email,
            sender=corresponding.sender(checkout.entity),
            language=checkout.language,
            subject=_subject(tribute),
            text="\n\n".join(_paragraphs(checkout=checkout, tribute=tribute)),
            donor_id=None,
            now=now,
        )


def _subject(tribute: Tribute) -> str:
    # No name here: a subject is read over shoulders and kept by every mail server on the way.
    if tribute.kind == Tribute.Kind.MEMORY:
        return _("A gift in memory of someone dear to you")
    return _("A gift in honor of someone dear to you")


def _paragraphs(*, checkout: Checkout, tribute: Tribute) -> list[str]:
    entity = checkout.entity
    giver = _("Somebody who wishes to stay unnamed") if checkout.is_anonymous else checkout.donor_name
    named = {"giver": giver, "honoree": tribute.honoree, "entity": entity.legal_name}
    said = (
        _("%(giver)s has made a gift to %(entity)s in memory of %(honoree)s.")
        if tribute.kind == Tribute.Kind.MEMORY
        else _("%(giver)s has made a gift to %(entity)s in honor of %(honoree)s.")
    )
    greeting = _("Dear %(name)s,") % {"name": tribute.notify_name} if tribute.notify_name else _("Hello,")
    return [
        greeting,
        said % named,
        *([_("With these words: “%(words)s”") % {"words": tribute.words}] if tribute.words else []),
        _(
            "The giver asked us to tell you. How much was given stays between the giver and us. This is the only "
            "message about it: your address is on no list of ours."
        ),
        _("Questions: %(email)s") % {"email": entity.email},
        entity.legal_name,
    ]
