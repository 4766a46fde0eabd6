"""`run.py demo --once`: the whole main job, unattended, against the running system, each step with its time.

A supporter gives, pays, gets a receipt and looks back; the office exports and gives the money back. All of it over
HTTP, as people do it, with nothing but the standard library.
"""

import csv
import http.client
import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote
from uuid import uuid4

from launcher.letters import LetterRow
from launcher.stack import Stack
from launcher.telling import Teller
from launcher.visiting import Page, StepFailed, Visitor

Found = TypeVar("Found")
PATIENCE = 60.0
"""Seconds the workers may take for what they do behind the pages."""
AMOUNT = "37.00"
RECEIPT = re.compile(r'<b class="num">([\w-]*\d{4}-\d{6})</b>')


@dataclass
class Walk:
    """What the steps share, and what the earlier ones found for the later."""

    stack: Stack
    giver: Visitor = field(default_factory=Visitor)
    office: Visitor = field(default_factory=Visitor)
    email: str = field(default_factory=lambda: f"walk-{uuid4().hex[:10]}@example.org")
    payment: Page | None = None
    thanks: str = ""
    receipt: str = ""
    paper: bytes = b""
    donation: str = ""

    def letter(self, words: str) -> LetterRow:
        """This function will return the giver's letter with these words in its subject, once it is there."""
        address = f"{self.stack.mailbox_url}/api/messages?to={quote(self.email)}"

        def arrived() -> LetterRow | None:
            letters: list[LetterRow] = json.loads(self.giver.get(address).content)
            return next((letter for letter in letters if words in letter["subject"]), None)

        return until(arrived, what=f"no letter came with “{words}” in its subject")


Step = tuple[str, Callable[[Walk], None]]


def run(*, stack: Stack, tell: Teller, steps: tuple[Step, ...] | None = None) -> int:
    """Walk all steps even when one fails, so that one run tells everything.

    This function will return 0 only if every step held.
    """
    walk, failed = Walk(stack), 0
    tell.heading("once: an unattended walk")
    for name, step in STEPS if steps is None else steps:
        try:
            with tell.step(name):
                step(walk)
        except (StepFailed, OSError, http.client.HTTPException) as found:
            tell.say(f"          {found}")
            failed += 1
    tell.say(f"\n{failed} of the steps failed" if failed else "\nAll steps held")
    return 1 if failed else 0


