"""Identifying givers: money that was posted without a name is given its giver, and with it a gift and a receipt (B06).

What stood in the books as unidentified is reversed, and the gift is entered, both on the day the money came: the sum
of no period changes.
"""

import uuid
from datetime import datetime

from django.db import transaction

from donations import posting_batches, postings
from donations.models import Batch, BatchRow, RowReversal
from donors.models import Donor
from ledger import posting
from ledger.models import Entry
from staff import auditing
from staff.models import User


class UnableToIdentify(ValueError):
    """`code` is `open` (the batch is not posted: change the row), `other` (somebody else was named), `gone` (the row
    was taken back) or of entering.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def identify(*, row_id: uuid.UUID, donor_id: uuid.UUID, actor: User, now: datetime) -> BatchRow:
    """Say who gave a row of a posted batch; the same answer again changes nothing. Raises UnableToIdentify.

    What was written down as a hint is forgotten. This function will return the row with its giver.
    """
    with transaction.atomic():
        found = BatchRow.objects.select_for_update(of=("self",)).select_related("batch__entity", "campaign")
        row = found.get(pk=row_id)
        donor = Donor.objects.filter(pk=donor_id).select_related("merged_into").first()
        if donor is None:
            raise UnableToIdentify("unknown")
        giver = donor.merged_into or donor
        if row.batch.status != Batch.Status.POSTED:
            raise UnableToIdentify("open")
        if row.giver != BatchRow.Giver.UNKNOWN:
            if row.donor_id == giver.pk:
                return row
            raise UnableToIdentify("other")
        if RowReversal.objects.filter(row=row).exists():
            raise UnableToIdentify("gone")
        _take_back(row, now=now)
        row.giver, row.donor, row.hint = BatchRow.Giver.DONOR, giver, ""
        row.identified_by, row.identified_at = actor, now
        row.save(update_fields=["giver", "donor", "hint", "identified_by", "identified_at"])
        _enter(row, actor=actor, now=now)
        auditing.record(
            actor=actor,
            action="batch.giver_identified",
            target=f"batch:{row.batch_id}",
            details={"row": str(row.pk), "donor": str(giver.pk)},
            now=now,
        )
    return row


def _take_back(row: BatchRow, *, now: datetime) -> None:
    """The entry it takes back is in the books since the posting; both lie on the day the money came."""
    parts = list(row.parts.select_related("fund").order_by("id"))
    posting.post(
        entity=row.batch.entity,
        kind=Entry.Kind.IDENTIFIED,
        source=f"identified:{row.pk}",
        happened_at=row.batch.entity.noon(row.batch.came_on),
        postings=postings.taken_back(posting_batches.shares(row.batch, row, parts), kind=row.kind),
        memo=posting_batches.memo(row.batch),
        reverses=f"unidentified:{row.pk}",
        now=now,
    )


def _enter(row: BatchRow, *, actor: User, now: datetime) -> None:
    parts = list(row.parts.select_related("fund", "donor").order_by("id"))
    try:
        posting_batches.enter_gifts(batch=row.batch, row=row, parts=parts, actor=actor, now=now)
    except posting_batches.UnableToPost as error:
        raise UnableToIdentify(error.codes[0]) from error
