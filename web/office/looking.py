"""Looking: nobody reads the whole list of givers page by page (T42). A page that shows one giver asks here first.

Every address that leads to somebody by a key is counted, whatever it is there for: a form that is refused shows its
giver as the page does.
"""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from books import telling_exports
from donations.models import Donation, Pledge, RecurringPlan, RefundRequest
from receipts.models import GiftAidDeclaration, Receipt
from staff import auditing, pacing
from staff.models import User


def stopped(request: HttpRequest, *, donor_id: UUID) -> HttpResponse | None:
    """Count that a giver is looked at. The one too many is told, written down and mailed to the watchers.

    This function will return the page that says so, or None when the reader may go on.
    """
    reader, now = request.user, timezone.now()
    if not isinstance(reader, User):
        return None
    if pacing.may_look(who=f"user:{reader.pk}", subject=str(donor_id), now=now):
        return None
    auditing.record(actor=reader, action="stopped reading", target=f"user:{reader.pk}", now=now)
    telling_exports.looked_much(name=reader.name, key=f"user:{reader.pk}", most=pacing.MOST, now=now)
    answer = render(request, "office/stopped.html", {"most": pacing.MOST}, status=429)
    answer.headers["Retry-After"] = str(int(pacing.WITHIN.total_seconds()))
    return answer


View = Callable[..., HttpResponseBase]
Finding = Callable[[UUID], UUID | None]


def counted(giver: Finding) -> Callable[[View], View]:
    """This function will dress a view whose address names a giver by a key: `giver` says whose it is."""

    def dress(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, pk: UUID, **more: object) -> HttpResponseBase:
            donor_id = giver(pk)
            stop = stopped(request, donor_id=donor_id) if donor_id is not None else None
            return view(request, pk=pk, **more) if stop is None else stop

        return guarded

    return dress


def donor(pk: UUID) -> UUID | None:
    """The key itself: asking whether there is somebody would cost a question, and who guesses keys is counted, too."""
    return pk


def giver_of_donation(pk: UUID) -> UUID | None:
    return Donation.objects.filter(pk=pk).values_list("donor_id", flat=True).first()


def giver_of_plan(pk: UUID) -> UUID | None:
    return RecurringPlan.objects.filter(pk=pk).values_list("donor_id", flat=True).first()


def giver_of_pledge(pk: UUID) -> UUID | None:
    return Pledge.objects.filter(pk=pk).values_list("donor_id", flat=True).first()


def giver_of_proposal(pk: UUID) -> UUID | None:
    return RefundRequest.objects.filter(pk=pk).values_list("donation__donor_id", flat=True).first()


def giver_of_receipt(pk: UUID) -> UUID | None:
    return Receipt.objects.filter(pk=pk).values_list("donor_id", flat=True).first()


def giver_of_declaration(pk: UUID) -> UUID | None:
    return GiftAidDeclaration.objects.filter(pk=pk).values_list("donor_id", flat=True).first()
