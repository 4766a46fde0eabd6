"""What an export tells: names only when asked for, payouts, rates, progress; and what cannot be asked for."""

from __future__ import annotations

import contextlib
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from books import handing_over, keeping_journals
from books.handing_over import UnableToExport
from books.journals import pouring, reading
from books.journals.shapes import Name
from books.models import ExportedEntry, JournalExport, Target
from donors.models import Donor
from ledger import closing
from ledger.money import Money
from payments.models import BalanceTransaction
from staff.models import AuditEvent
from tests import making
from tests.books import handing, parsing
from tests.books.handing import LAST, NOON, NOW, content, export, files, gift, parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
USD = "USD"


def test_names_leave_only_when_asked_for_and_are_written_down() -> None:
    gift()
    plain = export()
    assert b"Grace" not in content(plain)
    assert str(Donor.objects.get().pk).encode() in content(plain)
    gift(200)
    named = export(with_names=True)
    assert b"Grace Kim" in content(named)
    events = list(AuditEvent.objects.filter(action="journal handed over").order_by("number"))
    assert [event.details["with_names"] for event in events] == [False, True]
    handing_over.take(made=named, reader=handing.actor(), now=NOW)
    taken = AuditEvent.objects.get(action="journal taken")
    assert (taken.target, taken.details["with_names"]) == (f"journal_export:{named.pk}", True)


