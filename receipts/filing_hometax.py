"""Filing at Hometax: which Korean receipts the body itself enters there, where each stands, and what it takes along.

The body completes the resident numbers at Hometax; none comes here (KR-13). A receipt that is a copy for information
waits until somebody says under which approval number it was filed; when it no longer stands, the filing waits to be
canceled there too. Rows are made by a look of the worker, never while a receipt is issued.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from donors import refusing
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import informing
from receipts.models import HometaxFiling, Issuer, Receipt
from receipts.rules import korea, parameters
from staff import auditing
from staff.models import User

BATCH = 500
_APPROVAL = re.compile(r"[0-9A-Za-z-]{4,40}")
Status = HometaxFiling.Status


class UnableToFile(ValueError):
    """`code` is `approval` (not a number Hometax gives), `day` (before the receipt, or to come), `step` (it does not
    wait for this), `unknown` (no such receipt) or `resident_number`.
    """

    def __init__(self, code: str, ref: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Answer:
    """What Hometax said to one receipt."""

    serial: str
    approval: str


def follow(*, now: datetime) -> int:
    """Look for Korean receipts without a filing, and for filings of receipts that no longer stand.

    Safe to repeat, also by two workers. This function will return how many rows it made or moved.
    """
    made = _begin(now=now)
    voided = HometaxFiling.objects.filter(receipt__voiding__isnull=False)
    never = voided.filter(status=Status.WAITING)
    moved = 0
    for filing_id, on in never.values_list("pk", "receipt__voiding__voided_on")[:BATCH]:
        moved += HometaxFiling.objects.filter(pk=filing_id, status=Status.WAITING).update(
            status=Status.CANCELED, canceled_on=on, changed_by=None, changed_at=now
        )
    filed = list(voided.filter(status=Status.FILED).order_by("pk").values_list("pk", flat=True)[:BATCH])
    moved += HometaxFiling.objects.filter(pk__in=filed, status=Status.FILED).update(
        status=Status.TO_CANCEL, changed_by=None, changed_at=now
    )
    return made + moved


def _begin(*, now: datetime) -> int:
    found = (
        Receipt.objects.filter(law=korea.CODE, hometax__isnull=True, voiding__isnull=True)
        # Whether it is a copy for information is frozen in it; a company's paper receipt is never filed there.
        .filter(snapshot__contains='"information_copy":true')
        .order_by("issued_at", "id")
        .values_list("pk", flat=True)[:BATCH]
    )
    rows = [HometaxFiling(receipt_id=pk, changed_at=now) for pk in found]
    return len(HometaxFiling.objects.bulk_create(rows, ignore_conflicts=True))


# What people enter


def mark_filed(*, answers: Sequence[Answer], filed_on: date, actor: User, now: datetime) -> int:
    """Write down the approval numbers that Hometax gave on a day; all of them or none.

    Raises UnableToFile. This function will return how many filings went from waiting to filed.
    """
    with transaction.atomic():
        for answer in answers:
            _file(answer, filed_on=filed_on, actor=actor, now=now)
    return len(answers)


def _file(answer: Answer, *, filed_on: date, actor: User, now: datetime) -> None:
    if refusing.is_held_by(answer.approval):
        raise UnableToFile("resident_number", answer.serial)
    if not _APPROVAL.fullmatch(answer.approval):
        raise UnableToFile("approval", answer.serial)
    filing = _locked(answer.serial)
    if filing.status != Status.WAITING:
        raise UnableToFile("step", answer.serial)
    if not filing.receipt.issued_on <= filed_on <= filing.receipt.series.entity.day_of(now):
        raise UnableToFile("day", answer.serial)
    _move(filing, to=Status.FILED, actor=actor, now=now, approval=answer.approval, filed_on=filed_on)


def mark_canceled(*, serial: str, canceled_on: date, actor: User, now: datetime) -> None:
    """Write down that the body canceled a receipt at Hometax.

    Raises UnableToFile. This function will end the filing of a receipt that no longer stands.
    """
    with transaction.atomic():
        filing = _locked(serial)
        if filing.status != Status.TO_CANCEL or filing.filed_on is None:
            raise UnableToFile("step", serial)
        if not filing.filed_on <= canceled_on <= filing.receipt.series.entity.day_of(now):
            raise UnableToFile("day", serial)
        _move(filing, to=Status.CANCELED, actor=actor, now=now, canceled_on=canceled_on)


def _locked(serial: str) -> HometaxFiling:
    found = (
        HometaxFiling.objects.select_for_update(of=("self",))
        .select_related("receipt__series__entity")
        .filter(receipt__serial=serial, receipt__law=korea.CODE)
        .order_by("-receipt__issued_at")
        .first()
    )
    if found is None:
        raise UnableToFile("unknown", serial)
    return found


def _move(filing: HometaxFiling, *, to: Status, actor: User, now: datetime, **told: Any) -> None:
    HometaxFiling.objects.filter(pk=filing.pk).update(status=to, changed_by=actor, changed_at=now, **told)
    auditing.record(
        actor=actor,
        action=f"hometax.{to}",
        target=f"receipt:{filing.receipt_id}",
        now=now,
        details={"from": filing.status},
    )


def read_answers(text: str) -> list[Answer]:
    """Understand pasted lines: the receipt's number, a blank, tab or comma, and the approval number.

    Raises UnableToFile with the line that cannot be read. This function will return the answers in their order.
    """
    answers = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = re.split(r"[\s,;]+", line.strip())
        if len(parts) != 2:
            raise UnableToFile("line", str(number))
        answers.append(Answer(parts[0][:30], parts[1]))
    return answers


# What must be filed, and by when


def bodies() -> QuerySet[LegalEntity]:
    """This function will return the entities that stand under Korean law."""
    return LegalEntity.objects.filter(issuer__law=Issuer.Law.KOREA).select_related("issuer").order_by("id")


def prior_receipts(*, entity_id: int, given_in: int) -> Money | None:
    """What was receipted in the year before `given_in`: what the body's books say, and our own receipts (KR-11).

    This function will return the sum, or None when nobody knows it: its accountant then enters it with the issuer.
    """
    issuer = Issuer.objects.filter(entity=entity_id).first()
    return informing.prior_receipts(issuer=issuer, tax_year=given_in) if issuer else None


def duty(*, entity_id: int, given_in: int) -> korea.ElectronicDuty | None:
    """Whether every gift of a year needs an e-receipt, and by when. Raises `ValueUnknown` and `YearNotSettled`.

    This function will return the duty, or None when paper may do for companies; a person's receipt is always filed.
    """
    return korea.electronic_duty(
        prior_receipts=prior_receipts(entity_id=entity_id, given_in=given_in), given_on=date(given_in, 1, 1)
    )


def due_on(*, tax_year: int) -> date:
    """This function will return the day by which the e-receipts of a year's gifts must be filed."""
    month, day = parameters.SHIPPED.korea.of(tax_year).e_receipt_due
    return date(tax_year + 1, month, day)


