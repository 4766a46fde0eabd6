"""Filtering donations: one place turns what was asked for into SQL, so a list, its totals and its file agree."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models

from donors import matching
from ledger import money


class State(models.TextChoices):
    """How a donation stands, read from facts. An open or lost dispute goes before refunds."""

    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for. Both days are inclusive; `amount` is digits as typed ("100" or "100.00")."""

    given_from: date | None = None
    given_to: date | None = None
    campaign: str = ""
    entity: str = ""
    fund: int | None = None
    method: str = ""
    frequency: str = ""
    state: str = ""
    currency: str = ""
    amount: str = ""
    donor: uuid.UUID | None = None
    search: str = ""
    least: int | None = None
    most: int | None = None
    """Bounds of the amount in minor units, both inclusive."""
    source: str | None = None
    """The code a gift came by; empty for gifts that carry none."""
    receipt: str = ""
    """On no receipt: "none", or of these only the "excluded", the "hindered" or the "waiting"."""
    reason: str = ""
    """Of the excluded or hindered, those of one code."""
    stays: bool = False
    """Only gifts of which something was kept."""


REFUNDED = """(SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM donations_refund r
  LEFT JOIN donations_refundfailure rf ON rf.refund_id = r.id
  WHERE r.donation_id = d.id AND rf.id IS NULL)"""
HELD_BY_DISPUTE = """EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id)
   AND (k.id IS NULL OR (k.outcome = 'lost' AND NOT EXISTS (
     SELECT 1 FROM donations_disputemovement b WHERE b.dispute_id = x.id AND b.amount_minor > 0)))"""
"""Of dispute `x` with closing `k`: money moved, and it is undecided, or lost and not won on appeal."""
DISPUTED = f"""EXISTS (SELECT 1 FROM donations_dispute x
  LEFT JOIN donations_disputeclosing k ON k.dispute_id = x.id
  WHERE x.donation_id = d.id AND {HELD_BY_DISPUTE})"""


def state_sql(*, refunded: str, disputed: str) -> str:
    """The state of donation `d` as an SQL expression."""
    return (
        f"CASE WHEN {disputed} THEN 'disputed' WHEN {refunded} = 0 THEN 'paid'"
        f" WHEN {refunded} < d.amount_minor THEN 'partly_refunded' ELSE 'refunded' END"
    )


STATE = state_sql(refunded=REFUNDED, disputed=DISPUTED)

_SIMPLE = {
    "campaign": "d.campaign_id = (SELECT id FROM campaigns_campaign WHERE slug = %(campaign)s)",
    "entity": "d.entity_id = (SELECT id FROM ledger_legalentity WHERE code = %(entity)s)",
    "fund": "EXISTS (SELECT 1 FROM donations_designation g WHERE g.donation_id = d.id AND g.fund_id = %(fund)s)",
    "method": "d.method = %(method)s",
    "currency": "d.currency = %(currency)s",
    "state": f"{STATE} = %(state)s",
    "donor": "d.donor_id IN (SELECT id FROM donors_donor WHERE id = %(donor)s OR merged_into_id = %(donor)s)",
    "least": "d.amount_minor >= %(least)s",
    "most": "d.amount_minor <= %(most)s",
}
_STAYS = (
    "NOT EXISTS (SELECT 1 FROM donations_giftback gb"
    " WHERE gb.donation_id = d.id AND gb.back_minor >= d.amount_minor)"
)
_UNCOVERED = "NOT EXISTS (SELECT 1 FROM receipts_coverage co WHERE co.donation_id = d.id)"
_EXCLUDED = (
    "EXISTS (SELECT 1 FROM receipts_exclusion ex WHERE ex.donation_id = d.id"
    " AND (%(reason)s = '' OR ex.reason = %(reason)s))"
)
_HINDERED = (
    "EXISTS (SELECT 1 FROM receipts_obstacle ob WHERE ob.donation_id = d.id"
    " AND (%(reason)s = '' OR ob.code = %(reason)s))"
)
_NOT_EXCLUDED = "NOT EXISTS (SELECT 1 FROM receipts_exclusion ex WHERE ex.donation_id = d.id)"
_NOT_HINDERED = "NOT EXISTS (SELECT 1 FROM receipts_obstacle ob WHERE ob.donation_id = d.id)"
# Of a gift that has both a person's or the law's word comes first, as in the report of them.
_RECEIPT = {
    "none": _UNCOVERED,
    "excluded": f"{_UNCOVERED} AND {_EXCLUDED}",
    "hindered": f"{_UNCOVERED} AND {_HINDERED} AND {_NOT_EXCLUDED}",
    "waiting": f"{_UNCOVERED} AND {_NOT_EXCLUDED} AND {_NOT_HINDERED}",
}
RECEIPTS = frozenset(_RECEIPT)
"""What a list can be narrowed to by what stands on a receipt."""
_FREQUENCY = {"once": "d.plan_id IS NULL", "monthly": "d.plan_id IS NOT NULL"}


