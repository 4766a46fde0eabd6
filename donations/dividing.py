"""Dividing: how much of a refund or a dispute comes out of which fund, and how much of each is left.

What staff asked for decides; without it, and for what was asked elsewhere, what is left of each fund does.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from donations import recording
from donations.models import Donation, Refund, RefundPart, RefundRequest
from donations.postings import Share
from ledger.money import Money

HOLDING = (RefundRequest.Status.PROPOSED, RefundRequest.Status.REQUESTED, RefundRequest.Status.SENT)
"""Requests in these states hold their amount: it cannot be asked for again."""


def refunded_by_fund(*, donation: Donation) -> dict[int, int]:
    """Minor units that went back and stayed back, by the id of the fund they came out of."""
    return _sums(RefundPart.objects.filter(refund__donation=donation, refund__failure__isnull=True))


def _sums(parts: QuerySet[RefundPart]) -> dict[int, int]:
    return dict(parts.values_list("fund_id").annotate(sum=Sum("amount_minor")).order_by("fund_id"))


def left_by_fund(*, donation: Donation) -> dict[int, Money]:
    """What may still be asked back of each fund: its designation less what went back and what is asked for.

    This function will return one amount for each fund of the gift, in the order of its designations.
    """
    left = _standing(donation=donation, taken=refunded_by_fund(donation=donation))
    held = donation.refund_requests.filter(status__in=HOLDING, refund__isnull=True)
    for request in held.prefetch_related("parts").order_by("requested_at", "id"):
        wanted = {part.fund_id: part.amount_minor for part in request.parts.all()}
        for fund_id, minor in fitted(amount=request.amount, left=left, wanted=wanted).items():
            left[fund_id] -= minor
    return {fund_id: Money(max(minor, 0), donation.currency) for fund_id, minor in left.items()}


def _standing(*, donation: Donation, taken: Mapping[int, int]) -> dict[int, int]:
    return {
        share.fund_id: share.amount.minor - taken.get(share.fund_id, 0)
        for share in recording.shares_of(donation)
    }


def fitted(*, amount: Money, left: Mapping[int, int], wanted: Mapping[int, int]) -> dict[int, int]:
    """Divide an amount over what is left of each fund: first as wanted, the rest in proportion to what remains.

    Shares of a running total would not do: by largest remainder a fund's share can shrink while the total
    grows, and a part below zero is refused. This function will return minor units by fund that sum to the
    amount; with nothing left anywhere the first fund bears it, and the database refuses that.
    """
    asked = wanted if sum(wanted.values()) <= amount.minor else {}
    parts = {fund_id: min(max(minor, 0), asked.get(fund_id, 0)) for fund_id, minor in left.items()}
    rest = amount.minor - sum(parts.values())
    if rest:
        remains = [max(minor, 0) - parts[fund_id] for fund_id, minor in left.items()]
        weights = remains if any(remains) else [1] + [0] * (len(remains) - 1)
        for fund_id, more in zip(left, Money(rest, amount.currency).split(weights), strict=True):
            parts[fund_id] += more.minor
    return parts


def parts(*, donation: Donation, amount: Money, request: RefundRequest | None) -> list[Share]:
    """This function will return how a refund that just happened is divided over the funds of its gift."""
    wanted = {} if request is None else {part.fund_id: part.amount_minor for part in request.parts.all()}
    left = _standing(donation=donation, taken=refunded_by_fund(donation=donation))
    return _shares(donation=donation, minors=fitted(amount=amount, left=left, wanted=wanted))


def parts_of(fact: Refund) -> list[Share]:
    """How a recorded refund was divided over funds."""
    minors = {part.fund_id: part.amount_minor for part in fact.parts.order_by("id")}
    return _shares(donation=fact.donation, minors=minors)


def disputed(*, donation: Donation, amount: Money, opened_at: datetime) -> list[Share]:
    """How a disputed amount is divided: over what was left of each fund when the dispute was opened.

    Refunds made later, or returned later, change nothing, so every movement of one dispute is divided alike.
    """
    gone = Q(refund__failure__isnull=True) | Q(refund__failure__failed_at__gt=opened_at)
    before = RefundPart.objects.filter(gone, refund__donation=donation, refund__refunded_at__lte=opened_at)
    left = _standing(donation=donation, taken=_sums(before))
    whole = recording.shares_of(donation)
    weights = [max(left[share.fund_id], 0) for share in whole]
    if not any(weights):
        weights = [share.amount.minor for share in whole]
    minors = zip(whole, amount.split(weights), strict=True)
    return _shares(donation=donation, minors={share.fund_id: part.minor for share, part in minors})


def _shares(*, donation: Donation, minors: Mapping[int, int]) -> list[Share]:
    return [
        Share(
            share.fund_id,
            share.is_restricted,
            Money(minors[share.fund_id], donation.currency),
            share.segment,
        )
        for share in recording.shares_of(donation)
        if minors.get(share.fund_id)
    ]
