"""Excepting: what a person decides about the exceptions of a rehearsed run.

Solved is what the facts no longer show: they are asked again, nothing is merely ticked. Left out is a gift, or a whole
donor, with a reason. Noted is what only has to be known. Every decision can be taken back while the run is being
prepared, and stands in the audit trail.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from receipts import noticing, rehearsing
from receipts.models import AnnualRun, RunException
from staff import auditing
from staff.models import User


class UnableToDecide(Exception):
    """The exception cannot be decided so; `words` say why to the person who pressed."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def _open(exception_id: int) -> RunException:
    """The exception and its run, held until the decision is written. Raises UnableToDecide when it is too late."""
    found = RunException.objects.select_related("item__run__entity", "item__donor").get(pk=exception_id)
    run = AnnualRun.objects.select_for_update().get(pk=found.item.run_id)
    if run.status != AnnualRun.Status.REHEARSED:
        raise UnableToDecide(_("This run is not being prepared any more."))
    return found


def _decide(found: RunException, *, state: str, reason: str, actor: User, now: datetime) -> None:
    found.state, found.reason = state, reason
    found.decided_by, found.decided_at = actor, now
    found.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    auditing.record(
        actor=actor,
        action=f"run exception {state}",
        target=f"annual_run:{found.item.run_id}",
        now=now,
        details={"code": found.code, "exception": found.pk, "reason": reason},
    )


def solve(*, exception_id: int, actor: User, now: datetime) -> None:
    """Ask the facts again; what is still so stays open. Raises UnableToDecide then.

    This function will mark as solved what the facts no longer show.
    """
    with transaction.atomic():
        found = _open(exception_id)
        run = found.item.run
        seen = rehearsing.look_at(
            donor_id=found.item.donor_id, entity=run.entity, tax_year=run.tax_year, now=now
        )
        if any((one.code, one.donation_id) == (found.code, found.donation_id) for one in seen):
            raise UnableToDecide(_("It is still so. Please mend it first, or leave it out with a reason."))
        _decide(found, state=RunException.State.SOLVED, reason="", actor=actor, now=now)


def leave_out(*, exception_id: int, reason: str, actor: User, now: datetime) -> None:
    """Leave a gift out of the run, or the whole donor where the exception is about no single gift.

    When the run is issued such a gift gets no receipt, with this reason. Raises UnableToDecide without one. This
    function will write the decision; the run has to be rehearsed again before it can be approved.
    """
    words = " ".join(reason.split())[:200]
    if not words:
        raise UnableToDecide(_("Please write a reason."))
    with transaction.atomic():
        _decide(
            _open(exception_id),
            state=RunException.State.LEFT_OUT,
            reason=words,
            actor=actor,
            now=now,
        )


def open_again(*, exception_id: int, actor: User, now: datetime) -> None:
    """This function will take a decision back: the exception is open again."""
    with transaction.atomic():
        _decide(_open(exception_id), state=RunException.State.OPEN, reason="", actor=actor, now=now)


def note(*, run_id: uuid.UUID, code: str, actor: User, now: datetime) -> int:
    """Note every open exception of a kind that only has to be known; all such kinds for an empty `code`.

    This function will return how many were noted.
    """
    with transaction.atomic():
        run = AnnualRun.objects.select_for_update().get(pk=run_id)
        if run.status != AnnualRun.Status.REHEARSED:
            raise UnableToDecide(_("This run is not being prepared any more."))
        if code and code not in noticing.TO_KNOW:
            raise UnableToDecide(_("It is still so. Please mend it first, or leave it out with a reason."))
        codes = [code] if code else list(noticing.TO_KNOW)
        noted = RunException.objects.filter(item__run=run, code__in=codes, state=RunException.State.OPEN)
        count = noted.update(state=RunException.State.NOTED, decided_by=actor, decided_at=now)
        if count:
            details: dict[str, object] = {"codes": codes, "count": count}
            auditing.record(
                actor=actor,
                action="run exceptions noted",
                target=f"annual_run:{run.pk}",
                now=now,
                details=details,
            )
    return count
