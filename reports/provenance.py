"""Where we know a gift from: notices of the processor, its balance, rows of files. One gift may be told of often."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from books.models import ProcessorReportRow
from donations.models import Donation
from payments.models import BalanceTransaction, ProcessorEvent


@dataclass(frozen=True, slots=True)
class Source:
    """One witness of a gift. `kind` is `notice`, `balance`, `file` or `desk`."""

    kind: str
    at: datetime
    ref: str
    words: str = ""
    report: object | None = None
    """The report whose row it is, by its key."""


def of(*, donation: Donation) -> list[Source]:
    """This function will return every witness of a gift, in the order in which we heard of it by each way."""
    return [*_notices(donation), *_balance(donation), *_rows(donation), *_desk(donation)]


def _notices(donation: Donation) -> Iterator[Source]:
    refs = [ref for ref in (donation.processor_ref, donation.payment_ref) if ref]
    if donation.checkout is not None and donation.checkout.session_ref and donation.plan_id is None:
        refs.append(donation.checkout.session_ref)
    for event in ProcessorEvent.objects.filter(object_ref__in=refs).order_by("received_at", "id"):
        yield Source("notice", event.received_at, event.ref, event.kind)


def _balance(donation: Donation) -> Iterator[Source]:
    rows = BalanceTransaction.objects.filter(
        source_ref=donation.processor_ref or "-", kind__in=["charge", "payment"]
    )
    for row in rows.order_by("recorded_at", "id"):
        yield Source("balance", row.recorded_at, row.ref)


def _rows(donation: Donation) -> Iterator[Source]:
    rows = ProcessorReportRow.objects.filter(ref=donation.processor_ref or "-") | (
        ProcessorReportRow.objects.filter(donation=donation)
    )
    for row in rows.select_related("report").order_by("report__imported_at", "position"):
        words = f"{row.report.file_name}, {row.position}"
        yield Source("file", row.report.imported_at, row.ref, words, row.report_id)


def _desk(donation: Donation) -> Iterator[Source]:
    if donation.rail == Donation.Rail.DESK and not donation.processor_ref:
        yield Source("desk", donation.recorded_at, "")
