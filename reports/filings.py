"""Filings that are due: what a tax office expects, by which day, of which body."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count

from ledger.models import LegalEntity
from receipts import filing_hometax, reporting_korea
from receipts.models import GiftAidDeclaration, HometaxFiling
from receipts.rules import korean_papers, parameters
from staff.models import AuditEvent

AHEAD = timedelta(days=60)
Status = HometaxFiling.Status


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do for a tax office. `page` is the address in the office where it is done."""

    kind: str
    entity: LegalEntity
    year: int
    count: int
    page: str
    due_at: datetime | None = None
    days_left: int | None = None


def due(*, now: datetime) -> list[Due]:
    """This function will return what waits, the nearest day first; what has no day comes last."""
    found = [*_korea(now), *_records()]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now, one.kind))


def _korea(now: datetime) -> list[Due]:
    found = []
    for entity in filing_hometax.bodies():
        found += _hometax(entity, now=now)
        found += _summaries(entity, now=now)
    return found


def _hometax(entity: LegalEntity, *, now: datetime) -> list[Due]:
    """E-receipts that are not filed when the day comes near, and those to be canceled: at any time."""
    rows = HometaxFiling.objects.filter(
        receipt__series__entity=entity, status__in=[Status.WAITING, Status.TO_CANCEL]
    )
    counted = rows.values("receipt__tax_year", "status").annotate(count=Count("pk")).order_by("status")
    found = []
    for row in counted:
        year, count = row["receipt__tax_year"], row["count"]
        if row["status"] == Status.TO_CANCEL:
            found.append(Due("hometax_to_cancel", entity, year, count, "office:korea"))
            continue
        try:
            on = filing_hometax.due_on(tax_year=year)
        except parameters.YearNotSettled:
            continue
        made = _near("hometax_due", entity, year, count, on=on, now=now)
        found += [made] if made else []
    return found


def _summaries(entity: LegalEntity, *, now: datetime) -> list[Due]:
    """The summary of a year's paper receipts, until somebody says that it was handed in (KR-10)."""
    today = entity.day_of(now)
    found = []
    for year in (today.year - 1, today.year - 2):
        count = reporting_korea.paper_receipts(entity_id=entity.pk, tax_year=year).count()
        target = filing_hometax.summary_target(entity_id=entity.pk, tax_year=year)
        if not count or AuditEvent.objects.filter(target=target, action=filing_hometax.HANDED_IN).exists():
            continue
        try:
            on = korean_papers.summary_due(
                tax_year=year, fiscal_year_end=reporting_korea.fiscal_year_end(entity, year)
            )
        except parameters.YearNotSettled:
            continue
        made = _near("korea_summary_due", entity, year, count, on=on, now=now)
        found += [made] if made else []
    return found


def _near(kind: str, entity: LegalEntity, year: int, count: int, *, on: date, now: datetime) -> Due | None:
    """A day of a law ends at midnight where the body is."""
    zone = ZoneInfo(entity.zone)
    today = now.astimezone(zone).date()
    if today < on - AHEAD:
        return None
    ends = datetime.combine(on, time(23, 59), tzinfo=zone)
    return Due(kind, entity, year, count, "office:korea", due_at=ends, days_left=(on - today).days)


def _records() -> list[Due]:
    """Spoken declarations that have no effect until their written record goes out."""
    waiting = GiftAidDeclaration.objects.filter(
        form=GiftAidDeclaration.Form.ORAL, record_sent_on__isnull=True, cancelled_from__isnull=True
    )
    counted = waiting.values("entity").annotate(count=Count("pk")).order_by("entity")
    bodies = {entity.pk: entity for entity in LegalEntity.objects.filter(declarations__in=waiting).distinct()}
    return [
        Due("gift_aid_record", bodies[row["entity"]], 0, row["count"], "office:gift_aid") for row in counted
    ]
