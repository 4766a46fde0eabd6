"""Linking: the private address of one gift's page. It opens that page, nothing else, and signs nobody in.

The id inside is random already; the signature keeps an id that was seen elsewhere (an export, a support mail) from
being one. The address has no end: a giver may look next year what became of the gift.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "gift-page"
Kind = Literal["c", "d"]


@dataclass(frozen=True, slots=True)
class Link:
    """What an address opens: an attempt ("c") or a donation ("d")."""

    kind: Kind
    id: uuid.UUID


def token(*, kind: Kind, id: uuid.UUID) -> str:
    """This function will return the signed part of the address."""
    inside = kind + urlsafe_b64encode(id.bytes).decode().rstrip("=")
    return signing.Signer(salt=SALT, sep=".").sign(inside)


def read(given: str) -> Link | None:
    """This function will return what an address opens, or None when it is not ours."""
    try:
        inside = signing.Signer(salt=SALT, sep=".").unsign(given)
        found = uuid.UUID(bytes=urlsafe_b64decode(inside[1:] + "=="))
    except (signing.BadSignature, NotBase64, ValueError):
        return None
    if inside[0] == "c":
        return Link("c", found)
    return Link("d", found) if inside[0] == "d" else None


def address(*, kind: Kind, id: uuid.UUID) -> str:
    """This function will return the whole address, in the language that is spoken at the moment."""
    return f"{settings.BASE_URL}{reverse('giving:status', args=[token(kind=kind, id=id)])}"
