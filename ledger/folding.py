"""Folding: lines counted ahead by month. Whoever posts leaves deltas; here they become sums, and nobody waits for it.

Reading is always sums and deltas together (`SUMS`), so a sum is right whether the fold came or not. A fold takes its
deltas away and adds them in one statement: it is killed wholly or not at all.
"""

from django.db import connection, transaction

LOCK = 7210020
"""Who folds, or makes the sums anew, holds this; nobody who posts or reads waits for it."""
MOST = 50_000
"""Deltas folded in one transaction."""

SUMS = """
SELECT fund_id, account_id, currency, segment, month, debit_minor, credit_minor, lines FROM ledger_linemonth
UNION ALL
SELECT fund_id, account_id, currency, segment, month, greatest(amount_minor, 0), greatest(-amount_minor, 0), 1
  FROM ledger_linedelta
"""
"""Rows that sum to the books by fund, account, currency, segment and month; several may have one key."""

FACTS = """
SELECT l.fund_id, l.account_id, l.currency, l.segment, date_trunc('month', e.booked_on)::date AS month,
  coalesce(sum(l.amount_minor) FILTER (WHERE l.amount_minor > 0), 0)::bigint AS debit_minor,
  coalesce(-sum(l.amount_minor) FILTER (WHERE l.amount_minor < 0), 0)::bigint AS credit_minor, count(*) AS lines
  FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id GROUP BY 1, 2, 3, 4, 5
"""
"""The same from the lines themselves."""

_FOLD = """
WITH taken AS (
  DELETE FROM ledger_linedelta WHERE ctid = ANY(ARRAY(SELECT ctid FROM ledger_linedelta LIMIT %s))
  RETURNING fund_id, account_id, currency, segment, month, amount_minor
), folded AS (
  INSERT INTO ledger_linemonth AS m (fund_id, account_id, currency, segment, month, debit_minor, credit_minor, lines)
  SELECT fund_id, account_id, currency, segment, month, sum(greatest(amount_minor, 0)),
    sum(greatest(-amount_minor, 0)), count(*)
    FROM taken GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (account_id, fund_id, currency, segment, month) DO UPDATE SET
    debit_minor = m.debit_minor + excluded.debit_minor, credit_minor = m.credit_minor + excluded.credit_minor,
    lines = m.lines + excluded.lines
)
SELECT count(*) FROM taken
"""
# The sums are made in a table of their own, because only such a query may use several processors.
_REBUILD = (
    f"CREATE TEMP TABLE rebuilt_months ON COMMIT DROP AS {FACTS}",
    "DELETE FROM ledger_linedelta",
    "DELETE FROM ledger_linemonth",
    "INSERT INTO ledger_linemonth (fund_id, account_id, currency, segment, month, debit_minor, credit_minor, lines)"
    " SELECT fund_id, account_id, currency, segment, month, debit_minor, credit_minor, lines FROM rebuilt_months",
    "DROP TABLE rebuilt_months",
)


def fold(*, most: int = MOST) -> int:
    """Fold the deltas of lines that are committed, if nobody else folds now.

    This function will return how many it folded; fewer than `most` means that none was left.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_mine():
            return 0
        cursor.execute(_FOLD, [most])
        return int(cursor.fetchone()[0])


def is_mine() -> bool:
    """This function will take the folder's turn until the transaction ends, and say whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def rebuild() -> None:
    """Make the sums anew from the lines; the caller holds the folder's turn and reads one snapshot throughout.

    What is posted meanwhile leaves deltas that the snapshot does not see: they stay. This function will write every
    sum again.
    """
    with connection.cursor() as cursor:
        for statement in _REBUILD:
            cursor.execute(statement)
