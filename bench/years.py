"""Years: a database of its own with six years of two hundred thousand givers, to ask what finance asks.

Deterministic: every figure is a hash of a row's number, and the steps are always the same, so the same rows come out
each time. Heavy-tailed: half of the gifts come from an eighth of the givers, forty give thousands; amounts are
log-normal. Givers come and go, a few records are merged, four of ten give online, half of these by one of 120 codes,
some gifts go back. Facts,
designations, lines of the balance and of the books agree. The rows are written past the triggers; `rebuild_rollups`
counts them.
"""

import os
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench import generating

STEPS = tuple(int(step) for step in os.environ.get("BENCH_YEARS_GIFTS", "200000,2000000").split(","))
"""How many gifts there are at each look; a tenth as many givers."""
GIFTS_PER_DONOR = 10
LAST_DAY = "2026-11-20"

# The forty at the beginning share what the cube would heap on one.
_GIFTS = f"""
CREATE TEMP TABLE gift ON COMMIT DROP AS
SELECT i, md5('years gift ' || i)::uuid AS id, md5('bench donor ' || n)::uuid AS donor_id,
  place.campaign_id, place.slug, place.entity_id, place.zone, place.fund_id, place.restriction,
  money.currency, money.amount, round(money.amount * 0.029)::bigint + money.fixed AS fee,
  pg_temp.figure(n, 13) < 0.425 AS is_online,
  timestamptz '2021-01-01 05:00+00' + interval '2149 days' * (came.share
    + (1 - came.share) * pg_temp.figure(n, 12) * sqrt(pg_temp.figure(n, 12)) * pg_temp.figure(i, 7)) AS given_at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
CROSS JOIN LATERAL (SELECT least(%(donors)s,
  1 + floor(%(donors)s::float8 * pg_temp.figure(i, 1) ^ 3 + 40 * pg_temp.figure(i, 8)))::bigint AS n) AS giver
CROSS JOIN LATERAL (SELECT 0.95 * pg_temp.figure(n, 11) AS share) AS came
{generating.AMOUNTS.format(drawn_by="n")}JOIN (
  SELECT c.id AS campaign_id, c.slug, f.entity_id, f.id AS fund_id, f.restriction, e.zone,
    row_number() OVER (ORDER BY c.position, c.id) - 1 AS place, count(*) OVER () AS places
  FROM campaigns_campaign c JOIN ledger_fund f ON f.id = c.fund_id JOIN ledger_legalentity e ON e.id = f.entity_id
  WHERE c.status = 'open') AS place
  ON place.place = floor(place.places * pg_temp.figure(i, 6) ^ 2)
"""
_MERGED = """
UPDATE donors_donor d SET merged_into_id = md5('bench donor ' || i - 1)::uuid
  FROM generate_series(199, %(donors)s::bigint, 200) AS i
 WHERE d.id = md5('bench donor ' || i)::uuid AND d.merged_into_id IS NULL
"""
_FACTS = (
    """
    INSERT INTO donations_donation (id, entity_id, donor_id, campaign_id, rail, method, last4, processor_ref,
      payment_ref, amount_minor, currency, given_at, given_on, date_rule, language, note, source, is_live, recorded_at)
    SELECT id, entity_id, donor_id, campaign_id, CASE WHEN is_online THEN 'processor' ELSE 'desk' END,
      CASE WHEN is_online THEN 'card' ELSE 'check' END, CASE WHEN is_online THEN '4242' ELSE '' END,
      CASE WHEN is_online THEN 'ch_years' || i END, CASE WHEN is_online THEN 'pi_years' || i END, amount, currency,
      given_at, (given_at AT TIME ZONE zone)::date,
      CASE WHEN is_online THEN 'charge_in_entity_zone' ELSE 'received' END, 'en', '',
      CASE WHEN is_online AND i % 2 = 0 THEN 'letter-' || floor(120 * pg_temp.figure(i, 14) ^ 3) ELSE '' END, false,
      given_at + interval '5 seconds'
    FROM gift ORDER BY given_at
    """,
    """
    INSERT INTO donations_designation (donation_id, fund_id, amount_minor)
    SELECT id, fund_id, amount FROM gift ORDER BY given_at
    """,
    """
    INSERT INTO donations_recognition (donation_id, is_anonymous, changed_at)
    SELECT id, i % 10 = 0, given_at FROM gift ORDER BY given_at
    """,
    """
    CREATE TEMP TABLE went ON COMMIT DROP AS
    SELECT g.*, md5('years refund ' || i)::uuid AS refund_id,
      CASE WHEN i % 300 = 0 THEN amount ELSE amount / 3 END AS back, given_at + interval '3 days' AS back_at
      FROM gift g WHERE is_online AND i % 150 = 0
    """,
    """
    INSERT INTO donations_refund (id, donation_id, processor_ref, amount_minor, reason, refunded_at, recorded_at)
    SELECT refund_id, id, 're_years' || i, back, '', back_at, back_at FROM went
    """,
    "INSERT INTO donations_refundpart (refund_id, fund_id, amount_minor) SELECT refund_id, fund_id, back FROM went",
    """
    INSERT INTO payments_balancetransaction (ref, kind, amount_minor, fee_minor, net_minor, currency, source_ref,
      created_at, available_on, recorded_at)
    SELECT 'txn_years' || i, 'charge', amount, fee, amount - fee, currency, 'ch_years' || i, given_at,
      (given_at + interval '2 days')::date, given_at + interval '5 seconds' FROM gift WHERE is_online
    UNION ALL
    SELECT 'txn_yearsback' || i, 'refund', -back, 0, -back, currency, 're_years' || i, back_at,
      (back_at + interval '2 days')::date, back_at FROM went
    """,
    """
    CREATE TEMP TABLE posted ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) AS entry_id, x.* FROM (
      SELECT entity_id, 'donation' AS kind,
        CASE WHEN is_online THEN 'charge:ch_years' || i ELSE 'hand:' || id END AS source,
        given_at AS at, zone, fund_id, restriction, slug, currency, amount AS minor,
        CASE WHEN is_online THEN '1100' ELSE '1050' END AS debit, 'income' AS credit FROM gift
      UNION ALL
      SELECT entity_id, 'processor_fee', 'balance:txn_years' || i, given_at, zone, fund_id, restriction, slug, currency,
        fee, '5100', '1100' FROM gift WHERE is_online
      UNION ALL
      SELECT entity_id, 'refund', 'refund:re_years' || i, back_at, zone, fund_id, restriction, slug,
        currency, back, 'income', '1100' FROM went
      ORDER BY at) x
    """,
    """
    INSERT INTO ledger_entry (id, entity_id, kind, source, happened_at, booked_on, memo, line_count, recorded_at)
    SELECT entry_id, entity_id, kind, source, at, (at AT TIME ZONE zone)::date, '', 2, at FROM posted
    """,
    """
    INSERT INTO ledger_line (entry_id, account_id, fund_id, amount_minor, currency, segment)
    SELECT entry_id, a.id, fund_id, side.sign * minor, currency, CASE side.code WHEN 'income' THEN slug ELSE '' END
    FROM posted
    CROSS JOIN LATERAL (VALUES (debit, 1), (credit, -1)) AS side (code, sign)
    JOIN ledger_account a ON a.code = CASE WHEN side.code <> 'income' THEN side.code
      WHEN restriction = 'none' THEN '4000' ELSE '4100' END
    """,
)


