"""Leaving unknown: nobody will ever know who gave it. It stays income of its fund, without a gift and a receipt.

A person decides it, with a reason, and the list of what waits is rid of it. Should the giver turn up after all, they
are named as ever: what stands as unidentified is taken back then.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from donations.models import BatchRow, LeftUnknown
from donors import refusing
from ledger.models import Entry, LegalEntity
from staff import auditing
from staff.models import User


class UnableToLeave(ValueError):
    """`code` is `unknown` (nothing waits there), `reason` or `resident_number`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def leave(*, source: str, reason: str, actor: User, now: datetime) -> LeftUnknown:
    """Decide that nobody will know who gave what was booked as `unidentified:<source>`: a row, or a reference.

    Told again it is the first decision. Raises UnableToLeave. This function will return it.
    """
    words = " ".join(reason.split())[:300]
    if not words:
        raise UnableToLeave("reason")
    if refusing.is_held_by(words):
        raise UnableToLeave("resident_number")
    with transaction.atomic():
        named = Entry.objects.filter(source=f"unidentified:{source}", kind=Entry.Kind.UNIDENTIFIED)
        entry = named.select_for_update(of=("self",)).first()
        if entry is None or entry.reversals.exists():
            raise UnableToLeave("unknown")
        made, is_new = LeftUnknown.objects.get_or_create(
            entry=entry, defaults={"reason": words, "decided_by": actor, "decided_at": now}
        )
        if is_new:
            auditing.record(
                actor=actor,
                action="giver.left_unknown",
                target=f"entry:{entry.pk}",
                details={"source": entry.source, "reason": words},
                now=now,
            )
    return made


def of_rows() -> QuerySet[LeftUnknown]:
    """This function will return the decision about a row of an outer query of rows."""
    source = Concat(Value("unidentified:"), Cast(OuterRef("pk"), CharField()))
    return LeftUnknown.objects.filter(entry__source=source)


def decision(*, source: str) -> LeftUnknown | None:
    """This function will return the decision about a row or a reference, if there is one."""
    found = LeftUnknown.objects.filter(entry__source=f"unidentified:{source}")
    return found.select_related("decided_by").first()


def is_left(*, row: BatchRow) -> bool:
    """This function will tell whether nobody will know who gave a row."""
    return decision(source=str(row.pk)) is not None


def of_processors() -> QuerySet[Entry]:
    """This function will return what came by a processor's file and whose giver somebody still has to name."""
    return Entry.objects.filter(
        kind=Entry.Kind.UNIDENTIFIED,
        source__startswith="unidentified:paypal:",
        reversals__isnull=True,
        left_unknown__isnull=True,
    )


def waiting(*, entity: LegalEntity, last: date) -> QuerySet[Entry]:
    """This function will return what of that was booked in a body's books up to a day."""
    return of_processors().filter(entity=entity, booked_on__lte=last)
