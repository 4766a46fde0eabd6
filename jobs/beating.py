"""Heartbeats: rows that say when a part of the system was last alive."""

from datetime import datetime

from jobs.models import Heartbeat


def beat(*, name: str, now: datetime, report: dict[str, object] | None = None) -> None:
    """This function will store that `name` was alive at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "report": report or {}})
