"""Scheduling: a list that is made again and again for its owner (B22).

A timetable holds wishes only. What a file holds is decided each time by the rights its owner has then; an owner who
left gets none. The mail tells that a file waits, and never carries it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from books.models import ExportSchedule
from jobs.models import Job
from staff import auditing
from staff.models import User

Cadence = ExportSchedule.Cadence
HOUR = 5
"""Files are made in the early morning (UTC)."""
MOST = 50
PREVIOUS = "previous"
"""The filter word that stands for the day, week or month before the file is made."""


class UnableToSchedule(Exception):
    """It cannot be so; `words` say why to the person who pressed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def make(
    *,
    schedule_id: uuid.UUID,
    name: str,
    listing: str,
    form: str,
    filters: Mapping[str, str],
    columns: Sequence[str],
    language: str,
    cadence: str,
    owner: User,
    now: datetime,
) -> ExportSchedule:
    """Have a list made again and again. Raises UnableToSchedule without a name or beyond fifty of one person.

    This function will return the timetable; the same `schedule_id` finds the first one.
    """
    if not name.strip():
        raise UnableToSchedule("name", _("Please give it a name."))
    if cadence not in Cadence.values:
        raise UnableToSchedule("cadence", _("Please choose how often."))
    with transaction.atomic():
        if ExportSchedule.objects.filter(owner=owner).count() >= MOST:
            raise UnableToSchedule("many", _("You have 50 timetables already: delete one first."))
        made, is_new = ExportSchedule.objects.get_or_create(
            pk=schedule_id,
            defaults={
                "owner": owner,
                "name": name.strip()[:120],
                "listing": listing,
                "format": form,
                "filters": dict(filters),
                "columns": list(columns),
                "language": language,
                "cadence": cadence,
                "next_at": following(cadence=cadence, after=now),
                "made_at": now,
            },
        )
        if is_new:
            _write_down(made, owner, "schedule export", now)
    return made


def following(*, cadence: str, after: datetime) -> datetime:
    """This function will return the next early morning of a cadence: each day, Mondays, or the first of a month."""
    morning = after.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if cadence == Cadence.MONTHLY:
        first = morning.replace(day=1)
        return first if first > after else (first + timedelta(days=32)).replace(day=1)
    days = (7 - morning.weekday()) % 7 if cadence == Cadence.WEEKLY else 0
    found = morning + timedelta(days=days)
    return found if found > after else found + timedelta(days=7 if cadence == Cadence.WEEKLY else 1)


def period(*, cadence: str, on: date) -> tuple[date, date]:
    """This function will return the first and the last day of the period before a day; both belong to it."""
    if cadence == Cadence.MONTHLY:
        last = on.replace(day=1) - timedelta(days=1)
        return last.replace(day=1), last
    if cadence == Cadence.WEEKLY:
        last = on - timedelta(days=on.weekday() + 1)
        return last - timedelta(days=6), last
    return on - timedelta(days=1), on - timedelta(days=1)


def pause(*, schedule_id: uuid.UUID, actor: User, now: datetime) -> None:
    """This function will let a timetable rest. Raises UnableToSchedule for somebody else's."""
    with transaction.atomic():
        found = _own(schedule_id, actor)
        ExportSchedule.objects.filter(pk=found.pk).update(is_active=False)
        _write_down(found, actor, "pause export", now)


def resume(*, schedule_id: uuid.UUID, actor: User, now: datetime) -> None:
    """This function will let a timetable go on, from its next morning. Raises UnableToSchedule for somebody else's."""
    with transaction.atomic():
        found = _own(schedule_id, actor)
        next_at = following(cadence=found.cadence, after=now)
        ExportSchedule.objects.filter(pk=found.pk).update(is_active=True, next_at=next_at)
        _write_down(found, actor, "resume export", now)


def delete(*, schedule_id: uuid.UUID, actor: User, now: datetime) -> None:
    """This function will forget a timetable; its files go with their day. Raises UnableToSchedule."""
    with transaction.atomic():
        found = _own(schedule_id, actor)
        _write_down(found, actor, "delete export", now)
        found.delete()


def _own(schedule_id: uuid.UUID, actor: User) -> ExportSchedule:
    found = ExportSchedule.objects.select_for_update().filter(pk=schedule_id, owner=actor).first()
    if found is None:
        raise UnableToSchedule("other", _("There is no such timetable of yours."))
    return found


def due(*, now: datetime) -> list[ExportSchedule]:
    """This function will return the timetables whose morning has come, locked; call it inside a transaction."""
    waiting = ExportSchedule.objects.select_for_update(skip_locked=True, of=["self"])
    return list(
        waiting.filter(is_active=True, next_at__lte=now)
        .select_related("owner")
        .order_by("next_at", "id")[:20]
    )


def made_once(*, schedule: ExportSchedule, job: Job | None, words: str, now: datetime) -> None:
    """This function will move a timetable to its next morning and keep what became of this one."""
    ExportSchedule.objects.filter(pk=schedule.pk).update(
        next_at=following(cadence=schedule.cadence, after=now), last_job=job, last_words=words[:300]
    )


def stop_for_leaver(*, schedule: ExportSchedule, now: datetime) -> None:
    """This function will let the timetable of somebody who left rest."""
    ExportSchedule.objects.filter(pk=schedule.pk).update(is_active=False, last_words="owner left")
    auditing.record(actor="timetable", action="pause export", target=f"schedule:{schedule.pk}", now=now)


def _write_down(schedule: ExportSchedule, actor: User, action: str, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"schedule:{schedule.pk}",
        now=now,
        details={"list": schedule.listing, "cadence": schedule.cadence, "columns": list(schedule.columns)},
    )
