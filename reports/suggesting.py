"""Suggesting: who may be meant while a name is still being typed, with their last gift, to be sure of it (B04).

What is typed says what it is: an id, a receipt's number, an e-mail, the last four digits of an account, or the
beginnings of words of a name in either script. Each is one look at an index; a survivor answers for those merged in.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from donors import matching
from ledger.money import Money

MOST = 8
MOST_WORDS = 6
SOME = 40
"""So many records that begin with what was typed are looked at first; some may be merged into one."""
_SERIAL = re.compile(r"(?:[A-Z0-9]+-)*[A-Z]{0,4}\d{4}-\d{3,}", re.ASCII | re.IGNORECASE)
_LAST4 = re.compile(r"\d{4}", re.ASCII)
_NUMBER = re.compile(r"[\d-]{5,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LastGift:
    given_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who may be meant. `last` is the newest gift of theirs or of those merged into them."""

    id: uuid.UUID
    kind: str
    name: str
    local_name: str
    email: str
    postcode: str
    last: LastGift | None


_BY_ID = "SELECT id, 0 AS rank FROM donors_donor WHERE id = %(id)s"
_BY_EMAIL = "SELECT id, 0 AS rank FROM donors_donor WHERE email_key LIKE %(email)s"
_BY_SERIAL = "SELECT donor_id AS id, 0 AS rank FROM receipts_receipt WHERE serial = %(serial)s"
# The account on a check, as a row of a batch kept it, before the number of a check or of a card.
_BY_LAST4 = """
SELECT donor_id AS id, 0 AS rank FROM donations_batchrow WHERE account_last4 = %(term)s AND account_last4 <> ''
   AND donor_id IS NOT NULL
UNION ALL
SELECT id, 1 FROM donors_donor WHERE postcode = %(term)s
"""
_BY_NUMBER = (
    "SELECT id, 0 AS rank FROM donors_donor WHERE business_number = %(digits)s AND business_number <> ''"
)
# A name that is the typed word, before one that begins with it, before one in which a later word does.
_BY_WORDS = """
SELECT id, CASE WHEN name_key = %(key)s OR local_name = %(term)s THEN 0
                WHEN name_key LIKE %(begins)s OR local_name LIKE %(local)s THEN 1 ELSE 2 END AS rank
  FROM donors_donor
 WHERE giver_words(name, local_name) @@ (
   SELECT string_agg('''' || word || ''':*', ' & ')::tsquery
     FROM unnest(name_words(%(term)s)) AS word)
"""
# The same for names that begin with it, in the order of an index: a surname that thousands bear is found at once.
_BEGUN = """
(SELECT id, CASE WHEN name_key = %(key)s THEN 0 ELSE 1 END AS rank FROM donors_donor
  WHERE name_key LIKE %(begins)s ORDER BY name_key USING ~<~ LIMIT %(some)s)
UNION ALL
(SELECT id, CASE WHEN local_name = %(term)s THEN 0 ELSE 1 END FROM donors_donor
  WHERE local_name LIKE %(local)s AND local_name <> '' ORDER BY local_name USING ~<~ LIMIT %(some)s)
"""
_FOUND = """
WITH asked AS ({asked}), whole AS (
  SELECT coalesce(d.merged_into_id, d.id) AS id, min(a.rank) AS rank
    FROM asked a JOIN donors_donor d ON d.id = a.id GROUP BY 1
), chosen AS (
  SELECT d.*, w.rank FROM whole w JOIN donors_donor d ON d.id = w.id
   WHERE d.merged_into_id IS NULL ORDER BY w.rank, d.name_key, d.id LIMIT %(most)s
)
SELECT c.id, c.kind, c.name, c.local_name, c.email, c.postcode, g.given_on, g.amount_minor, g.currency
  FROM chosen c LEFT JOIN LATERAL (
    SELECT x.given_on, x.amount_minor, x.currency FROM donations_donation x
     WHERE x.donor_id = ANY(ARRAY(SELECT c.id UNION ALL SELECT m.id FROM donors_donor m WHERE m.merged_into_id = c.id))
     ORDER BY x.given_at DESC, x.id DESC LIMIT 1) g ON true
 ORDER BY c.rank, c.name_key, c.id
"""


def suggest(*, typed: str, most: int = MOST) -> list[Suggestion]:
    """Find living records that fit what was typed, those that fit best first.

    This function will return at most `most` of them, none for nothing.
    """
    term = matching.clean_name(typed)
    if not term:
        return []
    asked, params = _asked(term)
    if "key" in params:
        begun = _found(_BEGUN, params, most=most)
        # Of one letter the beginnings are enough: a second one is typed before anybody has read more.
        if len(begun) == most or (begun and len(term) == 1):
            return begun
    return _found(asked, params, most=most)


def _found(asked: str, params: dict[str, Any], *, most: int) -> list[Suggestion]:
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(asked=asked), {**params, "most": most, "some": SOME})
        return [_suggestion(row) for row in cursor.fetchall()]


def _suggestion(row: tuple[Any, ...]) -> Suggestion:
    donor_id, kind, name, local_name, email, postcode, given_on, minor, currency = row
    last = LastGift(given_on, Money(minor, currency)) if given_on is not None else None
    return Suggestion(donor_id, kind, name, local_name, email, postcode, last)


def _asked(term: str) -> tuple[str, dict[str, Any]]:
    try:
        return _BY_ID, {"id": uuid.UUID(term)}
    except ValueError:
        pass
    if "@" in term:
        return _BY_EMAIL, {"email": _like(matching.email_key(term)) + "%"}
    if _SERIAL.fullmatch(term):
        return _BY_SERIAL, {"serial": term.upper()}
    if _LAST4.fullmatch(term):
        return _BY_LAST4, {"term": term}
    if _NUMBER.fullmatch(term):
        return f"{_BY_NUMBER} UNION ALL SELECT id, 1 FROM donors_donor WHERE postcode = %(term)s", {
            "digits": term.replace("-", ""),
            "term": term,
        }
    words = " ".join(term.split()[:MOST_WORDS])
    key = matching.name_key(words)
    begins, local = _like(key) + "%", _like(words) + "%"
    asked = f"{_BY_WORDS} UNION ALL {_BY_EMAIL}" if " " not in words else _BY_WORDS
    email = _like(matching.email_key(words)) + "%"
    return asked, {"term": words, "key": key, "begins": begins, "local": local, "email": email}


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