def until(look: Callable[[], Found | None], *, what: str) -> Found:
    """This function will return what `look` finds as soon as it is something; StepFailed says `what` is missing."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise StepFailed(f"{what} within {PATIENCE:.0f} seconds")
        time.sleep(0.2)


def expect(holds: object, what: str) -> None:
    """This function will raise StepFailed with `what` unless something holds."""
    if not holds:
        raise StepFailed(what)


def _both_languages(walk: Walk) -> None:
    for language in ("en", "ko"):
        page = walk.giver.get(f"{walk.stack.base_url}/{language}/")
        expect(f'lang="{language}"' in page.text, f"the {language} page does not carry its language")


def _a_gift_is_begun(walk: Walk) -> None:
    page = walk.giver.get(f"{walk.stack.base_url}/en/give/general/")
    form = page.form("token", "name", "email")
    walk.payment = walk.giver.send(page, form, name="김철수", email=walk.email, other=AMOUNT)
    expect(walk.payment.url.startswith(walk.stack.sandbox_url), f"led to {walk.payment.url}")
    expect(f"USD {AMOUNT}" in walk.payment.text, "the payment page does not show the amount")


def _it_is_paid(walk: Walk) -> None:
    if walk.payment is None:
        raise StepFailed("there is no payment page")
    form = walk.payment.form("card")
    page = walk.giver.send(walk.payment, form, card="4242424242424242")
    expect("/en/thanks/" in page.url, f"after paying we came to {page.url}")
    walk.thanks = page.url


def _thanks_name_the_receipt(walk: Walk) -> None:
    expect(walk.thanks, "there is no thank-you page")

    def numbered() -> re.Match[str] | None:
        text = walk.giver.get(walk.thanks).text
        return RECEIPT.search(text) if "Thank you." in text else None

    walk.receipt = until(numbered, what="the thank-you page names no receipt").group(1)


def _the_receipt_is_mailed(walk: Walk) -> None:
    expect(walk.receipt, "there is no receipt")
    letter = walk.letter(walk.receipt)
    (attached,) = letter["attachments"]
    expect(attached["name"] == f"receipt-{walk.receipt}.pdf", f"the file is called {attached['name']}")
    walk.paper = walk.giver.get(f"{walk.stack.mailbox_url}{attached['url']}").content
    expect(walk.paper.startswith(b"%PDF-"), "what is attached is no PDF")


def _the_giver_looks_back(walk: Walk) -> None:
    page = walk.giver.get(f"{walk.stack.base_url}/en/portal/")
    walk.giver.send(page, page.form("csrfmiddlewaretoken", "email"), email=walk.email)
    (link,) = walk.letter("sign-in link")["links"]
    Visitor().get(link)  # a mail scanner opens it; that must not use it up
    door = walk.giver.get(link)
    home = walk.giver.send(door, door.form("csrfmiddlewaretoken"))
    expect(home.url.endswith("/portal/home/"), f"the link led to {home.url}")
    found = re.search(r'href="(/en/portal/receipts/[^"]+)"', home.text)
    expect(found and walk.receipt in home.text, "the portal does not show the receipt")
    copy = walk.giver.get(walk.stack.base_url + (found.group(1) if found else ""))
    expect(copy.content == walk.paper, "the receipt of the portal is not the one that was mailed")
    Visitor().send(door, door.form("csrfmiddlewaretoken"), status=403)  # nobody without the page's cookie


def _the_office_opens(walk: Walk) -> None:
    sign_ins = (walk.stack.state.read("demo") or {}).get("sign_ins", [])
    known = next((one for one in sign_ins if one["role"] == "finance"), None)
    if known is None:
        raise StepFailed("the demo has no sign-in for finance")
    page = walk.office.get(f"{walk.stack.base_url}/en/office/")
    form = page.form("csrfmiddlewaretoken", "login", "password")
    desk = walk.office.send(page, form, login=known["email"], password=known["password"])
    expect(desk.url.endswith("/en/office/"), f"signing in led to {desk.url}")


def _finance_exports(walk: Walk) -> None:
    query = quote(walk.email)
    file = walk.office.get(f"{walk.stack.base_url}/en/office/donations/export/?q={query}")
    rows = list(csv.DictReader(io.StringIO(file.text, newline="")))
    expect(len(rows) == 1, f"the file has {len(rows)} rows of this giver")
    said = {name: rows[0][name] for name in ("donor_name", "gross", "currency", "receipt")}
    wanted = {"donor_name": "김철수", "gross": AMOUNT, "currency": "USD", "receipt": walk.receipt}
    expect(said == wanted, f"the file says {said}")
    walk.donation = f"{walk.stack.base_url}/en/office/donations/{rows[0]['donation_id']}/"
    journal = walk.office.get(f"{walk.stack.base_url}/en/office/journal/export/")
    expect(rows[0]["charge_id"] in journal.text, "the journal does not know the gift")


def _the_office_gives_back(walk: Walk) -> None:
    expect(walk.donation, "there is no donation")
    ask = walk.office.get(f"{walk.donation}refund/")
    check = walk.office.send(ask, ask.form("amount", "reason"), amount=AMOUNT, reason="An unattended walk")
    expect(f"Receipt {walk.receipt} becomes void" in check.text, "the receipt would not become void")
    done = walk.office.send(check, check.form("request_id", "amount"))
    expect(done.url == walk.donation, f"the refund led to {done.url}")


def _the_giver_is_told(walk: Walk) -> None:
    expect(walk.receipt, "there is no receipt")
    letter = walk.letter(f"Receipt {walk.receipt} is no longer valid")
    expect(f"${AMOUNT}" in letter["text"], "the letter does not say what was given back")
    page = walk.giver.get(walk.thanks)
    expect("This gift was given back" in page.text, "the thank-you page does not say what became of the gift")


def _every_law_holds(walk: Walk) -> None:
    broken: list[str] = []

    def hold() -> bool:
        done = walk.stack.manage("selfcheck", "--json", "--processor")
        expect(done.stdout, f"selfcheck ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        told = json.loads(done.stdout)
        broken[:] = [f"{law['code']} {row}" for law in told["laws"] for row in law["rows"]]
        return bool(told["holds"]) and done.returncode == 0

    try:
        until(hold, what="a law is broken")
    except StepFailed as failed:
        raise StepFailed(f"{failed}: {'; '.join(broken)}") from failed


def _nothing_died(walk: Walk) -> None:
    again = walk.stack.check()
    expect(not again, f"{', '.join(again)} had ended and was started again")


STEPS: tuple[Step, ...] = (
    ("giving pages in English and Korean", _both_languages),
    ("a supporter fills in the giving form", _a_gift_is_begun),
    ("and pays on the payment company's page", _it_is_paid),
    ("the thank-you page shows the receipt's number", _thanks_name_the_receipt),
    ("the receipt is in the mailbox as PDF", _the_receipt_is_mailed),
    ("the supporter signs in by link and finds the same file", _the_giver_looks_back),
    ("finance signs in to the office", _the_office_opens),
    ("and exports the gift and the journal", _finance_exports),
    ("and gives the money back", _the_office_gives_back),
    ("the supporter is told that the receipt is void", _the_giver_is_told),
    ("every law of the books holds, also by the processor's record", _every_law_holds),
    ("every part still runs", _nothing_died),
)
