"""Pausing: gifts that came in a file wait until somebody says what follows: no receipt, no thanks, no mail before.

A pause is a `Review`, so everything that waits for one waits here too: receipts, thanks, the annual run. Ending it is a
second step of a person and not of the import.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from donations.models import Donation, Review, ReviewClosing
from staff import auditing
from staff.models import User

REASON = "import"
RESUMED = "resumed"


def pause(*, donations: Iterable[Donation], now: datetime) -> None:
    """This function will let gifts wait; one that has been paused before is left as it is."""
    Review.objects.bulk_create(
        [
            Review(
                donation=gift,
                processor_ref=f"import:{gift.pk}",
                reason=REASON,
                opened_at=gift.given_at,
                recorded_at=now,
            )
            for gift in donations
        ],
        ignore_conflicts=True,
    )


def paused() -> QuerySet[Review]:
    """This function will return the pauses that nobody has ended."""
    return Review.objects.filter(reason=REASON, closing__isnull=True)


def resume(*, donation_ids: Iterable[uuid.UUID], actor: User, now: datetime) -> int:
    """End the pause of gifts: from now on receipts and thanks follow as for every other gift.

    This function will return how many were paused until now.
    """
    with transaction.atomic():
        waiting = list(paused().filter(donation_id__in=list(donation_ids)).order_by("pk"))
        # A fact is not locked, for the application may not change it: of two people the constraint takes one closing.
        ReviewClosing.objects.bulk_create(
            [ReviewClosing(review=review, outcome=RESUMED, recorded_at=now) for review in waiting],
            ignore_conflicts=True,
        )
        auditing.record(
            actor=actor, action="gifts.resumed", target="donations", details={"count": len(waiting)}, now=now
        )
    return len(waiting)
