"""Reading PayPal's settlement report (STL): records instead of columns, amounts in hundredths without a sign.

RH/FH and SH open the report and a section for each account, CH names the columns, SB is a movement, SF sums a currency,
SC/RC count, RF and FF close. A hundred yen and a hundred cents are both written 10000 and 100: hundredths of the unit.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from books import decoding, opening_tables, reading_rows
from books.decoding import UnreadableFile
from books.opening_tables import Habits, Reject, Row, Unread
from books.reading_rows import Line, Read, Role, Skip, Tie
from ledger import money

OPENING, CLOSING = {"RH", "FH", "SH"}, {"SF", "SC", "RF", "RC", "FF"}
NEEDED = (
    "transaction id",
    "transaction event code",
    "transaction initiation date",
    "transaction debit or credit",
    "gross transaction amount",
    "gross transaction currency",
)
# PayPal's event codes by their beginning; the longest that fits decides. None moves nothing for good.
CODES: dict[str, Role | None] = {
    "T00": Role.GIFT,
    "T01": Role.FEE,
    "T02": Role.CONVERSION,
    "T03": Role.OTHER,
    "T04": Role.PAYOUT,
    "T1105": None,
    "T1108": Role.FEE,
    "T1109": Role.FEE,
    "T1110": None,
    "T1111": None,
    "T11": Role.REFUND,
    "T1201": Role.REFUND,
    "T1202": Role.REFUND,
    "T15": None,
    "T21": None,
    "T22": None,
    "T98": None,
}
_READ = {
    "ch", "transaction id", "invoice id", "paypal reference id", "paypal reference id type", "transaction event code",
    "transaction initiation date", "transaction completion date", "transaction debit or credit",
    "gross transaction amount", "gross transaction currency", "fee debit or credit", "fee amount", "fee currency",
    "custom field",
}  # fmt: skip


@dataclass
class _Section:
    """What one section has said so far."""

    names: list[str] = field(default_factory=list)
    sums: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    bodies: int = 0


def is_one(content: bytes) -> bool:
    """This function will say whether a file is a settlement report, by its first record."""
    try:
        lines = opening_tables.lines_of(content)
        _, first = next(opening_tables.records(lines, delimiter=","))
    except (UnreadableFile, StopIteration):
        return False
    return bool(first) and first[0].strip().upper() in OPENING


def read(content: bytes, habits: Habits) -> Read:
    """Read the report. Its footers must be met to the cent and its counts to the row, or nothing of it is believed.

    Raises UnreadableFile with `sum` or `count`. This function will return its rows and what each currency ties to.
    """
    lines = opening_tables.lines_of(content)
    section, found, ties = _Section(), _Found(), list[Tie]()
    for number, cells in opening_tables.records(lines, delimiter=","):
        said = [cell.strip() for cell in cells]
        record = said[0].upper() if said else ""
        if record == "SH":
            section = _Section()
        elif record == "CH":
            section.names = _names(number, said)
        elif record == "SB":
            _body(section, found, Row(number, dict(zip(section.names, said, strict=False))), habits)
        elif record == "SF":
            ties.append(_footer(section, number, said))
        else:
            _frame(section, number, record, said)
    return Read("paypal_settlement", found.lines, found.rejects, ties, found.skipped)


def _names(number: int, said: Sequence[str]) -> list[str]:
    names = [decoding.folded(name) for name in said]
    if not set(NEEDED) <= set(names):
        raise UnreadableFile("header", row=number, told=", ".join(NEEDED))
    return names


def _frame(section: _Section, number: int, record: str, said: Sequence[str]) -> None:
    """Records around the movements; a section's count must be right."""
    if record and record not in OPENING | CLOSING:
        raise UnreadableFile("broken", row=number, told=record[:20])
    if record == "SC" and section.bodies != _whole(said, 1, number):
        raise UnreadableFile("count", row=number, column=record, told=f"{section.bodies}, {said[1]}")


@dataclass
class _Found:
    lines: list[Line] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    skipped: int = 0


def _body(section: _Section, found: _Found, row: Row, habits: Habits) -> None:
    if not section.names:
        raise UnreadableFile("header", row=row.number, told="CH")
    section.bodies += 1
    try:
        moved = _moved(row)
        for place, minor in enumerate(moved.split):
            section.sums[moved.currency][place] += minor
        line = _line(row, moved, habits)
        # A conversion is two rows, and PayPal may give both the id of the payment they are about.
        if (key := f"{line.ref} {line.currency} {line.role}") in found.seen:
            raise Unread("twice", "transaction id", line.ref)
    except Skip:
        found.skipped += 1
    except Unread as error:
        found.rejects.append(Reject(row.number, error.column, error.code, error.said))
    else:
        found.seen.add(key)
        found.lines.append(line)