def test_an_erased_giver_leaves_no_name_in_what_is_kept() -> None:
    gift()
    made = export(with_names=True)
    kept = ExportedEntry.objects.filter(export=made).values_list("counterparty", "payout_ref")
    assert "Grace" not in str([*kept, made.map_used, made.file_name])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"first": date(2026, 2, 1)}, "period"),
        ({"with_names": True, "grouping": "day"}, "names"),
        ({"grouping": "week"}, "target"),
        ({"target": "peachtree"}, "target"),
        ({}, "nothing"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(given: dict[str, object], code: str) -> None:
    with pytest.raises(UnableToExport) as refused, transaction.atomic():
        export(**given)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_asking_again_with_the_same_id_finds_the_first() -> None:
    gift()
    key = uuid.uuid4()
    first = export(export_id=key)
    gift(300)
    assert export(export_id=key).pk == first.pk
    assert JournalExport.objects.count() == 1


def test_a_payout_is_one_journal_with_its_gifts_and_fees() -> None:
    gift(fee=Money(320, USD))
    gift(5_000, fee=Money(175, USD))
    making.payout(of=list(BalanceTransaction.objects.all()), arrives_on=LAST, at=NOON + timedelta(days=1))
    alone = gift(400)
    made = export(grouping="payout")
    [rest, payout] = parsed(made)
    assert (rest.number, payout.number) == ("P1-1", "P1-2")
    assert sum(amount for _, _, amount in payout.sides if amount > 0) == 15_000 + 495 + 14_505
    rows = parsing.table(files(made)["journal.csv" if made.file_name.endswith("zip") else made.file_name])[1]
    assert {row["payout_id"] for row in rows} == {
        "",
        *ExportedEntry.objects.exclude(payout_ref="").values_list("payout_ref", flat=True),
    }
    assert alone.amount_minor == 400


def test_a_row_says_whose_gift_which_charge_and_what_it_reverses() -> None:
    first = gift(fee=Money(320, USD))
    made = export()
    [name] = files(made)
    rows = parsing.table(files(made)[name])[1]
    assert {row["counterparty_ref"] for row in rows} == {str(first.donor_id)}
    assert {row["source_type"] for row in rows} == {"gift", "fee"}
    assert {(row["restriction"], row["restriction_type"]) for row in rows} == {("with", "purpose")}
    assert rows[0]["processor_id"] == first.processor_ref
    assert [row["campaign"] for row in rows][:2] == ["", "rescue"]
    assert {row["batch_id"] for row in rows} == {str(made.pk)}
    assert {(row["base_debit"], row["base_credit"]) for row in rows[:2]} == {("100.00", ""), ("", "100.00")}


def test_what_happened_on_a_closed_day_says_so() -> None:
    gift()
    closing.close(entity=making.entity(), through_on=LAST, closed_by="user:1", now=NOW)
    gift(300, heard_at=NOW)
    made = export(first=None, last=date(2026, 2, 28))
    [name] = files(made)
    memos = {row["memo"] for row in parsing.table(files(made)[name])[1]}
    assert any("of 2026-01-10" in memo for memo in memos)


def test_the_rate_of_a_gift_in_won_gives_its_value(folder: Path) -> None:
    aim = making.campaign()
    making.donation(
        by=making.donor(now=NOON),
        amount=Money(50_000, "KRW"),
        settled=Money(3_625, USD),
        fee=Money(136, USD),
        for_campaign=aim,
        at=NOON,
    )
    with transaction.atomic():
        made = export()
    assert set(made.sums) == {"KRW", USD}
    assert ExportedEntry.objects.filter(rate=None).count() == made.entry_count
    charge = BalanceTransaction.objects.get()
    assert charge.exchange_rate is None
    [name] = files(made)
    values = {
        (row["currency"], row["base_debit"] != "")
        for row in parsing.table(files(made)[name])[1]
        if row["debit"]
    }
    assert values == {("KRW", False), (USD, True)}


def test_a_known_rate_is_kept_with_the_entry() -> None:
    gave = making.donation(by=making.donor(now=NOON), amount=Money(50_000, "KRW"), at=NOON)
    BalanceTransaction.objects.create(
        ref="txn_rate", kind="charge", amount_minor=3_625, fee_minor=0, net_minor=3_625, currency=USD,
        source_ref=gave.processor_ref or "", exchange_rate=Decimal("0.000725"), created_at=NOON,
        available_on=LAST, recorded_at=NOON,
    )  # fmt: skip
    made = export()
    assert ExportedEntry.objects.get().rate == Decimal("0.000725")
    [name] = files(made)
    rows = parsing.table(files(made)[name])[1]
    assert [(row["exchange_rate"], row["base_debit"], row["base_credit"]) for row in rows] == [
        ("0.000725", "36.25", ""),
        ("0.000725", "", "36.25"),
    ]


def test_beancount_opens_every_account_so_far() -> None:
    gift()
    export(Target.BEANCOUNT)
    handing.entry(("1000", "4400", making.fund(), Money(50, USD)), source="test:interest")
    second = export(Target.BEANCOUNT)
    opened = files(second)["accounts.beancount"].decode()
    assert opened.count(" open ") == 4
    assert len(parsed(second)) == 1


def test_an_entry_goes_to_a_target_once_even_by_hand() -> None:
    gift()
    made = export()
    known = ExportedEntry.objects.get()
    with pytest.raises(DatabaseError, match="entry_exported_once_per_target"), transaction.atomic():
        ExportedEntry.objects.create(export=made, target=made.target, entry=known.entry)


def test_entries_are_read_while_the_database_still_sends() -> None:
    gift(fee=Money(320, USD))
    made = export()
    names = {(row[0], row[1]): Name(*row[2:]) for row in made.map_used["names"]}
    reader = reading.entries(export_id=made.pk, wanted=reading.Wanted("entry", "UTC"), names=names)
    with contextlib.closing(reader), connection.cursor() as cursor:
        assert next(reader).kind == "donation"
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE NOT is_holdable")
        assert cursor.fetchone()[0] == 1


def test_progress_is_told_and_may_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pouring, "BLOCK", 1)
    gift(fee=Money(320, USD))
    heard: list[tuple[int, int]] = []
    handing_over.export(
        export_id=uuid.uuid4(),
        scope=handing.scope(),
        actor=handing.actor(),
        now=NOW,
        tell=lambda done, total: heard.append((done, total)),
    )
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
    monkeypatch.setattr(handing_over, "TELL_EVERY", 2)
    by_entry: list[tuple[int, int]] = []
    handing.name_all(Target.CIVICRM)
    handing_over.export(
        export_id=uuid.uuid4(),
        scope=handing.scope(Target.CIVICRM),
        actor=handing.actor(),
        now=NOW,
        tell=lambda done, total: by_entry.append((done, total)),
    )
    assert by_entry == [(2, 4), (4, 4)]
    gift(200)

    def stop(_done: int, _total: int) -> None:
        raise RuntimeError("called off")

    with pytest.raises(RuntimeError, match="called off"), transaction.atomic():
        handing_over.export(
            export_id=uuid.uuid4(), scope=handing.scope(), actor=handing.actor(), now=NOW, tell=stop
        )
    assert JournalExport.objects.count() == 2


def test_copies_are_kept_for_a_day(folder: Path) -> None:
    gift()
    made = export()
    path = folder / "journals" / str(made.pk)
    assert path.stat().st_mode & 0o777 == 0o600
    assert keeping_journals.purge(now=NOW - timedelta(days=365)) == 0
    (folder / "journals" / "left.part").mkdir()
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert keeping_journals.purge(now=written + timedelta(hours=25)) == 2
    assert keeping_journals.kept(export_id=made.pk) is None
    assert content(made)


def test_totals_are_of_the_whole_list() -> None:
    gift()
    export()
    gift(300)
    export()
    found = handing_over.totals(handing_over.exports(entity=making.entity(), target=Target.GENERIC))
    assert (found.entry_count, found.line_count, found.sums) == (2, 4, [Money(10_300, USD)])
    nothing = handing_over.totals(JournalExport.objects.none())
    assert (nothing.entry_count, nothing.line_count, nothing.sums) == (0, 0, [])
