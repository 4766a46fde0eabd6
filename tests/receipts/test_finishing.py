"""Finishing many at once: the same as one by one, shared by workers, and nobody's trouble is everybody's."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from donors.models import Attachment, Message
from paper import storing
from paper.models import Document
from receipts import finishing, issuing, keyholding, mailing, rendering, tasks
from receipts.models import Receipt, Rendering, RenderingTrouble, Seal
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW


@pytest.fixture(autouse=True)
def has_keys(settings: Any, tmp_path: Path) -> None:
    settings.RECEIPT_KEYS = tmp_path / "keys"
    settings.BASE_URL = "https://give.example.org"


def issue(count: int, *, unprintable: int = 0) -> None:
    keyholding.make_missing(entities=[(making.entity().code, "Harbour Mission")], now=NOW)
    for _ in range(unprintable):
        facts.donation(donor_id=facts.donor("Grace \U0001f600 Kim", "kim@example.org").pk)
    for _ in range(count):
        facts.donation()
    assert issuing.issue_due(now=NOW) == count + unprintable


def kept() -> tuple[list[object], ...]:
    """Everything finishing writes, without what is drawn by chance (ids of letters) or by the order of rows."""
    return (
        list(Rendering.objects.order_by("receipt__number").values_list("receipt__number", "document_id")),
        list(Document.objects.order_by("pk").values_list("pk", "size")),
        [
            bytes(seal)
            for seal in Seal.objects.order_by("receipt__number").values_list("signature", flat=True)
        ],
        list(Message.objects.order_by("cause").values_list("cause", "subject", "text", "to_email")),
        list(
            Attachment.objects.order_by("filename").values_list("filename", "document_id", "message__cause")
        ),
        list(RenderingTrouble.objects.values_list("receipt__number", "words")),
    )


@pytest.mark.django_db
def test_together_gives_the_same_as_one_by_one() -> None:
    issue(5, unprintable=1)
    with transaction.atomic():
        assert finishing.finish_some(now=NOW) == (6, 5)
        together = kept()
        transaction.set_rollback(True)
    assert not Rendering.objects.exists()
    for pk in Receipt.objects.order_by("number").values_list("pk", flat=True):
        finishing.finish(receipt_id=pk, now=NOW)
    assert kept() == together
    assert len(together[0]) == 5


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_receipts() -> None:
    counts = []
    for size in (2, 9):
        issue(size)
        with CaptureQueriesContext(connection) as asked:
            assert finishing.finish_some(now=NOW) == (size, size)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 30


@pytest.mark.django_db
def test_as_many_as_were_asked_for_are_taken_the_oldest_first() -> None:
    issue(5)
    assert finishing.finish_some(now=NOW, limit=2) == (2, 2)
    assert sorted(Rendering.objects.values_list("receipt__number", flat=True)) == [1, 2]
    assert finishing.finish_due(now=NOW) == 3
    assert finishing.finish_due(now=NOW) == 0


@pytest.mark.django_db
def test_what_cannot_be_written_waits_alone(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    issue(4)
    real = mailing.send_receipts

    def send(*, drawn: list[tuple[Receipt, str]], now: datetime) -> int:
        if any(receipt.number == 2 for receipt, _ in drawn):
            raise ValueError("no words for this letter")
        return real(drawn=drawn, now=now)

    monkeypatch.setattr(mailing, "send_receipts", send)
    assert finishing.finish_due(now=NOW) == 3
    assert sorted(Rendering.objects.values_list("receipt__number", flat=True)) == [1, 3, 4]
    trouble = RenderingTrouble.objects.get()
    assert (trouble.receipt.number, trouble.words) == (2, "ValueError: no words for this letter")
    monkeypatch.undo()
    assert finishing.finish_due(now=NOW + timedelta(hours=2)) == 1
    assert not RenderingTrouble.objects.exists()
    assert Message.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("is_alone", [False, True])
def test_a_trouble_of_the_house_blames_no_receipt(monkeypatch: pytest.MonkeyPatch, is_alone: bool) -> None:
    issue(2)
    broken: list[str] = []

    def unusable(**_: object) -> list[str]:
        broken.append("asked")
        if is_alone and len(broken) == 1:
            raise ValueError("together does not work")
        raise keyholding.UnusableKeys("us.pem")

    monkeypatch.setattr(storing, "store_all", unusable)
    with pytest.raises(keyholding.UnusableKeys):
        finishing.finish_due(now=NOW)
    assert not RenderingTrouble.objects.exists()
    assert not Rendering.objects.exists()


@pytest.mark.django_db
def test_the_door_for_more_workers() -> None:
    issue(3)
    tasks.finish()
    tasks.mark_numbers()
    assert Rendering.objects.count() == 3


def test_two_workers_share_the_work_and_finish_each_once(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    issue(8)
    met = threading.Barrier(2, timeout=30)
    real = rendering.render
    first: set[int] = set()

    def draw(*given: Any, **named: Any) -> bytes:
        if threading.get_ident() not in first:
            first.add(threading.get_ident())
            met.wait()  # both hold receipts of their own at this moment
        return real(*given, **named)

    monkeypatch.setattr(rendering, "render", draw)
    done = threads.results(threads.at_once([lambda: finishing.finish_some(now=NOW, limit=4)] * 2))
    assert done == [(4, 4), (4, 4)]
    assert Rendering.objects.count() == Message.objects.count() == Attachment.objects.count() == 8
