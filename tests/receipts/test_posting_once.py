"""A letter is printed once: a run and the queue take it from each other, and one mark is of both pages."""

from __future__ import annotations

from typing import Any

import pytest

from receipts import delivering, handing_over, posting_letters, printing
from receipts.models import AnnualRun, Delivery, PrintFile, Receipt
from tests import facts
from tests.receipts import years
from tests.receipts.years import NOW

pytestmark = pytest.mark.django_db


def issued_run() -> AnnualRun:
    """A run of two letters that is issued; its own print file is made."""
    for name, postcode in (("Ada Ames", "04999"), ("Ben Bow", "04001")):
        address = f"1 Elm Street\nPortland, ME {postcode}"
        years.gift(years.donor(name, wants_post=True, postcode=postcode, address=address))
    run = years.rehearsed()
    years.issued(run)
    return AnnualRun.objects.get(pk=run.pk)


def by_the_queue(run: AnnualRun) -> PrintFile | None:
    return posting_letters.make(
        entity_id=run.entity_id, request_id=facts.fresh_id(), actor=years.person(), now=NOW
    )


def by_the_run(run: AnnualRun) -> PrintFile | None:
    return handing_over.hand_over(run=run, job_id=facts.fresh_id(), requested_by=None, now=NOW)


def taken_back() -> None:
    """As if nobody had made a file yet."""
    Delivery.objects.update(print_file=None)
    PrintFile.objects.all().delete()


def test_what_a_run_set_is_not_in_the_queue_and_the_other_way_round() -> None:
    run = issued_run()
    assert Delivery.objects.filter(print_file=run.print_files.get()).count() == 2
    assert posting_letters.queues() == []
    assert (by_the_queue(run), by_the_run(run)) == (None, None)
    taken_back()
    made = by_the_queue(run)
    assert made is not None
    assert made.receipt_count == 2
    assert (by_the_queue(run), by_the_run(run)) == (None, None)
    assert made in run.print_files.all()


def test_one_mark_is_of_both_pages_and_nothing_is_set_after_it() -> None:
    run = issued_run()
    made = run.print_files.get()
    marked: dict[str, Any] = {"print_file_id": made.pk, "actor": years.person(), "now": NOW}
    assert made in posting_letters.files()
    assert posting_letters.mark_printed(**marked) == 2
    assert delivering.tally(run_id=run.pk).printed == 2
    assert posting_letters.mark_printed(**marked) == 0
    assert posting_letters.files()[0].printed_at == NOW
    with pytest.raises(handing_over.AlreadyPosted):
        handing_over.ask_again(print_file_id=made.pk, actor=years.person(), now=NOW)
    assert (by_the_queue(run), by_the_run(run)) == (None, None)


def test_what_cannot_be_printed_is_never_marked_as_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    run = issued_run()
    taken_back()
    lost = Receipt.objects.order_by("number")[0]
    write = printing.write

    def without_one(*args: Any, **options: Any) -> printing.PrintedFile:
        told = write(*args, **options)
        return printing.PrintedFile(told.pages, told.sha256, told.count - 1, (lost.serial,))

    monkeypatch.setattr(printing, "write", without_one)
    made = by_the_queue(run)
    assert made is not None
    assert made.receipt_count == 1
    assert posting_letters.mark_printed(print_file_id=made.pk, actor=years.person(), now=NOW) == 1
    assert [way.receipt for way in posting_letters.waiting()] == [lost]
