"""Holding: what keeps a gift from being refunded or receipted while others decide about its money.

An inquiry moves no money and holds nothing. A dispute that was lost and won on appeal is not lost: its money came
back by a line of the balance, and that decides.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from donations.models import Dispute, DisputeMovement, Donation, Review

_MOVED = DisputeMovement.objects.filter(dispute=OuterRef("pk"))
_CAME_BACK = _MOVED.filter(amount_minor__gt=0)


def open_disputes() -> QuerySet[Dispute]:
    """Disputes that have moved money and are not decided."""
    return Dispute.objects.filter(Exists(_MOVED), closing__isnull=True)


def lost_disputes() -> QuerySet[Dispute]:
    """Disputes whose money will not come back."""
    return Dispute.objects.filter(Exists(_MOVED), ~Exists(_CAME_BACK), closing__outcome="lost")


def open_reviews() -> QuerySet[Review]:
    """Payments somebody at the processor still looks at."""
    return Review.objects.filter(closing__isnull=True)


def is_lost(*, donation: Donation) -> bool:
    """This function will say whether the gift's money was taken back for good."""
    return lost_disputes().filter(donation=donation).exists()


def is_disputed(*, donation: Donation) -> bool:
    """This function will say whether the gift's money is disputed or lost, so that nothing can be refunded."""
    return Dispute.objects.filter(
        Q(pk__in=open_disputes().values("pk")) | Q(pk__in=lost_disputes().values("pk")), donation=donation
    ).exists()
