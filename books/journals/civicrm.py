"""CiviCRM's accounting batch as CSV, as scripts of its users read it: each row moves an amount from a credit account to
a debit account.

A journal of several lines becomes pairs: within a fund and a currency debits and credits are taken in order, and each
pair is the smaller of what is left of both. What an account gets over all rows is what it got in the books.
"""

from collections.abc import Iterator

from books.journals import neutralizing
from books.journals.neutralizing import cell, known, signed
from books.journals.shapes import Format, Handover, Journal, Line, Name

COLUMNS = (
    "Batch ID", "Invoice No", "Contact ID", "Financial Trxn ID/Internal ID", "Transaction Date", "Debit Account",
    "Debit Account Name", "Debit Account Type", "Debit Account Amount (Unsplit)", "Transaction ID (Unsplit)",
    "Debit amount (Split)", "Payment Instrument", "Check Number", "Source", "Currency", "Transaction Status",
    "Amount", "Credit Account", "Credit Account Name", "Credit Account Type", "Item Description",
)  # fmt: skip
TYPES = {
    "asset": "BANK",
    "liability": "OCLIAB",
    "net_assets": "EQUITY",
    "income": "INC",
    "expense": "EXP",
    "exchange": "EXP",
}


def pairs(journal: Journal) -> Iterator[tuple[Line, Line, int]]:
    """This function will yield (debit, credit, amount): what moved from the second to the first, in minor units."""
    kinds = list(dict.fromkeys((line.name.fund, line.currency) for line in journal.lines))
    for kind in kinds:
        lines = [line for line in journal.lines if (line.name.fund, line.currency) == kind]
        debits = [line for line in lines if line.amount > 0]
        credits = [line for line in lines if line.amount < 0]
        yield from _paired(debits, credits)


def _paired(debits: list[Line], credits: list[Line]) -> Iterator[tuple[Line, Line, int]]:
    taken = given = 0
    left = [debits[0].amount if debits else 0, -credits[0].amount if credits else 0]
    while taken < len(debits) and given < len(credits):
        amount = min(left)
        yield debits[taken], credits[given], amount
        left = [left[0] - amount, left[1] - amount]
        if not left[0]:
            taken += 1
            left[0] = debits[taken].amount if taken < len(debits) else 0
        if not left[1]:
            given += 1
            left[1] = -credits[given].amount if given < len(credits) else 0


def _heading(_: Handover) -> bytes:
    return neutralizing.rows([COLUMNS])


def _body(journal: Journal, handover: Handover) -> bytes:
    ours = [str(handover.number), journal.number, cell(journal.giver or journal.counterparty)]
    return neutralizing.rows(
        [*ours, *_pair(journal, debit, credit, amount)] for debit, credit, amount in pairs(journal)
    )


def _pair(journal: Journal, debit: Line, credit: Line, amount: int) -> list[str]:
    moved = signed(amount, debit.currency)
    return [
        cell(journal.source),
        journal.on.isoformat(),
        *_account(debit.name),
        signed(debit.amount, debit.currency),
        cell(journal.processor),
        moved,
        journal.kind,
        cell(journal.check),
        known(debit.campaign or credit.campaign),
        debit.currency,
        "Completed",
        moved,
        *_account(credit.name),
        cell(journal.memo),
    ]


def _account(name: Name) -> tuple[str, str, str]:
    return known(name.code), known(name.name or name.account_name), cell(name.tax or TYPES[name.kind])


FORMAT = Format(suffix="csv", heading=_heading, body=_body, has_checks=True)
