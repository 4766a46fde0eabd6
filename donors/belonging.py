"""Belonging: which donors an e-mail address stands for. One place decides, so that every page and paper agrees."""

import uuid

from django.db import connection

# Merging points at the survivor and repoints nothing: the owner of an address has what belongs to every donor that
# stands and bears it, to every donor merged into one of those however long the chain, and to every joint donor one
# of them is a member of. The way leads down only: a joint paper shows nobody what is the other member's alone.
OWN = """
WITH RECURSIVE own AS (
  SELECT id FROM donors_donor WHERE email_key = %(key)s AND email_key <> '' AND merged_into_id IS NULL
  UNION
  SELECT step.id FROM own JOIN (
    SELECT merged_into_id AS above, id FROM donors_donor WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT member_id, joint_id FROM donors_jointmember
  ) step ON step.above = own.id
)
"""
"""A beginning for SQL: `own.id` are the donors of the address `%(key)s`."""

_IDS = f"{OWN} SELECT id FROM own"  # noqa: S608  # constants of this module; the address is a parameter


def ids(*, email_key: str) -> list[uuid.UUID]:
    """This function will return every donor whose gifts and papers belong to an address."""
    with connection.cursor() as cursor:
        cursor.execute(_IDS, {"key": email_key})
        return [row[0] for row in cursor.fetchall()]
