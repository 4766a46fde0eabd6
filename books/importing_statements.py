"""Importing statements: a bank's file is uploaded, read as long work, looked at, and taken in by one press; or dropped.

The doors see the first 64 KiB of a file at most; all of it is read by a worker. Nothing of it is a line of the account
before somebody has seen what was read. The same file twice adds nothing, and files that overlap add what is new. No
mail comes of an import: gifts with exact codes are entered only where the person who takes the file in says so.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from books import (
    accepting,
    decoding,
    keeping_files,
    mapping_columns,
    matching,
    reading_camt,
    reading_csv,
    reading_mt940,
    staging_lines,
)
from books.decoding import UnreadableFile
from books.models import Statement, StatementDraft
from books.reading_statements import Gist, Reading
from donors import refusing
from jobs import running
from jobs.models import Job
from payments.models import BankAccount
from staff import auditing
from staff.models import User

Status = StatementDraft.Status
READ, TAKE_IN = "statement_read", "statement_take_in"
SHOWN = 20
_FOLDER = "statements"
Clock = Callable[[], datetime]


class UnableToImport(ValueError):
    """`code` says why. Codes are `empty`, `too_big`, `closed`, `unmapped`, `step` (it is elsewhere already), `refused`

    (rows could not be read), `doubt` (balances or lines do not agree) and `gone` (it lay too long).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AlreadyRead(Exception):
    """This very file is in the books: it adds nothing."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(str(statement.pk))
        self.statement = statement


def upload(
    *,
    draft_id: uuid.UUID,
    account_id: int,
    blocks: Iterable[bytes],
    file_name: str,
    actor: User,
    now: datetime,
) -> StatementDraft:
    """Keep a file until it is read. One form is one file: `draft_id` is made with it.

    Raises UnableToImport, and AlreadyRead for a file whose lines are all here. This function will return its draft.
    """
    known = StatementDraft.objects.filter(pk=draft_id).first()
    if known is not None:
        return known
    account = BankAccount.objects.get(pk=account_id)
    if not account.is_open:
        raise UnableToImport("closed")
    path = path_of(draft_id)
    try:
        digest, size = _keep(path, blocks)
        _refuse_again(account, digest)
        name = "000000" if refusing.is_held_by(file_name) else file_name
        return StatementDraft.objects.create(
            id=draft_id,
            bank_account=account,
            file_name=Path(name.replace("\0", "")).name[:200] or "-",
            file_sha256=digest,
            byte_count=size,
            asked_by=actor,
            asked_at=now,
        )
    except (UnableToImport, AlreadyRead):
        path.unlink(missing_ok=True)
        raise


def _keep(path: Path, blocks: Iterable[bytes]) -> tuple[str, int]:
    size, digest = 0, hashlib.sha256()
    with keeping_files.written(path) as file:
        for block in blocks:
            size += len(block)
            if size > decoding.MOST_BYTES:
                raise UnableToImport("too_big")
            digest.update(block)
            file.write(block)
    if not size:
        raise UnableToImport("empty")
    return digest.hexdigest(), size


def _refuse_again(account: BankAccount, digest: str) -> None:
    former = Statement.objects.filter(bank_account=account, file_sha256=digest).first()
    if former is not None:
        raise AlreadyRead(former)


def path_of(draft_id: uuid.UUID) -> Path:
    """This function will return where an uploaded file lies until it is read."""
    return Path(default_storage.path(f"{_FOLDER}/{draft_id}"))


def look(*, draft: StatementDraft, has_header: bool | None = None) -> mapping_columns.Look:
    """This function will return what the first rows of an uploaded file show. Raises UnreadableFile, UnableToImport."""
    with _opened(draft) as file:
        return mapping_columns.look(file, has_header=has_header)


def _opened(draft: StatementDraft) -> BinaryIO:
    try:
        return path_of(draft.pk).open("rb")
    except FileNotFoundError as error:
        raise UnableToImport("gone") from error


def begin(*, draft_id: uuid.UUID, now: datetime) -> StatementDraft:
    """Let a worker read an uploaded file by what is saved for its account. Raises UnableToImport.

    This function will return the draft, which is being read.
    """
    with transaction.atomic():
        draft = _locked(draft_id, Status.UPLOADED, Status.READ, Status.REFUSED)
        account = draft.bank_account
        if account.format == BankAccount.Format.CSV and mapping_columns.kept(account) is None:
            raise UnableToImport("unmapped")
        draft.mapping = account.mapping
        draft.refusal, draft.summary = {}, {}
        _enqueue(draft, READ, Status.READING, {}, now)
    return draft


def _enqueue(
    draft: StatementDraft, kind: str, status: StatementDraft.Status, more: dict[str, object], now: datetime
) -> None:
    draft.job = running.enqueue(
        kind=kind, arguments={"draft": str(draft.pk), **more}, requested_by_id=draft.asked_by_id, now=now
    )
    draft.status = status
    draft.save(update_fields=["status", "job", "mapping", "refusal", "summary"])


def _locked(draft_id: uuid.UUID, *statuses: StatementDraft.Status) -> StatementDraft:
    rows = StatementDraft.objects.select_for_update(of=("self",)).select_related("bank_account__entity")
    draft = rows.filter(pk=draft_id).first()
    if draft is None or draft.status not in statuses:
        raise UnableToImport("step")
    return draft


def works() -> dict[str, running.Work]:
    """This function will return what runs for each kind of long work of statements, for `jobs.running.run_one`."""
    return {READ: _read, TAKE_IN: _take_in}


def _read(job: Job, now: datetime, *, clock: Clock = timezone.now) -> dict[str, object]:
    """Read a file into the staging table and sum it up. What makes the whole of it unreadable is its answer."""
    draft = StatementDraft.objects.select_related("bank_account__entity").get(pk=job.arguments["draft"])
    if draft.status != Status.READING or draft.job_id != job.pk:
        return {}
    today = draft.bank_account.entity.day_of(now)
    gist = Gist()

    def heard(count: int) -> None:
        running.report(job=job, done=count, total=None, now=clock())

    try:
        with _opened(draft) as file:
            staged = staging_lines.stage(draft=draft, rows=_rows(file, draft, today, gist), heard=heard)
        if not staged.told and not staged.refused:
            raise UnreadableFile("no_lines")
    except UnableToImport as error:
        return _refuse(draft, {"code": error.code})
    except UnreadableFile as error:
        return _refuse(draft, {"code": error.code, "row": error.row, "told": error.told[:200]})
    summary = _summary(draft, staged, gist)
    with transaction.atomic():
        current = _locked(draft.pk, Status.READING)
        current.status, current.summary = Status.READ, summary
        current.save(update_fields=["status", "summary"])
    return {"rows": staged.told, "refused": staged.refused}


def _rows(file: BinaryIO, draft: StatementDraft, today: date, gist: Gist) -> Reading:
    account = draft.bank_account
    if account.format == BankAccount.Format.CAMT:
        return reading_camt.read(file, currency=account.currency, last4=account.last4, today=today, gist=gist)
    if account.format == BankAccount.Format.MT940:
        return reading_mt940.read(
            file, currency=account.currency, last4=account.last4, today=today, gist=gist
        )
    columns = mapping_columns.of_json(draft.mapping)
    return reading_csv.read(file, columns=columns, currency=account.currency, today=today, gist=gist)


def _refuse(draft: StatementDraft, refusal: dict[str, object]) -> dict[str, object]:
    staging_lines.forget_one(draft_id=draft.pk)
    with transaction.atomic():
        current = _locked(draft.pk, Status.READING)
        current.status, current.refusal = Status.REFUSED, refusal
        current.save(update_fields=["status", "refusal"])
    return {"refused": refusal}


def _summary(draft: StatementDraft, staged: staging_lines.Staged, gist: Gist) -> dict[str, object]:
    known = staging_lines.known(draft=draft)
    off = None
    if gist.opening_minor is not None and gist.closing_minor is not None:
        off = gist.closing_minor - gist.opening_minor - staged.received_minor - staged.paid_minor
    return {
        **asdict(staged),
        "known": known,
        "fresh": staged.told - known,
        "alike": staging_lines.alike(draft=draft, staged=staged),
        "skipped": len(gist.skipped),
        "skipped_rows": gist.skipped[:SHOWN],
        "opening_minor": gist.opening_minor,
        "closing_minor": gist.closing_minor,
        "off_minor": off,
    }


def is_doubtful(draft: StatementDraft) -> bool:
    """This function will return whether balances do not add up, or lines look like others we have."""
    return bool(draft.summary.get("off_minor") or draft.summary.get("alike"))


def take_in(
    *,
    draft_id: uuid.UUID,
    without_refused: bool,
    in_spite: bool,
    with_gifts: bool,
    actor: User,
    now: datetime,
) -> StatementDraft:
    """Let a worker make the rows lines of the account: all, or (`without_refused`) all that could be read.

    `in_spite` says that whoever presses has seen that balances or lines do not agree; `with_gifts` that transfers
    with an exact code are entered as gifts at once, whose receipts then go their usual way. Raises UnableToImport.
    This function will return the draft, which is being taken in.
    """
    with transaction.atomic():
        draft = _locked(draft_id, Status.READ)
        if draft.summary["refused"] and not without_refused:
            raise UnableToImport("refused")
        if is_doubtful(draft) and not in_spite:
            raise UnableToImport("doubt")
        _refuse_again(draft.bank_account, draft.file_sha256)
        _enqueue(draft, TAKE_IN, Status.TAKING_IN, {"with_gifts": with_gifts, "actor": actor.pk}, now)
    return draft


def _take_in(job: Job, now: datetime, *, clock: Clock = timezone.now) -> dict[str, object]:
    """The lines first, all or none; then what is certain among them."""
    actor = User.objects.get(pk=job.arguments["actor"])
    draft = StatementDraft.objects.select_related("bank_account__entity").get(pk=job.arguments["draft"])
    statement = Statement.objects.filter(pk=draft.pk).first()
    if statement is None:
        try:
            statement = _write(draft.pk, actor, now)
        except UnableToImport as error:
            return {"refused": error.code}
    if not job.arguments["with_gifts"]:
        payouts = matching.tie_payouts(account=draft.bank_account, now=now)
        return {"new": statement.new_count, "known": statement.known_count, "payouts": payouts}

    def heard(done: int, total: int) -> None:
        running.report(job=job, done=done, total=total, now=clock())

    taken = accepting.accept_certain(account_id=draft.bank_account_id, actor=actor, now=now, heard=heard)
    return {"new": statement.new_count, "known": statement.known_count, **asdict(taken)}


def _write(draft_id: uuid.UUID, actor: User, now: datetime) -> Statement:
    """One transaction: the lines, their statement and the end of the draft. Raises UnableToImport."""
    with transaction.atomic():
        draft = _locked(draft_id, Status.TAKING_IN)
        statement = _statement(draft, actor, now) if _is_whole(draft) else None
        if statement is None:
            draft.refusal = {"code": "gone"}
        draft.status = Status.TAKEN_IN if statement else Status.REFUSED
        draft.save(update_fields=["status", "refusal"])
    if statement is None:
        raise UnableToImport("gone")
    with suppress(OSError):
        path_of(draft_id).unlink(missing_ok=True)
    return statement


def _is_whole(draft: StatementDraft) -> bool:
    """The staging table is not logged: what a crash of the server took away is not passed over."""
    counted = staging_lines.count(draft=draft)
    return counted == (draft.summary["told"], draft.summary["refused"])


def _statement(draft: StatementDraft, actor: User, now: datetime) -> Statement:
    """A statement never changes, so what is new is counted before it is written, while nobody else adds lines."""
    BankAccount.objects.select_for_update(no_key=True).get(pk=draft.bank_account_id)
    summary = draft.summary
    known = staging_lines.known(draft=draft)
    statement = Statement.objects.create(
        id=draft.pk,
        bank_account=draft.bank_account,
        file_name=draft.file_name,
        file_sha256=draft.file_sha256,
        format=draft.bank_account.format,
        row_count=summary["told"] + summary["refused"],
        new_count=summary["told"] - known,
        known_count=known,
        skipped_count=summary["skipped"],
        rejects=summary["reasons"],
        opening_minor=summary["opening_minor"],
        closing_minor=summary["closing_minor"],
        imported_by=actor,
        imported_at=now,
    )
    made = staging_lines.take_in(draft=draft, currency=draft.bank_account.currency)
    if made != statement.new_count:
        raise UnableToImport("step")
    auditing.record(
        actor=actor,
        action="statement.taken_in",
        target=f"statement:{statement.pk}",
        details={"new": made, "known": known, "refused": summary["refused"]},
        now=now,
    )
    return statement


def drop(*, draft_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Forget a file that was not taken in: its bytes, its rows, its reading. Raises UnableToImport.

    This function will leave only that somebody dropped it.
    """
    with transaction.atomic():
        draft = _locked(draft_id, Status.UPLOADED, Status.READING, Status.READ, Status.REFUSED)
        if draft.job_id is not None:
            running.cancel(job_id=draft.job_id, now=now)
        draft.status, draft.summary = Status.DROPPED, {}
        draft.save(update_fields=["status", "summary"])
        staging_lines.forget_one(draft_id=draft_id)
        auditing.record(actor=actor, action="statement.dropped", target=f"statement:{draft_id}", now=now)
    path_of(draft_id).unlink(missing_ok=True)


def purge(*, now: datetime) -> int:
    """Files and rows that lay for a day are forgotten, whatever became of them; what was taken in stays as lines.

    This function will return how many files were forgotten.
    """
    before = now - keeping_files.KEPT_FOR
    staging_lines.forget(before=before)
    folder = path_of(uuid.UUID(int=0)).parent
    removed = 0
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        draft = StatementDraft.objects.filter(pk=path.name).first()
        if draft is None or draft.asked_at < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
