"""Matching: which lines of the bank are certain, found for all open lines of an account at once.

Certain is a payout of this very sum that the line's words name as the processor's, alone on both sides within its
days; and a transfer that names one code, of the sum that was promised. Everything else is a suggestion for a person:
a match that is missed costs a press, a wrong one costs trust.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from books.models import BankLine
from payments.models import BankAccount

OPEN = (BankLine.State.NEW, BankLine.State.NO_MATCH)
CERTAIN = 100

# Full-width letters and digits as plain ones; a dash of any kind, a space or nothing between letters and digits.
CODE = r"(?<![A-Z0-9])([A-Z0-9]{3})[^A-Z0-9]{0,2}([0-9]{6})(?![0-9])"
# Most lines name none: letters and digits as they stand, before anything is made plain.
_MAY_NAME = "[0-9a-z０-９ａ-ｚＡ-Ｚ]{3}[^0-9a-z０-９ａ-ｚＡ-Ｚ]{0,2}[0-9０-９]{6}([^0-9０-９]|$)"
_NAMES_CODES = """
  CROSS JOIN LATERAL (SELECT DISTINCT f[1] || '-' || f[2] AS code
    FROM regexp_matches(upper(normalize(l.payer || ' ' || l.reference, NFKC)), %(code)s, 'g') AS f) AS c
"""
PROCESSOR = "(stripe|스트라이프|payout|paypal)"
"""What banks write beside the processor's transfers."""

_TIED = """EXISTS (SELECT 1 FROM books_bankmatch m WHERE m.payout_id = p.id AND m.kind = '{kind}'
  AND m.undoes_id IS NULL AND NOT EXISTS (SELECT 1 FROM books_bankmatch u WHERE u.undoes_id = m.id))"""

_FREE = f"""
SELECT p.id, p.amount_minor, 'payout', p.arrives_on FROM payments_payout p
  JOIN ledger_entry e ON e.source = 'payout:' || p.ref AND e.entity_id = %(entity)s
 WHERE p.currency = %(currency)s AND NOT {_TIED.format(kind="payout")}
UNION ALL
SELECT p.id, -p.amount_minor, 'payout_returned', (f.failed_at AT TIME ZONE %(zone)s)::date FROM payments_payout p
  JOIN payments_payoutfailure f ON f.payout_id = p.id
  JOIN ledger_entry e ON e.source = 'payout:' || p.ref AND e.entity_id = %(entity)s
 WHERE p.currency = %(currency)s AND NOT {_TIED.format(kind="payout_returned")}
"""
# Of lines that came a moment ago the planner knows nothing, takes them for a few and looks through all payouts for each
# of two hundred thousand. So payouts are found first, and lines are asked for all of their sums at once.
_AT_ONCE, _AS_EVER = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop TO DEFAULT"
_PAYOUTS = f"""
WITH near AS MATERIALIZED (
  -- Sums first: few lines are of a payout's sum, and only their words are looked at.
  SELECT l.id AS line, free.id AS payout, free.kind, l.amount_minor AS minor, l.booked_on - free.due_on AS days,
    l.payer || ' ' || l.reference AS words
  FROM books_bankline l
  JOIN unnest(%(payouts)s::bigint[], %(minors)s::bigint[], %(kinds)s::text[], %(days)s::date[])
    AS free (id, minor, kind, due_on) ON free.minor = l.amount_minor
   AND l.booked_on BETWEEN free.due_on - 3 AND free.due_on + 10
  WHERE l.bank_account_id = %(account)s AND l.state IN ('new', 'no_match')
), pair AS (
  SELECT line, payout, kind, minor, days, count(*) OVER (PARTITION BY line) AS payouts,
    count(*) OVER (PARTITION BY payout, kind) AS lines
  FROM near WHERE words ~* '{PROCESSOR}'
)
INSERT INTO books_bankmatch (line_id, kind, payout_id, amount_minor, score, is_automatic, reason, matched_at)
SELECT line, kind, payout, minor, {CERTAIN}, true, '', %(now)s FROM pair
 WHERE payouts = 1 AND lines = 1 AND days BETWEEN -1 AND 5
RETURNING line_id
"""

