"""Reading Stripe's own files: "balance change from activity, itemized" and the dashboard's "all activity".

The set of columns is chosen by whoever exports, so they are found by name. A payout stands there with either sign.
"""

from collections import defaultdict
from collections.abc import Sequence

from books import opening_tables, reading_rows
from books.decoding import UnreadableFile
from books.opening_tables import Habits, Row
from books.reading_rows import Line, Read, Role, Tie

ITEMIZED = ("balance_transaction_id", "gross", "fee", "net", "currency", "reporting_category")
ACTIVITY = ("id", "type", "source", "amount", "fee", "net", "currency")
ROLES = {
    "charge": Role.GIFT,
    "payment": Role.GIFT,
    "refund": Role.REFUND,
    "payment_refund": Role.REFUND,
    "charge_failure": Role.REFUND,
    "payment_failure_refund": Role.REFUND,
    "refund_failure": Role.RETURNED,
    "dispute": Role.DISPUTE,
    "dispute_reversal": Role.DISPUTE,
    "adjustment": Role.DISPUTE,
    "fee": Role.FEE,
    "network_cost": Role.FEE,
    "stripe_fee": Role.FEE,
    "stripe_fx_fee": Role.FEE,
    "tax": Role.FEE,
    "tax_fee": Role.FEE,
    "payout": Role.PAYOUT,
    "payout_reversal": Role.OTHER,
    "payout_failure": Role.OTHER,
    "payout_cancel": Role.OTHER,
}


def read(content: bytes, habits: Habits) -> Read:
    """Read either file. A row of a kind nobody knows is still a movement of the balance and is compared.

    Raises UnreadableFile. This function will return its rows, and for each payout what its rows sum to.
    """
    try:
        table = opening_tables.open_table(content, needed=ITEMIZED)
        name, each = "stripe_itemized", _itemized
    except UnreadableFile as error:
        if error.code != "header":
            raise
        table = opening_tables.open_table(content, needed=ACTIVITY)
        name, each = "stripe_activity", _activity
    lines, rejects, skipped = reading_rows.read_each(table.rows, lambda row: each(row, habits))
    return Read(name, lines, rejects, ties(lines), skipped + table.skipped)


def _itemized(row: Row, habits: Habits) -> Line:
    kind, source = row.need("reporting_category").casefold(), row.get("source_id")
    return _line(
        row,
        habits,
        ref=row.need("balance_transaction_id"),
        kind=kind,
        gross="gross",
        at=("created_utc", "created"),
        source=source,
        about=row.get("charge_id"),
        payout=row.get("automatic_payout_id") or (source if kind == "payout" else ""),
    )


def _activity(row: Row, habits: Habits) -> Line:
    kind, source = row.need("type").casefold().replace(" ", "_"), row.get("source")
    return _line(
        row,
        habits,
        ref=row.need("id"),
        kind=kind,
        gross="amount",
        at=("created (utc)", "created_utc", "created"),
        source=source,
        about="",
        payout=row.get("transfer", "automatic payout id") or (source if kind == "payout" else ""),
    )


_READ = {
    "balance_transaction_id", "reporting_category", "source_id", "charge_id", "automatic_payout_id", "id", "type",
    "source", "amount", "gross", "fee", "net", "currency", "created", "created_utc", "created (utc)", "transfer",
}  # fmt: skip


def _line(
    row: Row,
    habits: Habits,
    *,
    ref: str,
    kind: str,
    gross: str,
    at: tuple[str, ...],
    source: str,
    about: str,
    payout: str,
) -> Line:
    currency = opening_tables.currency(row, "currency")
    amounts = [
        opening_tables.amount(row, name, currency=currency, habits=habits) for name in (gross, "fee", "net")
    ]
    role = ROLES.get(kind, Role.OTHER)
    if role != Role.PAYOUT and amounts[2] != amounts[0] - amounts[1]:
        raise opening_tables.Unread("net", "net", row.get("net"))
    return Line(
        number=row.number,
        ref=ref[:80],
        kind=kind[:60],
        role=role,
        gross=amounts[0],
        fee=amounts[1],
        net=amounts[2],
        currency=currency,
        at=opening_tables.read_moment(row.need(*at), column=at[0], habits=habits),
        source=source[:80],
        about=about[:80],
        payout=payout[:80],
        words=reading_rows.rest(row, read=_READ),
    )


def ties(lines: Sequence[Line]) -> list[Tie]:
    """What the rows of each payout sum to, beside the payout; its own row has either sign and is no part of it."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    told: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.payout, line.currency)
        if line.role == Role.PAYOUT:
            told[key] = line.net
        elif line.payout:
            sums[key] += line.net
    found = []
    for key, net in sorted(told.items()):
        rows = sums.get(key, 0)
        found.append(Tie(key[0], key[1], rows, abs(net) if rows >= 0 else -abs(net)))
    return found
