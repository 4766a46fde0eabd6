"""Reversing: a gift over the desk was not what the books say. It goes back whole; what is true is entered anew.

Posted entries never change (B09). A mistake is reversed on the day it was booked, or on the first open day if that
period is closed, and the memo then says so (E10); a bounced check, or money we gave back, on the day that happened.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from donations import (
    benefiting,
    counting_batches,
    crediting,
    dividing,
    entering,
    posting_batches,
    postings,
    recording,
    refunding,
    restating,
    splitting,
)
from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import Detail, HandGift
from donations.models import Donation, Refund, RefundPart, RefundRequest, Reversal, SoftCredit
from donors import refusing
from ledger import money, posting
from ledger.models import Entry, Fund
from ledger.money import Money
from staff import auditing
from staff.models import User

Kind = Reversal.Kind


class UnableToReverse(ValueError):
    """`code` says why, `field` where.

    Codes are `desk` (it came through the processor: give it back there), `gone` (it went back already), `sold`
    (securities that are money by now), `reason`, `resident_number`, `day`, `same` (nothing would change), `truth`
    (only a mistake has one), `second` (money is given back by two people: see `giving_back`), `waits` (somebody has
    proposed that already) and those of entering.
    """

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a gift. `truth` is what each fund was given in fact; empty when there was no gift at all.

    `happened_on` is the day it bounced or was given back; of a mistake it is the day it was booked and not asked for.
    `gift_id` is made with the form, so that the true gift is entered once. `is_at_bank` says that the money was matched
    with a line of the bank; what was carried there in a batch is known. `request` is what a second person agreed to,
    when money is given back.
    """

    donation_id: uuid.UUID
    kind: Reversal.Kind
    reason: str
    gift_id: uuid.UUID
    happened_on: date | None = None
    truth: Sequence[tuple[Fund, Money]] = ()
    is_at_bank: bool = False
    request: RefundRequest | None = None


def reverse(*, wrong: Wrong, actor: User, now: datetime) -> Reversal:
    """Take a gift back as a whole and enter what is true in its place; doing it again is the one that was done.

    Receipts, totals and ladders follow by themselves: they read what went back. Raises UnableToReverse; nothing is
    written then. This function will return the stored reversal.
    """
    words = checked(wrong)
    with transaction.atomic():
        refunding.lock(wrong.donation_id)
        donation = _found(wrong.donation_id)
        known = Reversal.objects.filter(refund__donation=donation).select_related("replaced_by").first()
        if known is not None:
            return _same(known, wrong)
        check(donation=donation, wrong=wrong, now=now)
        _check_agreed(donation, wrong)
        is_at_bank = wrong.is_at_bank or at_bank(donation=donation)
        refund = _take_back(donation, wrong, words, is_at_bank=is_at_bank, now=now)
        true = _enter_truth(donation, wrong, words, is_at_bank=is_at_bank, actor=actor, now=now)
        made = Reversal.objects.create(
            refund=refund, kind=wrong.kind, reason=words, replaced_by=true, reversed_by=actor, recorded_at=now
        )
        auditing.record(
            actor=actor,
            action="donation.reversed",
            target=f"donation:{donation.pk}",
            details={"kind": wrong.kind.value, "reason": words, "replaced_by": str(true.pk) if true else ""},
            now=now,
        )
    return made


def checked(wrong: Wrong) -> str:
    """This function will return the reason in one line. Raises UnableToReverse for what nobody may write down."""
    words = " ".join(wrong.reason.split())[:300]
    if code := refusing.wrong_reason(words):
        raise UnableToReverse(code, "reason")
    if wrong.kind != Kind.MISTAKE and wrong.truth:
        raise UnableToReverse("truth", "amount")
    return words


def _found(donation_id: uuid.UUID) -> Donation:
    found = Donation.objects.select_related("entity", "campaign", "donor__merged_into", "recognition")
    donation = found.filter(pk=donation_id).first()
    if donation is None:
        raise UnableToReverse("unknown")
    return donation


def _same(known: Reversal, wrong: Wrong) -> Reversal:
    """The form was sent twice, or two people did it at once; if they say different things, somebody has to look."""
    told = [sum(amount.minor for _, amount in wrong.truth)]
    is_same = (
        known.kind == wrong.kind and [known.replaced_by.amount_minor if known.replaced_by else 0] == told
    )
    if not is_same:
        raise UnableToReverse("gone")
    return known


