"""Folding: gifts counted ahead by day, month, size and giver, so that no page asks two million rows.

Whoever records leaves a delta in the same transaction (`donations/migrations/0017_rollups.py`); here deltas become
sums, in one statement, killed wholly or not at all. Givers are not added up but counted anew: a delta only says of
whom, so a merge, a correction or a refund of any day needs no rule of its own.

Days are days for tax (`given_on`). A giver is who stands for the record now (`merged_into`). A gift counts as long as
not all of it went back; `net` is what stayed.
"""

from django.db import connection, transaction

from ledger import folding

MOST = 5_000
"""Deltas folded in one transaction."""

DAYS = """
SELECT entity_id, campaign_id, currency, given_on, gifts, undone, given_minor, back_minor FROM donations_giftday
UNION ALL
SELECT entity_id, campaign_id, currency, given_on, gifts, undone, given_minor, back_minor
  FROM donations_giftdelta WHERE entity_id IS NOT NULL
"""
MONTHS = """
SELECT entity_id, campaign_id, currency, month, gifts, undone, given_minor, back_minor FROM donations_giftmonth
UNION ALL
SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, gifts, undone, given_minor, back_minor
  FROM donations_giftdelta WHERE entity_id IS NOT NULL
"""
# Two digits of an amount are enough to put it into any band whose edges are round: 25.00, 50.00, 2,500.
_TENS = "(10 ^ greatest(length(size_minor::text) - 2, 0))::bigint"
FLOOR = f"(size_minor / {_TENS} * {_TENS})"
SIZES = f"""
SELECT entity_id, currency, year, size_minor, gifts, undone, given_minor, back_minor FROM donations_giftsize
UNION ALL
SELECT entity_id, currency, extract(year FROM given_on)::int, {FLOOR}, gifts, undone, given_minor, back_minor
  FROM donations_giftdelta WHERE entity_id IS NOT NULL
"""

CODES = """
SELECT entity_id, campaign_id, currency, month, source, gifts, undone, given_minor, back_minor FROM donations_giftsource
UNION ALL
SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, source, gifts, undone, given_minor,
  back_minor FROM donations_giftdelta WHERE entity_id IS NOT NULL AND source <> ''
"""
"""Gifts that came by a code; those that carry none are what is left of MONTHS."""

COLUMNS = (
    "scope, currency, donor_id, year, gifts, net_minor, first_on, last_on, first_year, before_year, before_minor,"
    " after_year, total_gifts, total_minor, since"
)
KEY = "scope, currency, year, first_year, before_year, after_year"
FIGURES = "donors, net_minor, before_minor, more, more_minor, more_before_minor, less, less_minor, less_before_minor"
NEVER = 9999
"""The year after the last one in which somebody gave."""

