"""Releasing what givers restricted: for its purpose, when its time came, when a building opens (B18, E13)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from books import filing_papers, measuring, placing, releasing
from books.filing_papers import Paper
from books.models import PlacedAsset, Release
from books.releasing import UnableToRelease
from ledger import closing
from ledger.models import Entry
from ledger.money import Money
from paper import storing
from staff.models import AuditEvent
from tests import facts
from tests.books import holding
from tests.books.holding import PAPER, TODAY, center, given, opened, released, usd, wanted
from tests.campaigns import making
from tests.facts import NOW
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


def left(currency: str = "USD") -> Money:
    return measuring.restricted(fund_id=center().pk, currency=currency)


def lines(source: str) -> list[tuple[str, int]]:
    entry = Entry.objects.get(source=source)
    return list(entry.lines.order_by("id").values_list("account__code", "amount_minor"))


def refusal(*, paper: Paper = PAPER, **told: Any) -> UnableToRelease:
    asked = replace(wanted(100), **told)
    with pytest.raises(UnableToRelease) as refused:
        releasing.release(
            wanted=asked,
            paper=paper,
            actor=facts.staff_member(),
            now=NOW,
        )
    return refused.value


def test_e13_what_was_spent_on_the_center_is_released_on_the_day_it_opens() -> None:
    given(500_000)
    made = opened(320_000)
    release = Release.objects.get()
    assert (release.kind, release.amount, release.released_on) == ("placed_in_service", usd(320_000), TODAY)
    assert lines(f"release:{release.pk}") == [("4910", 320_000), ("4900", -320_000)]
    assert left() == usd(180_000)
    # The fund is worth what it was: 3,200 of it is free now.
    assert measuring.unrestricted(fund_id=center().pk, currency="USD") == usd(320_000)
    assert placing.released_of(made) == usd(320_000)
    assert storing.load(sha256=release.document_id) == PAPER.content


def test_e13_an_opening_that_lies_ahead_is_released_by_the_timetable_on_its_day() -> None:
    given(500_000)
    opened(320_000, on=date(2026, 12, 1))
    assert placing.release_due(now=NOW) == 0
    assert left() == usd(500_000)
    eve = datetime(2026, 12, 1, 4, 59, tzinfo=UTC)
    assert placing.release_due(now=eve) == 0  # still 30 November in New York
    assert placing.release_due(now=eve + timedelta(minutes=1)) == 1
    assert placing.release_due(now=eve + timedelta(minutes=1)) == 0
    release = Release.objects.get()
    assert (release.released_on, Entry.objects.get(source=f"release:{release.pk}").booked_on) == (
        date(2026, 12, 1),
        date(2026, 12, 1),
    )
    assert left() == usd(180_000)


def test_e13_a_body_whose_givers_asked_for_years_of_use_releases_by_the_month() -> None:
    given(500_000)
    entity = making.entity()
    placing.decide(entity=entity, months=3, actor=facts.staff_member(), now=NOW)
    asset = opened(10_000, on=date(2026, 11, 20))
    placing.decide(entity=entity, months=0, actor=facts.staff_member(), now=NOW)
    assert placing.months_of_use(entity=entity) == 0
    assert asset.months == 3  # what was opened before keeps the rule of its day
    due = placing.due(asset=asset, day=date(2027, 3, 1))
    assert [(number, on.isoformat(), part.minor) for number, on, part in due] == [
        (0, "2026-12-20", 3_334), (1, "2027-01-20", 3_333), (2, "2027-02-20", 3_333),
    ]  # fmt: skip
    assert placing.release_due(now=NOW + timedelta(days=40)) == 1
    assert placing.release_due(now=NOW + timedelta(days=100)) == 2
    assert placing.waiting() == []
    assert left() == usd(490_000)


def test_months_of_use_end_on_the_last_day_of_a_short_month() -> None:
    asset = PlacedAsset(opened_on=date(2026, 1, 31), spent_minor=200, currency="USD", months=2)
    assert [on for _, on, _ in placing.due(asset=asset, day=date(2027, 1, 1))] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]
    december = PlacedAsset(opened_on=date(2026, 11, 30), spent_minor=200, currency="USD", months=1)
    assert placing.due(asset=december, day=date(2026, 12, 30))[0][1] == date(2026, 12, 30)


@pytest.mark.parametrize("months", [-1, 1201])
def test_a_policy_of_no_months_there_are_is_refused(db: None, months: int) -> None:
    with pytest.raises(ValueError, match="months"):
        placing.decide(entity=making.entity(), months=months, actor=facts.staff_member(), now=NOW)


def test_a_building_waits_when_the_fund_has_not_enough_left() -> None:
    given(500_000)
    opened(320_000, on=date(2026, 12, 1))
    released(300_000)
    assert placing.release_due(now=NOW + timedelta(days=20)) == 0
    assert [asset.name for asset in placing.waiting()] == ["Community center"]
    given(200_000)
    assert placing.release_due(now=NOW + timedelta(days=20)) == 1
    assert left() == usd(80_000)


def test_two_buildings_do_not_share_the_same_money() -> None:
    given(500_000)
    opened(320_000, on=date(2026, 12, 1))
    with pytest.raises(UnableToRelease) as refused:
        opened(200_000, on=date(2026, 12, 2))
    assert (refused.value.code, refused.value.left) == ("above", usd(180_000))


def test_entering_a_building_twice_is_one_building() -> None:
    given(500_000)
    pk = uuid.uuid4()
    assert opened(320_000, id=pk) == opened(320_000, id=pk)
    assert (PlacedAsset.objects.count(), Release.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("minor", "on", "code"),
    [(0, TODAY, "amount"), (100, date(2032, 1, 1), "day"), (100, date(1999, 1, 1), "day")],
)
def test_a_building_that_cannot_be_is_refused(minor: int, on: date, code: str) -> None:
    given(500_000)
    with pytest.raises(UnableToRelease) as refused:
        opened(minor, on=on)
    assert refused.value.code == code


def test_a_release_names_its_reason_and_its_document_and_is_written_down() -> None:
    given(500_000)
    made = released(320_000)
    assert (made.reason, made.document_name) == ("Invoice 12 of the builder", "Invoice 12.pdf")
    assert lines(f"release:{made.pk}") == [("4910", 320_000), ("4900", -320_000)]
    event = AuditEvent.objects.get(action="release.made")
    assert event.details == {"release": str(made.pk), "amount": "3200.00", "currency": "USD"}


def test_b18_nobody_releases_more_than_is_left_and_is_told_how_much_that_is() -> None:
    given(500_000)
    released(320_000)
    with pytest.raises(UnableToRelease) as refused:
        released(180_001)
    assert (refused.value.code, refused.value.left) == ("above", usd(180_000))
    released(180_000)
    assert left() == usd(0)


def test_money_is_not_released_before_it_came() -> None:
    given(500_000, came_on=date(2026, 11, 18))
    with pytest.raises(UnableToRelease) as refused:
        released(100, released_on=date(2026, 11, 17))
    assert refused.value.left == usd(0)


def test_what_a_later_day_needs_cannot_be_released_on_an_earlier_one() -> None:
    given(500_000, came_on=date(2026, 11, 10), days={facts_basis(): date(2026, 11, 10)})
    released(400_000, released_on=date(2026, 11, 19))
    with pytest.raises(UnableToRelease) as refused:
        released(100_001, released_on=date(2026, 11, 12))
    assert refused.value.left == usd(100_000)


def facts_basis() -> object:
    from donations.dating import Basis

    return Basis.RECEIVED


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"amount": usd(0)}, "amount"),
        ({"amount": Money(100, "KRW")}, "above"),
        ({"released_on": TODAY + timedelta(days=1)}, "day"),
        ({"released_on": date(1999, 1, 1)}, "day"),
        ({"reason": "  "}, "reason"),
        ({"reason": "for 900101-1234567"}, "resident_number"),
        ({"kind": Release.Kind.TIME}, "kind"),
        ({"kind": Release.Kind.PLACED_IN_SERVICE}, "kind"),
        ({"paper": Paper(b"", "")}, "empty"),
        ({"paper": Paper(b"<html>", "a.pdf")}, "format"),
        ({"paper": Paper(b"%PDF-" + b"0" * filing_papers.LARGEST, "a.pdf")}, "large"),
        ({"paper": Paper(b"%PDF-", "900101-1234567.pdf")}, "resident_number"),
    ],
)
def test_what_cannot_be_released_is_refused_and_nothing_is_written(told: dict[str, Any], code: str) -> None:
    given(500_000)
    assert refusal(**told).code == code
    assert not Release.objects.exists()


@pytest.mark.parametrize(("restriction", "code"), [("none", "unrestricted"), ("perpetual", "perpetual")])
def test_a_fund_that_cannot_be_released_says_so(restriction: str, code: str) -> None:
    assert refusal(fund=making.fund("OWN", restriction=restriction)).code == code


def test_a_fund_for_a_time_is_released_when_its_time_has_come() -> None:
    fund = making.fund("NEXT", restriction="time")
    given(10_000, fund=fund)
    assert released(10_000, fund=fund, kind=Release.Kind.TIME).amount == usd(10_000)
    assert refusal(fund=fund).code == "kind"


def test_a_form_sent_twice_is_one_release_and_another_under_its_id_is_refused() -> None:
    given(500_000)
    asked = wanted(100)
    first = releasing.release(wanted=asked, paper=PAPER, actor=facts.staff_member(), now=NOW)
    assert releasing.release(wanted=asked, paper=PAPER, actor=facts.staff_member(), now=NOW) == first
    assert refusal(id=asked.id, amount=usd(200)).code == "other"
    assert Release.objects.count() == 1


def test_a_wrong_release_is_taken_back_whole_by_another_row() -> None:
    given(500_000)
    wrong = released(320_000)
    undone = releasing.reverse(
        release_id=wrong.pk, reason="Not yet built", actor=facts.staff_member(), now=NOW
    )
    again = releasing.reverse(
        release_id=wrong.pk, reason="Not yet built", actor=facts.staff_member(), now=NOW
    )
    assert (again, undone.reverses, undone.amount) == (undone, wrong, usd(320_000))
    assert lines(f"release:{undone.pk}") == [("4910", -320_000), ("4900", 320_000)]
    entry = Entry.objects.get(source=f"release:{undone.pk}")
    assert entry.reverses == Entry.objects.get(source=f"release:{wrong.pk}")
    assert left() == usd(500_000)
    with pytest.raises(UnableToRelease):
        releasing.reverse(release_id=undone.pk, reason="again", actor=facts.staff_member(), now=NOW)
    with pytest.raises(UnableToRelease):
        releasing.reverse(release_id=wrong.pk, reason="", actor=facts.staff_member(), now=NOW)


def test_a_release_of_a_closed_month_is_booked_on_the_first_open_day_and_says_so() -> None:
    given(500_000, came_on=date(2026, 10, 5), days={facts_basis(): date(2026, 10, 5)})
    closing.close(entity=making.entity(), through_on=date(2026, 10, 31), closed_by="user:1", now=NOW)
    made = released(100, released_on=date(2026, 10, 20))
    entry = Entry.objects.get(source=f"release:{made.pk}")
    assert (entry.booked_on, entry.memo) == (date(2026, 11, 1), "Of 2026-10-20, a period that is closed.")


def test_restricted_money_that_was_exchanged_is_restricted_in_the_currency_it_became() -> None:
    donation = facts.donation({center(): 50_000}, currency="KRW", entity=making.entity())
    assert donation.currency == "KRW"
    # The balance line of this fact is in dollars: 500.00 for 50,000 won.
    assert left("KRW") == Money(0, "KRW")
    assert left("USD") == usd(50_000)
    assert measuring.currencies(fund_id=center().pk) == ["KRW", "USD"]


def test_the_database_refuses_a_release_that_the_books_do_not_say() -> None:
    given(500_000)
    made = released(100)
    with refused_by("release_is_in_the_books"):
        Release.objects.create(
            id=uuid.uuid4(), fund=made.fund, kind="purpose", amount_minor=5, currency="USD", released_on=TODAY,
            reason="x", document_id=made.document_id, document_name="a.pdf", released_by=made.released_by,
            recorded_at=NOW,
        )  # fmt: skip


def test_the_database_refuses_to_release_what_is_not_there() -> None:
    given(500_000)
    with refused_by("release_not_above_balance"):
        asked = wanted(500_001)
        filed = releasing.filed_as(paper=PAPER, now=NOW)
        releasing.write(wanted=asked, words="x", filed=filed, asset=None, actor=facts.staff_member(), now=NOW)


def test_the_database_refuses_to_take_back_a_part() -> None:
    given(500_000)
    whole = released(300)
    with refused_by("release_reversal_is_of_the_whole"):
        releasing.write(
            wanted=wanted(200), words="x", filed=releasing.filed_as(paper=PAPER, now=NOW), asset=None,
            actor=facts.staff_member(), now=NOW, reverses=whole,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "ending", "kept"),
    [
        ("Invoice 12.pdf", "pdf", "Invoice 12.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\bills\\계약서.PDF", "pdf", "계약서.pdf"),
        ('a"b\r\nX: y<script>.png', "png", "a_b__X_ y_script.png"),
        (".pdf", "pdf", "document.pdf"),
        ("x" * 300 + ".exe", "jpg", "x" * 80 + ".jpg"),
    ],
)
def test_names_of_documents_are_made_harmless(name: str, ending: str, kept: str) -> None:
    assert filing_papers.harmless(name=name, ending=ending) == kept


def test_what_is_kept_is_known_by_its_first_bytes(db: None) -> None:
    for content, ending in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff\xe0", "jpg"), (b"%PDF-1", "pdf")):
        filed = filing_papers.file(paper=Paper(content, "scan.bin"), now=NOW)
        assert filed.name == f"scan.{ending}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT media_type FROM paper_document ORDER BY media_type")
        assert [row[0] for row in cursor.fetchall()] == ["application/pdf", "image/jpeg", "image/png"]


def test_holding_is_by_fund() -> None:
    given(500_000)
    assert holding.center() == center()
    assert left() == usd(500_000)
