"""Sessions of the portal: named in plain words, idle for thirty minutes at most, ended by one press."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from donors import staying
from donors.models import PortalSession
from tests.facts import NOW

GRACE = "grace@example.org"
MINUTE = timedelta(minutes=1)
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} Safari/537.36", "Chrome on Mac"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 Edg/140.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; SM-S928N) {CHROME} SamsungBrowser/27.0 Mobile",
            "Samsung Internet on Android",
        ),
        (f"Mozilla/5.0 (Linux; Android 15) {CHROME} Mobile Safari/537.36;KAKAOTALK 2510", "KakaoTalk on Android"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("curl/8.0", ""),
        ("", ""),
        ("x" * 5000 + "Firefox", ""),
    ],
)  # fmt: skip
def test_a_device_is_told_in_plain_words(agent: str, words: str) -> None:
    assert staying.device(agent) == words


def begin(email: str = GRACE) -> uuid.UUID:
    return staying.begin(email_key=email, agent="Firefox/140 (Windows)", now=NOW)


def test_a_session_stands_for_thirty_minutes_after_its_last_use(db: None) -> None:
    session = begin()
    for minutes, stands in [(29, True), (59, True), (90, False), (91, False)]:
        assert staying.see(session_id=session, email_key=GRACE, now=NOW + minutes * MINUTE) is stands


def test_looking_whether_it_stands_does_not_prolong_it(db: None) -> None:
    session = begin()
    assert staying.standing(session_id=session, email_key=GRACE, now=NOW + 20 * MINUTE)
    assert not staying.standing(session_id=session, email_key=GRACE, now=NOW + 31 * MINUTE)


def test_a_session_belongs_to_one_address(db: None) -> None:
    session = begin()
    assert not staying.see(session_id=session, email_key="eve@example.org", now=NOW)
    assert not staying.end(session_id=session, email_key="eve@example.org", now=NOW)
    assert staying.see(session_id=session, email_key=GRACE, now=NOW)


def test_ending_one_and_ending_all(db: None) -> None:
    first, second, others = begin(), begin(), begin("ben@example.org")
    assert len(staying.listed(email_key=GRACE, now=NOW)) == 2
    assert staying.end(session_id=first, email_key=GRACE, now=NOW)
    assert not staying.end(session_id=first, email_key=GRACE, now=NOW), "it was ended already"
    assert [one.pk for one in staying.listed(email_key=GRACE, now=NOW)] == [second]
    assert staying.end_all(email_keys=[GRACE], now=NOW) == 1
    assert not staying.see(session_id=second, email_key=GRACE, now=NOW)
    assert staying.see(session_id=others, email_key="ben@example.org", now=NOW)


def test_idle_sessions_are_not_listed_and_are_removed_after_a_month(db: None) -> None:
    begin()
    assert staying.listed(email_key=GRACE, now=NOW + 31 * MINUTE) == []
    assert staying.forget(now=NOW + timedelta(days=29)) == 0
    assert staying.forget(now=NOW + timedelta(days=31)) == 1
    assert not PortalSession.objects.exists()
