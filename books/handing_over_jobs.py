"""Handing over as long work: asked for once, told how far it is, called off while it runs.

The export runs in a thread with a connection of its own, because its one transaction would hide what is told about it;
this thread tells. What cannot be handed over is an answer, not an error: it is not tried again.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from threading import Event
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from books import handing_over, keeping_journals
from books.handing_over import Scope, Tell, UnableToExport
from books.models import JournalExport
from jobs import running
from jobs.models import Job
from ledger.models import LegalEntity
from staff.models import User

EXPORT, AGAIN = "journal_export", "journal_again"
KINDS = (EXPORT, AGAIN)
LOOK_EVERY = 0.5
"""Seconds between two looks at how far the work is."""
AT_ONCE = 20_000
"""Lines up to which a file is made again while its reader waits."""

Clock = Callable[[], datetime]


def ask(*, scope: Scope, request_id: UUID, requested_by: User, now: datetime) -> Job:
    """Order an export; asking again with the same `request_id` finds the first one. Raises UnableToExport.

    This function will return the job, whose result names the export or says why there is none.
    """
    handing_over.check(scope)
    arguments: dict[str, object] = {
        "request": str(request_id),
        "entity": scope.entity.pk,
        "target": scope.target,
        "first": scope.first.isoformat() if scope.first else "",
        "last": scope.last.isoformat(),
        "grouping": scope.grouping,
        "with_names": scope.with_names,
    }
    with transaction.atomic():
        known = asked().filter(requested_by=requested_by, arguments__request=str(request_id)).first()
        return known or running.enqueue(
            kind=EXPORT, arguments=arguments, requested_by_id=requested_by.pk, now=now
        )


def ask_again(*, made: JournalExport, requested_by: User, now: datetime) -> Job:
    """This function will order that the file of an export is made again, and return the job; one that waits serves."""
    waiting = asked().filter(
        kind=AGAIN,
        arguments__export=str(made.pk),
        status__in=[Job.Status.QUEUED, Job.Status.RUNNING],
    )
    arguments: dict[str, object] = {"export": str(made.pk)}
    return waiting.first() or running.enqueue(
        kind=AGAIN, arguments=arguments, requested_by_id=requested_by.pk, now=now
    )


def is_long(*, made: JournalExport) -> bool:
    """This function will return whether the file of an export has to be made again by a worker."""
    return made.line_count > AT_ONCE and keeping_journals.kept(export_id=made.pk) is None


def asked() -> QuerySet[Job]:
    """This function will return everything that was asked for: what was handed over belongs to the house."""
    return Job.objects.filter(kind__in=KINDS)


def works() -> dict[str, running.Work]:
    """This function will return what runs for each kind, for `jobs.running.run_one`."""
    return {EXPORT: _export, AGAIN: _again}


def _scope(asked: dict[str, Any]) -> Scope:
    return Scope(
        entity=LegalEntity.objects.get(pk=asked["entity"]),
        target=asked["target"],
        first=date.fromisoformat(asked["first"]) if asked["first"] else None,
        last=date.fromisoformat(asked["last"]),
        grouping=asked["grouping"],
        with_names=asked["with_names"],
    )


def _export(job: Job, now: datetime) -> dict[str, object]:
    actor = User.objects.get(jobs=job)

    def deed(tell: Tell) -> dict[str, object]:
        made = handing_over.export(
            export_id=job.pk, scope=_scope(job.arguments), actor=actor, now=now, tell=tell
        )
        return {"export": str(made.pk), "is_new": made.pk == job.pk}

    return _watched(job, deed)


def _again(job: Job, _: datetime) -> dict[str, object]:
    def deed(tell: Tell) -> dict[str, object]:
        made = handing_over.exports().get(pk=job.arguments["export"])
        handing_over.again(made=made, tell=tell)
        return {"export": str(made.pk), "is_new": False}

    return _watched(job, deed)


Deed = Callable[[Tell], dict[str, object]]


class _Watch:
    """How far the work is, and whether somebody called it off."""

    def __init__(self) -> None:
        self.done, self.total, self.stop = 0, 0, Event()

    def tell(self, done: int, total: int) -> None:
        if self.stop.is_set():
            raise running.JobCanceled
        self.done, self.total = done, total


def _watched(job: Job, deed: Deed, *, clock: Clock = timezone.now) -> dict[str, object]:
    watch = _Watch()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal") as thread:
        working = thread.submit(_alone, deed, watch)
        try:
            _report(job, working, watch, clock)
        finally:
            watch.stop.set()
        return working.result()


def _report(job: Job, working: "Future[dict[str, object]]", watch: _Watch, clock: Clock) -> None:
    """Tell how far it is until it is over; a job that was canceled meanwhile stops at the next entries."""
    while True:
        running.report(job=job, done=watch.done, total=watch.total or None, now=clock())
        try:
            working.exception(timeout=LOOK_EVERY)
        except TimeoutError:
            continue
        return


def _alone(deed: Deed, watch: _Watch) -> dict[str, object]:
    try:
        return answered(deed, watch.tell)
    finally:
        connection.close()


def answered(deed: Deed, tell: Tell) -> dict[str, object]:
    """This function will do a deed and return its answer, or why it cannot be done."""
    try:
        return deed(tell)
    except UnableToExport as error:
        accounts = [[account.code, fund.code] for account, fund in error.accounts]
        return {"refused": error.code, "said": error.said, "accounts": accounts}
