"""Our own table of the books, one row for each line: what every other format leaves out is here."""

from books.journals import neutralizing
from books.journals.neutralizing import cell, credit, debit, known
from books.journals.shapes import Format, Handover, Journal, Line

COLUMNS = (
    "journal_id", "journal_date", "period", "line_no", "account_code", "account_name", "debit", "credit", "currency",
    "exchange_rate", "base_debit", "base_credit", "fund_code", "restriction", "restriction_type", "campaign",
    "location", "counterparty_ref", "source_type", "source_id", "processor_id", "payout_id", "memo", "reversal_of",
    "batch_id", "batch_hash",
)  # fmt: skip


def _heading(_: Handover) -> bytes:
    return neutralizing.rows([COLUMNS])


def _body(journal: Journal, handover: Handover) -> bytes:
    on = journal.on.isoformat()
    behind = [
        cell(journal.giver or journal.counterparty),
        journal.kind,
        cell(journal.source),
        cell(journal.processor),
        cell(journal.payout),
        cell(journal.memo),
        journal.reverses,
        str(handover.id),
        handover.digest,
    ]
    return neutralizing.rows(
        [journal.number, on, on[:7], str(place), *_line(line, handover), *behind]
        for place, line in enumerate(journal.lines, start=1)
    )


def _line(line: Line, handover: Handover) -> list[str]:
    name, base = line.name, handover.base_currency
    is_free = name.restriction == "none"
    return [
        known(name.code),
        known(name.name or name.account_name),
        debit(line.amount, line.currency),
        credit(line.amount, line.currency),
        line.currency,
        f"{line.rate.normalize():f}" if line.rate is not None else "",
        debit(line.base, base) if line.base is not None else "",
        credit(line.base, base) if line.base is not None else "",
        name.fund,
        "without" if is_free else "with",
        "" if is_free else name.restriction,
        known(line.campaign),
        known(line.location),
    ]


FORMAT = Format(suffix="csv", heading=_heading, body=_body)
