"""Plain-text accounting for beancount: one file of entries, and one that opens every account used so far.

The accounts of an export stand in `accounts.beancount`, which takes the place of the one before: a book that includes
it and every journal once is whole, whatever day a late entry bears. Accounts are ours unless the map says others,
below the five roots beancount has; a fund is the last part of the name.
"""

import re
from collections.abc import Iterable

from books.journals.neutralizing import plain, signed
from books.journals.shapes import Format, Handover, Journal, Line, Name

OPENED = "1970-01-01"
ACCOUNTS_FILE = "accounts.beancount"
ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "net_assets": "Equity",
    "income": "Income",
    "expense": "Expenses",
    "exchange": "Equity",
}
# A part begins with a capital or a digit. ASCII is less than beancount allows, and the same everywhere.
ACCOUNT = re.compile(r"(?:Assets|Liabilities|Equity|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9-]*)+", re.ASCII)


def own_code(*, account: str, account_name: str, kind: str, fund: str) -> str:
    """This function will return the name of one of our accounts, as `Assets:1100-Processor-clearing:RSC`."""
    words = "-".join(re.findall(r"[A-Za-z0-9]+", account_name))
    return f"{ROOTS[kind]}:{'-'.join(filter(None, (account, words)))}:{fund}"


def text(said: str) -> str:
    """This function will return a string of beancount, with the two signs escaped that would end it."""
    return '"' + plain(said).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _heading(handover: Handover) -> bytes:
    return (
        f"; {plain(handover.entity_name)}, hand-over {handover.number} ({handover.id}).\n"
        f"; Include it once, together with {ACCOUNTS_FILE} of the newest hand-over.\n\n"
    ).encode()


def _beside(handover: Handover) -> Iterable[tuple[str, bytes]]:
    said = [f"option {text('title')} {text(handover.entity_name)}\n"]
    said.append(f"option {text('operating_currency')} {text(handover.base_currency)}\n\n")
    said += [f"{OPENED} open {account}\n" for account in handover.opened]
    yield ACCOUNTS_FILE, "".join(said).encode()


def _body(journal: Journal, _: Handover) -> bytes:
    said = [f"{journal.on} * {text(journal.number)} {text(journal.memo)}\n"]
    known = {"source": journal.source, "payout": journal.payout, "counterparty": journal.counterparty}
    said += [f"  {key}: {text(value)}\n" for key, value in known.items() if value]
    for line in journal.lines:
        said += _line(line)
    return ("".join(said) + "\n").encode()


def _line(line: Line) -> list[str]:
    name: Name = line.name
    said = [f"  {name.code}  {signed(line.amount, line.currency)} {line.currency}\n"]
    if not name.code.endswith(f":{name.fund}"):
        said.append(f"    fund: {text(name.fund)}\n")
    if line.campaign:
        said.append(f"    campaign: {text(line.campaign)}\n")
    return said


FORMAT = Format(suffix="beancount", heading=_heading, body=_body, beside=_beside)