def _check_agreed(donation: Donation, wrong: Wrong) -> None:
    """Money is given back when a second person agreed to this very gift; nothing else is done while that waits."""
    waiting = donation.refund_requests.filter(status__in=dividing.HOLDING, refund__isnull=True)
    agreed = wrong.request
    if wrong.kind == Kind.RETURNED:
        if agreed is None or agreed.donation_id != donation.pk or agreed.decided_by_id is None:
            raise UnableToReverse("second", "kind")
        waiting = waiting.exclude(pk=agreed.pk)
    if waiting.exists():
        raise UnableToReverse("waits")


def check(*, donation: Donation, wrong: Wrong, now: datetime) -> None:
    """This function will do nothing for a gift that can be taken back so. Raises UnableToReverse."""
    if donation.rail != Donation.Rail.DESK:
        raise UnableToReverse("desk")
    if refunding.refunded(donation=donation):
        raise UnableToReverse("gone")
    if Entry.objects.filter(source=f"sale:{donation.pk}").exists():
        raise UnableToReverse("sold")
    today = donation.entity.day_of(now)
    day = wrong.happened_on
    if wrong.kind != Kind.MISTAKE and (day is None or not _came_on(donation) <= day <= today):
        raise UnableToReverse("day", "happened_on")
    if any(amount.currency != donation.currency for _, amount in wrong.truth):
        raise UnableToReverse("amount", "amount")
    before = {share.fund_id: share.amount.minor for share in recording.shares_of(donation)}
    if wrong.truth and {fund.pk: amount.minor for fund, amount in wrong.truth} == before:
        raise UnableToReverse("same", "amount")


def can_be_reversed(*, donation: Donation) -> bool:
    """This function will tell whether a gift came over the desk and stands."""
    return donation.rail == Donation.Rail.DESK and not refunding.refunded(donation=donation)


def kind_of(*, donation_id: uuid.UUID) -> Reversal.Kind | None:
    """This function will return how a gift was reversed, None when it was not."""
    kind = Reversal.objects.filter(refund__donation=donation_id).values_list("kind", flat=True).first()
    return None if kind is None else Kind(kind)


def at_bank(*, donation: Donation) -> bool:
    """This function will tell whether a batch carried the money of a gift to the bank, or that of a mistake in it."""
    is_money = donation.kind in counting_batches.MONEY
    return is_money and (
        hasattr(donation, "batched") or Entry.objects.filter(source=f"deposit:{donation.pk}").exists()
    )


def booked(donation: Donation) -> Entry:
    """This function will return the entry by which a gift over the desk came into the books."""
    return Entry.objects.get(source=f"hand:{donation.pk}")


def _came_on(donation: Donation) -> date:
    """The day it reached us: on it the books got it, or would have if they had been open."""
    return donation.entity.day_of(booked(donation).happened_at)


def _take_back(donation: Donation, wrong: Wrong, words: str, *, is_at_bank: bool, now: datetime) -> Refund:
    """The whole gift goes back, out of the funds it went to, from where it lies."""
    on = wrong.happened_on if wrong.kind != Kind.MISTAKE and wrong.happened_on else _came_on(donation)
    shares = recording.shares_of(donation)
    refund = Refund.objects.create(
        donation=donation,
        request=wrong.request,
        processor_ref=f"reversal:{donation.pk}",
        amount_minor=donation.amount_minor,
        reason=wrong.kind.value,
        refunded_at=donation.entity.noon(on),
        recorded_at=now,
    )
    RefundPart.objects.bulk_create(
        RefundPart(refund=refund, fund_id=share.fund_id, amount_minor=share.amount.minor) for share in shares
    )
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.REVERSAL,
        source=f"refund:{refund.processor_ref}",
        happened_at=refund.refunded_at,
        postings=_mirrored(donation, is_at_bank=is_at_bank),
        reverses=f"hand:{donation.pk}",
        now=now,
    )
    return refund


def _mirrored(donation: Donation, *, is_at_bank: bool) -> list[posting.Posting]:
    """The gift's lines with the other sign; what has moved since is taken from where it lies now."""
    since = [f"restated:{pk}" for pk in donation.corrections.values_list("pk", flat=True)]
    since += splitting.sources(donation=donation)
    sums: dict[tuple[str, int, str], int] = {}
    for one in [booked(donation), *Entry.objects.filter(source__in=since).order_by("id")]:
        for line in one.lines.select_related("account").order_by("id"):
            code = line.account.code
            code = postings.BANK if is_at_bank and code == postings.UNDEPOSITED else code
            key = (code, line.fund_id, line.segment)
            sums[key] = sums.get(key, 0) - line.amount_minor
    return [
        posting.Posting(code, fund_id, Money(minor, donation.currency), segment)
        for (code, fund_id, segment), minor in sums.items()
    ]


