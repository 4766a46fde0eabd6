"""Unsubscribing: one press in the mail program, without a cookie or a password, ends one kind of mail (RFC 8058).

The address in the header names a donor by a random id and one list, signed by us. It has no end: whoever finds a mail
of years ago must still be able to say no with it. Opening it changes nothing, because mail scanners open links.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from donors import withholding
from donors.models import Consent, Donor, Message

SALT = "unsubscribe"
_LETTERS = {kind.value: letter for letter, kind in zip("lptyo", Consent.Kind, strict=True)}
_KINDS = {letter: Consent.Kind(kind) for kind, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """What an address ends: one kind of mail to one donor."""

    donor: Donor
    kind: Consent.Kind


def address(message: Message) -> str:
    """This function will return where a mail's list can be left, empty when the mail is on no list."""
    kind = withholding.LISTS.get(message.kind)
    if kind is None or message.donor_id is None:
        return ""
    return f"{settings.BASE_URL}{reverse('unsubscribe', args=[token(donor_id=message.donor_id, kind=kind)])}"


def token(*, donor_id: uuid.UUID, kind: Consent.Kind) -> str:
    """This function will return the signed part of the address."""
    inside = _LETTERS[kind] + urlsafe_b64encode(donor_id.bytes).decode().rstrip("=")
    return signing.Signer(salt=SALT, sep=".").sign(inside)


def read(given: str) -> Link | None:
    """This function will return what an address ends, or None when we did not write it."""
    try:
        inside = signing.Signer(salt=SALT, sep=".").unsign(given)
        donor_id = uuid.UUID(bytes=urlsafe_b64decode(inside[1:] + "=="))
    except (signing.BadSignature, NotBase64, ValueError):
        return None
    donor = Donor.objects.select_related("merged_into").filter(pk=donor_id).first()
    return Link(donor, _KINDS[inside[0]]) if donor else None


def is_left(link: Link) -> bool:
    """This function will return whether the newest answer to this list is no."""
    newest = Consent.objects.filter(donor=link.donor, kind=link.kind).order_by("answered_at", "id").last()
    return newest is not None and not newest.is_given


def leave(*, link: Link, wording: str, now: datetime) -> bool:
    """Write down that a donor wants no more mail of this kind; pressed again it changes nothing.

    `wording` is what they read. A merged donor's answer counts for who they are now, too.
    This function will return whether the answer is new.
    """
    if is_left(link):
        return False
    people = {link.donor.pk, link.donor.merged_into_id or link.donor.pk}
    Consent.objects.bulk_create(
        [
            Consent(
                donor_id=donor_id,
                kind=link.kind,
                is_given=False,
                wording=wording[:300],
                source=f"unsubscribe {now:%Y-%m-%d %H:%M:%S.%f}",
                answered_at=now,
            )
            for donor_id in sorted(people)
        ],
        ignore_conflicts=True,
    )
    return True
