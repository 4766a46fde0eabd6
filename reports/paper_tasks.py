"""Paper tasks: receipts, letters and filings that wait for a person."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from donors import withholding
from donors.models import Donor, Message
from receipts import marking, posting_letters, restoring
from receipts.models import AnnualRun, Obstacle, RenderingTrouble, RunException, RunItem
from reports import filings as tax_filings
from reports.tasks_of_people import LISTED, Group, Task, count


def numbers() -> Group:
    """A backup was put back, and papers bear numbers it does not know: the runbook says what to do."""
    try:
        lost = restoring.lost()
    except marking.MarksUnusable as error:
        return [Task("marks_unusable", None, words=str(error))], 1
    tasks = [
        Task(
            "numbers_lost",
            None,
            f"{loss.entity_code} {loss.tax_year}",
            f"{loss.first:06d} – {loss.last:06d}: manage.py restore_numbers",
        )
        for loss in lost
    ]
    return tasks, len(tasks)


def filings(now: datetime) -> Group:
    """What a tax office expects."""
    tasks = [
        Task(
            one.kind,
            None,
            words=f"{one.year}: {one.count}" if one.year else str(one.count),
            due_at=one.due_at,
            days_left=one.days_left,
            page=one.page,
            entity=one.entity,
        )
        for one in tax_filings.due(now=now)
    ]
    return tasks, len(tasks)


def renderings() -> Group:
    troubles = RenderingTrouble.objects.filter(receipt__rendering__isnull=True).select_related("receipt")
    tasks = [
        Task("rendering_trouble", trouble.receipt.issued_at, trouble.receipt.serial, trouble.words)
        for trouble in troubles.order_by("-receipt__issued_at", "-id")[:LISTED]
    ]
    return tasks, count(tasks, troubles)


def hindered() -> Group:
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
    return tasks, count(tasks, obstacles)


def messages() -> Group:
    # What its reader would not have any more needs nobody, and a refused mailbox is told of by its owner.
    told = Q(error__startswith=withholding.WITHHELD) | Q(
        bounces__is_final=True, donor__email_failed_at__isnull=False
    )
    refused = Message.objects.filter(status=Message.Status.REFUSED).exclude(told)
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
    return tasks, count(tasks, refused)


def mailboxes() -> Group:
    """Givers whose mail comes back: their letters go by post until somebody finds another address."""
    shut = Donor.objects.filter(
        email_failed_at__isnull=False, merged_into__isnull=True, died_on__isnull=True, do_not_contact=False
    )
    tasks = [
        Task("mailbox_shut", donor.email_failed_at, donor=donor.pk)
        for donor in shut.order_by("-email_failed_at", "id")[:LISTED]
    ]
    return tasks, count(tasks, shut)


def letters() -> Group:
    """Receipts that wait for the printer, in one line however many they are."""
    count = posting_letters.waiting().count()
    if not count:
        return [], 0
    oldest = posting_letters.waiting().order_by("planned_at", "id").values_list("planned_at", flat=True)[0]
    return [Task("letters_to_print", oldest, ref=str(count))], 1


def runs() -> Group:
    """Annual runs of which everything has been looked at: a second person approves them."""
    unsettled = RunException.objects.filter(item__run=OuterRef("pk"), state=RunException.State.OPEN)
    blocked = RunItem.objects.filter(run=OuterRef("pk"), status=RunItem.Status.BLOCKED)
    ready = AnnualRun.objects.filter(~Exists(unsettled), ~Exists(blocked), status=AnnualRun.Status.REHEARSED)
    tasks = [
        Task(
            "run_to_approve",
            run.taken_at,
            str(run.tax_year),
            run.requested_by.name,
            run=run.pk,
            entity=run.entity,
        )
        for run in ready.select_related("entity", "requested_by").order_by("taken_at", "id")[:LISTED]
    ]
    return tasks, count(tasks, ready)
