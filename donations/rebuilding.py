"""Rebuilding: every sum of gifts and of the books made anew from the facts, while gifts go on arriving.

The gifts read one snapshot, the books another. A delta and its fact were committed together, so what a snapshot sees
of deltas is in the sums made from it, and what it does not see stays for the next fold. Nobody who gives, posts or
reads waits.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from donations import folding as gifts
from ledger import folding

BACK = """
SELECT donation_id, sum(amount_minor)::bigint AS back_minor FROM (
  SELECT r.donation_id, r.amount_minor FROM donations_refund r
   WHERE NOT EXISTS (SELECT 1 FROM donations_refundfailure f WHERE f.refund_id = r.id)
  UNION ALL
  SELECT x.donation_id, x.amount_minor FROM donations_dispute x
    JOIN donations_disputeclosing k ON k.dispute_id = x.id AND k.outcome = 'lost'
   WHERE EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id)
     AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id AND m.amount_minor > 0)
) went GROUP BY donation_id
"""
"""What of each gift is not ours any more, from the facts."""

_GIFTS = """count(*) AS gifts, count(*) FILTER (WHERE b.back_minor >= d.amount_minor) AS undone,
  sum(d.amount_minor)::bigint AS given_minor, coalesce(sum(b.back_minor), 0)::bigint AS back_minor
  FROM donations_donation d LEFT JOIN donations_giftback b ON b.donation_id = d.id"""
_FIGURES = "gifts, undone, given_minor, back_minor"
_SUMS = "sum(gifts), sum(undone), sum(given_minor), sum(back_minor)"
_YEARS = gifts.YEARS.format(whose="")

# Sums of many gifts are made in tables of their own, because only such a query may use several processors.
# What was told of a gift is changed only where it is wrong: somebody may be telling of a refund at this moment. Of
# givers, too, only what is wrong is written: they are many, and most often nothing is.
_SUMMED = (
    "DELETE FROM donations_giftdelta",
    f"""DELETE FROM donations_giftback b WHERE NOT EXISTS (
      SELECT 1 FROM ({BACK}) f WHERE f.donation_id = b.donation_id AND f.back_minor = b.back_minor)""",
    f"INSERT INTO donations_giftback (donation_id, back_minor) {BACK} ON CONFLICT (donation_id) DO NOTHING",
    f"""CREATE TEMP TABLE rebuilt_days ON COMMIT DROP AS
    SELECT d.entity_id, d.campaign_id, d.currency, d.given_on, {_GIFTS} GROUP BY 1, 2, 3, 4""",
    "DELETE FROM donations_giftday",
    f"""INSERT INTO donations_giftday (entity_id, campaign_id, currency, given_on, {_FIGURES})
    SELECT entity_id, campaign_id, currency, given_on, {_FIGURES} FROM rebuilt_days""",
    "DELETE FROM donations_giftmonth",
    f"""INSERT INTO donations_giftmonth (entity_id, campaign_id, currency, month, {_FIGURES})
    SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, {_SUMS}
      FROM donations_giftday GROUP BY 1, 2, 3, 4""",
    f"""CREATE TEMP TABLE rebuilt_sizes ON COMMIT DROP AS
    SELECT d.entity_id, d.currency, date_trunc('year', d.given_on)::date AS begins_on, d.amount_minor AS size_minor,
      {_GIFTS} GROUP BY 1, 2, 3, 4""",
    "DELETE FROM donations_giftsize",
    f"""INSERT INTO donations_giftsize (entity_id, currency, year, size_minor, {_FIGURES})
    SELECT entity_id, currency, date_part('year', begins_on)::int, {gifts.FLOOR}, {_SUMS}
      FROM rebuilt_sizes GROUP BY 1, 2, 3, 4""",
    # Sorted by giver once, which serves every step after it; hashed groups would be as many and sorted in the end.
    "SET LOCAL enable_hashagg = off",
    f"CREATE TEMP TABLE rebuilt_givers ON COMMIT DROP AS {gifts.GIVERS.format(years=f'({_YEARS})')}",
    "SET LOCAL enable_hashagg = on",
    "ANALYZE rebuilt_givers",
)


def _right(table: str, *, columns: str, rebuilt: str) -> str:
    """Two tables of millions of rows are compared once: a row that only one of them has is wrong or missing.

    This function will return the SQL that makes a table what was rebuilt.
    """
    same = " AND ".join(f"f.{name} = g.{name}" for name in columns.split(", "))
    return f"""WITH wrong AS MATERIALIZED (
      SELECT g.ctid AS gone, f.* FROM {table} g FULL JOIN {rebuilt} f ON {same}
       WHERE g.donor_id IS NULL OR f.donor_id IS NULL
    ), deleted AS (
      DELETE FROM {table} g USING wrong w WHERE g.ctid = w.gone
    )
    INSERT INTO {table} ({columns}) SELECT {columns} FROM wrong WHERE gone IS NULL"""


_GIVERS = _right("donations_giveryear", columns=gifts.COLUMNS, rebuilt="rebuilt_givers")
_CODES = (
    """CREATE TEMP TABLE rebuilt_coded ON COMMIT DROP AS
    SELECT coalesce(p.merged_into_id, d.donor_id) AS donor_id, d.entity_id, d.campaign_id, d.currency, d.source,
      d.given_on, d.amount_minor, coalesce(b.back_minor, 0) AS back_minor
    FROM donations_donation d LEFT JOIN donors_donor p ON p.id = d.donor_id AND p.merged_into_id IS NOT NULL
    LEFT JOIN donations_giftback b ON b.donation_id = d.id WHERE d.source <> ''""",
    "DELETE FROM donations_giftsource",
    f"""INSERT INTO donations_giftsource (entity_id, campaign_id, currency, month, source, {_FIGURES})
    SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, source, count(*),
      count(*) FILTER (WHERE back_minor >= amount_minor), sum(amount_minor), sum(back_minor)
    FROM rebuilt_coded GROUP BY 1, 2, 3, 4, 5""",
    """CREATE TEMP TABLE rebuilt_codes ON COMMIT DROP AS
    SELECT donor_id, entity_id, campaign_id, currency, source, date_part('year', given_on)::int AS year,
      min(given_on) AS first_on
    FROM rebuilt_coded WHERE back_minor < amount_minor GROUP BY 1, 2, 3, 4, 5, 6""",
    "ANALYZE rebuilt_codes",
    _right("donations_giversource", columns=gifts.CODED_COLUMNS, rebuilt="rebuilt_codes"),
    "DELETE FROM donations_sourcecohort",
    f"""INSERT INTO donations_sourcecohort ({gifts.PEOPLE_KEY}, {gifts.PEOPLE_FIGURES})
    {gifts.coded("rebuilt_codes", givers="rebuilt_givers")}""",
    "DROP TABLE rebuilt_coded, rebuilt_codes",
)
_COHORTS = (
    "DELETE FROM donations_givercohort",
    f"INSERT INTO donations_givercohort ({gifts.KEY}, {gifts.FIGURES}) {gifts.counted('rebuilt_givers')}",
    "DROP TABLE rebuilt_days, rebuilt_sizes, rebuilt_givers",
)

# An index made of rows that are there already costs a quarter of one that grows with them. Whoever fills the table for
# the first time, and owns it, may have that: nobody has read it yet.
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_class c
  JOIN pg_index i ON i.indrelid = c.oid
 WHERE c.oid = 'donations_giveryear'::regclass AND pg_has_role(c.relowner, 'USAGE')
   AND NOT EXISTS (SELECT 1 FROM donations_giveryear)
"""

