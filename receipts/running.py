"""Running: an approved year is issued in small steps, drawn and sent on its way, whatever dies meanwhile.

A step takes the next donors in the order of their positions, holds their gifts, reads the facts again, and writes
numbers, receipts and ways in one transaction: after a kill the next worker goes on with the donor after the last
committed one, so numbers follow positions and nobody is taken twice. What one donor lacks is written into their item
and stops nobody else.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from donations import retrying
from jobs import running as working
from jobs.models import Job
from receipts import (
    delivering,
    drafting,
    finishing,
    handing_over,
    issuing,
    mailing,
    marking,
    sketching,
    surveying,
    writing,
)
from receipts.drafting import Ask, Draft
from receipts.models import AnnualRun, Exclusion, Receipt, RunException, RunItem
from staff import auditing
from staff.models import User

logger = logging.getLogger(__name__)

KIND = "annual_run"
TOGETHER, GIFTS_TOGETHER = 150, 1_500
"""How many donors, and about how many gifts, one transaction takes: each gift is a lock."""
Clock = Callable[[], datetime]
Status, Stage = RunItem.Status, AnnualRun.Status
UNDER_WAY = (Stage.APPROVED, Stage.ISSUING, Stage.ISSUED)
_HOUSE = (OperationalError, InterfaceError, marking.MarksUnusable, marking.NumbersLost)
"""Troubles of the house, not of one donor: the whole run waits."""


class LaneTaken(Exception):
    """Another worker is at this run; the job is tried again later."""


class UnableToSteer(Exception):
    """The run cannot be paused or resumed now; `words` say why to the person who pressed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def run(job: Job, now: datetime, *, clock: Clock = timezone.now) -> dict[str, object]:
    """Issue, draw and send what is left of the run of a job. Raises `jobs.running.JobCanceled` and LaneTaken.

    This function will return where the run stands then; a paused one ends the job.
    """
    pk = uuid.UUID(str(job.arguments["run"]))
    with _lane(pk):
        _start(pk, now=clock())
        tell = _Teller(job, pk, clock)
        tell()
        while step(run_id=pk, now=clock()):
            tell()
        _advance(pk, Stage.ISSUING, Stage.ISSUED, now=clock())
        if AnnualRun.objects.get(pk=pk).status == Stage.ISSUED:
            while finishing.finish_some(now=clock())[0]:
                tell()
            _send(pk, job, now=clock())
            _advance(pk, Stage.ISSUED, Stage.DELIVERED, now=clock())
            tell()
    return {"stands": AnnualRun.objects.get(pk=pk).status, "issued": Receipt.objects.filter(run=pk).count()}


def _start(run_id: uuid.UUID, *, now: datetime) -> None:
    """What was left out by a person's word gets no receipt until somebody takes that word back."""
    with transaction.atomic():
        year = AnnualRun.objects.select_for_update(of=("self",)).select_related("entity").get(pk=run_id)
        if year.status != Stage.APPROVED:
            return
        for one in RunException.objects.filter(
            item__run=year, state=RunException.State.LEFT_OUT
        ).select_related("item"):
            for donation_id in _left_out(year, one):
                issuing.exclude(
                    donation_id=donation_id,
                    reason=Exclusion.Reason.BY_STAFF,
                    words=one.reason,
                    actor_id=one.decided_by_id,
                    now=now,
                )
        year.status = Stage.ISSUING
        year.save(update_fields=["status"])


def _left_out(run: AnnualRun, one: RunException) -> list[uuid.UUID]:
    year = surveying.year_of(entity=run.entity, tax_year=run.tax_year)
    donor_id = one.item.donor_id
    gifts = surveying.open_gifts(donor_ids=[donor_id], of=year, recorded_until=run.taken_at)[donor_id]
    return [gift for gift in gifts if one.donation_id in {None, gift}]


