"""Generating: years of invented gifts, written straight into the tables by the database itself.

Deterministic: every figure is a hash of the row's number and of a constant, so the same rows come out each time.
Heavy-tailed as real gifts are: a few donors give often, a few gifts are large. Facts, designations, entries, lines
and lines of the balance agree, so exports reconcile and `selfcheck` holds. Only for a database of the bench.
"""

import os
import time
from typing import Any

import psycopg

DONORS = 20_000
CHUNK = 100_000
MARK, FRESH = "bench", "fresh"

# A figure in (0, 1) of a row's number and a purpose; the hash does not change between versions of PostgreSQL.
FIGURE = """
CREATE OR REPLACE FUNCTION pg_temp.figure(number bigint, purpose int) RETURNS float8 IMMUTABLE LANGUAGE sql AS $$
  SELECT ((hashint8extended(number, purpose) & 2147483647) + 1)::float8 / 2147483649.0
$$
"""

GIVERS = """
INSERT INTO donors_donor (id, kind, name, local_name, email, email_key, name_key, language, address, created_at)
SELECT md5('bench donor ' || i)::uuid, CASE WHEN i %% 40 = 0 THEN 'organization' ELSE 'person' END,
  'Giver ' || i, CASE WHEN i %% 5 = 0 THEN '후원자 ' || i ELSE '' END,
  'giver-' || i || '@example.org', 'giver-' || i || '@example.org', 'giver' || i,
  CASE WHEN i %% 5 = 0 THEN 'ko' ELSE 'en' END,
  CASE WHEN i %% 2 = 0 THEN i || ' Maple Avenue' || chr(10) || 'Springfield, VA 22150' ELSE '' END,
  timestamptz '2020-01-01 00:00+00' + i * interval '1 minute'
FROM generate_series(1, %(donors)s::bigint) AS i
ON CONFLICT DO NOTHING
"""

# Amounts are log-normal, in whole dollars or thousands of won; a giver or a gift draws its currency.
AMOUNTS = """CROSS JOIN LATERAL (
  SELECT CASE WHEN pg_temp.figure({drawn_by}, 3) < 0.85 THEN 'USD' ELSE 'KRW' END AS currency,
    exp(3.6 + 1.1 * sqrt(-2 * ln(pg_temp.figure(i, 4))) * cos(2 * pi() * pg_temp.figure(i, 5))) AS worth) AS drawn
CROSS JOIN LATERAL (
  SELECT drawn.currency,
    CASE drawn.currency WHEN 'USD' THEN 100 * greatest(5, round(drawn.worth))::bigint
      ELSE 1000 * greatest(5, round(drawn.worth))::bigint END AS amount,
    CASE drawn.currency WHEN 'USD' THEN 30 ELSE 400 END AS fixed) AS money
"""

# A million gifts span 2,100 days from 2021 on. The cube puts half of the gifts on an eighth of the donors.
_GIFTS = f"""
CREATE TEMP TABLE gift ON COMMIT DROP AS
SELECT i, md5('bench gift ' || i)::uuid AS id,
  md5('bench donor ' || (1 + floor(%(donors)s::float8 * pg_temp.figure(i, 1) ^ 3))::bigint)::uuid AS donor_id,
  place.campaign_id, place.slug, place.entity_id,
  CASE WHEN pg_temp.figure(i, 2) < 0.9 THEN place.fund_id ELSE general.id END AS fund_id,
  CASE WHEN pg_temp.figure(i, 2) < 0.9 THEN place.restriction ELSE 'none' END AS restriction,
  CASE WHEN pg_temp.figure(i, 2) < 0.9 OR place.fund_id = general.id THEN place.slug ELSE '' END AS segment,
  money.currency, money.amount, round(money.amount * 0.029)::bigint + money.fixed AS fee,
  CASE money.currency WHEN 'KRW' THEN 'kakao_pay' ELSE 'card' END AS method, 'en' AS language,
  timestamptz '2021-01-01 05:00+00' + i * interval '181.44 seconds' AS given_at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
{AMOUNTS.format(drawn_by="i")}JOIN (
  SELECT c.id AS campaign_id, c.slug, f.entity_id, f.id AS fund_id, f.restriction,
    row_number() OVER (ORDER BY c.position, c.id) - 1 AS place, count(*) OVER () AS places
  FROM campaigns_campaign c JOIN ledger_fund f ON f.id = c.fund_id WHERE c.status = 'open') AS place
  ON place.place = floor(place.places * pg_temp.figure(i, 6) ^ 2)
JOIN ledger_fund general ON general.entity_id = place.entity_id AND general.code = 'GEN'
"""

