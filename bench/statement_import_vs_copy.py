"""`statement_import_vs_copy`: a bank's file of 200,000 lines until they are in the account and matched, against COPY.

Ours is what happens in production, in the worker's process: find letters and delimiter, read every cell, mask, count
what is known, stage by COPY, take in set by set with every law asked, tie the certain payouts, find the certain codes.
The limit is PostgreSQL's COPY of the very same lines, ready made with their checksums, into a table of the same
columns, checks and indexes, which asks nobody anything. Into a table without indexes it is told in the notes.
Gifts of certain codes are entered one by one, as every gift over the desk: their rate is told in the notes too.
"""

import io
import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection, transaction

from bench import pairing
from books import accepting, importing_statements, mapping_columns, matching, reading_csv, staging_lines
from books.importing_statements import Status
from books.mapping_columns import Columns
from books.models import BankLine, StatementDraft
from books.reading_statements import Gist
from campaigns.models import Campaign
from jobs import running
from ledger.models import Fund
from payments.models import BankAccount
from staff.models import User

NAME = "statement_import_vs_copy"
LINES = int(os.environ.get("BENCH_STATEMENT_LINES", "200000"))
PAYOUTS, CODES, ENTERED = LINES // 50, LINES // 200, 100
FIRST = date(2026, 1, 1)
COLUMNS = Columns(
    day="posting date",
    amount="amount",
    payer=("description",),
    reference=("memo",),
    bank_ref="",
    date_order="mdy",
    delimiter=",",
)

_PAYOUTS = """
WITH made AS (
  INSERT INTO payments_payout (ref, amount_minor, currency, created_at, arrives_on, recorded_at)
  SELECT %(mark)s || i, %(base)s + i, 'USD', now(), %(first)s::date + i %% 300, now()
    FROM generate_series(1, %(rows)s) AS i RETURNING ref, amount_minor
), entry AS (
  INSERT INTO ledger_entry (entity_id, kind, source, happened_at, booked_on, memo, line_count, recorded_at)
  SELECT %(entity)s, 'payout', 'payout:' || ref, now(), now()::date, '', 2, now() FROM made RETURNING id, source
)
INSERT INTO ledger_line (entry_id, account_id, fund_id, amount_minor, currency, segment)
SELECT entry.id, a.id, %(fund)s, made.amount_minor * side.sign, 'USD', ''
  FROM entry JOIN made ON 'payout:' || made.ref = entry.source
 CROSS JOIN (VALUES ('1000', 1), ('1100', -1)) AS side (code, sign) JOIN ledger_account a ON a.code = side.code
"""
_PROMISES = """
INSERT INTO donations_transferpromise (id, code, entity_id, campaign_id, fund_id, amount_minor, currency, donor_name,
  email, language, source, promised_at, status)
SELECT gen_random_uuid(), %(letters)s || '-' || lpad(i::text, 6, '0'), %(entity)s, %(campaign)s, %(fund)s, 500 + i,
  'USD', 'Giver ' || i, 'giver-' || i || '@example.org', 'en', '', '2025-12-01', 'open'
  FROM generate_series(1, %(rows)s) AS i
"""
_LINE = """id, statement_id, bank_account_id, position, booked_on, amount_minor, currency, payer, reference, bank_ref,
  checksum, state, reason, settled_at, settled_by_id"""
_DROP = "DROP TABLE IF EXISTS bench_ready, bench_bare"
# Tables like ours, written to the log as ours are: temporary ones would spare the limit that and be no limit of ours.
_TABLES = (
    _DROP,
    "CREATE TABLE bench_ready (LIKE books_bankline INCLUDING ALL)",
    "CREATE TABLE bench_bare (LIKE books_bankline)",
    "GRANT SELECT, INSERT, TRUNCATE ON bench_ready, bench_bare TO PUBLIC",
)


class NotMatched(Exception):
    """A run did not end as it must: its time means nothing."""