# before/after are the years in which the same giver gave next to this one, 0 and 9999 for none; the totals run.
GIVERS = """
SELECT scope, currency, donor_id, year, gifts, net_minor, first_on, last_on,
  first_value(year) OVER steps AS first_year, coalesce(lag(year) OVER steps, 0) AS before_year,
  coalesce(lag(net_minor) OVER steps, 0) AS before_minor, coalesce(lead(year) OVER steps, 9999) AS after_year,
  sum(gifts::int) OVER steps AS total_gifts, (sum(net_minor) OVER steps)::bigint AS total_minor,
  first_value(first_on) OVER steps AS since
FROM {years} y WINDOW steps AS (PARTITION BY donor_id, scope, currency ORDER BY year)
"""
YEARS = """
SELECT s.scope, y.currency, y.donor_id, y.year, sum(gifts::int) AS gifts, sum(net_minor)::bigint AS net_minor,
  min(first_on) AS first_on, max(last_on) AS last_on
FROM (
  SELECT coalesce(p.merged_into_id, d.donor_id) AS donor_id, d.entity_id, d.campaign_id, d.currency,
    date_part('year', d.given_on)::int AS year,
    count(*) AS gifts, sum(d.amount_minor - coalesce(b.back_minor, 0))::bigint AS net_minor,
    min(d.given_on) AS first_on, max(d.given_on) AS last_on
  FROM donations_donation d
  LEFT JOIN donors_donor p ON p.id = d.donor_id AND p.merged_into_id IS NOT NULL
  LEFT JOIN donations_giftback b ON b.donation_id = d.id
  WHERE coalesce(b.back_minor, 0) < d.amount_minor {whose}
  GROUP BY 1, 2, 3, 4, 5
) y
CROSS JOIN LATERAL (VALUES (0::bigint), (y.entity_id), (-y.campaign_id)) AS s (scope)
GROUP BY s.scope, y.currency, y.donor_id, y.year
"""
# Everybody whose rows may not be what the facts say, and every record that one of them stands for.
TOUCHED = """
touched AS MATERIALIZED (
  SELECT p.id, p.merged_into_id FROM donors_donor p WHERE p.id IN ({donors})
), whose AS MATERIALIZED (
  SELECT id FROM touched UNION SELECT merged_into_id FROM touched WHERE merged_into_id IS NOT NULL
), records AS MATERIALIZED (
  SELECT id FROM whose UNION SELECT p.id FROM donors_donor p JOIN whose w ON w.id = p.merged_into_id
), years AS MATERIALIZED ({years}), fresh AS MATERIALIZED ({givers})
"""
COUNTED = """
SELECT scope, currency, year, first_year, before_year, after_year, count(*) * {sign} AS donors,
  (sum(net_minor) * {sign})::bigint AS net_minor, (sum(before_minor) * {sign})::bigint AS before_minor,
  count(*) FILTER (WHERE {more}) * {sign} AS more,
  (coalesce(sum(net_minor) FILTER (WHERE {more}), 0) * {sign})::bigint AS more_minor,
  (coalesce(sum(before_minor) FILTER (WHERE {more}), 0) * {sign})::bigint AS more_before_minor,
  count(*) FILTER (WHERE {less}) * {sign} AS less,
  (coalesce(sum(net_minor) FILTER (WHERE {less}), 0) * {sign})::bigint AS less_minor,
  (coalesce(sum(before_minor) FILTER (WHERE {less}), 0) * {sign})::bigint AS less_before_minor
FROM {givers} GROUP BY scope, currency, year, first_year, before_year, after_year
"""
MORE = "before_year = year - 1 AND net_minor > before_minor"
LESS = "before_year = year - 1 AND net_minor < before_minor"


# A giver's year by one code, and who began with it: whose first day of all had a gift that came by it.
CODED_COLUMNS = "donor_id, entity_id, campaign_id, currency, source, year, first_on"
CODED = """
SELECT coalesce(p.merged_into_id, d.donor_id) AS donor_id, d.entity_id, d.campaign_id, d.currency, d.source,
  date_part('year', d.given_on)::int AS year, min(d.given_on) AS first_on
FROM donations_donation d
LEFT JOIN donors_donor p ON p.id = d.donor_id AND p.merged_into_id IS NOT NULL
LEFT JOIN donations_giftback b ON b.donation_id = d.id
WHERE d.source <> '' AND coalesce(b.back_minor, 0) < d.amount_minor {whose}
GROUP BY 1, 2, 3, 4, 5, 6
"""
PEOPLE_KEY, PEOPLE_FIGURES = "scope, currency, year, source", "donors, newcomers, ever"
# Three small questions of the same rows are quicker than one that has to sort them: how many gave in each year, for how
# many it was the first of all days, and in which year each gave for the last time.
PEOPLE = """
SELECT scope, currency, year, source, sum(donors)::bigint AS donors, sum(newcomers)::bigint AS newcomers,
  sum(ever)::bigint AS ever
FROM (
  SELECT scope, currency, year, source, count(*) * {sign} AS donors, 0 AS newcomers, 0 AS ever FROM (
    SELECT DISTINCT s.scope, c.currency, c.year, c.source, c.donor_id FROM {coded} c {scopes}) y GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT g.scope, c.currency, c.year, c.source, 0, count(DISTINCT c.donor_id) * {sign}, 0
    FROM {coded} c JOIN {givers} g ON g.before_year = 0 AND g.scope IN (0, c.entity_id, -c.campaign_id)
     AND (g.donor_id, g.currency, g.year, g.since) = (c.donor_id, c.currency, c.year, c.first_on) GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT scope, currency, year, source, 0, 0, count(*) * {sign} FROM (
    SELECT s.scope, c.currency, c.source, c.donor_id, max(c.year) AS year FROM {coded} c {scopes} GROUP BY 1, 2, 3, 4) l
   GROUP BY 1, 2, 3, 4
) told GROUP BY scope, currency, year, source
"""
_SCOPES = "CROSS JOIN LATERAL (VALUES (0::bigint), (c.entity_id), (-c.campaign_id)) AS s (scope)"


