"""B13: a file is read, looked at and taken in; the same file twice adds nothing, overlapping ones what is new."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from books.importing_statements import AlreadyRead
from books.models import BankLine, Statement
from tests.books import banks

pytestmark = pytest.mark.django_db

COFFEE = '11/02/2026,COFFEE,,,"-3.50",'
FIRST = banks.csv(COFFEE, COFFEE, "11/03/2026,KIM MINSEO,THANKS,T1,250.00,")


def test_a_file_is_read_looked_at_and_taken_in(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    draft = banks.read(account, FIRST)
    assert draft.status == "read"
    told = {name: draft.summary[name] for name in ("told", "refused", "fresh", "known", "skipped", "alike")}
    assert told == {"told": 3, "refused": 0, "fresh": 3, "known": 0, "skipped": 0, "alike": 0}
    assert (draft.summary["received_minor"], draft.summary["paid_minor"]) == (25_000, -700)
    assert not BankLine.objects.exists()
    statement = banks.take_in(account, banks.csv(COFFEE, "11/03/2026,X,,,1.00,"))
    assert (statement.new_count, statement.known_count) == (2, 0)
    line = BankLine.objects.get(payer="X")
    assert (line.amount_minor, line.booked_on.isoformat(), line.state, line.position) == (
        100,
        "2026-11-03",
        "new",
        3,
    )
    check_laws()


def test_B13_the_same_file_twice_adds_nothing() -> None:
    account = banks.account()
    banks.take_in(account, FIRST)
    with pytest.raises(AlreadyRead) as again:
        banks.upload(account, FIRST)
    assert again.value.statement == Statement.objects.get()
    assert BankLine.objects.count() == 3


def test_B13_overlapping_files_add_what_is_new_and_two_coffees_are_two_lines() -> None:
    account = banks.account()
    banks.take_in(account, FIRST)
    statement = banks.take_in(account, banks.csv(COFFEE, COFFEE, COFFEE, "11/04/2026,PARK,,,9.00,"))
    assert (statement.new_count, statement.known_count) == (2, 2)
    assert BankLine.objects.filter(payer="COFFEE").count() == 3
    assert Statement.objects.count() == 2


def test_words_with_backslashes_and_tabs_come_as_they_were() -> None:
    account = banks.account()
    banks.take_in(account, banks.csv('11/02/2026,"A\\tB\\N","x\ty",,1.00,'))
    line = BankLine.objects.get()
    assert (line.payer, line.reference) == ("A\\tB\\N", "x y")
