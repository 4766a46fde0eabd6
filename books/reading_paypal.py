"""Reading PayPal's activity download. Days and decimals are written as in the account's country: that is asked.

A row whose balance impact is "Memo" moves nothing. What a conversion or a partner's fee is about stands in its
"Reference Txn ID".
"""

from books import opening_tables, reading_rows
from books.opening_tables import Habits, Row, Unread
from books.reading_rows import Giver, Line, Read, Role, Skip

NEEDED = ("date", "time", "type", "status", "currency", "gross", "fee", "net", "transaction id")
DONE = frozenset(
    {"completed", "refunded", "partially refunded", "reversed", "cleared", "partially reversed", "paid"}
)
NOT_DONE = frozenset(
    {
        "pending", "denied", "removed", "failed", "canceled", "cancelled", "expired", "placed", "unclaimed", "held",
        "created", "in progress", "under review", "voided", "returned", "blocked", "active", "on hold", "processing",
    }
)  # fmt: skip
# The first word of a type that is found in it decides, in this order.
_TYPES: tuple[tuple[str, Role | None], ...] = (
    ("authorization", None),
    ("hold", None),
    ("order", None),
    ("memo", None),
    ("conversion", Role.CONVERSION),
    ("fee", Role.FEE),
    ("refund", Role.REFUND),
    ("chargeback", Role.REFUND),
    ("reversal", Role.REFUND),
    ("withdrawal", Role.PAYOUT),
    ("sweep", Role.PAYOUT),
    ("transfer to bank", Role.PAYOUT),
    ("donation", Role.GIFT),
    ("payment", Role.GIFT),
)
_READ = {
    "date", "time", "timezone", "time zone", "type", "status", "currency", "gross", "fee", "net", "transaction id",
    "reference txn id", "balance impact", "custom number", "item id", "balance",
}  # fmt: skip


def read(content: bytes, habits: Habits) -> Read:
    """Read the download. Raises UnreadableFile. This function will return its rows; it holds no sum to tie to."""
    table = opening_tables.open_table(content, needed=NEEDED)
    lines, rejects, skipped = reading_rows.read_each(table.rows, lambda row: _line(row, habits))
    return Read("paypal_activity", lines, rejects, [], skipped + table.skipped)


def _line(row: Row, habits: Habits) -> Line:
    if row.get("balance impact").casefold() == "memo":
        raise Skip
    status = row.need("status").casefold()
    if status in NOT_DONE:
        raise Skip
    if status not in DONE:
        raise Unread("status", "status", status)
    kind = row.need("type")
    currency = opening_tables.currency(row, "currency")
    gross, fee, net = (
        opening_tables.amount(row, name, currency=currency, habits=habits, empty=name == "fee")
        for name in ("gross", "fee", "net")
    )
    if net != gross + fee:
        raise Unread("net", "net", row.get("net"))
    role = role_of(kind, gross)
    zone = opening_tables.read_zone(row.get("timezone", "time zone") or "UTC", column="timezone")
    day = opening_tables.read_day(row.need("date"), column="date", habits=habits)
    return Line(
        number=row.number,
        ref=_ref(row.need("transaction id")),
        kind=kind[:60],
        role=role,
        gross=gross,
        fee=-fee,
        net=net,
        currency=currency,
        at=opening_tables.moment(day, row.get("time"), column="time", zone=zone),
        about=_ref(row.get("reference txn id")),
        code=row.get("custom number", "item id"),
        giver=Giver(name=row.get("name"), email=row.get("from email address")) if role == Role.GIFT else None,
        words=reading_rows.rest(row, read=_READ),
    )


def role_of(kind: str, gross: int) -> Role:
    """What a type means. Raises Skip for holds, which move nothing for good, and Unread for a type nobody knows."""
    plain = kind.casefold()
    for word, role in _TYPES:
        if word in plain:
            if role is None:
                raise Skip
            return Role.SPENT if role == Role.GIFT and gross < 0 else role
    raise Unread("kind", "type", kind)


def _ref(said: str) -> str:
    return f"paypal:{said}"[:80] if said else ""
