"""Posting letters: receipts on paper wait in a queue, are set into one file by postcode, and are marked as gone.

A print file holds at most a thousand receipts, so that it is made while somebody waits; the rest stay for the next.
Which receipts it holds is written down, its bytes are not: they are set from the stored snapshots whenever it is asked
for, and nobody's address lies in a folder.
"""

import json
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F, QuerySet

from donors.models import Donor
from ledger.models import LegalEntity
from receipts import freezing, labels, printing, sealing, thanking
from receipts.models import Acknowledgment, Delivery, PrintFile
from staff import auditing
from staff.models import User

MOST = 1_000
Channel, Status = Delivery.Channel, Delivery.Status


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter as the queue shows it."""

    reader: Donor
    receipt_id: uuid.UUID
    serial: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the printer of one entity: letters that can go, and those whose reader has no postal address."""

    entity: LegalEntity
    ready: int
    first: list[Waiting]
    without_address: list[Waiting]


def waiting(*, entity_id: int | None = None) -> QuerySet[Delivery]:
    """This function will return receipts that wait to be printed; what is void or not drawn yet is left out."""
    found = Delivery.objects.filter(
        channel=Channel.POST,
        status=Status.WAITING,
        print_file__isnull=True,
        receipt__voiding__isnull=True,
        receipt__rendering__isnull=False,
    )
    if entity_id is not None:
        found = found.filter(receipt__series__entity=entity_id)
    return found.select_related(
        "receipt__donor__merged_into", "receipt__rendering", "receipt__series__entity"
    )


def queues(*, shown: int = 50) -> list[Queue]:
    """This function will return the queue of each entity that has one, letters in the order they are printed in."""
    entities = LegalEntity.objects.filter(pk__in=waiting().values("receipt__series__entity")).order_by("id")
    made = []
    for entity in entities:
        ways = [_shown(way) for way in in_order(waiting(entity_id=entity.pk))]
        ready = [way for way in ways if way.reader.address]
        lost = [way for way in ways if not way.reader.address]
        made.append(Queue(entity, len(ready), ready[:shown], lost[:shown]))
    return made


def _shown(way: Delivery) -> Waiting:
    return Waiting(reader_of(way), way.receipt_id, way.receipt.serial, way.receipt.issued_on)


def reader_of(way: Delivery) -> Donor:
    """This function will return who opens the envelope, as they are now: the paper inside keeps its frozen words."""
    return way.receipt.donor.merged_into or way.receipt.donor


def in_order(ways: QuerySet[Delivery] | Sequence[Delivery]) -> list[Delivery]:
    """This function will return letters as the post wants them, which is the order of the labels, too."""
    return sorted(ways, key=_place)


def _place(way: Delivery) -> tuple[str, str, str, tuple[str, ...], str]:
    reader = reader_of(way)
    address = tuple(reader.address.splitlines())
    return (reader.country, reader.postcode, reader.name, address, way.receipt.serial)


def make(*, entity_id: int, request_id: uuid.UUID, actor: User, now: datetime) -> PrintFile | None:
    """Set what waits into one file; asked again with the same `request_id` it is the same file.

    This function will return the file, or None when nothing waits.
    """
    known = PrintFile.objects.filter(pk=request_id).first()
    if known is not None:
        return known
    with transaction.atomic():
        claimed = waiting(entity_id=entity_id).select_for_update(of=["self"], skip_locked=True).order_by("id")
        ways = [way for way in in_order(claimed) if reader_of(way).address][:MOST]
        if not ways:
            return None
        made = PrintFile.objects.create(
            id=request_id,
            entity_id=entity_id,
            run_id=_run_of(ways),
            receipts_file=f"receipts-{now:%Y-%m-%d}-{str(request_id)[:8]}.pdf",
            labels_file=f"labels-{now:%Y-%m-%d}-{str(request_id)[:8]}.pdf",
            receipt_count=len(ways),
            requested_by=actor,
            made_at=now,
        )
        Delivery.objects.filter(pk__in=[way.pk for way in ways]).update(print_file=made)
        pressed, _content = _receipts(ways)
        # What no font can print stays in the queue: marking the file must not say that it was posted.
        Delivery.objects.filter(print_file=made, receipt__serial__in=pressed.left_out).update(print_file=None)
        PrintFile.objects.filter(pk=made.pk).update(
            receipts_sha256=pressed.sha256, page_count=pressed.pages, receipt_count=pressed.count
        )
        auditing.record(
            actor=actor,
            action="print file made",
            target=f"print_file:{made.pk}",
            now=now,
            details={"receipts": pressed.count},
        )
    return PrintFile.objects.get(pk=made.pk)


def _run_of(ways: Sequence[Delivery]) -> uuid.UUID | None:
    """The annual run, when all letters come from one."""
    runs = {way.receipt.run_id for way in ways}
    return runs.pop() if len(runs) == 1 else None


