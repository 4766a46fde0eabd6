"""A letter sent by SMTP is found again: as JSON for tests, as a page for people, attachments byte by byte."""

import http.client
import json
import smtplib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from launcher.letters import LetterRow, Letters
from launcher.stack import free_port, is_listening
from launcher.supervising import Child, Supervisor
from tests.launcher.conftest import ROOT

PDF = bytes(range(256)) * 3


@dataclass(frozen=True)
class Mailbox:
    smtp: int
    port: int

    def send(self, letter: EmailMessage, **options: object) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as post:
            post.send_message(letter, to_addrs=options.get("to"))  # type: ignore[arg-type]

    def ask(
        self, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def listed(self, to: str = "") -> list[LetterRow]:
        answer, body = self.ask(f"/api/messages?to={to}")
        assert answer.status == 200
        rows: list[LetterRow] = json.loads(body)
        return rows


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    smtp = free_port(exclude=set())
    box = Mailbox(smtp=smtp, port=free_port(exclude={smtp}))
    supervisor = Supervisor()
    options = ["--smtp-port", str(box.smtp), "--http-port", str(box.port), "--state", str(tmp_path / "mail")]
    supervisor.start(
        Child(
            "mailbox",
            [sys.executable, "-m", "launcher.mailbox", *options],
            log=tmp_path / "mailbox.log",
            environment={},
            folder=ROOT,
        )
    )
    try:
        supervisor.wait_until(
            lambda: is_listening(box.smtp) and is_listening(box.port), what="the mailbox", seconds=20
        )
        yield box
    finally:
        supervisor.stop()


def _letter(subject: str = "Your receipt / 기부금 영수증", to: str = "hana@example.org") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Harbour Mission <office@example.org>", to, subject
    letter.set_content("Sign in: http://localhost:8000/en/portal/in/abc?x=1.\n<b>고맙습니다</b>\n")
    letter.add_alternative(
        '<p style="color:red">Thank you <a href="http://localhost:8000/html">here</a></p>', subtype="html"
    )
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="영수증 2026.pdf")
    return letter


def test_a_letter_is_listed_with_its_links_and_attachments(mailbox: Mailbox) -> None:
    mailbox.send(_letter())

    (row,) = mailbox.listed("HANA@example.org")
    assert row["to"] == ["hana@example.org"]
    assert row["from"] == "Harbour Mission <office@example.org>"
    assert row["subject"] == "Your receipt / 기부금 영수증"
    assert "고맙습니다" in str(row["text"])
    assert row["links"] == ["http://localhost:8000/en/portal/in/abc?x=1", "http://localhost:8000/html"]
    (attached,) = row["attachments"]
    assert (attached["name"], attached["size"]) == ("영수증 2026.pdf", len(PDF))
    answer, body = mailbox.ask(attached["url"])
    assert body == PDF
    assert answer.getheader("Content-Disposition", "").startswith("attachment;")


def test_the_newest_letter_comes_first_and_others_letters_not_at_all(mailbox: Mailbox) -> None:
    for subject, to in (("first", "a@example.org"), ("other", "b@example.org"), ("second", "a@example.org")):
        mailbox.send(_letter(subject, to))

    assert [row["subject"] for row in mailbox.listed("a@example.org")] == ["second", "first"]
    assert len(mailbox.listed()) == 3


def test_a_hidden_recipient_finds_the_letter_by_the_envelope(mailbox: Mailbox) -> None:
    mailbox.send(_letter(), to="hidden@example.org")

    assert len(mailbox.listed("hidden@example.org")) == 1
    assert mailbox.listed("hana@example.org") == []


def test_a_letter_cannot_run_anything_in_the_page(mailbox: Mailbox) -> None:
    letter = _letter("<script>alert(1)</script>")
    mailbox.send(letter)
    key = mailbox.listed()[0]["id"]

    for path in ("/", f"/messages/{key}"):
        answer, body = mailbox.ask(path)
        assert b"<script" not in body
        assert "Demo mailbox" in body.decode()
        assert answer.getheader("Content-Security-Policy", "").startswith("default-src 'none'")
    answer, body = mailbox.ask(f"/messages/{key}/html")
    assert b'style="color:red"' in body
    policy = answer.getheader("Content-Security-Policy", "")
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_deleting_empties_the_mailbox(mailbox: Mailbox) -> None:
    mailbox.send(_letter())

    assert mailbox.ask("/api/messages", method="DELETE")[0].status == 204

    assert mailbox.listed() == []


def test_another_site_can_neither_read_nor_clear(mailbox: Mailbox) -> None:
    mailbox.send(_letter())

    assert mailbox.ask("/api/messages", headers={"Host": "evil.example.org"})[0].status == 421
    foreign = {"Origin": "http://evil.example.org"}
    assert mailbox.ask("/clear", method="POST", headers=foreign)[0].status == 404
    assert len(mailbox.listed()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/messages/1",
        "/messages/../mailbox.log",
        "/nowhere",
        "/api/messages/00000000000000000001/attachments/0",
    ],
)
def test_what_is_not_there_is_told_with_a_page(mailbox: Mailbox, path: str) -> None:
    assert mailbox.ask(path)[0].status == 404


def test_a_letter_without_parts_is_read_too(tmp_path: Path) -> None:
    letters = Letters(tmp_path / "mail")
    key = letters.keep(b"broken", recipients=["a@example.org"])

    letter = letters.read(key)

    assert letter is not None
    assert letter.recipients == ("a@example.org",)
    assert letter.subject == "(no subject)"
    assert letters.read("../" + key) is None
