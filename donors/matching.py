"""Matching: which donor a gift belongs to."""

import unicodedata
import uuid
from datetime import datetime

from django.db import connection

from donors.models import Donor

_CHARS_LEFT_OUT = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_name(typed: str) -> str:
    """A name as it is kept: NFC, one space between words, no control, invisible or direction characters."""
    spaced = " ".join(unicodedata.normalize("NFC", typed).split())
    kept = "".join(char for char in spaced if unicodedata.category(char) not in _CHARS_LEFT_OUT)
    return " ".join(kept.split())  # a word of invisible characters leaves two spaces behind


def email_key(email: str) -> str:
    """The form in which addresses are compared."""
    return unicodedata.normalize("NFC", email).strip().casefold()


def name_key(name: str) -> str:
    """The form in which names are compared: folded, without accents, punctuation or spaces."""
    decomposed = unicodedata.normalize("NFKD", clean_name(name).casefold())
    kept = "".join(char for char in decomposed if unicodedata.category(char)[0] in "LN")
    return unicodedata.normalize("NFC", kept)[:200] or clean_name(name)[:200]


# Somebody who was merged gives as before, with the same name and e-mail: the gift is the survivor's, not a new donor's.
_MATCH = """
WITH known AS (
  SELECT coalesce(merged_into_id, id) AS id FROM donors_donor
   WHERE email_key = %(email_key)s AND name_key = %(name_key)s AND email_key <> ''
   ORDER BY merged_into_id IS NOT NULL, created_at DESC, donors_donor.id LIMIT 1
), fresh AS (
  INSERT INTO donors_donor
    (id, kind, name, local_name, email, email_key, name_key, language, address, created_at)
  SELECT %(id)s, 'person', %(name)s, '', %(email)s, %(email_key)s, %(name_key)s, %(language)s, '', %(now)s
   WHERE NOT EXISTS (SELECT 1 FROM known)
  ON CONFLICT (email_key, name_key) WHERE (merged_into_id IS NULL AND NOT (email_key = '')) DO NOTHING
  RETURNING id
)
SELECT id FROM known UNION ALL SELECT id FROM fresh LIMIT 1
"""


def match(*, name: str, email: str, language: str, now: datetime) -> uuid.UUID:
    """The donor with this e-mail and name, made if there is none; an existing profile is never changed.

    Two workers matching the same person at once get the same donor: a unique constraint decides.
    This function will return the donor's id.
    """
    values: dict[str, str | uuid.UUID | datetime] = {
        "id": uuid.uuid4(),
        "name": clean_name(name)[:120],
        "email": email.strip(),
        "email_key": email_key(email),
        "name_key": name_key(name),
        "language": language,
        "now": now,
    }
    with connection.cursor() as cursor:
        # A row committed by another worker between our snapshot and our insert is seen at the second look.
        for _ in range(3):
            cursor.execute(_MATCH, values)
            row = cursor.fetchone()
            if row:
                return uuid.UUID(str(row[0]))
    raise LookupError("donor neither inserted nor found")


def sharing_email(*, email: str) -> list[Donor]:
    """Donors, merged ones left out, whose e-mail is this one."""
    return list(
        Donor.objects.filter(email_key=email_key(email), merged_into__isnull=True)
        .exclude(email_key="")
        .order_by("created_at", "id")
    )


def lock_sharing(*, email_key: str) -> list[uuid.UUID]:
    """This function will hold the donors with this e-mail until the transaction ends, and return their ids."""
    standing = Donor.objects.select_for_update(no_key=True).filter(
        email_key=email_key, merged_into__isnull=True
    )
    return list(standing.exclude(email_key="").order_by("pk").values_list("pk", flat=True))
