"""Reports of what did not arrive: as the standard says, as servers write them, and as somebody who means harm."""

from __future__ import annotations

import io
import random
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from donors import bouncing, corresponding, reporting_undelivered, signing_in
from donors.bouncing import Outcome
from donors.models import Bounce, Donor, LinkRequest, Message, SignInLink
from tests import facts
from tests.donors.post_office import PostOffice
from tests.donors.reports import CORPUS, HOSTILE, written
from tests.facts import NOW


@pytest.fixture
def message(db: None) -> Message:
    donor = facts.donor()
    return facts.message(donor=donor, status="sent", sent_at=NOW, attempts=1)


@pytest.mark.parametrize("name", CORPUS)
def test_reports_as_servers_write_them(message: Message, name: str) -> None:
    outcome, status = CORPUS[name].told
    taken = bouncing.take_mail(raw=written(CORPUS[name], message_id=message.pk), now=NOW)
    assert taken.outcome == outcome
    known = Bounce.objects.filter(message=message).first()
    assert (known.status if known else "") == status
    is_lost = outcome == Outcome.BOUNCED
    shut = Donor.objects.get(messages=message).email_failed_at
    assert (shut is not None) == (is_lost and CORPUS[name].shuts)
    message.refresh_from_db()
    assert message.error == (f"bounced {status}" if is_lost else "")
    assert message.status == "sent"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_report_never_raises_and_believes_nothing(message: Message, name: str) -> None:
    raw = HOSTILE[name](str(message.pk))
    taken = bouncing.take_mail(raw=raw, now=NOW)
    assert taken.outcome in {Outcome.NOT_A_REPORT, Outcome.UNKNOWN}
    assert not Bounce.objects.exists()


def test_broken_bytes_never_raise(message: Message) -> None:
    whole = written(CORPUS["standard"], message_id=message.pk)
    chance = random.Random(8098)
    for _ in range(150):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        reporting_undelivered.read(bytes(raw[: chance.randrange(len(raw))]))
    assert not Bounce.objects.exists()


def test_the_same_report_counts_once_and_a_delay_may_become_final(message: Message) -> None:
    delayed = written(CORPUS["delayed"], message_id=message.pk)
    assert bouncing.take_mail(raw=delayed, now=NOW).outcome == Outcome.DELAYED
    assert bouncing.take_mail(raw=delayed, now=NOW).outcome == Outcome.KNOWN
    final = delayed.replace(b"Action: delayed", b"Action: failed")
    assert bouncing.take_mail(raw=final, now=NOW).outcome == Outcome.BOUNCED
    assert bouncing.take_mail(raw=final, now=NOW).outcome == Outcome.KNOWN
    assert list(Bounce.objects.order_by("id").values_list("is_final", flat=True)) == [False, True]


def test_a_message_that_was_never_sent_cannot_have_come_back(db: None) -> None:
    waiting = facts.message()
    taken = bouncing.take_mail(raw=written(CORPUS["standard"], message_id=waiting.pk), now=NOW)
    assert taken.outcome == Outcome.UNKNOWN


def test_a_mailbox_changed_since_is_not_meant(message: Message) -> None:
    Donor.objects.filter(messages=message).update(email="new@example.org", email_key="new@example.org")
    bouncing.take_mail(raw=written(CORPUS["standard"], message_id=message.pk), now=NOW)
    assert Donor.objects.get(messages=message).email_failed_at is None


def test_everybody_with_the_mailbox_is_meant(message: Message) -> None:
    wife = facts.donor("Min Kim")
    bouncing.take_mail(raw=written(CORPUS["standard"], message_id=message.pk), now=NOW)
    assert Donor.objects.filter(email_failed_at=NOW).count() == 2
    assert bouncing.reopen(email_key=wife.email_key) == 2
    assert bouncing.reopen(email_key="") == 0


def test_a_refusal_while_sending_takes_the_same_way(db: None, settings: Any) -> None:
    server = PostOffice()
    server.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.controller.port
    donor = facts.donor()
    refused = facts.message(donor=donor)
    server.say = [("RCPT", "550 5.1.1 no such mailbox")]
    corresponding.send_due(now=NOW)
    server.controller.stop()
    refused.refresh_from_db()
    bounce = refused.bounces.get()
    assert (refused.status, bounce.is_final, bounce.status) == ("refused", True, "5.1.1")
    assert bounce.words == "550 5.1.1 no such mailbox"
    donor.refresh_from_db()
    assert donor.email_failed_at == NOW


def test_whoever_comes_by_a_mailed_link_can_be_written_to(db: None, mailoutbox: list[Any]) -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(email_failed_at=NOW)
    SignInLink.objects.create(
        token_hash=signing_in._hash("t"),
        browser_hash=signing_in._hash("hers"),
        email_key=donor.email_key,
        requested_at=NOW,
        expires_at=NOW + signing_in.LASTS,
    )
    assert signing_in.redeem(token="t", browser="hers", now=NOW)
    donor.refresh_from_db()
    assert donor.email_failed_at is None
    assert not LinkRequest.objects.exists()


def test_the_command_takes_a_mail_from_a_pipe(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = written(CORPUS["exim"], message_id=message.pk)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    said = io.StringIO()
    call_command("take_bounce", stdout=said)
    assert said.getvalue().strip() == "did not arrive"


def test_without_a_database_the_mail_server_tries_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(bouncing, "take_mail", away)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with pytest.raises(SystemExit) as ended:
        call_command("take_bounce")
    assert ended.value.code == 75
