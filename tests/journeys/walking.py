"""The people of the journeys: what a giver and somebody in the office do, step by step, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

from launcher.letters import LetterRow
from tests.journeys.outside import Mailbox
from tests.journeys.waiting import until

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
CONFIRMED_CARD = "4000 0027 6000 3184"
GOOD_ACCOUNT = "000123456789"
THANKS = {"en": "Thank you.", "ko": "감사합니다."}

__all__ = ["Finance", "Giver", "Watch", "until"]


@dataclass
class Watch:
    """Notes what no journey may do: speak to a stranger, break our content policy, throw in a script."""

    own: str
    known: set[str]
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if request.is_navigation_request():
            if origin not in self.known:
                self.complaints.append(f"went to {request.url}")
        elif parts.scheme in ("http", "https") and not request.frame.url.startswith(origin):
            self.complaints.append(f"{request.frame.url} asked {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A form answered with an error status is no complaint; the browser notes it all the same. 502 is the form's
        # answer to a gift that the payment company would refuse.
        if message.type == "error" and not re.search(r"responded with a status of (4|502)", message.text):
            self.complaints.append(f"console: {message.text}")


@dataclass
class Giver:
    """Somebody who gives, on the page they hold."""

    page: Page
    mailbox: Mailbox
    language: str = "en"

    def opens(self, slug: str = "general", *, query: str = "") -> None:
        self.page.goto(f"/{self.language}/give/{slug}/{query}")

    def fills(
        self, *, name: str, email: str, amount: str = "", monthly: bool = False, note: str = ""
    ) -> None:
        if monthly:
            self.page.locator("#freq-monthly").check()
        if amount:
            self.page.locator("#other").fill(amount)
        self.page.locator("#name").fill(name)
        self.page.locator("#email").fill(email)
        if note:
            self.page.locator("#noting > summary").click()
            self.page.locator("#note").fill(note)

    def presses_continue(self) -> None:
        self.page.locator("#go").click()

    def is_on_payment_page(self) -> None:
        """This function will wait until the payment company's page is shown."""
        expect(self.page.locator("input[name=card]")).to_be_visible()

    def pays(self, *, card: str = GOOD_CARD, account: str = "") -> None:
        self.is_on_payment_page()
        if account:
            self.page.locator("input[name=method][value=us_bank_account]").check()
            self.page.locator("input[name=account]").fill(account)
        else:
            self.page.locator("input[name=card]").fill(card)
        self.page.locator("button.main").click()

    def is_thanked(self) -> str:
        """This function will return the receipt number the thank-you page shows, once it is there."""
        expect(self.heading).to_have_text(THANKS[self.language])
        number = self.page.locator("#outcome > p:not(.lead) > b.num")
        expect(number).to_be_visible()
        return number.inner_text()

    def gives(self, *, name: str, email: str, amount: str = "", slug: str = "general") -> str:
        """The whole way, by card. This function will return the receipt's number."""
        self.opens(slug)
        self.fills(name=name, email=email, amount=amount)
        self.presses_continue()
        self.pays()
        return self.is_thanked()

    def gets_receipt(self, *, email: str, number: str) -> LetterRow:
        return self.mailbox.wait(to=email, subject=number)

    def signs_in(self, *, email: str, on_the_way: Callable[[], None] | None = None) -> str:
        """By a mailed link and a second press; `on_the_way` looks at the page between the two.

        This function will return the address of the used link.
        """
        before = {row["id"] for row in self.mailbox.letters(to=email)}
        self.page.goto(f"/{self.language}/portal/")
        self.page.locator("#id_email").fill(email)
        self.page.locator("#main button").click()
        self.page.wait_for_url("**/portal/sent/")
        letter = until(
            lambda: next(
                (
                    row
                    for row in self.mailbox.letters(to=email)
                    if row["id"] not in before and any("/portal/open/" in link for link in row["links"])
                ),
                None,
            ),
            what=f"a sign-in link to {email}",
            seconds=60,
        )
        link = next(link for link in letter["links"] if "/portal/open/" in link)
        self.page.goto(link)
        if on_the_way:
            on_the_way()
        self.page.locator("#main button").click()
        self.page.wait_for_url("**/portal/home/")
        return link

    @property
    def heading(self) -> Locator:
        return self.page.locator("h1")


@dataclass
class Finance:
    """Somebody in the office; `role` is one of the demo's."""

    page: Page
    sign_ins: list[dict[str, str]]

    def signs_in(self, *, role: str = "finance", to: str = "/en/office/") -> None:
        known = next(one for one in self.sign_ins if one["role"] == role)
        self.page.goto(to)
        self.page.locator("input[name=login]").fill(known["email"])
        self.page.locator("input[name=password]").fill(known["password"])
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(f"**{to}")

    def finds(self, words: str) -> None:
        """Through the search field that every page has. This function will show the list."""
        self.page.locator("#search").fill(words)
        self.page.locator("#search").press("Enter")
        self.page.wait_for_url("**/donations/?q=*")

    def opens_gift(self, amount: str) -> None:
        self.page.get_by_role("link", name=amount, exact=True).first.click()
        self.page.wait_for_url("**/office/donations/*-*/")

    def gives_back(self, amount: str, *, reason: str) -> None:
        self.page.get_by_role("link", name="Give money back").click()
        self.page.get_by_label("Amount to give back").fill(amount)
        self.page.get_by_label("Reason").fill(reason)
        self.page.get_by_role("button", name="Look at what will happen").click()
