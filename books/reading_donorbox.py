"""Reading Donorbox's donations: a second witness of charges that came through Stripe or PayPal.

A gift's identity is the charge at Stripe or the transaction at PayPal, never Donorbox's own number.
"""

from books import opening_tables, reading_rows
from books.opening_tables import Habits, Row, Unread
from books.reading_rows import Line, Read, Role, Skip

NEEDED = ("amount", "currency", "donated at", "stripe charge id")
DONE = frozenset({"", "paid", "succeeded", "completed", "complete", "active"})
_READ = {
    "amount", "currency", "donated at", "stripe charge id", "pay pal transaction id", "pay pal capture id",
    "processing fee", "platform fee", "total fee", "net amount", "status",
}  # fmt: skip


def read(content: bytes, habits: Habits) -> Read:
    """Read the export; its times are UTC, written month first. Raises UnreadableFile.

    This function will return its rows.
    """
    table = opening_tables.open_table(content, needed=NEEDED)
    told = Habits(days="mdy", decimal=habits.decimal)
    lines, rejects, skipped = reading_rows.read_each(table.rows, lambda row: _line(row, told))
    return Read("donorbox", lines, rejects, [], skipped + table.skipped)


def _line(row: Row, habits: Habits) -> Line:
    if row.get("status").casefold() not in DONE:
        raise Skip
    currency = opening_tables.currency(row, "currency")
    gross = opening_tables.amount(row, "amount", currency=currency, habits=habits)
    fee = opening_tables.amount(row, "processing fee", currency=currency, habits=habits, empty=True)
    if gross <= 0:
        raise Unread("amount", "amount", row.get("amount"))
    return Line(
        number=row.number,
        ref=_ref(row),
        kind=(row.get("donation type") or "donation")[:60],
        role=Role.GIFT,
        gross=gross,
        fee=fee,
        net=gross - fee,
        currency=currency,
        at=opening_tables.read_moment(row.need("donated at"), column="donated at", habits=habits),
        words=reading_rows.rest(row, read=_READ),
    )


def _ref(row: Row) -> str:
    charge = row.get("stripe charge id")
    if charge:
        return charge[:80]
    at_paypal = row.get("pay pal transaction id", "pay pal capture id")
    if at_paypal:
        return f"paypal:{at_paypal}"[:80]
    raise Unread("empty", "stripe charge id")
