"""Linking a mail to the paper of a year. The link opens one donor's year of one entity, and signs nobody in.

It lasts thirty days and dies at once when the donor's address changes: whoever has the old mailbox does not get in. The
signature says who and what; nothing is stored, so opening it writes nothing.
"""

import hashlib
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from donors.models import Donor
from ledger.models import LegalEntity

SCOPE = "statement"
LASTS = timedelta(days=30)
_SALT = "yearly"


@dataclass(frozen=True, slots=True)
class Year:
    """A donor's year of giving to one entity: all that a link opens."""

    donor: Donor
    entity: LegalEntity
    tax_year: int


def address(*, year: Year, language: str, now: datetime) -> str:
    """This function will return the address of a year's page, good for thirty days."""
    with translation.override(language):
        return f"{settings.BASE_URL}{reverse('yearly:summary', args=[token(year=year, now=now)])}"


def token(*, year: Year, now: datetime) -> str:
    """This function will return the signed part of the address: `statement:2025`, of whom, for which entity."""
    inside = (
        year.donor.pk.bytes
        + year.entity.pk.to_bytes(4)
        + year.tax_year.to_bytes(2)
        + int(now.timestamp()).to_bytes(5)
        + _mailbox(year.donor)
    )
    return signing.Signer(salt=_SALT, sep=".").sign(urlsafe_b64encode(inside).decode().rstrip("="))


def read(given: str, *, now: datetime) -> Year | None:
    """This function will return what a link opens, or None: not ours, too old, or sent to a former address."""
    try:
        text = signing.Signer(salt=_SALT, sep=".").unsign(given)
        inside = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (signing.BadSignature, NotBase64, ValueError):
        return None
    made_at = int.from_bytes(inside[22:27])
    if not 0 <= now.timestamp() - made_at <= LASTS.total_seconds():
        return None
    donor = Donor.objects.filter(pk=uuid.UUID(bytes=inside[:16])).first()
    entity = LegalEntity.objects.filter(pk=int.from_bytes(inside[16:20])).first()
    if donor is None or entity is None or inside[27:] != _mailbox(donor):
        return None
    return Year(donor, entity, int.from_bytes(inside[20:22]))


def _mailbox(donor: Donor) -> bytes:
    return hashlib.sha256(donor.email_key.encode()).digest()[:8]
