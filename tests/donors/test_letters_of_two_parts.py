"""T57 and RFC 8058: what a mail is made of, what its headers say, and where its links lead."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from donors import lettering, unsubscribing, withholding
from donors.models import Consent, Message
from tests import facts
from tests.facts import NOW

LISTED = Message.Kind.YEARLY_SUMMARY


@pytest.fixture(autouse=True)
def house(settings: Any) -> None:
    settings.BASE_URL = "https://give.example.org"
    settings.EMAIL_FROM = settings.BOUNCE_ADDRESS = ""


def written(message: Message) -> EmailMessage:
    read: EmailMessage = message_from_bytes(
        lettering.letter(message, now=NOW).message().as_bytes(), policy=policy.default
    )
    return read


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data + " "

    def links(self) -> list[str]:
        return [str(attributes["href"]) for tag, attributes in self.tags if tag == "a"]


TEXT = (
    "Dear <Grace> & co,\n\nOpen my summary:\nhttps://give.example.org/en/yearly/token/\n\n"
    "See https://evil.example.com/now\n\nAll your gifts and receipts: https://give.example.org/en/portal/\n\n"
    "Harbour Mission Inc.\nEIN 00-0000000"
)


def test_t57_both_parts_say_the_same_and_nothing_is_fetched(db: None) -> None:
    letter = written(facts.message(text=TEXT, language="ko", subject="감사합니다"))
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = part(letter, "plain"), Tags(part(letter, "html"))
    assert plain.strip() == TEXT
    assert "Dear <Grace> & co," in html.words
    assert [
        tag for tag, _ in html.tags if tag in {"img", "script", "link", "style", "iframe", "object"}
    ] == []
    assert not any(name in {"src", "background", "srcset"} for _, had in html.tags for name in had)
    assert "url(" not in part(letter, "html")
    assert ("html", "ko") in [(tag, had.get("lang")) for tag, had in html.tags]
    # Only our own house is linked: the stranger's address stays text.
    assert html.links() == [
        "https://give.example.org/en/yearly/token/",
        "https://give.example.org/en/portal/",
    ]
    assert "https://evil.example.com/now" in html.words
    assert "Open my summary" in html.words
    assert letter["Content-Language"] == "ko"


def test_an_address_dressed_as_ours_is_no_link() -> None:
    for address in (
        "https://give.example.org.evil.com/x",
        "https://give.example.org@evil.com/",
        "http://give.example.org/",
        "https://[bad",
        "javascript:alert(1)",
    ):
        assert [one.button for one in lettering.paragraphs(f"Press here:\n{address}")] == [None], address


def test_long_words_stay_above_a_button_with_a_short_one(db: None) -> None:
    long = "You can change, pause or stop your regular gift at any time, here"
    [shown] = lettering.paragraphs(f"{long}:\nhttps://give.example.org/x")
    assert (shown.lines, shown.button and shown.button.label) == ([f"{long}:"], "Open the page")
    first, second = lettering.paragraphs(
        "A:\nhttps://give.example.org/a\n\n\n\nB: https://give.example.org/b"
    )
    assert first.button
    assert second.button
    assert (first.button.is_first, second.button.is_first) == (True, False)
    [alone] = lettering.paragraphs("https://give.example.org/a")
    assert (alone.lines, alone.button and alone.button.label) == ([], "Open the page")


def test_headers_of_a_receipt(db: None, settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@give.example.org"
    message = facts.message(donor=facts.donor())
    mail = lettering.letter(message, now=NOW)
    letter = written(message)
    assert mail.from_email == "bounces@give.example.org"
    assert letter["From"] == "Harbour Mission <give@example.org>"
    assert letter["Date"] == "Fri, 20 Nov 2026 15:00:00 +0000"
    assert letter["Message-ID"] == f"<{message.pk}@give.example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None
    assert "No more mail" not in part(letter, "plain")


def test_every_kind_of_mail_has_its_place_in_the_table() -> None:
    assert set(withholding.SORTS) == set(Message.Kind)
    lists = {kind for kind, sort in withholding.SORTS.items() if sort == withholding.Sort.LIST}
    assert lists == set(withholding.LISTS)


def test_p17_a_list_mail_is_left_with_one_press_without_cookies(db: None) -> None:
    donor = facts.donor()
    message = facts.message(kind=LISTED, donor=donor)
    letter = written(message)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https://give\.example\.org(/u/\S+)>", str(letter["List-Unsubscribe"]).strip())
    assert found
    assert found[1] in part(letter, "plain")
    browser = Client(enforce_csrf_checks=True)
    for _ in range(3):  # scanners open links
        assert "No more of it" in browser.get(found[1]).content.decode()
    assert not Consent.objects.exists()
    pressed = browser.post(found[1], {"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200
    assert not pressed.cookies
    assert pressed.headers["Cache-Control"] == "no-store, private"
    browser.post(found[1], {"List-Unsubscribe": "One-Click"})
    answer = Consent.objects.get()
    assert (answer.donor_id, answer.kind, answer.is_given) == (donor.pk, "yearly_report", False)
    assert "You will get no more of it" in browser.get(found[1]).content.decode()
    asked = [withholding.Meant(kind, donor.pk, donor.email) for kind in (LISTED, Message.Kind.RECEIPT)]
    assert withholding.reasons(asked) == ["unsubscribed", ""]


def test_a_forged_unsubscribe_address_opens_nothing(db: None) -> None:
    donor = facts.donor()
    good = unsubscribing.token(donor_id=donor.pk, kind=Consent.Kind.LETTER)
    browser = Client()
    for bad in (f"{good}x", f"p{good[1:]}", "x", "l.x", good.rpartition(".")[0]):
        assert browser.post(f"/u/{bad}").status_code == 404, bad
    assert (
        unsubscribing.read(unsubscribing.token(donor_id=facts.fresh_id(), kind=Consent.Kind.LETTER)) is None
    )
    assert not Consent.objects.exists()


def test_a_merged_donor_leaves_as_who_they_are_now(db: None) -> None:
    old, new = facts.donor(), facts.donor("Grace Park", "park@example.org")
    type(old).objects.filter(pk=old.pk).update(merged_into=new)
    link = unsubscribing.read(unsubscribing.token(donor_id=old.pk, kind=Consent.Kind.YEARLY_REPORT))
    assert link is not None
    assert unsubscribing.leave(link=link, wording="No", now=NOW)
    assert not unsubscribing.leave(link=link, wording="No", now=NOW)
    asked = [withholding.Meant(LISTED, pk, "x@example.org") for pk in (old.pk, new.pk)]
    assert withholding.reasons(asked) == ["unsubscribed", "unsubscribed"]
