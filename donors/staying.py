"""Staying signed in: which browsers a mailbox let in, for how long they may lie idle, and ending them."""

import re
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from donors.models import PortalSession

IDLE = timedelta(minutes=30)
KEPT_FOR = timedelta(days=30)

# The first that fits: most browsers also name those they descend from.
_BROWSERS = (
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER", "Naver"),
    ("Whale", "Whale"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg(?:e|A|iOS)?/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("Firefox|FxiOS", "Firefox"),
    ("CriOS|Chrome|Chromium", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device(agent: str) -> str:
    """This function will return what a browser is in plain words ("Firefox on Windows"); never its own long line."""
    found = [
        next((word for pattern, word in words if re.search(pattern, agent[:400])), "")
        for words in (_BROWSERS, _SYSTEMS)
    ]
    return " on ".join(word for word in found if word)


def begin(*, email_key: str, agent: str, now: datetime) -> uuid.UUID:
    """This function will note that a browser was let in, and return the session's id."""
    made = PortalSession.objects.create(email_key=email_key, device=device(agent), began_at=now, seen_at=now)
    return made.pk


def see(*, session_id: uuid.UUID, email_key: str, now: datetime) -> bool:
    """Note that a session is used now. This function will say whether it still stands: not ended, not idle."""
    return bool(
        PortalSession.objects.filter(
            pk=session_id, email_key=email_key, ended_at__isnull=True, seen_at__gte=now - IDLE
        ).update(seen_at=now)
    )


def standing(*, session_id: uuid.UUID, email_key: str, now: datetime) -> bool:
    """This function will say whether a session still stands; looking does not prolong it."""
    return PortalSession.objects.filter(
        pk=session_id, email_key=email_key, ended_at__isnull=True, seen_at__gte=now - IDLE
    ).exists()


def listed(*, email_key: str, now: datetime) -> list[PortalSession]:
    """This function will return the sessions of an address that stand, newest use first."""
    return list(
        PortalSession.objects.filter(
            email_key=email_key, ended_at__isnull=True, seen_at__gte=now - IDLE
        ).order_by("-seen_at", "id")
    )


def end(*, session_id: uuid.UUID, email_key: str, now: datetime) -> bool:
    """This function will end one session of an address, and say whether there was one to end."""
    return bool(
        PortalSession.objects.filter(pk=session_id, email_key=email_key, ended_at__isnull=True).update(
            ended_at=now
        )
    )


def end_all(*, email_keys: Iterable[str], now: datetime) -> int:
    """This function will end every session of these addresses, and return how many it ended."""
    return PortalSession.objects.filter(email_key__in=list(email_keys), ended_at__isnull=True).update(
        ended_at=now
    )


def forget(*, now: datetime) -> int:
    """This function will remove sessions nobody used for a month, and return how many."""
    removed, _ = PortalSession.objects.filter(seen_at__lt=now - KEPT_FOR).delete()
    return removed
