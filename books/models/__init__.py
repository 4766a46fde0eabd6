"""Tables of the books as finance keeps them."""

from books.models.banking import BankLine, BankMatch, ProcessorReport, ProcessorReportRow, Statement
from books.models.exports import ExportRequest, ExportSchedule
from books.models.funds import (
    FundTransfer,
    PlacedAsset,
    Release,
    ReleasePolicy,
    SecuritySale,
    TransferRequest,
)
from books.models.journals import AccountMap, ExportedEntry, JournalExport, Target
from books.models.months import CheckItem, MonthEnd, Reopening

__all__ = [
    "AccountMap",
    "BankLine",
    "BankMatch",
    "CheckItem",
    "ExportRequest",
    "ExportSchedule",
    "ExportedEntry",
    "FundTransfer",
    "JournalExport",
    "MonthEnd",
    "PlacedAsset",
    "ProcessorReport",
    "ProcessorReportRow",
    "Release",
    "ReleasePolicy",
    "Reopening",
    "SecuritySale",
    "Statement",
    "Target",
    "TransferRequest",
]
