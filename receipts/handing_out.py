"""Handing out: a person asks for a donor's receipt of a year, or for a copy of one; each is told in the audit trail."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from donations.models import Donation
from donors.models import Donor
from ledger.models import LegalEntity
from receipts import drafting, gathering, issuing, obstructing, reading, writing
from receipts.asking_law import Hindrance
from receipts.drafting import Ask, Draft
from receipts.models import Receipt
from receipts.rules import years
from staff import auditing
from staff.models import User


class NothingToReceipt(ValueError):
    """The donor has no gift of this year that could stand on a receipt."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_new` is false for a receipt that stood already. Without a receipt, `hindrances` say what to mend."""

    receipt: Receipt | None
    is_new: bool
    hindrances: tuple[Hindrance, ...] = ()


def issue_for(
    *, donor_id: uuid.UUID, entity: LegalEntity, tax_year: int, actor: User, now: datetime
) -> Answer:
    """Issue one receipt over everything a donor gave in a year that stands on no receipt yet (D13).

    Whoever presses twice, or while the annual run is at it, gets the number that was issued. Raises
    `NothingToReceipt`. This function will return the receipt, or what a person must mend first.
    """
    with transaction.atomic():
        _take_turns(donor_id, entity.pk, tax_year)
        waiting = _waiting(donor_id, entity, tax_year)
        gifts = gathering.gather(waiting, is_locking=True)
        ask = Ask(
            donor_id=donor_id,
            entity=entity,
            tax_year=tax_year,
            donation_ids=list(gifts),
            kind=Receipt.Kind.ANNUAL,
        )
        made = drafting.draft_gathered(asks=[ask], gifts=gifts, now=now)[0]
        _note(made, now=now)
        if made.obstacles:
            return Answer(None, False, made.obstacles)
        if made.lines:
            receipt = writing.write(drafts=[made], run=None, issued_on=None, now=now)[0]
            auditing.record(
                actor=actor,
                action="receipt.issued",
                target=f"receipt:{receipt.pk}",
                details={"serial": receipt.serial, "gifts": len(made.lines)},
                now=now,
            )
            return Answer(receipt, True)
    return Answer(_standing(donor_id, entity, tax_year), False)


def _take_turns(donor_id: uuid.UUID, entity_id: int, tax_year: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7210006))",
            [f"{donor_id} {entity_id} {tax_year}"],
        )


def _waiting(donor_id: uuid.UUID, entity: LegalEntity, tax_year: int) -> Iterable[uuid.UUID]:
    issuer = getattr(entity, "issuer", None)
    first, last = years.span(law=issuer.law if issuer else "", year=tax_year)
    theirs = Q(donor=donor_id) | Q(donor__merged_into=donor_id)
    return Donation.objects.filter(
        theirs,
        entity=entity,
        given_on__range=(first, last),
        coverage__isnull=True,
        exclusion__isnull=True,
    ).values_list("pk", flat=True)


def _note(made: Draft, *, now: datetime) -> None:
    for left_out in made.exclusions:
        issuing.exclude(donation_id=left_out.donation_id, reason=left_out.reason, now=now)
    for one in made.obstacles:
        if one.donation_id is not None:
            obstructing.obstruct(donation_id=one.donation_id, code=one.code, words=one.words, now=now)


def _standing(donor_id: uuid.UUID, entity: LegalEntity, tax_year: int) -> Receipt:
    theirs = Q(donor=donor_id) | Q(donor__merged_into=donor_id)
    found = (
        Receipt.objects.filter(theirs, series__entity=entity, tax_year=tax_year, voiding__isnull=True)
        .order_by("-issued_at", "-number")
        .first()
    )
    if found is None:
        raise NothingToReceipt
    return found


def copy(*, receipt: Receipt, actor: User, now: datetime) -> bytes:
    """A paper for somebody who lost theirs: the frozen words and number, with COPY across the page.

    One that no longer stands says VOID as well. Raises `reading.NotDrawnYet`.
    This function will return the file and tell in the audit trail who handed it out.
    """
    reading.file_of(receipt=receipt)
    content = reading.drawn_again(receipt=receipt, is_copy=True)
    copied(receipt=receipt, actor=actor, now=now)
    return content


def copied(*, receipt: Receipt, actor: User | str, donor: Donor | None = None, now: datetime) -> None:
    """A copy is the same bytes under the same number, and an event: who asked for it, when.

    This function will tell it in the audit trail.
    """
    details: dict[str, object] = {"serial": receipt.serial}
    if donor is not None:
        details["donor"] = str(donor.pk)
    auditing.record(
        actor=actor, action="receipt.copied", target=f"receipt:{receipt.pk}", details=details, now=now
    )