def measure() -> pairing.Outcome:
    """This function will return lines per second, ours to COPY."""
    bench = _Bench()
    try:
        pairs = pairing.alternate(ours=bench.ours, limit=bench.limit)
        bare = pairing.quantile([bench.copy("bench_bare") for _ in range(3)], 0.5)
        notes: dict[str, object] = {
            "lines": LINES,
            "megabytes": round(bench.size / 1e6, 1),
            "payouts_tied": PAYOUTS,
            "codes_found": CODES,
            "seconds": {name: round(value, 2) for name, value in bench.seconds.items()},
            "copy_without_indexes": round(bare),
            "ratio_without_indexes": round(pairs.value / bare, 3),
            "gifts_entered_a_second": round(bench.entered(), 1),
        }
    finally:
        _as_owner(_DROP)
    return pairs.outcome(name=NAME, unit="lines/s", n=LINES, notes=notes)


class _Bench:
    """Each run has an account, payouts and promises of its own; the database is one of the bench."""

    def __init__(self) -> None:
        found = Campaign.objects.filter(status="open", currency="USD").order_by("id").first()
        if found is None:
            raise pairing.NotTaken("an open campaign in dollars: write the demo data first")
        self.campaign = found
        self.fund = Fund.objects.select_related("entity").get(pk=self.campaign.fund_id)
        self.actor = User.objects.order_by("id").first() or User.objects.create_user(
            email="bench@example.org", name="Bench"
        )
        self.now = datetime(2026, 11, 20, 15, tzinfo=UTC)
        self.runs = 0
        self.seconds: dict[str, float] = {}
        self.size = 0
        self.account: BankAccount | None = None
        self.ready = b""
        _as_owner(*_TABLES)

    def ours(self) -> float:
        content, draft = self._prepared()
        began = time.perf_counter()
        steps: dict[str, Callable[[], None]] = {
            "read and staged": lambda: self._read(content, draft),
            "taken in": lambda: self._taken_in(draft),
            "matched": lambda: self._matched(draft),
        }
        for name, step in steps.items():
            before = time.perf_counter()
            step()
            self.seconds[name] = time.perf_counter() - before
        return LINES / (time.perf_counter() - began)

    def _prepared(self) -> tuple[bytes, StatementDraft]:
        self.runs += 1
        mark = f"{int(time.time())}{self.runs}"
        # Payouts of a run that was broken off lie about still: no two runs have the same sums.
        base = (int(time.time()) % 1_000_000 + self.runs) * 10_000
        letters = _letters(int(time.time()) * 7 + self.runs)
        self.account = BankAccount.objects.create(
            entity=self.fund.entity, name=f"Bench {mark}", currency="USD", added_at=self.now,
            mapping=mapping_columns.as_json(COLUMNS),
        )  # fmt: skip
        values: dict[str, Any] = {
            "mark": f"po_bench_{mark}_", "first": FIRST, "entity": self.fund.entity_id, "fund": self.fund.pk,
            "campaign": self.campaign.pk, "letters": letters, "base": base,
        }  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PAYOUTS, {**values, "rows": PAYOUTS})
            cursor.execute(_PROMISES, {**values, "rows": CODES})
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE payments_payout, donations_transferpromise, ledger_entry")
        content = _file(letters, base)
        self.size = len(content)
        job = running.enqueue(kind="bench", arguments={}, requested_by_id=None, now=self.now)
        draft = StatementDraft.objects.create(
            bank_account=self.account, file_name="bench.csv", file_sha256=uuid.uuid4().hex * 2, byte_count=len(content),
            mapping=self.account.mapping, status=Status.READING, job=job, asked_by=self.actor, asked_at=self.now,
        )  # fmt: skip
        return content, draft

    def _read(self, content: bytes, draft: StatementDraft) -> None:
        file = io.BytesIO(content)
        rows = reading_csv.read(file, columns=COLUMNS, currency="USD", today=self.now.date(), gist=Gist())
        staged = staging_lines.stage(draft=draft, rows=rows, heard=lambda count: None)
        known, alike = staging_lines.known(draft=draft), staging_lines.alike(draft=draft, staged=staged)
        if (staged.told, staged.refused, known, alike) != (LINES, 0, 0, 0):
            raise NotMatched(f"{staged.told} lines, {staged.refused} refused, {known} known")

    def _taken_in(self, draft: StatementDraft) -> None:
        draft.summary = {"told": LINES, "refused": 0, "skipped": 0, "reasons": []}
        draft.summary |= {"opening_minor": None, "closing_minor": None}
        for status in (Status.READ, Status.TAKING_IN):
            draft.status = status
            draft.save(update_fields=["status", "summary"])
        importing_statements._write(draft.pk, self.actor, self.now)

    def _matched(self, draft: StatementDraft) -> None:
        tied = matching.tie_payouts(account=draft.bank_account, now=self.now)
        found = len(matching.certain_codes(account=draft.bank_account))
        if (tied, found) != (PAYOUTS, CODES):
            raise NotMatched(f"{tied} payouts of {PAYOUTS}, {found} codes of {CODES}")

    def limit(self) -> float:
        if not self.ready:
            if self.account is None:
                self.ours()
            self.ready = self._lines()
        return self.copy("bench_ready")

    def _lines(self) -> bytes:
        """The lines of one run, ready made."""
        account = self.account.pk if self.account else 0
        blocks: list[bytes] = []
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(
                f"COPY (SELECT {_LINE} FROM books_bankline WHERE bank_account_id = {account}) TO STDOUT"
            ) as copy,
        ):
            blocks.extend(map(bytes, copy))
        return b"".join(blocks)

    def copy(self, table: str) -> float:
        """This function will return lines per second of the bare COPY into a table."""
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table}")
        began = time.perf_counter()
        with (
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({_LINE}) FROM STDIN") as copy,
        ):
            for place in range(0, len(self.ready), 1_048_576):
                copy.write(self.ready[place : place + 1_048_576])
        return LINES / (time.perf_counter() - began)

    def entered(self) -> float:
        """Gifts of certain codes, entered and deposited one by one."""
        if self.account is None:
            return 0.0
        lines = list(matching.certain_codes(account=self.account))[:ENTERED]
        began = time.perf_counter()
        for one in lines:
            accepting.accept(
                line_id=one.line_id,
                parts=[accepting.Part(kind=accepting.Kind.GIFT, promise_id=one.promise_id)],
                score=matching.CERTAIN,
                is_automatic=True,
                actor=self.actor,
                now=self.now,
            )
        taken = time.perf_counter() - began
        if BankLine.objects.filter(pk__in=[one.line_id for one in lines]).exclude(state="matched").exists():
            raise NotMatched("not every code became a gift")
        return len(lines) / taken


