"""Reporting: what a Korean body takes to its tax office: rows for Hometax, the ledger, the yearly summary.

Every row is read from the frozen snapshots. The column of the resident number stays empty: the body fills it in at
Hometax (KR-13). The ledger and the summary are about paper receipts only: what Hometax issued it keeps itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from ledger.models import LegalEntity
from paper.tabulating import Table
from receipts import filing_hometax, recalling
from receipts.models import HometaxFiling, Receipt
from receipts.rules import korea, korean_papers, shapes

SERIAL, APPROVAL, VOIDED_ON = "일련번호", "승인번호", "취소일"


@dataclass(frozen=True, slots=True)
class Summary:
    """The yearly summary with the day it is due, and how many paper receipts it counts."""

    table: Table
    due_on: date
    count: int


def to_file(*, entity: LegalEntity, tax_year: int, status: HometaxFiling.Status) -> Table:
    """What the body enters at Hometax (waiting), has entered (filed), or cancels there (to_cancel).

    The number of the receipt comes first, so that Hometax's answer finds its way back; the approval number and the
    day it stopped standing come last where there are any. This function will return the table.
    """
    rows: list[tuple[str, ...]] = []
    for filing in filing_hometax.filings(entity_id=entity.pk, tax_year=tax_year, status=status):
        receipt = recalling.recall(receipt=filing.receipt)
        voiding = getattr(filing.receipt, "voiding", None)
        for row in korean_papers.hometax_rows(receipts=[receipt]):
            ended = voiding.voided_on.isoformat() if voiding else ""
            rows.append((receipt.serial, *row, filing.approval, ended))
    return Table("홈택스", (SERIAL, *korean_papers.HOMETAX_COLUMNS, APPROVAL, VOIDED_ON), rows)


def ledger(*, entity: LegalEntity, tax_year: int) -> Table:
    """기부자별 발급명세 (KR-09). This function will return a row for every gift on a standing paper receipt."""
    rows = list(korean_papers.ledger_rows(receipts=_on_paper(entity, tax_year)))
    return Table("발급명세", korean_papers.LEDGER_COLUMNS, rows)


def summary(*, entity: LegalEntity, tax_year: int) -> Summary:
    """기부금영수증 발급합계표 (KR-10), by code, with its sum in the last row. Raises `YearNotSettled`.

    A body under corporate law hands it in by the end of the sixth month after its own year. This function will
    return it.
    """
    made = korean_papers.summary(
        receipts=_on_paper(entity, tax_year),
        tax_year=tax_year,
        fiscal_year_end=fiscal_year_end(entity, tax_year),
    )
    last = ("합계", "", str(made.count), made.total.plain)
    return Summary(
        Table("발급합계표", korean_papers.SUMMARY_COLUMNS, [*made.rows, last]), made.due_on, made.count
    )


def paper_receipts(*, entity_id: int, tax_year: int) -> QuerySet[Receipt]:
    """This function will return the standing Korean receipts of a year that are no copies for information."""
    return (
        Receipt.objects.filter(
            series__entity=entity_id, tax_year=tax_year, law=korea.CODE, voiding__isnull=True
        )
        .filter(snapshot__contains='"information_copy":false')
        .order_by("issued_at", "number", "pk")
    )


def _on_paper(entity: LegalEntity, tax_year: int) -> Iterable[shapes.Receipt]:
    found = paper_receipts(entity_id=entity.pk, tax_year=tax_year)
    return [recalling.recall(receipt=receipt) for receipt in found.iterator(chunk_size=500)]


def fiscal_year_end(entity: LegalEntity, tax_year: int) -> date | None:
    """A body that uses the form of corporate law follows its own year; every other one the calendar.

    This function will return the last day of its year, or None for the calendar's.
    """
    issuer = entity.issuer
    if issuer.form != "63-3":
        return None
    month = issuer.fiscal_year_end_month
    following = date(tax_year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