_CODES = f"""
WITH named AS (
  SELECT l.id, l.amount_minor, l.booked_on, p.id AS promise, p.status, p.amount_minor AS meant, p.donor_name, p.email,
    (p.promised_at AT TIME ZONE %(zone)s)::date AS promised_on, count(*) OVER (PARTITION BY l.id) AS codes
  FROM books_bankline l {_NAMES_CODES}
  JOIN donations_transferpromise p ON p.code = c.code AND p.entity_id = %(entity)s AND p.currency = %(currency)s
  WHERE l.bank_account_id = %(account)s AND l.state IN ('new', 'no_match') AND l.amount_minor > 0
    AND l.payer || ' ' || l.reference ~* '{_MAY_NAME}'
    AND (%(lines)s::bigint[] IS NULL OR l.id = ANY(%(lines)s))
)
SELECT DISTINCT ON (promise) id, promise FROM named
 WHERE codes = 1 AND status IN ('open', 'lapsed') AND meant = amount_minor AND booked_on >= promised_on - 1
   AND (donor_name <> '' OR email <> '')
 ORDER BY promise, booked_on, id
"""

_MEANT = f"""
SELECT l.id, p.id FROM books_bankline l {_NAMES_CODES}
  JOIN donations_transferpromise p ON p.code = c.code AND p.entity_id = %(entity)s AND p.currency = %(currency)s
 WHERE l.id = ANY(%(lines)s) AND l.amount_minor > 0 ORDER BY l.id, p.code
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A line and the promise whose code it names."""

    line_id: int
    promise_id: uuid.UUID


def tie_payouts(*, account: BankAccount, now: datetime) -> int:
    """Tie every certain payout of the open lines of an account. Nothing is posted: payouts are in the books.

    This function will return how many lines are matched now.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FREE, _of(account))
        free = cursor.fetchall()
        if not free:
            return 0
        payouts, minors, kinds, days = map(list, zip(*free, strict=True))
        sums = {"payouts": payouts, "minors": minors, "kinds": kinds, "days": days}
        cursor.execute(_AT_ONCE)
        cursor.execute(_PAYOUTS, {**_of(account), **sums, "now": now})
        lines = [row[0] for row in cursor.fetchall()]
        cursor.execute(_AS_EVER)
        settle(line_ids=lines, now=now)
    return len(lines)


def settle(*, line_ids: Sequence[int], now: datetime, settled_by_id: int | None = None) -> None:
    """This function will say of lines that their matches explain them, and forget their words (B15)."""
    BankLine.objects.filter(pk__in=line_ids).update(
        state=BankLine.State.MATCHED,
        payer="",
        reference="",
        reason="",
        settled_at=now,
        settled_by_id=settled_by_id,
    )


def certain_codes(*, account: BankAccount, line_ids: Sequence[int] | None = None) -> list[Named]:
    """The open lines, of these or of all, that name one code and are of the promised sum.

    This function will return one line for each code: the first to come.
    """
    among = None if line_ids is None else list(line_ids)
    with connection.cursor() as cursor:
        cursor.execute(_CODES, {**_of(account), "code": CODE, "lines": among})
        found = [Named(line, promise) for line, promise in cursor.fetchall()]
    return sorted(found, key=lambda named: named.line_id)


def named_promises(*, account: BankAccount, line_ids: Sequence[int]) -> dict[int, list[uuid.UUID]]:
    """This function will return the promises whose codes each of these lines names, certain or not."""
    found: dict[int, list[uuid.UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MEANT, {**_of(account), "code": CODE, "lines": list(line_ids)})
        for line, promise in cursor.fetchall():
            found.setdefault(line, []).append(promise)
    return found


def _of(account: BankAccount) -> dict[str, Any]:
    return {
        "account": account.pk,
        "entity": account.entity_id,
        "currency": account.currency,
        "zone": account.entity.zone,
    }