_FRESH_DONORS = """
INSERT INTO donors_donor (id, kind, name, local_name, email, email_key, name_key, language, address, created_at)
SELECT md5('fresh donor ' || i)::uuid, 'person', told.name, '', 'fresh-' || i || '@example.org',
  'fresh-' || i || '@example.org', 'fresh' || i, told.language,
  i %% 1000000 || ' Maple Avenue' || chr(10) || 'Springfield, VA 22150', now()
FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(donors)s::bigint - 1) AS i
CROSS JOIN LATERAL (
  SELECT CASE WHEN i %% 20 < 7 THEN 'ko' ELSE 'en' END AS language,
    CASE WHEN i %% 20 < 7 THEN substr('김이박최정강조윤장임한오서신권', (i %% 15)::int + 1, 1)
      || substr('민서준하윤지우현수아은영호성진경미선재혁동', (i %% 21)::int + 1, 1)
      || substr('민서준하윤지우현수아은영호성진경미선재혁동', (i / 21 %% 21)::int + 1, 1)
    ELSE 'Giver ' || i %% 1000000 END AS name) AS told
"""

_FRESH_GIFTS = """
CREATE TEMP TABLE gift ON COMMIT DROP AS
SELECT i, md5('fresh gift ' || i)::uuid AS id,
  md5('fresh donor ' || %(first)s::bigint + (i - %(first)s::bigint) %% %(donors)s::bigint)::uuid AS donor_id,
  c.id AS campaign_id, c.slug,
  f.entity_id, f.id AS fund_id, f.restriction, c.slug AS segment, 'USD' AS currency,
  (1000 + i %% 1000000 * 7919 %% 90000)::bigint AS amount, 30::bigint AS fee, 'card' AS method,
  CASE WHEN i %% 20 < 7 THEN 'ko' ELSE 'en' END AS language,
  now() - interval '1 hour' + (i - %(first)s::bigint) * interval '1 millisecond' AS given_at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
JOIN campaigns_campaign c ON c.slug = 'family' JOIN ledger_fund f ON f.id = c.fund_id
"""

_FACTS = (
    """
    INSERT INTO donations_donation (id, entity_id, donor_id, campaign_id, rail, method, last4, processor_ref,
      payment_ref, amount_minor, currency, given_at, given_on, date_rule, language, note, source, is_live, recorded_at)
    SELECT g.id, g.entity_id, donor_id, campaign_id, 'processor', method,
      CASE method WHEN 'card' THEN '4242' ELSE '' END,
      'ch_MARK' || i, 'pi_MARK' || i, amount, currency, given_at, (given_at AT TIME ZONE e.zone)::date,
      'charge_in_entity_zone', g.language, CASE WHEN i % 50 = 0 THEN 'In memory of my mother' ELSE '' END,
      CASE WHEN i % 3 = 0 THEN 'letter' ELSE '' END, false, given_at + interval '5 seconds'
    FROM gift g JOIN ledger_legalentity e ON e.id = g.entity_id ORDER BY i
    """,
    """
    INSERT INTO donations_designation (donation_id, fund_id, amount_minor)
    SELECT id, fund_id, amount FROM gift ORDER BY i
    """,
    """
    INSERT INTO donations_recognition (donation_id, is_anonymous, changed_at)
    SELECT id, i % 10 = 0, given_at FROM gift ORDER BY i
    """,
    """
    INSERT INTO payments_balancetransaction (ref, kind, amount_minor, fee_minor, net_minor, currency, source_ref,
      created_at, available_on, recorded_at)
    SELECT 'txn_MARK' || i, 'charge', amount, fee, amount - fee, currency, 'ch_MARK' || i, given_at,
      (given_at + interval '2 days')::date, given_at + interval '5 seconds' FROM gift ORDER BY i
    """,
    """
    WITH posted AS (
      INSERT INTO ledger_entry (entity_id, kind, source, happened_at, booked_on, memo, line_count, recorded_at)
      SELECT g.entity_id, kind, source || i, given_at, (given_at AT TIME ZONE e.zone)::date, '', 2, given_at
      FROM gift g JOIN ledger_legalentity e ON e.id = g.entity_id
      CROSS JOIN (VALUES ('donation', 'charge:ch_MARK'), ('processor_fee', 'balance:txn_MARK')) AS fact (kind, source)
      ORDER BY i
      RETURNING ledger_entry.id, ledger_entry.kind, ledger_entry.source
    )
    INSERT INTO ledger_line (entry_id, account_id, fund_id, amount_minor, currency, segment)
    SELECT posted.id, a.id, g.fund_id, side.sign * CASE posted.kind WHEN 'donation' THEN amount ELSE fee END, currency,
      CASE WHEN side.code = 'income' THEN segment ELSE '' END
    FROM posted
    JOIN gift g ON g.i = substring(posted.source FROM 'MARK([0-9]+)$')::bigint
    JOIN (VALUES ('donation', '1100', 1), ('donation', 'income', -1), ('processor_fee', '5100', 1),
      ('processor_fee', '1100', -1)) AS side (kind, code, sign) ON side.kind = posted.kind
    JOIN ledger_account a ON a.code = CASE WHEN side.code <> 'income' THEN side.code
      WHEN g.restriction = 'none' THEN '4000' ELSE '4100' END
    ORDER BY posted.id
    """,
)


