"""Judging rows: a row of a batch must be able to become what it will be when the batch is posted."""

from collections.abc import Sequence
from datetime import datetime

from donations import entering, reading_rows, recognizing_checks
from donations.models import Batch, BatchRow, BatchRowPart, Donation
from donations.recognizing_checks import Twin, number
from donors import refusing
from donors.models import Donor
from ledger import money
from ledger.models import Fund

__all__ = ["UnableToBatch", "judge", "number"]

NAMELESS = frozenset({BatchRow.Giver.UNKNOWN, BatchRow.Giver.NOBODY})


class UnableToBatch(ValueError):
    """`code` says what is wrong, `field` where: the words are the page's. `twin` is the check entered before."""

    def __init__(self, code: str, field: str, *, twin: Twin | None = None) -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field, self.twin = code, field, twin


def judge(
    *,
    batch: Batch,
    row: BatchRow,
    parts: Sequence[BatchRowPart],
    is_sure_of_day: bool,
    known: BatchRow | None,
    now: datetime,
) -> None:
    """Judge a row as it is about to be stored; `known` is the row it replaces.

    Raises UnableToBatch, of which `twin` and `weak_basis` are confirmed by a person.
    This function will return when the row can be posted.
    """
    _check_words(row)
    _check_parts(batch, row, parts)
    if row.giver in NAMELESS:
        _check_nameless(row, parts)
    else:
        _check_gifts(batch, row, parts, now)
    _check_day(row, is_sure_of_day, known)
    _check_twin(batch, row)


def _check_words(row: BatchRow) -> None:
    told = {
        "memo": row.memo,
        "hint": row.hint,
        "check_number": row.check_number,
        "description": row.description,
        "benefit": row.benefit,
    }
    for field, words in told.items():
        if refusing.is_held_by(words):
            raise UnableToBatch("resident_number", field)


def _check_parts(batch: Batch, row: BatchRow, parts: Sequence[BatchRowPart]) -> None:
    if not 0 < row.amount_minor <= money.LARGEST_BY_HAND:
        raise UnableToBatch("amount", "amount")
    if any(part.amount_minor <= 0 for part in parts):
        raise UnableToBatch("part", "parts")
    if sum(part.amount_minor for part in parts) != row.amount_minor:
        raise UnableToBatch("sum", "parts")
    if len({(part.fund_id, part.donor_id) for part in parts}) < len(parts):
        raise UnableToBatch("twice", "parts")
    funds = Fund.objects.filter(pk__in=[part.fund_id for part in parts], entity=batch.entity_id, is_open=True)
    if funds.count() < len({part.fund_id for part in parts}):
        raise UnableToBatch("fund", "parts")


def _check_nameless(row: BatchRow, parts: Sequence[BatchRowPart]) -> None:
    """What nobody gave, or nobody knows who, is plain money: nobody can be thanked or receipted for it."""
    if any(part.donor_id is not None for part in parts):
        raise UnableToBatch("nameless_part", "parts")
    if row.kind != Donation.Kind.CASH or row.payer != Donation.Payer.DONOR:
        raise UnableToBatch("nameless_thing", "kind")
    if row.method not in {"check", "cash"}:
        raise UnableToBatch("method", "method")
    if row.credited_id is not None or row.benefit:
        raise UnableToBatch("nameless_thing", "donor")


def _check_gifts(batch: Batch, row: BatchRow, parts: Sequence[BatchRowPart], now: datetime) -> None:
    if row.method == "bank_transfer":
        raise UnableToBatch("method", "method")  # a transfer is at the bank already and comes with its line
    if row.donor_id is None:
        raise UnableToBatch("unknown", "donor")
    told = (row.donor_id, row.credited_id, *(part.donor_id for part in parts))
    wanted = {donor_id for donor_id in told if donor_id is not None}
    donors = {donor.pk: donor for donor in Donor.objects.filter(pk__in=wanted).select_related("merged_into")}
    if len(donors) < len(wanted):
        raise UnableToBatch("unknown", "donor")
    for part in parts:
        part.donor = donors[part.donor_id] if part.donor_id else None
    if row.benefit_minor is not None and (row.benefit_minor < 0 or not row.benefit):
        raise UnableToBatch("benefit", "benefit")
    try:
        for gift in reading_rows.gifts(batch=batch, row=row, parts=parts, giver=donors[row.donor_id]):
            entering.check(gift=gift, now=now)
    except entering.UnableToEnter as error:
        raise UnableToBatch(error.code, error.field) from error


def _check_day(row: BatchRow, is_sure: bool, known: BatchRow | None) -> None:
    """Around the new year nobody may be silent about how a check came (C5); said once it is said."""
    if known is not None and known.days == row.days and known.method == row.method:
        return
    days = reading_rows.days(row)
    is_weak = row.giver == BatchRow.Giver.DONOR and entering.is_basis_weak(method=row.method, days=days)
    if is_weak and not is_sure:
        raise UnableToBatch("weak_basis", "basis")


def _check_twin(batch: Batch, row: BatchRow) -> None:
    if row.accepts_twin or row.method != "check" or row.giver == BatchRow.Giver.NOBODY:
        return
    found = recognizing_checks.twin(
        row_id=row.pk,
        check_number=row.check_number,
        amount=money.Money(row.amount_minor, batch.currency),
        donor_id=row.donor_id,
        came_on=batch.came_on,
    )
    if found is not None:
        raise UnableToBatch("twin", "check_number", twin=found)
