"""Resting: how a campaign stands at this moment. It is asked at every look at a page, so that resting works at once."""

from django.db import connection

# Written out: each public page asks this and little else, and building the words took longer than the answer.
_STATUS = "SELECT status FROM campaigns_campaign WHERE slug = %s AND published_at IS NOT NULL"


def status_of(*, slug: str) -> str | None:
    """This function will return the state of a published campaign, or None when there is none of this name."""
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, [slug])
        found = cursor.fetchone()
    return str(found[0]) if found else None
