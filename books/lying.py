"""Lying: gifts over the desk whose money is in the drawer, so that no line of the bank is theirs yet."""

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from books.models import BankMatch
from donations import counting_batches
from donations.models import BatchedGift, Donation, Refund
from ledger.models import Entry

_SEEN = BankMatch.objects.filter(kind=BankMatch.Kind.GIFT, undoes__isnull=True, undoing__isnull=True)


def is_seen(*, donation: Donation) -> bool:
    """This function will tell whether a line of the bank is a gift."""
    return _SEEN.filter(donation=donation).exists()


def in_the_drawer() -> QuerySet[Donation]:
    """Transfers, checks and cash entered one by one: no batch carried them to the bank, and no line is theirs.

    What a processor's file told of comes with its payout; what was entered in the place of a mistake is at the bank if
    the mistake was. This function will return them, without an order.
    """
    own = OuterRef("pk")
    carried = Entry.objects.filter(source=Concat(Value("deposit:"), Cast(own, CharField())))
    return Donation.objects.filter(
        ~Exists(_SEEN.filter(donation=own)),
        ~Exists(carried),
        ~Exists(BatchedGift.objects.filter(donation=own)),
        ~Exists(Refund.objects.filter(donation=own)),
        rail=Donation.Rail.DESK,
        processor_ref__isnull=True,
        kind__in=counting_batches.MONEY,
    )