def conditions(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The WHERE clause over `donations_donation d` and its named parameters.

    This function will return `TRUE` when nothing is asked for.
    """
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for field, clause in _SIMPLE.items():
        value = getattr(filters, field)
        if value not in (None, ""):
            clauses.append(clause)
            params[field] = value
    if filters.frequency:
        clauses.append(_FREQUENCY[filters.frequency])
    if filters.source is not None:
        clauses.append("d.source = %(source)s")
        params["source"] = filters.source
    if filters.stays:
        clauses.append(_STAYS)
    if filters.receipt:
        clauses.append(_RECEIPT[filters.receipt])
        params["reason"] = filters.reason
    _add_period(filters, clauses, params)
    _add_amount(filters, clauses, params)
    if filters.search.strip():
        clauses.append(_search(filters.search.strip(), params))
    return " AND ".join(clauses) or "TRUE", params


_REDATED = """d.id = ANY(ARRAY(SELECT k.donation_id FROM donations_correction k
  WHERE k.before ->> 'given_on' <> k.after ->> 'given_on'))"""


def _add_period(filters: Filters, clauses: list[str], params: dict[str, Any]) -> None:
    # `given_on` is the day in the entity's zone and decides; the bound on `given_at` only lets the index help. A day
    # that was corrected may lie far from it.
    if filters.given_from:
        clauses.append(f"d.given_on >= %(given_from)s AND (d.given_at >= %(given_from_wide)s OR {_REDATED})")
        params |= {
            "given_from": filters.given_from,
            "given_from_wide": filters.given_from - timedelta(days=1),
        }
    if filters.given_to:
        clauses.append(f"d.given_on <= %(given_to)s AND (d.given_at < %(given_to_wide)s OR {_REDATED})")
        params |= {"given_to": filters.given_to, "given_to_wide": filters.given_to + timedelta(days=3)}


def _add_amount(filters: Filters, clauses: list[str], params: dict[str, Any]) -> None:
    if not filters.amount:
        return
    parts = []
    currencies = [filters.currency] if filters.currency else sorted(money.CURRENCIES)
    for currency in currencies:
        try:
            minor = money.read_amount(filters.amount, currency=currency, most=money.LARGEST_BY_HAND).minor
        except money.UnreadableAmount:
            continue
        parts.append((currency, minor))
    clauses.append(
        "(d.currency, d.amount_minor) IN (SELECT * FROM unnest(%(currencies)s::text[], %(minors)s::bigint[]))"
    )
    params |= {"currencies": [part[0] for part in parts], "minors": [part[1] for part in parts]}


_REFERENCE = re.compile(r"(ch|py|pi|re|pyr|dp|du)_\w+", re.ASCII)
_SERIAL = re.compile(r"(?:[A-Z0-9]+-)*[A-Z]{0,4}\d{4}-\d{3,}", re.ASCII | re.IGNORECASE)


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _search(term: str, params: dict[str, Any]) -> str:
    """What is typed says what it is: a reference, four digits of a card, an address, a serial, or a name."""
    params["term"] = term
    try:
        # Before the serials: one id in some two thousand is written as a serial could be.
        params["id"] = uuid.UUID(term)
    except ValueError:
        pass
    else:
        return "(d.id = %(id)s OR d.donor_id = %(id)s)"
    if _REFERENCE.fullmatch(term):
        return (
            "(d.processor_ref = %(term)s OR d.payment_ref = %(term)s"
            " OR d.id IN (SELECT donation_id FROM donations_refund WHERE processor_ref = %(term)s)"
            " OR d.id IN (SELECT donation_id FROM donations_dispute WHERE processor_ref = %(term)s))"
        )
    if re.fullmatch(r"\d{4}", term, re.ASCII):
        return "d.last4 = %(term)s"
    if _SERIAL.fullmatch(term):
        params["serial"] = f"%{_like(term.upper())}"
        return (
            "d.id IN (SELECT l.donation_id FROM receipts_receiptline l JOIN receipts_receipt p"
            " ON p.id = l.receipt_id WHERE p.serial LIKE %(serial)s)"
        )
    return _search_donor(term, params)


def _search_donor(term: str, params: dict[str, Any]) -> str:
    if "@" in term:
        condition = "p.email_key LIKE %(email)s"
        params["email"] = _like(matching.email_key(term)) + "%"
    else:
        condition = "(p.name_key LIKE %(name)s OR p.local_name LIKE %(local)s)"
        params["name"] = f"%{_like(matching.name_key(term))}%"
        params["local"] = f"%{_like(term)}%"
    return (
        f"d.donor_id IN (SELECT p.id FROM donors_donor p WHERE {condition}"
        " UNION SELECT m.id FROM donors_donor p JOIN donors_donor m ON m.merged_into_id = p.id"
        f" WHERE {condition})"
    )
