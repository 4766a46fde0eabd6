"""Each law of funds, broken behind the triggers' back, is found by the self-check."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from books.models import Release
from donations import benefiting
from donations.benefiting import Return
from ledger import posting
from ledger.models import Entry
from ledger.posting import Posting
from reports import selfchecking
from tests import facts
from tests.books.holding import center, given, moved, released, usd
from tests.facts import NOW
from tests.laws import funds_rows
from tests.reports.breaking import broken, sql

pytestmark = pytest.mark.django_db


def post(*lines: Posting, kind: Entry.Kind = Entry.Kind.ADJUSTMENT, source: str = "test:1") -> None:
    fund = center()
    posting.post(entity=fund.entity, kind=kind, source=source, happened_at=NOW, postings=lines, now=NOW)


def test_what_the_deeds_of_funds_write_breaks_no_law() -> None:
    funds_rows.every()
    told = [found for found in selfchecking.run(now=NOW) if not found.holds]
    assert [(found.code, found.rows) for found in told if int(found.code[1:]) >= 60] == []
    assert [found for found in told if found.code in {"I3", "I5", "I13", "I23"}] == []


def test_i60_a_release_the_books_do_not_say(unguarded: None) -> None:
    funds_rows.every()
    one = Release.objects.get(kind="purpose")
    sql("UPDATE books_release SET amount_minor = 49999 WHERE id = %s", one.pk)
    sql("UPDATE books_fundtransfer SET amount_minor = 99")
    sql("UPDATE books_securitysale SET fee_minor = 400")
    post(
        Posting("4910", center().pk, usd(1)), Posting("4900", center().pk, usd(-1)),
        kind=Entry.Kind.RELEASE, source="release:nothing",
    )  # fmt: skip
    rows = broken("I60")
    assert f"release {one.pk} is 49999, the books say 50000" in rows
    assert "entry release:nothing belongs to no release" in rows
    assert len(rows) == 4


def test_i61_more_was_used_than_ever_came(check_laws: Callable[[], None]) -> None:
    given(1_000)
    released(1_000)
    check_laws()
    post(Posting("4910", center().pk, usd(5)), Posting("4900", center().pk, usd(-5)))
    assert broken("I61") == ["fund CTR used 1005 of 1000 USD with restrictions"]


def test_i61_what_went_back_after_it_was_used_is_no_breach(check_laws: Callable[[], None]) -> None:
    gift = facts.donation({center(): 10_000})
    released(10_000)
    check_laws()
    facts.refund(gift, 4_000)
    assert broken("I61") == []


def test_i62_funds_that_owe_each_other_more_than_nothing() -> None:
    given(1_000, fund=facts.general())
    moved(100, fund_from=facts.general(), fund_to=center())
    assert broken("I62") == []
    post(Posting("1900", center().pk, usd(5)), Posting("4950", center().pk, usd(-5)))
    assert len(broken("I62")) == 2


def test_i63_a_ticket_that_is_not_split_and_event_income_of_nothing() -> None:
    gift = facts.donation()
    dinner = Return("Dinner", fair_value_minor=3_000)
    benefiting.write(donation_id=gift.pk, given=dinner, actor=facts.staff_member(), now=NOW)
    post(Posting("1000", center().pk, usd(5)), Posting("4200", center().pk, usd(-5)))
    rows = broken("I63")
    assert rows[0] == f"gift {gift.pk} bought 3000, the books say 0"
    assert rows[1].endswith("is of no gift")
