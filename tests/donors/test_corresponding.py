"""The outbox against a real mail server: sent once, tried again, refused, and never a stranger's header."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from donors import corresponding
from donors.models import Attachment, Message
from paper import storing
from tests import facts, threads
from tests.campaigns import making
from tests.donors.post_office import PostOffice
from tests.facts import NOW

LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    server = PostOffice()
    server.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.controller.port
    settings.EMAIL_FROM = ""
    settings.BASE_URL = "https://give.example.org"
    yield server
    server.controller.stop()


def queue(**given: Any) -> Message:
    values: dict[str, Any] = {
        "kind": Message.Kind.RECEIPT,
        "cause": f"receipt:{facts.number()}",
        "to_email": "grace@example.org",
        "sender": "Harbour Mission <give@example.org>",
        "language": "ko",
        "subject": "감사합니다",
        "text": "Thank you, 은혜.",
        "donor_id": None,
        "now": NOW,
        **given,
    }
    pk = corresponding.queue(**values)
    assert pk is not None
    return Message.objects.get(pk=pk)


def test_a_letter_arrives_whole(db: None, office: PostOffice) -> None:
    sha256 = storing.store(content=b"%PDF-1.7 receipt", media_type="application/pdf", now=NOW)
    message = queue(attachments=[("receipt-2026-000001.pdf", sha256)])
    assert corresponding.send_due(now=NOW) == 1
    message.refresh_from_db()
    assert (message.status, message.sent_at, message.attempts, message.error) == ("sent", NOW, 1, "")
    letter = office.taken[0]
    assert letter["Subject"] == "감사합니다"
    assert letter["From"] == "Harbour Mission <give@example.org>"
    assert letter["To"] == "grace@example.org"
    assert letter["Message-ID"] == f"<{message.pk}@give.example.org>"
    assert letter["Content-Language"] == "ko"
    body = letter.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Thank you, 은혜."
    attached = list(letter.iter_attachments())
    assert [part.get_filename() for part in attached] == ["receipt-2026-000001.pdf"]
    assert attached[0].get_content() == b"%PDF-1.7 receipt"
    assert str(Attachment.objects.get()) == "receipt-2026-000001.pdf"
    assert corresponding.send_due(now=LATER) == 0


def test_the_installations_own_sender_wins(db: None, office: PostOffice, settings: Any) -> None:
    settings.EMAIL_FROM = "noreply@example.org"
    queue()
    corresponding.send_due(now=NOW)
    assert office.taken[0]["From"] == "noreply@example.org"


def test_a_passing_refusal_is_tried_again_later(db: None, office: PostOffice) -> None:
    message = queue()
    office.say = [("RCPT", "421 try later")]
    assert corresponding.send_due(now=NOW) == 0
    message.refresh_from_db()
    assert message.status == "queued"
    assert message.send_after == NOW + timedelta(minutes=1)
    assert corresponding.send_due(now=NOW) == 0
    assert corresponding.send_due(now=message.send_after) == 1
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("sent", 2)
    assert len(office.taken) == 1


def test_a_recipient_refused_for_good_is_left_to_a_person(db: None, office: PostOffice) -> None:
    message = queue()
    office.say = [("RCPT", "550 no such mailbox")]
    corresponding.send_due(now=NOW)
    message.refresh_from_db()
    assert (message.status, message.error, message.sent_at) == ("refused", "recipient refused", None)
    assert corresponding.send_due(now=NOW + timedelta(days=9)) == 0
    assert office.taken == []


def test_a_connection_lost_after_the_letter_sends_the_same_letter_again(db: None, office: PostOffice) -> None:
    message = queue()
    office.say = [("DATA", "drop")]
    corresponding.send_due(now=NOW)
    message.refresh_from_db()
    assert message.status == "queued"
    assert message.error == "SMTPServerDisconnected"
    corresponding.send_due(now=LATER)
    message.refresh_from_db()
    assert message.status == "sent"
    assert len({letter["Message-ID"] for letter in office.taken}) == 1
    assert len(office.taken) == 2


def test_one_refused_letter_does_not_stop_the_next(db: None, office: PostOffice) -> None:
    first, second = queue(), queue(now=NOW + timedelta(seconds=1))
    office.say = [("DATA", "554 not like this")]
    assert corresponding.send_due(now=LATER) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("queued", "sent")


def test_a_letter_is_given_up_after_eight_tries(db: None, office: PostOffice) -> None:
    message = queue()
    at, tries = NOW, 0
    while message.status == "queued":
        office.say = [("DATA", "451 later")]
        corresponding.send_due(now=at)
        message.refresh_from_db()
        at, tries = max(at, message.send_after), tries + 1
    assert (tries, message.status, message.error) == (8, "refused", "SMTPDataError")


def test_no_mail_server_is_no_loss(db: None, settings: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed.getsockname()[1]
        message = queue()
        assert corresponding.send_due(now=NOW) == 0
    message.refresh_from_db()
    assert (message.status, message.error) == ("queued", "ConnectionRefusedError")


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: thief@example.org", "a\nBcc: thief@example.org", "a\r\n\r\n<html>"]
)
def test_a_subject_cannot_bring_a_header(db: None, office: PostOffice, subject: str) -> None:
    queue(subject=subject, sender='"Mission\r\nBcc: thief" <give@example.org>')
    corresponding.send_due(now=NOW)
    letter = office.taken[0]
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]
    assert office.recipients == [["grace@example.org"]]


def test_an_address_of_two_lines_is_refused_and_stops_nobody(db: None, office: PostOffice) -> None:
    bad = queue(to_email="grace@example.org\nBcc: thief@example.org")
    good = queue(now=NOW + timedelta(seconds=1))
    assert corresponding.send_due(now=LATER) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, good.status) == ("refused", "sent")
    assert office.recipients == [["grace@example.org"]]


def test_a_damaged_file_is_never_sent_and_stops_nobody(db: None, office: PostOffice, unguarded: None) -> None:
    from paper.models import Document

    sha256 = storing.store(content=b"%PDF-", media_type="application/pdf", now=NOW)
    bad = queue(attachments=[("a.pdf", sha256)])
    Document.objects.update(content=b"%PDX-")
    queue(now=NOW + timedelta(seconds=1))
    assert corresponding.send_due(now=LATER) == 1
    bad.refresh_from_db()
    assert (bad.status, bad.error) == ("refused", "DocumentDamaged")


def test_the_text_of_a_sign_in_link_is_gone_once_sent(db: None, office: PostOffice) -> None:
    message = queue(kind=Message.Kind.SIGN_IN, text="https://give.example.org/en/portal/open/secret/")
    other = queue()
    corresponding.send_due(now=NOW)
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.status, message.text) == ("sent", "")
    assert other.text


def test_one_cause_sends_one_mail(db: None) -> None:
    queue(cause="receipt:1")
    values: dict[str, Any] = {
        "to_email": "x@example.org",
        "sender": "s",
        "language": "en",
        "subject": "s",
        "text": "t",
    }
    again = corresponding.queue(
        kind=Message.Kind.RECEIPT, cause="receipt:1", donor_id=None, now=NOW, **values
    )
    assert again is None
    nowhere = corresponding.queue(
        kind=Message.Kind.RECEIPT, cause="receipt:2", donor_id=None, now=NOW, **{**values, "to_email": ""}
    )
    assert nowhere is None
    assert Message.objects.count() == 1


def test_a_worker_that_died_while_sending_is_replaced(db: None, office: PostOffice) -> None:
    message = queue()
    Message.objects.filter(pk=message.pk).update(status="sending", attempts=1)
    assert corresponding.send_due(now=NOW + timedelta(minutes=9)) == 0
    assert corresponding.send_due(now=NOW + timedelta(minutes=11)) == 1


def test_two_workers_send_a_letter_once(committed_db: None, office: PostOffice) -> None:
    for _ in range(4):
        queue()
    sent = threads.results(threads.at_once([lambda: corresponding.send_due(now=NOW)] * 3))
    assert sum(sent) == 4
    assert len({letter["Message-ID"] for letter in office.taken}) == 4
    assert len(office.taken) == 4


def test_the_sender_is_the_entity_in_neutral_words(db: None) -> None:
    assert corresponding.sender() == ""
    entity = making.entity()
    assert corresponding.sender() == '"Harbour Mission Inc." <give@example.org>'
    assert corresponding.sender(entity) == corresponding.sender()


def test_a_rush_of_letters_leaves_at_its_rate_and_sign_in_links_go_first(
    db: None, office: PostOffice, settings: Any
) -> None:
    settings.MAIL_PER_MINUTE = 3
    for _ in range(5):
        queue()
    link = queue(kind=Message.Kind.SIGN_IN, now=NOW)
    assert corresponding.send_due(now=NOW) == 3
    link.refresh_from_db()
    assert link.status == "sent"
    assert corresponding.send_due(now=NOW + timedelta(seconds=59)) == 0
    assert corresponding.send_due(now=NOW + timedelta(seconds=60)) == 3


def test_letters_under_way_count_as_sent(db: None, office: PostOffice, settings: Any) -> None:
    settings.MAIL_PER_MINUTE = 2
    first = queue()
    Message.objects.filter(pk=first.pk).update(status=Message.Status.SENDING, send_after=NOW)
    queue()
    queue()
    assert corresponding.send_due(now=NOW + timedelta(seconds=30)) == 1
