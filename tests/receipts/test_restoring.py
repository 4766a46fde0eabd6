"""After a backup was put back (X46): lost numbers are seen, void-filled, found again, and never on two papers."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from ledger.models import LegalEntity
from receipts import asking, issuing, keyholding, marking, publishing, reading, restoring, sealing
from receipts.marking import Line
from receipts.models import Receipt, Seal, Series, SpoiledNumber
from receipts.verifying import Answer
from reports import selfchecking, today
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

pytestmark = pytest.mark.django_db
HASH = "cd" * 32
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def has_keys(settings: Any, tmp_path: Path) -> None:
    settings.RECEIPT_KEYS = tmp_path / "keys"
    settings.BASE_URL = "https://give.example.org"
    keyholding.make_missing(entities=[(making.entity().code, "Harbour Mission")], now=NOW)


def put_back(papers: Path) -> str:
    """Three receipts, of which a backup knows one. The code of the second one's paper is returned."""
    facts.donation()
    facts.paperwork()
    papers.mkdir()
    code = ""
    with transaction.atomic():
        for _ in range(2):
            facts.donation()
        facts.paperwork()
        for receipt in Receipt.objects.filter(number__gt=1).order_by("number"):
            (papers / f"{receipt.number}.pdf").write_bytes(reading.file_of(receipt=receipt))
            if receipt.number == 2:
                code = sealing.code(bytes(Seal.objects.get(receipt=receipt).signature))
        transaction.set_rollback(True)
    (papers / "other.pdf").write_bytes(b"%PDF-1.4 nothing of ours")
    return code


def command(**options: object) -> str:
    out = StringIO()
    call_command("restore_numbers", stdout=out, **options)
    return out.getvalue()


def test_lost_numbers_are_found_told_filled_and_never_given_again(tmp_path: Path) -> None:
    code = put_back(tmp_path / "papers")
    entity = making.entity().code
    [loss] = restoring.lost()
    assert (loss.entity_code, loss.tax_year, loss.first, loss.last, loss.count) == (entity, 2026, 2, 3, 2)
    assert [line.number for line in loss.lines] == [2, 3]

    facts.donation()
    with pytest.raises(marking.NumbersLost):
        issuing.issue_due(now=NOW)

    told = command(papers=tmp_path / "papers")
    assert f"{entity} 2026: numbers 2 to 3 are lost, 2 of them on paper" in told
    assert "2026-000002 is with Grace Kim: 10000 USD (smallest units)" in told
    assert "2 lost papers found" in told
    assert "nothing was changed" in told
    assert not SpoiledNumber.objects.exists()

    assert f"{entity} 2026: 2 numbers are void-filled" in command(void_fill="finance@example.org")
    assert command() == "no number is lost\n"
    event = AuditEvent.objects.get(action="spoil lost numbers")
    assert (event.target, event.details) == (f"series:{entity}-2026", {"first": 2, "last": 3})

    facts.paperwork(now=LATER)
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 4]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    broken = selfchecking.unexplained(selfchecking.run(now=LATER))
    assert [row for row in broken if row.startswith(("I9 ", "I10 ", "I25 "))] == []
    assert asking.by_code(code, language="en").answer == Answer.VOID


def test_a_lost_paper_stands_on_the_list_of_void_ones_by_its_seal(tmp_path: Path) -> None:
    code = put_back(tmp_path / "papers")
    assert asking.by_code(code, language="en").answer == Answer.UNKNOWN
    [loss] = restoring.lost()
    restoring.void_fill(loss=loss, actor="finance@example.org", now=NOW)
    standing = asking.by_code(code, language="en")
    assert (standing.answer, standing.serial, standing.amount) == (Answer.VOID, "2026-000002", "")
    assert standing.issuer == making.entity().legal_name
    signature = sealing.from_code(code)
    assert signature is not None
    assert publishing.mark(signature) in dict(asking.void_receipts())
    assert len(publishing.read_voids(publishing.void_list(asking.void_receipts()))) == 2
    assert str(SpoiledNumber.objects.get(number=2)).endswith(" 2")


def test_filling_twice_fills_once(tmp_path: Path) -> None:
    put_back(tmp_path / "papers")
    [loss] = restoring.lost()
    assert restoring.void_fill(loss=loss, actor="one", now=NOW) == 2
    assert restoring.void_fill(loss=loss, actor="other", now=NOW) == 0
    assert SpoiledNumber.objects.count() == 2


def test_a_year_the_backup_does_not_know_at_all_begins_after_the_mark() -> None:
    code = making.entity().code
    marking.set_marks(entity_code=code, tax_year=2025, lines=[Line(7, HASH)])
    [loss] = restoring.lost()
    assert (loss.tax_year, loss.first, loss.last, len(loss.lines)) == (2025, 1, 7, 1)
    assert restoring.void_fill(loss=loss, actor="one", now=NOW) == 7
    assert Series.objects.get(year=2025).next_number == 8
    assert SpoiledNumber.objects.filter(words=restoring.UNMARKED).count() == 6
    assert restoring.lost() == []


def test_marks_of_another_house_are_not_filled() -> None:
    marking.set_marks(entity_code="ELSE", tax_year=2026, lines=[Line(1, HASH)])
    [loss] = restoring.lost()
    with pytest.raises(LegalEntity.DoesNotExist):
        restoring.void_fill(loss=loss, actor="one", now=NOW)


def test_the_first_page_of_the_office_raises_the_alarm(tmp_path: Path, settings: Any) -> None:
    put_back(tmp_path / "papers")
    [task] = [task for task in today.work(now=NOW).tasks if task.kind == "numbers_lost"]
    assert (task.ref, task.words) == (
        f"{making.entity().code} 2026",
        "000002 – 000003: manage.py restore_numbers",
    )
    settings.RECEIPT_MARKS = tmp_path / "file"
    settings.RECEIPT_MARKS.write_text("")
    assert "marks_unusable" in [task.kind for task in today.work(now=NOW).tasks]
    assert [row for row in selfchecking.unexplained(selfchecking.run(now=NOW)) if row.startswith("I25")]
    with pytest.raises(CommandError, match="marks of receipt numbers"):
        command()


def test_marks_that_were_lost_are_written_again_from_the_database(own_marks: Path) -> None:
    facts.donation()
    facts.donation()
    facts.paperwork()
    facts.donation()
    issuing.issue_due(now=NOW)  # a number without a file is on no paper
    code = making.entity().code
    kept = marking.after(entity_code=code, tax_year=2026, number=0)
    marking.place(entity_code=code, tax_year=2026).unlink()
    assert restoring.unmarked() == [(code, 2026, 2, 0)]
    [row] = [r for r in selfchecking.unexplained(selfchecking.run(now=NOW)) if r.startswith("I25")]
    assert "number 2 has its file, the marks end at 0" in row
    assert "2 papers that were not marked are now" in command()
    assert marking.after(entity_code=code, tax_year=2026, number=0) == kept
    assert restoring.catch_up() == 0
    assert not [r for r in selfchecking.unexplained(selfchecking.run(now=NOW)) if r.startswith("I25")]


def test_the_self_check_names_lost_numbers(tmp_path: Path) -> None:
    put_back(tmp_path / "papers")
    broken = selfchecking.unexplained(selfchecking.run(now=NOW))
    assert f"I25 {making.entity().code} 2026: numbers 2 to 3 are lost" in broken
