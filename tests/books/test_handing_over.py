"""Handing over: once, only what is new, and the same bytes whenever asked again."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from books import handing_over, keeping_journals, mapping, previewing_journals
from books.handing_over import UnableToExport
from books.journals import formats
from books.mapping import Given
from books.models import ExportedEntry, JournalExport, Target
from donations import restating
from donations.models import Donation
from donors.models import Donor
from ledger import closing
from ledger.models import Account, Entry, Line
from ledger.money import Money
from payments.models import BalanceTransaction
from staff.models import AuditEvent
from tests import making
from tests.books import handing, parsing
from tests.books.handing import FIRST, LAST, NOON, NOW, content, export, files, numbers, parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
USD = "USD"


def gift(amount: int = 10_000, **given: object) -> Donation:
    fund = making.fund(code="RSC", restriction="purpose", name="Rescue")
    aim = making.campaign(slug="rescue", in_fund=fund, title="Rescue")
    values: dict[str, object] = {"by": making.donor(now=NOON), "at": NOON, "for_campaign": aim, **given}
    return making.donation(amount=Money(amount, USD), **values)  # type: ignore[arg-type]


def january() -> Donation:
    """A gift with its fee, a refund of a part, a second gift, and something of February."""
    first = gift(fee=Money(320, USD))
    making.refund(of=first, amount=Money(2_500, USD), at=NOON + timedelta(days=2))
    gift(5_000)
    gift(700, at=NOON + timedelta(days=30))
    return first


def booked(**asked: object) -> Counter[tuple[str, str]]:
    lines = Line.objects.filter(**asked).select_related("account")
    return Counter(parsing.sums((line.account.code, line.currency, line.amount_minor) for line in lines))


def told(made: JournalExport) -> Counter[tuple[str, str]]:
    sides = [side for journal in parsed(made) for side in journal.sides]
    return Counter(
        parsing.sums((account.split(":")[-1], currency, amount) for account, currency, amount in sides)
    )


def test_e11_january_twice_is_the_same_and_a_third_has_only_what_is_new(folder: Path) -> None:
    january()
    first = export()
    again = export()
    assert again.pk == first.pk
    before = content(first)
    handing.forget(folder)
    assert content(first) == before
    assert hashlib.sha256(before).hexdigest() == first.file_sha256
    late = gift(900)
    third = export()
    assert (first.number, third.number) == (1, 2)
    [journal] = parsed(third)
    assert journal.number == f"E{Entry.objects.get(source=f'charge:{late.processor_ref}').pk}"
    assert not numbers(first) & numbers(third)
    both = told(first)
    both.update(told(third))
    assert both == booked(entry__booked_on__range=(FIRST, LAST))
    assert content(export()) == content(third)


@pytest.mark.parametrize("target", Target.values)
@pytest.mark.parametrize("grouping", ["entry", "day", "payout"])
def test_every_target_gets_the_sums_of_the_books(target: str, grouping: str) -> None:
    january()
    handing.name_all(target)
    made = export(target, grouping=grouping)
    if target != Target.BEANCOUNT:
        assert told(made) == booked(entry__booked_on__range=(FIRST, LAST))
    debits = sum(amount for journal in parsed(made) for _, _, amount in journal.sides if amount > 0)
    assert made.sums == {USD: debits}
    assert made.line_count == Line.objects.filter(entry__booked_on__range=(FIRST, LAST)).count()
    assert (made.entry_count, made.booked_from, made.booked_to) == (4, FIRST, LAST)
    assert made.file_name.startswith(f"HM-{target}-20260101-20260131-001-{made.file_sha256[:12]}.")


def test_e12_812_lines_are_files_of_300_with_every_journal_whole() -> None:
    funds = [making.fund(code="GEN"), making.fund(code="RSC", restriction="purpose")]
    for place in range(203):
        pairs = [("1000", "4000", fund, Money(100 + place, USD)) for fund in funds]
        handing.entry(*pairs, source=f"test:{place}")
    handing.name_all(Target.XERO)
    made = export(Target.XERO)
    assert made.line_count == 812
    pages = files(made)
    assert [len(parsing.table(pages[name])[1]) for name in sorted(pages)] == [300, 300, 212]
    for page in pages.values():
        alone = parsing.parse(Target.XERO, {"journal-0001.csv": page}, handing.shared(made))
        assert all(len(journal.sides) == 4 for journal in alone)
    assert len(numbers(made)) == 203
    assert told(made) == booked()


def test_a_journal_longer_than_a_file_hands_nothing_over() -> None:
    fund = making.fund()
    handing.entry(*[("1000", "4000", fund, Money(place, USD)) for place in range(1, 152)], source="test:long")
    handing.name_all(Target.XERO)
    with pytest.raises(UnableToExport, match="too_long E"), transaction.atomic():
        export(Target.XERO)
    assert not ExportedEntry.objects.exists()
    assert export(Target.XERO, grouping="day").entry_count == 1


def test_b20_a_gift_that_changes_after_comes_as_its_reversal_and_the_new_entry() -> None:
    first = gift(10_000)
    export()
    making.refund(of=first, amount=Money(10_000, USD), at=NOON + timedelta(days=3))
    right = gift(1_000)
    after = export()
    sources = set(ExportedEntry.objects.filter(export=after).values_list("entry__source", flat=True))
    refund = first.refunds.get()
    assert sources == {f"refund:{refund.processor_ref}", f"charge:{right.processor_ref}"}
    assert told(after) == Counter(
        {("1100 D", USD): 1_000, ("1100 C", USD): -10_000, ("4100 D", USD): 10_000, ("4100 C", USD): -1_000}
    )


def test_each_target_is_told_for_itself_and_each_entity_has_its_own_numbers() -> None:
    january()
    handing.name_all(Target.XERO)
    assert [export(target).number for target in (Target.GENERIC, Target.XERO)] == [1, 1]
    other = making.entity(code="KR", zone="Asia/Seoul", base_currency="KRW")
    with pytest.raises(UnableToExport, match="nothing"), transaction.atomic():
        export(entity=other)


def test_a_late_entry_of_an_earlier_day_is_new_all_the_same() -> None:
    january()
    export()
    gift(300, at=NOON - timedelta(days=5))
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    seen = previewing_journals.preview(entity=making.entity(), target=Target.GENERIC, first=first, last=last)
    assert (seen.entry_count, seen.line_count, seen.earlier_count) == (1, 2, 1)
    assert seen.earlier_from == date(2026, 1, 5)
    everything = export(first=None, last=date(2026, 2, 28))
    assert (everything.entry_count, everything.booked_from) == (2, date(2026, 1, 5))
    with pytest.raises(UnableToExport, match="nothing"), transaction.atomic():
        export(first=first, last=last)
    assert export(first=None, last=date(2026, 2, 28)).pk == everything.pk


def test_the_preview_says_what_would_go_and_what_has_no_name() -> None:
    january()
    seen = previewing_journals.preview(entity=making.entity(), target=Target.XERO, first=FIRST, last=LAST)
    assert (seen.entry_count, seen.line_count) == (4, 8)
    [turnover] = seen.turnovers
    assert turnover.debits == turnover.credits == Money(17_820, USD)
    assert [(account.code, fund.code) for account, fund in seen.unnamed] == [
        ("1100", "RSC"), ("4100", "RSC"), ("5100", "RSC"),
    ]  # fmt: skip
    assert (seen.earlier_count, seen.earlier_from) == (0, None)
    with pytest.raises(UnableToExport) as refused, transaction.atomic():
        export(Target.XERO)
    assert (refused.value.code, refused.value.accounts) == ("unnamed", seen.unnamed)
    assert not ExportedEntry.objects.exists()
    open_ended = previewing_journals.preview(
        entity=making.entity(), target=Target.XERO, first=None, last=LAST
    )
    assert open_ended.earlier_count == 0


def test_a_closed_month_is_the_same_bytes_whatever_happens_later(folder: Path) -> None:
    """The map, the payout, the giver, a merged record, the fund's restriction: what changes later changes no byte."""
    first = january()
    handing.name_all(Target.XERO)
    made = [export(Target.GENERIC), export(Target.XERO, grouping="day"), export(Target.BEANCOUNT)]
    before = [content(one) for one in made]
    closing.close(entity=making.entity(), through_on=LAST, closed_by="user:1", now=NOW)
    mapping.write(
        entity=making.entity(),
        target=Target.XERO,
        wanted={(Account.objects.get(code="1100"), None): Given("999")},
        actor=handing.actor(),
        now=NOW,
    )
    making.payout(of=list(BalanceTransaction.objects.all()), arrives_on=LAST, at=NOON)
    other = Donor.objects.create(name="Other", email="other@example.org", created_at=NOW)
    restating.restate(
        donation_id=first.pk, changes={"donor_id": other.pk}, reason="said so", actor=handing.actor(), now=NOW
    )
    making.entity()
    type(first.entity).objects.update(legal_name="Renamed", zone="Asia/Seoul")
    first.designations.get().fund.__class__.objects.update(restriction="time")
    handing.forget(folder)
    assert [content(one) for one in made] == before
    assert [hashlib.sha256(content(one)).hexdigest() for one in made] == [one.file_sha256 for one in made]


