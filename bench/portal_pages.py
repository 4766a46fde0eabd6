"""`portal_pages`: how heavy the pages of the donor's portal are, against the promise of 40 kB for any of them.

A donor with five years of monthly gifts and their receipts signs in and opens every page that leads to another; each
page is weighed as it is written, before it is compressed. The ratio is the promise to the heaviest: above 1 keeps it.
"""

import hashlib
import re
import uuid
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import generating, pairing
from donors import signing_in
from donors.models import Donor, SignInLink
from receipts import finishing, issuing
from web.portal import admitting

NAME = "portal_pages"
GIFTS, PROMISED = 60, 40_000
MOST_PAGES = 60
LEADS = re.compile(r'href="(/en/portal/[^"#?]*)"')
LEAVES = ("/sign-out/", "/receipts/", "/data/", "/end")


def measure() -> pairing.Outcome:
    """This function will return the bytes of the heaviest page."""
    now = timezone.now()
    email = generating.fresh(rows=GIFTS, donors=1)
    issuing.issue_due(now=now, since=now - timedelta(minutes=5))
    finishing.finish_due(now=now)
    browser = _signed_in(email)
    weights = _weigh(browser)
    name, heaviest = max(weights.items(), key=lambda item: item[1])
    notes: dict[str, object] = {"pages": len(weights), "heaviest": name, "bytes": weights}
    return pairing.Outcome(
        name=NAME,
        value=heaviest,
        unit="bytes",
        limit=PROMISED,
        ratio=round(PROMISED / heaviest, 3),
        n=len(weights),
        notes=notes,
    )


def _signed_in(email: str) -> Client:
    now, token, mark = timezone.now(), uuid.uuid4().hex, signing_in.fresh_browser()
    key = Donor.objects.values_list("email_key", flat=True).get(email=email)
    SignInLink.objects.create(
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        browser_hash=hashlib.sha256(mark.encode()).hexdigest(),
        email_key=key,
        requested_at=now,
        expires_at=now + timedelta(minutes=15),
    )
    browser = Client(headers={"host": "localhost"})
    browser.cookies[admitting.BROWSER] = mark  # the browser that asked is let in by one press
    browser.post(reverse("portal:open", args=[token]))
    return browser


def _weigh(browser: Client) -> dict[str, int]:
    """Every page found from the first one on; files and presses are left alone."""
    waiting, seen, weights = [reverse("portal:home")], set[str](), dict[str, int]()
    while waiting and len(weights) < MOST_PAGES:
        path = waiting.pop(0)
        seen.add(path)
        answer = browser.get(path)
        if answer.status_code == 302:  # whoever is signed in is led on
            continue
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        page = answer.content.decode()
        weights[path] = len(answer.content)
        for found in LEADS.findall(page):
            is_leaf = any(part in found.removesuffix("receipts/") for part in LEAVES)
            if found not in seen and found not in waiting and not is_leaf:
                waiting.append(found)
    return weights
