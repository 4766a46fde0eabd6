"""Banks for tests: accounts, files as banks write them, and reading them in by the real deeds."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from io import BytesIO

from books import importing_statements, mapping_columns, reading_csv
from books.mapping_columns import Columns
from books.models import BankLine, Statement, StatementDraft
from books.reading_statements import Gist, Refused, Told
from jobs import running
from jobs.models import Job
from ledger.models import LegalEntity
from payments.models import BankAccount
from staff.models import User
from tests import facts
from tests.campaigns import making

NOW = facts.NOW
TODAY = NOW.date()

US = Columns(
    day="posting date",
    amount="amount",
    payer=("description",),
    reference=("memo",),
    bank_ref="transaction id",
    balance="balance",
    date_order="mdy",
)
KOREAN = Columns(
    day="거래일시",
    money_in="입금액",
    money_out="출금액",
    payer=("보낸분/받는분",),
    reference=("적요", "송금메모"),
    balance="거래후잔액",
    date_order="ymd",
)


def teller() -> User:
    """Who imports in these tests; people who sign in are others."""
    return facts.staff_member("teller@example.org")


def account(
    *, name: str = "Main account", currency: str = "USD", columns: Columns | None = US, **given: object
) -> BankAccount:
    values: dict[str, object] = {
        "entity": making.entity(),
        "name": name,
        "currency": currency,
        "mapping": mapping_columns.as_json(columns) if columns else {},
        "added_at": NOW,
        **given,
    }
    return BankAccount.objects.create(**values)


def csv(*rows: str, header: str = "Posting Date,Description,Memo,Transaction ID,Amount,Balance") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def told(
    content: bytes, *, columns: Columns = US, currency: str = "USD"
) -> tuple[list[Told], list[Refused], Gist]:
    """What the reader of CSV makes of a file."""
    gist = Gist()
    rows = list(
        reading_csv.read(BytesIO(content), columns=columns, currency=currency, today=TODAY, gist=gist)
    )
    return (
        [row for row in rows if isinstance(row, Told)],
        [row for row in rows if isinstance(row, Refused)],
        gist,
    )


def upload(
    of: BankAccount,
    content: bytes,
    *,
    name: str = "statement.csv",
    actor: User | None = None,
    now: datetime = NOW,
) -> StatementDraft:
    return importing_statements.upload(
        draft_id=uuid.uuid4(),
        account_id=of.pk,
        blocks=[content],
        file_name=name,
        actor=actor or teller(),
        now=now,
    )


def work(now: datetime = NOW) -> None:
    """Do what waits for a worker."""
    while running.run_one(works=importing_statements.works(), now=now) is not None:
        pass


def read(of: BankAccount, content: bytes, **given: object) -> StatementDraft:
    """Upload a file and let it be read."""
    draft = upload(of, content, **given)  # type: ignore[arg-type]
    importing_statements.begin(draft_id=draft.pk, now=NOW)
    work()
    draft.refresh_from_db()
    return draft


def take_in(of: BankAccount, content: bytes, *, with_gifts: bool = True, **pressed: bool) -> Statement:
    """Upload, read and take in."""
    draft = read(of, content)
    assert draft.status == "read", draft.refusal
    importing_statements.take_in(
        draft_id=draft.pk,
        without_refused=pressed.get("without_refused", False),
        in_spite=pressed.get("in_spite", False),
        with_gifts=with_gifts,
        actor=teller(),
        now=NOW,
    )
    work()
    assert not Job.objects.exclude(status="succeeded").exists(), Job.objects.values_list("error")
    return Statement.objects.get(pk=draft.pk)


def line(of: BankAccount, amount: int, *, payer: str = "", reference: str = "", on: date = TODAY) -> BankLine:
    """One line of the bank, as if a file had brought it."""
    number = facts.number()
    statement = Statement.objects.create(
        bank_account=of,
        file_name="one.csv",
        file_sha256=f"{number:064x}",
        format=of.format,
        row_count=1,
        new_count=1,
        known_count=0,
        imported_by=teller(),
        imported_at=NOW,
    )
    return BankLine.objects.create(
        statement=statement,
        bank_account=of,
        position=1,
        booked_on=on,
        amount_minor=amount,
        currency=of.currency,
        payer=payer,
        reference=reference,
        checksum=f"{number:064x}",
    )


def entity() -> LegalEntity:
    return making.entity()