def coded(rows: str, *, givers: str, sign: int = 1) -> str:
    """`givers` are the years of the same people.

    This function will return the SQL that counts them by code, or takes them out (-1).
    """
    return PEOPLE.format(coded=rows, givers=givers, sign=sign, scopes=_SCOPES)


def counted(givers: str, *, sign: int = 1) -> str:
    """This function will return the SQL that counts rows of givers into cohorts, or takes them out (-1)."""
    return COUNTED.format(givers=givers, sign=sign, more=MORE, less=LESS)


def touched(donors: str) -> str:
    """`donors` is SQL for the ids of donors something was said of.

    This function will return the CTEs of those givers (`whose`) and what the facts say of them (`fresh`).
    """
    years = YEARS.format(whose="AND d.donor_id IN (SELECT id FROM records)")
    return TOUCHED.format(donors=donors, years=years, givers=GIVERS.format(years="years"))


UNFOLDED = touched("SELECT donor_id FROM donations_giftdelta")
"""CTEs that every question about givers begins with: `WITH {UNFOLDED} SELECT .. FROM ({ROWS}) g`."""
ROWS = f"""
SELECT {COLUMNS} FROM donations_giveryear WHERE donor_id NOT IN (SELECT id FROM whose)
UNION ALL SELECT {COLUMNS} FROM fresh
"""
"""One row for each giver, year, currency and scope."""
COHORTS = f"""
SELECT {KEY}, {FIGURES} FROM donations_givercohort
UNION ALL SELECT {KEY}, {FIGURES} FROM ({counted("fresh")}) came
UNION ALL SELECT {KEY}, {FIGURES} FROM (
  {counted("(SELECT * FROM donations_giveryear WHERE donor_id IN (SELECT id FROM whose)) was", sign=-1)}) went
"""
"""How many givers have the same years around a year, and their sums; several rows may have one key."""


_TOUCHED_CODES = f"""
was AS MATERIALIZED (
  SELECT {COLUMNS} FROM donations_giveryear WHERE donor_id IN (SELECT id FROM whose)
), coded AS MATERIALIZED ({CODED.format(whose="AND d.donor_id IN (SELECT id FROM records)")}),
coded_before AS MATERIALIZED (
  SELECT {CODED_COLUMNS} FROM donations_giversource WHERE donor_id IN (SELECT id FROM whose)
)
"""
UNFOLDED_CODES = f"{UNFOLDED}, {_TOUCHED_CODES}"
"""The same for questions about people by code."""
PEOPLE_BY_CODE = f"""
SELECT {PEOPLE_KEY}, {PEOPLE_FIGURES} FROM donations_sourcecohort
UNION ALL SELECT {PEOPLE_KEY}, {PEOPLE_FIGURES} FROM ({coded("coded", givers="fresh")}) came
UNION ALL SELECT {PEOPLE_KEY}, {PEOPLE_FIGURES} FROM (
  {coded("coded_before", givers="was", sign=-1)}) went
"""
"""How many people gave by a code in a year; several rows may have one key."""


def _added(key: str) -> str:
    figures = "gifts, undone, given_minor, back_minor"
    added = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in figures.split(", "))
    return f"ON CONFLICT ({key}) DO UPDATE SET {added}"