def _send(run_id: uuid.UUID, job: Job, *, now: datetime) -> None:
    """Mails leave by the outbox as files are made; here go the printer's file and who needs no receipt of the year."""
    year = AnnualRun.objects.select_related("entity").get(pk=run_id)
    handing_over.hand_over(run=year, job_id=job.pk, requested_by=None, now=now)
    receipted = RunItem.objects.filter(run=year, status=Status.NOTHING, figures__codes__has_key="receipted")
    for donors in _by_the_thousand(list(receipted.order_by("position").values_list("donor_id", flat=True))):
        mailing.send_summaries(donor_ids=donors, entity=year.entity, tax_year=year.tax_year, now=now)


def _by_the_thousand(donors: list[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    for begin in range(0, len(donors), 1_000):
        yield donors[begin : begin + 1_000]


class _Teller:
    """Tells how far a run is: each donor counts when numbered and again when drawn."""

    def __init__(self, job: Job, run_id: uuid.UUID, clock: Clock) -> None:
        self.job, self.run_id, self.clock = job, run_id, clock
        self.items = RunItem.objects.filter(run=run_id)

    def __call__(self) -> None:
        left = self.items.filter(status=Status.READY).count()
        issued = self.items.filter(status=Status.ISSUED).count()
        drawn = self.items.filter(receipt__rendering__isnull=False).count()
        working.report(job=self.job, done=issued + drawn, total=2 * (issued + left), now=self.clock())


@contextmanager
def _lane(run_id: uuid.UUID) -> Iterator[None]:
    """One worker for each run. The lock belongs to the connection, so it ends with a worker that dies."""
    key = f"annual run {run_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 7210011))", [key])
        if not cursor.fetchone()[0]:
            raise LaneTaken(key)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7210011))", [key])


def _advance(run_id: uuid.UUID, before: AnnualRun.Status, after: AnnualRun.Status, *, now: datetime) -> None:
    ended = {"ended_at": now} if after == Stage.DELIVERED else {}
    AnnualRun.objects.filter(pk=run_id, status=before).update(status=after, **ended)


def step(*, run_id: uuid.UUID, now: datetime) -> bool:
    """Issue the receipts of the next donors in one transaction; where that fails, of each by itself.

    This function will return False when the run is paused or nobody is left.
    """
    try:
        return retrying.again(lambda: _step(run_id, now=now, most=TOGETHER))
    except _HOUSE:
        raise
    except Exception:
        logger.exception("receipts of run %s could not be issued together: each by itself", run_id)
    return _one_by_one(run_id, now=now)


def _one_by_one(run_id: uuid.UUID, *, now: datetime) -> bool:
    went_on = False
    for item in _next(run_id, most=TOGETHER):
        try:
            went_on = retrying.again(lambda: _step(run_id, now=now, most=1))
        except _HOUSE:
            raise
        except Exception as error:
            logger.exception("the receipt of item %s could not be issued", item.pk)
            words = _("It could not be issued (%(error)s).") % {"error": type(error).__name__}
            waiting = RunItem.objects.filter(pk=item.pk, status=Status.READY)
            went_on = bool(waiting.update(status=Status.BLOCKED, words=words[:300]))
        if not went_on:
            return False
    return went_on


def _next(run_id: uuid.UUID, *, most: int) -> list[RunItem]:
    """The next donors in the order of positions, fewer where they gave more often, at least one."""
    ready = RunItem.objects.filter(run=run_id, status=Status.READY).order_by("position")[:most]
    chosen: list[RunItem] = []
    gifts = 0
    for item in ready:
        gifts += item.line_count
        if chosen and gifts > GIFTS_TOGETHER:
            break
        chosen.append(item)
    return chosen


def _step(run_id: uuid.UUID, *, now: datetime, most: int) -> bool:
    with transaction.atomic():
        # Held until the end: a pause waits for this step, and no second worker issues beside it.
        year = AnnualRun.objects.select_for_update(of=("self",), no_key=True).select_related("entity")
        held = year.get(pk=run_id)
        items = _next(run_id, most=most) if held.status == Stage.ISSUING else []
        if items:
            _issue(held, items, now=now)
    return bool(items)


