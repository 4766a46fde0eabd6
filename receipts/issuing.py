"""Issuing: a gift gets a number and a frozen snapshot, in one transaction; drawing comes later.

The number is taken from its series by the row that counts, in the transaction that uses it: a crash gives it
back, so there is never a gap. The snapshot is canonical JSON, hashed and chained to the one before.
"""

import hashlib
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from campaigns import telling
from donations import dividing, holding, refunding
from donations.models import Donation
from ledger import money
from ledger.money import Money
from receipts import explaining, marking, snapshots, statements, wording
from receipts.models import Coverage, Exclusion, Receipt, ReceiptLine, Series

logger = logging.getLogger(__name__)

BATCH = 500
GENESIS = "0" * 64
METHODS = {"us_bank_account": "bank_debit", "kr_card": "kr_card"}

_NEXT = """
INSERT INTO receipts_series AS series (entity_id, year, next_number, last_hash) VALUES (%s, %s, 2, %s)
ON CONFLICT (entity_id, year) DO UPDATE SET next_number = series.next_number + 1
RETURNING id, next_number - 1, last_hash
"""


def due(*, since: datetime | None, limit: int = BATCH) -> list[uuid.UUID]:
    """Gifts recorded `since` then (None: ever) that wait for a decision, oldest first.

    A gift waits while it has neither a receipt nor a reason for none and no open dispute or review holds it.
    """
    recorded = Donation.objects.filter(recorded_at__gte=since) if since else Donation.objects.all()
    return list(
        recorded.filter(coverage__isnull=True, exclusion__isnull=True)
        .exclude(pk__in=holding.open_disputes().values("donation_id"))
        .exclude(pk__in=holding.open_reviews().values("donation_id"))
        .order_by("given_at", "id")
        .values_list("id", flat=True)[:limit]
    )


def issue_due(*, now: datetime, since: datetime | None = None) -> int:
    """Decide every gift that waits: a receipt, or an exclusion with its reason.

    `since` keeps the look every few seconds small; without it every gift ever recorded is looked at. Each gift
    has a transaction of its own, and one gift's trouble never stops the others: it is logged and decided again
    next time. This function will return how many receipts it issued. Raises marking.NumbersLost or MarksUnusable.
    """
    issued = 0
    for donation_id in due(since=since):
        try:
            issued += decide(donation_id=donation_id, now=now) is not None
        except (marking.NumbersLost, marking.MarksUnusable):
            raise  # it is not this gift's trouble: no other one may be numbered either
        except Exception:
            logger.exception("no receipt could be decided for donation %s", donation_id)
    return issued


def decide(*, donation_id: uuid.UUID, now: datetime) -> Receipt | None:
    """Issue the receipt of one gift, or write down why it gets none.

    Refunds of the gift wait for their turn, so the receipt tells what stands at this moment. This function
    will return the new receipt, or None when it is decided already or excluded.
    """
    with transaction.atomic():
        refunding.lock(donation_id)
        donation = Donation.objects.select_related("entity", "donor", "campaign").get(pk=donation_id)
        if Coverage.objects.filter(donation=donation).exists():
            return None
        if Exclusion.objects.filter(donation=donation).exists():
            return None
        reason = why_none(donation)
        if reason is not None:
            Exclusion.objects.create(donation=donation, reason=reason, decided_at=now)
            if reason == Exclusion.Reason.REFUNDED:
                explaining.tell_refunded(donation=donation, now=now)
            return None
        # A gift that comes back after its receipt was voided gets one that names the voided number.
        former = (
            Receipt.objects.filter(lines__donation=donation, voiding__isnull=False, replaced_by__isnull=True)
            .order_by("-issued_at", "-number")
            .first()
        )
        return issue(donation=donation, replaces=former, now=now)


def why_none(donation: Donation) -> Exclusion.Reason | None:
    """The reason a gift gets no receipt, if there is one."""
    if holding.is_lost(donation=donation):
        return Exclusion.Reason.DISPUTE_LOST
    if not refunding.refunded(donation=donation) < donation.amount:
        return Exclusion.Reason.REFUNDED
    return None


