"""Asking for one's data: one file at a time, three a day, fetched by its owner, removed after a week."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from donors import requesting
from donors.models import DataRequest, Message
from donors.requesting import AskedTooOften
from tests import facts, threads
from tests.facts import NOW

GRACE = "grace@example.org"
WEEK = timedelta(days=7)


def ask(email: str = GRACE) -> DataRequest:
    return requesting.ask(email_key=email, language="en", now=NOW)


def keep(request: DataRequest) -> None:
    requesting.keep(request=request, content=b"PK", now=NOW)


def test_who_asks_while_one_is_made_gets_that_one(db: None) -> None:
    facts.donor()
    assert ask().pk == ask().pk
    assert ask("ben@example.org").email_key == "ben@example.org"
    assert DataRequest.objects.count() == 2


def test_two_presses_at_once_are_one_request(committed_db: None) -> None:
    facts.donor()
    threads.results(threads.at_once([ask] * 4))
    assert DataRequest.objects.count() == 1


def test_three_a_day(db: None) -> None:
    facts.donor()
    for _ in range(3):
        keep(ask())
    with pytest.raises(AskedTooOften):
        ask()
    assert requesting.ask(email_key=GRACE, language="en", now=NOW + timedelta(days=1)).pk


def test_the_oldest_is_claimed_first_and_held(db: None) -> None:
    first, _ = ask(), requesting.ask(email_key="b@example.org", language="en", now=NOW + timedelta(seconds=1))
    with transaction.atomic():
        claimed = requesting.claim(now=NOW)
    assert claimed is not None
    assert claimed.pk == first.pk
    DataRequest.objects.all().delete()
    with transaction.atomic():
        assert requesting.claim(now=NOW) is None


def test_a_mail_says_that_it_is_there_and_carries_no_key(db: None) -> None:
    facts.donor()
    request = ask()
    keep(request)
    message = Message.objects.get()
    assert (message.kind, message.to_email) == ("data_ready", GRACE)
    assert str(request.pk) not in message.text


def test_who_has_no_record_gets_a_file_and_no_mail(db: None) -> None:
    keep(ask("nobody@example.org"))
    assert not Message.objects.exists()


def test_only_its_owner_fetches_it_and_only_for_a_week(db: None) -> None:
    request = ask()
    assert requesting.fetch(request_id=request.pk, email_key=GRACE, now=NOW) is None
    keep(request)
    assert requesting.fetch(request_id=request.pk, email_key=GRACE, now=NOW) == b"PK"
    assert requesting.fetch(request_id=request.pk, email_key="ben@example.org", now=NOW) is None
    assert requesting.fetch(request_id=request.pk, email_key=GRACE, now=NOW + WEEK) is None
    assert requesting.of(email_key="ben@example.org") == []


def test_the_content_goes_after_a_week_and_the_request_stays(db: None) -> None:
    keep(ask())
    assert requesting.remove_old(now=NOW + WEEK - timedelta(seconds=1)) == 0
    assert requesting.remove_old(now=NOW + WEEK) == 1
    assert requesting.remove_old(now=NOW + WEEK) == 0
    kept = DataRequest.objects.get()
    assert kept.content is None
    assert kept.ready_at == NOW