def _as_owner(*statements: str) -> None:
    """The application may make no tables: who fills those of the bench makes these too."""
    with psycopg.connect(os.environ.get("BENCH_DATABASE_URL") or os.environ["DATABASE_URL"]) as raw:
        for statement in statements:
            raw.execute(statement)


def _letters(number: int) -> str:
    """Three letters of this run, so that its codes are nobody else's."""
    alphabet = "BCDFGHJKLMNPQRSTVWXZ"
    return "".join(alphabet[number // len(alphabet) ** place % len(alphabet)] for place in range(3))


def _file(letters: str, base: int) -> bytes:
    """Deterministic: payouts, transfers with codes as people write them, and what nobody knows, in one file."""
    rows = ["Posting Date,Description,Memo,Amount,Balance"]
    for i in range(LINES):
        day = FIRST + timedelta(days=i % 300)
        payer, memo, minor = (
            f"SOMEBODY {i % 9973}",
            f"invoice {i * 7919 % 10**8}",
            (i * 7907) % 900_000 - 300_000 or 1,
        )
        kind, place = i % 200, i // 200 + 1
        if kind == 1 and place <= CODES:
            code = f"{letters}-{place:06}" if place % 3 else f"{letters}{place:06}".lower()
            payer, memo, minor = f"GIVER {place}", f"gift {code} thank you", 500 + place
        elif kind % 50 == 2:
            number = i // 50 + 1
            day, payer, memo, minor = (
                FIRST + timedelta(days=number % 300),
                "STRIPE",
                "TRANSFER",
                base + number,
            )
        amount = f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"
        rows.append(f'{day:%m/%d/%Y},"{payer}","{memo}",{amount},')
    return "\n".join(rows).encode()
