"""Tables of the books as finance keeps them."""

from books.models.banking import (
    BankLine,
    BankMatch,
    PayerMark,
    ProcessorReport,
    ProcessorReportRow,
    StagedLine,
    Statement,
    StatementDraft,
)
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
    "PayerMark",
    "PlacedAsset",
    "ProcessorReport",
    "ProcessorReportRow",
    "Release",
    "ReleasePolicy",
    "Reopening",
    "SecuritySale",
    "StagedLine",
    "Statement",
    "StatementDraft",
    "Target",
    "TransferRequest",
]
