"""Today: the work that waits for a person, and what came in."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from donations import approving, dividing, guarding, holding
from donations.models import (
    Dispute,
    DisputeMovement,
    DisputeStep,
    Donation,
    FraudWarning,
    Refund,
    RefundRequest,
)
from donors.models import Message
from jobs.models import Heartbeat, Job
from ledger.models import LegalEntity
from ledger.money import Money
from payments import pointing
from payments.models import ProcessorEvent
from receipts.models import Obstacle, RenderingTrouble
from reports import filtering, listing, standing

SILENT_AFTER = timedelta(minutes=2)
ALARM_STAYS = timedelta(days=1)
WARNING_STAYS = timedelta(days=45)
"""A dispute after an early warning mostly comes within these days; then the suggestion has had its time."""
LISTED = 20


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a person must look at. `kind` names it; `donation` or `ref` says where to look."""

    kind: str
    at: datetime | None
    ref: str = ""
    words: str = ""
    amount: Money | None = None
    donation: uuid.UUID | None = None
    due_at: datetime | None = None
    days_left: int | None = None
    state: str = ""
    id: str = ""
    proposal: uuid.UUID | None = None
    plan: uuid.UUID | None = None
    elsewhere: str = ""
    """Where to act about it in the processor's own pages."""


@dataclass(frozen=True, slots=True)
class Work:
    """Tasks by kind, at most twenty of each; `count` is the whole number."""

    tasks: list[Task]
    count: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in on a day in one currency."""

    amount: Money
    count: int


def work(*, now: datetime) -> Work:
    """This function will return everything that needs a person, most urgent kinds first."""
    groups = [
        _beats(now),
        _disputes(now),
        _proposals(now),
        _warnings(now),
        _reviews(),
        _events(),
        _refunds(),
        _plans(now),
        _renderings(),
        _hindered(),
        _messages(),
        _jobs(),
    ]
    return Work([task for tasks, _ in groups for task in tasks], sum(count for _, count in groups))


_Group = tuple[list[Task], int]


def _beats(now: datetime) -> _Group:
    beats = {
        beat.name: beat for beat in Heartbeat.objects.filter(name__in=["worker", "selfcheck", guarding.ALARM])
    }
    tasks = []
    worker, check = beats.get("worker"), beats.get("selfcheck")
    if worker is None or now - worker.at > SILENT_AFTER:
        tasks.append(Task("worker_silent", worker.at if worker else None))
    if check is not None and check.report.get("broken"):
        words = "; ".join(str(finding) for finding in check.report["broken"][:5])
        tasks.append(Task("selfcheck_failed", check.at, words=words))
    alarm = beats.get(guarding.ALARM)
    if alarm is not None and now - alarm.at < ALARM_STAYS:
        tasks.append(Task("card_testing", alarm.at))
    return tasks, len(tasks)


def _disputes(now: datetime) -> _Group:
    """Disputes and inquiries that are not decided, and appeals; the nearest day to answer by first."""
    step = DisputeStep.objects.filter(dispute=OuterRef("pk")).order_by("-id")
    waiting = (
        Dispute.objects.annotate(
            state=Subquery(step.values("status")[:1]),
            answer_by=Coalesce(Subquery(step.values("due_at")[:1]), F("due_at")),
            has_moved=Exists(DisputeMovement.objects.filter(dispute=OuterRef("pk"))),
        )
        .filter(Q(closing__isnull=True) | Q(state__startswith="appeal_"))
        .select_related("donation")
    )
    tasks = []
    for dispute in waiting.order_by(F("answer_by").asc(nulls_last=True), "id")[:LISTED]:
        is_answered = (dispute.state or "").endswith("under_review")
        due_at = None if is_answered else dispute.answer_by
        tasks.append(
            Task(
                "dispute_open" if dispute.has_moved else "inquiry_open",
                dispute.opened_at,
                dispute.processor_ref,
                dispute.reason,
                Money(dispute.amount_minor, dispute.donation.currency),
                dispute.donation_id,
                due_at,
                days_left=(due_at - now).days if due_at else None,
                state=dispute.state or "",
                elsewhere=pointing.page_of(dispute.processor_ref),
            )
        )
    return tasks, _count(tasks, waiting)


def _proposals(now: datetime) -> _Group:
    """Refunds that wait for a second person, the oldest first."""
    waiting = RefundRequest.objects.filter(status=RefundRequest.Status.PROPOSED)
    tasks = []
    for proposal in waiting.select_related("requested_by").order_by("requested_at", "id")[:LISTED]:
        ends_at = proposal.requested_at + approving.EXPIRES_AFTER
        tasks.append(
            Task(
                "refund_proposed",
                proposal.requested_at,
                words=f"{proposal.requested_by.name}: {proposal.reason}",
                amount=proposal.amount,
                donation=proposal.donation_id,
                due_at=ends_at,
                days_left=(ends_at - now).days,
                proposal=proposal.pk,
            )
        )
    return tasks, _count(tasks, waiting)


def _warnings(now: datetime) -> _Group:
    """Early fraud warnings about gifts that a refund could still keep from being disputed."""
    gone = (
        Refund.objects.filter(donation=OuterRef("donation"), failure__isnull=True)
        .order_by()
        .values("donation")
        .annotate(sum=Sum("amount_minor"))
        .values("sum")
    )
    fresh = (
        FraudWarning.objects.filter(warned_at__gte=now - WARNING_STAYS)
        .annotate(gone=Coalesce(Subquery(gone), 0))
        .filter(gone__lt=F("donation__amount_minor"))
        .exclude(donation__disputes__isnull=False)
        .exclude(
            donation__refund_requests__status__in=dividing.HOLDING,
            donation__refund_requests__refund__isnull=True,
        )
        .select_related("donation")
    )
    tasks = [
        Task(
            "fraud_warning",
            warning.warned_at,
            warning.processor_ref,
            warning.kind.replace("_", " "),
            Money(warning.donation.amount_minor, warning.donation.currency),
            warning.donation_id,
        )
        for warning in fresh.order_by("-warned_at", "-id")[:LISTED]
    ]
    return tasks, _count(tasks, fresh)


def _reviews() -> _Group:
    waiting = holding.open_reviews().select_related("donation")
    tasks = [
        Task(
            "review_open",
            review.opened_at,
            review.processor_ref,
            review.reason,
            Money(review.donation.amount_minor, review.donation.currency),
            review.donation_id,
            elsewhere=pointing.page_of(review.processor_ref),
        )
        for review in waiting.order_by("opened_at", "id")[:LISTED]
    ]
    return tasks, _count(tasks, waiting)


def _events() -> _Group:
    parked = ProcessorEvent.objects.filter(status=ProcessorEvent.Status.PARKED)
    tasks = [
        Task(
            "event_parked",
            event.received_at,
            event.object_ref,
            f"{event.kind}: {event.reason}",
            id=str(event.pk),
        )
        for event in parked.order_by("-received_at", "-id")[:LISTED]
    ]
    return tasks, _count(tasks, parked)


def _refunds() -> _Group:
    failed = RefundRequest.objects.filter(status=RefundRequest.Status.FAILED)
    tasks = [
        Task("refund_failed", request.ended_at, "", request.answer, request.amount, request.donation_id)
        for request in failed.order_by("-ended_at", "-id")[:LISTED]
    ]
    return tasks, _count(tasks, failed)


def _plans(now: datetime) -> _Group:
    """Standing gifts that fail, and those a failing card ended: somebody may want to call."""
    failing, given_up = standing.failing(), standing.given_up(now=now)
    tasks = [
        Task("plan_failing", plan.mirrored_at, amount=plan.amount, plan=plan.pk) for plan in failing[:LISTED]
    ]
    lost = [
        Task("plan_given_up", plan.ended_at, amount=plan.amount, plan=plan.pk) for plan in given_up[:LISTED]
    ]
    return lost + tasks, _count(lost, given_up) + _count(tasks, failing)


def _renderings() -> _Group:
    troubles = RenderingTrouble.objects.filter(receipt__rendering__isnull=True).select_related("receipt")
    tasks = [
        Task("rendering_trouble", trouble.receipt.issued_at, trouble.receipt.serial, trouble.words)
        for trouble in troubles.order_by("-receipt__issued_at", "-id")[:LISTED]
    ]
    return tasks, _count(tasks, troubles)


def _hindered() -> _Group:
    """Gifts that get no receipt before a person has mended something."""
    obstacles = Obstacle.objects.select_related("donation")
    tasks = [
        Task(
            "receipt_hindered",
            one.noticed_at,
            one.code,
            one.words,
            amount=one.donation.amount,
            donation=one.donation_id,
        )
        for one in obstacles.order_by("noticed_at", "id")[:LISTED]
    ]
    return tasks, _count(tasks, obstacles)


def _messages() -> _Group:
    refused = Message.objects.filter(status=Message.Status.REFUSED)
    tasks = [
        Task(
            "message_refused",
            message.send_after,
            message.get_kind_display(),
            message.error,
            id=str(message.pk),
        )
        for message in refused.order_by("-queued_at", "-id")[:LISTED]
    ]
    return tasks, _count(tasks, refused)


def _jobs() -> _Group:
    failed = Job.objects.filter(status=Job.Status.FAILED)
    tasks = [
        Task("job_failed", job.ended_at, job.kind, job.error)
        for job in failed.order_by("-ended_at", "-id")[:LISTED]
    ]
    return tasks, _count(tasks, failed)


def _count(tasks: list[Task], everything: QuerySet[Any]) -> int:
    """The whole number is asked for only when the list was cut."""
    return len(tasks) if len(tasks) < LISTED else everything.count()


def checked_at() -> datetime | None:
    """This function will return when the self-check last ran."""
    return Heartbeat.objects.filter(name="selfcheck").values_list("at", flat=True).first()


def local_day(*, now: datetime) -> date:
    """This function will return the day it is for the first legal entity."""
    entity = LegalEntity.objects.order_by("id").first()
    return now.astimezone(ZoneInfo(entity.zone if entity else "UTC")).date()


def sums(*, day: date) -> list[Taken]:
    """This function will return count and sum of the gifts of a day, by currency."""
    rows = (
        Donation.objects.filter(given_on=day, given_at__gte=_midnight(day) - timedelta(days=1))
        .values("currency")
        .annotate(count=Count("id"), minor=Sum("amount_minor"))
        .order_by("currency")
    )
    return [Taken(Money(row["minor"], row["currency"]), row["count"]) for row in rows]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC"))


def newest(*, language: str) -> list[listing.Row]:
    """This function will return the ten newest gifts."""
    return listing.page(filters=filtering.Filters(), language=language, size=10).rows
