"""The account map as a file that goes out to the accountant and comes back filled in.

Every account with every fund that occurs is a row; an empty fund means all of them, an empty code no row. A file is
read whole or not at all, and whoever reads it is told the row, the column and the reason.
"""

import csv
import io
from datetime import datetime

from books import mapping
from books.mapping import Given, UnableToMap
from books.models import AccountMap
from ledger.models import Account, Fund, LegalEntity
from paper import tabulating
from paper.tabulating import Table
from staff.models import User

COLUMNS = ("account", "account_name", "fund", "code", "name", "class", "location", "tax")
_FIELDS = {"code": "code", "name": "name", "class": "class_name", "location": "location", "tax": "tax"}
LARGEST = 1_000_000
MOST_ROWS = 5_000


class UnableToRead(ValueError):
    """A map that is not read. `row` counts from 1 with the heading; `code` says why: `size`, `letters`, `columns`,
    `account`, `fund`, `twice`, or what `mapping.UnableToMap` says.
    """

    def __init__(self, code: str, *, row: int = 0, column: str = "", said: str = "") -> None:
        super().__init__(f"row {row}, {column}: {code}")
        self.code, self.row, self.column, self.said = code, row, column, said[:60]


def written(*, entity: LegalEntity, target: str) -> bytes:
    """This function will return the map as CSV, what nobody has named with empty cells."""
    known = {(row.account_id, row.fund_id): row for row in mapping.rows(entity=entity, target=target)}
    accounts = {account.pk: account for account in Account.objects.order_by("code")}
    funds = {fund.pk: fund for fund in Fund.objects.filter(entity=entity)}
    keys = set(known) | set(mapping.occurring(entity=entity))
    keys |= {(account_id, None) for account_id, _ in keys}
    ordered = sorted(keys, key=lambda key: (accounts[key[0]].code, funds[key[1]].code if key[1] else ""))
    rows = [
        [
            accounts[account_id].code,
            accounts[account_id].name,
            funds[fund_id].code if fund_id else "",
            *_cells(known.get((account_id, fund_id))),
        ]
        for account_id, fund_id in ordered
    ]
    return tabulating.as_csv(Table("map", COLUMNS, rows))


def _cells(row: AccountMap | None) -> list[str]:
    return [row.code, row.name, row.class_name, row.location, row.tax] if row else [""] * 5


def read(*, entity: LegalEntity, target: str, content: bytes, actor: User, now: datetime) -> int:
    """Write what a file says; the same file twice changes nothing the second time. Raises UnableToRead.

    This function will return how many rows changed.
    """
    accounts = {account.code: account for account in Account.objects.all()}
    funds: dict[str, Fund | None] = {fund.code: fund for fund in Fund.objects.filter(entity=entity)}
    funds[""] = None
    wanted: dict[tuple[Account, Fund | None], Given | None] = {}
    for number, cells in _rows(content):
        account, fund = accounts.get(cells["account"]), funds.get(cells["fund"])
        if account is None:
            raise UnableToRead("account", row=number, column="account", said=cells["account"])
        if fund is None and cells["fund"]:
            raise UnableToRead("fund", row=number, column="fund", said=cells["fund"])
        if (account, fund) in wanted:
            raise UnableToRead("twice", row=number, column="account", said=cells["account"])
        wanted[account, fund] = _given(target, number, cells)
    return mapping.write(entity=entity, target=target, wanted=wanted, actor=actor, now=now)


def _given(target: str, number: int, cells: dict[str, str]) -> Given | None:
    given = Given(**{field: cells.get(column, "") for column, field in _FIELDS.items()})
    if given == Given(""):
        return None
    try:
        mapping.check(target=target, given=given)
    except UnableToMap as error:
        column = next(column for column, field in _FIELDS.items() if field == error.field)
        raise UnableToRead(error.code, row=number, column=column, said=cells.get(column, "")) from error
    return given


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST:
        raise UnableToRead("size")
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnableToRead("letters") from error
    if len(lines) > MOST_ROWS:
        raise UnableToRead("size")
    heading = [cell.strip().lower() for cell in lines[0]] if lines else []
    if missing := [column for column in ("account", "fund", "code") if column not in heading]:
        raise UnableToRead("columns", row=1, column=missing[0])
    return [
        (
            number,
            {column: _text(cell) for column, cell in zip(heading, line, strict=False)}
            | _short(line, heading),
        )
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]


def _short(line: list[str], heading: list[str]) -> dict[str, str]:
    """Cells that a short row leaves out are empty."""
    return dict.fromkeys(heading[len(line) :], "")


def _text(cell: str) -> str:
    """What `tabulating.guarded` put in front is taken off again."""
    text = cell.strip()
    bare = text.removeprefix("'")
    return bare if bare != text and tabulating.guarded(bare) == text else text