def url(*, of: str = "") -> str:
    """This function will return where the database of the years is, for the application or for who may fill tables."""
    given = of or os.environ["DATABASE_URL"]
    parts = urlsplit(given)
    return urlunsplit(parts._replace(path=f"{parts.path}_years"))


def ensure(*, gifts: int) -> int:
    """Write gifts until there are `gifts` of them, each step of the way the same.

    This function will return how many were written now; the rollups are to be rebuilt after any.
    """
    filler = os.environ.get("BENCH_DATABASE_URL") or os.environ["DATABASE_URL"]
    _create(filler)
    return fill(filler=url(of=filler), gifts=gifts)


def fill(*, filler: str, gifts: int) -> int:
    """This function will fill the database at an address, and return how many gifts were written now."""
    written = 0
    with psycopg.connect(filler) as raw:
        present = [step for step in STEPS if _is_written(raw, step)]
        generating.skip_triggers(raw)
        raw.execute("SET synchronous_commit = off")
        raw.execute("SET work_mem = '256MB'")
        raw.execute("SET maintenance_work_mem = '512MB'")
        raw.execute(generating.FIGURE)
        raw.commit()
        for former, step in zip((0, *STEPS), STEPS, strict=False):
            if step <= gifts and step not in present:
                _write(raw, first=former + 1, last=step)
                written += step - former
    if written:
        _vacuum(filler)
    return written


def tidy() -> None:
    """This function will do what autovacuum does in time: index-only scans and hint bits as in a database that has
    lived.
    """
    _vacuum(url(of=os.environ.get("BENCH_DATABASE_URL") or os.environ["DATABASE_URL"]))


def _vacuum(filler: str) -> None:
    with psycopg.connect(filler, autocommit=True) as raw:
        raw.execute("VACUUM ANALYZE")


def _is_written(raw: "psycopg.Connection[Any]", number: int) -> bool:
    last = "SELECT 1 FROM donations_donation WHERE id = md5('years gift ' || %s::bigint)::uuid"
    return raw.execute(last, [number]).fetchone() is not None


def _write(raw: "psycopg.Connection[Any]", *, first: int, last: int) -> None:
    named = {"first": first, "last": last, "donors": last // GIFTS_PER_DONOR}
    raw.execute(generating.GIVERS, named)
    raw.execute(_MERGED, named)
    raw.execute(_GIFTS, named)
    raw.execute("ANALYZE gift")
    for statement in _FACTS:
        raw.execute(statement)
    raw.commit()


def _create(filler: str) -> None:
    """A copy of the database of the bench, before anything else fills it: the demo's campaigns and nobody's gifts."""
    name = urlsplit(url(of=filler)).path.removeprefix("/")
    source = urlsplit(filler).path.removeprefix("/")
    with psycopg.connect(filler, dbname="postgres", autocommit=True) as raw:
        if raw.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            raw.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


if __name__ == "__main__":
    print(fill(filler=sys.argv[1], gifts=int(sys.argv[2])))
