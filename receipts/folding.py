"""Folding: what is decided of gifts, counted ahead by month: on a receipt, on none and why, or held up.

Whoever decides leaves a delta in the same transaction (`receipts/migrations/0010_sums_of_decisions.py`). A gift has at
most one of the three, so those that wait are all gifts (`donations.folding.MONTHS`) less these.
"""

from django.db import connection, transaction

from ledger import folding

MOST = 50_000
"""Deltas folded in one transaction."""

MONTHS = """
SELECT entity_id, campaign_id, currency, month, kind, code, gifts, given_minor FROM receipts_decisionmonth
UNION ALL
SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, kind, code, gifts, given_minor
  FROM receipts_decisiondelta
"""
"""Rows that sum to what is decided by body, campaign, currency, month, kind and code; several may have one key."""

DECIDED = """
SELECT donation_id, 'covered' AS kind, '' AS code FROM receipts_coverage
UNION ALL SELECT donation_id, 'excluded', reason FROM receipts_exclusion
UNION ALL SELECT donation_id, 'hindered', code FROM receipts_obstacle
"""
FACTS = f"""
SELECT d.entity_id, d.campaign_id, d.currency, date_trunc('month', d.given_on)::date AS month, k.kind, k.code,
  count(*) AS gifts, sum(d.amount_minor)::bigint AS given_minor
  FROM ({DECIDED}) k JOIN donations_donation d ON d.id = k.donation_id GROUP BY 1, 2, 3, 4, 5, 6
"""
"""The same from what is decided of each gift."""

_FOLD = """
WITH taken AS (
  DELETE FROM receipts_decisiondelta WHERE ctid = ANY(ARRAY(SELECT ctid FROM receipts_decisiondelta LIMIT %s))
  RETURNING *
), folded AS (
  INSERT INTO receipts_decisionmonth AS m (entity_id, campaign_id, currency, month, kind, code, gifts, given_minor)
  SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, kind, code, sum(gifts), sum(given_minor)
    FROM taken GROUP BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (month, kind, code, entity_id, campaign_id, currency) DO UPDATE SET
    gifts = m.gifts + excluded.gifts, given_minor = m.given_minor + excluded.given_minor
)
SELECT count(*) FROM taken
"""
_REBUILD = (
    "DELETE FROM receipts_decisiondelta",
    "DELETE FROM receipts_decisionmonth",
    "INSERT INTO receipts_decisionmonth (entity_id, campaign_id, currency, month, kind, code, gifts, given_minor)"
    f" {FACTS}",
)


def fold(*, most: int = MOST) -> int:
    """Fold the deltas that are committed, if nobody else folds now.

    This function will return how many it folded; fewer than `most` means that none was left.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not folding.is_mine():
            return 0
        cursor.execute(_FOLD, [most])
        return int(cursor.fetchone()[0])


def fold_all() -> int:
    """This function will fold what waits, a part in each transaction, and return how many deltas that were."""
    done = 0
    while (folded := fold()) > 0:
        done += folded
        if folded < MOST:
            break
    return done


def rebuild() -> None:
    """Wait until nobody folds, then make the sums anew from one snapshot; what is decided meanwhile stays a delta.

    This function will commit everything at once.
    """
    with connection.cursor() as cursor:
        # Held by the session, because the snapshot must begin after the last fold has ended.
        cursor.execute("SELECT pg_advisory_lock(%s)", [folding.LOCK])
        try:
            _write()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [folding.LOCK])


def _write() -> None:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for statement in _REBUILD:
            cursor.execute(statement)