_SUMS = "sum(gifts) AS gifts, sum(undone) AS undone, sum(given_minor) AS given_minor, sum(back_minor) AS back_minor"
_FOLD = f"""
WITH taken AS (
  DELETE FROM donations_giftdelta WHERE ctid = ANY(ARRAY(SELECT ctid FROM donations_giftdelta LIMIT %s))
  RETURNING *
), gifts AS (
  SELECT * FROM taken WHERE entity_id IS NOT NULL
), days AS (
  INSERT INTO donations_giftday AS t
    (entity_id, campaign_id, currency, given_on, gifts, undone, given_minor, back_minor)
  SELECT entity_id, campaign_id, currency, given_on, {_SUMS} FROM gifts GROUP BY 1, 2, 3, 4
  {_added("given_on, entity_id, campaign_id, currency")}
), months AS (
  INSERT INTO donations_giftmonth AS t (entity_id, campaign_id, currency, month, gifts, undone, given_minor, back_minor)
  SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, {_SUMS} FROM gifts GROUP BY 1, 2, 3, 4
  {_added("month, entity_id, campaign_id, currency")}
), sizes AS (
  INSERT INTO donations_giftsize AS t (entity_id, currency, year, size_minor, gifts, undone, given_minor, back_minor)
  SELECT entity_id, currency, extract(year FROM given_on)::int, {FLOOR}, {_SUMS} FROM gifts GROUP BY 1, 2, 3, 4
  {_added("currency, year, entity_id, size_minor")}
), codes AS (
  INSERT INTO donations_giftsource AS t
    (entity_id, campaign_id, currency, month, source, gifts, undone, given_minor, back_minor)
  SELECT entity_id, campaign_id, currency, date_trunc('month', given_on)::date, source, {_SUMS} FROM gifts
   WHERE source <> '' GROUP BY 1, 2, 3, 4, 5
  {_added("month, source, entity_id, campaign_id, currency")}
)
SELECT count(*), array_agg(DISTINCT donor_id) FROM taken
"""
_COUNT_AGAIN = f"""
WITH {touched("SELECT unnest(%s::uuid[])")}, {_TOUCHED_CODES}, gone AS MATERIALIZED (
  SELECT {COLUMNS} FROM was EXCEPT SELECT {COLUMNS} FROM fresh
), come AS MATERIALIZED (
  SELECT {COLUMNS} FROM fresh EXCEPT SELECT {COLUMNS} FROM was
), deleted AS (
  DELETE FROM donations_giveryear g USING gone
   WHERE (g.donor_id, g.scope, g.currency, g.year) = (gone.donor_id, gone.scope, gone.currency, gone.year)
), inserted AS (
  INSERT INTO donations_giveryear ({COLUMNS}) SELECT {COLUMNS} FROM come
), coded_gone AS (
  DELETE FROM donations_giversource g USING
    (SELECT {CODED_COLUMNS} FROM coded_before EXCEPT SELECT {CODED_COLUMNS} FROM coded) k
   WHERE g.donor_id = k.donor_id AND (g.entity_id, g.campaign_id, g.currency, g.source, g.year, g.first_on)
     = (k.entity_id, k.campaign_id, k.currency, k.source, k.year, k.first_on)
), coded_come AS (
  INSERT INTO donations_giversource ({CODED_COLUMNS})
  SELECT {CODED_COLUMNS} FROM coded EXCEPT SELECT {CODED_COLUMNS} FROM coded_before
), people AS (
  INSERT INTO donations_sourcecohort AS t ({PEOPLE_KEY}, {PEOPLE_FIGURES})
  SELECT {PEOPLE_KEY}, {", ".join(f"sum({name}) AS {name}" for name in PEOPLE_FIGURES.split(", "))}
    FROM ({coded("coded", givers="fresh")} UNION ALL {coded("coded_before", givers="was", sign=-1)}) c
   GROUP BY {PEOPLE_KEY} HAVING (sum(donors), sum(newcomers), sum(ever)) <> (0, 0, 0)
  ON CONFLICT ({PEOPLE_KEY}) DO UPDATE SET
    {", ".join(f"{name} = t.{name} + excluded.{name}" for name in PEOPLE_FIGURES.split(", "))}
)
INSERT INTO donations_givercohort AS t ({KEY}, {FIGURES})
SELECT {KEY}, {", ".join(f"sum({name})" for name in FIGURES.split(", "))}
  FROM ({counted("come")} UNION ALL {counted("gone", sign=-1)}) c GROUP BY {KEY}
ON CONFLICT ({KEY}) DO UPDATE SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in FIGURES.split(", "))}
"""


def fold_all() -> int:
    """Fold what waits, of the books and of gifts, a part in each transaction; leave it to another who does so now.

    This function will return how many deltas it folded.
    """
    done = 0
    for fold, most in ((folding.fold, folding.MOST), (fold_gifts, MOST)):
        while (folded := fold(most=most)) > 0:
            done += folded
            if folded < most:
                break
    return done


def fold_gifts(*, most: int = MOST) -> int:
    """Fold the deltas of gifts that are committed, if nobody else folds now.

    The givers are counted after their deltas were taken: what is recorded in between is counted already, and its own
    delta only has it counted again. This function will return how many deltas it folded.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not folding.is_mine():
            return 0
        cursor.execute(_FOLD, [most])
        count, donors = cursor.fetchone()
        if donors:
            cursor.execute(_COUNT_AGAIN, [donors])
        return int(count)