def ensure(*, rows: int) -> int:
    """Write gifts until there are `rows` of them; those written before stay. Commits every 100,000.

    This function will return how many were written now.
    """
    with psycopg.connect(os.environ.get("BENCH_DATABASE_URL") or os.environ["DATABASE_URL"]) as raw:
        found = raw.execute(
            "SELECT count(*) FROM payments_balancetransaction WHERE ref LIKE 'txn\\_bench%'"
        ).fetchone()
        present = int(found[0]) if found else 0
        skip_triggers(raw)
        raw.execute(FIGURE)
        raw.execute("SET synchronous_commit = off")
        raw.execute("SET maintenance_work_mem = '256MB'")
        raw.execute("SET work_mem = '64MB'")
        raw.execute(GIVERS, {"donors": DONORS})
        raw.commit()
        for first in range(present + 1, rows + 1, CHUNK):
            _write(raw, first=first, last=min(first + CHUNK - 1, rows))
        if present < rows:
            raw.autocommit = True
            raw.execute("ANALYZE")
            raw.execute("VACUUM")  # index-only scans and hint bits as in a database that has lived
    return max(0, rows - present)


def fresh(*, rows: int, donors: int = 0) -> str:
    """Write gifts of this moment, each of a donor of its own, a third of them Korean: none has a receipt yet.

    With `donors` so many share the gifts. This function will return the address of the first donor.
    """
    first = int(time.time()) * 1_000_000
    with psycopg.connect(os.environ.get("BENCH_DATABASE_URL") or os.environ["DATABASE_URL"]) as raw:
        skip_triggers(raw)
        named = {"first": first, "last": first + rows - 1, "donors": donors or rows}
        raw.execute(_FRESH_DONORS, named)
        raw.execute(_FRESH_GIFTS, named)
        _write_facts(raw, mark=FRESH)
        raw.autocommit = True
        raw.execute(
            "VACUUM ANALYZE"
        )  # as in a database that has lived, and whoever is measured pays for nobody before
    return f"fresh-{first}@example.org"


def _write(raw: "psycopg.Connection[Any]", *, first: int, last: int) -> None:
    raw.execute(_GIFTS, {"donors": DONORS, "first": first, "last": last})
    _write_facts(raw, mark=MARK)


def _write_facts(raw: "psycopg.Connection[Any]", *, mark: str) -> None:
    """`mark` tells one kind of gifts from another, in what the processor would call them."""
    for statement in _FACTS:
        raw.execute(statement.replace("MARK", mark))
    raw.commit()


def skip_triggers(raw: "psycopg.Connection[Any]") -> None:
    """The rows keep the laws by construction; a role that may not skip their triggers only takes longer."""
    try:
        raw.execute("SET session_replication_role = replica")
    except psycopg.errors.InsufficientPrivilege:
        raw.rollback()
    else:
        raw.commit()