# Of a table that was never analyzed nothing is known; row by row against everything would take hours. And where nothing
# is known, a second processor is cheaper than it looks.
_PLANS = """
SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL jit = off;
SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off;
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0.001;
SET LOCAL min_parallel_table_scan_size = 0
"""

TABLES = (
    "donations_giftday",
    "donations_giftmonth",
    "donations_giftsize",
    "donations_giveryear",
    "donations_givercohort",
    "donations_giftsource",
    "donations_giversource",
    "donations_sourcecohort",
    "ledger_linemonth",
)


MANY = 100_000
"""Beyond so many deltas of gifts (an import, the first upgrade) counting everybody anew is quicker than folding."""
_WAITING = "SELECT count(*) FROM (SELECT 1 FROM donations_giftdelta LIMIT %s) AS waiting"


def keep_up() -> int:
    """This function will fold what waits, or make the sums anew when that is less work, and return how many deltas of
    gifts waited.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [MANY + 1])
        waiting = int(cursor.fetchone()[0])
    if waiting > MANY:
        rebuild()
    else:
        gifts.fold_all()
    return waiting


def rebuild() -> None:
    """Wait until nobody folds, then write all sums anew and take away the deltas they hold.

    The books and the gifts are summed at the same time, each out of one snapshot. This function will commit either at
    once; until then everybody reads what was there before.
    """
    with connection.cursor() as cursor:
        # Held by the session, because the snapshots must begin after the last fold has ended.
        cursor.execute("SELECT pg_advisory_lock(%s)", [folding.LOCK])
        try:
            if connection.in_atomic_block:  # what was not committed is seen by this connection only
                _write(folding.rebuild)
                _write(_sum_gifts)
            else:
                with ThreadPoolExecutor(1, "books") as beside:
                    books = beside.submit(_write_and_leave, folding.rebuild)
                    _write(_sum_gifts)
                    books.result()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [folding.LOCK])
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")  # the owner's; for others it is a warning and no more


def _write_and_leave(sums: Callable[[], None]) -> None:
    """The connection of a thread ends with it."""
    try:
        _write(sums)
    finally:
        connection.close()


def _write(sums: Callable[[], None]) -> None:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(_PLANS)
        sums()


def _sum_gifts() -> None:
    with connection.cursor() as cursor:
        for statement in _SUMMED:
            cursor.execute(statement)
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for statement in (_GIVERS, *(made for _, made in indexes), *_CODES, *_COHORTS):
            cursor.execute(statement)
