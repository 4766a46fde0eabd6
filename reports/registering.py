"""The register of receipts: every number of one entity's tax year once, also what became of it and the spoiled ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from receipts.models import Receipt, Series, SpoiledNumber
from reports import exporting

VALID, VOID, SPOILED = "valid", "void", "spoiled"
STATES = (VALID, VOID, SPOILED)

_REGISTER = f"""
SELECT n.number, n.serial, n.state, n.reason, n.issued_on, n.kind, n.replaces, n.replaced_by, n.void_on, n.currency,
  {exporting.exact("n.total_minor", "n.currency")} AS total,
  {exporting.exact("n.eligible_minor", "n.currency")} AS eligible,
  n.donor_ref
FROM (
  SELECT r.number, r.serial, CASE WHEN v.id IS NULL THEN 'valid' ELSE 'void' END AS state, v.reason, r.issued_on,
    r.kind, b.serial AS replaces, a.serial AS replaced_by, v.voided_on AS void_on, t.currency,
    t.total_minor, t.eligible_minor, r.donor_id AS donor_ref
  FROM receipts_receipt r JOIN receipts_receipttotal t ON t.receipt_id = r.id
  LEFT JOIN receipts_voiding v ON v.receipt_id = r.id
  LEFT JOIN receipts_receipt b ON b.id = r.replaces_id LEFT JOIN receipts_receipt a ON a.replaces_id = r.id
  WHERE r.series_id = %(series)s
  UNION ALL
  SELECT s.number, '', 'spoiled', {exporting.guarded("s.words")}, NULL, NULL, NULL, NULL, s.spoiled_at::date,
    NULL, NULL, NULL, NULL
  FROM receipts_spoilednumber s WHERE s.series_id = %(series)s
) n ORDER BY n.number, n.currency
"""


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its receipt, or why there will never be one."""

    number: int
    receipt: Receipt | None = None
    spoiled: SpoiledNumber | None = None


def series(*, entity_id: int | None, year: int | None) -> Series | None:
    """This function will return the series of a body and tax year; of those that fit the newest."""
    found = Series.objects.select_related("entity").order_by("-year", "entity_id")
    if entity_id is not None:
        found = found.filter(entity=entity_id)
    return (found.filter(year=year) if year is not None else found).first()


def page(*, of: Series, state: str, below: int | None, size: int) -> tuple[list[Number], int | None]:
    """Numbers of a series in falling order, from the one below `below`; `state` is one of STATES or empty for all.

    This function will return so many numbers, and below which one the next page begins, None on the last.
    """
    receipts = of.receipts.select_related(
        "donor", "voiding", "rendering", "trouble", "replaced_by", "replaces"
    )
    spoiled = of.spoiled.all()
    if state:
        wanted = receipts.none() if state == SPOILED else receipts.filter(voiding__isnull=state == VALID)
        receipts, spoiled = wanted, spoiled if state == SPOILED else spoiled.none()
    if below is not None:
        receipts, spoiled = receipts.filter(number__lt=below), spoiled.filter(number__lt=below)
    newest = receipts.prefetch_related("totals").order_by("-number")[: size + 1]
    rows = [Number(one.number, receipt=one) for one in newest]
    rows += [Number(one.number, spoiled=one) for one in spoiled.order_by("-number")[: size + 1]]
    rows.sort(key=lambda row: -row.number)
    return rows[:size], rows[size - 1].number if len(rows) > size else None


def csv(*, of: Series, with_mark: bool = False) -> Iterator[bytes]:
    """The register as CSV: a row for each number and currency, in rising order; givers by our own number of them.

    This function will yield the file in blocks.
    """
    return exporting.copied(_REGISTER, {"series": of.pk}, with_mark=with_mark)
