"""Handing over: once, only what is new, and the same bytes whenever asked again."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from books import mapping, previewing_journals
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
from tests import making
from tests.books import handing, parsing
from tests.books.handing import FIRST, LAST, NOON, NOW, content, export, files, gift, numbers, parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
USD = "USD"


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
    later = replace(formats.FORMATS[Target.GENERIC], version=3)
    monkeypatch.setitem(formats.FORMATS, Target.GENERIC, later)
    with pytest.raises(UnableToExport, match="version"):
        content(made)
