"""Reading Chariot's deposit files: grants of donor-advised funds, and at the end the one deposit they came in.

The giver of a grant is the fund's sponsor; whoever advised it is thanked and gets no receipt. Cents by which a deposit
differs from its grants are no gift.
"""

from collections import defaultdict
from collections.abc import Sequence

from books import opening_tables, reading_rows
from books.opening_tables import Habits, Row, Unread
from books.reading_rows import Giver, Line, Read, Role, Tie

NEEDED = (
    "backend_processor_txn_id",
    "settlement_batch_reference",
    "settled_total_amount",
    "type",
    "settled_date",
)
GIFTS, DEPOSITS = frozenset({"donation", "grant"}), frozenset({"payout", "deposit"})
LARGEST_ROUNDING = 100
"""Minor units: what is off by more is a mistake and not rounding."""
_READ = {
    "backend_processor_txn_id", "gateway_txn_id", "settlement_batch_reference", "settled_total_amount",
    "settled_fee_amount", "settled_net_amount", "settled_currency", "currency", "type", "settled_date", "date",
    "backend_processor", "banking_institution",
}  # fmt: skip


def read(content: bytes, habits: Habits) -> Read:
    """Read one file, which may hold several deposits. Raises UnreadableFile.

    This function will return its rows, the deposit after its grants, and what each deposit ties to.
    """
    table = opening_tables.open_table(content, needed=NEEDED)
    lines, rejects, skipped = reading_rows.read_each(table.rows, lambda row: _line(row, habits))
    # A deposit is posted from its grants, so it comes after them wherever it stands in the file.
    lines.sort(key=lambda line: (line.role == Role.PAYOUT, line.number))
    return Read("chariot", lines, rejects, ties(lines), skipped + table.skipped)


def _line(row: Row, habits: Habits) -> Line:
    currency = opening_tables.currency(row, "settled_currency", "currency", "original_currency")
    gross, fee = (
        opening_tables.amount(
            row, name, currency=currency, habits=habits, empty=name != "settled_total_amount"
        )
        for name in ("settled_total_amount", "settled_fee_amount")
    )
    batch = row.need("settlement_batch_reference").removeprefix("deposit_")
    role = _role(row, gross)
    own = row.get("backend_processor_txn_id", "gateway_txn_id") or f"{batch}:{row.number}"
    return Line(
        number=row.number,
        ref=(f"chariot:{batch}" if role == Role.PAYOUT else f"chariot:{own}")[:80],
        kind=row.get("type").casefold()[:60],
        role=role,
        gross=gross,
        fee=abs(fee),
        net=gross - abs(fee),
        currency=currency,
        at=opening_tables.read_moment(row.need("settled_date", "date"), column="settled_date", habits=habits),
        payout=f"chariot:{batch}"[:80],
        giver=_giver(row) if role == Role.GIFT else None,
        words=reading_rows.rest(row, read=_READ),
    )


def _role(row: Row, gross: int) -> Role:
    kind = row.get("type").casefold()
    if kind in DEPOSITS:
        return Role.PAYOUT
    if kind in GIFTS and gross > 0:
        return Role.GIFT
    if 0 < abs(gross) <= LARGEST_ROUNDING:
        return Role.ROUNDING
    raise Unread("kind", "type", kind)


def _giver(row: Row) -> Giver:
    full = " ".join((row.get("first_name"), row.get("last_name"))).strip()
    sponsor = row.get("banking_institution", "backend_processor")
    if not sponsor:
        raise Unread("empty", "backend_processor")
    return Giver(
        name=row.get("full_name") or full,
        email=row.get("email"),
        sponsor=sponsor,
        account=row.get("donor_advised_fund_name"),
        note=row.get("note"),
    )


def ties(lines: Sequence[Line]) -> list[Tie]:
    """What the grants of each deposit and its rounding sum to, beside the deposit."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        if line.role != Role.PAYOUT:
            sums[line.payout, line.currency] += line.net
    deposits = [line for line in lines if line.role == Role.PAYOUT]
    return [
        Tie(line.payout, line.currency, sums.get((line.payout, line.currency), 0), line.net)
        for line in deposits
    ]
