"""Letting out: a list that names many givers leaves the house only when two people want it (T41).

One person asks and says why; another, who may approve, says yes. Then the one who asked has the file made: encrypted,
marked in every row, taken once, within fifteen minutes. Its password is shown once, to the one who said yes, and goes
by voice. Every step is an audit event, and the people who watch over the house are told of it by mail.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from books import telling_exports
from books.models import ExportRequest
from donors import refusing
from jobs.models import Job
from staff import auditing
from staff.models import User

Status = ExportRequest.Status
WAITS = timedelta(days=7)
"""How long a request waits for a second person."""
HOLDS = timedelta(hours=24)
"""How long an approval may be used."""
LINK_LASTS = timedelta(minutes=15)


class UnableToLetOut(Exception):
    """It cannot be so; `words` say why to the person who pressed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def ask(
    *,
    request_id: uuid.UUID,
    listing: str,
    form: str,
    filters: Mapping[str, str],
    columns: Sequence[str],
    language: str,
    row_count: int,
    reason: str,
    actor: User,
    now: datetime,
) -> ExportRequest:
    """Ask for a list of many givers. Raises UnableToLetOut without a reason, or for one that names a resident number.

    This function will return the request; asking again with the same `request_id` finds the first one.
    """
    if not reason.strip():
        raise UnableToLetOut("reason", _("Please say what the list is for."))
    if refusing.is_held_by(reason):
        raise UnableToLetOut("resident_number", _("A resident number is never kept here. Leave it out."))
    with transaction.atomic():
        made, is_new = ExportRequest.objects.get_or_create(
            pk=request_id,
            defaults={
                "listing": listing,
                "format": form,
                "filters": dict(filters),
                "columns": list(columns),
                "language": language,
                "row_count": row_count,
                "reason": reason.strip()[:300],
                "asked_by": actor,
                "asked_at": now,
            },
        )
        if is_new:
            _write_down(made, actor, "ask for export", now)
            telling_exports.asked(request=made, now=now)
    return made


def approve(*, request_id: uuid.UUID, actor: User, now: datetime) -> ExportRequest:
    """Say yes to somebody else's request. Raises UnableToLetOut for one's own, a decided or an old one.

    This function will return the request; whoever approved it is shown the password on the answering page, once.
    """
    return _decide(request_id=request_id, to=Status.APPROVED, actor=actor, action="approve export", now=now)


def decline(*, request_id: uuid.UUID, actor: User, now: datetime) -> ExportRequest:
    """Say no, or take one's own request back. Raises UnableToLetOut. This function will return the request."""
    with transaction.atomic():
        found = _locked(request_id)
        if found.asked_by_id == actor.pk:
            if not ExportRequest.advance(pk=found.pk, to=Status.EXPIRED):
                raise _decided()
            _write_down(found, actor, "withdraw export", now)
            found.refresh_from_db()
            return found
    return _decide(request_id=request_id, to=Status.DECLINED, actor=actor, action="decline export", now=now)


def _decide(
    *, request_id: uuid.UUID, to: ExportRequest.Status, actor: User, action: str, now: datetime
) -> ExportRequest:
    with transaction.atomic():
        found = _locked(request_id)
        if found.status != Status.ASKED:
            raise _decided()
        if found.asked_by_id == actor.pk:
            raise UnableToLetOut("self", _("Somebody else must decide about what you asked for."))
        if found.asked_at + WAITS <= now:
            raise UnableToLetOut("expired", _("This request is older than 7 days; please ask again."))
        ExportRequest.advance(pk=found.pk, to=to, decided_by=actor, decided_at=now)
        found.refresh_from_db()
        _write_down(found, actor, action, now)
        telling_exports.decided(request=found, now=now)
    return found


def _locked(request_id: uuid.UUID) -> ExportRequest:
    return ExportRequest.objects.select_for_update().get(pk=request_id)


def _decided() -> UnableToLetOut:
    return UnableToLetOut("decided", _("This has been decided already."))


def usable(*, request_id: uuid.UUID, actor: User, now: datetime) -> ExportRequest:
    """The approved request of the person who asked, locked. Raises UnableToLetOut for any other.

    This function will return it; call it inside a transaction.
    """
    found = _locked(request_id)
    if found.asked_by_id != actor.pk:
        raise UnableToLetOut("other", _("Only the person who asked can take the file."))
    if found.status != Status.APPROVED or found.decided_at is None:
        raise UnableToLetOut("state", _("There is nothing to take: ask again."))
    if found.decided_at + HOLDS <= now:
        raise UnableToLetOut("expired", _("The approval held for 24 hours; please ask again."))
    return found


def begin(*, request: ExportRequest, job: Job) -> None:
    """This function will tie the job that makes the file to its request."""
    ExportRequest.objects.filter(pk=request.pk, job__isnull=True).update(job=job)


def open_link(*, request_id: uuid.UUID, now: datetime) -> None:
    """This function will begin the fifteen minutes in which the finished file can be taken, and tell who asked."""
    with transaction.atomic():
        opened = ExportRequest.objects.filter(
            pk=request_id, status=Status.APPROVED, link_ends_at__isnull=True
        ).update(link_ends_at=now + LINK_LASTS)
        if opened:
            telling_exports.made(request=ExportRequest.objects.get(pk=request_id), now=now)


def take(*, request_id: uuid.UUID, actor: User, now: datetime) -> ExportRequest:
    """Use the link, which works once. Raises UnableToLetOut when it is not there, over, used or another's.

    This function will return the request, taken; the alarm has gone out then.
    """
    with transaction.atomic():
        found = usable(request_id=request_id, actor=actor, now=now)
        if found.link_ends_at is None:
            raise UnableToLetOut("unmade", _("The file is not made yet."))
        if found.link_ends_at <= now:
            raise UnableToLetOut("over", _("The 15 minutes are over; please ask again."))
        ExportRequest.advance(pk=found.pk, to=Status.TAKEN, taken_at=now)
        found.refresh_from_db()
        _write_down(found, actor, "take export", now)
        telling_exports.taken(request=found, now=now)
    return found


def expire_due(*, now: datetime) -> int:
    """This function will end requests nobody decided about, approvals nobody used and links nobody pressed."""
    waiting = ExportRequest.objects.filter(status=Status.ASKED, asked_at__lte=now - WAITS)
    unused = ExportRequest.objects.filter(status=Status.APPROVED, decided_at__lte=now - HOLDS)
    unpressed = ExportRequest.objects.filter(status=Status.APPROVED, link_ends_at__lte=now)
    count = 0
    for pk in (waiting | unused | unpressed).order_by("asked_at", "id").values_list("pk", flat=True)[:100]:
        with transaction.atomic():
            if ExportRequest.advance(pk=pk, to=Status.EXPIRED):
                auditing.record(actor="timetable", action="expire export", target=f"export:{pk}", now=now)
                count += 1
    return count


def _write_down(request: ExportRequest, actor: User, action: str, now: datetime) -> None:
    details: dict[str, object] = {
        "list": request.listing,
        "rows": request.row_count,
        "columns": list(request.columns),
        # Which words it was narrowed by, not what was typed: that may be a giver's name.
        "filters": sorted(request.filters),
    }
    if action == "ask for export":
        details["reason"] = request.reason
    auditing.record(actor=actor, action=action, target=f"export:{request.pk}", now=now, details=details)