def issue(*, donation: Donation, replaces: Receipt | None, now: datetime) -> Receipt:
    """Number and freeze a receipt for one gift; must run inside a transaction that holds the gift's lock.

    This function will return the stored receipt; its file is drawn afterwards from the snapshot alone.
    """
    today = now.astimezone(ZoneInfo(donation.entity.zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [donation.entity_id, today.year, GENESIS])
        series_id, number, previous_hash = cursor.fetchone()
    marking.demand_reconciled(entity_code=donation.entity.code, tax_year=today.year, last_number=number - 1)
    serial = f"{today.year}-{number:06d}"
    back = refunding.refunded(donation=donation)
    total = donation.amount - back
    snapshot = _snapshot(
        donation=donation, back=back, serial=serial, issued_on=today.isoformat(), replaces=replaces
    )
    text = snapshots.canonical(snapshot)
    sha256 = hashlib.sha256(text).hexdigest()
    chained = hashlib.sha256(f"{previous_hash}{sha256}".encode()).hexdigest()
    Series.objects.filter(pk=series_id).update(last_hash=chained)
    receipt = Receipt.objects.create(
        series_id=series_id,
        number=number,
        serial=serial,
        donor=donation.donor,
        replaces=replaces,
        tax_year=donation.given_on.year,
        law=donation.entity.country,
        rules_version="",
        language=donation.language,
        currency=donation.currency,
        total_minor=total.minor,
        eligible_minor=total.minor,
        snapshot=text.decode(),
        snapshot_sha256=sha256,
        previous_hash=previous_hash,
        hash=chained,
        issued_at=now,
        issued_on=today,
    )
    ReceiptLine.objects.create(
        receipt=receipt, donation=donation, amount_minor=donation.amount_minor, refunded_minor=back.minor
    )
    Coverage.objects.create(donation=donation, receipt=receipt)
    return receipt


def _snapshot(
    *, donation: Donation, back: Money, serial: str, issued_on: str, replaces: Receipt | None
) -> dict[str, object]:
    entity, donor, language = donation.entity, donation.donor, donation.language
    return {
        "schema": 1,
        "template": statements.TEMPLATE,
        "language": language,
        "serial": serial,
        "kind": "single",
        "replaces": replaces.serial if replaces else None,
        "issued_on": issued_on,
        "entity": {
            "legal_name": entity.legal_name,
            "local_name": entity.local_name or None,
            "address": entity.address.splitlines(),
            "registration": entity.registration,
            "status_line": entity.status_line,
            "signatory": entity.signatory,
            "email": entity.email,
            "paper": entity.paper,
        },
        "donor": {
            "name": donor.name,
            "local_name": donor.local_name or None,
            "address": donor.address.splitlines(),
        },
        "lines": _lines(donation=donation),
        "currency": donation.currency,
        "currency_exponent": money.exponent(donation.currency),
        "total_minor": (donation.amount - back).minor,
        "statements": statements.required(entity=entity, language=language),
        "terms": _terms(donation),
        "test": not donation.is_live,
        "verify_at": settings.BASE_URL,
    }


def _lines(*, donation: Donation) -> list[dict[str, object]]:
    """One line for each fund; what went back is taken off the fund it came out of."""
    parts = list(donation.designations.select_related("fund").prefetch_related("fund__texts").order_by("id"))
    back = dividing.refunded_by_fund(donation=donation)
    method = METHODS.get(donation.method, donation.method)
    return [
        {
            "given_on": donation.given_on.isoformat(),
            "method": method if method in wording.METHODS else "other",
            "fund": telling.told(part.fund.texts.all(), language=donation.language).name,
            "amount_minor": part.amount_minor,
            "refunded_minor": back.get(part.fund_id, 0),
            "note": None,
        }
        for part in parts
    ]


def _terms(donation: Donation) -> Sequence[str]:
    """What happens if the purpose cannot be completed, in the words of the form (F35)."""
    terms = telling.told(donation.campaign.texts.all(), language=donation.language).terms
    return [terms] if terms else []