def files(*, shown: int = 20) -> list[PrintFile]:
    """This function will return the newest print files, those that are not marked as printed first."""
    found = PrintFile.objects.select_related("entity", "requested_by")
    return list(found.order_by(F("printed_at").desc(nulls_first=True), "-made_at", "id")[:shown])


def part_of(*, print_file: PrintFile, part: str) -> bytes | None:
    """Set the receipts or the labels of a print file from what is stored; labels bear the addresses of today.

    What was voided since is left out, so that nobody posts it. This function will return the file, or None for a part
    there is not.
    """
    ways = _letters(print_file)
    if part == "receipts":
        return _receipts(ways)[1]
    return _labels(ways, paper=print_file.entity.paper) if part == "labels" else None


def _receipts(ways: Sequence[Delivery]) -> tuple[printing.PrintedFile, bytes]:
    """Each receipt begins on a sheet of its own: nobody gets another's page on the back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipts.pdf"
        return printing.write(path, (item_of(way) for way in ways), is_two_sided=True), path.read_bytes()


def _labels(ways: Sequence[Delivery], *, paper: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.pdf"
        labels.write(path, (label_of(reader_of(way)) for way in ways), "a4" if paper == "a4" else "letter")
        return path.read_bytes()


def label_of(reader: Donor) -> labels.LabelItem:
    """This function will return what the labels say of a reader, as they are now."""
    return labels.LabelItem(reader.name, tuple(freezing.address_of(reader)), reader.postcode, reader.country)


def item_of(way: Delivery) -> printing.PrintItem:
    """This function will return what the printer's file is drawn from: the frozen words and their seal."""
    seal = getattr(way.receipt, "seal", None)
    kept = sealing.Seal(seal.key_id, bytes(seal.signature)) if seal else None
    return printing.PrintItem(json.loads(way.receipt.snapshot), kept)


def _letters(print_file: PrintFile) -> list[Delivery]:
    held = Delivery.objects.filter(print_file=print_file, receipt__voiding__isnull=True)
    return in_order(held.select_related("receipt__donor__merged_into", "receipt__seal"))


def mark_printed(*, print_file_id: uuid.UUID, actor: User, now: datetime) -> int:
    """The letters of a print file are in the post; pressed again it changes nothing.

    A receipt that was voided since goes nowhere and stays unsent. This function will return how many went.
    """
    with transaction.atomic():
        fresh = PrintFile.objects.filter(pk=print_file_id, printed_at__isnull=True)
        if not fresh.update(printed_at=now):
            return 0
        held = Delivery.objects.filter(print_file=print_file_id, status=Status.WAITING)
        gone = held.filter(receipt__voiding__isnull=True)
        count = Delivery.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).update(
            status=Status.SENT, done_at=now
        )
        auditing.record(
            actor=actor,
            action="print file printed",
            target=f"print_file:{print_file_id}",
            now=now,
            details={"receipts": count},
        )
    return count


@dataclass(frozen=True, slots=True)
class ThanksLetter:
    """Thanks that go on paper: the row, where to, the words."""

    id: int
    name: str
    address: list[str]
    language: str
    sender: LegalEntity
    paragraphs: list[str]


def thanks_waiting() -> int:
    """This function will return how many letters of thanks wait for the printer."""
    return _thanks().count()


def thanks_letters(*, limit: int = 200) -> list[ThanksLetter]:
    """This function will return letters of thanks to print, in the order of the post."""
    rows = _thanks().select_related("donation__entity", "donation__donor", "donation__checkout")
    found = rows.select_related("donation__exclusion", "donor__merged_into").order_by("made_at", "id")[:limit]
    made = []
    for row in found:
        reader = row.donor.merged_into or row.donor
        said = thanking.letter(gift=row.donation, reader=reader, kind=Acknowledgment.Kind(row.kind))
        lines = freezing.address_of(reader)
        made.append(
            (
                (reader.country, reader.postcode, reader.name_key, row.pk),
                ThanksLetter(
                    row.pk, reader.name, lines, reader.language, row.donation.entity, said.paragraphs
                ),
            )
        )
    return [letter for _place, letter in sorted(made, key=lambda pair: pair[0])]


def _thanks() -> QuerySet[Acknowledgment]:
    return Acknowledgment.objects.filter(is_on_paper=True, printed_at__isnull=True)


def mark_thanks(*, ids: Sequence[int], actor: User, now: datetime) -> int:
    """This function will mark letters of thanks as posted, and return how many had not been."""
    with transaction.atomic():
        count = _thanks().filter(pk__in=ids).update(printed_at=now)
        if count:
            auditing.record(
                actor=actor, action="thanks printed", target="thanks", now=now, details={"letters": count}
            )
    return count
