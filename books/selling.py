"""Selling: donated securities became money. What they brought more or less than their value is no gift (D7)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Sum

from books import postings
from books.models import SecuritySale
from books.postings import Lying
from donations import taking_turns
from donations.models import Donation
from ledger import money, posting
from ledger.models import Entry, Line
from ledger.money import Money
from payments.models import BankAccount
from staff import auditing
from staff.models import User


class UnableToSell(ValueError):
    """`code` is `kind`, `sold`, `gone`, `price`, `fee`, `day`, `bank` or `unknown`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What the broker's confirmation says: the price before the fee, the fee, the day, where the money went."""

    bank_account: BankAccount
    price: Money
    fee: Money
    sold_on: date


def sell(*, donation_id: uuid.UUID, sold: Sold, actor: User, now: datetime) -> SecuritySale:
    """Book that the securities of a gift were sold, all of them; told again it is the same sale.

    Raises UnableToSell; nothing is written then. This function will return the stored sale.
    """
    with transaction.atomic():
        taking_turns.take([donation_id])
        gift = Donation.objects.select_related("entity").filter(pk=donation_id).first()
        if gift is None:
            raise UnableToSell("unknown")
        known = SecuritySale.objects.filter(donation=gift).first()
        if known is not None:
            return _same(known, sold)
        _check(gift, sold, now)
        lying = received_at(donation=gift)
        if not lying:
            raise UnableToSell("gone")
        made = SecuritySale.objects.create(
            donation=gift,
            bank_account=sold.bank_account,
            sold_on=sold.sold_on,
            price_minor=sold.price.minor,
            fee_minor=sold.fee.minor,
            sold_by=actor,
            recorded_at=now,
        )
        posting.post(
            entity=gift.entity,
            kind=Entry.Kind.SALE,
            source=f"sale:{gift.pk}",
            happened_at=gift.entity.noon(sold.sold_on),
            postings=postings.sale(lying=lying, price=sold.price, fee=sold.fee),
            now=now,
        )
        auditing.record(
            actor=actor,
            action="securities.sold",
            target=f"donation:{gift.pk}",
            details={"price": sold.price.plain, "fee": sold.fee.plain, "currency": sold.price.currency},
            now=now,
        )
    return made


def _same(known: SecuritySale, sold: Sold) -> SecuritySale:
    if (known.price_minor, known.fee_minor, known.sold_on) != (
        sold.price.minor,
        sold.fee.minor,
        sold.sold_on,
    ):
        raise UnableToSell("sold")
    return known


def _check(gift: Donation, sold: Sold, now: datetime) -> None:
    if gift.kind != Donation.Kind.STOCK:
        raise UnableToSell("kind")
    if sold.price.currency != gift.currency or not 0 < sold.price.minor <= money.LARGEST_BY_HAND:
        raise UnableToSell("price")
    if sold.fee.currency != gift.currency or not 0 <= sold.fee.minor <= sold.price.minor:
        raise UnableToSell("fee")
    if not gift.given_on <= sold.sold_on <= gift.entity.day_of(now):
        raise UnableToSell("day")
    bank = sold.bank_account
    if (bank.entity_id, bank.currency) != (gift.entity_id, gift.currency) or not bank.is_open:
        raise UnableToSell("bank")


def received_at(*, donation: Donation) -> list[Lying]:
    """What the securities of a gift stand for in the books, fund by fund; nothing when they are gone.

    This function will return the sums of account 1300 over every entry that is about the gift.
    """
    corrections = [f"restated:{pk}" for pk in donation.corrections.values_list("pk", flat=True)]
    refunds = [f"refund:{ref}" for ref in donation.refunds.values_list("processor_ref", flat=True)]
    about = Q(entry__source__in=[f"hand:{donation.pk}", f"sale:{donation.pk}", *corrections, *refunds])
    sums = (
        Line.objects.filter(about, account__code=postings.SECURITIES, currency=donation.currency)
        .values_list("fund_id")
        .annotate(sum=Sum("amount_minor"))
        .order_by("fund_id")
    )
    return [Lying(fund_id, Money(minor, donation.currency)) for fund_id, minor in sums if minor > 0]