def test_what_cannot_be_made_again_is_refused_loudly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gift()
    made = export(with_names=True)
    assert b"Grace Kim" in content(made)
    handing.forget(folder)
    Donor.objects.update(name="Grace Park")
    with pytest.raises(UnableToExport, match="differs"):
        content(made)
    assert not list((folder / "journals").iterdir())
    Donor.objects.update(name="Grace Kim")
    assert b"Grace Kim" in content(made)
    handing.forget(folder)
    later = replace(formats.FORMATS[Target.GENERIC], version=2)
    monkeypatch.setitem(formats.FORMATS, Target.GENERIC, later)
    with pytest.raises(UnableToExport, match="version"):
        content(made)


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


def test_progress_is_told_and_may_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_over, "TELL_EVERY", 2)
    gift(fee=Money(320, USD))
    heard: list[tuple[int, int]] = []
    handing_over.export(
        export_id=uuid.uuid4(),
        scope=handing.scope(),
        actor=handing.actor(),
        now=NOW,
        tell=lambda done, total: heard.append((done, total)),
    )
    assert heard == [(2, 4), (4, 4)]
    gift(200)

    def stop(_done: int, _total: int) -> None:
        raise RuntimeError("called off")

    with pytest.raises(RuntimeError, match="called off"), transaction.atomic():
        handing_over.export(
            export_id=uuid.uuid4(), scope=handing.scope(), actor=handing.actor(), now=NOW, tell=stop
        )
    assert JournalExport.objects.count() == 1


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
