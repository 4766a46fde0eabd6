"""Today: the work that waits for a person, and what came in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from donations import approving, dividing, guarding, holding, pausing, troubling
from donations.models import (
    Dispute,
    DisputeMovement,
    DisputeStep,
    Donation,
    FraudWarning,
    Refund,
    RefundRequest,
)
from jobs.models import Heartbeat, Job
from ledger.models import LegalEntity
from ledger.money import Money
from payments import pointing
from payments.models import ProcessorEvent
from reports import (
    awaiting_seconds,
    bank_lines,
    batch_tasks,
    deposit_tasks,
    filtering,
    listing,
    paper_tasks,
    standing,
)
from reports.tasks_of_people import LISTED, Group, Task, Work, count

SILENT_AFTER = timedelta(minutes=2)
ALARM_STAYS = timedelta(days=1)
WARNING_STAYS = timedelta(days=45)
"""A dispute after an early warning mostly comes within these days; then the suggestion has had its time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came in on a day in one currency."""

    amount: Money
    count: int
    entity: str = ""
    """Which body took it in, where there are several; `code` is its code and `day` its own day."""
    code: str = ""
    day: date | None = None


def work(*, now: datetime) -> Work:
    """This function will return everything that needs a person, most urgent kinds first."""
    groups = [
        _beats(now),
        paper_tasks.numbers(),
        _disputes(now),
        _proposals(now),
        paper_tasks.runs(),
        batch_tasks.overrides(),
        awaiting_seconds.exports(now=now),
        awaiting_seconds.transfers(),
        _warnings(now),
        _reviews(),
        deposit_tasks.payouts(),
        deposit_tasks.reports(),
        _events(),
        _refunds(),
        batch_tasks.givers(),
        _plans(now),
        bank_lines.waiting(now=now),
        paper_tasks.filings(now),
        paper_tasks.renderings(),
        paper_tasks.hindered(),
        paper_tasks.messages(),
        paper_tasks.mailboxes(),
        paper_tasks.letters(),
        _jobs(),
    ]
    return Work([task for tasks, _ in groups for task in tasks], sum(count for _, count in groups))


def _beats(now: datetime) -> Group:
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


def _disputes(now: datetime) -> Group:
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
    return tasks, count(tasks, waiting)


def _proposals(now: datetime) -> Group:
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
    return tasks, count(tasks, waiting)


def _warnings(now: datetime) -> Group:
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
    return tasks, count(tasks, fresh)


def _reviews() -> Group:
    waiting = holding.open_reviews().exclude(reason=pausing.REASON).select_related("donation")
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
    return tasks, count(tasks, waiting)


def _events() -> Group:
    # A payout that does not fit is told once, with what was found, and not by each of its notices.
    told = troubling.waiting().values("ref")
    parked = ProcessorEvent.objects.filter(status=ProcessorEvent.Status.PARKED).exclude(
        kind__startswith="payout.", object_ref__in=told
    )
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
    return tasks, count(tasks, parked)


def _refunds() -> Group:
    failed = RefundRequest.objects.filter(status=RefundRequest.Status.FAILED)
    tasks = [
        Task("refund_failed", request.ended_at, "", request.answer, request.amount, request.donation_id)
        for request in failed.order_by("-ended_at", "-id")[:LISTED]
    ]
    return tasks, count(tasks, failed)


def _plans(now: datetime) -> Group:
    """Standing gifts that fail, and those a failing card ended: somebody may want to call."""
    failing, given_up = standing.failing(), standing.given_up(now=now)
    tasks = [
        Task("plan_failing", plan.mirrored_at, amount=plan.amount, plan=plan.pk) for plan in failing[:LISTED]
    ]
    lost = [
        Task("plan_given_up", plan.ended_at, amount=plan.amount, plan=plan.pk) for plan in given_up[:LISTED]
    ]
    return lost + tasks, count(lost, given_up) + count(tasks, failing)


def _jobs() -> Group:
    failed = Job.objects.filter(status=Job.Status.FAILED)
    tasks = [
        Task("job_failed", job.ended_at, job.kind, job.error)
        for job in failed.order_by("-ended_at", "-id")[:LISTED]
    ]
    return tasks, count(tasks, failed)


def checked_at() -> datetime | None:
    """This function will return when the self-check last ran."""
    return Heartbeat.objects.filter(name="selfcheck").values_list("at", flat=True).first()


def local_day(*, now: datetime) -> date:
    """This function will return the day it is for the first legal entity."""
    entity = LegalEntity.objects.order_by("id").first()
    return now.astimezone(ZoneInfo(entity.zone if entity else "UTC")).date()


def sums(*, now: datetime) -> list[Taken]:
    """Gifts of today by body and currency; each body's day is that of its own clock.

    This function will return count and sum; the body is named where there are several.
    """
    bodies = list(LegalEntity.objects.order_by("id"))
    days = {body.pk: body.day_of(now) for body in bodies}
    asked = Q(pk__in=[])
    for pk, day in days.items():
        asked |= Q(entity=pk, given_on=day, given_at__gte=_midnight(day) - timedelta(days=1))
    rows = (
        Donation.objects.filter(asked)
        .values("entity", "currency")
        .annotate(count=Count("id"), minor=Sum("amount_minor"))
        .order_by("entity", "currency")
    )
    known = {body.pk: body for body in bodies}
    has_several = len(bodies) > 1
    return [
        Taken(
            Money(row["minor"], row["currency"]),
            row["count"],
            entity=known[row["entity"]].legal_name if has_several else "",
            code=known[row["entity"]].code if has_several else "",
            day=days[row["entity"]],
        )
        for row in rows
    ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC"))


def newest(*, language: str) -> list[listing.Row]:
    """This function will return the ten newest gifts."""
    return listing.page(filters=filtering.Filters(), language=language, size=10).rows
