"""Papers: what processes of the product do about receipts: number, draw, mail, run a year, put back a backup."""

import hashlib
import io
import resource
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import override_settings

from campaigns.models import Campaign
from donations import entering, refunding
from donations.dating import Basis
from donations.models import Donation
from donors import corresponding, matching
from donors.models import Donor, Message
from faults import deeds
from jobs import ringing
from jobs import running as working
from jobs.models import Job
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import (
    approving_runs,
    finishing,
    following_up,
    issuing,
    keyholding,
    marking,
    printing,
    reading,
    rehearsing,
    restoring,
    running,
    voiding,
    year_works,
)
from receipts import tasks as receipt_tasks
from receipts.models import AnnualRun, Receipt, Rendering, RenderingTrouble
from reports import export_jobs, today
from staff.models import User

SPACE = uuid.UUID("6d3f2f7a-2f0e-4ad7-9f1b-0c1f6f1c7a55")
SMALL_FILE = 65_536
STEP = 10
WEEK = timedelta(days=7)


def make_keys(*, now: datetime) -> None:
    """This function will make the keys that seal and sign, where there are none yet."""
    entities = list(LegalEntity.objects.order_by("code").values_list("code", "legal_name"))
    keyholding.make_missing(entities=entities, now=now)


def pour(*, count: int, on: str, rhythm: str = "", offset: int = 0, now: datetime) -> list[str]:
    """Gifts over the desk, each of a giver of their own. This function will return the ids of the gifts."""
    campaign = Campaign.objects.select_related("fund__entity").get(slug="family")
    actor, day = User.objects.order_by("pk")[0], date.fromisoformat(on)
    made = []
    for number in range(offset, offset + count):
        donor = _donor(number, rhythm=rhythm, now=now)
        amount = Money(1_000 + 37 * number, "USD")
        gift = entering.HandGift(
            id=uuid.uuid5(SPACE, f"gift {number}"),
            entity=campaign.fund.entity,
            donor_id=donor.pk,
            campaign=campaign,
            parts=[(campaign.fund, amount)],
            amount=amount,
            method="cash",
            came_on=day,
            days={Basis.RECEIVED: day},
        )
        made.append(str(entering.enter(gift=gift, actor=actor, now=now).pk))
    return made


def _donor(number: int, *, rhythm: str, now: datetime) -> Donor:
    name, email = f"Giver {number}", f"giver-{number}@example.org"
    return Donor.objects.create(
        id=uuid.uuid5(SPACE, f"donor {number}"),
        name=name,
        email=email,
        email_key=matching.email_key(email),
        name_key=matching.name_key(name),
        address=f"{number} Maple Avenue\nSpringfield, VA 22150",
        receipt_rhythm=rhythm,
        created_at=now,
    )


def follow_up(*, now: datetime) -> None:
    """This function will do what the timetable rings for every twenty seconds: correct, number, draw."""
    following_up.follow_up(since=now - WEEK, now=now)


def number_only(*, now: datetime) -> int:
    """This function will give numbers and draw nothing."""
    return issuing.issue_due(now=now, since=now - WEEK)


def ring_for_receipts(*, now: datetime) -> None:
    """This function will ring for the worker on the queue inside the database."""
    deeds.use_database_queue()
    ringing.ring("receipts.follow_up")


def deliver_task(*, times: int, now: datetime) -> None:
    """This function will run the worker's own task so many times, as a queue that delivers twice does."""
    for _ in range(times):
        receipt_tasks.follow_up()


def finish_alone(*, now: datetime) -> int:
    """This function will draw what waits, beside whoever draws as well."""
    return finishing.finish_due(now=now)


def finish_without_room(*, room: int, now: datetime) -> int:
    """This function will draw what waits in a process that may write no file beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    return finishing.finish_due(now=now)


def mail(*, port: int, now: datetime) -> int:
    """This function will send one batch of the outbox to a post office on this machine."""
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
        return corresponding.send_due(now=now)


def papers(*, now: datetime) -> dict[str, Any]:
    """This function will return every receipt with its file and letters, and what waits for a person."""
    mails = Counter(Message.objects.filter(kind__startswith="receipt").values_list("cause", flat=True))
    rows = Receipt.objects.select_related("rendering", "voiding").order_by("series", "number")
    return {
        "receipts": [
            {
                "serial": row.serial,
                "number": row.number,
                "gifts": [str(pk) for pk in row.lines.order_by("id").values_list("donation", flat=True)],
                "total": row.total_minor,
                "is_void": hasattr(row, "voiding"),
                "file": row.rendering.document_id if hasattr(row, "rendering") else "",
                "mails": mails[f"receipt:{row.pk}"],
            }
            for row in rows
        ],
        "troubles": list(RenderingTrouble.objects.values_list("words", flat=True)),
        "marks": {
            f"{code} {year}": marking.highest(entity_code=code, tax_year=year)
            for code, year in marking.series()
        },
    }


def documents(*, now: datetime) -> dict[str, str]:
    """This function will return the SHA-256 of every receipt's stored bytes, hashed again, by its serial."""
    drawn = Rendering.objects.select_related("receipt").order_by("receipt__serial")
    return {
        row.receipt.serial: hashlib.sha256(reading.file_of(receipt=row.receipt)).hexdigest() for row in drawn
    }


