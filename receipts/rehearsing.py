"""Rehearsing: a dry run of a year's receipts. It gives no number, sends nothing and writes no row but its own.

Each donor with gifts of the year becomes an item: what their receipt would say, by which way it would go, or why
there is none. The sums are laid beside the books (`bridging`), and what a person must look at is listed
(`noticing`). All is computed first and written in one transaction: one that dies leaves the former one as it was.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs import running as working
from jobs.models import Job
from ledger.models import LegalEntity
from receipts import drafting, noticing, sketching, surveying
from receipts.models import AnnualRun, RunItem
from receipts.noticing import Found
from receipts.sketching import Person
from staff import auditing
from staff.models import User

KIND = "annual_rehearsal"
TOGETHER, GIFTS_TOGETHER = 100, 2_000
"""How many donors, and about how many gifts, are drafted together."""
Clock = Callable[[], datetime]


class UnableToPrepare(Exception):
    """The run cannot be prepared so; `words` say why to the person who pressed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def begin(*, entity_id: int, tax_year: int, actor: User, now: datetime) -> AnnualRun:
    """Order the rehearsal of a year. Raises UnableToPrepare while another run of the year is under way.

    This function will return the run; its job is found by the timetable.
    """
    entity = LegalEntity.objects.get(pk=entity_id)
    run = AnnualRun(entity=entity, tax_year=tax_year, requested_by=actor, requested_at=now)
    with transaction.atomic():
        LegalEntity.objects.select_for_update(no_key=True).get(pk=entity_id)
        under_way = AnnualRun.objects.filter(entity=entity, tax_year=tax_year).exclude(
            status__in=[AnnualRun.Status.DELIVERED, AnnualRun.Status.CANCELED]
        )
        if under_way.exists():
            raise UnableToPrepare(_("A run of this year is under way already."))
        run.save(force_insert=True)
        _order(run, actor=actor, now=now)
    return run


def again(*, run_id: uuid.UUID, actor: User, now: datetime) -> AnnualRun:
    """This function will order another rehearsal of a run. Raises UnableToPrepare once it is approved."""
    with transaction.atomic():
        run = AnnualRun.objects.select_for_update().get(pk=run_id)
        is_stuck = run.status == AnnualRun.Status.REHEARSING and (run.job is None or run.job.is_given_up)
        if run.status != AnnualRun.Status.REHEARSED and not is_stuck:
            raise UnableToPrepare(_("This run is not being prepared any more."))
        run.status = AnnualRun.Status.REHEARSING
        _order(run, actor=actor, now=now)
    return run


def cancel(*, run_id: uuid.UUID, actor: User, now: datetime) -> None:
    """This function will end a run nothing of which is issued. Raises UnableToPrepare when it is too late."""
    with transaction.atomic():
        run = AnnualRun.objects.select_for_update().get(pk=run_id)
        if run.status not in {
            AnnualRun.Status.REHEARSING,
            AnnualRun.Status.REHEARSED,
            AnnualRun.Status.APPROVED,
        }:
            raise UnableToPrepare(_("It is being issued: it can be paused, but what is issued stays."))
        if run.job_id is not None:
            working.cancel(job_id=run.job_id, now=now)
        run.status, run.ended_at = AnnualRun.Status.CANCELED, now
        run.save(update_fields=["status", "ended_at"])
        auditing.record(actor=actor, action="annual run canceled", target=f"annual_run:{run.pk}", now=now)


def _order(run: AnnualRun, *, actor: User, now: datetime) -> None:
    run.job = working.enqueue(kind=KIND, arguments={"run": str(run.pk)}, requested_by_id=actor.pk, now=now)
    # Whoever rehearsed it last does not approve it either.
    run.figures = {**run.figures, "rehearsed_by": actor.pk}
    run.save(update_fields=["job", "status", "figures"])
    auditing.record(
        actor=actor,
        action="annual run rehearsed",
        target=f"annual_run:{run.pk}",
        now=now,
        details={"entity": run.entity_id, "year": run.tax_year},
    )


def rehearse(job: Job, now: datetime, *, clock: Clock = timezone.now) -> dict[str, object]:
    """Rehearse the run of a job. Raises `jobs.running.JobCanceled`.

    This function will replace the items of the run, tell its figures and return how many donors there are.
    """
    run = AnnualRun.objects.select_related("entity").get(pk=job.arguments["run"])
    if run.status != AnnualRun.Status.REHEARSING:
        return {"donors": RunItem.objects.filter(run=run).count()}
    sketch = sketching.Sketch(run, taken_at=clock())
    total = surveying.count(of=sketch.year)
    for group in _groups(surveying.people(of=sketch.year)):
        working.report(job=job, done=sketch.count, total=total, now=clock())
        sketch.add(group)
    working.report(job=job, done=total, total=total, now=clock())
    sketch.write()
    return {"donors": sketch.count}


def _groups(people: Iterator[Person]) -> Iterator[list[Person]]:
    """Donors by the hundred, fewer where they gave more often: what is drafted together is in memory together."""
    group: list[Person] = []
    gifts = 0
    for person in people:
        if group and (len(group) >= TOGETHER or gifts + len(person[1]) > GIFTS_TOGETHER):
            yield group
            group, gifts = [], 0
        group.append(person)
        gifts += len(person[1])
    if group:
        yield group


def look_at(*, donor_id: uuid.UUID, entity: LegalEntity, tax_year: int, now: datetime) -> list[Found]:
    """This function will return everything there is to look at about one surviving donor, as the facts stand now."""
    year = surveying.year_of(entity=entity, tax_year=tax_year)
    found = list(noticing.find(of=year, donor_id=donor_id))
    waiting = surveying.open_gifts(donor_ids=[donor_id], of=year)[donor_id]
    if waiting:
        asked = sketching.ask(donor_id=donor_id, entity=entity, tax_year=tax_year, gifts=waiting)
        found += sketching.missing(drafting.draft_many(asks=[asked], now=now)[0])
    return found