# What is true


def _enter_truth(
    donation: Donation, wrong: Wrong, words: str, *, is_at_bank: bool, actor: User, now: datetime
) -> Donation | None:
    """The gift as it was in fact: the same giver, days and thanks, another sum or other funds."""
    if not wrong.truth:
        return None
    gift = _true_gift(donation, wrong)
    try:
        made = entering.enter(gift=gift, actor=actor, now=now)
    except entering.UnableToEnter as error:
        raise UnableToReverse(error.code, error.field) from error
    except (benefiting.UnableToBenefit, crediting.UnableToCredit) as error:
        raise UnableToReverse("other", "amount") from error
    if is_at_bank:
        on = donation.batched.row.batch.deposit_on if hasattr(donation, "batched") else gift.came_on
        parts = {fund.pk: amount for fund, amount in wrong.truth}
        source = f"deposit:{made.pk}"
        posting_batches.deposit(
            entity=made.entity, source=source, on=on, parts=parts, memo="Corrected deposit", now=now
        )
    _keep_day(donation, made, words, actor=actor, now=now)
    return made


def _keep_day(was: Donation, made: Donation, words: str, *, actor: User, now: datetime) -> None:
    """A day that a person had set is set again."""
    if (made.given_on, made.date_rule) != (was.given_on, was.date_rule):
        changes = {"given_on": was.given_on, "date_rule": was.date_rule}
        restating.restate(donation_id=made.pk, changes=changes, reason=words, actor=actor, now=now)


def _true_gift(donation: Donation, wrong: Wrong) -> HandGift:
    amount = money.total([amount for _, amount in wrong.truth], currency=donation.currency)
    giver = donation.donor.merged_into or donation.donor
    return HandGift(
        id=wrong.gift_id,
        entity=donation.entity,
        donor_id=giver.pk,
        campaign=donation.campaign,
        parts=list(wrong.truth),
        amount=amount,
        method=donation.method,
        came_on=_came_on(donation),
        days={Basis(event.basis): event.on for event in donation.events.order_by("id")},
        kind=Donation.Kind(donation.kind),
        payer=Donation.Payer(donation.payer),
        description=donation.description,
        is_person_directed=donation.is_person_directed,
        is_anonymous=donation.recognition.is_anonymous,
        language=donation.language,
        last4=donation.last4,
        note=donation.note,
        source=donation.source,
        detail=_detail(donation),
        returns=[_return(benefit) for benefit in benefiting.standing(donation_id=donation.pk)],
        credits=_credits(donation, amount, giver.pk),
    )


_DETAILS = (
    *("quantity", "unit_value_minor", "fair_value_minor", "claimed_minor", "appraiser_name"),
    *("appraiser_address", "rate_on", "rate_source", "is_day_known", "staff_note"),
)
_RETURNS = (
    *("description", "fair_value_minor", "cost_minor", "is_token", "is_intangible_religious"),
    *("is_sold_commercially", "is_cash_like"),
)


def _detail(donation: Donation) -> Detail | None:
    known = getattr(donation, "detail", None)
    if known is None:
        return None
    equivalent = None
    if known.equivalent_minor is not None:
        equivalent = Money(known.equivalent_minor, known.equivalent_currency)
    told: Mapping[str, Any] = {name: getattr(known, name) for name in _DETAILS}
    return Detail(**told, equivalent=equivalent)


def _return(benefit: Any) -> Return:
    return Return(**{name: getattr(benefit, name) for name in _RETURNS})


def _credits(donation: Donation, amount: Money, giver_id: uuid.UUID) -> list[Credit]:
    """Whoever was thanked for all of it is thanked for all of it; for a part, for no more than there is."""
    found = []
    for one in donation.soft_credits.exclude(donor_id=giver_id).order_by("id"):
        part = None if one.amount_minor == donation.amount_minor else min(one.amount_minor, amount.minor)
        found.append(Credit(one.donor_id, SoftCredit.Kind(one.kind), part, one.matches_id))
    return found