@dataclass(frozen=True, slots=True)
class _Moved:
    currency: str
    gross: int
    fee: int
    split: Sequence[int]
    """Gross credits, gross debits, fee credits, fee debits: as a footer sums them, in minor units."""


def _moved(row: Row) -> _Moved:
    currency = opening_tables.currency(row, "gross transaction currency")
    gross = _signed(row, "transaction debit or credit", "gross transaction amount", currency)
    fee = 0
    if row.get("fee amount").strip("0"):
        if opening_tables.currency(row, "fee currency") != currency:
            raise Unread("currency", "fee currency", row.get("fee currency"))
        fee = _signed(row, "fee debit or credit", "fee amount", currency)
    split = (max(gross, 0), max(-gross, 0), max(fee, 0), max(-fee, 0))
    return _Moved(currency, gross, fee, split)


def _line(row: Row, moved: _Moved, habits: Habits) -> Line:
    code = row.need("transaction event code").upper()
    role = _role(code, moved.gross)
    at = row.get("transaction completion date") or row.need("transaction initiation date")
    ref, about = row.need("transaction id"), row.get("paypal reference id")
    return Line(
        number=row.number,
        ref=f"paypal:{ref}"[:80],
        kind=code[:60],
        role=role,
        gross=moved.gross,
        fee=-moved.fee,
        net=moved.gross + moved.fee,
        currency=moved.currency,
        at=opening_tables.read_moment(_iso(at), column="transaction completion date", habits=habits),
        about=f"paypal:{about}"[:80] if about else "",
        code=row.get("custom field"),
        words=reading_rows.rest(row, read=_READ),
    )


def _role(code: str, gross: int) -> Role:
    fitting = [start for start in CODES if code.startswith(start)]
    if not fitting:
        raise Unread("kind", "transaction event code", code)
    role = CODES[max(fitting, key=len)]
    if role is None:
        raise Skip
    return Role.SPENT if role == Role.GIFT and gross < 0 else role


def _iso(said: str) -> str:
    """ "2026/01/06 00:00:30 -0800" as ISO writes it."""
    day, _, rest = said.partition(" ")
    return f"{day.replace('/', '-')} {rest.replace(' ', '')}"


def _signed(row: Row, side: str, column: str, currency: str) -> int:
    direction = row.need(side).upper()
    if direction not in {"CR", "DR"}:
        raise Unread("side", side, direction)
    minor = _minor(row.need(column), currency, column)
    return minor if direction == "CR" else -minor


def _minor(said: str, currency: str, column: str) -> int:
    if not (said.isascii() and said.isdigit()) or len(said) > 15:
        raise Unread("amount", column, said)
    hundredths, places = int(said), money.exponent(currency)
    if places == 2:
        return hundredths
    scaled, left = divmod(hundredths * int(10**places), 100)
    if left:
        raise Unread("decimals", column, said)
    return scaled


def _whole(said: Sequence[str], place: int, number: int) -> int:
    if len(said) <= place or not said[place].isdigit():
        raise UnreadableFile("broken", row=number, told=" ".join(said)[:60])
    return int(said[place])


def _footer(section: _Section, number: int, said: Sequence[str]) -> Tie:
    """A footer sums gross credits and debits, then fees; in which order the two fee sums stand differs by version."""
    currency = said[1].upper() if len(said) > 5 else ""
    if currency not in money.CURRENCIES:
        raise UnreadableFile("broken", row=number, told=" ".join(said)[:60])
    try:
        told = [_minor(cell or "0", currency, "SF") for cell in said[2:6]]
    except Unread as error:
        raise UnreadableFile("broken", row=number, column="SF", told=error.said) from error
    rows = section.sums.pop(currency, [0, 0, 0, 0])
    if rows[:2] != told[:2] or sorted(rows[2:]) != sorted(told[2:]):
        shown = "/".join(map(str, rows)), "/".join(map(str, told))
        raise UnreadableFile("sum", row=number, column=f"SF {currency}", told=" , ".join(shown))
    net = rows[0] - rows[1] + rows[2] - rows[3]
    return Tie("", currency, net, net)
