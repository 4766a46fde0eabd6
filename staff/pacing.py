"""Pacing: nobody reads the whole list of givers page by page (T42).

How many different people somebody opened within an hour is counted in an unlogged table that every server process
shares; a crash of the database forgets the counts and nothing else. Opening the same one again costs nothing.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

MOST = 200
WITHIN = timedelta(hours=1)


def may_look(*, who: str, subject: str, now: datetime, most: int = MOST) -> bool:
    """Count that `who` (a person or a key) opens `subject`; looks of one reader wait for each other.

    This function will return False for one more than `most` different subjects within an hour, and not count it.
    """
    since = now - WITHIN
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7210042))", [f"look {who}"])
        cursor.execute("DELETE FROM staff_look WHERE who = %s AND at <= %s", [who, since])
        cursor.execute(
            "SELECT count(*), coalesce(bool_or(subject = %s), FALSE) FROM staff_look WHERE who = %s",
            [subject, who],
        )
        count, is_known = cursor.fetchone()
        if is_known:
            return True
        if count >= most:
            return False
        cursor.execute("INSERT INTO staff_look (who, subject, at) VALUES (%s, %s, %s)", [who, subject, now])
    return True
