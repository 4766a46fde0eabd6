"""Books with something to hand over, names for accounts, and reading what was handed over."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

from books import handing_over, mapping
from books.handing_over import Scope
from books.journals.shapes import Handover, Name
from books.mapping import Given
from books.models import JournalExport, Target
from donations.models import Donation
from ledger import posting
from ledger.models import Account, Entry, Fund
from ledger.money import Money
from ledger.posting import Posting
from staff.models import Role, User
from tests import making
from tests.books import parsing
from tests.books.parsing import Files, Parsed

NOW = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
NOON = datetime(2026, 1, 10, 17, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)
HANDED = {
    Target.SAGE_50: "{code}",
    Target.XERO: "{code}",
    Target.INTACCT: "{code}",
    Target.CIVICRM: "{code}",
    Target.QUICKBOOKS_ONLINE: "Mission:{code}",
    Target.QUICKBOOKS_DESKTOP: "Mission:{code}",
}


def actor() -> User:
    known = User.objects.filter(email="finance@example.org").first()
    return known or making.user(email="finance@example.org", role=Role.FINANCE, now=NOW)


def name_all(target: str) -> None:
    """Every account has a name there, whatever the fund."""
    if target not in HANDED:
        return
    wanted: dict[tuple[Account, Fund | None], Given | None] = {
        (account, None): Given(HANDED[Target(target)].format(code=account.code))
        for account in Account.objects.all()
    }
    mapping.write(entity=making.entity(), target=target, wanted=wanted, actor=actor(), now=NOW)


def entry(
    *pairs: tuple[str, str, Fund, Money],
    source: str,
    kind: Entry.Kind = Entry.Kind.ADJUSTMENT,
    at: datetime = NOON,
) -> int:
    """An entry of (debit, credit, fund, amount)s."""
    postings = [
        line
        for debit, credit, fund, amount in pairs
        for line in (Posting(debit, fund.pk, amount), Posting(credit, fund.pk, -amount))
    ]
    made = posting.post(
        entity=making.entity(), kind=kind, source=source, happened_at=at, postings=postings, now=at
    )
    assert made is not None
    return made


def scope(target: str = Target.GENERIC, **given: object) -> Scope:
    values: dict[str, object] = {
        "entity": making.entity(),
        "target": target,
        "first": FIRST,
        "last": LAST,
        **given,
    }
    return Scope(**values)  # type: ignore[arg-type]


def export(
    target: str = Target.GENERIC, *, export_id: uuid.UUID | None = None, now: datetime = NOW, **given: object
) -> JournalExport:
    return handing_over.export(
        export_id=export_id or uuid.uuid4(), scope=scope(target, **given), actor=actor(), now=now
    )


def content(made: JournalExport) -> bytes:
    path: Path = handing_over.again(made=made)
    return path.read_bytes()


def forget(folder: Path) -> None:
    """The copies are lost."""
    for path in (folder / "journals").iterdir():
        path.unlink()


def files(made: JournalExport) -> Files:
    return parsing.files_of(content(made), made.file_name)


def shared(made: JournalExport) -> Handover:
    """What a parser has to know."""
    return Handover(
        id=made.pk,
        number=made.number,
        entity=made.entity.code,
        entity_name=made.entity.legal_name,
        base_currency=made.entity.base_currency,
        currencies=tuple(made.sums),
        digest="",
        names=tuple(Name(*row[2:]) for row in made.map_used["names"]),
    )


def parsed(made: JournalExport) -> list[Parsed]:
    return parsing.parse(made.target, files(made), shared(made))


def numbers(made: JournalExport) -> set[str]:
    return {journal.number for journal in parsed(made)}


def gift(amount: int = 10_000, **given: object) -> Donation:
    """A card gift for a restricted fund, in the books."""
    fund = making.fund(code="RSC", restriction="purpose", name="Rescue")
    aim = making.campaign(slug="rescue", in_fund=fund, title="Rescue")
    values: dict[str, object] = {"by": making.donor(now=NOON), "at": NOON, "for_campaign": aim, **given}
    return making.donation(amount=Money(amount, "USD"), **values)  # type: ignore[arg-type]
