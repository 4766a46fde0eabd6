"""Links into the portal: nothing tells who is known, and a link opens once, soon, the newest only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from donors import signing_in
from donors.models import LinkRequest, Message, SignInLink
from tests import facts, threads
from tests.facts import NOW


def ask(
    email: str = "grace@example.org", *, ip: str = "192.0.2.7", browser: str = BROWSER, now: datetime = NOW
) -> None:
    signing_in.request_link(email=email, language="en", ip=ip, browser=browser, now=now)


def token(number: int = -1) -> str:
    texts = list(
        Message.objects.filter(kind="sign_in").order_by("queued_at", "cause").values_list("text", flat=True)
    )
    found = re.search(r"/en/portal/open/([\w-]+)/", texts[number])
    assert found
    return found[1]


def linked(*, now: datetime = NOW) -> str:
    ask(now=now)
    assert signing_in.answer_requests(now=now) == 1
    return token()


def row(email: str) -> tuple[object, ...]:
    kept = LinkRequest.objects.get(email=email)
    return kept.address_block, kept.language, kept.requested_at, kept.answered_at


def test_a_known_and_an_unknown_address_leave_the_same_row(db: None) -> None:
    facts.donor()
    ask("grace@example.org")
    ask("nobody@example.org")
    assert row("grace@example.org") == row("nobody@example.org")
    assert signing_in.answer_requests(now=NOW) == 1
    assert row("grace@example.org") == row("nobody@example.org")
    assert Message.objects.get().to_email == "grace@example.org"
    assert signing_in.answer_requests(now=NOW) == 0


def test_the_mail_goes_to_the_address_on_file_and_carries_no_name(db: None) -> None:
    facts.donor(email="Grace@example.org")
    ask(" grace@EXAMPLE.org ")
    signing_in.answer_requests(now=NOW)
    message = Message.objects.get()
    assert message.to_email == "Grace@example.org"
    assert message.donor_id is None
    assert "Grace" not in message.text + message.subject


def test_five_an_hour_for_an_address(db: None) -> None:
    for minute in range(7):
        ask(now=NOW + timedelta(minutes=minute))
        ask("other@example.org", now=NOW + timedelta(minutes=minute))
    assert LinkRequest.objects.filter(email_key="grace@example.org").count() == 5
    ask(" GRACE@example.org", now=NOW + timedelta(minutes=30))
    assert LinkRequest.objects.filter(email_key="grace@example.org").count() == 5
    ask(now=NOW + timedelta(minutes=61))
    assert LinkRequest.objects.filter(email_key="grace@example.org").count() == 6


def test_fifty_an_hour_for_a_network(db: None) -> None:
    for number in range(60):
        ask(f"person{number}@example.org", ip=f"192.0.2.{number}")
    assert LinkRequest.objects.count() == 50
    ask("elsewhere@example.org", ip="198.51.100.1")
    assert LinkRequest.objects.count() == 51


@pytest.mark.parametrize(
    ("ip", "block"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("not an address", ""),
        ("192.0.2.7, 10.0.0.1", ""),
    ],
)
def test_address_block(ip: str, block: str) -> None:
    assert signing_in.address_block(ip) == block


def test_a_link_opens_once(db: None) -> None:
    facts.donor()
    opened = linked()
    assert signing_in.redeem(token=opened, now=NOW + timedelta(minutes=1)) == "grace@example.org"
    assert signing_in.redeem(token=opened, now=NOW + timedelta(minutes=1)) is None


def test_only_its_hash_is_kept(db: None) -> None:
    facts.donor()
    opened = linked()
    assert not SignInLink.objects.filter(token_hash=opened).exists()
    assert len(SignInLink.objects.get().token_hash) == 64
    assert opened not in str(SignInLink.objects.get())


def test_a_link_is_over_after_fifteen_minutes(db: None) -> None:
    facts.donor()
    opened = linked()
    assert signing_in.redeem(token=opened, now=NOW + timedelta(minutes=15)) is None
    assert signing_in.redeem(token=opened, now=NOW + timedelta(minutes=14, seconds=59)) is not None


def test_a_newer_link_replaces_an_older(db: None) -> None:
    facts.donor()
    older = linked()
    newer = linked(now=NOW + timedelta(minutes=1))
    assert older != newer
    assert signing_in.redeem(token=older, now=NOW + timedelta(minutes=2)) is None
    assert signing_in.redeem(token=newer, now=NOW + timedelta(minutes=2)) == "grace@example.org"


def test_of_two_links_made_at_the_same_moment_only_the_newer_opens(db: None) -> None:
    facts.donor()
    ask()
    ask()
    assert signing_in.answer_requests(now=NOW) == 2
    opened = [signing_in.redeem(token=token(number), now=NOW) for number in range(2)]
    assert opened == [None, "grace@example.org"]


@pytest.mark.parametrize("guess", ["", "x", "0" * 64, "'; DROP TABLE donors_signinlink; --", "é"])
def test_a_guess_opens_nothing(db: None, guess: str) -> None:
    facts.donor()
    linked()
    assert signing_in.redeem(token=guess, now=NOW) is None


def test_two_presses_at_once_open_once(committed_db: None) -> None:
    facts.donor()
    opened = linked()
    found = threads.results(threads.at_once([lambda: signing_in.redeem(token=opened, now=NOW)] * 4))
    assert sorted(found, key=str) == [None, None, None, "grace@example.org"]


def test_two_workers_answer_a_request_once(committed_db: None) -> None:
    facts.donor()
    ask()
    found = threads.results(threads.at_once([lambda: signing_in.answer_requests(now=NOW)] * 3))
    assert sum(found) == 1
    assert Message.objects.count() == 1
