"""Heartbeats: rows that say when a part of the system was last alive."""

from datetime import datetime, timedelta

from jobs.models import Heartbeat


def beat(*, name: str, now: datetime, report: dict[str, object] | None = None) -> None:
    """This function will store that `name` was alive at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "report": report or {}})


def tell_once(*, name: str, now: datetime, again_after: timedelta) -> None:
    """This function will store that `name` happened, unless it was told within `again_after`."""
    _, is_new = Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    if not is_new:
        Heartbeat.objects.filter(name=name, at__lt=now - again_after).update(at=now)