def _issue(run: AnnualRun, items: Sequence[RunItem], *, now: datetime) -> None:
    drafts = drafting.draft_many(asks=_asks(run, items), now=now, is_locking=True)
    ready: list[tuple[RunItem, Draft]] = []
    for item, draft in zip(items, drafts, strict=True):
        if draft.is_ready:
            ready.append((item, draft))
        elif draft.obstacles:
            item.status, item.words = Status.BLOCKED, _obstacles(draft)
        else:
            item.status, item.words = Status.NOTHING, _nothing(draft)
    if ready:
        # Drafted under the locks of this transaction, so nothing has to be asked again.
        drafted = [draft for _item, draft in ready]
        issued = writing.write(drafts=drafted, run=run, issued_on=run.issue_on, now=now)
        delivering.plan(receipts=issued, now=now)
        for (item, _draft), receipt in zip(ready, issued, strict=True):
            item.status, item.receipt = Status.ISSUED, receipt
    RunItem.objects.bulk_update(items, ["status", "words", "receipt"])


def _asks(run: AnnualRun, items: Sequence[RunItem]) -> list[Ask]:
    """What was rehearsed and still waits, held from here on: refunds and decisions about these gifts take turns.

    A gift that came into the books after the rehearsal has been approved by nobody and waits.
    """
    year = surveying.year_of(entity=run.entity, tax_year=run.tax_year)
    donors = [item.donor_id for item in items]
    out = set(
        RunException.objects.filter(
            item__in=items, state=RunException.State.LEFT_OUT, donation__isnull=False
        ).values_list("donation_id", flat=True)
    )

    def waiting() -> dict[uuid.UUID, list[uuid.UUID]]:
        found = surveying.open_gifts(donor_ids=donors, of=year, recorded_until=run.taken_at)
        return {donor_id: [one for one in gifts if one not in out] for donor_id, gifts in found.items()}

    _hold(sorted(one for gifts in waiting().values() for one in gifts))
    # Asked again now that nothing can change about them: what was decided meanwhile is no longer there.
    gifts = waiting()
    return [
        sketching.ask(
            donor_id=item.donor_id,
            entity=run.entity,
            tax_year=run.tax_year,
            gifts=gifts[item.donor_id],
            issued_on=run.issue_on,
        )
        for item in items
    ]


def _hold(gifts: Sequence[uuid.UUID]) -> None:
    """The lock of `donations.refunding`, for many gifts in one order that everybody keeps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(id::text, 7210002))"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS held(id, place)",
            [list(gifts)],
        )


def _obstacles(draft: Draft) -> str:
    return "; ".join(dict.fromkeys(one.words for one in draft.obstacles))[:300]


def _nothing(draft: Draft) -> str:
    return ",".join(sorted({f"excluded:{one.reason}" for one in draft.exclusions}) or ["gone"])[:300]


def pause(*, run_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Stop a run after the step it is at; what is issued stays. Raises UnableToSteer.

    This function will leave the rest for `resume`.
    """
    with transaction.atomic():
        year = AnnualRun.objects.select_for_update().get(pk=run_id)
        if year.status != Stage.ISSUING:
            raise UnableToSteer(_("This run is not issuing at the moment."))
        year.status = Stage.PAUSED
        year.save(update_fields=["status"])
        auditing.record(actor=actor, action="annual run paused", target=f"annual_run:{run_id}", now=now)


def resume(*, run_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Let a paused run go on, or one whose work was given up. Raises UnableToSteer.

    This function will order the rest of the work.
    """
    with transaction.atomic():
        year = AnnualRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run_id)
        is_given_up = year.job is not None and year.job.is_given_up
        if year.status != Stage.PAUSED and not (year.status in UNDER_WAY and is_given_up):
            raise UnableToSteer(_("This run does not wait to be resumed."))
        if year.status == Stage.PAUSED:
            year.status = Stage.ISSUING
        year.job = working.enqueue(
            kind=KIND, arguments={"run": str(run_id)}, requested_by_id=actor.pk, now=now
        )
        year.save(update_fields=["status", "job"])
        auditing.record(actor=actor, action="annual run resumed", target=f"annual_run:{run_id}", now=now)
