"""Approving a year's receipts: a second person, when nothing is open and nothing has changed since the rehearsal."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jobs import running as working
from receipts import running, surveying
from receipts.models import AnnualRun, RunException, RunItem
from staff import auditing
from staff.models import User

Why = tuple[str, tuple[str, ...]]
"""Why a run cannot be approved: a code, and what it is about."""


class UnableToApprove(Exception):
    """The run cannot be approved; `words` say why to the person who pressed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def hindrances(*, run: AnnualRun) -> Sequence[Why]:
    """What keeps a rehearsed run from being approved by anybody: open exceptions, blocked donors, a difference to the
    books, facts that changed since.

    This function will return the codes `open`, `blocked`, `difference`, `changed` (with the parts of
    `surveying.MARKED`) and `nothing`; none when the run may be approved.
    """
    found: list[Why] = []
    items = RunItem.objects.filter(run=run)
    if RunException.objects.filter(item__run=run, state=RunException.State.OPEN).exists():
        found.append(("open", ()))
    if items.filter(status=RunItem.Status.BLOCKED).exists():
        found.append(("blocked", ()))
    if any(told["difference"] for told in run.figures.get("bridge", {}).get("currencies", ())):
        found.append(("difference", ()))
    if changed := changes(run=run):
        found.append(("changed", changed))
    if not items.filter(status=RunItem.Status.READY).exists():
        found.append(("nothing", ()))
    return found


def changes(*, run: AnnualRun) -> tuple[str, ...]:
    """This function will return which parts of `surveying.MARKED` differ from what was rehearsed."""
    before = run.figures.get("mark", {})
    year = surveying.year_of(entity=run.entity, tax_year=run.tax_year)
    now = surveying.mark(of=year, run_id=run.pk)
    return tuple(part for part in surveying.MARKED if before.get(part) != now[part])


def is_own(*, run: AnnualRun, actor: User) -> bool:
    """This function will say whether somebody prepared the run and so may not approve it."""
    return actor.pk in {run.requested_by_id, run.figures.get("rehearsed_by")}


def approve(*, run_id: uuid.UUID, actor: User, now: datetime) -> AnnualRun:
    """Let a rehearsed run be issued, by somebody who did not prepare it; the day on its receipts is fixed here.

    Raises UnableToApprove. This function will order the work and return the approved run.
    """
    with transaction.atomic():
        run = AnnualRun.objects.select_for_update(of=("self",)).select_related("entity").get(pk=run_id)
        if run.status != AnnualRun.Status.REHEARSED:
            raise UnableToApprove(_("This run is not waiting for approval."))
        if is_own(run=run, actor=actor):
            raise UnableToApprove(_("You prepared this run, so somebody else must approve it."))
        if hindrances(run=run):
            raise UnableToApprove(
                _("Something is open or has changed since the rehearsal. Please look again.")
            )
        run.status = AnnualRun.Status.APPROVED
        run.approved_by, run.approved_at = actor, now
        run.issue_on = run.entity.day_of(now)
        run.job = working.enqueue(
            kind=running.KIND, arguments={"run": str(run.pk)}, requested_by_id=actor.pk, now=now
        )
        run.save(update_fields=["status", "approved_by", "approved_at", "issue_on", "job"])
        auditing.record(
            actor=actor,
            action="annual run approved",
            target=f"annual_run:{run.pk}",
            now=now,
            details={"issue_on": run.issue_on.isoformat()},
        )
    return run
