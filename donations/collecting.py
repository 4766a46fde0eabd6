"""Collecting: gifts and movements of money that a processor tells of only in its files.

Each deed is one row of such a file and is safe to repeat: the processor's own reference names the fact and its entry.
The money lies with the processor (1120), or on its way to the bank (1050), until it is paid out.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from donations import (
    accepting,
    dividing,
    entering,
    leaving_unknown,
    paying_out,
    postings,
    recording,
    refunding,
)
from donations.entering import HandGift
from donations.models import Donation, Refund, RefundPart
from donations.postings import Share
from ledger import posting
from ledger.models import Entry, LegalEntity, Line
from ledger.money import Money
from payments.models import Payout
from staff.models import User

_SPACE = uuid.UUID("6f3b3b5e-6d1c-5f0e-9a55-2f6c1d0f7a11")


class UnableToCollect(ValueError):
    """`code` is `fund` (no general fund bears it), `more` (than was given, or than lies there) or `unknown`."""

    def __init__(self, code: str, *, left: Money | None = None) -> None:
        super().__init__(code)
        self.code, self.left = code, left


def identity(ref: str) -> uuid.UUID:
    """This function will return the id of the gift with this reference: the same one in every file."""
    return uuid.uuid5(_SPACE, ref)


def known(ref: str) -> Donation | None:
    """This function will return the gift with this reference, if it is in the books."""
    return Donation.objects.select_related("entity", "campaign").filter(processor_ref=ref).first()


def take(*, gift: HandGift, actor: User, now: datetime) -> Donation:
    """Enter a gift a file tells of, once. What came from nobody known before has its giver from now on.

    Raises entering.UnableToEnter. This function will return the stored gift.
    """
    found = known(gift.processor_ref)
    if found is not None:
        return found
    with transaction.atomic():
        made = entering.enter(gift=replace(gift, id=identity(gift.processor_ref)), actor=actor, now=now)
        _identified(made, now)
    return made


def lies_on(donation: Donation) -> str:
    """This function will return the account on which a gift lies."""
    return postings.lies_on(kind=donation.kind, method=donation.method)


def settle(*, donation: Donation, fee: Money, at: datetime, now: datetime) -> None:
    """This function will book what the processor kept of a gift, once."""
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.PROCESSOR_FEE,
        source=f"balance:{donation.processor_ref}",
        happened_at=at,
        postings=postings.fee(recording.shares_of(donation), amount=fee, against=lies_on(donation)),
        now=now,
    )


def add_fee(*, donation: Donation, ref: str, fee: Money, at: datetime, now: datetime) -> None:
    """This function will book a fee that came later and belongs to a gift, once."""
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.PROCESSOR_FEE,
        source=f"fee:{ref}",
        happened_at=at,
        postings=postings.fee(recording.shares_of(donation), amount=fee, against=lies_on(donation)),
        now=now,
    )


def fee_of(donation: Donation) -> Money | None:
    """This function will return what the books say the processor kept of a gift; nothing when they say nothing."""
    lines = Line.objects.filter(
        entry__source=f"balance:{donation.processor_ref}",
        account__code=postings.FEES,
        currency=donation.currency,
    )
    minor = lines.aggregate(sum=Sum("amount_minor"))["sum"]
    return None if minor is None else Money(minor, donation.currency)


def give_back(
    *, donation: Donation, ref: str, amount: Money, fee_back: Money, reason: str, at: datetime, now: datetime
) -> Refund:
    """Write down that money of a gift went back, once, with what the processor returned of its fee.

    Raises UnableToCollect with `more` when less than that is left of the gift. This function will return the refund.
    """
    with transaction.atomic():
        refunding.lock(donation.pk)
        found = Refund.objects.filter(processor_ref=ref).first()
        if found is not None:
            return found
        left = donation.amount - refunding.refunded(donation=donation)
        if amount.currency != donation.currency or left < amount:
            raise UnableToCollect("more", left=left)
        fact = Refund.objects.create(
            donation=donation,
            processor_ref=ref,
            amount_minor=amount.minor,
            reason=reason[:60],
            refunded_at=at,
            recorded_at=now,
        )
        parts = dividing.parts(donation=donation, amount=amount, request=None)
        RefundPart.objects.bulk_create(
            RefundPart(refund=fact, fund_id=part.fund_id, amount_minor=part.amount.minor) for part in parts
        )
        posting.post(
            entity=donation.entity,
            kind=Entry.Kind.REFUND,
            source=f"refund:{ref}",
            happened_at=at,
            postings=postings.refund(parts, against=lies_on(donation)),
            now=now,
        )
        posting.post(
            entity=donation.entity,
            kind=Entry.Kind.PROCESSOR_FEE,
            source=f"balance:{ref}",
            happened_at=at,
            postings=postings.fee(parts, amount=-fee_back, against=lies_on(donation)),
            now=now,
        )
    return fact


def exchange(
    *,
    entity: LegalEntity,
    ref: str,
    gave: Money,
    got: Money,
    shares: Sequence[Share],
    at: datetime,
    now: datetime,
) -> None:
    """Book that money with the processor turned into another currency, once; each balances against 7900.

    `shares` are those of the gift or refund it is about; without any it is divided by what each fund has there.
    """
    divided = [(share.fund_id, share.amount.minor) for share in shares]
    if not divided:
        divided = [
            (fund_id, part.minor)
            for fund_id, part in accepting.owed(entity=entity, amount=gave, account=postings.WALLET)
        ]
    weights = [Share(fund_id, False, Money(minor, gave.currency), "") for fund_id, minor in divided]
    posting.post(
        entity=entity,
        kind=Entry.Kind.ADJUSTMENT,
        source=f"exchange:{ref}",
        happened_at=at,
        postings=postings.exchange(was=gave, became=got, shares=weights, account=postings.WALLET),
        now=now,
    )


def charge(*, entity: LegalEntity, ref: str, fee: Money, at: datetime, now: datetime) -> None:
    """Book a fee that belongs to no gift, once, on the general fund. Raises UnableToCollect without one."""
    fund = paying_out.general_fund(entity=entity)
    if fund is None:
        raise UnableToCollect("fund")
    posting.post(
        entity=entity,
        kind=Entry.Kind.PROCESSOR_FEE,
        source=f"fee:{ref}",
        happened_at=at,
        postings=postings.charge_by_processor(fee=fee, fund_id=fund.pk, against=postings.WALLET),
        now=now,
    )


def round_off(*, entity: LegalEntity, ref: str, amount: Money, at: datetime, now: datetime) -> None:
    """Book the cents by which a deposit differs from its gifts, once: 5180, no gift. Raises UnableToCollect."""
    fund = paying_out.general_fund(entity=entity)
    if fund is None:
        raise UnableToCollect("fund")
    posting.post(
        entity=entity,
        kind=Entry.Kind.ADJUSTMENT,
        source=f"rounding:{ref}",
        happened_at=at,
        postings=postings.rounding(amount=amount, fund_id=fund.pk),
        now=now,
    )


def pay_out(
    *,
    entity: LegalEntity,
    processor: Payout.Processor,
    ref: str,
    amount: Money,
    sources: Sequence[str] | None,
    at: datetime,
    arrives_on: date,
    now: datetime,
) -> None:
    """Write down what a processor sent to our bank, once.

    `sources` name the entries it consists of; without them it is taken out of what lies with the processor, by fund.
    Raises UnableToCollect with `more` when the books hold something else. This function will do nothing a second time.
    """
    if Payout.objects.filter(ref=ref).exists():
        return
    account = postings.WALLET if sources is None else postings.UNDEPOSITED
    with transaction.atomic():
        LegalEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
        parts = _held(entity, amount, sources)
        made = Payout.objects.create(
            ref=ref,
            processor=processor,
            is_by_hand=sources is None,
            amount_minor=amount.minor,
            currency=amount.currency,
            created_at=at,
            arrives_on=arrives_on,
            recorded_at=now,
        )
        paying_out.enter(payout=made, parts={entity: parts}, home=entity, at=at, against=account, now=now)


def _held(entity: LegalEntity, amount: Money, sources: Sequence[str] | None) -> list[postings.Part]:
    if sources is None:
        try:
            return accepting.owed(entity=entity, amount=amount, account=postings.WALLET)
        except accepting.UnableToAccept as error:
            raise UnableToCollect("more", left=error.left) from error
    lines = Line.objects.filter(
        entry__source__in=sources, account__code=postings.UNDEPOSITED, currency=amount.currency
    )
    sums = lines.values_list("fund_id").annotate(sum=Sum("amount_minor")).order_by("fund_id")
    parts = [(fund_id, Money(minor, amount.currency)) for fund_id, minor in sums if minor]
    told = Money(sum(part.minor for _, part in parts), amount.currency)
    if told != amount:
        raise UnableToCollect("more", left=told)
    return parts


# Money of a giver nobody knows yet


def unknown_refs() -> list[str]:
    """This function will return the references of money whose giver somebody still has to name."""
    waiting = leaving_unknown.of_processors()
    return [source.removeprefix("unidentified:") for source in waiting.values_list("source", flat=True)]


def keep_unknown(
    *, entity: LegalEntity, ref: str, share: Share, fee: Money, at: datetime, now: datetime
) -> None:
    """Money whose giver the file does not name is in the books, and no gift before somebody knows.

    This function will book it once.
    """
    posting.post(
        entity=entity,
        kind=Entry.Kind.UNIDENTIFIED,
        source=f"unidentified:{ref}",
        happened_at=at,
        postings=postings.unidentified([share], against=postings.WALLET),
        now=now,
    )
    posting.post(
        entity=entity,
        kind=Entry.Kind.PROCESSOR_FEE,
        source=f"balance:{ref}",
        happened_at=at,
        postings=postings.fee([share], amount=fee, against=postings.WALLET),
        now=now,
    )


def unknown(ref: str) -> Entry | None:
    """This function will return the entry of money whose giver is still not known."""
    waiting = Entry.objects.filter(source=f"unidentified:{ref}", reversals__isnull=True)
    return waiting.select_related("entity").first()


def _identified(donation: Donation, now: datetime) -> None:
    """The giver is known now: what stood in the books for nobody is taken back line by line, on the gift's day."""
    former = unknown(donation.processor_ref or "")
    if former is None:
        return
    posting.post(
        entity=former.entity,
        kind=Entry.Kind.IDENTIFIED,
        source=f"identified:{donation.processor_ref}",
        happened_at=donation.given_at,
        postings=posting.opposite(former),
        reverses=former.source,
        now=now,
    )
