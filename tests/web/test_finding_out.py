"""Nobody finds out who gives: not by the answers, not by their time, not by giving in another's name."""

from __future__ import annotations

import re
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donations.models import Checkout, Donation
from donors.models import Donor, LinkRequest, Message
from jobs import ringing
from ledger.money import Money
from staff.models import Role
from tests import making
from tests.donations.giving import paperwork, settle_all
from tests.sandbox.driving import Browser, Sandbox
from tests.web import filling, visiting

GRACE = "grace@example.org"
pytestmark = pytest.mark.django_db
MOMENT = 0.020
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The bells that were rung; the queue is no part of these tests."""
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(ringing, "ring", lambda *names, **_: rung.append(names))
    return rung


def told(answer: Any) -> tuple[object, ...]:
    return answer.status_code, dict(answer.headers), answer.content


def test_T06_a_link_is_promised_alike_to_everybody(today: datetime, bells: list[tuple[str, ...]]) -> None:
    known = making.donor(now=today)
    merged = making.donor(name="Former", email="former@example.org", merged_into=known, now=today)
    for minute in range(5):  # this address has asked too often
        LinkRequest.objects.create(
            email="often@example.org", email_key="often@example.org", address_block="",
            language="en", requested_at=today - timedelta(minutes=minute),
        )  # fmt: skip
    asking = [GRACE, "nobody@example.org", merged.email, "often@example.org"]
    times: dict[str, list[float]] = {email: [] for email in asking}
    answers = set()
    for number in range(50):
        for email in asking:
            began = time.process_time()
            answer = Client(REMOTE_ADDR=f"10.0.{number}.7").post(reverse("portal:sign_in"), {"email": email})
            times[email].append(time.process_time() - began)
            answers.add(repr(told(answer)))
    assert len(answers) == 1
    medians = [statistics.median(each) for each in times.values()]
    assert max(medians) - min(medians) < MOMENT
    # One bell for each, whoever asked: what is behind it a worker decides.
    assert bells == [("donors.answer_requests",)] * 200


def test_T07_guessed_addresses_of_gifts_answer_alike(
    today: datetime, processor: Sandbox, house: None
) -> None:
    giver = Client()
    begun = giver.post("/en/give/family/", filling.filled(giver))
    mine = Checkout.objects.get()
    assert begun.status_code == 303
    other = Client(REMOTE_ADDR="10.9.9.9")
    # To give with a known address looks as it does with one never seen.
    emails = (GRACE, "new@example.org")
    pages = [other.post(visiting.GIVE, filling.filled(other, email=email, other="1")) for email in emails]
    seen = {page.content.decode().replace(GRACE, "@").replace("new@example.org", "@") for page in pages}
    assert [page.status_code for page in pages] == [422, 422]
    assert len({_without_ids(html) for html in seen}) == 1
    guesses = [reverse("giving:thanks", args=[uuid.uuid4()]) for _ in range(2)]
    answers = [other.get(address) for address in guesses]
    assert {answer.status_code for answer in answers} == {404}
    again = other.get(f"/en/give/family/?again={uuid.uuid4()}")
    assert GRACE not in again.content.decode()
    assert str(mine.pk) not in again.content.decode()


def _without_ids(html: str) -> str:
    html = re.sub(r'name="token" value="[^"]*"', "", html)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|data-form=\"[^\"]*\"", "", html)


def test_T08_unknown_wrong_and_disabled_sign_ins_read_the_same(today: datetime) -> None:
    making.user(email="known@example.org", role=Role.VIEWER, now=today)
    disabled = making.user(email="gone@example.org", role=Role.VIEWER, now=today)
    disabled.is_active = False
    disabled.save(update_fields=["is_active"])
    answers = []
    for number, email in enumerate(("known@example.org", "gone@example.org", "nobody@example.org")):
        client = Client(REMOTE_ADDR=f"10.1.{number}.7")
        answer = client.post(reverse("account_login"), {"login": email, "password": "wrong and long enough"})
        answers.append((answer.status_code, _form_words(answer.content.decode(), email)))
    assert len(set(answers)) == 1, answers


def _form_words(html: str, email: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html.replace(email, "@"))


def views(resolver: URLResolver, path: str = "") -> Iterator[tuple[str, Any]]:
    for found in resolver.url_patterns:
        here = path + str(found.pattern)
        if isinstance(found, URLPattern):
            yield here, found.callback
        else:
            yield from views(found, here)


# Each way to become somebody. A new one must be written down here first, with what slows guessing there.
ENTRANCES = {
    "office/funds/<int:pk>/open/": "no way in: a building is opened, by somebody signed in",
    "accounts/login/": "allauth's limits for an address and for an account",
    "accounts/login/code/confirm/": "closed: codes by mail are not offered",
    "accounts/reauthenticate/": "signed in already; allauth's limit",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "a signed key from a mail, once",
    "accounts/2fa/authenticate/": "a second factor after the first; allauth's limit",
    "accounts/2fa/reauthenticate/": "signed in already; allauth's limit",
    "accounts/2fa/webauthn/reauthenticate/": "signed in already; a key in the hand",
    "accounts/2fa/webauthn/login/": "a key in the hand",
    "portal/open/<str:token>/": "a link of 256 random bits, once, fifteen minutes",
}
ENTERING = re.compile(r"login|authenticate|reset/key/\^|reset/key/\(|/open/")
MINTS = re.compile(r"[^_\w]login\(|cycle_key\(|force_login|request\.session\[_KEY\]")


def test_T09_every_way_in_is_known() -> None:
    paths = {path.removeprefix("en/") for path, _ in views(get_resolver())}
    assert {path for path in paths if ENTERING.search(path)} == set(ENTRANCES)
    rooms = ("web", "api", "staff", "donors", "donations", "payments", "config", "reports", "receipts")
    minting = {
        str(file.relative_to(ROOT))
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        if MINTS.search(file.read_text("utf-8"))
    }
    assert minting == {"web/portal/admitting.py"}


def test_T10_giving_in_anothers_name_shows_and_changes_nothing(
    today: datetime, processor: Sandbox, house: None
) -> None:
    victim = making.donor(name="Victim Kim", email=GRACE, now=today)
    Donor.objects.filter(pk=victim.pk).update(address="7 Secret Lane")
    making.donation(by=victim, amount=Money(77777, "USD"), at=today - timedelta(days=40))
    attacker = visiting.visitor(66)
    form = filling.filled(attacker, name="Mallory", email=GRACE, other="7")
    answer = attacker.post("/en/give/family/", form)
    Browser().pay(answer["Location"])
    now = datetime.now().astimezone()
    settle_all(processor, now=now)
    paperwork(now=now)
    gift = Donation.objects.get(amount_minor=700)
    pages = [
        attacker.get(reverse("giving:thanks", args=[gift.checkout_id])),
        attacker.get(reverse("portal:home")),
    ]
    seen = " ".join(page.content.decode() for page in pages)
    seen += " ".join(f"{m.subject} {m.text}" for m in Message.objects.filter(donor_id=gift.donor_id))
    for secret in ("Victim", "777.77", "Secret Lane"):
        assert secret not in seen, secret
    assert "sessionid" not in attacker.cookies
    assert "session" not in attacker.cookies
    victim.refresh_from_db()
    assert (victim.name, victim.address) == ("Victim Kim", "7 Secret Lane")
    assert gift.donor_id != victim.pk


def test_T12_nobody_claims_a_history_without_the_mailbox(today: datetime) -> None:
    making.donation(by=making.donor(now=today), amount=Money(77777, "USD"), at=today)
    attacker = Client()
    attacker.post(reverse("portal:sign_in"), {"email": GRACE})
    assert attacker.get(reverse("portal:home")).status_code == 302
    assert attacker.post(reverse("portal:open", args=["guess"])).status_code == 410
    assert attacker.get(reverse("portal:home")).status_code == 302
    assert "session" not in attacker.cookies or not attacker.session.keys()
    # Nor is there an account to register.
    assert attacker.get("/en/accounts/signup/").status_code in {200, 403, 404}
    answer = attacker.post("/en/accounts/signup/", {"email": GRACE, "password1": "a long enough password"})
    assert answer.status_code in {200, 403, 404}
    assert attacker.get(reverse("office:today")).status_code == 302


@pytest.mark.parametrize(
    "claim", ["session_id=cs_test_of_somebody", "redirect_status=succeeded", "paid=1&status=paid"]
)
def test_T36_what_is_typed_into_the_address_pays_nothing(processor: Sandbox, house: None, claim: str) -> None:
    giver = visiting.visitor(1)
    giver.post("/en/give/family/", filling.filled(giver))
    checkout = Checkout.objects.get()
    page = visiting.visitor(2).get(f"{reverse('giving:thanks', args=[checkout.pk])}?{claim}")
    checkout.refresh_from_db()
    assert page.status_code == 200
    assert checkout.status == Checkout.Status.OPEN
    assert not Donation.objects.exists()
    html = page.content.decode()
    assert GRACE not in html
    assert "Grace Kim" not in html


def test_T03_an_old_form_keeps_everything_and_its_next_press_is_taken(
    clock: Any, processor: Sandbox, house: None
) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client, other="77", note="Written slowly")
    clock.shift(31 * 60)
    answer = client.post(visiting.GIVE, form)
    assert answer.status_code == 422
    assert b"Everything you typed is still here" in answer.content
    assert visiting.sessions(processor) == 0
    kept = filling.fields(answer.content.decode()).values
    assert (kept["other"], kept["note"], kept["email"]) == ("77", "Written slowly", form["email"])
    assert client.post(visiting.GIVE, kept | {"hand": "1"}).status_code == 303


def test_T03_an_attempt_that_has_begun_goes_on_under_its_id(
    clock: Any, processor: Sandbox, house: None
) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client)
    first = client.post(visiting.GIVE, form)
    clock.shift(3600)
    assert client.post(visiting.GIVE, form)["Location"] == first["Location"]
    assert visiting.sessions(processor) == Checkout.objects.count() == 1
