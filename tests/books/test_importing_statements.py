"""B13: a file is read, looked at and taken in; the same file twice adds nothing, overlapping ones what is new."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from books import decoding, importing_statements
from books.importing_statements import AlreadyRead, UnableToImport
from books.models import BankLine, StagedLine, Statement, StatementDraft
from donors.models import Message
from jobs.models import Job
from tests.books import banks
from tests.books.banks import NOW
from tests.books.test_reading_formats import MT940, camt, entry

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


def test_one_form_is_one_file_and_a_closed_account_takes_none() -> None:
    account = banks.account()
    first = banks.upload(account, FIRST)
    again = importing_statements.upload(
        draft_id=first.pk,
        account_id=account.pk,
        blocks=[b"other"],
        file_name="x",
        actor=banks.teller(),
        now=NOW,
    )
    assert again == first
    assert importing_statements.path_of(first.pk).stat().st_mode & 0o777 == 0o600
    account.is_open = False
    account.save()
    with pytest.raises(UnableToImport, match="closed"):
        banks.upload(account, FIRST)


def test_files_too_big_or_empty_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    account = banks.account()
    folder = importing_statements.path_of(uuid.UUID(int=0)).parent
    before = set(folder.iterdir()) if folder.exists() else set()
    with pytest.raises(UnableToImport, match="empty"):
        banks.upload(account, b"")
    monkeypatch.setattr(decoding, "MOST_BYTES", 10)
    with pytest.raises(UnableToImport, match="too_big"):
        banks.upload(account, FIRST)
    assert set(folder.iterdir()) == before
    assert not StatementDraft.objects.exists()


def test_a_name_of_a_file_says_no_more_than_it_must() -> None:
    account = banks.account()
    assert banks.upload(account, b"1", name="../../etc/passwd").file_name == "passwd"
    assert banks.upload(account, b"2", name="kim 900101-1234567.csv").file_name == "000000"


def test_columns_must_be_known_before_a_file_is_read() -> None:
    draft = banks.upload(banks.account(columns=None), FIRST)
    with pytest.raises(UnableToImport, match="unmapped"):
        importing_statements.begin(draft_id=draft.pk, now=NOW)


def press(draft: StatementDraft, **given: bool) -> None:
    pressed = {"without_refused": False, "in_spite": False, "with_gifts": False, **given}
    importing_statements.take_in(draft_id=draft.pk, actor=banks.teller(), now=NOW, **pressed)


def test_every_step_is_taken_once() -> None:
    account = banks.account()
    draft = banks.read(account, FIRST)
    press(draft)
    with pytest.raises(UnableToImport, match="step"):
        press(draft)
    for deed in (importing_statements.begin,):
        with pytest.raises(UnableToImport, match="step"):
            deed(draft_id=draft.pk, now=NOW)
    with pytest.raises(UnableToImport, match="step"):
        importing_statements.drop(draft_id=draft.pk, actor=banks.teller(), now=NOW)
    job = Job.objects.get(kind=importing_statements.TAKE_IN)
    banks.work()
    assert BankLine.objects.count() == 3
    Job.objects.filter(pk=job.pk).update(status="queued", ended_at=None, run_after=NOW)
    banks.work()  # a worker that died after the lines were in
    assert BankLine.objects.count() == 3
    assert Statement.objects.count() == 1


def test_two_readings_of_one_file_are_taken_in_once() -> None:
    account = banks.account()
    first, second = banks.read(account, FIRST), banks.read(account, FIRST)
    press(first)
    banks.work()
    with pytest.raises(AlreadyRead):
        press(second)


def test_rows_a_crash_took_away_are_not_passed_over() -> None:
    draft = banks.read(banks.account(), FIRST)
    StagedLine.objects.filter(draft=draft).delete()
    press(draft)
    banks.work()
    draft.refresh_from_db()
    assert (draft.status, draft.refusal) == ("refused", {"code": "gone"})
    assert not BankLine.objects.exists()


def test_a_file_that_is_gone_and_one_without_lines_are_refused_in_words() -> None:
    account = banks.account()
    draft = banks.upload(account, FIRST)
    importing_statements.path_of(draft.pk).unlink()
    importing_statements.begin(draft_id=draft.pk, now=NOW)
    banks.work()
    draft.refresh_from_db()
    assert draft.refusal == {"code": "gone"}
    empty = banks.read(account, banks.csv())
    assert empty.refusal == {"code": "no_lines", "row": 0, "told": ""}


def test_a_dropped_file_is_read_by_nobody() -> None:
    draft = banks.upload(banks.account(), FIRST)
    importing_statements.begin(draft_id=draft.pk, now=NOW)
    job = Job.objects.get()
    importing_statements.drop(draft_id=draft.pk, actor=banks.teller(), now=NOW)
    Job.objects.filter(pk=job.pk).update(status="queued", ended_at=None)
    banks.work()
    assert not StagedLine.objects.exists()
    draft.refresh_from_db()
    assert (draft.status, draft.summary) == ("dropped", {})


def test_lines_read_in_another_way_are_doubtful() -> None:
    account = banks.account()
    banks.take_in(account, FIRST)
    account.mapping = {**account.mapping, "reference": [], "bank_ref": ""}
    account.save()
    later = banks.csv(COFFEE, COFFEE, "11/03/2026,KIM MINSEO,THANKS,T1,250.00,", "11/05/2026,LEE,,,1.00,")
    draft = banks.read(account, later)
    assert (draft.summary["known"], draft.summary["alike"]) == (2, 1)
    with pytest.raises(UnableToImport, match="doubt"):
        press(draft)
    press(draft, in_spite=True)


def test_all_of_it_is_forgotten_after_a_day() -> None:
    draft = banks.read(banks.account(), FIRST)
    path = importing_statements.path_of(draft.pk)
    assert path.exists()
    importing_statements.purge(now=NOW + timedelta(hours=23))
    assert path.exists()
    importing_statements.purge(now=NOW + timedelta(hours=25))
    assert not path.exists()
    assert not StagedLine.objects.exists()


def test_no_mail_comes_of_an_import() -> None:
    banks.take_in(banks.account(), FIRST)
    assert not Message.objects.exists()


def test_xml_and_mt940_come_the_same_way() -> None:
    xml = banks.account(name="XML", currency="EUR", format="camt053", columns=None)
    statement = banks.take_in(xml, camt(entry(), entry("5.00", side="DBIT"), balances=("5.00", "10.00")))
    assert (statement.new_count, statement.opening_minor, statement.closing_minor) == (2, 500, 1_000)
    swift = banks.account(name="SWIFT", currency="EUR", format="mt940", columns=None)
    assert banks.take_in(swift, MT940.encode()).new_count == 2
    assert set(BankLine.objects.values_list("amount_minor", flat=True)) == {1_000, -500, 2_500, -250}