def filings(*, entity_id: int, tax_year: int, status: str = "") -> QuerySet[HometaxFiling]:
    """This function will return the filings of a year, oldest receipt first."""
    rows = HometaxFiling.objects.filter(receipt__series__entity=entity_id, receipt__tax_year=tax_year)
    if status:
        rows = rows.filter(status=status)
    return rows.select_related("receipt__donor", "receipt__voiding", "receipt__replaced_by").order_by(
        "receipt__issued_at", "receipt__number", "pk"
    )


def counts(*, entity_id: int, tax_year: int) -> dict[str, int]:
    """This function will return how many filings of a year stand at each status."""
    rows = HometaxFiling.objects.filter(receipt__series__entity=entity_id, receipt__tax_year=tax_year)
    found = rows.order_by().values("status").annotate(count=Count("pk")).values_list("status", "count")
    return dict.fromkeys(Status.values, 0) | dict(found)


def hand_in(*, entity_id: int, tax_year: int, actor: User, now: datetime) -> None:
    """This function will write down that the yearly summary of paper receipts went to the tax office (KR-10)."""
    auditing.record(
        actor=actor, action=HANDED_IN, target=summary_target(entity_id=entity_id, tax_year=tax_year), now=now
    )


HANDED_IN = "korea.summary_handed_in"


def summary_target(*, entity_id: int, tax_year: int) -> str:
    """This function will return how the audit trail names a year's summary of a body."""
    return f"korea-summary:{entity_id}:{tax_year}"
