"""Gathering: the facts of many gifts in few queries, as the law is told them.

What is gathered does not depend on how many gifts there are: one query for each kind of fact. A gift is read with
its money that went back, its returns, what is known of a thing, and what holds it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Prefetch, Sum

from campaigns.models import CampaignText
from donations import dating
from donations.models import Benefit, Designation, Donation, GiftDetail, RefundPart
from ledger.models import Fund
from ledger.money import Money
from payments.models import BalanceTransaction
from receipts.models import Issuer
from receipts.rules import shapes

PROCESSOR = "Stripe"
"""The source of a rate that the processor used when it settled a charge."""

_HELD = """
SELECT donation_id, 'disputed' FROM donations_dispute s
 WHERE donation_id = ANY(%(ids)s) AND EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = s.id)
   AND NOT EXISTS (SELECT 1 FROM donations_disputeclosing c WHERE c.dispute_id = s.id)
UNION ALL
SELECT donation_id, 'reviewed' FROM donations_review v
 WHERE donation_id = ANY(%(ids)s) AND NOT EXISTS (SELECT 1 FROM donations_reviewclosing c WHERE c.review_id = v.id)
UNION ALL
SELECT donation_id, 'lost' FROM donations_dispute s
  JOIN donations_disputeclosing c ON c.dispute_id = s.id AND c.outcome = 'lost'
 WHERE donation_id = ANY(%(ids)s) AND EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = s.id)
   AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = s.id AND m.amount_minor > 0)
"""
_STRENGTH = ("", "reviewed", "disputed", "lost")


@dataclass(frozen=True, slots=True)
class Part:
    """What of a gift went to one fund, and what of that went back."""

    fund: Fund
    amount_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A gift with everything a receipt may say about it. `held` is "", "reviewed", "disputed" or "lost"."""

    donation: Donation
    parts: tuple[Part, ...]
    benefits: tuple[Benefit, ...]
    refunded_minor: int
    held: str
    settled: BalanceTransaction | None

    @property
    def id(self) -> uuid.UUID:
        return self.donation.pk

    @property
    def detail(self) -> GiftDetail | None:
        return getattr(self.donation, "detail", None)

    @property
    def is_all_back(self) -> bool:
        return self.refunded_minor >= self.donation.amount_minor


def gather(donation_ids: Iterable[uuid.UUID], *, is_locking: bool = False) -> dict[uuid.UUID, Gift]:
    """Read gifts with their facts; with `is_locking` their rows are held until the transaction ends.

    The lock is the one a correction of the gift takes, so what was read stays true until the receipt is written.
    This function will return the gifts by their ids; unknown ids are left out.
    """
    ids = sorted(set(donation_ids))
    if is_locking:
        # By itself, so that what is read afterwards is newer than whatever was waited for.
        rows = Donation.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        list(rows.values_list("pk", flat=True))
    found = list(
        Donation.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_related("entity__issuer", "donor__merged_into", "campaign")
        .select_related("detail", "coverage", "exclusion", "obstacle")
        .prefetch_related(Prefetch("campaign__texts", CampaignText.objects.order_by("id")))
    )
    back, held, settled = _went_back(ids), _held(ids), _settled(found)
    parts, benefits = _parts(ids, back), _benefits(ids)
    return {
        row.pk: Gift(
            donation=row,
            parts=tuple(parts[row.pk]),
            benefits=tuple(benefits[row.pk]),
            refunded_minor=sum(back[row.pk].values()),
            held=held.get(row.pk, ""),
            settled=settled.get(row.processor_ref or ""),
        )
        for row in found
    }


def _parts(
    ids: Sequence[uuid.UUID], back: Mapping[uuid.UUID, Mapping[int, int]]
) -> dict[uuid.UUID, list[Part]]:
    found: dict[uuid.UUID, list[Part]] = defaultdict(list)
    rows = Designation.objects.filter(donation__in=ids).select_related("fund").order_by("id")
    for one in rows.prefetch_related("fund__texts"):
        went_back = back[one.donation_id].get(one.fund_id, 0)
        found[one.donation_id].append(Part(one.fund, one.amount_minor, went_back))
    return found


def _benefits(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Benefit]]:
    """What was given in return and was not taken back."""
    found: dict[uuid.UUID, list[Benefit]] = defaultdict(list)
    rows = Benefit.objects.filter(donation__in=ids, withdraws__isnull=True, withdrawal__isnull=True)
    for one in rows.order_by("id"):
        found[one.donation_id].append(one)
    return found


def _went_back(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[int, int]]:
    """Minor units that went back and stayed back, by gift and fund; the parts of a refund sum to it by law."""
    found: dict[uuid.UUID, dict[int, int]] = defaultdict(dict)
    parts = RefundPart.objects.filter(refund__donation__in=ids, refund__failure__isnull=True)
    sums = parts.values_list("refund__donation_id", "fund_id").annotate(sum=Sum("amount_minor"))
    for donation_id, fund_id, minor in sums.order_by("refund__donation_id", "fund_id"):
        found[donation_id][fund_id] = minor
    return found


