"""Posting: the only way an entry comes into the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import connection

from ledger.models import Account, Entry, LegalEntity
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One line to be: `amount` debit positive, credit negative."""

    account: str
    fund_id: int
    amount: Money
    segment: str = ""


@cache
def account_id(code: str) -> int:
    """Accounts are created by migration and never renumbered, so a process may remember them."""
    return Account.objects.only("id").get(code=code).id


# The day the books get it is its own day in the entity's zone, or the first open day after a close; then the memo
# says so, because its reader will look for it in the other period.
_POST = """
WITH asked AS (
  SELECT %s::date AS day,
    (SELECT max(through_on) FROM ledger_periodclose WHERE entity_id = %s AND reopened_at IS NULL) AS closed
), entry AS (
  INSERT INTO ledger_entry
    (entity_id, kind, source, happened_at, booked_on, memo, reverses_id, line_count, recorded_at)
  SELECT %s, %s, %s, %s, greatest(day, closed + 1),
    left(concat_ws(' ', nullif(%s, ''), CASE WHEN closed >= day THEN 'Of ' || day || ', a period that is closed.' END),
      200),
    (SELECT id FROM ledger_entry WHERE source = %s), %s, %s
  FROM asked
  ON CONFLICT (source) DO NOTHING
  RETURNING id
), lines AS (
  INSERT INTO ledger_line (entry_id, account_id, fund_id, amount_minor, currency, segment)
  SELECT entry.id, l.* FROM entry,
    unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS l
)
SELECT id FROM entry
"""


def post(
    *,
    entity: LegalEntity,
    kind: Entry.Kind,
    source: str,
    happened_at: datetime,
    postings: Sequence[Posting],
    now: datetime,
    memo: str = "",
    reverses: str | None = None,
) -> int | None:
    """Write one balanced entry for the fact named `source`.

    Zero lines are left out; with nothing left nothing is written. The database refuses an entry that does
    not balance per fund and currency when the transaction commits (`entry_balances`).
    This function will return the new entry's id, or None when that fact is in the books already.
    """
    lines = [posting for posting in postings if posting.amount]
    if not lines:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            _POST,
            [
                entity.day_of(happened_at),
                entity.id,
                entity.id,
                kind.value,
                source,
                happened_at,
                memo,
                reverses,
                len(lines),
                now,
                [account_id(line.account) for line in lines],
                [line.fund_id for line in lines],
                [line.amount.minor for line in lines],
                [line.amount.currency for line in lines],
                [line.segment for line in lines],
            ],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def opposite(entry: Entry) -> list[Posting]:
    """This function will return the lines of an entry with their sides exchanged: what takes it back whole."""
    lines = entry.lines.select_related("account").order_by("id")
    return [Posting(line.account.code, line.fund_id, -line.amount, line.segment) for line in lines]