def standing_sums(*, now: datetime) -> list[str]:
    """This function will return the gifts of which the papers that stand say too much or too little."""
    wrong = []
    for gift in Donation.objects.order_by("pk"):
        lines = list(gift.receipt_lines.filter(receipt__voiding__isnull=True))
        left = (gift.amount - refunding.refunded(donation=gift)).minor
        said = sum(line.amount_minor - line.refunded_minor for line in lines)
        is_one = len(lines) == (1 if left else 0)
        if not is_one or said != left:
            wrong.append(f"{gift.pk}: {len(lines)} receipts say {said}, {left} stands")
    return wrong


def void_one(*, gift: str, now: datetime) -> str:
    """This function will void the receipt that a gift stands on, as staff do, and return its number."""
    receipt = Receipt.objects.get(covers__donation_id=gift)
    actor = User.objects.order_by("pk")[0]
    voiding.void(receipt_id=receipt.pk, words="asked for by the donor", actor=actor, now=now)
    return receipt.serial


def rename(*, gift: str, name: str, now: datetime) -> None:
    """This function will change a giver's name between the rehearsal and the paper."""
    donor = Donation.objects.select_related("donor").get(pk=gift).donor
    Donor.objects.filter(pk=donor.pk).update(name=name, name_key=matching.name_key(name))


def want_yearly(*, now: datetime) -> int:
    """This function will have every giver want one receipt a year."""
    return Donor.objects.update(receipt_rhythm=Donor.Rhythm.ANNUAL)


def approve_year(*, year: int, now: datetime) -> str:
    """A year is rehearsed by one and approved by another. This function will return the run."""
    first, second = User.objects.order_by("pk")[:2]
    entity = LegalEntity.objects.order_by("id")[0]
    run = rehearsing.begin(entity_id=entity.pk, tax_year=year, actor=first, now=now)
    working.run_one(works=year_works.works(), now=now)
    approving_runs.approve(run_id=run.pk, actor=second, now=now)
    return str(run.pk)


def progress(*, now: datetime) -> list[int]:
    """This function will return how many receipts have their number, and how many their file."""
    return [Receipt.objects.count(), Rendering.objects.count()]


def carry_on(*, run: str, now: datetime) -> str:
    """A worker's round over the work of a year; what was given up a person orders again.

    This function will return where the run stands.
    """
    year = AnnualRun.objects.select_related("job").get(pk=run)
    # Steps so small that ten shots fall into one run.
    running.TOGETHER = max(STEP, year.items.count() // 12)
    if year.job is not None and year.job.status == Job.Status.FAILED:
        running.resume(run_id=year.pk, actor=User.objects.order_by("pk")[1], now=now)
    while working.run_one(works=year_works.works(), now=now):
        pass
    return str(AnnualRun.objects.get(pk=run).status)


def print_to(*, path: str, room: int, now: datetime) -> int:
    """This function will set all receipts into one file for the printer and return how many are in it."""
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    return printing.write(Path(path), printing.items(receipts=Receipt.objects.all())).count


def export_to(*, folder: str, room: int, now: datetime) -> str:
    """This function will run the export of all gifts into that folder and return what became of the job."""
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    }
    with override_settings(STORAGES=storages):
        job = Job.objects.filter(kind=export_jobs.KINDS["donations"]).order_by("-requested_at").first()
        if job is None or job.status == Job.Status.SUCCEEDED:
            export_jobs.ask(
                kind="donations",
                filters={},
                language="en",
                request_id=uuid.uuid4(),
                requested_by=User.objects.order_by("pk")[0],
                now=now,
            )
        working.run_one(works=export_jobs.works(), now=now)
    return str(Job.objects.filter(kind=export_jobs.KINDS["donations"]).latest("requested_at").status)


def alarms(*, now: datetime) -> list[str]:
    """This function will return the kinds of what the office's first page shows."""
    return [task.kind for task in today.work(now=now).tasks]


def lost(*, now: datetime) -> list[list[Any]]:
    """This function will return the numbers that are on paper and not in the database."""
    return [[loss.entity_code, loss.tax_year, loss.first, loss.last] for loss in restoring.lost()]


def void_fill(*, now: datetime) -> None:
    """This function will do what the runbook says after a restore."""
    call_command("restore_numbers", void_fill="finance@example.org", stdout=io.StringIO())


DEEDS: dict[str, Callable[..., Any]] = {
    deed.__name__: deed
    for deed in (
        make_keys,
        pour,
        follow_up,
        number_only,
        ring_for_receipts,
        deliver_task,
        finish_alone,
        finish_without_room,
        mail,
        papers,
        documents,
        standing_sums,
        void_one,
        rename,
        want_yearly,
        approve_year,
        progress,
        carry_on,
        print_to,
        export_to,
        alarms,
        lost,
        void_fill,
    )
}
