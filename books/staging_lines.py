"""Staging lines: what was read lies in a table of its own until somebody has looked at it; by COPY, then set by set.

A line's checksum is what keeps it from coming twice: the bank's own number of it where there is one, its words where
there is none, its day, its amount, and which of several equal ones it is. Two coffees of one day are two lines.
"""

import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from books.models import BankLine, StagedLine, StatementDraft
from books.reading_statements import Refused, Told

BLOCK, STREAM = 2_000, 20_000
_COPY = """
COPY books_stagedline (draft_id, position, booked_on, amount_minor, payer, reference, bank_ref, checksum, "column",
  reason, original) FROM STDIN
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(slots=True)
class Staged:
    """What was staged, counted on the way."""

    told: int = 0
    refused: int = 0
    received_minor: int = 0
    paid_minor: int = 0
    first_on: str = ""
    last_on: str = ""
    reasons: list[dict[str, object]] = field(default_factory=list)


MOST_REASONS = 200
"""Reasons that are kept with the statement; the whole of them is in the file of what was refused."""


def stage(*, draft: StatementDraft, rows: Iterable[Told | Refused], heard: Callable[[int], None]) -> Staged:
    """Put every row into the staging table; `heard` is told how many there are after each stream of them.

    Nothing else can be asked of a connection while it streams, so the streams are short. What an earlier try left is
    taken away first. This function will return the counts.
    """
    StagedLine.objects.filter(draft=draft).delete()
    staged, writer, count = Staged(), _Writer(draft), 0
    lines = (writer.line(row, staged) for row in rows)
    while block := list(itertools.islice(lines, STREAM)):
        connection.ensure_connection()
        with connection.connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for begin in range(0, len(block), BLOCK):
                copy.write("".join(block[begin : begin + BLOCK]))
        count += len(block)
        heard(count)
    return staged


class _Writer:
    """Writes rows as COPY reads them, and knows which of several equal lines one is."""

    def __init__(self, draft: StatementDraft) -> None:
        self.draft, self.account = str(draft.pk), str(draft.bank_account_id)
        self.seen: dict[str, int] = {}

    def line(self, row: Told | Refused, staged: Staged) -> str:
        if isinstance(row, Refused):
            staged.refused += 1
            if len(staged.reasons) < MOST_REASONS:
                staged.reasons.append({"row": row.position, "column": row.column, "reason": row.reason})
            column, original = row.column[:120].translate(_ESCAPES), row.original.translate(_ESCAPES)
            return f"{self.draft}\t{row.position}\t\\N\t\\N\t\t\t\t\t{column}\t{row.reason}\t{original}\n"
        staged.told += 1
        if row.amount_minor > 0:
            staged.received_minor += row.amount_minor
        else:
            staged.paid_minor += row.amount_minor
        day = row.booked_on.isoformat()
        staged.first_on = min(staged.first_on or day, day)
        staged.last_on = max(staged.last_on, day)
        checksum = self._checksum(row, day)
        # Words hold no control characters any more; the one letter COPY reads otherwise is doubled.
        words = f"{row.payer}\t{row.reference}\t{row.bank_ref}"
        if "\\" in words:
            words = words.replace("\\", "\\\\")
        return f"{self.draft}\t{row.position}\t{day}\t{row.amount_minor}\t{words}\t{checksum}\t\t\t\n"

    def _checksum(self, row: Told, day: str) -> str:
        words = f"#{row.bank_ref}" if row.bank_ref else f"{row.payer}\x1f{row.reference}"
        said = f"{self.account}\x1f{day}\x1f{row.amount_minor}\x1f{words}".encode()
        checksum = hashlib.sha256(said).hexdigest()
        occurrence = self.seen[checksum] = self.seen.get(checksum, 0) + 1
        if occurrence == 1:
            return checksum
        return hashlib.sha256(f"{checksum}\x1f{occurrence}".encode()).hexdigest()


_KNOWN = """
SELECT count(*) FROM books_stagedline s WHERE s.draft_id = %(draft)s AND s.reason = ''
  AND EXISTS (SELECT 1 FROM books_bankline l WHERE l.bank_account_id = %(account)s AND l.checksum = s.checksum)
"""

# Lines we have of the file's own days and amounts that the file does not know, beside new ones it brings: the same
# lines read in another way, as after another mapping, look like this.
_ALIKE = """
WITH told AS (
  SELECT booked_on, amount_minor, checksum,
    EXISTS (SELECT 1 FROM books_bankline l WHERE l.bank_account_id = %(account)s AND l.checksum = s.checksum) AS known
  FROM books_stagedline s WHERE draft_id = %(draft)s AND reason = ''
), fresh AS (
  SELECT booked_on, amount_minor, count(*) AS n FROM told WHERE NOT known GROUP BY 1, 2
), strange AS (
  SELECT l.booked_on, l.amount_minor, count(*) AS n FROM books_bankline l
   WHERE l.bank_account_id = %(account)s AND l.booked_on BETWEEN %(first)s AND %(last)s
     AND NOT EXISTS (SELECT 1 FROM told t WHERE t.checksum = l.checksum) GROUP BY 1, 2
)
SELECT coalesce(sum(least(f.n, s.n)), 0)::bigint FROM fresh f JOIN strange s USING (booked_on, amount_minor)
"""


def known(*, draft: StatementDraft) -> int:
    """This function will return how many of the staged lines came before."""
    return _one(_KNOWN, {"draft": draft.pk, "account": draft.bank_account_id})


def alike(*, draft: StatementDraft, staged: Staged) -> int:
    """This function will return how many new lines look like lines we have that the file does not know."""
    among = {"bank_account": draft.bank_account_id, "booked_on__range": (staged.first_on, staged.last_on)}
    if not staged.told or not BankLine.objects.filter(**among).exists():
        return 0
    values = {
        "draft": draft.pk,
        "account": draft.bank_account_id,
        "first": staged.first_on,
        "last": staged.last_on,
    }
    return _one(_ALIKE, values)


def _one(query: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])


_TAKE_IN = """
INSERT INTO books_bankline (statement_id, bank_account_id, position, booked_on, amount_minor, currency, payer,
  reference, bank_ref, checksum, state, reason)
SELECT %(statement)s, %(account)s, s.position, s.booked_on, s.amount_minor, %(currency)s, s.payer, s.reference,
  s.bank_ref, s.checksum, 'new', ''
FROM books_stagedline s WHERE s.draft_id = %(draft)s AND s.reason = '' ORDER BY s.position
ON CONFLICT (bank_account_id, checksum) DO NOTHING
"""


def take_in(*, draft: StatementDraft, currency: str) -> int:
    """Make the staged lines lines of the account, each once, under the statement that will have the draft's id.

    This function will return how many are new.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE_IN,
            {
                "statement": draft.pk,
                "account": draft.bank_account_id,
                "currency": currency,
                "draft": draft.pk,
            },
        )
        return int(cursor.rowcount)


def count(*, draft: StatementDraft) -> tuple[int, int]:
    """This function will return how many staged lines are told and how many refused, as the table has them now."""
    told = StagedLine.objects.filter(draft=draft, reason="").count()
    return told, StagedLine.objects.filter(draft=draft).exclude(reason="").count()


def forget(*, before: datetime) -> int:
    """This function will empty the staging table of what was asked for before then, and return how many rows went."""
    old = StatementDraft.objects.filter(asked_at__lt=before).values("pk")
    return StagedLine.objects.filter(draft__in=old).delete()[0]


def forget_one(*, draft_id: uuid.UUID) -> None:
    """This function will empty the staging table of one file."""
    StagedLine.objects.filter(draft_id=draft_id).delete()
