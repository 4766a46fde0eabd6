"""What the database writes itself is to the byte what the formats say: texts, currencies, rates, names, campaigns."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from books import mapping
from books.journals import pouring
from books.mapping import Given
from books.models import ExportedEntry, JournalExport, Target
from donors.models import Donor
from ledger import closing, posting
from ledger.models import Account, Entry, Fund
from ledger.money import Money
from ledger.posting import Posting
from payments.models import BalanceTransaction
from tests import making
from tests.books import handing
from tests.books.handing import LAST, NOON, NOW, content, export, gift
from tests.books.test_journal_formats import HOSTILE

pytestmark = pytest.mark.django_db
TEXTS = [text for text in HOSTILE if text and "\x00" not in text and "\ud800" not in text]


def booked(source: str, *lines: tuple[str, Fund, Money, str]) -> None:
    postings = [
        line
        for account, fund, amount, segment in lines
        for line in (Posting("1100", fund.pk, amount), Posting(account, fund.pk, -amount, segment))
    ]
    posting.post(
        entity=making.entity(), kind=Entry.Kind.ADJUSTMENT, source=source, happened_at=NOON, postings=postings,
        now=NOW,
    )  # fmt: skip


def same(made: JournalExport, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The file once more, by the formats themselves; `again` refuses what is another byte."""
    poured = content(made)
    handing.forget(folder)
    monkeypatch.setattr(pouring, "POURED", frozenset())
    assert content(made) == poured
    monkeypatch.undo()
    return poured


@pytest.mark.parametrize("target", sorted(pouring.POURED))
def test_texts_of_every_kind(target: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fund, other = making.fund(), making.fund(code="RSC", restriction="purpose", name="Rescue")
    for place, text in enumerate(TEXTS):
        booked(f"test:{place}:{text}"[:100], ("4000", fund, Money(100, "USD"), text[:60]))
        booked(text[:90] + str(place), ("4100", other, Money(7, "USD"), ""))
    wanted: dict[tuple[Account, Fund | None], Given | None] = {
        (Account.objects.get(code="4000"), None): Given(
            "Income:Gifts" if target == Target.BEANCOUNT else '4000, "quoted"',
            "Gifts, loose",
            "",
            "{campaign} west",
        ),
        (Account.objects.get(code="1100"), None): Given(
            "Assets:Stripe:RSC" if target == Target.BEANCOUNT else "1100", "", "", "Portland"
        ),
    }
    mapping.write(entity=making.entity(), target=target, wanted=wanted, actor=handing.actor(), now=NOW)
    made = export(target)
    assert made.entry_count == 2 * len(TEXTS)
    same(made, folder, monkeypatch)


@pytest.mark.parametrize("target", sorted(pouring.POURED))
@pytest.mark.parametrize("with_names", [False, True])
def test_givers_days_reversals_and_payouts(
    target: str, with_names: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing.close(entity=making.entity(), through_on=NOON.date(), closed_by="user:1", now=NOW)
    first = gift(fee=Money(320, "USD"))
    making.payout(of=list(BalanceTransaction.objects.all()), arrives_on=LAST, at=NOON)
    Donor.objects.update(name='=Grace "G" Kim\\ 김은혜')
    handing.entry(("1000", "4000", making.fund(), Money(50, "USD")), source="test:wrong")
    posting.post(
        entity=making.entity(), kind=Entry.Kind.REVERSAL, source="undone:test:wrong", happened_at=NOON,
        postings=[
            Posting("1000", making.fund().pk, Money(-50, "USD")),
            Posting("4000", making.fund().pk, Money(50, "USD")),
        ],
        reverses="test:wrong", now=NOW,
    )  # fmt: skip
    made = export(target, with_names=with_names)
    same(made, folder, monkeypatch)
    text = b"".join(handing.files(made).values()).decode()
    assert ("김은혜" in text) is with_names
    assert str(first.donor_id) in text or with_names


@pytest.mark.parametrize("target", sorted(pouring.POURED))
@pytest.mark.parametrize("rate", ["0.000725", "0.3330000000", "1", None])
def test_other_currencies_and_what_rounding_leaves_over(
    target: str, rate: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    funds = [making.fund(code=code, restriction="none", name=code) for code in ("GEN", "TWO", "TRE")]
    for place, (currency, minor) in enumerate([("KRW", 50_001), ("KWD", 1_235), ("EUR", 101), ("USD", 5)]):
        booked(
            f"charge:ch_{place}",
            *[("4000", fund, Money(minor + step, currency), "boat") for step, fund in enumerate(funds)],
            ("4000", funds[0], Money(7, currency), ""),
            ("4000", funds[0], Money(3, "USD"), "well"),
        )
        if rate is not None:
            BalanceTransaction.objects.create(
                ref=f"txn_{place}", kind="charge", amount_minor=5, fee_minor=0, net_minor=5, currency="USD",
                source_ref=f"ch_{place}", exchange_rate=Decimal(rate), created_at=NOON, available_on=LAST,
                recorded_at=NOON,
            )  # fmt: skip
    made = export(target)
    assert ExportedEntry.objects.exclude(rate=None).exists() is (rate is not None)
    same(made, folder, monkeypatch)


def test_progress_is_told_block_by_block(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(pouring, "BLOCK", 1)
    monkeypatch.setattr(pouring, "MANY", 1)
    gift(fee=Money(320, "USD"))
    made = export(Target.BEANCOUNT)
    assert same(made, folder, monkeypatch).count(b"\n20") == 2
