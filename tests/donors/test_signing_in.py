"""Links into the portal: nothing tells who is known, and a link opens once, soon, the newest only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from donors import signing_in
from donors.models import LinkRequest, Message, SignInLink
from donors.signing_in import Refusal
from tests import facts, threads
from tests.facts import NOW

SPENT, WRONG = Refusal.SPENT, Refusal.WRONG_CODE
BROWSER = "the browser that asked"


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


def code(number: int = -1) -> str:
    texts = list(
        Message.objects.filter(kind="sign_in").order_by("queued_at", "cause").values_list("text", flat=True)
    )
    [found] = re.findall(r"^\d{6}$", texts[number], re.MULTILINE)
    return str(found)


def other(than: str) -> str:
    return f"{(int(than) + 1) % 1_000_000:06}"


def redeem(*, token: str, now: datetime) -> str | Refusal:
    return signing_in.redeem(token=token, browser=BROWSER, now=now)


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
    assert redeem(token=opened, now=NOW + timedelta(minutes=1)) == "grace@example.org"
    assert redeem(token=opened, now=NOW + timedelta(minutes=1)) is SPENT


def test_only_its_hash_is_kept(db: None) -> None:
    facts.donor()
    opened = linked()
    assert not SignInLink.objects.filter(token_hash=opened).exists()
    assert len(SignInLink.objects.get().token_hash) == 64
    assert opened not in str(SignInLink.objects.get())


def test_a_link_is_over_after_ten_minutes(db: None) -> None:
    facts.donor()
    opened = linked()
    assert redeem(token=opened, now=NOW + timedelta(minutes=10)) is SPENT
    assert redeem(token=opened, now=NOW + timedelta(minutes=9, seconds=59)) == "grace@example.org"


def test_a_newer_link_replaces_an_older(db: None) -> None:
    facts.donor()
    older = linked()
    newer = linked(now=NOW + timedelta(minutes=1))
    assert older != newer
    assert redeem(token=older, now=NOW + timedelta(minutes=2)) is SPENT
    assert redeem(token=newer, now=NOW + timedelta(minutes=2)) == "grace@example.org"


def test_of_two_links_made_at_the_same_moment_only_the_newer_opens(db: None) -> None:
    facts.donor()
    ask()
    ask()
    assert signing_in.answer_requests(now=NOW) == 2
    opened = [redeem(token=token(number), now=NOW) for number in range(2)]
    assert opened == [SPENT, "grace@example.org"]


@pytest.mark.parametrize("guess", ["", "x", "0" * 64, "'; DROP TABLE donors_signinlink; --", "é"])
def test_a_guess_opens_nothing(db: None, guess: str) -> None:
    facts.donor()
    linked()
    assert redeem(token=guess, now=NOW) is SPENT


def test_two_presses_at_once_open_once(committed_db: None) -> None:
    facts.donor()
    opened = linked()
    found = threads.results(threads.at_once([lambda: redeem(token=opened, now=NOW)] * 4))
    assert sorted(found, key=str) == ["grace@example.org", SPENT, SPENT, SPENT]


def test_two_workers_answer_a_request_once(committed_db: None) -> None:
    facts.donor()
    ask()
    found = threads.results(threads.at_once([lambda: signing_in.answer_requests(now=NOW)] * 3))
    assert sum(found) == 1
    assert Message.objects.count() == 1


# Six digits


def test_another_browser_needs_the_digits_of_the_same_mail(db: None) -> None:
    facts.donor()
    opened = linked()
    assert signing_in.is_at_home(token=opened, browser=BROWSER)
    for elsewhere in ("", "another browser"):
        assert not signing_in.is_at_home(token=opened, browser=elsewhere)
        assert signing_in.redeem(token=opened, browser=elsewhere, now=NOW) is WRONG
    assert SignInLink.objects.get().wrong_codes == 0, "an empty field is no try"
    digits = code()
    assert (
        signing_in.redeem(token=opened, code=f" {digits[:3]} {digits[3:]} ", now=NOW) == "grace@example.org"
    )
    assert signing_in.redeem(token=opened, browser=BROWSER, now=NOW) is SPENT


def test_the_digits_alone_open_in_the_browser_that_asked(db: None) -> None:
    facts.donor()
    linked()
    assert signing_in.redeem_code(browser="another browser", code=code(), now=NOW) is SPENT
    assert signing_in.redeem_code(browser="", code=code(), now=NOW) is SPENT
    assert signing_in.redeem_code(browser=BROWSER, code=code(), now=NOW) == "grace@example.org"
    assert signing_in.redeem_code(browser=BROWSER, code=code(), now=NOW) is SPENT


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "abc def"])
def test_what_is_no_six_digits_is_wrong_and_no_try(db: None, typed: str) -> None:
    facts.donor()
    linked()
    assert signing_in.redeem_code(browser=BROWSER, code=typed, now=NOW) is WRONG
    assert SignInLink.objects.get().wrong_codes == 0


def test_five_tries_use_a_link_up_even_for_the_right_digits(db: None) -> None:
    facts.donor()
    opened = linked()
    wrong = other(code())
    answers = [signing_in.redeem_code(browser=BROWSER, code=wrong, now=NOW) for _ in range(6)]
    assert answers == [WRONG, WRONG, WRONG, WRONG, SPENT, SPENT]
    assert signing_in.redeem_code(browser=BROWSER, code=code(), now=NOW) is SPENT
    assert redeem(token=opened, now=NOW) is SPENT


def test_guesses_about_an_unknown_address_are_answered_and_counted_alike(db: None) -> None:
    facts.donor()
    ask("grace@example.org", browser="one")
    ask("nobody@example.org", browser="two")
    early = [signing_in.redeem_code(browser=name, code="123456", now=NOW) for name in ("one", "two")]
    assert early == [WRONG, WRONG], "no mail has been sent yet, to anybody"
    signing_in.answer_requests(now=NOW)
    wrong = other(code())
    told = {
        name: [signing_in.redeem_code(browser=name, code=wrong, now=NOW) for _ in range(6)]
        for name in ("one", "two")
    }
    assert told["one"] == told["two"]
    assert SignInLink.objects.get(email_key="nobody@example.org").code_hash == ""


def test_a_hundred_guesses_at_once_are_a_hundred_tries(committed_db: None) -> None:
    facts.donor()
    linked()
    wrong = other(code())
    found = threads.results(
        threads.at_once([lambda: signing_in.redeem_code(browser=BROWSER, code=wrong, now=NOW)] * 8)
    )
    assert set(found) <= {WRONG, SPENT}
    assert SignInLink.objects.get().wrong_codes == signing_in.MOST_WRONG_CODES
    assert signing_in.redeem_code(browser=BROWSER, code=code(), now=NOW) is SPENT


def test_the_digits_cannot_be_found_from_the_table_alone(db: None) -> None:
    facts.donor()
    linked()
    kept = SignInLink.objects.get()
    assert code() not in f"{kept.code_hash}{kept.token_hash}{kept.browser_hash}"
    assert len(kept.code_hash) == 64


def test_links_to_an_address_end_when_it_is_left(db: None) -> None:
    facts.donor()
    opened = linked()
    signing_in.expire(email_keys=["grace@example.org"], now=NOW)
    assert redeem(token=opened, now=NOW) is SPENT


def test_marks_of_browsers_are_long_and_new() -> None:
    assert len({signing_in.fresh_browser() for _ in range(50)}) == 50
    assert len(signing_in.fresh_browser()) >= 40