def _held(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    found: dict[uuid.UUID, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"ids": list(ids)})
        for donation_id, word in cursor.fetchall():
            found[donation_id] = max(found.get(donation_id, ""), word, key=_STRENGTH.index)
    return found


def _settled(rows: Sequence[Donation]) -> dict[str, BalanceTransaction]:
    """Lines of the processor's balance for charges in a currency the entity does not keep its books in."""
    refs = [
        row.processor_ref
        for row in rows
        if row.processor_ref and row.currency != row.entity.base_currency and not hasattr(row, "detail")
    ]
    if not refs:
        return {}
    lines = BalanceTransaction.objects.filter(source_ref__in=refs, amount_minor__gt=0).order_by("-created_at")
    return {line.source_ref: line for line in lines}


# As the law is told them


def line_of(gift: Gift, *, law: str, code: str, book_currency: str) -> shapes.GiftLine:
    """What the law is told about a gift: in the United States, Britain and Australia a thing has no amount.

    This function will return the line.
    """
    row, detail, currency = gift.donation, gift.detail, gift.donation.currency
    kind = shapes.Kind(row.kind)
    is_money = kind in shapes.MONEY
    value = row.amount_minor if is_money else _value(detail, law)
    has_value = value is not None
    return shapes.GiftLine(
        kind=kind,
        given_on=row.given_on,
        amount=Money(value, currency) if value is not None else None,
        refunded=Money(gift.refunded_minor, currency) if has_value and gift.refunded_minor else None,
        basis=dating.basis_of(row.date_rule),
        payer=shapes.Payer(row.payer),
        payment=str(row.pk),
        benefits=tuple(_benefit(one, currency) for one in gift.benefits),
        description=row.description,
        quantity=detail.quantity if detail else 1,
        unit_value=_money(detail.unit_value_minor if detail else None, currency) if has_value else None,
        code=code,
        claimed=_money(detail.claimed_minor if detail else None, currency),
        appraiser_name=detail.appraiser_name if detail else "",
        appraiser_address=detail.appraiser_address if detail else "",
        is_person_directed=row.is_person_directed,
        is_day_known=detail.is_day_known if detail else True,
        **_equivalent(gift, book_currency),
    )


def _value(detail: GiftDetail | None, law: str) -> int | None:
    if law not in {Issuer.Law.CANADA, Issuer.Law.KOREA} or detail is None:
        return None
    return detail.fair_value_minor


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _benefit(row: Benefit, currency: str) -> shapes.Benefit:
    return shapes.Benefit(
        description=row.description,
        fair_value=_money(row.fair_value_minor, currency),
        cost=_money(row.cost_minor, currency),
        is_token=row.is_token,
        is_intangible_religious=row.is_intangible_religious,
        is_sold_commercially=row.is_sold_commercially,
        is_cash_like=row.is_cash_like,
    )


def _equivalent(gift: Gift, book_currency: str) -> dict[str, Any]:
    """The amount in the law's own currency: as staff entered it, or as the processor settled the charge."""
    row, detail, settled = gift.donation, gift.detail, gift.settled
    if row.currency == book_currency:
        return {}
    if detail is not None and detail.equivalent_minor is not None:
        return {
            "equivalent": Money(detail.equivalent_minor, detail.equivalent_currency),
            "rate_on": detail.rate_on,
            "rate_source": detail.rate_source,
        }
    if settled is None or settled.currency != book_currency:
        return {}
    return {
        "equivalent": Money(settled.amount_minor, settled.currency),
        "rate_on": row.entity.day_of(settled.created_at),
        "rate_source": PROCESSOR,
    }


def facts_hash(gift: Gift, line: shapes.GiftLine) -> str:
    """What a receipt says about a gift, in one hash: when it comes out differently the paper is no longer true.

    Names of funds and of the donor are not part of it: they are frozen as they were, and a later name makes no
    receipt wrong. This function will return 64 hexadecimal digits.
    """
    told = {
        "donor": str(gift.donation.donor_id),
        "money": [gift.donation.amount_minor, gift.donation.currency, gift.refunded_minor],
        "parts": [[one.fund.pk, one.amount_minor, one.refunded_minor] for one in gift.parts],
        "line": {key: _plain(getattr(line, key)) for key in _HASHED},
        "benefits": [[_plain(getattr(one, key)) for key in _BENEFIT] for one in line.benefits],
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_HASHED = (
    *("kind", "given_on", "amount", "basis", "payer", "description", "quantity", "unit_value"),
    *("appraiser_name", "appraiser_address", "equivalent", "rate_on", "rate_source"),
    *("is_person_directed", "is_day_known"),
)
_BENEFIT = (
    *("description", "fair_value", "cost", "is_token", "is_intangible_religious"),
    *("is_sold_commercially", "is_cash_like"),
)


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return [value.minor, value.currency]
    return value.isoformat() if isinstance(value, date) else value
